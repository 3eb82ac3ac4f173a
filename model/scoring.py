"""From known terms to scores: TF-IDF rows of whole articles and of passages, times the weights.

An article's row holds ``(1 + ln count) * idf`` for each of its terms, scaled to length 1; a score is the
row times a topic's weights, plus its bias. A passage is a stretch of the text that is scored the same
way; a topic's final score blends the whole article's with that of the passage that speaks most for it,
so that one solid paragraph in a long article is not drowned.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wasim.model.settings import ModelSettings
from wasim.model.vocabulary import TermSequence

FloatMatrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinearWeights:
    """What the fit found.

    Parameters
    ----------
    idf
        float32 of shape (n_terms,); inverse document frequency.
    weights
        float32 of shape (n_terms, n_topics); log-odds for a term that fills its article.
    bias
        float32 of shape (n_topics,); log-odds of an article without a word.
    """

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rows:
    """TF-IDF rows in coordinates: ``values[i]`` stands in row ``rows[i]``, column ``terms[i]``.

    Sorted by row, then term; ``n_rows`` counts the empty rows too.
    """

    rows: NDArray[np.int64]
    terms: NDArray[np.int64]
    values: FloatMatrix
    n_rows: int

    def scores(self, linear: LinearWeights) -> FloatMatrix:
        """Score each row against every topic: float64 of shape (n_rows, n_topics), log-odds."""
        scores = np.tile(linear.bias.astype(np.float64), (self.n_rows, 1))
        if len(self.rows):
            products = self.values[:, None] * linear.weights[self.terms]
            starts = np.flatnonzero(np.diff(self.rows, prepend=-1))
            scores[self.rows[starts]] += np.add.reduceat(products, starts, axis=0)
        return scores


@dataclass(frozen=True, slots=True)
class BlendedScores:
    """Scores of articles, and the passages that they rest on.

    Parameters
    ----------
    scores
        float64 of shape (n_articles, n_topics); log-odds, before calibration.
    best_passage
        int64 of shape (n_articles, n_topics); the passage of the article that speaks most for the topic,
        or -1 where the article is too short to have any.
    knows_nothing
        bool of shape (n_articles,); whether no term of the article is known.
    """

    scores: FloatMatrix
    best_passage: NDArray[np.int64]
    knows_nothing: NDArray[np.bool_]


def tf_idf_rows(rows: NDArray[np.int64], terms: NDArray[np.int64], n_rows: int, idf: NDArray[np.float32]) -> Rows:
    """Count terms into sublinear, idf-weighted rows of length 1.

    Parameters
    ----------
    rows, terms
        int64 of shape (n_occurrences,); an occurrence of a term in a row, in any order.
    n_rows
        How many rows there are, the empty ones included.
    idf
        float32 of shape (n_terms,).
    """
    n_terms = len(idf)
    cells, counts = np.unique(rows * n_terms + terms, return_counts=True)
    cell_rows, cell_terms = np.divmod(cells, n_terms) if n_terms else (cells, cells)
    values = (1 + np.log(counts)) * idf[cell_terms].astype(np.float64)
    lengths = np.sqrt(np.bincount(cell_rows, weights=values * values, minlength=n_rows))
    return Rows(cell_rows, cell_terms, values / lengths[cell_rows], n_rows)


def passage_bounds(n_words: int, settings: ModelSettings) -> list[tuple[int, int]]:
    """Cut a text into overlapping passages.

    Returns
    -------
    (start, end) in words, end exclusive. Every passage but the last is ``passage_length`` long and starts
    half a passage after the one before; the last goes on to the end. A text no longer than one passage
    has none: it is scored whole.
    """
    length, stride = settings.passage_length, (settings.passage_length + 1) // 2
    if n_words <= length or settings.passage_weight == 0:
        return []
    starts = range(0, n_words - length + 1, stride)
    return [(start, start + length) for start in starts[:-1]] + [(starts[-1], n_words)]


def article_occurrences(title: TermSequence, text: TermSequence, settings: ModelSettings) -> NDArray[np.int64]:
    """List the terms of a whole article, the title's as often as the title counts."""
    return np.concatenate([np.tile(title.ids, settings.title_weight), text.ids])


def passage_occurrences(
    text: TermSequence, bounds: Sequence[tuple[int, int]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List (passage, term) for every term that lies wholly inside a passage."""
    first_words = np.array([start for start, _ in bounds], dtype=np.int64)
    end_words = np.array([end for _, end in bounds], dtype=np.int64)
    starts, ends = np.searchsorted(text.positions, first_words), np.searchsorted(text.positions, end_words)
    lengths = ends - starts
    passages = np.repeat(np.arange(len(bounds)), lengths)
    occurrences = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths) + starts[passages]
    inside = text.positions[occurrences] + text.widths[occurrences] <= end_words[passages]
    return passages[inside], text.ids[occurrences[inside]]


def blend(
    sequences: Sequence[tuple[TermSequence, TermSequence]], linear: LinearWeights, settings: ModelSettings
) -> BlendedScores:
    """Score articles, given as the terms of their (title, text)."""
    n_articles = len(sequences)
    wholes = [article_occurrences(title, text, settings) for title, text in sequences]
    articles = np.repeat(np.arange(n_articles), [len(whole) for whole in wholes])
    whole = tf_idf_rows(articles, _joined(wholes), n_articles, linear.idf).scores(linear)
    best = np.full(whole.shape, -1, dtype=np.int64)
    scores = whole.copy()

    bounds = [passage_bounds(text.n_words, settings) for _, text in sequences]
    with_passages = [article for article, cut in enumerate(bounds) if cut]
    if with_passages:
        counts = np.array([len(bounds[article]) for article in with_passages])
        firsts = np.cumsum(counts) - counts
        found = [passage_occurrences(sequences[article][1], bounds[article]) for article in with_passages]
        rows = _joined([passages + first for (passages, _), first in zip(found, firsts, strict=True)])
        terms = _joined([ids for _, ids in found])
        passage_scores = tf_idf_rows(rows, terms, int(counts.sum()), linear.idf).scores(linear)
        for article, first, count in zip(with_passages, firsts, counts, strict=True):
            own = passage_scores[first : first + count]
            best[article] = own.argmax(axis=0)
            share = settings.passage_weight
            scores[article] = (1 - share) * whole[article] + share * own.max(axis=0)
    knows_nothing = np.array([len(terms) == 0 for terms in wholes], dtype=np.bool_)
    return BlendedScores(scores, best, knows_nothing)


def _joined(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
