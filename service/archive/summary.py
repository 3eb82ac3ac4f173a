"""What a run did, and where its time went."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import thread_time
from typing import Any, Literal, get_args

Stage = Literal["decompress", "parse", "score", "write"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(slots=True)
class StageTimes:
    """CPU seconds of each stage, over all processes."""

    seconds: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def measure(self, stage: Stage) -> Iterator[None]:
        """Count what happens inside."""
        before = thread_time()
        try:
            yield
        finally:
            self.seconds[stage] += thread_time() - before  # type: ignore[assignment]  # a Counter adds floats as well


@dataclass(frozen=True, slots=True)
class ShardCounts:
    """What became of the records of a shard; topic "" counts articles without any."""

    tagged: int = 0
    rejected: int = 0
    older: int = 0
    topics: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class TagSummary:
    """What a run did; ``resumed`` counts articles that an earlier, unfinished run had tagged."""

    tagged: int = 0
    rejected: int = 0
    older: int = 0
    resumed: int = 0
    topics: Counter[str] = field(default_factory=Counter)
    rejected_path: str | None = None
    times: StageTimes = field(default_factory=StageTimes)

    def add(self, counts: ShardCounts) -> None:
        """Count a shard."""
        self.tagged += counts.tagged
        self.rejected += counts.rejected
        self.older += counts.older
        self.topics.update(counts.topics)

    def as_json(self) -> dict[str, Any]:
        """Lay the summary out for programs."""
        return {
            "tagged": self.tagged,
            "rejected": self.rejected,
            "older": self.older,
            "resumed": self.resumed,
            "topics": dict(self.topics),
            "rejected_path": self.rejected_path,
        }
