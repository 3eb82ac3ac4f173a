"""What a run over an archive is asked to do."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

OutputFormat = Literal["jsonl", "csv", "parquet", "ninjs"]
Partition = Literal["shard", "date"]
EngineName = Literal["local", "dask"]


SHARD_BYTES = 4 * 1024 * 1024
"""A few tenths of a second of work; memory holds some shards for each worker."""


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Where records keep what an article is made of, and what else of them goes into the output."""

    id: str = "id"
    title: str = "title"
    text: str = "text"
    date: str = "date"
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Which records of the input are articles.

    Parameters
    ----------
    columns
        What their parts are called.
    limit
        Most records to read; None reads all.
    since
        Records with an earlier date are passed over.
    shard_bytes
        Size of the parts that are read, tagged and made safe one by one.
    """

    columns: ColumnNames = field(default_factory=ColumnNames)
    limit: int | None = None
    since: date | None = None
    shard_bytes: int = SHARD_BYTES


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How tagged rows are laid out; ``format`` None goes by the output's name."""

    format: OutputFormat | None = None
    partition: Partition | None = None


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What changes only the running, never a byte of the output.

    Parameters
    ----------
    workers
        Cores to use: 1 works in this process, None takes every core where that pays.
    restart
        Whether to begin anew what an earlier run left unfinished.
    engine, scheduler
        Who works on the shards; ``dask`` without a scheduler's address starts workers of its own.
    """

    workers: int | None = None
    restart: bool = False
    engine: EngineName = "local"
    scheduler: str | None = None


@dataclass(frozen=True, slots=True)
class TagOptions:
    """Everything that a run can be asked for."""

    read: ReadOptions = field(default_factory=ReadOptions)
    write: WriteOptions = field(default_factory=WriteOptions)
    run: RunOptions = field(default_factory=RunOptions)
