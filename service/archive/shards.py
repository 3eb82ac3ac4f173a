"""The unit of work: a numbered shard of an archive, always cut at the same places."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from wasim.service.archive.options import ReadOptions
from wasim.service.archive.records import ArticleColumns, RecordReader, Rejected

_RECORD_BYTES = 512  # a record costs that much beside its text, so that a shard of tiny files stays a shard


class Chunk(Protocol):
    """Records of one source as they were read, still to be parsed; travels to a worker."""

    @property
    def n_bytes(self) -> int:
        """How large it is, for cutting shards."""

    def __len__(self) -> int:
        """How many records it holds."""

    def head(self, n_records: int) -> "Chunk":
        """Take its first records."""

    def parse(self, reader: RecordReader) -> ArticleColumns:
        """Read its records."""

    def contents(self) -> Iterator[bytes]:
        """Give what tells it from every other chunk, for a checksum."""


@dataclass(frozen=True, slots=True)
class RejectedChunk:
    """What a reader could not read, in its place among the others."""

    rejected: Rejected

    @property
    def n_bytes(self) -> int:
        """How large it is, for cutting shards."""
        return _RECORD_BYTES

    def __len__(self) -> int:
        return 1

    def head(self, n_records: int) -> "RejectedChunk":  # noqa: ARG002  it is its first record
        """Take its first record."""
        return self

    def parse(self, reader: RecordReader) -> ArticleColumns:
        """Pass the rejection on."""
        columns = reader.new_columns()
        columns.rejected.append(self.rejected)
        return columns

    def contents(self) -> Iterator[bytes]:
        """Give place and reason."""
        yield f"{self.rejected.place}\0{self.rejected.reason}".encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Shard:
    """A numbered piece of an archive.

    ``bytes_read`` counts the input, as it lies on the disk, from its beginning to this shard's end.
    """

    number: int
    chunks: tuple[Chunk, ...]
    bytes_read: int

    def digest(self) -> str:
        """Sum up what it holds, SHA-256."""
        digest = hashlib.sha256()
        for chunk in self.chunks:
            for content in chunk.contents():
                digest.update(len(content).to_bytes(8, "little"))
                digest.update(content)
        return digest.hexdigest()


@dataclass(slots=True)
class Meter:
    """How many bytes of the input were read so far."""

    bytes_read: int = 0


def cut_into_shards(chunks: Iterable[Chunk], meter: Meter, options: ReadOptions) -> Iterator[Shard]:
    """Gather chunks into shards.

    Parameters
    ----------
    chunks
        In order; equal input gives equal chunks, hence equal shards.
    meter
        Of the reading that makes the chunks.
    options
        How large a shard is, and after how many records to stop.
    """
    number, gathered, size = 0, list[Chunk](), 0
    for chunk in chunks if options.limit is None else _limited(chunks, options.limit):
        gathered.append(chunk)
        size += chunk.n_bytes + _RECORD_BYTES
        if size >= options.shard_bytes:
            yield Shard(number, tuple(gathered), meter.bytes_read)
            number, gathered, size = number + 1, [], 0
    if gathered:
        yield Shard(number, tuple(gathered), meter.bytes_read)


def _limited(chunks: Iterable[Chunk], limit: int) -> Iterator[Chunk]:
    left = limit
    for chunk in chunks:
        if left <= 0:
            return
        yield chunk if len(chunk) <= left else chunk.head(left)
        left -= len(chunk)
