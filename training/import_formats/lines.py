"""Files and their lines, as every format of text begins."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO

from wasim.model.errors import CorpusUnreadableError
from wasim.training.import_formats import limits
from wasim.training.import_formats.records import BadRecord, BadRecordError, RawArticle, Record

_DRAIN = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, its end included, with its place, ``file:line``."""

    place: str
    text: str


def files_of(source: Path) -> list[Path]:
    """List a folder's files at any depth in a fixed order, without hidden ones; of a file, itself."""
    if not source.is_dir():
        return [source]
    return sorted(path for path in source.rglob("*") if path.is_file() and not is_hidden(path.relative_to(source)))


def read_lines(file: Path) -> Iterator[Line | BadRecord]:
    """Read a file's lines as UTF-8, unpacked if it ends in .gz.

    A line that is not UTF-8, or longer than limits.LONGEST_LINE, comes out as bad.
    """
    if file.is_dir():
        raise CorpusUnreadableError(f"{file} is a folder. Name one file.")
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
        for number in count(1):
            try:
                line = stream.readline(limits.LONGEST_LINE + 1)
            except (gzip.BadGzipFile, zlib.error, EOFError) as error:
                raise CorpusUnreadableError(f"{file} is no whole gzip file ({error}). Restore it.") from None
            if not line:
                return
            place = f"{file}:{number}"
            try:
                yield Line(place, decoded(_bounded_line(stream, line)))
            except BadRecordError as error:
                yield BadRecord(place, str(error))


def articles_of_lines(source: Path, parse: Callable[[Line], RawArticle]) -> Iterator[Record]:
    """Read an article from each line that is not blank."""
    for line in read_lines(source):
        if isinstance(line, BadRecord):
            yield line
        elif line.text.strip():
            try:
                yield parse(line)
            except BadRecordError as error:
                yield BadRecord(line.place, str(error))


def decoded(data: bytes) -> str:
    """Decode UTF-8, with a byte order mark or without."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRecordError(
            f"not UTF-8 (byte 0x{data[error.start]:02x} after {error.start:,} bytes). Convert the file to UTF-8."
        ) from None


def is_hidden(path: Path) -> bool:
    """Whether it is no part of a set but of a system that kept it (.DS_Store, __MACOSX)."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _bounded_line(stream: IO[bytes] | gzip.GzipFile, line: bytes) -> bytes:
    if len(line) > limits.LONGEST_LINE and not line.endswith(b"\n"):
        while (rest := stream.readline(_DRAIN)) and not rest.endswith(b"\n"):
            pass
        raise BadRecordError(f"longer than {limits.LONGEST_LINE:,} bytes. Break it into lines, or remove it.")
    return line
