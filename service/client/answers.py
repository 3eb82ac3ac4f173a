"""What the service answers, as a client holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from wasim.model import Article


@dataclass(frozen=True, slots=True)
class Prediction:
    """The topics of one article; ``explanation`` is as the API has it, where it was asked for."""

    topics: tuple[str, ...]
    scores: Mapping[str, float]
    thresholds: Mapping[str, float]
    model: str
    explanation: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read an answer of the service."""
        return cls(
            tuple(answer["topics"]), answer["scores"], answer["thresholds"], answer["model"], answer.get("explanation")
        )


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """Why one article of a stream, the one at ``line`` from 1, got no topics; the others are not touched by it."""

    line: int
    status: int
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Which topics an article should have; the same object sent twice is kept once."""

    article: Article
    topics: Sequence[str]
    by: str = ""
    note: str = ""
    idempotency_key: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class Feedback:
    """A correction as the service kept it."""

    id: str
    state: str
    received: datetime
    predicted: tuple[str, ...]
    scores: Mapping[str, float]
    topics: tuple[str, ...]
    model: str

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read an answer of the service."""
        return cls(
            id=answer["id"],
            state=answer["state"],
            received=datetime.fromisoformat(answer["received"]),
            predicted=tuple(answer["predicted"]),
            scores=answer["scores"],
            topics=tuple(answer["topics"]),
            model=answer["model"],
        )
