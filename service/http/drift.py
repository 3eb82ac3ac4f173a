"""Whether what newsrooms send still looks like what the model was made from."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Self

from pydantic import BaseModel, Field

from wasim.model import Article, Classification
from wasim.model.drift import DriftMonitor, DriftReport, Shift, unknown_share
from wasim.service.http.metrics import Metrics
from wasim.service.http.served_model import ServedModel

WINDOW = 2_000  # articles; enough to tell drift from chance, and days rather than months of news
_SECONDS_BETWEEN_SAMPLES = 0.1  # reading an article's words costs as much as classifying it


@dataclass(slots=True)
class _Window:
    """The articles that one model is judged on: the last full window, and the one being filled."""

    served: ServedModel
    filling: DriftMonitor | None = field(init=False)
    full: DriftMonitor | None = None
    n_filled: int = 0

    def __post_init__(self) -> None:
        self.filling = self._monitor()

    def observe(self, articles: Sequence[Article], answers: Sequence[Classification]) -> None:
        """Count articles; a full window takes the last one's place."""
        if self.filling is None:
            return
        for article, answer in zip(articles, answers, strict=True):
            self.filling.observe(article, answer)
        self.n_filled += len(articles)
        if self.n_filled >= WINDOW:
            self.full, self.filling, self.n_filled = self.filling, self._monitor(), 0

    def _monitor(self) -> DriftMonitor | None:
        reference = self.served.drift_reference
        return DriftMonitor(self.served.model, reference) if reference else None


class DriftWatch:
    """Watches all that is classified; begins anew with each model.

    Parameters
    ----------
    metrics
        Where the share of unknown words and the drift are shown.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._window: _Window | None = None
        self._next_sample = 0.0

    def observe(self, served: ServedModel, articles: Sequence[Article], answers: Sequence[Classification]) -> None:
        """Count what a model was asked and how it answered."""
        window = self._window
        if window is None or window.served is not served:
            self._window = window = _Window(served)
        window.observe(articles, answers)
        if articles and time.monotonic() >= self._next_sample:
            self._next_sample = time.monotonic() + _SECONDS_BETWEEN_SAMPLES
            self._read_words(window, articles[0])

    def report(self, served: ServedModel) -> DriftReport | None:
        """Compare the last full window with training, or what there is of the first; None without a reference."""
        window = self._window
        if window is None or window.served is not served:
            window = _Window(served)
        monitor = window.full or window.filling
        return monitor.report() if monitor else None

    def _read_words(self, window: _Window, article: Article) -> None:
        vocabulary = window.served.model.vocabulary
        self._metrics.unknown_words.observe(
            unknown_share(vocabulary.read(article.title), vocabulary.read(article.text))
        )
        if window.filling is not None:
            window.filling.observe_words(article)


class ShiftOut(BaseModel):
    """How far one quantity has moved since training; empty where nothing was counted yet."""

    psi: Annotated[float | None, Field(description="population stability index; 0 is no drift")]
    chance: Annotated[float | None, Field(description="what it stays under by chance, 95 times of 100")]
    is_notable: Annotated[bool, Field(description="more than chance, and more than is usually let pass (0.1)")]

    @classmethod
    def of(cls, shift: Shift) -> Self:
        """Copy a shift."""
        return cls(psi=shift.psi, chance=shift.chance, is_notable=shift.is_notable)


class MovedTermOut(BaseModel):
    """A term that stands in more articles, or fewer, than in training."""

    term: str
    expected: Annotated[float, Field(description="share of the training articles that hold it")]
    observed: Annotated[float, Field(description="share of the articles seen")]
    topic: Annotated[str, Field(description="the topic that it counts most for, or against")]
    weight: Annotated[float, Field(description="how much; below 0 against")]


class DriftOut(BaseModel):
    """Live articles held against the training articles."""

    model: str
    missing: Annotated[str | None, Field(description="why there is nothing to compare; null where there is")] = None
    n_articles: Annotated[int, Field(description="articles that this rests on; of the worker that was asked")] = 0
    n_words_read: Annotated[int, Field(description="articles of these whose words were read: a sample")] = 0
    probabilities: Annotated[dict[str, ShiftOut], Field(description="by topic")] = {}
    topics_found: ShiftOut | None = None
    length: ShiftOut | None = None
    unknown_words: ShiftOut | None = None
    moved_terms: list[MovedTermOut] = []

    @classmethod
    def of(cls, model: str, report: DriftReport | None) -> Self:
        """Copy a report, or say that there can be none."""
        if report is None:
            return cls(model=model, missing=f"{model} was made without a reference for drift. Train it again.")
        return cls(
            model=model,
            n_articles=report.n_articles,
            n_words_read=report.n_words_read,
            probabilities={topic: ShiftOut.of(shift) for topic, shift in report.probabilities.items()},
            topics_found=ShiftOut.of(report.topics_found),
            length=ShiftOut.of(report.length),
            unknown_words=ShiftOut.of(report.unknown_words),
            moved_terms=[
                MovedTermOut(
                    term=term.text,
                    expected=term.expected,
                    observed=term.observed,
                    topic=term.topic,
                    weight=term.weight,
                )
                for term in report.moved_terms
            ],
        )
