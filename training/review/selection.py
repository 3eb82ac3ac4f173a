"""Choosing what to read: the worthiest articles, but not ten that say nearly the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wasim.model.article import Article
from wasim.model.topic_model import TopicModel
from wasim.training.fit import count_terms, weigh_terms
from wasim.training.near_duplicates import NearDuplicates

DIVERSITY = 0.2
"""What an article loses when it has exactly the words of one that was chosen, or the topic of all that were."""


@dataclass(slots=True)
class Choice:
    """A chosen article, by its row, in which turn it was chosen, and how many near-equal ones it stands for."""

    row: int
    turn: int = 0
    near_equal: int = 0


def choose(
    articles: Sequence[Article],
    worth: NDArray[np.float64],
    topics: NDArray[np.int64],
    model: TopicModel,
    most: int,
) -> list[Choice]:
    """Choose up to ``most`` articles, the worthiest first.

    Parameters
    ----------
    articles
        The candidates.
    worth
        Of shape (n_turns, n_articles), in [0, 1]: where articles can be worth reading for several reasons, the
        reasons take turns.
    topics
        Of shape (n_articles,); for which topic, as the model counts them, an article is worth reading.
    model
        Whose terms tell how alike articles are.
    most
        How many at most.

    Notes
    -----
    Greedy: each step takes the article whose worth, less what it has in common with those taken before, is the
    largest. One that is nearly equal to a taken one is never taken, but counted for it.

    Source: Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking", 1998.
    """
    rows = weigh_terms(count_terms(articles, model.vocabulary, model.settings), model.linear.idf)
    taken: list[Choice] = []
    remembered = NearDuplicates()
    likeness, taken_of_topic = np.zeros(len(articles)), np.zeros(len(model.topics))
    is_open = np.ones(len(articles), dtype=np.bool_)
    while is_open.any() and len(taken) < most:
        in_common = likeness + taken_of_topic[topics] / max(len(taken), 1)
        turn = len(taken) % len(worth)
        row = int(np.where(is_open, worth[turn] - DIVERSITY * in_common, -np.inf).argmax())
        is_open[row] = False
        if not _counted_for_another(articles[row], remembered, taken):
            remembered.add(articles[row])
            taken.append(Choice(row, turn))
            taken_of_topic[topics[row]] += 1
            likeness = np.maximum(likeness, (rows @ rows[row].T).toarray()[:, 0])
    for rest in np.flatnonzero(is_open).tolist():
        _counted_for_another(articles[rest], remembered, taken)
    return taken


def _counted_for_another(article: Article, remembered: NearDuplicates, taken: Sequence[Choice]) -> bool:
    nearest = max(remembered.matches(article), key=lambda match: match.similarity, default=None)
    if nearest is not None:
        taken[nearest.number].near_equal += 1
    return nearest is not None
