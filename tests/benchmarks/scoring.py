"""Compare how fast articles are scored: compiled, plain, and by scikit-learn, alternated in one run on one core.

python tests/benchmarks/scoring.py --archive ARTICLES.jsonl.gz [--articles N] [--rounds N] [--update README.md]
"""

import argparse
import gzip
import os
import time
from collections.abc import Callable, Sequence
from itertools import islice, pairwise
from pathlib import Path
from statistics import median

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import numpy as np
import orjson
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from wasim.model import Article, TopicModel
from wasim.model.vocabulary import WordStemmer
from wasim.training.card import write_between
from wasim.training.corpus import read_corpus

ROOT = Path(__file__).resolve().parents[2]
BATCH = 256
Scorer = Callable[[Sequence[Article]], object]


def same_weights(model: TopicModel) -> Pipeline:
    """Rebuild the model's whole-article score (no passages, no title weight) from scikit-learn's parts."""
    stemmer = WordStemmer(model.settings)

    def terms(text: str) -> list[str]:
        stems = stemmer.stems(text)
        return [stem for stem in stems if stem] + [f"{one} {two}" for one, two in pairwise(stems) if one and two]

    vectorizer = TfidfVectorizer(analyzer=terms, vocabulary=list(model.vocabulary.terms), sublinear_tf=True)
    vectorizer.idf_ = model.linear.idf.astype(np.float64)
    classifier = LogisticRegression()
    classifier.classes_ = np.arange(len(model.topics))
    classifier.coef_, classifier.intercept_ = model.linear.weights.T.astype(np.float64), model.linear.bias
    return make_pipeline(vectorizer, classifier)


def plain_words(classifier: object) -> Pipeline:
    """Fit what a tutorial would: raw words and pairs, no normalising, on the same corpus."""
    corpus = read_corpus([ROOT / "training/corpus"])
    pipeline = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), OneVsRestClassifier(classifier)
    )
    return pipeline.fit([_joined(article) for article in corpus.articles], corpus.labels.astype(int))


def peers() -> dict[str, Scorer]:
    """Make everything that is compared; ours comes first."""
    compiled, plain = TopicModel.load(ROOT / "artifacts"), TopicModel.load(ROOT / "artifacts")
    if not compiled.warm_up():
        raise SystemExit("numba is not installed: there is no compiled path to measure.")
    pipelines = {
        "scikit-learn, same terms and weights, no passages": same_weights(plain),
        "TfidfVectorizer(1, 2) + LogisticRegression": plain_words(LogisticRegression(class_weight="balanced")),
        "TfidfVectorizer(1, 2) + LinearSVC": plain_words(LinearSVC(class_weight="balanced")),
    }
    scikit = {
        name: lambda batch, pipeline=pipeline: pipeline.decision_function([_joined(article) for article in batch])
        for name, pipeline in pipelines.items()
    }
    return {"wasim, compiled": compiled.score, "wasim, plain Python": plain.score} | scikit


def rates(scorers: dict[str, Scorer], articles: Sequence[Article], rounds: int) -> dict[str, float]:
    """Measure articles a second of each, the median of alternated rounds."""
    seen: dict[str, list[float]] = {name: [] for name in scorers}
    for _ in range(rounds):
        for name, score in scorers.items():
            before = time.perf_counter()
            for start in range(0, len(articles), BATCH):
                score(articles[start : start + BATCH])
            seen[name].append(len(articles) / (time.perf_counter() - before))
    return {name: median(each) for name, each in seen.items()}


def table(measured: dict[str, float], bytes_per_article: float) -> list[str]:
    """Lay the rates out as Markdown."""
    best = next(iter(measured.values()))
    lines = ["| one core, real articles | articles/s | MB/s | times slower |", "| --- | --- | --- | --- |"]
    for name, rate in measured.items():
        lines.append(f"| {name} | {rate:,.0f} | {rate * bytes_per_article / 1e6:.1f} | {best / rate:.1f} |")
    return lines


def _joined(article: Article) -> str:
    return f"{article.title}\n{article.text}"


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--update", type=Path)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with gzip.open(options.archive) as lines:
        rows = [orjson.loads(line) for line in islice(lines, options.articles)]
    articles = [Article(row["title"], row["text"]) for row in rows]
    size = sum(len(_joined(article).encode()) for article in articles) / len(articles)
    markdown = table(rates(peers(), articles, options.rounds), size)
    print("\n".join(markdown))
    if options.update:
        write_between(options.update, "speed", markdown)


if __name__ == "__main__":
    main()
