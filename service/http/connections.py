"""Connections that don't wait for ever, and don't take heads of any size: what uvicorn itself leaves open."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wasim.service.http.limits import BODY_IS_HERE
from wasim.service.http.writing import CorkedTransport

_MOST_HEAD_BYTES = 65_536
_MOST_DROPPED_BYTES = 10_000_000
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
        self._client_seconds = client_seconds
        self._is_in_message = False
        self._head_bytes = self._dropped_bytes = 0
        self._is_closing = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Give the first head its time."""
        super().connection_made(CorkedTransport(self.loop, transport))  # type: ignore[arg-type]  # all that it uses
        self._head_timer = _Timer(self.loop, self._client_seconds, transport.close)
        self._rest_timer = _Timer(self.loop, self._client_seconds, transport.close)
        self._stall_timer = _Timer(self.loop, self._client_seconds, transport.abort)
        self._head_timer.start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        super().connection_lost(exc)
        for timer in (self._head_timer, self._rest_timer, self._stall_timer):
            timer.stop()

    def data_received(self, data: bytes) -> None:
        """Read; what is no beginning of a request, like blank lines, keeps a connection no longer than one would."""
        super().data_received(data)
        if not self._is_in_message and self._is_idle:
            self._head_timer.start()

    def on_message_begin(self) -> None:
        """Give a head its time, and begin to count it."""
        super().on_message_begin()
        self._is_in_message = True
        self._head_bytes = self._dropped_bytes = 0
        self._head_timer.start()

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
        self._rest_timer.stop()  # what was pipelined behind an answered request is no rest of it
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

    def on_body(self, body: bytes) -> None:
        """Drop what still comes of a body that was answered before its end, up to a limit."""
        super().on_body(body)
        if self.cycle.response_complete:
            self._dropped_bytes += len(body)
            if self._dropped_bytes > _MOST_DROPPED_BYTES:
                self.transport.close()

    def on_message_complete(self) -> None:
        """Note that the body is here: most are before anybody asks for them, and need no watching."""
        self._is_in_message = False
        self._rest_timer.stop()
        self.scope[BODY_IS_HERE] = True  # type: ignore[literal-required]
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the rest of a body that nobody wanted: a client that still sends would not see its answer."""
        super().on_response_complete()
        if self._is_in_message and self.cycle.response_complete:
            self._rest_timer.start()

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
