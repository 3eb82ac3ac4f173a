"""JSON Lines: cut at line ends without a look inside; parsed by whoever tags them."""

import io
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from wasim.service.archive.options import ReadOptions
from wasim.service.archive.readers.limits import LONGEST_RECORD, TOO_LONG
from wasim.service.archive.records import ArticleColumns, RecordReader, Rejected
from wasim.service.archive.shards import Chunk, RejectedChunk

_DRAINED_AT_ONCE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LinesChunk:
    """Whole lines of a source; ``first`` is the number of the first, from 1."""

    place: str
    first: int
    data: bytes

    @property
    def n_bytes(self) -> int:
        """How large it is, for cutting shards."""
        return len(self.data)

    def __len__(self) -> int:
        return sum(1 for line in self.data.split(b"\n") if line.strip())

    def head(self, n_records: int) -> "LinesChunk":
        """Take its first records."""
        end = 0
        while n_records > 0:
            start, end = end, self.data.find(b"\n", end) + 1 or len(self.data)
            n_records -= bool(self.data[start:end].strip())
        return LinesChunk(self.place, self.first, self.data[:end])

    def parse(self, reader: RecordReader) -> ArticleColumns:
        """Read its records."""
        columns = reader.new_columns()
        for number, line in enumerate(self.data.split(b"\n"), start=self.first):
            if line and not line.isspace():
                add_json(columns, reader, line, f"{self.place}:{number}")
        return columns

    def contents(self) -> Iterator[bytes]:
        """Give what tells it from every other chunk, for a checksum."""
        yield f"{self.place}:{self.first}".encode("utf-8", "surrogatepass")
        yield self.data


def add_json(columns: ArticleColumns, reader: RecordReader, data: bytes, place: str) -> None:
    """Add one JSON object to columns."""
    try:
        record = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        columns.rejected.append(Rejected(place, f"not JSON in UTF-8: {error}"))
    else:
        reader.add(columns, record, lambda: place)


def read_json_lines(stream: io.BufferedReader, place: str, options: ReadOptions) -> Iterator[Chunk]:
    """Read lines in chunks of about a shard; one that is too long is rejected and passed over."""
    number, rest = 1, stream.read(len(BOM_UTF8)).removeprefix(BOM_UTF8)
    while block := stream.read(options.shard_bytes):
        data = rest + block
        end = data.rfind(b"\n") + 1
        if end:
            yield LinesChunk(place, number, data[:end])
            number += data.count(b"\n", 0, end)
        rest = data[end:]
        if len(rest) > LONGEST_RECORD:
            yield RejectedChunk(Rejected(f"{place}:{number}", TOO_LONG))
            rest, number = _after_line_end(stream), number + 1
    if rest:
        yield LinesChunk(place, number, rest)


def _after_line_end(stream: io.BufferedReader) -> bytes:
    """Read up to the next line end, and give what was read beyond it."""
    while block := stream.read(_DRAINED_AT_ONCE):
        _, end, rest = block.partition(b"\n")
        if end:
            return rest
    return b""
