"""Tagging archives: each record once, in input order, whole or resumable."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import orjson

from wasim.model import TopicModel
from wasim.model.errors import ArchiveError, ArchiveUnreadableError
from wasim.service.archive.engine import Engine, ProcessEngine, SerialEngine, available_cores
from wasim.service.archive.extras import need
from wasim.service.archive.journal import Journal, ShardRecord
from wasim.service.archive.options import ReadOptions, RunOptions, TagOptions, WriteOptions
from wasim.service.archive.plan import make_plan
from wasim.service.archive.readers import Source, find_source, read_chunks
from wasim.service.archive.readers.compression import packing_suffix
from wasim.service.archive.records import RecordReader
from wasim.service.archive.remote import RemoteStorage, is_remote
from wasim.service.archive.shards import Meter, Shard, cut_into_shards
from wasim.service.archive.storage import REJECTS_SUFFIX, LocalStorage, Storage
from wasim.service.archive.summary import StageTimes, TagSummary
from wasim.service.archive.tagger import ShardTagger, TaggedShard
from wasim.service.archive.writers import RowWriter, concatenate, make_writer

_WORTH_WARMING_UP = 1024 * 1024  # bytes; below, plain scoring is done before compiled scoring has started
_WORTH_WORKERS = 4 * 1024 * 1024  # bytes; below, workers would start later than one process ends


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; bytes are those of the input as it lies on the disk, ``n_bytes`` None if nobody knows."""

    n_bytes: int | None
    bytes_read: int = 0
    articles: int = 0
    rejected: int = 0


def tag_archive(
    model: TopicModel,
    inputs: Sequence[str | Path],
    output: str | Path,
    options: TagOptions | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> TagSummary:
    """Tag every article of an archive.

    The output appears whole or not at all. A run that ends early, in whatever way, leaves what it did in
    ``OUTPUT.unfinished``; the same call goes on from there, to the same bytes.

    Parameters
    ----------
    model
        What tags.
    inputs
        Files, read one after the other.
    output
        The name tells form and packing.
    options
        See there; without any, JSON Lines to JSON Lines.
    on_progress
        Called after each part.

    Raises
    ------
    ArchiveError
        When an input is missing, is not what its name says or breaks off; when an unfinished run can't go on.
    """
    options = options or TagOptions()
    sources = [find_source(str(name)) for name in inputs]
    storage = _open_storage(str(output), sources)
    writer = make_writer(model, options, storage.output)
    reader = RecordReader(options.read, model.settings.longest_article, wants_days=writer.by_day)
    reading = _Reading(sources, options.read)
    on_progress(Progress(reading.n_bytes))
    engine = _make_engine(ShardTagger(model, reader, writer), reading.n_bytes, options.run)
    with storage.locked():
        journal = Journal(storage)
        journal.begin(make_plan(model, sources, options), restart=options.run.restart)
        try:
            summary = _run(journal, engine, reading, on_progress)
        except ArchiveUnreadableError:
            storage.clear()  # what is done was made of an input that will not come back
            raise
        summary.rejected_path = _publish(journal, writer, options.write, summary)
        storage.clear()
    return summary


@dataclass(frozen=True, slots=True)
class _Reading:
    sources: Sequence[Source]
    options: ReadOptions

    @property
    def n_bytes(self) -> int | None:
        sizes = [source.size for source in self.sources]
        return None if None in sizes else sum(filter(None, sizes))

    def shards(self) -> Iterator[Shard]:
        meter = Meter()
        return cut_into_shards(read_chunks(self.sources, self.options, meter), meter, self.options)


def _run(journal: Journal, engine: Engine, reading: _Reading, on_progress: Callable[[Progress], None]) -> TagSummary:
    summary = TagSummary()
    for record in journal.records:
        summary.add(record.counts)
        summary.resumed += record.counts.tagged
        on_progress(Progress(reading.n_bytes, record.bytes_read, summary.tagged, summary.rejected))
    shards = _timed(journal.skip_done(reading.shards()), summary.times)
    for record in _committed(engine.run(shards), journal, summary.times):
        summary.add(record.counts)
        on_progress(Progress(reading.n_bytes, record.bytes_read, summary.tagged, summary.rejected))
    return summary


def _committed(tagged_shards: Iterator[TaggedShard], journal: Journal, times: StageTimes) -> Iterator[ShardRecord]:
    """Make shards safe, in order; the disk is waited for while the next one is read and tagged."""

    def commit(tagged: TaggedShard) -> ShardRecord:
        with times.measure("write"):
            return journal.commit(tagged)

    with ThreadPoolExecutor(1) as background:
        committing: Future[ShardRecord] | None = None
        for tagged in tagged_shards:
            times.seconds.update(tagged.times.seconds)
            if committing is not None:
                yield committing.result()
            committing = background.submit(commit, tagged)
        if committing is not None:
            yield committing.result()


def _timed(shards: Iterator[Shard], times: StageTimes) -> Iterator[Shard]:
    while True:
        with times.measure("decompress"):
            shard = next(shards, None)
        if shard is None:
            return
        yield shard


def _publish(journal: Journal, writer: RowWriter, options: WriteOptions, summary: TagSummary) -> str | None:
    """Put the finished shards together; gives the rejects' file if there are any."""
    storage = journal.storage
    rejects = [record.rejects for record in journal.records if record.rejects]
    storage.publish_file(
        REJECTS_SUFFIX,
        (lambda file: concatenate(journal.opened(rejects), file)) if rejects else None,
    )
    if options.partition is None:
        rows = [name for record in journal.records for name in record.rows().values()]
        storage.publish_file("", lambda file: writer.assemble(journal.opened(rows), file))
    else:
        storage.publish_folder(dict(_parts(journal, writer)), orjson.dumps(summary.as_json()))
    return f"{storage.output}{REJECTS_SUFFIX}" if rejects else None


def _parts(journal: Journal, writer: RowWriter) -> Iterator[tuple[str, str]]:
    """Give, for each file of a partitioned output, its path and the work file that becomes it."""
    for record in journal.records:
        for day, name in record.rows().items():
            part = f"part-{record.number:08}{writer.suffix}{packing_suffix(journal.storage.output)}"
            yield (f"date={day}/{part}" if day else part), name


def _make_engine(tagger: ShardTagger, n_bytes: int | None, options: RunOptions) -> Engine:
    if options.engine == "dask":
        cluster = need("wasim.service.archive.cluster", "cluster", "Dask clusters")
        engine: Engine = cluster.DaskEngine(tagger, options.scheduler, options.workers)
        return engine
    if n_bytes is None or n_bytes > _WORTH_WARMING_UP:
        tagger.model.warm_up()
    n_workers = options.workers or available_cores()
    if n_workers == 1 or (options.workers is None and n_bytes is not None and n_bytes < _WORTH_WORKERS):
        return SerialEngine(tagger)
    return ProcessEngine(tagger, n_workers)


def _open_storage(output: str, sources: Sequence[Source]) -> Storage:
    if is_remote(output):
        if output in {source.name for source in sources}:
            raise ArchiveError(f"{output} is the input too. Choose another --output.")
        return RemoteStorage(output)
    _require_different(sources, Path(output))
    return LocalStorage(Path(output))


def _require_different(sources: Sequence[Source], output: Path) -> None:
    for source in sources:
        path = Path(source.name)
        if output.exists() and path.exists() and output.samefile(path):
            raise ArchiveError(f"{output} is the input too. Choose another --output.")
        if path.is_dir() and output.resolve().is_relative_to(path.resolve()):
            raise ArchiveError(f"{output} lies in the input {path}, and would be read itself. Choose another --output.")
