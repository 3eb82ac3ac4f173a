"""What is named on the command line: a file, a folder, or standard input."""

import io
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasim.model.errors import ArchiveUnreadableError
from wasim.service.archive.options import ReadOptions
from wasim.service.archive.readers.compression import buffered, damage_named, unpacked
from wasim.service.archive.readers.json_lines import read_json_lines
from wasim.service.archive.shards import Chunk, Meter

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One input.

    Parameters
    ----------
    name
        As it was given.
    size
        In bytes as it lies on the disk; None where nobody knows.
    state
        What tells, as JSON, whether it changed.
    """

    name: str
    size: int | None
    state: Any = None


def find_source(name: str) -> Source:
    """Look an input up.

    Raises
    ------
    ArchiveUnreadableError
        When there is none.
    """
    if name == STANDARD_INPUT:
        return Source(name, None)
    try:
        found = Path(name).stat()
    except FileNotFoundError:
        raise ArchiveUnreadableError(f"{name} is missing.") from None
    if stat.S_ISDIR(found.st_mode):
        raise ArchiveUnreadableError(f"{name} is a folder.")
    return Source(name, found.st_size, [found.st_size, found.st_mtime_ns])


def read_chunks(sources: Sequence[Source], options: ReadOptions, meter: Meter) -> Iterator[Chunk]:
    """Read inputs one after the other."""
    before = meter.bytes_read
    for source in sources:
        yield from _chunks_of(source, options, meter)
        before += source.size or 0
        meter.bytes_read = max(meter.bytes_read, before)


def _chunks_of(source: Source, options: ReadOptions, meter: Meter) -> Iterator[Chunk]:
    with closing(_open(source)) as raw, damage_named(source.name):
        stream = buffered(_Metered(raw, meter))
        yield from read_json_lines(unpacked(stream, source.name), Path(source.name).name, options)


def _open(source: Source) -> io.RawIOBase:
    if source.name == STANDARD_INPUT:
        return io.FileIO(os.dup(0), "rb")
    return io.FileIO(source.name, "rb")


class _Metered(io.RawIOBase):
    """A file that counts what is read of it."""

    def __init__(self, raw: io.RawIOBase, meter: Meter) -> None:
        self._raw = raw
        self._meter = meter

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._raw.seekable()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: Any) -> int | None:
        n_bytes = self._raw.readinto(buffer)
        self._meter.bytes_read += n_bytes or 0
        return n_bytes
