"""JSON arrays of any length, cut into their elements without parsing them."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from wasim.service.archive.options import ReadOptions
from wasim.service.archive.readers.json_lines import add_json
from wasim.service.archive.readers.limits import LONGEST_RECORD, TOO_LONG, BadInputError
from wasim.service.archive.records import ArticleColumns, RecordReader
from wasim.service.archive.shards import Chunk

_BLOCK = 1024 * 1024
# A whole string, or a sign that structures JSON; a lone quote begins a string that the block's end cuts off.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|"|[\[\]{},]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class ElementsChunk:
    """Elements of an array; ``first`` is the number of the first, from 1."""

    place: str
    first: int
    elements: tuple[bytes, ...]

    @property
    def n_bytes(self) -> int:
        """How large it is, for cutting shards."""
        return sum(map(len, self.elements))

    def __len__(self) -> int:
        return len(self.elements)

    def head(self, n_records: int) -> "ElementsChunk":
        """Take its first records."""
        return ElementsChunk(self.place, self.first, self.elements[:n_records])

    def parse(self, reader: RecordReader) -> ArticleColumns:
        """Read its records."""
        columns = reader.new_columns()
        for number, element in enumerate(self.elements, start=self.first):
            add_json(columns, reader, element, f"{self.place}:{number}")
        return columns

    def contents(self) -> Iterator[bytes]:
        """Give what tells it from every other chunk, for a checksum."""
        yield f"{self.place}:{self.first}".encode("utf-8", "surrogatepass")
        yield from self.elements


def read_json_array(stream: io.BufferedReader, place: str, options: ReadOptions) -> Iterator[Chunk]:
    """Read an array in chunks of about a shard.

    Raises
    ------
    BadInputError
        When it is not closed, something follows it, or an element is too long.
    """
    gathered, size, first = list[bytes](), 0, 1
    for element in _elements(stream):
        gathered.append(element)
        size += len(element)
        if size >= options.shard_bytes:
            yield ElementsChunk(place, first, tuple(gathered))
            first += len(gathered)
            gathered, size = [], 0
    if gathered:
        yield ElementsChunk(place, first, tuple(gathered))


def _elements(stream: io.BufferedReader) -> Iterator[bytes]:
    data, scanned, depth = b"", 0, 0
    while block := stream.read(_BLOCK):
        data += block
        start = 0  # of the element that is being read
        for token in _TOKEN.finditer(data, scanned):
            sign = token.group()
            scanned = token.start()
            if sign == b'"':
                break
            scanned = token.end()
            depth += (sign in b"[{") - (sign in b"]}")
            if depth == 1 and sign == b"[" and not data[: token.start()].strip():
                start = scanned
            elif depth == 0 or (depth == 1 and sign == b","):
                element = data[start : token.start()].strip()
                if element or sign == b",":
                    yield element
                start = scanned
            if depth == 0:
                _require_end(data[scanned:], stream)
                return
        else:
            scanned = len(data)
        data, scanned = data[start:], scanned - start
        if len(data) > LONGEST_RECORD:
            raise BadInputError(f"holds an element {TOO_LONG}")
    raise BadInputError("is a JSON array that is not closed")


def _require_end(rest: bytes, stream: io.BufferedReader) -> None:
    if rest.strip() or stream.read(_BLOCK).strip():
        raise BadInputError("goes on after its JSON array is closed")
