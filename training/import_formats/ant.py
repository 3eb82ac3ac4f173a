"""ANT Corpus: articles between tags that only look like XML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from wasim.training.import_formats import limits
from wasim.training.import_formats.lines import files_of, read_lines
from wasim.training.import_formats.records import BadRecord, ColumnNames, RawArticle, Record

_BORDER = re.compile(r"(</?(?:doc|article)(?![\w.:-])[^<>]*>?)", re.IGNORECASE)
_NAMES = "id|docid|docno|title|section|category|text|content"
_FIELD = re.compile(
    rf"<({_NAMES})(?![\w.:-])[^<>]*>(.*?)(?=</\1\s*>|<(?:{_NAMES})(?![\w.:-])|\Z)", re.IGNORECASE | re.DOTALL
)
_TAG_NAME = re.compile(r"<([A-Za-z][\w.:-]*)")
_MARKUP = re.compile(r"<[!?/A-Za-z][^<>]*>")
_CDATA_BORDER = re.compile(r"<!\[CDATA\[|\]\]>")


def read_ant(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read ANT: files of ``<DOC>`` or ``<article>`` elements that only look like XML.

    No XML parser reads them: it would stop at the first stray ampersand, and could be led to other files.
    """
    for file in files_of(source):
        yield from _articles(file)


@dataclass(slots=True)
class _Element:
    """What was read since the last border: an element's inside, or what stands between two."""

    place: str
    is_article: bool
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    fault: str = ""

    def add(self, piece: str) -> None:
        self.size += len(piece)
        if self.size <= limits.LONGEST_LINE:
            self.pieces.append(piece)
        else:
            self.fault = self.fault or f"longer than {limits.LONGEST_LINE:,} characters. Remove it."

    def left_over(self) -> Iterator[BadRecord]:
        """Complain if something stands here that no article will hold."""
        outer = _MARKUP.sub("", _MARKUP.sub("", "".join(self.pieces)))  # twice: a DOCTYPE has tags inside
        if self.fault or outer.strip():
            wrong = "is not closed" if self.is_article else "text outside of any <DOC> or <article>"
            yield BadRecord(self.place, self.fault or f"{wrong}. Mend the tags, or fetch the file again.")

    def record(self) -> Record:
        """Read the element's tags."""
        body = _CDATA_BORDER.sub("", "".join(self.pieces))
        fields: dict[str, list[str]] = {}
        for name, value in _FIELD.findall(body):
            fields.setdefault(name.lower(), []).append(unescape(_MARKUP.sub(" ", value)).strip())
        texts = fields.get("text", []) + fields.get("content", [])
        if self.fault or not texts:
            there = ", ".join(dict.fromkeys(_TAG_NAME.findall(body))) or "none"
            return BadRecord(self.place, self.fault or f"has no TEXT tag; its tags are {there}. Mend or remove it.")
        labels = filter(None, fields.get("section", []) + fields.get("category", []))
        ids = filter(None, fields.get("id", []) + fields.get("docid", []) + fields.get("docno", []))
        title = " ".join(fields.get("title", []))
        return RawArticle(self.place, title, "\n".join(texts), tuple(labels), next(ids, ""))


def _articles(file: Path) -> Iterator[Record]:
    current = _Element(f"{file}:1", is_article=False)
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            current.fault = current.fault or f"line {line.place.rpartition(':')[2]}: {line.reason}"
            continue
        for position, piece in enumerate(_BORDER.split(line.text)):
            if position % 2 == 0:
                current.add(piece)
            elif piece.startswith("</"):
                if current.is_article:
                    yield current.record()
                    current = _Element(line.place, is_article=False)
            else:
                # An element with nothing but another in it is a frame around articles.
                yield from current.left_over()
                current = _Element(line.place, is_article=True)
    yield from current.left_over()
