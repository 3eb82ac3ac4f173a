"""Where an output and the files of its unfinished run lie. What is written is whole or not there, crash or not."""

import fcntl
import glob
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Protocol

from wasim.model.durable import WRITING_PREFIX, file_that_appears_whole, folder_that_appears_whole
from wasim.model.errors import ArchiveError

WORK_SUFFIX = ".unfinished"
REJECTS_SUFFIX = ".rejected.jsonl"
MARKER = "_wasim.json"
"""Stands in every folder of output; a folder without it is not ours to replace."""

_LOCK = "lock"
Fill = Callable[[IO[bytes]], None]


class Storage(Protocol):
    """A place for one output: a file or folder, its rejects beside it, and a work folder until it is finished."""

    output: str

    def names(self) -> list[str]:
        """List the work folder's files; none where there is no such folder."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the work folder."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the work folder for reading."""

    def delete(self, name: str) -> None:
        """Delete a file of the work folder."""

    def clear(self) -> None:
        """Remove the work folder."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep other runs away from this output."""

    def publish_file(self, suffix: str, fill: Fill | None) -> None:
        """Write the file ``output + suffix``; without ``fill`` remove it."""

    def publish_folder(self, files: Mapping[str, str], marker: bytes) -> None:
        """Make the output a folder of work files, given as path in it and name of the file."""


class LocalStorage:
    """An output on this machine."""

    def __init__(self, output: Path) -> None:
        self.output = str(output)
        self._path = output
        self._work = output.with_name(output.name + WORK_SUFFIX)

    def names(self) -> list[str]:
        """List the work folder's files; none where there is no such folder."""
        return sorted(entry.name for entry in self._work.iterdir()) if self._work.is_dir() else []

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the work folder."""
        self._work.mkdir(exist_ok=True)
        with file_that_appears_whole(self._work / name) as file:
            file.write(data)

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the work folder for reading."""
        return (self._work / name).open("rb")

    def delete(self, name: str) -> None:
        """Delete a file of the work folder."""
        (self._work / name).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the work folder."""
        shutil.rmtree(self._work, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs away from this output; the lock ends with the process, however it ends."""
        self._work.mkdir(exist_ok=True)
        with (self._work / _LOCK).open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ArchiveError(
                    f"Another wasim is writing {self.output}. Wait for it, or choose another --output."
                ) from None
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove what a run that was killed in the midst of writing could not."""
        for name in (self._path.name, f"{self._path.name}{REJECTS_SUFFIX}"):
            for left in self._path.parent.glob(f"{WRITING_PREFIX}{glob.escape(name)}-[0-9]*"):
                left.unlink(missing_ok=True)

    def publish_file(self, suffix: str, fill: Fill | None) -> None:
        """Write the file ``output + suffix``; without ``fill`` remove it."""
        path = self._path.with_name(self._path.name + suffix)
        if fill is None:
            path.unlink(missing_ok=True)
            return
        with file_that_appears_whole(path) as file:
            fill(file)

    def publish_folder(self, files: Mapping[str, str], marker: bytes) -> None:
        """Make the output a folder of work files, given as path in it and name of the file."""
        if self._path.exists():
            if not (self._path / MARKER).is_file():
                raise ArchiveError(
                    f"{self.output} exists and is no output of wasim. Choose another --output, or move it away; "
                    "what was tagged waits."
                )
            shutil.rmtree(self._path)
        with folder_that_appears_whole(self._path) as folder:
            for target, name in files.items():
                (folder / target).parent.mkdir(exist_ok=True)
                os.link(self._work / name, folder / target)
            (folder / MARKER).write_bytes(marker)
