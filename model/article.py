"""The values that travel: an article on its way in, a classification on its way out."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Field = Literal["title", "text"]


@dataclass(frozen=True, slots=True)
class Article:
    """One article; either part may be empty."""

    title: str = ""
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether neither part holds anything but white space."""
        return not (self.title.strip() or self.text.strip())


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article as it was posted, before any normalisation.

    ``start`` and ``end`` count Unicode code points of that field; ``end`` is exclusive.
    """

    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """What one term adds to a topic's score, and where it stands.

    ``contribution`` is in log-odds and exact: the contributions of all terms plus the topic's bias are
    its score. ``text`` is the term as the model knows it, one stem or two.
    """

    text: str
    contribution: float
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ScoredTopic:
    """One topic's verdict on one article.

    ``score`` is in log-odds before calibration, ``probability`` the calibrated one, in [0, 1]. ``terms``
    (strongest first), ``bias`` and ``passage`` (the stretch that speaks most for the topic) are filled
    when an explanation was asked for.
    """

    topic: str
    score: float
    probability: float
    threshold: float
    bias: float = 0.0
    terms: tuple[Term, ...] = ()
    passage: Span | None = None

    @property
    def tagged(self) -> bool:
        """Whether the article gets this tag."""
        return self.probability >= self.threshold


@dataclass(frozen=True, slots=True)
class Classification:
    """Every topic's verdict on one article, in the model's order of topics."""

    scored: tuple[ScoredTopic, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """The ids of the topics that the article gets; empty is an answer too."""
        return tuple(scored.topic for scored in self.scored if scored.tagged)

    @property
    def probabilities(self) -> dict[str, float]:
        """The calibrated probability of every topic, by id."""
        return {scored.topic: scored.probability for scored in self.scored}


@dataclass(frozen=True, slots=True)
class ScoredColumns:
    """Every topic's verdict on each article of a table.

    Parameters
    ----------
    probabilities
        float64 of shape (n_articles, n_topics), calibrated, in [0, 1]; column j is the model's ``topics[j]``.
    tagged
        bool of the same shape; whether the article gets the tag.
    """

    probabilities: NDArray[np.float64]
    tagged: NDArray[np.bool_]
