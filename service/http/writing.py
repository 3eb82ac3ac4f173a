"""Answers that leave in one piece."""

import asyncio
from typing import Any

_MOST_WAITING_BYTES = 65_536


class CorkedTransport:
    """A connection that sends together what is written in one turn of the event loop.

    uvicorn writes an answer's head and its body one after the other, and each write asks the system to send a
    packet, which takes longer than most articles take to be scored.

    Parameters
    ----------
    loop, transport
        Where it sends; all that is not writing or closing is the transport's own.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop, self._transport = loop, transport
        self._waiting: list[bytes] = []
        self._n_bytes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send soon: at the end of this turn, or as soon as enough waits for flow control to look at it."""
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(data)
        self._n_bytes += len(data)
        if self._n_bytes > _MOST_WAITING_BYTES:
            self._send()

    def close(self) -> None:
        """Close once all has been sent."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        waiting, self._waiting, self._n_bytes = self._waiting, [], 0
        if waiting and not self._transport.is_closing():  # else nobody is there to read it
            self._transport.writelines(waiting)
