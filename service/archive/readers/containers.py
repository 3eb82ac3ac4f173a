"""Archives of files: zip and tar. Nothing is ever written to the disk, and nothing in them is trusted."""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from wasim.service.archive.options import ReadOptions
from wasim.service.archive.readers.forward import BUFFER, buffered
from wasim.service.archive.readers.limits import LARGEST_RATIO, SMALL_ENOUGH, BadInputError
from wasim.service.archive.records import Rejected
from wasim.service.archive.shards import Chunk, RejectedChunk

ReadMember = Callable[[io.BufferedReader, str], Iterator[Chunk]]
"""Reads a member, given its stream and its place; what is wrong with it comes out as rejected."""


def read_zip(stream: io.BufferedReader, place: str, _options: ReadOptions, read_member: ReadMember) -> Iterator[Chunk]:
    """Read the files in a zip, in the order of its directory."""
    if not stream.seekable():
        raise BadInputError("is a zip file, which can't be read as a stream. Name it as a file")
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError) as error:
        raise BadInputError(f"is damaged or cut short ({error}). Fetch it again") from None
    with archive:
        for member in archive.infolist():
            if member.is_dir() or is_hidden(member.filename):
                continue
            name = f"{place}/{printable(member.filename)}"
            if refusal := _refusal(member.filename) or _bomb(member):
                yield RejectedChunk(Rejected(name, refusal))
                continue
            try:
                with archive.open(member) as opened:
                    yield from read_member(buffered(opened), name)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
                yield RejectedChunk(Rejected(name, f"can't be unpacked ({error})"))


def read_tar(stream: io.BufferedReader, place: str, _options: ReadOptions, read_member: ReadMember) -> Iterator[Chunk]:
    """Read the files in a tar, in its order."""
    try:
        with tarfile.open(fileobj=stream, mode="r|", errorlevel=0, bufsize=BUFFER) as archive:
            for member in archive:
                if member.isdir() or is_hidden(member.name):
                    continue
                name = f"{place}/{printable(member.name)}"
                refusal = _refusal(member.name) or ("" if member.isfile() else "is no file but a link or device")
                opened = None if refusal else archive.extractfile(member)
                if opened is None:
                    yield RejectedChunk(Rejected(name, refusal))
                else:
                    yield from read_member(buffered(opened), name)
    except tarfile.TarError as error:
        raise BadInputError(f"is damaged or cut short ({error}). Fetch it again") from None


def printable(name: str) -> str:
    """Show a file's name that may hold bytes which are no UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_hidden(name: str) -> bool:
    """Tell whether a file belongs to a system that kept the archive (.DS_Store, __MACOSX), not to the archive."""
    return any(part.startswith((".", "__MACOSX")) and part not in {".", ".."} for part in PurePosixPath(name).parts)


def _refusal(name: str) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    return "leads out of the archive" if path.is_absolute() or ".." in path.parts else ""


def _bomb(member: zipfile.ZipInfo) -> str:
    if member.file_size <= SMALL_ENOUGH or member.file_size <= LARGEST_RATIO * member.compress_size:
        return ""
    return f"would unpack to {member.file_size:,} bytes from {member.compress_size:,}; that is no text"
