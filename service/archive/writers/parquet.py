"""Rows as Parquet: typed, in columns, a row group for each shard."""

import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

from wasim.service.archive.extras import need
from wasim.service.archive.options import Partition
from wasim.service.archive.writers.base import RowWriter, TaggedColumns, topic_lists
from wasim.service.archive.writers.rows import cell


class ParquetWriter(RowWriter):
    """``id``, ``topics`` (a list), a float column ``score_TOPIC`` for each topic, ``model``, and what was kept.

    Ids are text. What was kept of an Arrow table has its type there; of anything else it is text.
    """

    suffix = ".parquet"

    def __init__(
        self, topics: Sequence[str], model_name: str, keep: Sequence[str], partition: Partition | None = None
    ) -> None:
        super().__init__(topics, model_name, bytes, partition)
        need("pyarrow", "archive", "Parquet files")
        self.keep = tuple(keep)

    def encode(self, parts: Sequence[TaggedColumns]) -> bytes:
        """Lay rows out as a whole Parquet file."""
        import pyarrow as pa  # noqa: PLC0415  optional

        tables = [self._table(part) for part in parts]
        file = io.BytesIO()
        self._write(pa.concat_tables(tables) if tables else self._empty(), file)
        return file.getvalue()

    def assemble(self, shards: Iterable[IO[bytes]], output: IO[bytes]) -> None:
        """Put shards' files together as one, a shard at a time."""
        from pyarrow import parquet  # noqa: PLC0415  optional

        writer: Any = None
        for shard in shards:
            table = parquet.read_table(shard, use_threads=False)
            if len(table) == 0:
                continue
            if writer is None:
                writer = _writer(output, table.schema)
            writer.write_table(table.cast(writer.schema))
        if writer is None:
            self._write(self._empty(), output)
        else:
            writer.close()

    def _write(self, table: Any, file: IO[bytes]) -> None:
        with _writer(file, table.schema) as writer:
            writer.write_table(table)

    def _empty(self) -> Any:
        import pyarrow as pa  # noqa: PLC0415  optional

        fields = [("id", pa.string()), ("topics", pa.list_(pa.string()))]
        fields += [(f"score_{topic}", pa.float64()) for topic in self.topics]
        fields += [("model", pa.string()), *((name, pa.string()) for name in self.keep)]
        return pa.schema(fields).empty_table()

    def _table(self, part: TaggedColumns) -> Any:
        import pyarrow as pa  # noqa: PLC0415  optional

        columns = {
            "id": pa.array([str(row_id) for row_id in part.articles.ids], type=pa.string()),
            "topics": pa.array(topic_lists(part, self.topics), type=pa.list_(pa.string())),
        }
        for topic, scores in zip(self.topics, part.scores().T, strict=True):
            columns[f"score_{topic}"] = pa.array(scores, type=pa.float64())
        columns["model"] = pa.array([self.model_name] * len(part), type=pa.string())
        for name, values in part.articles.kept.items():
            columns[name] = (
                pa.array([None if value is None else cell(value) for value in values], type=pa.string())
                if isinstance(values, list)
                else values
            )
        return pa.table(columns)


def _writer(file: IO[bytes], schema: Any) -> Any:
    from pyarrow import parquet  # noqa: PLC0415  optional

    return parquet.ParquetWriter(file, schema, compression="zstd")
