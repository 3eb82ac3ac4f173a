"""What is compared: everything that turns articles into topic scores, ours and what would be picked instead.

Each imports what it needs when it is made, so that its memory can be measured alone.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wasim.model import Article, TopicModel

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

ROOT = Path(__file__).resolve().parents[2]
Scorer = Callable[[Sequence[Article]], object]


def compiled() -> Scorer:
    """Score as the service and the archives do."""
    model = TopicModel.load(ROOT / "artifacts")
    if not model.warm_up():
        raise SystemExit("numba is not installed: there is no compiled path to measure.")
    return model.score


def plain() -> Scorer:
    """Score as without numba."""
    return TopicModel.load(ROOT / "artifacts").score_plainly


def exported() -> Scorer:
    """Score with what ``wasim export`` writes: scikit-learn's parts, the same terms, weights and passages."""
    from wasim.training.export import ExportedModel

    return ExportedModel(TopicModel.load(ROOT / "artifacts")).decision_function


def logistic_regression() -> Scorer:
    """Score as a tutorial would, with raw words and pairs, fitted on the same corpus."""
    from sklearn.linear_model import LogisticRegression

    return _on_joined(tutorial_pipeline(LogisticRegression(class_weight="balanced")))


def linear_svc() -> Scorer:
    """Score with the tutorial's other classifier."""
    from sklearn.svm import LinearSVC

    return _on_joined(tutorial_pipeline(LinearSVC(class_weight="balanced")))


def fast_text() -> Scorer:
    """Score with fastText's one-vs-all classifier of words and pairs, fitted on the same corpus."""
    import fasttext

    from wasim.training.corpus import read_corpus

    corpus = read_corpus([ROOT / "training/corpus"])
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as lines:
        for row in corpus.labelled:
            labels = " ".join(f"__label__{topic}" for topic in row.topics or ("none",))
            lines.write(f"{labels} {_one_line(row.article)}\n")
        lines.flush()
        model = fasttext.train_supervised(lines.name, loss="ova", wordNgrams=2, epoch=25, thread=1, verbose=0)
    return lambda batch: model.predict([_one_line(article) for article in batch], k=-1)


PEERS: dict[str, Callable[[], Scorer]] = {
    "wasim, compiled": compiled,
    "wasim, plain Python": plain,
    "wasim export: scikit-learn, same weights and passages": exported,
    "TfidfVectorizer(1, 2) + LogisticRegression": logistic_regression,
    "TfidfVectorizer(1, 2) + LinearSVC": linear_svc,
    "fastText, words and pairs": fast_text,
}


def tutorial_pipeline(classifier: "BaseEstimator") -> "Pipeline":
    """Fit what a tutorial would on the same corpus."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    from wasim.training.corpus import read_corpus

    corpus = read_corpus([ROOT / "training/corpus"])
    pipeline = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), OneVsRestClassifier(classifier)
    )
    return pipeline.fit([_joined(article) for article in corpus.articles], corpus.labels.astype(int))


def _on_joined(pipeline: "Pipeline") -> Scorer:
    return lambda batch: pipeline.decision_function([_joined(article) for article in batch])


def _joined(article: Article) -> str:
    return f"{article.title}\n{article.text}"


def _one_line(article: Article) -> str:
    return _joined(article).replace("\n", " ")
