"""How good predictions are: per topic and overall, each figure with what chance does to it.

Every figure is computed from how often each article counts, so the figure itself (each article once) and its
1,000 bootstrap resamples come from the same few products of matrices. What can't be measured is NaN, never 0:
precision where nothing was tagged; recall, F1 and average precision of a topic that no article has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wasim.training.evaluation.bootstrap import Draws, Interval, resampled

Matrix = NDArray[np.float64]
Labels = NDArray[np.bool_]

CALIBRATION_BINS = 10
_MACRO = ("precision", "recall", "f1", "average_precision")


@dataclass(frozen=True, slots=True)
class TopicMetrics:
    """One topic's figures; each lies in [0, 1], or is NaN where there was nothing to measure.

    ``positives`` and ``tagged`` count articles. ``calibration_error`` is the expected one: the mean distance
    of promised probability and observed share over ten bins of equal width, weighted by their articles;
    ``brier`` the mean squared distance of probability and truth. ``intervals`` holds 95 % bootstrap
    intervals over articles, by the figure's name.
    """

    topic: str
    positives: int
    tagged: int
    precision: float
    recall: float
    f1: float
    average_precision: float
    calibration_error: float
    brier: float
    intervals: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of a set of predictions; each but the first two lies in [0, 1] or is NaN.

    Macro figures are means over the topics where they could be measured, micro ones count all decisions
    alike. ``article_f1`` is the mean F1 of the articles, 1 for one that neither has nor gets a topic;
    ``all_right`` the share of articles with every topic right; ``without_topic`` the share that gets none.
    """

    n_articles: int
    topics: tuple[TopicMetrics, ...]
    macro_precision: float
    macro_recall: float
    macro_f1: float
    macro_average_precision: float
    micro_precision: float
    micro_recall: float
    micro_f1: float
    article_f1: float
    all_right: float
    without_topic: float
    intervals: Mapping[str, Interval]


def measure(
    topics: Sequence[str],
    truth: Labels,
    tagged: Labels,
    probabilities: Matrix,
    *,
    resample_rankings: bool = True,
) -> Metrics:
    """Compare predictions with the truth.

    Parameters
    ----------
    topics
        Ids, one a column.
    truth, tagged, probabilities
        All of shape (n_articles, n_topics).
    resample_rankings
        Whether average precision, calibration error and Brier score get intervals too, which take most of
        the time.
    """
    decisions, rankings = _Decisions(truth, tagged), _Rankings(truth, probabilities)

    def figures(draws: Draws, *, of_rankings: bool = True) -> dict[str, Matrix]:
        found = decisions.figures(draws) | (rankings.by_topic(draws) if of_rankings else {})
        return found | _macro(found)

    values = {name: found[0] for name, found in figures(np.ones((1, len(truth)))).items()}
    samples = resampled(partial(figures, of_rankings=resample_rankings), len(truth))
    per_topic = tuple(
        TopicMetrics(
            topic=topic,
            positives=int(truth[:, column].sum()),
            tagged=int(tagged[:, column].sum()),
            **{name: float(value[column]) for name, value in values.items() if value.ndim},
            intervals={name: Interval.of(found[:, column]) for name, found in samples.items() if found.ndim > 1},
        )
        for column, topic in enumerate(topics)
    )
    return Metrics(
        n_articles=len(truth),
        topics=per_topic,
        **{name: float(value) for name, value in values.items() if not value.ndim},
        intervals={name: Interval.of(found) for name, found in samples.items() if found.ndim == 1},
    )


def macro_f1(truth: Labels, tagged: Labels) -> float:
    """Mean F1 of the topics that some article has; NaN where there is none."""
    return float(mean_of_measured(topic_f1(truth, tagged, np.ones((1, len(truth)))))[0])


def topic_f1(truth: Labels, tagged: Labels, draws: Draws) -> Matrix:
    """F1 by resample and topic, of shape (n_resamples, n_topics); NaN where a resample has no article of a topic."""
    return _Decisions(truth, tagged).figures(draws)["f1"]


def mean_of_measured(values: Matrix) -> Matrix:
    """Average each row's numbers, leaving out NaN; NaN where there is no other."""
    measured = ~np.isnan(values)
    return _ratio(np.where(measured, values, 0.0).sum(axis=1), measured.sum(axis=1).astype(np.float64))


def lenient_macro_f1(truth: Labels, tagged: Labels, passing: Labels) -> float:
    """Macro-F1 when an article counts for no topic that it only mentions in passing."""
    return macro_f1(truth & ~passing, tagged & ~passing)


def expected_calibration_error(truth: Labels, probabilities: Matrix) -> float:
    """Mean distance of promised probability and observed share; both of shape (n_articles,)."""
    rankings = _Rankings(truth[:, None], probabilities[:, None])
    return float(rankings.by_topic(np.ones((1, len(truth))))["calibration_error"][0, 0])


class _Decisions:
    """Figures of what was tagged."""

    def __init__(self, truth: Labels, tagged: Labels) -> None:
        hits = truth & tagged
        n_hits, n_said = hits.sum(axis=1), truth.sum(axis=1) + tagged.sum(axis=1)
        article_f1 = np.where(n_said > 0, 2 * n_hits / np.maximum(n_said, 1), 1.0)
        all_right, without_topic = (truth == tagged).all(axis=1), ~tagged.any(axis=1)
        # Side by side, so that one product of matrices counts everything.
        self._columns = np.column_stack([hits, truth, tagged, article_f1, all_right, without_topic])

    def figures(self, draws: Draws) -> dict[str, Matrix]:
        """Compute figures from draws of shape (n_resamples, n_articles), resamples first; a column a topic."""
        found = draws @ self._columns
        hits, truth, tagged = np.split(found[:, :-3], 3, axis=1)
        article_f1, all_right, without_topic = found[:, -3:].T
        of_all = _precision_recall_f1(*(count.sum(axis=1) for count in (hits, truth, tagged)))
        n_articles = draws.shape[1]
        return {
            **_precision_recall_f1(hits, truth, tagged),
            **{f"micro_{name}": value for name, value in of_all.items()},
            "article_f1": article_f1 / n_articles,
            "all_right": all_right / n_articles,
            "without_topic": without_topic / n_articles,
        }


class _Rankings:
    """Figures of the probabilities of every topic."""

    def __init__(self, truth: Labels, probabilities: Matrix) -> None:
        self._columns = [_Ranking(truth[:, topic], probabilities[:, topic]) for topic in range(truth.shape[1])]

    def by_topic(self, draws: Draws) -> dict[str, Matrix]:
        """Compute figures of shape (n_resamples, n_topics) from draws of shape (n_resamples, n_articles)."""
        return {
            "average_precision": np.column_stack([column.average_precision(draws) for column in self._columns]),
            "calibration_error": np.column_stack([column.calibration_error(draws) for column in self._columns]),
            "brier": np.column_stack([column.brier(draws) for column in self._columns]),
        }


class _Ranking:
    """One topic's articles, the likeliest first; each method computes an array of shape (n_resamples,)."""

    def __init__(self, truth: Labels, probabilities: Matrix) -> None:
        order = np.argsort(-probabilities, kind="stable")
        ordered, positives = probabilities[order], np.flatnonzero(truth[order])
        ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) + 1  # equal ones are one cut
        # Recall grows only at the cuts that add an article of the topic; what lies between two is taken at once.
        ends = np.unique(ends[np.searchsorted(ends, positives, side="right")])
        self._found, self._taken = order[positives], order[: ends.max(initial=0)]
        self._starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
        self._found_starts = np.searchsorted(positives, self._starts)
        misses = probabilities - truth
        self._squares = misses**2
        bins = np.minimum((probabilities * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
        self._misses = np.where(bins[:, None] == np.arange(CALIBRATION_BINS), misses[:, None], 0.0)

    def average_precision(self, draws: Draws) -> Matrix:
        """Mean over cuts of the precision there, weighted by the recall that the cut adds."""
        if not len(self._found):
            return np.full(len(draws), np.nan)
        gained = np.add.reduceat(draws[:, self._found], self._found_starts, axis=1)
        found = np.cumsum(gained, axis=1)
        taken = np.cumsum(np.add.reduceat(draws[:, self._taken], self._starts, axis=1), axis=1)
        return _ratio((gained * found / np.maximum(taken, 1)).sum(axis=1), found[:, -1])

    def calibration_error(self, draws: Draws) -> Matrix:
        """Mean distance of promise and truth over bins of probability."""
        return np.asarray(np.abs(draws @ self._misses).sum(axis=1) / draws.shape[1])

    def brier(self, draws: Draws) -> Matrix:
        """Mean squared distance of promise and truth."""
        return np.asarray(draws @ self._squares / draws.shape[1])


def _precision_recall_f1(hits: Matrix, truth: Matrix, tagged: Matrix) -> dict[str, Matrix]:
    f1 = np.where(truth > 0, _ratio(2 * hits, truth + tagged), np.nan)
    return {"precision": _ratio(hits, tagged), "recall": _ratio(hits, truth), "f1": f1}


def _macro(by_topic: Mapping[str, Matrix]) -> dict[str, Matrix]:
    return {f"macro_{name}": mean_of_measured(by_topic[name]) for name in _MACRO if name in by_topic}


def _ratio(part: Matrix, whole: Matrix) -> Matrix:
    """Divide; NaN where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
