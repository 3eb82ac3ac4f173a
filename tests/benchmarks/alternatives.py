"""Measure other classifiers, selections and calibrations on the same rows, into training/README.md.

    python tests/benchmarks/alternatives.py --data JUDGED.jsonl

Whole articles only, without passages, decided at probability 0.5: what differs is what is named.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from wasim.model import ModelSettings, TopicModel
from wasim.training.card import write_between
from wasim.training.corpus import read_corpus
from wasim.training.evaluate import read_judged
from wasim.training.fit import FitSettings, count_terms, learn_vocabulary
from wasim.training.metrics import measure

ROOT = Path(__file__).resolve().parents[2]
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


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    corpus, settings, fit = read_corpus([ROOT / "training" / "corpus"]), ModelSettings(), FitSettings()
    judged = read_judged(parser.parse_args().data, TopicModel.load(ROOT / "artifacts"))
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


if __name__ == "__main__":
    main()
