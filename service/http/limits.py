"""The limit on request bodies, counted while they stream in."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """ASGI middleware that makes reading a body of more than ``most`` bytes fail with 413.

    Content-Length is not believed: it can be missing or wrong.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks it."""
        received = 0

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most:
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"The body has more than {self._most:,} bytes. Send less at a time, or use wasim tag for files.",
                    headers={"Connection": "close"},  # the rest of the body is never read
                )
            return message

        await self._app(scope, counted_receive, send)
