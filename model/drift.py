"""Whether live text still looks like what a model was made from.

Training stores how probabilities, lengths and unknown words were spread (:class:`DriftReference`, in the
artifact's manifest); a :class:`DriftMonitor` counts live articles into the same bins and says how far they
have moved. How many training articles held a term needs no storing: its idf says so.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wasim.model.article import Article, Classification
from wasim.model.histogram import BinCounter, Histogram, chance_psi, psi
from wasim.model.topic_model import TopicModel
from wasim.model.vocabulary import TermSequence

PROBABILITY_EDGES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
TOPICS_FOUND_EDGES = (1.0, 2.0)
NOTABLE_PSI = 0.1
_SURE_ERRORS = 5  # standard errors; among 40,000 terms chance alone moves one by 4


@dataclass(frozen=True, slots=True)
class DriftReference:
    """How articles were spread; for a model's own, each was judged by a model that was fitted without it.

    Parameters
    ----------
    probabilities
        Calibrated ones, by topic.
    topics_found
        Articles without a topic, with one, and with several.
    length
        Characters of title and text.
    unknown_words
        Share of an article's words that the vocabulary has not; see :func:`unknown_share`.
    """

    probabilities: Mapping[str, Histogram]
    topics_found: Histogram
    length: Histogram
    unknown_words: Histogram

    def to_dict(self) -> dict[str, Any]:
        """Return the reference as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_dict` wrote.

        Raises
        ------
        AttributeError, KeyError, TypeError, ValueError
            When it is something else.
        """
        return cls(
            {topic: Histogram.from_dict(one) for topic, one in value["probabilities"].items()},
            *(Histogram.from_dict(value[name]) for name in ("topics_found", "length", "unknown_words")),
        )


@dataclass(frozen=True, slots=True)
class Shift:
    """How far one quantity has moved.

    ``psi`` is the population stability index; ``chance`` what it stays under 95 times of 100 when nothing
    has moved. Both are None where there is nothing to compare.
    """

    psi: float | None
    chance: float | None

    @classmethod
    def between(cls, expected: Histogram, observed: Histogram) -> Self:
        """Compare two histograms with the same edges."""
        if not (expected.total and observed.total):
            return cls(None, None)
        return cls(
            psi(expected.counts, observed.counts),
            chance_psi(len(expected.counts), expected.total, observed.total),
        )

    @property
    def is_notable(self) -> bool:
        """Whether it has moved by more than chance, and by more than is usually let pass."""
        return self.psi is not None and self.chance is not None and self.psi > max(self.chance, NOTABLE_PSI)


@dataclass(frozen=True, slots=True)
class MovedTerm:
    """A term that stands in surely more, or fewer, articles than expected.

    ``expected`` and ``observed`` are shares of articles; ``topic`` is the one that the term counts most for
    (``weight`` above 0) or against.
    """

    text: str
    expected: float
    observed: float
    topic: str
    weight: float


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What a :class:`DriftMonitor` has seen, held against what was expected.

    ``n_words_read`` counts the articles whose words were read; ``unknown_words`` and ``moved_terms`` rest on
    those alone. The terms that move the scores most stand first.
    """

    n_articles: int
    n_words_read: int
    probabilities: Mapping[str, Shift]
    topics_found: Shift
    length: Shift
    unknown_words: Shift
    moved_terms: tuple[MovedTerm, ...]


class DriftMonitor:
    """Counts live articles; may be fed from several threads at once.

    Parameters
    ----------
    model
        The model that classifies them.
    reference
        Its artifact's; see :func:`wasim.model.artifact.drift_reference`.
    """

    def __init__(self, model: TopicModel, reference: DriftReference) -> None:
        self._model, self._reference, self._lock = model, reference, Lock()
        self._probabilities = {topic: BinCounter(one.edges) for topic, one in reference.probabilities.items()}
        self._topics_found = BinCounter(reference.topics_found.edges)
        self._length, self._unknown_words = (
            BinCounter(reference.length.edges),
            BinCounter(reference.unknown_words.edges),
        )
        self._articles_with = np.zeros(len(model.vocabulary), dtype=np.int64)

    def observe(self, article: Article, answer: Classification) -> None:
        """Count an article that was classified; costs a bisection a topic."""
        with self._lock:
            for scored in answer.scored:
                self._probabilities[scored.topic].add(scored.probability)
            self._topics_found.add(len(answer.topics))
            self._length.add(len(article.title) + len(article.text))

    def observe_words(self, article: Article) -> None:
        """Count an article's terms and unknown words. As dear as classifying it: a sample is enough."""
        title, text = self._model.vocabulary.read(article.title), self._model.vocabulary.read(article.text)
        present = np.unique(np.concatenate([title.ids, text.ids]))
        with self._lock:
            self._unknown_words.add(unknown_share(title, text))
            self._articles_with[present] += 1

    def observed(self) -> DriftReference:
        """Return what was counted so far."""
        with self._lock:
            return DriftReference(
                {topic: counter.histogram() for topic, counter in self._probabilities.items()},
                self._topics_found.histogram(),
                self._length.histogram(),
                self._unknown_words.histogram(),
            )

    def report(self, earlier: Self | None = None, most_terms: int = 20) -> DriftReport:
        """Compare what was counted with training, or with what a monitor of the same model counted earlier."""
        expected, seen = earlier.observed() if earlier else self._reference, self.observed()
        return DriftReport(
            n_articles=seen.topics_found.total,
            n_words_read=seen.unknown_words.total,
            probabilities={
                topic: Shift.between(one, seen.probabilities[topic]) for topic, one in expected.probabilities.items()
            },
            topics_found=Shift.between(expected.topics_found, seen.topics_found),
            length=Shift.between(expected.length, seen.length),
            unknown_words=Shift.between(expected.unknown_words, seen.unknown_words),
            moved_terms=self._moved_terms(earlier, most_terms),
        )

    def _moved_terms(self, earlier: Self | None, most: int) -> tuple[MovedTerm, ...]:
        n_expected, expected = earlier._term_shares() if earlier else self._trained_term_shares()
        n_observed, observed = self._term_shares()
        if not (n_expected and n_observed):
            return ()
        linear, moved_by = self._model.linear, observed - expected
        effect = np.abs(moved_by) * linear.idf * np.abs(linear.weights).max(axis=1)
        effect[~surely_differ(expected, n_expected, observed, n_observed)] = 0
        strongest = np.abs(linear.weights).argmax(axis=1)
        return tuple(
            MovedTerm(
                text=self._model.vocabulary.terms[term],
                expected=float(expected[term]),
                observed=float(observed[term]),
                topic=self._model.topics[strongest[term]].id,
                weight=float(linear.weights[term, strongest[term]]),
            )
            for term in np.argsort(-effect, kind="stable")[:most]
            if effect[term] > 0
        )

    def _term_shares(self) -> tuple[int, NDArray[np.float64]]:
        with self._lock:
            n_articles = self._unknown_words.histogram().total
            return n_articles, self._articles_with / max(n_articles, 1)

    def _trained_term_shares(self) -> tuple[int, NDArray[np.float64]]:
        # scikit-learn's smooth idf, solved for the articles that hold the term.
        n_articles = self._reference.topics_found.total
        articles_with = (1 + n_articles) / np.exp(self._model.linear.idf.astype(np.float64) - 1) - 1
        return n_articles, np.clip(articles_with / max(n_articles, 1), 0, 1)


def surely_differ(
    expected: NDArray[np.float64], n_expected: int, observed: NDArray[np.float64], n_observed: int
) -> NDArray[np.bool_]:
    """Say which shares of articles differ by more than chance, were there ten thousands of them.

    Source: the pooled two-proportion z-test.
    """
    pooled = (expected * n_expected + observed * n_observed) / (n_expected + n_observed)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n_expected + 1 / n_observed))
    return np.asarray(np.abs(observed - expected) > _SURE_ERRORS * error)


def unknown_share(title: TermSequence, text: TermSequence) -> float:
    """Share of an article's words, bare numbers among them, that are no term by themselves; 0 without a word."""
    n_words = title.n_words + text.n_words
    known = sum(int((part.widths == 1).sum()) for part in (title, text))
    return 1 - known / n_words if n_words else 0.0
