"""The mistakes that a model is surest of, with the words that caused them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from wasim.model.article import Article, Field, ScoredTopic, Term
from wasim.training.evaluation.predictions import JudgedPart

MOST_SHOWN = 5
_MOST_TERMS = 8
_LONGEST_QUOTE = 2_500
_BEFORE_PASSAGE = 400
_FAINTEST = 0.05


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a text, and how much it speaks for a topic (above 0) or against it, -1 to 1."""

    text: str
    strength: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """One article wrongly tagged, or wrongly not tagged, with one topic.

    ``facts`` is what is known of the article; ``is_mention`` whether the topic is mentioned in it; ``terms``
    the strongest ones, each with its exact contribution; ``title`` and ``text`` are the article, marked.
    """

    kind: Literal["false positive", "miss"]
    article_id: str
    facts: tuple[str, ...]
    is_mention: bool
    probability: float
    threshold: float
    terms: tuple[Term, ...]
    title: tuple[Stretch, ...]
    text: tuple[Stretch, ...]


def worst_mistakes(parts: Sequence[JudgedPart], topic: int) -> list[Mistake]:
    """Choose a topic's false positives and misses that lie furthest on the wrong side, the worst of each first."""
    places = sorted(
        (float(part.predictions.probabilities[row, topic] - part.model.calibration.thresholds[topic]), number, row)
        for number, part in enumerate(parts)
        for row in np.flatnonzero(part.predictions.tagged[:, topic] != part.predictions.judged.truth[:, topic]).tolist()
    )
    misses = [place for place in places if place[0] < 0][:MOST_SHOWN]
    false_positives = [place for place in reversed(places) if place[0] >= 0][:MOST_SHOWN]
    return [_explained(parts[number], row, topic) for _, number, row in (*false_positives, *misses)]


def marked(text: str, terms: Sequence[Term], field: Field) -> tuple[Stretch, ...]:
    """Cut a text where its terms begin and end, and say how much each piece speaks.

    A letter speaks as strongly as the terms over it together; the strongest letter of the text has 1 or -1.
    """
    weights = np.zeros(len(text))
    for term in terms:
        for span in term.spans:
            if span.field == field:
                weights[span.start : span.end] += term.contribution
    strongest = float(np.abs(weights).max(initial=0.0))
    strengths = weights / strongest if strongest else weights
    strengths[np.abs(strengths) < _FAINTEST] = 0
    cuts = [0, *(np.flatnonzero(np.diff(strengths)) + 1).tolist(), len(text)]
    return tuple(_stretches(text, strengths.tolist(), cuts))


def _stretches(text: str, strengths: list[float], cuts: list[int]) -> Iterator[Stretch]:
    for start, end in pairwise(cuts):
        if end > start:
            yield Stretch(text[start:end], strengths[start])


def _explained(part: JudgedPart, row: int, topic: int) -> Mistake:
    judged = part.predictions.judged
    article = judged.articles[row]
    [answer] = part.model.classify([article], explain=True)
    scored = answer.scored[topic]
    return Mistake(
        kind="false positive" if scored.tagged else "miss",
        article_id=judged.ids[row] if judged.ids else str(row + 1),
        facts=tuple(values[row] for values in judged.facts.values()),
        is_mention=bool(judged.passing[row, topic]),
        probability=scored.probability,
        threshold=scored.threshold,
        terms=scored.terms[:_MOST_TERMS],
        title=marked(article.title, scored.terms, "title"),
        text=_quote(article, scored),
    )


def _quote(article: Article, scored: ScoredTopic) -> tuple[Stretch, ...]:
    """Mark an article's text; of a long one, what stands around the passage that speaks most."""
    whole = marked(article.text, scored.terms, "text")
    if len(article.text) <= _LONGEST_QUOTE:
        return whole
    first = max(0, scored.passage.start - _BEFORE_PASSAGE) if scored.passage else 0
    quoted: list[Stretch] = [Stretch("… ", 0.0)] if first else []
    position = 0
    for stretch in whole:
        start, position = position, position + len(stretch.text)
        inside = stretch.text[max(first - start, 0) : max(first + _LONGEST_QUOTE - start, 0)]
        if inside:
            quoted.append(Stretch(inside, stretch.strength))
    return (*quoted, Stretch(" …", 0.0)) if position > first + _LONGEST_QUOTE else tuple(quoted)
