"""Counts between edges, and how far two of them are apart."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

_TENTHS = np.arange(1, 10) / 10
_PSEUDO_COUNT = 0.5  # a bin that is empty on one side would be infinitely far away
_NORMAL_95 = 1.645


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values fell between edges.

    Parameters
    ----------
    edges
        Rising; a value equal to an edge belongs to the bin above it.
    counts
        One more than edges.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.counts) != len(self.edges) + 1 or list(self.edges) != sorted(set(self.edges)):
            raise ValueError(f"{len(self.edges)} edges and {len(self.counts)} counts are no histogram")

    @property
    def total(self) -> int:
        """How many values were counted."""
        return sum(self.counts)

    @classmethod
    def of(cls, values: ArrayLike, edges: Sequence[float] | None = None) -> Self:
        """Count values, by default into bins that hold a tenth of them each."""
        found = np.asarray(values, dtype=np.float64)
        if edges is None:
            tenths = np.quantile(found, _TENTHS)
            if tenths[-1] == found.max():  # as when all values are equal: what is larger has a bin of its own
                tenths = np.append(tenths, np.nextafter(tenths[-1], np.inf))
            edges = np.unique(tenths).tolist()
        counts = np.bincount(np.searchsorted(edges, found, side="right"), minlength=len(edges) + 1)
        return cls(tuple(edges), tuple(counts.tolist()))

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``dataclasses.asdict`` made of a histogram."""
        return cls(tuple(map(float, value["edges"])), tuple(map(int, value["counts"])))


class BinCounter:
    """Counts values into the bins of a histogram, one by one."""

    def __init__(self, edges: Sequence[float]) -> None:
        self._edges, self._counts = tuple(edges), [0] * (len(edges) + 1)

    def add(self, value: float) -> None:
        """Count a value."""
        self._counts[bisect_right(self._edges, value)] += 1

    def histogram(self) -> Histogram:
        """Return what was counted so far."""
        return Histogram(self._edges, tuple(self._counts))


def psi(expected: Sequence[int], observed: Sequence[int]) -> float | None:
    """Compute the population stability index of two counts over the same bins: 0 when their shares are equal.

    By custom less than 0.1 is let pass and more than 0.25 calls for a look.

    Returns
    -------
    The sum over bins of ``(observed share - expected share) * ln(observed share / expected share)``, or None
    where one side has counted nothing.

    Source: Siddiqi, "Credit Risk Scorecards", 2006; half a count is added to each bin.

    Examples
    --------
    >>> psi([50, 50], [500, 500])
    0.0
    >>> round(psi([50, 50], [900, 100]), 2)
    0.88
    """
    if not (sum(expected) and sum(observed)):
        return None
    shares = [
        (np.asarray(counts) + _PSEUDO_COUNT) / (sum(counts) + _PSEUDO_COUNT * len(counts))
        for counts in (expected, observed)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def chance_psi(n_bins: int, n_expected: int, n_observed: int) -> float:
    """Say what :func:`psi` stays under 95 times of 100 when both sides are drawn from one distribution.

    Source: Yurdakul, "Statistical Properties of Population Stability Index", 2018: the index is then close
    to chi-squared with ``n_bins - 1`` degrees of freedom, times ``1 / n_expected + 1 / n_observed``.
    """
    degrees = n_bins - 1
    return (degrees + _NORMAL_95 * sqrt(2 * degrees)) * (1 / n_expected + 1 / n_observed)
