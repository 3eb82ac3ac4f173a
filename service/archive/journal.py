"""The journal of a run: what is done and safe, so that a run killed at any moment goes on where it was.

Beside ``OUTPUT`` stands the folder ``OUTPUT.unfinished`` until all is done. In it, ``plan.json`` says what
the run is about: model, options, input. Each finished shard has its files and then, as the last, its record
``N.json`` with the checksums of what went in and what came out. Shards finish in order; so the records that
hold are the first ones, and whatever stands after them is made again, to the same bytes.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

import orjson

from wasim.model.errors import ArchiveChangedError
from wasim.service.archive.shards import Shard
from wasim.service.archive.storage import Storage
from wasim.service.archive.summary import ShardCounts
from wasim.service.archive.tagger import TaggedShard

_PLAN = "plan.json"
_RECORD = ".json"
_REJECTS = "rejects"
_ROWS = "rows"
_READ_AT_ONCE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """What the journal knows of a finished shard.

    ``input`` is the checksum of its records as they were read, ``bytes_read`` how far the input was read
    then; ``files`` holds the checksum of each of its files.
    """

    number: int
    input: str
    bytes_read: int
    counts: ShardCounts
    files: Mapping[str, str]

    def rows(self) -> dict[str, str]:
        """Give the files of rows, by day ("" where days have no files of their own)."""
        return {name.partition("@")[2]: name for name in self.files if not name.endswith(_REJECTS)}

    @property
    def rejects(self) -> str | None:
        """The file of rejects, if there were any."""
        return next((name for name in self.files if name.endswith(_REJECTS)), None)


class Journal:
    """Reads and writes the journal of one output."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.records: list[ShardRecord] = []

    def begin(self, plan: Mapping[str, Any], *, restart: bool) -> None:
        """Take up what an earlier run left, or begin.

        Raises
        ------
        ArchiveChangedError
            When something is left that was made by another plan.
        """
        names = set(self.storage.names())
        if not restart and _PLAN in names:
            self.records = list(self._sound_records(names))
        if self.records:
            self._require_same(plan)
            return
        for name in names:
            if name.endswith((_RECORD, _ROWS, _REJECTS)) or "@" in name:
                self.storage.delete(name)
        self.storage.write(_PLAN, orjson.dumps(plan, option=orjson.OPT_INDENT_2))

    def skip_done(self, shards: Iterator[Shard]) -> Iterator[Shard]:
        """Pass over the shards that are done, after a look whether they are still the same.

        Raises
        ------
        ArchiveChangedError
            When the input is not what it was.
        """
        for record in self.records:
            shard = next(shards, None)
            if shard is None or shard.digest() != record.input:
                raise ArchiveChangedError(
                    f"The input changed since {self.storage.output} was begun: its part {record.number} is not what it "
                    "was. Bring the input back, or begin anew with --restart."
                )
        yield from shards

    def commit(self, tagged: TaggedShard) -> ShardRecord:
        """Make a shard's output safe."""
        stem = f"{tagged.number:08}"
        files = {f"{stem}.{_ROWS}" + (f"@{day}" if day else ""): data for day, data in tagged.rows.items()}
        if tagged.rejects:
            files[f"{stem}.{_REJECTS}"] = tagged.rejects
        for name, data in files.items():
            self.storage.write(name, data)
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        record = ShardRecord(tagged.number, tagged.digest, tagged.bytes_read, tagged.counts, digests)
        self.storage.write(f"{stem}{_RECORD}", orjson.dumps(asdict(record)))
        self.records.append(record)
        return record

    def opened(self, names: Sequence[str]) -> Iterator[IO[bytes]]:
        """Open files one after the other, each closed before the next."""
        for name in names:
            with self.storage.open(name) as file:
                yield file

    def _require_same(self, plan: Mapping[str, Any]) -> None:
        with self.storage.open(_PLAN) as file:
            before = orjson.loads(file.read())
        now = orjson.loads(orjson.dumps(plan))
        changed = [part for part in now if before.get(part) != now[part]]
        if changed:
            raise ArchiveChangedError(
                f"{self.storage.output} was begun with another {' and another '.join(changed)}, and "
                f"{len(self.records):,} parts of it are done. Run the same command again to go on with it, or begin "
                "anew with --restart."
            )

    def _sound_records(self, names: set[str]) -> Iterator[ShardRecord]:
        """Read records from the first on, up to one that is missing or whose files are not what it says."""
        number = 0
        while (name := f"{number:08}{_RECORD}") in names:
            with self.storage.open(name) as file:
                record = _record(file.read())
            if record is None or any(self._digest(file) != digest for file, digest in record.files.items()):
                return
            yield record
            number += 1

    def _digest(self, name: str) -> str | None:
        digest = hashlib.sha256()
        try:
            with self.storage.open(name) as file:
                while data := file.read(_READ_AT_ONCE):
                    digest.update(data)
        except FileNotFoundError:
            return None
        return digest.hexdigest()


def _record(data: bytes) -> ShardRecord | None:
    try:
        fields = orjson.loads(data)
        return ShardRecord(**fields | {"counts": ShardCounts(**fields["counts"])})
    except (orjson.JSONDecodeError, TypeError, KeyError):
        return None
