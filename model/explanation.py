"""Why a topic got its score: every term's exact share, and where it stands in the article."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from wasim.model.article import Article, Field, Span, Term
from wasim.model.characters import locate
from wasim.model.scoring import (
    LinearWeights,
    article_occurrences,
    passage_bounds,
    passage_occurrences,
    tf_idf_rows,
)
from wasim.model.settings import ModelSettings
from wasim.model.vocabulary import TermSequence, Vocabulary


class Explainer:
    """Explains one article's scores; made for it, asked once a topic."""

    def __init__(
        self, article: Article, vocabulary: Vocabulary, linear: LinearWeights, settings: ModelSettings
    ) -> None:
        self._vocabulary, self._linear, self._settings = vocabulary, linear, settings
        title, self._text = vocabulary.read(article.title), vocabulary.read(article.text)
        whole = article_occurrences(title, self._text, settings)
        self._whole_row = self._row(whole)
        self._bounds = passage_bounds(self._text.n_words, settings)
        self._text_places = locate(article.text)
        self._spans: defaultdict[int, list[Span]] = defaultdict(list)
        self._note_spans("title", title, locate(article.title))
        self._note_spans("text", self._text, self._text_places)

    def terms(self, topic: int, best_passage: int) -> tuple[Term, ...]:
        """Each term's contribution to a topic's score, the strongest, for or against, first.

        Parameters
        ----------
        topic
            Column of the weights.
        best_passage
            The passage that the score rests on, or -1 where there is none.
        """
        contributions = self._whole_row * self._linear.weights[:, topic]
        if best_passage >= 0:
            _, inside = passage_occurrences(self._text, [self._bounds[best_passage]])
            share = self._settings.passage_weight
            passage = self._row(inside) * self._linear.weights[:, topic]
            contributions = (1 - share) * contributions + share * passage
        present = sorted(self._spans, key=lambda term: (-abs(contributions[term]), term))
        return tuple(
            Term(self._vocabulary.terms[term], float(contributions[term]), tuple(self._spans[term])) for term in present
        )

    def passage(self, best_passage: int) -> Span | None:
        """Where a passage stands in the article's text."""
        if best_passage < 0:
            return None
        first, end = self._bounds[best_passage]
        return Span("text", self._text_places[first][0], self._text_places[end - 1][1])

    def _row(self, occurrences: NDArray[np.int64]) -> NDArray[np.float64]:
        rows = tf_idf_rows(np.zeros_like(occurrences), occurrences, 1, self._linear.idf)
        dense = np.zeros(len(self._vocabulary))
        dense[rows.terms] = rows.values
        return dense

    def _note_spans(self, field: Field, sequence: TermSequence, places: list[tuple[int, int]]) -> None:
        for term, position, width in zip(sequence.ids, sequence.positions, sequence.widths, strict=True):
            self._spans[int(term)].append(Span(field, places[position][0], places[position + width - 1][1]))
