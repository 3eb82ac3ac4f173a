"""How good predictions are: per topic and overall."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, f1_score, precision_recall_fscore_support

Matrix = NDArray[np.float64]
Labels = NDArray[np.bool_]

CALIBRATION_BINS = 10
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class TopicMetrics:
    """One topic's figures; each lies in [0, 1].

    ``calibration_error`` is the expected one: the mean distance of promised probability and observed
    share over ten bins of equal width, weighted by their articles.
    """

    topic: str
    positives: int
    precision: float
    recall: float
    f1: float
    average_precision: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of a set of predictions, with a 95 % bootstrap interval of the macro-F1 over articles."""

    n_articles: int
    topics: tuple[TopicMetrics, ...]
    macro_f1: float
    macro_f1_interval: tuple[float, float]
    macro_average_precision: float


def measure(topics: Sequence[str], truth: Labels, tagged: Labels, probabilities: Matrix, seed: int = 0) -> Metrics:
    """Compare predictions with the truth.

    Parameters
    ----------
    topics
        Ids, one a column.
    truth, tagged, probabilities
        All of shape (n_articles, n_topics).
    seed
        Of the bootstrap.
    """
    per_topic = tuple(
        _measure_topic(topic, truth[:, column], tagged[:, column], probabilities[:, column])
        for column, topic in enumerate(topics)
    )
    draw = np.random.default_rng(seed)
    samples = draw.integers(0, len(truth), size=(RESAMPLES, len(truth)))
    resampled = [macro_f1(truth[sample], tagged[sample]) for sample in samples]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Metrics(
        n_articles=len(truth),
        topics=per_topic,
        macro_f1=macro_f1(truth, tagged),
        macro_f1_interval=(float(low), float(high)),
        macro_average_precision=float(np.mean([topic.average_precision for topic in per_topic])),
    )


def macro_f1(truth: Labels, tagged: Labels) -> float:
    """Mean F1 of the topics; a topic that neither is nor was said counts 1."""
    hits = (truth & tagged).sum(axis=0)
    wrong = (truth != tagged).sum(axis=0)
    total = 2 * hits + wrong
    return float(np.where(total, 2 * hits / np.maximum(total, 1), 1.0).mean())


def lenient_macro_f1(truth: Labels, tagged: Labels, passing: Labels) -> float:
    """Macro-F1 when an article counts for no topic that it only mentions in passing."""
    return macro_f1(truth & ~passing, tagged & ~passing)


def expected_calibration_error(truth: Labels, probabilities: Matrix) -> float:
    """Mean distance of promised probability and observed share; both of shape (n_articles,)."""
    bins = np.minimum((probabilities * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    promised = np.bincount(bins, weights=probabilities, minlength=CALIBRATION_BINS)
    observed = np.bincount(bins, weights=truth.astype(float), minlength=CALIBRATION_BINS)
    return float(np.abs(promised - observed).sum() / len(truth))


def _measure_topic(topic: str, truth: Labels, tagged: Labels, probabilities: Matrix) -> TopicMetrics:
    precision, recall, _, _ = precision_recall_fscore_support(truth, tagged, average="binary", zero_division=0.0)
    return TopicMetrics(
        topic=topic,
        positives=int(truth.sum()),
        precision=float(precision),
        recall=float(recall),
        f1=float(f1_score(truth, tagged, zero_division=1.0)),
        average_precision=float(average_precision_score(truth, probabilities)) if truth.any() else 0.0,
        calibration_error=expected_calibration_error(truth, probabilities),
    )
