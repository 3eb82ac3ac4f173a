"""Unpacking by content: gzip, bzip2, xz and zstd, streamed; and packing for output."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import IO, Any

from isal import igzip, isal_zlib

from wasim.model.errors import ArchiveUnreadableError
from wasim.service.archive.extras import need
from wasim.service.archive.readers.forward import buffered, look

_PACK_LEVEL = 3  # of igzip: a twentieth of gzip's time, a fifth more bytes

_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd", ".tgz": "gzip"}
_LONGEST_MAGIC = 6
_MOST_LAYERS = 2


def unpacked(stream: io.BufferedReader, place: str) -> io.BufferedReader:
    """Take off the packings that a stream's first bytes show.

    Raises
    ------
    ArchiveUnreadableError
        When its name promises a packing that its bytes do not have.
    """
    promised = _SUFFIXES.get(PurePath(place).suffix.lower())
    for layer in range(_MOST_LAYERS):
        head, stream = look(stream, _LONGEST_MAGIC)
        packing = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
        if layer == 0 and promised not in (None, packing) and head:
            raise ArchiveUnreadableError(f"{place} is no {promised} file, as its name says. Name it as what it is.")
        if packing is None:
            return stream
        stream = buffered(_OPENERS[packing](stream))
    return stream


def _open_gzip(stream: IO[bytes]) -> IO[bytes]:
    opened: Any = igzip.IGzipFile(fileobj=stream, mode="rb")  # type: ignore[no-untyped-call]
    return opened  # type: ignore[no-any-return]


def _open_zstd(stream: IO[bytes]) -> IO[bytes]:
    zstandard = need("zstandard", "archive", "zstd files")
    opened: IO[bytes] = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
    return opened


_OPENERS: dict[str, Callable[[IO[bytes]], IO[bytes] | io.RawIOBase]] = {
    "gzip": _open_gzip,
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
    "zstd": _open_zstd,
}


def packer(name: str) -> Callable[[bytes], bytes]:
    """Choose how to pack, by a file's name: ``.gz``, ``.zst`` or not at all.

    Equal bytes give equal packings, and packings may stand one after the other.
    """
    suffix = packing_suffix(name)
    if suffix == ".gz":
        return _gzip
    if suffix == ".zst":
        need("zstandard", "archive", "zstd files")
        return _zstd
    return _plain


def packing_suffix(name: str) -> str:
    """Take the part of an output's name that says how it is packed; empty where it is not."""
    suffix = PurePath(name).suffix.lower()
    return suffix if suffix in {".gz", ".zst"} else ""


def _gzip(data: bytes) -> bytes:
    packed: bytes = igzip.compress(data, compresslevel=_PACK_LEVEL, mtime=0)
    return packed


def _zstd(data: bytes) -> bytes:
    import zstandard  # noqa: PLC0415  optional

    return zstandard.ZstdCompressor().compress(data)


def _plain(data: bytes) -> bytes:
    return data


@contextmanager
def damage_named(place: str) -> Iterator[None]:
    """Turn every way in which a file can be damaged into one clear error; the system's faults stay theirs."""
    try:
        yield
    except _DAMAGE as error:
        raise ArchiveUnreadableError(f"{place} is damaged or cut short ({error}). Fetch it again.") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise ArchiveUnreadableError(f"{place} is damaged or cut short ({error}). Fetch it again.") from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in {"zstandard", "pyarrow", "fastwarc"}:
            raise
        raise ArchiveUnreadableError(f"{place} is damaged or cut short ({error}). Fetch it again.") from None


_DAMAGE: Any = (EOFError, zlib.error, isal_zlib.error, lzma.LZMAError)  # isal's type stub takes a class for a value
