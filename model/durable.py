"""Writing that a crash, a kill or a full disk can't leave half done."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

WRITING_PREFIX = ".writing-"


@contextmanager
def file_that_appears_whole(path: Path, keep: Callable[[], bool] = lambda: True) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes its place only when all went well.

    Parameters
    ----------
    path
        Where it appears; what was there before stays until then.
    keep
        Asked at the end; where it says no, there is no file afterwards, not even an earlier one.
    """
    beside = path.with_name(f"{WRITING_PREFIX}{path.name}-{os.getpid()}")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if keep():
            beside.replace(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        beside.unlink(missing_ok=True)
    _sync_folder(path.parent)


@contextmanager
def folder_that_appears_whole(path: Path) -> Iterator[Path]:
    """Make a folder that takes its place only when all that goes into it was written; yields it meanwhile."""
    writing = Path(tempfile.mkdtemp(prefix=WRITING_PREFIX, dir=path.parent))
    try:
        yield writing
        writing.chmod(0o755)  # mkdtemp's folder is its maker's alone; a service may run as someone else
        _sync_folder(writing)
        writing.rename(path)
    except BaseException:
        shutil.rmtree(writing, ignore_errors=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
