"""Rows of output in their several forms."""

from pathlib import PurePath

from wasim.model import TopicModel
from wasim.model.errors import SettingsError
from wasim.service.archive.options import OutputFormat, TagOptions
from wasim.service.archive.readers.compression import packer, packing_suffix
from wasim.service.archive.writers.base import RowWriter, TaggedColumns, concatenate
from wasim.service.archive.writers.parquet import ParquetWriter
from wasim.service.archive.writers.rows import CsvWriter, JsonLinesWriter, NinjsWriter

__all__ = ["RowWriter", "TaggedColumns", "concatenate", "make_writer"]

_FORMATS: dict[str, OutputFormat] = {".csv": "csv", ".parquet": "parquet"}


def make_writer(model: TopicModel, options: TagOptions, output: str) -> RowWriter:
    """Choose a form of output: the one asked for, or else by the output's name, or else JSON Lines.

    Raises
    ------
    SettingsError
        When kept columns have names that rows have already.
    """
    layout = options.write.format or _format_of(output)
    topics = [topic.id for topic in model.topics]
    keep = options.read.columns.keep
    taken = {"id", "topics", "scores", "model", *topics}
    if clash := taken.intersection(keep) or [name for name in keep if keep.count(name) > 1]:
        raise SettingsError(f"--keep {', '.join(sorted(clash))}: the output has that name already.")
    partition = options.write.partition
    pack = packer(output)
    if layout == "csv":
        return CsvWriter(topics, model.name, pack, keep, partition)
    if layout == "ninjs":
        return NinjsWriter(model.topics, model.name, pack, keep, partition)
    if layout == "parquet":
        return ParquetWriter(topics, model.name, keep, partition)
    return JsonLinesWriter(topics, model.name, pack, partition)


def _format_of(output: str) -> OutputFormat:
    name = output.lower().removesuffix(packing_suffix(output))
    return _FORMATS.get(PurePath(name).suffix, "jsonl")
