"""News in XML: RSS, Atom, NewsML-G2, NITF.

The parser (expat) fetches nothing from elsewhere and stops at an entity that would blow up; an entry is let go
as soon as it is read, so that memory does not grow with a feed.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from xml.etree import ElementTree

from wasim.service.archive.options import ReadOptions
from wasim.service.archive.readers.limits import LONGEST_RECORD, TOO_LONG, BadInputError
from wasim.service.archive.records import ArticleColumns, RecordParts, RecordReader
from wasim.service.archive.shards import Chunk

ROOTS = frozenset({"rss", "RDF", "feed", "newsMessage", "newsItem", "nitf", "knowledgeItem", "packageItem"})
"""Local names of the outermost element of what this module reads."""

_BLOCK = 64 * 1024
_TAG = re.compile(r"<[!?/A-Za-z][^<>]*>")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)[\s/>]")
_BLOCKS = frozenset({"p", "br", "hl1", "hl2", "div", "li", "h1", "h2", "h3"})


@dataclass(frozen=True, slots=True)
class EntryChunk:
    """One entry of a feed, or one news item."""

    place: str
    entry: RecordParts

    @property
    def n_bytes(self) -> int:
        """How large it is, for cutting shards."""
        return len(self.entry.title) + len(self.entry.text)

    def __len__(self) -> int:
        return 1

    def head(self, n_records: int) -> "EntryChunk":  # noqa: ARG002  it is its first record
        """Take its first record."""
        return self

    def parse(self, reader: RecordReader) -> ArticleColumns:
        """Read its record."""
        columns = reader.new_columns()
        reader.add_part(columns, self.entry, lambda: self.place)
        return columns

    def contents(self) -> Iterator[bytes]:
        """Give what tells it from every other chunk, for a checksum."""
        yield repr((self.place, self.entry)).encode("utf-8", "surrogatepass")


def root_name(head: bytes) -> str:
    """Find the outermost element's local name in a file's beginning."""
    found = _ROOT.search(head)
    return found.group(1).decode("ascii", "replace") if found else ""


def read_feed(stream: io.BufferedReader, place: str, _options: ReadOptions) -> Iterator[Chunk]:
    """Read a feed's entries.

    Raises
    ------
    BadInputError
        When it is not well-formed, defines entities, or holds an entry that is too long.
    """
    for number, element in enumerate(_entries(stream), start=1):
        yield EntryChunk(f"{place}:{number}", _READERS[_name(element)](element))


def _entries(stream: io.BufferedReader) -> Iterator[ElementTree.Element]:
    parser: Any = ElementTree.XMLPullParser(["start", "end"])
    inside = list[ElementTree.Element]()
    since_last = 0
    try:
        while block := stream.read(_BLOCK):
            since_last += len(block)
            if b"<!ENTITY" in block:
                raise BadInputError("defines entities of its own; news does not")
            parser.feed(block)
            for event, element in parser.read_events():
                if event == "start":
                    inside.append(element)
                    continue
                inside.pop()
                if _name(element) in _READERS and not any(_name(outer) in _READERS for outer in inside):
                    yield element
                    element.clear()
                    if inside:
                        inside[-1].remove(element)
                    since_last = 0
            if since_last > LONGEST_RECORD:
                raise BadInputError(f"holds an entry {TOO_LONG}")
        parser.close()
    except ElementTree.ParseError as error:
        raise BadInputError(f"is no well-formed XML ({error})") from None


def _rss_item(item: ElementTree.Element) -> RecordParts:
    values = _values(item)
    text = values.get("encoded") or values.get("description", "")
    row_id = values.get("guid") or item.attrib.get(_RDF_ABOUT) or values.get("link") or None
    return RecordParts(
        row_id, _plain(values.get("title", "")), _plain(text), values.get("pubDate") or values.get("date"), values
    )


def _atom_entry(entry: ElementTree.Element) -> RecordParts:
    values = _values(entry)
    text = values.get("content") or values.get("summary", "")
    date = values.get("published") or values.get("updated")
    return RecordParts(values.get("id") or None, _plain(values.get("title", "")), _plain(text), date, values)


def _news_item(item: ElementTree.Element) -> RecordParts:
    """Read NewsML-G2's newsItem; its content may be NITF, XHTML or plain text."""
    title = _text_of(_first(item, "headline")) or _text_of(_first(item, "hl1")) or _text_of(_first(item, "title"))
    content = _first(item, "contentSet")
    body = _first(content, "body.content")
    if body is None:
        body = _first(content, "body")
    text = _text_of(body if body is not None else content)
    date = _text_of(_first(item, "contentCreated")) or _text_of(_first(item, "versionCreated"))
    return RecordParts(item.attrib.get("guid"), title, _plain(text), date)


def _nitf(item: ElementTree.Element) -> RecordParts:
    """Read NITF."""
    doc_id, issued = _first(item, "doc-id"), _first(item, "date.issue")
    title = _text_of(_first(item, "hl1")) or _text_of(_first(item, "title"))
    row_id = doc_id.attrib.get("id-string") if doc_id is not None else None
    date = issued.attrib.get("norm") if issued is not None else None
    return RecordParts(row_id, title, _text_of(_first(item, "body.content")), date)


_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_READERS = {"item": _rss_item, "entry": _atom_entry, "newsItem": _news_item, "nitf": _nitf}


def _values(entry: ElementTree.Element) -> Mapping[str, str]:
    values: dict[str, str] = {}
    for child in entry:
        values.setdefault(_name(child), _text_of(child) or child.attrib.get("href", ""))
    return values


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _first(element: ElementTree.Element | None, name: str) -> ElementTree.Element | None:
    if element is None:
        return None
    return next((found for found in element.iter() if _name(found) == name), None)


def _text_of(element: ElementTree.Element | None) -> str:
    return "" if element is None else "".join(_pieces(element)).strip()


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    if _name(element) in _BLOCKS:
        yield "\n"
    yield element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""


def _plain(text: str) -> str:
    """Take markup off that feeds carry as text."""
    return unescape(_TAG.sub(" ", text)).strip() if "<" in text or "&" in text else text
