"""Connections that don't wait for ever, and don't take heads of any size: what uvicorn itself leaves open."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_HEAD_BYTES = 65_536
_SECONDS_UNDER_WAY = 0.5  # that a request may take from a client to here


class _Timer:
    """Does one thing when it was not stopped in time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, expire: Callable[[], None]) -> None:
        self._loop, self._seconds, self._expire = loop, seconds, expire
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to count, unless it is counting."""
        if self._handle is None:
            self._handle = self._loop.call_later(self._seconds, self._expire)

    def stop(self) -> None:
        """Stop counting."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol, with limits on the time and size of a request's head and on stalled reading.

    Bodies have limits of their own, in :mod:`wasim.service.http.limits`, which can answer with a problem document.

    Parameters
    ----------
    client_seconds
        Time for a head to come in whole, and for a client to take what waits to be sent.
    """

    def __init__(self, *arguments: Any, client_seconds: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._client_seconds, self._head_bytes, self._is_closing = client_seconds, 0, False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Give the first head its time."""
        super().connection_made(transport)
        self._head_timer = _Timer(self.loop, self._client_seconds, transport.close)
        self._stall_timer = _Timer(self.loop, self._client_seconds, transport.abort)
        self._head_timer.start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        super().connection_lost(exc)
        self._head_timer.stop()
        self._stall_timer.stop()

    def data_received(self, data: bytes) -> None:
        """Give each further head its time, from its first byte on."""
        super().data_received(data)
        if self._is_idle:
            self._head_timer.start()

    def on_message_begin(self) -> None:
        """Begin to count a head."""
        super().on_message_begin()
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Count the request line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Stop the clock: the head is here."""
        self._head_timer.stop()
        super().on_headers_complete()
        if self._is_closing:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Close after what was asked is answered; where nothing is, a request may be under way already."""
        self._is_closing = True
        if self._is_idle:
            self.loop.call_later(_SECONDS_UNDER_WAY, self._close_if_idle)
        else:
            super().shutdown()

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _close_if_idle(self) -> None:
        if self._is_idle:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Close where a request was answered before all of it came: what is left of it may never end."""
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:
            self.transport.close()

    def pause_writing(self) -> None:
        """Give a client that does not read some time."""
        super().pause_writing()
        self._stall_timer.start()

    def resume_writing(self) -> None:
        """Go on: the client reads again."""
        self._stall_timer.stop()
        super().resume_writing()

    def _count(self, length: int) -> None:
        self._head_bytes += length
        if self._head_bytes > _MOST_HEAD_BYTES:
            raise ValueError("the head is too large")  # which the parser turns into a 400
