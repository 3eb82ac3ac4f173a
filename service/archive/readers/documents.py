"""Files that are one article each: plain text and web pages."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from wasim.service.archive.extras import need
from wasim.service.archive.options import ReadOptions
from wasim.service.archive.readers.encodings import decode, detect_encoding
from wasim.service.archive.readers.limits import LONGEST_RECORD, TOO_LONG, BadInputError
from wasim.service.archive.records import ArticleColumns, RecordParts, RecordReader
from wasim.service.archive.shards import Chunk

_DECLARATION = 2048  # bytes at a page's beginning where it may name its encoding
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class DocumentChunk:
    """One document.

    Parameters
    ----------
    place
        Where it stands; its id too, unless ``id`` is given.
    kind
        What it is.
    data
        As it was read.
    charset
        Its encoding where the transport says so; else it is found out.
    """

    place: str
    kind: Literal["text", "html"]
    data: bytes
    charset: str = ""
    id: str = ""
    date: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def n_bytes(self) -> int:
        """How large it is, for cutting shards."""
        return len(self.data)

    def __len__(self) -> int:
        return 1

    def head(self, n_records: int) -> "DocumentChunk":  # noqa: ARG002  it is its first record
        """Take its first record."""
        return self

    def parse(self, reader: RecordReader) -> ArticleColumns:
        """Read the article out of it."""
        title, text = _page(self.data, self.charset) if self.kind == "html" else ("", decode(self.data))
        columns = reader.new_columns()
        part = RecordParts(self.id or self.place, title, text, self.date, self.others)
        reader.add_part(columns, part, lambda: self.place)
        return columns

    def contents(self) -> Iterator[bytes]:
        """Give what tells it from every other chunk, for a checksum."""
        yield repr((self.place, self.kind, self.charset, self.id, self.date, self.others)).encode("utf-8", "replace")
        yield self.data


def read_text(stream: io.BufferedReader, place: str, _options: ReadOptions) -> Iterator[Chunk]:
    """Read a file of plain text as one article."""
    yield DocumentChunk(place, "text", read_bounded(stream))


def read_html(stream: io.BufferedReader, place: str, _options: ReadOptions) -> Iterator[Chunk]:
    """Read a web page as one article."""
    need("resiliparse", "archive", "web pages")
    yield DocumentChunk(place, "html", read_bounded(stream))


def read_bounded(stream: io.BufferedReader) -> bytes:
    """Read a whole file that is one article.

    Raises
    ------
    BadInputError
        When it is too long for one.
    """
    data = stream.read(LONGEST_RECORD + 1)
    if len(data) > LONGEST_RECORD:
        raise BadInputError(f"is {TOO_LONG}")
    return data


def _page(data: bytes, charset: str) -> tuple[str, str]:
    """Take a page's title and its main text."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415  optional
    from resiliparse.parse.html import HTMLTree  # noqa: PLC0415

    page = data.decode(_page_encoding(data, charset), "replace")
    tree = HTMLTree.parse(page)
    text: str = extract_plain_text(tree, main_content=True, alt_texts=False, list_bullets=False)
    return (tree.title or "").strip(), text


def _page_encoding(data: bytes, charset: str) -> str:
    """Choose an encoding: what the bytes leave no doubt about, what the transport or the page says, a guess."""
    found = detect_encoding(data)
    if found.startswith("utf"):
        return found
    from resiliparse.parse.encoding import map_encoding_to_html5  # noqa: PLC0415  optional

    for name in (charset, _declared(data)):
        if name and (known := map_encoding_to_html5(name, False)) and not known.startswith("utf"):
            return str(known)
    return found


def _declared(data: bytes) -> str:
    found = _CHARSET.search(data[:_DECLARATION])
    return found.group(1).decode("ascii") if found else ""
