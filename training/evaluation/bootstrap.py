"""What chance does to a figure: bootstrap resamples of articles, all at once.

A resample draws as many articles as there are, with replacement. All that a figure needs of it is how often
each article was drawn, so resamples are rows of counts, and figures are products of matrices.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import nan
from typing import Self

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.float64]
"""How often each article counts: of shape (n_resamples, n_articles)."""

RESAMPLES = 1000
FEWEST_RESAMPLED = 10
"""Fewer articles than this are drawn in too few ways to say anything of chance."""
_LARGEST_BLOCK = 1_000_000
_SEED = 0  # equal predictions have equal intervals


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies in 95 % of resamples; NaN where that can't be said."""

    low: float
    high: float

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """Take the middle 95 % of a figure's values; resamples without one are left out."""
        values = values[~np.isnan(values)]
        return cls(*np.percentile(values, [2.5, 97.5]).tolist()) if len(values) else cls(nan, nan)


def draw_resamples(n_articles: int) -> Iterator[Draws]:
    """Draw 1,000 resamples, in blocks that fit into memory.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993.
    """
    draw = np.random.default_rng(_SEED)
    largest = max(1, min(RESAMPLES, _LARGEST_BLOCK // n_articles))
    for first in range(0, RESAMPLES, largest):
        block = min(largest, RESAMPLES - first)
        drawn = draw.integers(n_articles, size=(block, n_articles)) + n_articles * np.arange(block)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=block * n_articles)
        yield counts.reshape(block, n_articles).astype(np.float64)


def resampled(
    figures: Callable[[Draws], Mapping[str, NDArray[np.float64]]], n_articles: int
) -> dict[str, NDArray[np.float64]]:
    """Compute figures on resamples.

    Parameters
    ----------
    figures
        Computes each figure for each row of counts: arrays whose first axis is that of the resamples.

    Returns
    -------
    For each figure its values, resamples first; none where there are fewer than ten articles.
    """
    if n_articles < FEWEST_RESAMPLED:
        return {}
    blocks = [figures(draws) for draws in draw_resamples(n_articles)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
