"""Streams that are only read forward, and a look at what comes first."""

import io
from typing import IO, Any

BUFFER = 256 * 1024


class Forward(io.RawIOBase):
    """A stream that can't seek: packed files could, but only by unpacking from the beginning again.

    Parameters
    ----------
    stream
        What is read.
    head
        What was read of it already; comes first.
    """

    def __init__(self, stream: IO[bytes] | io.RawIOBase, head: bytes = b"") -> None:
        self._stream = stream
        self._head = head
        self._place = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer."""
        if self._head:
            data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            data = self._stream.read(len(buffer)) or b""
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def tell(self) -> int:
        """Tell how much was read."""
        return self._place


def buffered(stream: IO[bytes] | io.RawIOBase) -> io.BufferedReader:
    """Read a stream in large pieces, forward only."""
    return io.BufferedReader(Forward(stream), BUFFER)


def look(stream: io.BufferedReader, n_bytes: int) -> tuple[bytes, io.BufferedReader]:
    """Look at a stream's first bytes.

    Returns
    -------
    The bytes, fewer only where there are no more; and the stream from its beginning.
    """
    head = stream.read(n_bytes)
    if stream.seekable():
        stream.seek(0)
        return head, stream
    return head, io.BufferedReader(Forward(stream, head), BUFFER)
