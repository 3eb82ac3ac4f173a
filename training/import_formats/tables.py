"""Tables: comma- and tab-separated values, and Parquet."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wasim.model.errors import CorpusUnreadableError
from wasim.training.import_formats import limits
from wasim.training.import_formats.lines import read_lines
from wasim.training.import_formats.records import BadRecord, BadRecordError, ColumnNames, RawArticle, Record
from wasim.training.import_formats.rows import article_of_row, missing_columns, split_labels


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
                raise CorpusUnreadableError(f"{source}: {missing_columns(missing, file.schema_arrow.names)}")
            for batch in file.iter_batches(columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    yield article_of_row(f"{source}:row {number}", row, columns)
    except (pa.ArrowException, OSError) as error:
        yield BadRecord(f"{source}:row {number + 1}", f"no whole Parquet file ({error}). Fetch it again.")


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    cells: Sequence[str]


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
        raise CorpusUnreadableError(f"{header.place}: {missing_columns(missing, names)}")
    for row in rows:
        if isinstance(row, BadRecord):
            yield row
        elif len(row.cells) != len(names):
            reason = f"{len(row.cells)} cells; the header has {len(names)}. Mend or remove the row."
            yield BadRecord(row.place, reason)
        else:
            cells = dict(zip(names, row.cells, strict=True))
            title, text, row_id = (cells.get(name, "").strip() for name in (columns.title, columns.text, columns.id))
            yield RawArticle(row.place, title, text, split_labels(cells.get(columns.topics, "")), row_id)


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
    before = csv.field_size_limit(limits.LONGEST_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)
