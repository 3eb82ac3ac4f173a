"""The readers of published formats: a file or folder in, raw articles and bad records out, in their order.

A reader streams. What is no article comes out as a BadRecord, in its place, so that nothing is lost in
silence; only what makes the whole set unreadable (a folder for a file, a missing column) is raised.
"""

import csv
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from pathlib import Path
from typing import IO
from urllib.parse import unquote

import orjson

from wasim.model.errors import CorpusUnreadableError

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of a line, of an archive's member and of a file that is one article; more must not fill the memory."""

_DRAIN = 64 * 1024
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError)
_ANT_BORDER = re.compile(r"(</?(?:doc|article)(?![\w.:-])[^<>]*>?)", re.IGNORECASE)
_ANT_NAMES = "id|docid|docno|title|section|category|text|content"
_ANT_FIELD = re.compile(
    rf"<({_ANT_NAMES})(?![\w.:-])[^<>]*>(.*?)(?=</\1\s*>|<(?:{_ANT_NAMES})(?![\w.:-])|\Z)", re.IGNORECASE | re.DOTALL
)
_ANT_TAG_NAME = re.compile(r"<([A-Za-z][\w.:-]*)")
_MARKUP = re.compile(r"<[!?/A-Za-z][^<>]*>")
_CDATA_BORDER = re.compile(r"<!\[CDATA\[|\]\]>")
_LABEL_SEPARATOR = re.compile(r"[;|,]")
_FASTTEXT_LABEL = re.compile(r"(?<!\S)__label__(\S+)")


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Where a table or JSON Lines file keeps what an article is made of.

    A name that is empty says that the set has no such column. Every other one must be there: in a table's
    header; in JSON Lines in each row, except ``id``, which a row may lack.
    """

    id: str = "id"
    title: str = "title"
    text: str = "text"
    topics: str = "topics"


@dataclass(frozen=True, slots=True)
class RawArticle:
    """An article as a set holds it: its labels are the set's own, its id empty where the set gives none."""

    place: str
    title: str
    text: str
    labels: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class BadRecord:
    """What can't be read as an article: where it stands; what is wrong and what to do."""

    place: str
    reason: str


Record = RawArticle | BadRecord


class BadRecordError(Exception):
    """A record is no article; caught by its reader, which knows the place."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, its end included, with its place, ``file:line``."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    cells: Sequence[str]


def read_sanad(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read SANAD: folders named after categories, with one .txt file for each article."""
    if not source.is_dir():
        raise CorpusUnreadableError(f"{source} is a file. Name the folder that holds the categories' folders.")
    for file in files_of(source):
        yield _sanad_article(source, file)


def read_ant(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read ANT: files of ``<DOC>`` or ``<article>`` elements that only look like XML.

    No XML parser reads them: it would stop at the first stray ampersand, and could be led to other files.
    """
    for file in files_of(source):
        yield from _ant_articles(file)


def read_saudinewsnet(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read SaudiNewsNet: a .zip, or a folder of them, with .json files that are arrays of articles.

    The set has no topics; an article's label is its ``source``, the newspaper.
    """
    for archive in files_of(source):
        try:
            with zipfile.ZipFile(archive) as opened:
                for member in opened.infolist():
                    if not (member.is_dir() or _is_hidden(Path(member.filename))):
                        yield from _member_articles(opened, member, f"{archive}:{member.filename}")
        except _BROKEN_ZIP as error:
            yield BadRecord(str(archive), f"no whole zip file ({error}). Fetch it again.")


def read_jsonl(source: Path, columns: ColumnNames) -> Iterator[Record]:
    """Read JSON Lines: an object a line, its keys named by ``columns``."""
    wanted = (columns.title, columns.text, columns.topics)

    def parse(line: Line) -> RawArticle:
        return _raw_article(line.place, _object(_json(line.text), wanted), columns)

    return _articles_of_lines(source, parse)


def read_csv(source: Path, columns: ColumnNames) -> Iterator[Record]:
    """Read comma-separated values with a header, quoted as RFC 4180 says."""
    return _read_table(source, columns, ",")


def read_tsv(source: Path, columns: ColumnNames) -> Iterator[Record]:
    """Read tab-separated values with a header, quoted as in a .csv."""
    return _read_table(source, columns, "\t")


def read_parquet(source: Path, columns: ColumnNames) -> Iterator[Record]:
    """Read Apache Parquet, a batch of rows at a time; a cell of labels is a list or a text."""
    import pyarrow as pa  # noqa: PLC0415  slow to import, and only wanted here
    from pyarrow import parquet  # noqa: PLC0415

    wanted = [name for name in (columns.id, columns.title, columns.text, columns.topics) if name]
    number = 0
    try:
        with parquet.ParquetFile(source) as file:
            if missing := [name for name in wanted if name not in file.schema_arrow.names]:
                raise CorpusUnreadableError(f"{source}: {_missing(missing, file.schema_arrow.names)}")
            for batch in file.iter_batches(columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    yield _article_of_row(f"{source}:row {number}", row, columns)
    except (pa.ArrowException, OSError) as error:
        yield BadRecord(f"{source}:row {number + 1}", f"no whole Parquet file ({error}). Fetch it again.")


def read_annif(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read Annif's short-text corpora: ``text<TAB><uri> <uri>``; a URI's last part is the label."""
    return _articles_of_lines(source, _annif_article)


def read_fasttext(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read fastText's training files: ``__label__a __label__b text``."""
    return _articles_of_lines(source, _fasttext_article)


def files_of(source: Path) -> list[Path]:
    """List a folder's files at any depth in a fixed order, without hidden ones; of a file, itself."""
    if not source.is_dir():
        return [source]
    return sorted(path for path in source.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(source)))


def read_lines(file: Path) -> Iterator[Line | BadRecord]:
    """Read a file's lines as UTF-8, unpacked if it ends in .gz.

    A line that is not UTF-8, or longer than LONGEST_LINE, comes out as bad.
    """
    if file.is_dir():
        raise CorpusUnreadableError(f"{file} is a folder. Name one file.")
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
        for number in count(1):
            try:
                line = stream.readline(LONGEST_LINE + 1)
            except (gzip.BadGzipFile, zlib.error, EOFError) as error:
                raise CorpusUnreadableError(f"{file} is no whole gzip file ({error}). Restore it.") from None
            if not line:
                return
            place = f"{file}:{number}"
            try:
                yield Line(place, _decoded(_bounded_line(stream, line)))
            except BadRecordError as error:
                yield BadRecord(place, str(error))


def _bounded_line(stream: IO[bytes] | gzip.GzipFile, line: bytes) -> bytes:
    if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
        while (rest := stream.readline(_DRAIN)) and not rest.endswith(b"\n"):
            pass
        raise BadRecordError(f"longer than {LONGEST_LINE:,} bytes. Break it into lines, or remove it.")
    return line


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRecordError(
            f"not UTF-8 (byte 0x{data[error.start]:02x} after {error.start:,} bytes). Convert the file to UTF-8."
        ) from None


def _articles_of_lines(source: Path, parse: Callable[[Line], RawArticle]) -> Iterator[Record]:
    for line in read_lines(source):
        if isinstance(line, BadRecord):
            yield line
        elif line.text.strip():
            try:
                yield parse(line)
            except BadRecordError as error:
                yield BadRecord(line.place, str(error))


def _sanad_article(source: Path, file: Path) -> Record:
    if file.suffix.lower() != ".txt":
        return BadRecord(str(file), "no .txt file. Move it out of the folder.")
    if file.parent == source:
        return BadRecord(str(file), "lies in no category's folder. Move it into one, or out of the set.")
    if (size := file.stat().st_size) > LONGEST_LINE:
        return BadRecord(str(file), f"{size:,} bytes; an article has up to {LONGEST_LINE:,}. Remove it.")
    lines = []
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            return line
        lines.append(line.text)
    return RawArticle(str(file), "", "".join(lines).strip(), (file.parent.name,))


@dataclass(slots=True)
class _AntElement:
    """What was read since the last border: an element's inside, or what stands between two."""

    place: str
    is_article: bool
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    fault: str = ""

    def add(self, piece: str) -> None:
        self.size += len(piece)
        if self.size <= LONGEST_LINE:
            self.pieces.append(piece)
        else:
            self.fault = self.fault or f"longer than {LONGEST_LINE:,} characters. Remove it."

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
        for name, value in _ANT_FIELD.findall(body):
            fields.setdefault(name.lower(), []).append(unescape(_MARKUP.sub(" ", value)).strip())
        texts = fields.get("text", []) + fields.get("content", [])
        if self.fault or not texts:
            there = ", ".join(dict.fromkeys(_ANT_TAG_NAME.findall(body))) or "none"
            return BadRecord(self.place, self.fault or f"has no TEXT tag; its tags are {there}. Mend or remove it.")
        labels = filter(None, fields.get("section", []) + fields.get("category", []))
        ids = filter(None, fields.get("id", []) + fields.get("docid", []) + fields.get("docno", []))
        title = " ".join(fields.get("title", []))
        return RawArticle(self.place, title, "\n".join(texts), tuple(labels), next(ids, ""))


def _ant_articles(file: Path) -> Iterator[Record]:
    current = _AntElement(f"{file}:1", is_article=False)
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            current.fault = current.fault or f"line {line.place.rpartition(':')[2]}: {line.reason}"
            continue
        for position, piece in enumerate(_ANT_BORDER.split(line.text)):
            if position % 2 == 0:
                current.add(piece)
            elif piece.startswith("</"):
                if current.is_article:
                    yield current.record()
                    current = _AntElement(line.place, is_article=False)
            else:
                # An element with nothing but another in it is a frame around articles.
                yield from current.left_over()
                current = _AntElement(line.place, is_article=True)
    yield from current.left_over()


def _member_articles(opened: zipfile.ZipFile, member: zipfile.ZipInfo, place: str) -> Iterator[Record]:
    try:
        rows = _json(_member_text(opened, member))
        if not isinstance(rows, list):
            raise BadRecordError("no JSON array. Each member must be an array of articles.")
    except BadRecordError as error:
        yield BadRecord(place, str(error))
        return
    except _BROKEN_ZIP as error:
        yield BadRecord(place, f"can't be unpacked ({error}). Fetch the archive again.")
        return
    for number, row in enumerate(rows, start=1):
        yield _saudinewsnet_article(f"{place}:{number}", row)


def _member_text(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    if not member.filename.lower().endswith(".json"):
        raise BadRecordError("no .json file. Take it out of the archive.")
    with opened.open(member) as stream:
        data = stream.read(LONGEST_LINE + 1)
    if len(data) > LONGEST_LINE:
        raise BadRecordError(f"longer than {LONGEST_LINE:,} bytes. Break the array into several members.")
    return _decoded(data)


def _saudinewsnet_article(place: str, value: object) -> Record:
    try:
        row = _object(value, ("source", "title", "content"))
        labels = tuple(filter(None, [_text(row, "source")]))
        return RawArticle(place, _text(row, "title"), _text(row, "content"), labels)
    except BadRecordError as error:
        return BadRecord(place, str(error))


def _article_of_row(place: str, row: Mapping[str, object], columns: ColumnNames) -> Record:
    try:
        return _raw_article(place, row, columns)
    except BadRecordError as error:
        return BadRecord(place, str(error))


def _raw_article(place: str, row: Mapping[str, object], columns: ColumnNames) -> RawArticle:
    labels = _labels(row, columns.topics)
    return RawArticle(place, _text(row, columns.title), _text(row, columns.text), labels, _id(row, columns.id))


def _annif_article(line: Line) -> RawArticle:
    text, tab, uris = line.text.rstrip("\r\n").partition("\t")
    if not tab:
        raise BadRecordError("has no tab. A line is a text, a tab, and URIs between spaces.")
    return RawArticle(line.place, "", text.strip(), tuple(_uri_label(uri) for uri in uris.split()))


def _uri_label(uri: str) -> str:
    bare = uri.removeprefix("<").removesuffix(">")
    label = unquote(re.split(r"[/#]", bare.rstrip("/#"))[-1])
    if ":" not in bare or not label:
        raise BadRecordError(
            f"{uri[:100]!r} after the tab is no URI. A line is a text, a tab, and URIs between spaces."
        )
    return label


def _fasttext_article(line: Line) -> RawArticle:
    labels = tuple(_FASTTEXT_LABEL.findall(line.text))
    if not labels:
        raise BadRecordError("has no __label__. Put one before the text, or remove the line.")
    return RawArticle(line.place, "", _FASTTEXT_LABEL.sub("", line.text).strip(), labels)


def _read_table(source: Path, columns: ColumnNames, delimiter: str) -> Iterator[Record]:
    rows = _table_rows(source, delimiter)
    header = next(rows, None)
    if header is None:
        return
    if isinstance(header, BadRecord):
        raise CorpusUnreadableError(f"{header.place}: {header.reason}")
    names = [name.strip() for name in header.cells]
    wanted = [name for name in (columns.id, columns.title, columns.text, columns.topics) if name]
    if missing := [name for name in wanted if name not in names]:
        raise CorpusUnreadableError(f"{header.place}: {_missing(missing, names)}")
    for row in rows:
        if isinstance(row, BadRecord):
            yield row
        elif len(row.cells) != len(names):
            reason = f"{len(row.cells)} cells; the header has {len(names)}. Mend or remove the row."
            yield BadRecord(row.place, reason)
        else:
            cells = dict(zip(names, row.cells, strict=True))
            title, text, row_id = (cells.get(name, "").strip() for name in (columns.title, columns.text, columns.id))
            yield RawArticle(row.place, title, text, _split_labels(cells.get(columns.topics, "")), row_id)


def _table_rows(source: Path, delimiter: str) -> Iterator[_Row | BadRecord]:
    lines = _TableLines(source)
    # Strict, since a quote that is never closed would otherwise swallow the rows after it.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    with _long_fields():
        while True:
            first = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRecord(lines.place_since(first), f"{error}. Mend or remove it.")
            except BadRecordError as error:
                yield BadRecord(lines.place_since(first), str(error))
            else:
                if cells:
                    yield _Row(f"{source}:{first}", cells)


class _TableLines(Iterator[str]):
    """Lines for the csv module, which takes several for a quoted cell; unlike a generator it survives its errors."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines = read_lines(file)
        self.number = 0

    def place_since(self, first: int) -> str:
        """Name the lines from the first to the last that was read."""
        return f"{self._file}:{first}" + (f"-{self.number}" if self.number > first else "")

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        if isinstance(line, BadRecord):
            raise BadRecordError(line.reason)
        return line.text


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let the csv module read articles beyond its own limit, which is one for the whole process."""
    before = csv.field_size_limit(LONGEST_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _json(text: str) -> object:
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRecordError(f"not JSON ({error}). Mend or remove it.") from None
    return value


def _object(value: object, wanted: Sequence[str]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadRecordError("no JSON object. An article is an object with named values.")
    if missing := [name for name in wanted if name and name not in value]:
        raise BadRecordError(_missing(missing, list(value)))
    return value


def _missing(missing: Sequence[str], there: Sequence[str]) -> str:
    return (
        f"column {', '.join(missing)} is missing; there are {', '.join(there) or 'none'}. "
        "Name the columns as this set does, and leave a name empty where it has none."
    )


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRecordError(f"{name} is not a text. Mend or remove it.")
    return value.strip()


def _id(row: Mapping[str, object], name: str) -> str:
    return _name(row[name], name) if row.get(name) is not None else ""


def _labels(row: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = row.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return _split_labels(value)
    return tuple(_name(label, name) for label in (value if isinstance(value, list) else [value]))


def _name(value: object, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRecordError(f"{name} is neither a text nor a whole number. Mend or remove it.")
    return str(value).strip()


def _split_labels(cell: str) -> tuple[str, ...]:
    return tuple(label for part in _LABEL_SEPARATOR.split(cell) if (label := part.strip()))


def _is_hidden(path: Path) -> bool:
    """Whether it is no part of a set but of a system that kept it (.DS_Store, __MACOSX)."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)
