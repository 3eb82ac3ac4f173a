"""What keeps one client from taking the service away from the others: limits on bodies, time and requests at once."""

import asyncio
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wasim.service.errors import Problem
from wasim.service.settings import ServiceSettings

BODY = "wasim.body"  # where a request's scope holds its LimitedBody
BODY_IS_HERE = "wasim.body-is-here"  # what a connection notes in the scope when all of it has come
_ALWAYS_ADMITTED = frozenset({"/healthz", "/readyz", "/metrics"})  # who looks after a busy service must see it


class Limits:
    """ASGI middleware that bounds the requests at a time, and the size and time of each body.

    Parameters
    ----------
    app
        What answers.
    settings
        ``max_in_flight``, ``max_body_bytes`` and ``client_seconds`` are used.
    """

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app, self._settings = app, settings
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks it."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS_ADMITTED:
            await self._app(scope, receive, send)
            return
        if self._in_flight >= self._settings.max_in_flight:
            await _busy(self._in_flight)(scope, receive, send)
            return
        body = LimitedBody(scope, receive, self._settings)
        scope[BODY] = body
        self._in_flight += 1
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._in_flight -= 1


def _busy(in_flight: int) -> Response:
    detail = f"{in_flight} requests are being answered, as many as may be at a time. Try again."
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "Busy", detail, headers={"Retry-After": "1"}).response()


class LimitedBody:
    """A request's body, counted and timed while it streams in.

    Content-Length is not believed: it can be missing or wrong.

    Parameters
    ----------
    scope, receive
        The request, and where its body comes from, as ASGI has them.
    settings
        More than ``max_body_bytes`` raises 413, more than ``client_seconds`` 408.
    """

    def __init__(self, scope: Scope, receive: Receive, settings: ServiceSettings) -> None:
        self._scope, self._receive = scope, receive
        self._most_bytes, self._seconds = settings.max_body_bytes, settings.client_seconds
        self._deadline = asyncio.get_running_loop().time() + self._seconds
        self._received = 0

    async def receive(self) -> Message:
        """Receive the next piece of a body that is read whole."""
        message = await self._receive_in_time()
        self._received += len(message.get("body", b""))
        if self._received > self._most_bytes:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The body has more than {self._most_bytes:,} bytes. Send less at a time, stream application/x-ndjson "
                "to /v1/predict/batch, or use wasim tag for files.",
            )
        return message

    async def receive_piece(self) -> Message:
        """Receive the next piece of a stream, which may have any length but must not come to a stop."""
        self._deadline = asyncio.get_running_loop().time() + self._seconds
        return await self._receive_in_time()

    async def _receive_in_time(self) -> Message:
        if BODY_IS_HERE in self._scope:  # whoever goes on listening wants to hear that the client is gone
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT,
                f"The body did not arrive within {self._seconds:g} seconds. Send it faster, or in parts.",
                headers={"Connection": "close"},
            ) from None
        if not message.get("more_body", False):
            self._scope[BODY_IS_HERE] = True
        return message
