"""Measure the choices behind the model, one changed at a time, and write the table into training/README.md.

    python tests/benchmarks/choices.py --data JUDGED.jsonl

Cross-validated figures are on the corpus; the others on real judged articles, which choose nothing by themselves:
a choice has to be simple first, and within the interval of the best.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from wasim.model import ModelSettings, TopicModel
from wasim.model.characters import normalise
from wasim.training.card import write_between
from wasim.training.corpus import Corpus, read_corpus
from wasim.training.evaluation.evaluate import evaluate
from wasim.training.evaluation.judged import JudgedArticles, read_judged
from wasim.training.evaluation.metrics import macro_f1, measure
from wasim.training.fit import FitSettings
from wasim.training.train import cross_validate, train

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "training" / "README.md"
NO_AFFIX = ("\N{ARABIC LETTER HAMZA}" * 3,)


@dataclass(frozen=True)
class Choice:
    """One way to make the model."""

    name: str
    settings: ModelSettings = field(default_factory=ModelSettings)
    fit: FitSettings = field(default_factory=FitSettings)


CHOICES = [
    Choice("as shipped"),
    Choice("no stemming", ModelSettings(prefixes=NO_AFFIX, suffixes=NO_AFFIX)),
    Choice("no suffixes taken off", ModelSettings(suffixes=NO_AFFIX)),
    Choice("single words only", ModelSettings(longest_phrase=1)),
    Choice("terms of 3 articles or more", fit=FitSettings(fewest_articles=3)),
    Choice("title counts once", ModelSettings(title_weight=1)),
    Choice("title counts 3 times", ModelSettings(title_weight=3)),
    Choice("no passages", ModelSettings(passage_weight=0)),
    Choice("passages of 60 words", ModelSettings(passage_length=60)),
    Choice("best passage has 0.2", ModelSettings(passage_weight=0.2)),
    Choice("passing mentions count once", fit=FitSettings(mention_weight=1)),
    Choice("passing mentions count 8 times", fit=FitSettings(mention_weight=8)),
    Choice("C = 3", fit=FitSettings(inverse_regularisation=3)),
    Choice("C = 100", fit=FitSettings(inverse_regularisation=100)),
]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    corpus = read_corpus([ROOT / "training" / "corpus"])
    judged: JudgedArticles | None = None
    rows = [
        "| choice | secondary topics found | passing mentions tagged | F1 on real news | AP "
        "| largest calibration error |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    data = parser.parse_args().data
    shipped: TopicModel | None = None
    for choice in CHOICES:
        model = train(corpus, choice.settings, choice.fit).model
        shipped = shipped or model
        judged = judged or read_judged(data, model)
        metrics = evaluate(model, judged).metrics
        found, tagged = secondary_topics(corpus, choice, model)
        error = max(topic.calibration_error for topic in metrics.topics)
        rows.append(
            f"| {choice.name} | {found:.2f} | {tagged:.2f} | {metrics.macro_f1:.3f} "
            f"| {metrics.macro_average_precision:.3f} | {error:.3f} |"
        )
        print(rows[-1], flush=True)
    assert judged is not None
    assert shipped is not None
    rows += [*character_rows(corpus, judged), "", repeated_split(shipped, judged)]
    write_between(README, "choices", rows)
    print("\n".join(rows[-4:]))


def secondary_topics(corpus: Corpus, choice: Choice, model: TopicModel) -> tuple[float, float]:
    """Share of long articles' secondary topics that are tagged, and of their passing mentions.

    Each article is judged by a model that was fitted without it.
    """
    scores = cross_validate(corpus, choice.settings, choice.fit).scores
    tagged = model.calibration.probabilities(scores) >= model.calibration.thresholds
    columns = {topic.id: column for column, topic in enumerate(corpus.topics)}
    shares = {"secondary": [0, 0], "passing": [0, 0]}
    for row, labelled in enumerate(corpus.labelled):
        kind, _, topic = labelled.note.split(";")[0].partition(": ")
        if kind in shares and topic.strip() in columns:
            shares[kind][0] += int(tagged[row, columns[topic.strip()]])
            shares[kind][1] += 1
    return shares["secondary"][0] / shares["secondary"][1], shares["passing"][0] / shares["passing"][1]


def character_rows(corpus: Corpus, judged: JudgedArticles) -> Iterator[str]:
    """Measure scikit-learn's character n-grams, whole articles, decided at probability 0.5."""
    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    rows = vectoriser.fit_transform(normalise(f"{article.title} {article.text}") for article in corpus.articles)
    unseen = vectoriser.transform(normalise(f"{article.title} {article.text}") for article in judged.articles)
    classifiers = [
        LogisticRegression(C=30, class_weight="balanced", solver="liblinear").fit(rows, labels)
        for labels in corpus.labels.T
    ]
    probabilities = np.column_stack([classifier.predict_proba(unseen)[:, 1] for classifier in classifiers])
    metrics = measure([topic.id for topic in corpus.topics], judged.truth, probabilities >= 0.5, probabilities)
    error = max(topic.calibration_error for topic in metrics.topics)
    yield (
        f"| characters 3-5 instead of stems, whole articles, threshold 0.5 | | | {metrics.macro_f1:.3f} "
        f"| {metrics.macro_average_precision:.3f} | {error:.3f} |"
    )


def repeated_split(model: TopicModel, judged: JudgedArticles, repeats: int = 50) -> str:
    """Tell what thresholds chosen on half of the judged articles would reach on the other half."""
    probabilities = model.probabilities(model.score(judged.articles))
    draw = np.random.default_rng(0)
    tuned, shipped = [], []
    for _ in range(repeats):
        order = draw.permutation(len(judged.articles))
        choose, rest = np.array_split(order, 2)
        thresholds = [
            max(np.linspace(0.05, 0.95, 91), key=lambda level: macro_f1(truth[:, None], (column >= level)[:, None]))
            for truth, column in zip(judged.truth[choose].T, probabilities[choose].T, strict=True)
        ]
        tuned.append(macro_f1(judged.truth[rest], probabilities[rest] >= thresholds))
        shipped.append(macro_f1(judged.truth[rest], probabilities[rest] >= model.calibration.thresholds))
    return (
        f"Thresholds tuned on one half of the real articles reach {np.mean(tuned):.3f} on the other half (mean of "
        f"{repeats} splits); the shipped ones, which saw none of them, {np.mean(shipped):.3f}."
    )


if __name__ == "__main__":
    main()
