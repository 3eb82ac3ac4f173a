"""How many labels one order saves over another, from curves of F1 by labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wasim.training.evaluation.bootstrap import Draws, Interval, resampled

Curves = NDArray[np.float64]
"""F1 after each step, of shape (n_draws, n_steps)."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What the better order needs for the F1 that the other one has after ``labels``.

    ``needed`` is NaN where its curve ends before; ``share`` of the labels are saved, and 95 % of resampled sets of
    draws have a share in ``interval``, if there are ten draws or more.
    """

    labels: int
    f1: float
    needed: float
    share: float
    interval: Interval | None
    f1_of_better: float


def savings(counts: Sequence[int], baseline: Curves, better: Curves, compared: Sequence[int]) -> list[Saving]:
    """Compare two orders.

    Parameters
    ----------
    counts
        Labels after each step, rising.
    baseline, better
        Both of the same draws.
    compared
        The counts to compare at.
    """

    def shares(draws: Draws) -> dict[str, NDArray[np.float64]]:
        means = [draws @ curves / len(baseline) for curves in (baseline, better)]
        return {
            str(labels): np.array([_share(counts, *pair, labels) for pair in zip(*means, strict=True)])
            for labels in compared
        }

    samples = resampled(shares, len(baseline))
    before, after = baseline.mean(axis=0), better.mean(axis=0)
    found = []
    for labels in compared:
        step, interval = counts.index(labels), Interval.of(samples[str(labels)]) if samples else None
        needed = labels_needed(counts, after, before[step])
        share = _share(counts, before, after, labels)
        found.append(Saving(labels, float(before[step]), needed, share, interval, float(after[step])))
    return found


def labels_needed(counts: Sequence[int], curve: NDArray[np.float64], target: float) -> float:
    """Find where a curve first reaches a target, in a straight line between two steps; NaN if it does not."""
    reached = np.flatnonzero(curve >= target)
    if not len(reached):
        return float("nan")
    step = int(reached[0])
    if step == 0:
        return float(counts[0])
    return float(np.interp(target, curve[step - 1 : step + 1], counts[step - 1 : step + 1]))


def _share(counts: Sequence[int], before: NDArray[np.float64], after: NDArray[np.float64], labels: int) -> float:
    needed = labels_needed(counts, after, before[counts.index(labels)])
    return 1 - (counts[-1] if np.isnan(needed) else needed) / labels


def saving_rows(found: Sequence[Saving], of_what: str) -> list[str]:
    """Lay savings out as rows of a Markdown table, under the columns of :data:`HEADER`."""
    rows = []
    for one in found:
        interval = "n/a" if one.interval is None else f"{one.interval.low:.0%} to {one.interval.high:.0%}"
        needed = "more" if np.isnan(one.needed) else f"{one.needed:.0f}"
        figures = f"{one.f1:.3f} | {needed} | {one.share:.0%} | {interval} | {one.f1_of_better:.3f}"
        rows.append(f"| {of_what} | {one.labels} | {figures} |")
    return rows


HEADER = (
    "| compared with | labels | F1 | the queue needs | fewer | 95 % interval | F1 of the queue with as many |",
    "| --- | --- | --- | --- | --- | --- | --- |",
)
