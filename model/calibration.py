"""From scores to probabilities, and from probabilities to tags."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wasim.model.errors import SettingsError

_LARGEST_EXPONENT = 709.0  # the exponential of more is beyond a float; 1 / (1 + exp(709)) is 0 to 307 digits


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt's sigmoid, and the threshold from which on an article is tagged, for each topic.

    ``probability = 1 / (1 + exp(-(slope * score + offset)))``; all three are float64 of shape
    (n_topics,), chosen on articles that the scoring weights were not fitted on.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999.
    """

    slopes: NDArray[np.float64]
    offsets: NDArray[np.float64]
    thresholds: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not ((self.thresholds > 0) & (self.thresholds <= 1)).all():
            raise SettingsError(f"thresholds must lie above 0 and up to 1, not {self.thresholds.tolist()}")

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn log-odds of shape (n_articles, n_topics) into probabilities of the same shape."""
        exponents = np.minimum(-(self.slopes * scores + self.offsets), _LARGEST_EXPONENT)
        return np.asarray(1 / (1 + np.exp(exponents)))
