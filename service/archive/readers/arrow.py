"""Tables that are in columns already: Parquet, Arrow files (Feather 2) and Arrow streams.

Their text goes to the scorer as it lies in memory, without a Python object for any article.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wasim.service.archive.dates import day_of
from wasim.service.archive.extras import need
from wasim.service.archive.options import ColumnNames, ReadOptions
from wasim.service.archive.readers.limits import BadInputError
from wasim.service.archive.readers.tables import require_columns
from wasim.service.archive.records import ArticleColumns, NotAnArticleError, RecordReader, Rejected, made_id, too_long
from wasim.service.archive.shards import Chunk

_ROWS_AT_ONCE = 1024
_BYTES_OF_ROW = 64


@dataclass(frozen=True, slots=True)
class TableChunk:
    """Rows of a table; ``first`` is the number of the first, from 1.

    ``data`` is an Arrow buffer that holds an Arrow stream: Dask sends a buffer on as it lies in memory, where it would
    copy bytes at every step of the way.
    """

    place: str
    first: int
    n_rows: int
    data: Any

    @property
    def n_bytes(self) -> int:
        """How large it is, for cutting shards."""
        return len(self.data)

    def __len__(self) -> int:
        return self.n_rows

    def head(self, n_records: int) -> "TableChunk":
        """Take its first records."""
        table = _table(self.data).slice(0, n_records)
        return TableChunk(self.place, self.first, len(table), _stream_of(table))

    def parse(self, reader: RecordReader) -> ArticleColumns:
        """Read its records."""
        return _columns_of(_table(self.data), reader, self.place, self.first)

    def contents(self) -> Iterator[bytes]:
        """Give what tells it from every other chunk, for a checksum."""
        yield f"{self.place}:{self.first}".encode("utf-8", "surrogatepass")
        yield self.data


def read_parquet(stream: io.BufferedReader, place: str, options: ReadOptions) -> Iterator[Chunk]:
    """Read Parquet, some rows at a time."""
    need("pyarrow", "archive", "Parquet files")
    from pyarrow import parquet  # noqa: PLC0415  optional, and slow to import

    if not stream.seekable():
        raise BadInputError("is Parquet, which can't be read as a stream or packed. Name it as a file")
    with parquet.ParquetFile(stream, pre_buffer=False, buffer_size=1 << 20) as file:
        wanted = _wanted(file.schema_arrow, options.columns)
        batches = file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=wanted, use_threads=False)
        yield from _chunks(batches, place, options)


def read_arrow_file(stream: io.BufferedReader, place: str, options: ReadOptions) -> Iterator[Chunk]:
    """Read an Arrow file, which is Feather 2 too."""
    ipc = need("pyarrow.ipc", "archive", "Arrow files")
    if not stream.seekable():
        raise BadInputError("is an Arrow file, which can't be read as a stream or packed. Name it as a file")
    with ipc.open_file(stream) as file:
        wanted = _wanted(file.schema, options.columns)
        batches = (file.get_batch(number).select(wanted) for number in range(file.num_record_batches))
        yield from _chunks(batches, place, options)


def read_arrow_stream(stream: io.BufferedReader, place: str, options: ReadOptions) -> Iterator[Chunk]:
    """Read an Arrow stream."""
    ipc = need("pyarrow.ipc", "archive", "Arrow streams")
    with ipc.open_stream(stream) as file:
        wanted = _wanted(file.schema, options.columns)
        yield from _chunks((batch.select(wanted) for batch in file), place, options)


def _wanted(schema: Any, columns: ColumnNames) -> list[str]:
    """Choose the columns to read.

    Raises
    ------
    BadInputError
        When one is missing, or title or text hold anything but text.
    """
    require_columns(schema.names, columns)
    for name in (columns.title, columns.text):
        if name in schema.names and not _is_text(schema.field(name).type):
            raise BadInputError(f"holds {schema.field(name).type} in column {name}, not text. Cast it to string")
    used = dict.fromkeys((columns.id, columns.title, columns.text, columns.date, *columns.keep))
    return [name for name in used if name in schema.names]


def _is_text(kind: Any) -> bool:
    import pyarrow as pa  # noqa: PLC0415  optional

    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    return any(test(kind) for test in tests)


def _chunks(batches: Iterator[Any], place: str, options: ReadOptions) -> Iterator[Chunk]:
    """Cut batches so that none is larger than a shard."""
    first = 1
    for batch in batches:
        rows_each = max(1, len(batch) * options.shard_bytes // max(batch.nbytes, 1))
        for start in range(0, len(batch), rows_each):
            part = batch.slice(start, rows_each)
            yield TableChunk(place, first, len(part), _stream_of(part))
            first += len(part)


def _stream_of(part: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415  optional

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, part.schema) as writer:
        writer.write(part)
    return sink.getvalue()


def _table(data: Any) -> Any:
    from pyarrow import ipc  # noqa: PLC0415  optional

    return ipc.open_stream(data).read_all()


def _columns_of(table: Any, reader: RecordReader, place: str, first: int) -> ArticleColumns:
    names = reader.columns
    titles, texts = _texts(table, names.title), _texts(table, names.text)
    ids = _ids(table, names.id)
    days = [day_of(value) for value in _values(table, names.date)] if reader.wants_days else []
    kept = {name: table.column(name) for name in names.keep}
    columns = ArticleColumns(ids, titles, texts, days, kept)
    rows = _good_rows(columns, reader, lambda row: f"{place}:{first + row}")
    if len(rows) < len(table):
        columns.ids = [ids[row] for row in rows]
        columns.days = [days[row] for row in rows] if days else []
        columns.titles, columns.texts = titles.take(rows), texts.take(rows)
        columns.kept = {name: column.take(rows) for name, column in kept.items()}
    for at, row_id in enumerate(columns.ids):
        if row_id is None or row_id == "":
            title, text = columns.titles[at].as_py(), columns.texts[at].as_py()
            columns.ids[at] = made_id(title, text, f"{place}:{first + rows[at]}")
    return columns


def _good_rows(columns: ArticleColumns, reader: RecordReader, place: Callable[[int], str]) -> Sequence[int]:
    """Choose the rows that are articles and wanted; the others are rejected or counted in ``columns``."""
    reasons = _bad_rows(columns.titles, columns.texts, reader.longest_article)
    if not reasons and not reader.since:
        return range(len(columns.ids))
    good = list[int]()
    for row in range(len(columns.ids)):
        try:
            if row in reasons:
                raise NotAnArticleError(reasons[row])
            if columns.days and reader.is_older(columns.days[row]):
                columns.n_older += 1
            else:
                good.append(row)
        except NotAnArticleError as error:
            columns.rejected.append(Rejected(place(row), str(error)))
    return good


def _texts(table: Any, name: str) -> Any:
    """Give a column of strings, in one piece and without nulls; one that is missing is empty."""
    import pyarrow as pa  # noqa: PLC0415  optional

    if name not in table.column_names:
        return pa.array([""] * len(table), type=pa.large_string())
    column = pa.concat_arrays(table.column(name).chunks or [pa.array([], type=table.schema.field(name).type)])
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = column.cast(pa.large_string())
    return column.fill_null("") if column.null_count else column


def _bad_rows(titles: Any, texts: Any, longest_article: int) -> dict[int, str]:
    """Find the rows that are no articles, and why."""
    import pyarrow as pa  # noqa: PLC0415  optional
    import pyarrow.compute as pc  # noqa: PLC0415

    reasons: dict[int, str] = {}
    for column in (titles, texts):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            binary = column.cast(pa.large_binary()).to_pylist()
            reasons |= {row: "not UTF-8" for row, data in enumerate(binary) if not _is_utf_8(data)}
    lengths = pc.add(pc.binary_length(titles).cast(pa.int64()), pc.binary_length(texts).cast(pa.int64()))
    for row in pc.indices_nonzero(pc.greater(lengths, longest_article)).to_pylist():  # bytes: no fewer than characters
        if row not in reasons and (length := len(titles[row].as_py()) + len(texts[row].as_py())) > longest_article:
            reasons[row] = too_long(length, longest_article)
    return reasons


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _values(table: Any, name: str) -> list[Any]:
    return table.column(name).to_pylist() if name in table.column_names else [None] * len(table)


def _ids(table: Any, name: str) -> list[Any]:
    """Give ids as text or whole numbers; of another type, as it is written."""
    try:
        values = _values(table, name)
    except UnicodeDecodeError:
        binary = table.column(name).cast("large_binary").to_pylist()
        return [None if value is None else value.decode("utf-8", "backslashreplace") for value in binary]
    known = next((value for value in values if value is not None), "")
    if isinstance(known, str) or (isinstance(known, int) and not isinstance(known, bool)):
        return values
    return [None if value is None else str(value) for value in values]
