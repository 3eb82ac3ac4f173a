"""What every form of output shares: tagged columns, packing, and putting the shards' files together."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from wasim.service.archive.options import Partition
from wasim.service.archive.records import ArticleColumns

_SCORE_DIGITS = 6
UNKNOWN_DAY = "unknown"
Pack = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class TaggedColumns:
    """Articles and their verdicts: probabilities and tags of shape (n_articles, n_topics)."""

    articles: ArticleColumns
    probabilities: NDArray[np.float64]
    tagged: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.articles)

    def scores(self) -> NDArray[np.float64]:
        """Round the probabilities for writing."""
        return np.round(self.probabilities, _SCORE_DIGITS)

    def take(self, rows: NDArray[np.int64]) -> "TaggedColumns":
        """Choose rows; only what goes into the output comes along."""
        numbers = rows.tolist()
        kept = {
            name: [values[row] for row in numbers] if isinstance(values, list) else values.take(rows)
            for name, values in self.articles.kept.items()
        }
        articles = ArticleColumns(ids=[self.articles.ids[row] for row in numbers], kept=kept)
        return TaggedColumns(articles, self.probabilities[rows], self.tagged[rows])


class RowWriter(ABC):
    """Lays tagged articles out as rows.

    Parameters
    ----------
    topics
        The model's topics' ids, in order.
    model_name
        Stands in every row.
    pack
        Packs a shard's rows; what it gives must be whole members that can stand one after the other.
    partition
        Whether each shard, or each day in it, is a file of its own at the end.
    """

    suffix: ClassVar[str]

    def __init__(self, topics: Sequence[str], model_name: str, pack: Pack, partition: Partition | None = None) -> None:
        self.topics = tuple(topics)
        self.model_name = model_name
        self.pack = pack
        self.by_day = partition == "date"
        self.stands_alone = partition is not None

    @abstractmethod
    def encode(self, parts: Sequence[TaggedColumns]) -> bytes:
        """Lay rows out, unpacked."""

    def lay_out(self, parts: Sequence[TaggedColumns]) -> dict[str, bytes]:
        """Lay a shard's rows out: all under the name "", or each day's under that day."""
        head = self.head() if self.stands_alone else b""
        if not self.by_day:
            return {"": self.pack(head + self.encode(parts))}
        return {day: self.pack(head + self.encode(of_day)) for day, of_day in sorted(_by_day(parts).items())}

    def head(self) -> bytes:
        """Give what stands before the first row of a file."""
        return b""

    def assemble(self, shards: Iterable[IO[bytes]], output: IO[bytes]) -> None:
        """Put shards' files together as one."""
        if head := self.head():
            output.write(self.pack(head))
        concatenate(shards, output)


def concatenate(files: Iterable[IO[bytes]], output: IO[bytes]) -> None:
    """Write files one after the other."""
    for file in files:
        shutil.copyfileobj(file, output)


def _by_day(parts: Sequence[TaggedColumns]) -> dict[str, list[TaggedColumns]]:
    days: dict[str, list[TaggedColumns]] = {}
    for part in parts:
        of_part = np.array([day or UNKNOWN_DAY for day in part.articles.days])
        for day in np.unique(of_part).tolist():
            days.setdefault(day, []).append(part.take(np.flatnonzero(of_part == day)))
    return days


def topic_lists(part: TaggedColumns, topics: Sequence[str]) -> list[list[str]]:
    """List each article's topics."""
    return [[topic for topic, has in zip(topics, row, strict=True) if has] for row in part.tagged.tolist()]


def kept_values(part: TaggedColumns) -> Iterator[dict[str, Any]]:
    """Give each article's kept values, by name."""
    kept = part.articles.kept
    if not kept:
        return iter([{}] * len(part))
    columns = [values if isinstance(values, list) else values.to_pylist() for values in kept.values()]
    return (dict(zip(kept, row, strict=True)) for row in zip(*columns, strict=True))
