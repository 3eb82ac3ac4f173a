"""The limit on request bodies, counted while they stream in."""

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wasim.service.errors import problem


class _BodyTooLargeError(Exception):
    pass


class BodyLimit:
    """ASGI middleware that answers 413 once a body has more than ``most`` bytes.

    Content-Length is not believed: it can be missing or wrong.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0
        answering = False

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most:
                raise _BodyTooLargeError
            return message

        async def noted_send(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            await self._app(scope, counted_receive, noted_send)
        except _BodyTooLargeError:
            if answering:
                raise
            detail = (
                f"The body has more than {self._most:,} bytes. Send articles one by one, or tag files with wasim tag."
            )
            response = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "BodyTooLarge", detail)
            response.headers["Connection"] = "close"  # the rest of the body is never read
            await response(scope, receive, send)
