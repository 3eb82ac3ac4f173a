"""Probabilities and thresholds, chosen on articles that the scoring weights were not fitted on."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve

from wasim.model.calibration import Calibration
from wasim.model.errors import SettingsError
from wasim.training.fit import Targets

_NEARLY_UNREGULARISED = 1e6


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What the thresholds aim at: the best F1, or the best of one figure with the other one held.

    Examples
    --------
    >>> OperatingPoint.parse("precision=0.95")
    OperatingPoint(aim='precision', level=0.95)
    """

    aim: Literal["f1", "precision", "recall"] = "f1"
    level: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``f1``, ``precision=LEVEL`` or ``recall=LEVEL``."""
        aim, _, level = text.partition("=")
        try:
            if aim == "f1" and not level:
                return cls()
            if aim in ("precision", "recall") and 0 < float(level) <= 1:
                return cls(aim, float(level))  # type: ignore[arg-type]  # the line above checks it
        except ValueError:
            pass
        raise SettingsError(f"operating point {text!r}: write f1, precision=0.95 or recall=0.95 (0 to 1)")


def calibrate(scores: NDArray[np.float64], targets: Targets, operating_point: OperatingPoint) -> Calibration:
    """Fit Platt's sigmoid for each topic and choose its threshold.

    Parameters
    ----------
    scores
        Of shape (n_articles, n_topics); scores of articles from models that were fitted without them.
    targets
        The truth about the same articles.
    operating_point
        What the thresholds aim at.
    """
    slopes, offsets, thresholds = (np.empty(targets.labels.shape[1]) for _ in range(3))
    for topic in range(targets.labels.shape[1]):
        own_scores, labels, weights = scores[:, [topic]], targets.labels[:, topic], targets.weights[:, topic]
        sigmoid = LogisticRegression(C=_NEARLY_UNREGULARISED).fit(own_scores, labels, sample_weight=weights)
        slopes[topic], offsets[topic] = sigmoid.coef_[0, 0], sigmoid.intercept_[0]
        probabilities = sigmoid.predict_proba(own_scores)[:, 1]
        thresholds[topic] = choose_threshold(probabilities, labels, weights, operating_point)
    return Calibration(slopes, offsets, thresholds)


def choose_threshold(
    probabilities: NDArray[np.float64],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    operating_point: OperatingPoint,
) -> float:
    """Choose the threshold of one topic; all arrays are of shape (n_articles,).

    For calibrated probabilities the threshold of the best F1 is half that F1. It is chosen so, and not where
    these very articles happen to be cut best, because it hardly moves from sample to sample.
    For a level that no threshold reaches, the one that comes nearest is chosen.

    Source: Lipton, Elkan and Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1 Measure", 2014.
    """
    precision, recall, candidates = precision_recall_curve(labels, probabilities, sample_weight=weights)
    precision, recall = precision[:-1], recall[:-1]
    if operating_point.aim == "f1":
        best_f1 = np.max(2 * precision * recall / np.maximum(precision + recall, np.finfo(float).tiny))
        return round(float(best_f1) / 2, 3)
    held, other = (precision, recall) if operating_point.aim == "precision" else (recall, precision)
    worth = np.where(held >= operating_point.level, 1 + other, held)
    return float(candidates[np.argmax(worth)])
