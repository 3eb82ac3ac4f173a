"""CSV and TSV in any usual dialect and encoding."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from wasim.service.archive.options import ColumnNames, ReadOptions
from wasim.service.archive.readers.encodings import detect_encoding
from wasim.service.archive.readers.forward import look
from wasim.service.archive.readers.limits import BadInputError
from wasim.service.archive.records import ArticleColumns, RecordReader, Rejected
from wasim.service.archive.shards import Chunk, RejectedChunk

SAMPLE = 64 * 1024
_DELIMITERS = ",;\t|"
_LONGEST_CELL = 4 * 1024 * 1024  # characters
_BLOCK = 256 * 1024
_COMMON_NAMES = {"title", "text"}
_QUOTE = '"'


@dataclass(frozen=True, slots=True)
class RowsChunk:
    """Rows of a table; ``places`` holds the line that each begins in."""

    place: str
    header: tuple[str, ...]
    lines: tuple[int, ...]
    rows: tuple[list[str], ...]
    n_bytes: int

    def __len__(self) -> int:
        return len(self.rows)

    def head(self, n_records: int) -> "RowsChunk":
        """Take its first records."""
        return RowsChunk(self.place, self.header, self.lines[:n_records], self.rows[:n_records], self.n_bytes)

    def parse(self, reader: RecordReader) -> ArticleColumns:
        """Read its records."""
        columns = reader.new_columns()
        for line, row in zip(self.lines, self.rows, strict=True):
            place = f"{self.place}:{line}"
            if len(row) != len(self.header):
                reason = f"{len(row)} cells; the header has {len(self.header)}"
                columns.rejected.append(Rejected(place, reason))
            elif any("\udc80" <= letter <= "\udcff" for cell in row if not cell.isascii() for letter in cell):
                columns.rejected.append(Rejected(place, "not in the encoding of the lines before it"))
            else:
                reader.add(columns, dict(zip(self.header, row, strict=True)), partial(str, place))
        return columns

    def contents(self) -> Iterator[bytes]:
        """Give what tells it from every other chunk, for a checksum."""
        yield repr((self.place, self.header, self.lines)).encode("utf-8", "surrogatepass")
        yield "\0".join("\1".join(row) for row in self.rows).encode("utf-8", "surrogatepass")


def looks_like_table(sample: bytes, columns: ColumnNames) -> bool:
    """Tell whether a file begins with a header that names the title's or text's column."""
    line = sample.decode(detect_encoding(sample), "replace").lstrip("\ufeff").partition("\n")[0]
    return bool(_named_cells(line, _delimiter(line, columns), columns)) and _delimiter(line, columns) in line


def read_table(stream: io.BufferedReader, place: str, options: ReadOptions) -> Iterator[Chunk]:
    """Read a table with a header, in chunks of about a shard.

    Raises
    ------
    BadInputError
        When it has neither a title's nor a text's column, or lacks one to keep.
    """
    sample, stream = look(stream, SAMPLE)
    encoding = detect_encoding(sample)
    first_line = sample.decode(encoding, "replace").lstrip("\ufeff").partition("\n")[0]
    text = io.TextIOWrapper(stream, encoding, _errors(encoding), newline="\n")
    lines = _Lines(text)
    rows = csv.reader(lines, delimiter=_delimiter(first_line, options.columns))
    before = csv.field_size_limit(_LONGEST_CELL)  # one for the whole process, so it is put back
    try:
        header = tuple(cell.strip() for cell in next(rows, []))
        require_columns(header, options.columns)
        yield from _chunks(rows, lines, place, header, options)
    finally:
        csv.field_size_limit(before)
        text.detach()  # or it would close the stream


def require_columns(names: tuple[str, ...] | list[str], columns: ColumnNames) -> None:
    """Refuse a table without what is wanted of it."""
    missing = [name for name in columns.keep if name not in names]
    if columns.title not in names and columns.text not in names:
        missing += [columns.title, columns.text]
    if missing:
        raise BadInputError(
            f"has no column {' or '.join(missing)}; there are {', '.join(names) or 'none'}. Name them with --title, "
            "--text and --keep"
        )


def _chunks(
    rows: "Iterator[list[str]]", lines: "_Lines", place: str, header: tuple[str, ...], options: ReadOptions
) -> Iterator[Chunk]:
    gathered, numbers, size, before = list[list[str]](), list[int](), 0, lines.n_characters
    while True:
        number = lines.begin_row()
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            lines.skip_row()
            yield from _gathered(place, header, numbers, gathered, size)
            reason = f"a cell longer than {_LONGEST_CELL:,} characters" if "field limit" in str(error) else str(error)
            yield RejectedChunk(Rejected(f"{place}:{number}", reason))
            gathered, numbers, size = [], [], 0
            continue
        if row:
            gathered.append(row)
            numbers.append(number)
        size += lines.n_characters - before
        before = lines.n_characters
        if size >= options.shard_bytes:
            yield from _gathered(place, header, numbers, gathered, size)
            gathered, numbers, size = [], [], 0
    yield from _gathered(place, header, numbers, gathered, size)


def _gathered(
    place: str, header: tuple[str, ...], numbers: list[int], rows: list[list[str]], size: int
) -> Iterator[Chunk]:
    if rows:
        yield RowsChunk(place, header, tuple(numbers), tuple(rows), size)


class _Lines(Iterator[str]):
    """Decoded lines for the csv module; bad bytes become lone surrogates. One without end comes in pieces."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._pieces = _pieces(text)
        self._n_quotes = 0
        self._ended = True
        self.number = 0
        self.n_characters = 0

    def __next__(self) -> str:
        piece = next(self._pieces)
        self._ended = piece.endswith("\n")
        self.number += self._ended
        self.n_characters += len(piece)
        self._n_quotes += piece.count(_QUOTE)
        return piece

    def begin_row(self) -> int:
        """Begin to count a row's quotes; gives the number of its first line."""
        self._n_quotes = 0
        return self.number + 1

    def skip_row(self) -> None:
        """Pass over the rest of a row that the csv module refused: to its closing quote, then to its line end."""
        while self._n_quotes % 2 or not self._ended:
            if next(self, None) is None:
                return


def _pieces(text: io.TextIOWrapper) -> Iterator[str]:
    rest = ""
    while block := text.read(_BLOCK):
        *whole, rest = (rest + block).split("\n")
        yield from (f"{line}\n" for line in whole)
        if len(rest) > _LONGEST_CELL:
            yield rest
            rest = ""
    if rest:
        yield rest


def _errors(encoding: str) -> str:
    return "surrogateescape" if encoding in {"utf-8", "utf-8-sig", "windows-1256", "iso-8859-6"} else "replace"


def _delimiter(line: str, columns: ColumnNames) -> str:
    return max(_DELIMITERS, key=lambda sign: (len(_named_cells(line, sign, columns)), line.count(sign)))


def _named_cells(line: str, delimiter: str, columns: ColumnNames) -> set[str]:
    cells = {cell.strip(' "\r') for cell in line.split(delimiter)}
    return cells & ({columns.title, columns.text} | _COMMON_NAMES)
