"""Inputs and outputs on object stores and other file systems, through fsspec: s3://, gs://, hdfs:// and more."""

import io
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from wasim.model.errors import ArchiveError
from wasim.service.archive.extras import need
from wasim.service.archive.storage import MARKER, WORK_SUFFIX, Fill

_SCHEME = "://"
_PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "hdfs": "pyarrow", "abfs": "adlfs"}
_CHANGES_SHOW_IN = ("ETag", "etag", "mtime", "LastModified", "last_modified", "updated")


def is_remote(name: str) -> bool:
    """Tell whether a name is a URL rather than a path."""
    return _SCHEME in name


class RemoteStorage:
    """An output on a file system that fsspec knows. Nothing keeps two runs apart there: do not start two."""

    def __init__(self, output: str) -> None:
        self.output = output
        self._files, self._path = _file_system(output)
        self._work = self._path.rstrip("/") + WORK_SUFFIX

    def names(self) -> list[str]:
        """List the work folder's files; none where there is no such folder."""
        self._files.invalidate_cache()
        try:
            listed = self._files.ls(self._work, detail=False)
        except FileNotFoundError:
            return []
        return sorted(str(path).rstrip("/").rpartition("/")[2] for path in listed)

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the work folder; an object store takes it whole or not at all."""
        self._files.makedirs(self._work, exist_ok=True)
        self._files.pipe_file(f"{self._work}/{name}", data)

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the work folder for reading."""
        opened: IO[bytes] = self._files.open(f"{self._work}/{name}", "rb")
        return opened

    def delete(self, name: str) -> None:
        """Delete a file of the work folder."""
        self._files.rm_file(f"{self._work}/{name}")

    def clear(self) -> None:
        """Remove the work folder."""
        self._files.invalidate_cache()
        if self._files.exists(self._work):
            self._files.rm(self._work, recursive=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Do nothing: object stores have no locks."""
        yield

    def publish_file(self, suffix: str, fill: Fill | None) -> None:
        """Write the file ``output + suffix``; without ``fill`` remove it."""
        path = f"{self._path}{suffix}"
        if fill is None:
            if self._files.exists(path):
                self._files.rm_file(path)
            return
        with self._files.transaction, self._files.open(path, "wb") as file:
            fill(file)

    def publish_folder(self, files: Mapping[str, str], marker: bytes) -> None:
        """Make the output a folder of work files, given as path in it and name of the file."""
        folder = self._path.rstrip("/")
        self._files.invalidate_cache()
        if self._files.exists(folder):
            if not self._files.exists(f"{folder}/{MARKER}"):
                raise ArchiveError(
                    f"{self.output} exists and is no output of wasim. Choose another --output, or move it away; "
                    "what was tagged waits."
                )
            self._files.rm(folder, recursive=True)
        for target, name in files.items():
            self._files.makedirs(f"{folder}/{target}".rpartition("/")[0], exist_ok=True)
            with self.open(name) as source, self._files.open(f"{folder}/{target}", "wb") as copy:
                shutil.copyfileobj(source, copy)
        self._files.pipe_file(f"{folder}/{MARKER}", marker)


def remote_state(name: str) -> tuple[int | None, list[str]]:
    """Look a remote file up: its size, and what tells whether it changed.

    Raises
    ------
    FileNotFoundError
        When there is none.
    IsADirectoryError
        When it is a folder.
    """
    files, path = _file_system(name)
    files.invalidate_cache()
    found = files.info(path)
    if found["type"] == "directory":
        raise IsADirectoryError(name)
    return found.get("size"), [str(found[key]) for key in _CHANGES_SHOW_IN if key in found]


def open_remote(name: str) -> io.RawIOBase:
    """Open a remote file for reading."""
    files, path = _file_system(name)
    opened: io.RawIOBase = files.open(path, "rb")
    return opened


def _file_system(url: str) -> tuple[Any, str]:
    core = need("fsspec.core", "cluster", "addresses like s3://")
    try:
        files, path = core.url_to_fs(url)
    except ImportError as error:
        scheme = url.partition(_SCHEME)[0]
        package = f" Run: pip install {_PACKAGES[scheme]}" if scheme in _PACKAGES else ""
        raise ArchiveError(
            f"{url}: {scheme}{_SCHEME} needs a package that is not installed ({error}).{package}"
        ) from None
    except ValueError as error:
        raise ArchiveError(f"{url}: {error}. Name a path, or an address of a kind that fsspec knows.") from None
    except OSError as error:
        hint = " hdfs:// needs Java and Hadoop: set JAVA_HOME and HADOOP_HOME." if url.startswith("hdfs") else ""
        reason = str(error).partition("\n")[0]
        raise ArchiveError(f"{url} can't be reached ({reason}).{hint}") from None
    return files, path
