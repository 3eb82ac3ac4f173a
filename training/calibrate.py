"""Probabilities and thresholds, chosen on articles that the scoring weights were not fitted on."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve

from wasim.model.calibration import Calibration
from wasim.model.errors import SettingsError

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


def calibrate(scores: NDArray[np.float64], labels: NDArray[np.bool_], operating_point: OperatingPoint) -> Calibration:
    """Fit Platt's sigmoid for each topic and choose its threshold.

    Parameters
    ----------
    scores, labels
        Of shape (n_articles, n_topics); scores of articles from models that were fitted without them.
    operating_point
        What the thresholds aim at.
    """
    slopes, offsets, thresholds = (np.empty(labels.shape[1]) for _ in range(3))
    for topic in range(labels.shape[1]):
        sigmoid = LogisticRegression(C=_NEARLY_UNREGULARISED).fit(scores[:, [topic]], labels[:, topic])
        slopes[topic], offsets[topic] = sigmoid.coef_[0, 0], sigmoid.intercept_[0]
        probabilities = sigmoid.predict_proba(scores[:, [topic]])[:, 1]
        thresholds[topic] = choose_threshold(probabilities, labels[:, topic], operating_point)
    return Calibration(slopes, offsets, thresholds)


def choose_threshold(
    probabilities: NDArray[np.float64], labels: NDArray[np.bool_], operating_point: OperatingPoint
) -> float:
    """Choose the threshold of one topic; both arrays are of shape (n_articles,).

    For a level that no threshold reaches, the one that comes nearest.
    """
    precision, recall, candidates = precision_recall_curve(labels, probabilities)
    precision, recall = precision[:-1], recall[:-1]
    if operating_point.aim == "f1":
        worth = 2 * precision * recall / np.maximum(precision + recall, np.finfo(float).tiny)
    else:
        held, other = (precision, recall) if operating_point.aim == "precision" else (recall, precision)
        reached = held >= operating_point.level
        worth = np.where(reached, 1 + other, held)
    best = int(np.argmax(worth))
    below = probabilities[probabilities < candidates[best]]
    # Halfway to the next article down, so that a new article just like the last one in still gets in.
    return float(candidates[best] if not len(below) else (candidates[best] + below.max()) / 2)
