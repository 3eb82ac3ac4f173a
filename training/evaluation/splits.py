"""Judging how a model would be made: fitted on one part of a corpus, judged on the other.

A part is drawn so that nothing leaks: by whole outlets, desks or years, or by time, as a newsroom meets new
articles; and what is nearly equal to a judged article is never fitted on.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from sklearn.model_selection import GroupKFold

from wasim.model.errors import CorpusTooSmallError, SettingsError
from wasim.training.corpus import Corpus, LabelledArticle
from wasim.training.evaluation.judged import NOT_SAID, JudgedArticles
from wasim.training.evaluation.predictions import JudgedPart, predict
from wasim.training.fit import FitSettings
from wasim.training.folds import N_FOLDS, Fold, NearPair, near_pairs, pairs_across, split, without_leaks
from wasim.training.train import train

_GROUP_OF: dict[str, Callable[[LabelledArticle], str]] = {
    "outlet": lambda row: row.outlet,
    "desk": lambda row: row.desk,
    "year": lambda row: str(row.known_year or ""),
}
_EXAMPLES = "write stratified, outlet, desk, year or time=2024-01-01"


@dataclass(frozen=True, slots=True)
class SplitRule:
    """How a corpus is cut.

    Parameters
    ----------
    by
        ``stratified``: five parts that each hold their share of every topic. ``outlet``, ``desk``, ``year``:
        up to five parts, each of whole outlets, desks or years. ``time``: what comes before a day is fitted
        on, the rest judged.
    day
        The day, for ``time``.

    Examples
    --------
    >>> SplitRule.parse("time=2024-01-01").day
    datetime.date(2024, 1, 1)
    """

    by: Literal["stratified", "outlet", "desk", "year", "time"]
    day: datetime.date | None = None

    def __str__(self) -> str:
        return self.by if self.day is None else f"{self.by}={self.day}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``stratified``, ``outlet``, ``desk``, ``year`` or ``time=DAY``."""
        by, _, day = text.partition("=")
        if by == "time":
            try:
                return cls("time", datetime.date.fromisoformat(day))
            except ValueError as error:
                raise SettingsError(f"split {text!r}: {error}; {_EXAMPLES}") from None
        if day or by not in ("stratified", *_GROUP_OF):
            raise SettingsError(f"split {text!r}: {_EXAMPLES}")
        return cls(by)  # type: ignore[arg-type]  # the line above checks it


@dataclass(frozen=True, slots=True)
class Split:
    """A corpus, cut.

    Parameters
    ----------
    folds
        (train, test) rows, without leaks.
    kept_apart
        Pairs of nearly equal articles that would have stood on both sides.
    undated
        Articles that are in no part because it is not known when they are from.
    """

    folds: tuple[Fold, ...]
    kept_apart: tuple[NearPair, ...]
    undated: int = 0


def split_corpus(corpus: Corpus, rule: SplitRule, seed: int = 0) -> Split:
    """Cut a corpus.

    Raises
    ------
    CorpusTooSmallError
        When the rule leaves nothing to fit on or nothing to judge.
    """
    folds, undated = _folds(corpus, rule, seed)
    pairs = list(near_pairs(corpus.articles))
    across = {pair for fold in folds for pair in pairs_across(fold, pairs)}
    kept_apart = sorted(across, key=lambda pair: (pair.first, pair.second))
    return Split(tuple(without_leaks(folds, pairs)), tuple(kept_apart), undated)


def judge_folds(corpus: Corpus, cut: Split, fit: FitSettings | None = None) -> Iterator[JudgedPart]:
    """Train a model on each training part, thresholds and all, and let it classify the test part.

    Raises
    ------
    CorpusTooSmallError
        When a training part has too few articles of a topic.
    """
    judged = JudgedArticles.of_corpus(corpus)
    for train_rows, test_rows in cut.folds:
        part = Corpus(corpus.topics, tuple(corpus.labelled[row] for row in train_rows))
        model = train(part, fit=fit).model
        yield JudgedPart(model, predict(model, judged.at(test_rows)))


def _folds(corpus: Corpus, rule: SplitRule, seed: int) -> tuple[list[Fold], int]:
    if rule.by == "stratified":
        return split(corpus.labels, seed), 0
    if rule.by == "time":
        assert rule.day is not None
        return _time_fold(corpus, rule.day)
    groups = [_GROUP_OF[rule.by](row) or NOT_SAID for row in corpus.labelled]
    n_groups = len(set(groups))
    if n_groups < 2:
        raise CorpusTooSmallError(f"all articles have the {rule.by} {groups[0]!r}; a split needs two. Say it of each.")
    return list(GroupKFold(min(N_FOLDS, n_groups)).split(groups, groups=groups)), 0


def _time_fold(corpus: Corpus, day: datetime.date) -> tuple[list[Fold], int]:
    sides = [_is_later(row, day) for row in corpus.labelled]
    before, after = (
        np.array([row for row, side in enumerate(sides) if side is later], dtype=np.int64) for later in (False, True)
    )
    undated = sides.count(None)
    if not (len(before) and len(after)):
        raise CorpusTooSmallError(
            f"{len(before):,} articles are from before {day}, {len(after):,} from then on, and of {undated:,} it is "
            "not known. Choose a day between them; articles say it as date or year."
        )
    return [(before, after)], undated


def _is_later(row: LabelledArticle, day: datetime.date) -> bool | None:
    """Say on which side of a day an article is; None where that is not known."""
    if row.date is not None:
        return row.date >= day
    if row.year is None or (row.year == day.year and day != datetime.date(day.year, 1, 1)):
        return None
    return row.year >= day.year
