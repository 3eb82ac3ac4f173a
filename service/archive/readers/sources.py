"""What is named on the command line: a file, a folder, or standard input."""

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasim.model.errors import ArchiveUnreadableError
from wasim.service.archive.options import ReadOptions
from wasim.service.archive.readers.containers import is_hidden, printable
from wasim.service.archive.readers.forward import BUFFER
from wasim.service.archive.readers.streams import read_input, read_member
from wasim.service.archive.records import Rejected
from wasim.service.archive.remote import is_remote, open_remote, remote_state
from wasim.service.archive.shards import Chunk, Meter, RejectedChunk

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
    if is_remote(name):
        return _find_remote(name)
    path = Path(name)
    if path.is_dir():
        return _find_folder(path)
    if not path.exists():
        raise ArchiveUnreadableError(f"{name} is missing.")
    found = path.stat()
    return Source(name, found.st_size, [found.st_size, found.st_mtime_ns])


def read_chunks(sources: Sequence[Source], options: ReadOptions, meter: Meter) -> Iterator[Chunk]:
    """Read inputs one after the other."""
    before = meter.bytes_read
    for source in sources:
        if _is_folder(source.name):
            yield from _folder_chunks(source.name, options, meter)
        else:
            with closing(_open(source.name)) as raw:
                yield from read_input(_metered(raw, meter), Path(source.name).name, options)
        before += source.size or 0
        meter.bytes_read = max(meter.bytes_read, before)  # of a file whose end nobody has to read


def _is_folder(name: str) -> bool:
    return name != STANDARD_INPUT and not is_remote(name) and Path(name).is_dir()


def _open(name: str) -> io.RawIOBase:
    if is_remote(name):
        return open_remote(name)
    return io.FileIO(os.dup(0) if name == STANDARD_INPUT else name, "rb")


def _find_remote(name: str) -> Source:
    try:
        size, state = remote_state(name)
    except FileNotFoundError:
        raise ArchiveUnreadableError(f"{name} is missing.") from None
    except IsADirectoryError:
        raise ArchiveUnreadableError(f"{name} is a folder. Name the files in it.") from None
    return Source(name, size, [size, *state])


def _find_folder(folder: Path) -> Source:
    digest, size, n_files = hashlib.sha256(), 0, 0
    for path in _files(str(folder)):
        try:
            found = os.stat(path)  # noqa: PTH116  a million times
        except OSError:  # a link to nowhere: it is rejected when its turn comes
            continue
        digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
        size, n_files = size + found.st_size, n_files + 1
    return Source(str(folder), size, [n_files, size, digest.hexdigest()])


def _folder_chunks(folder: str, options: ReadOptions, meter: Meter) -> Iterator[Chunk]:
    for path in _files(folder):
        place = printable(os.path.relpath(path, folder))
        if not os.path.isfile(path) and os.path.lexists(path):  # noqa: PTH113
            yield RejectedChunk(Rejected(place, "is no file, or a link that leads nowhere"))
            continue
        try:
            # One that was there when its folder was listed: a share that went away must stop the run.
            raw = io.FileIO(path, "rb")
        except PermissionError:
            yield RejectedChunk(Rejected(place, "may not be read by this user"))
            continue
        with closing(raw):
            yield from read_member(_metered(raw, meter), place, options)


def _files(folder: str) -> Iterator[str]:
    """List all that is no folder at any depth, in a fixed order; links to folders are not followed: they may loop.

    Only the names of one folder, and of those above it, are held at a time: some hundred bytes for each file in it.
    """
    names, folders = list[str](), set[str]()
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_hidden(entry.name) or (entry.is_symlink() and Path(entry.path).is_dir()):
                continue
            names.append(entry.name)
            if entry.is_dir(follow_symlinks=False):
                folders.add(entry.name)
    names.sort()
    for name in names:
        path = os.path.join(folder, name)  # noqa: PTH118
        if name in folders:
            yield from _files(path)
        else:
            yield path


def _metered(raw: io.RawIOBase, meter: Meter) -> io.BufferedReader:
    return io.BufferedReader(_Metered(raw, meter), BUFFER)


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
