"""Measure other classifiers, selections and calibrations on the same rows, into training/README.md.

    python tests/benchmarks/alternatives.py --data JUDGED.jsonl

Whole articles only, without passages, decided at probability 0.5: what differs is what is named.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from wasim.model import ModelSettings, TopicModel
from wasim.training.calibrate import OperatingPoint, choose_threshold
from wasim.training.card import write_between
from wasim.training.corpus import Corpus, read_corpus
from wasim.training.evaluation.judged import JudgedArticles, read_judged
from wasim.training.evaluation.metrics import measure
from wasim.training.fit import FitSettings, count_terms, learn_vocabulary
from wasim.training.train import cross_validate, targets_of

ROOT = Path(__file__).resolve().parents[2]
Column = NDArray[np.float64]
C = FitSettings().inverse_regularisation


def logistic(**changes: object) -> LogisticRegression:
    """Make the shipped kind of classifier, with something changed."""
    return LogisticRegression(**{"C": C, "class_weight": "balanced", "solver": "liblinear", "max_iter": 1000} | changes)


def svm(method: str) -> CalibratedClassifierCV:
    """Make a linear support vector machine with calibrated probabilities."""
    return CalibratedClassifierCV(LinearSVC(class_weight="balanced"), method=method, cv=5)


ALTERNATIVES: dict[str, ClassifierMixin] = {
    "logistic regression, balanced, liblinear": logistic(),
    "the same with lbfgs": logistic(solver="lbfgs"),
    "the same, classes not balanced": logistic(class_weight=None),
    "the same, 5,000 best terms by chi-squared": make_pipeline(SelectKBest(chi2, k=5_000), logistic()),
    "the same, 20,000 best terms by chi-squared": make_pipeline(SelectKBest(chi2, k=20_000), logistic()),
    "the same, isotonic calibration": CalibratedClassifierCV(logistic(), method="isotonic", cv=5),
    "the same, Platt calibration": CalibratedClassifierCV(logistic(), method="sigmoid", cv=5),
    "linear SVM, Platt calibration": svm("sigmoid"),
    "linear SVM, isotonic calibration": svm("isotonic"),
}


def calibration_rows(corpus: Corpus, judged: JudgedArticles, model: TopicModel) -> Iterator[str]:
    """Measure how the shipped scores become probabilities and tags: folds, sigmoids, threshold rules."""
    settings, fit = model.settings, FitSettings()
    targets = targets_of(corpus, fit)
    real = model.score(judged.articles).scores
    desks = [labelled.desk for labelled in corpus.labelled]
    by_desk = list(LeaveOneGroupOut().split(desks, groups=desks))
    for folds, scores in (
        ("stratified folds", cross_validate(corpus, settings, fit).scores),
        ("folds by desk", cross_validate(corpus, settings, fit, by_desk).scores),
    ):
        for sigmoid in (platt, beta, isotonic):
            columns = []
            rules: dict[str, list[float]] = {"half the best F1": [], "the best cut": [], "0.5": []}
            for topic in range(real.shape[1]):
                labels, weights = targets.labels[:, topic], targets.weights[:, topic]
                seen, unseen = sigmoid(scores[:, topic], labels, weights, real[:, topic])
                precision, recall, cuts = precision_recall_curve(labels, seen, sample_weight=weights)
                best_cut = cuts[np.argmax((precision * recall / np.maximum(precision + recall, 1e-9))[:-1])]
                rules["half the best F1"].append(choose_threshold(seen, labels, weights, OperatingPoint()))
                rules["the best cut"].append(float(best_cut))
                rules["0.5"].append(0.5)
                columns.append(unseen)
            probabilities = np.column_stack(columns)
            for rule, thresholds in rules.items():
                tagged = probabilities >= thresholds
                metrics = measure([topic.id for topic in corpus.topics], judged.truth, tagged, probabilities)
                error = max(topic.calibration_error for topic in metrics.topics)
                yield f"| {folds} | {sigmoid.__name__} | {rule} | {metrics.macro_f1:.3f} | {error:.3f} |"


def platt(scores: Column, labels: Column, weights: Column, unseen: Column) -> tuple[Column, Column]:
    """Calibrate by a sigmoid; returns the probabilities of the articles it was fitted on, and of unseen ones."""
    return _logistic_calibration(scores[:, None], labels, weights, unseen[:, None])


def beta(scores: Column, labels: Column, weights: Column, unseen: Column) -> tuple[Column, Column]:
    """Calibrate by the beta family. Source: Kull, Silva Filho and Flach, "Beta calibration", 2017."""

    def sides(values: Column) -> Column:
        return np.column_stack([-np.logaddexp(0, -values), np.logaddexp(0, values)])

    return _logistic_calibration(sides(scores), labels, weights, sides(unseen))


def isotonic(scores: Column, labels: Column, weights: Column, unseen: Column) -> tuple[Column, Column]:
    """Calibrate by a step function."""
    steps = IsotonicRegression(out_of_bounds="clip").fit(scores, labels, sample_weight=weights)
    return steps.predict(scores), steps.predict(unseen)


def _logistic_calibration(rows: Column, labels: Column, weights: Column, unseen: Column) -> tuple[Column, Column]:
    sigmoid = LogisticRegression(C=1e6, max_iter=1000).fit(rows, labels, sample_weight=weights)
    return sigmoid.predict_proba(rows)[:, 1], sigmoid.predict_proba(unseen)[:, 1]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    corpus, settings, fit = read_corpus([ROOT / "training" / "corpus"]), ModelSettings(), FitSettings()
    model = TopicModel.load(ROOT / "artifacts")
    judged = read_judged(parser.parse_args().data, model)
    vocabulary = learn_vocabulary(corpus.articles, settings, fit)
    tf_idf = TfidfTransformer(sublinear_tf=True)
    rows: csr_matrix = tf_idf.fit_transform(count_terms(corpus.articles, vocabulary, settings))
    unseen: csr_matrix = tf_idf.transform(count_terms(judged.articles, vocabulary, settings))
    table = ["| classifier | F1 on real news | AP | largest calibration error |", "| --- | --- | --- | --- |"]
    for name, classifier in ALTERNATIVES.items():
        probabilities = np.column_stack(
            [classifier.fit(rows, labels).predict_proba(unseen)[:, 1] for labels in corpus.labels.T]
        )
        metrics = measure([topic.id for topic in corpus.topics], judged.truth, probabilities >= 0.5, probabilities)
        error = max(topic.calibration_error for topic in metrics.topics)
        table.append(f"| {name} | {metrics.macro_f1:.3f} | {metrics.macro_average_precision:.3f} | {error:.3f} |")
        print(table[-1], flush=True)
    write_between(ROOT / "training" / "README.md", "alternatives", table)
    table = [
        "| folds | sigmoid | threshold | F1 on real news | largest calibration error |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in calibration_rows(corpus, judged, model):
        table.append(row)
        print(row, flush=True)
    write_between(ROOT / "training" / "README.md", "calibration", table)


if __name__ == "__main__":
    main()
