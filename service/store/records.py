"""What travels between the doors and the store: corrections, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import orjson

from wasim.model import Article, Classification


class State(StrEnum):
    """What became of a correction."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Order(StrEnum):
    """Which corrections come first."""

    NEWEST = "newest"
    UNCERTAIN = "uncertain"
    DISAGREEING = "disagreeing"


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says an article's topics are.

    ``caller`` is the id of the sender's API key, empty where none was asked for; ``idempotency_key`` the
    sender's own name for this correction, so that sending it again keeps it once.
    """

    article: Article
    topics: tuple[str, ...]
    by: str = ""
    note: str = ""
    caller: str = ""
    idempotency_key: str | None = None

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was sent, whatever the order of its topics."""
        said = [self.article.title, self.article.text, sorted(self.topics), self.by, self.note]
        return sha256(orjson.dumps(said)).digest()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model said of the same article."""

    model: str
    answer: Classification

    @property
    def uncertainty(self) -> float:
        """How near the closest topic came to being decided otherwise: 1 on its threshold, 0 farthest off."""
        return 1 - min(abs(scored.probability - scored.threshold) for scored in self.answer.scored)

    def disagreement(self, topics: tuple[str, ...]) -> float:
        """Say how sure the model was of what is wrong by ``topics``: 0 if of nothing, 1 at most."""
        return max(abs(scored.probability - (scored.topic in topics)) for scored in self.answer.scored)


@dataclass(frozen=True, slots=True)
class FeedbackRecord:
    """A correction as the store keeps it; ``topics`` are the reviewer's where there was a review."""

    id: str
    state: State
    received: datetime
    article: Article
    topics: tuple[str, ...]
    predicted: tuple[str, ...]
    scores: dict[str, float]
    model: str
    by: str
    note: str
    caller: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a correction: its record, and whether it was new."""

    record: FeedbackRecord
    is_new: bool


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer decides about a correction; ``topics`` None leaves them as they are."""

    accepted: bool
    topics: tuple[str, ...] | None = None
    caller: str = ""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which corrections are wanted: those in a state, in an order, after a cursor."""

    state: State | None = None
    order: Order = Order.NEWEST
    limit: int = 50
    after: str | None = None


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """Some corrections, and the cursor of the next page if there is one."""

    items: tuple[FeedbackRecord, ...]
    next: str | None
