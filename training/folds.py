"""Cutting articles into parts for fitting and for judging, so that nothing leaks from one into the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from iterstrat.ml_stratifiers import MultilabelStratifiedKFold
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from wasim.model.article import Article
from wasim.training.near_duplicates import NearDuplicates

N_FOLDS = 5

Fold = tuple[NDArray[np.int64], NDArray[np.int64]]
"""(train, test) rows."""


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two rows whose articles are nearly equal, and the share of five-word runs that both have."""

    first: int
    second: int
    similarity: float


def split(labels: NDArray[np.bool_], seed: int) -> list[Fold]:
    """Cut articles into folds that each hold their share of every topic: (train, test) rows."""
    nothing = np.zeros(len(labels))
    if labels.shape[1] == 1:  # the multi-label splitter wants two columns or more
        return list(StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed).split(nothing, labels[:, 0]))
    splitter = MultilabelStratifiedKFold(n_splits=N_FOLDS, shuffle=True, random_state=seed)
    return list(splitter.split(nothing, labels.astype(int)))


def near_pairs(articles: Iterable[Article]) -> Iterator[NearPair]:
    """Find the articles that are nearly equal, such as two versions of an agency's report."""
    remembered = NearDuplicates()
    for article in articles:
        matches = list(remembered.matches(article))
        row = remembered.add(article)
        yield from (NearPair(match.number, row, match.similarity) for match in matches)


def pairs_across(fold: Fold, pairs: Iterable[NearPair]) -> list[NearPair]:
    """Choose the pairs of which one article is to be learned from and the other one judged."""
    train, test = (set(rows.tolist()) for rows in fold)
    return [
        pair
        for pair in pairs
        if (pair.first in train and pair.second in test) or (pair.first in test and pair.second in train)
    ]


def without_leaks(folds: Sequence[Fold], pairs: Sequence[NearPair]) -> list[Fold]:
    """Take out of each training part what is nearly equal to an article of its test part.

    An article that stands on both sides is learned by heart there and found again here; the figures and the
    thresholds would be better than the model.
    """
    kept = []
    for train, test in folds:
        across = pairs_across((train, test), pairs)
        leaking = np.array(sorted({row for pair in across for row in (pair.first, pair.second)}), dtype=np.int64)
        kept.append((np.setdiff1d(train, leaking), test))
    return kept
