"""Figures of one kind of article at a time: where a model is weaker than its average."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wasim.model.article import Article
from wasim.model.characters import tokenise
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.metrics import Metrics
from wasim.training.evaluation.predictions import Predictions

MOST_SLICES = 12
OTHERS = "all others"
LENGTH, KIND = "words", "kind"
_LENGTHS = (50, 100, 200, 400)


@dataclass(frozen=True, slots=True)
class Slice:
    """The articles for which one fact has one value, and how well they were tagged."""

    fact: str
    value: str
    metrics: Metrics


def measure_slices(predictions: Predictions) -> Iterator[Slice]:
    """Measure articles by outlet, year and whatever else is known of them, by length and by kind.

    Values of a fact beyond the dozen most frequent ones are put together.
    """
    judged = predictions.judged
    facts: Mapping[str, Sequence[str]] = {
        **judged.facts,
        LENGTH: [_length(article) for article in judged.articles],
        KIND: _kinds(judged),
    }
    for fact, values in facts.items():
        named = _frequent(values)
        for value in named:
            yield Slice(fact, value, predictions.measure_some(np.flatnonzero(np.array(values) == value)))
        rest = np.flatnonzero([value not in named for value in values])
        if len(rest):
            yield Slice(fact, OTHERS, predictions.measure_some(rest))


def _frequent(values: Sequence[str]) -> list[str]:
    """Choose the most frequent values, in their own order: years rise, kinds and outlets are sorted."""
    counts = Counter(values)
    most = sorted(counts, key=lambda value: (-counts[value], value))
    return sorted(most if len(most) <= MOST_SLICES else most[: MOST_SLICES - 1])


def _length(article: Article) -> str:
    n_words = len(tokenise(f"{article.title} {article.text}"))
    at_least = max((edge for edge in _LENGTHS if n_words >= edge), default=0)
    above = next((edge for edge in _LENGTHS if edge > at_least), None)
    return f"{at_least:3d} or more" if above is None else f"{at_least:3d} to {above - 1}"


def _kinds(judged: JudgedArticles) -> list[str]:
    n_topics, mentions = judged.truth.sum(axis=1), judged.passing.any(axis=1)
    several = np.where(n_topics > 1, "several topics", "one topic")
    none = np.where(mentions, "only mentions", "no topic")
    return list(np.where(n_topics > 0, several, none).tolist())
