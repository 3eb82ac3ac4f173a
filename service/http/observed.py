"""The outermost layer of a request: its id, its line in the log, its share of the metrics, and safe headers."""

import re
import secrets
import time
from http import HTTPStatus
from random import Random

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wasim.service.errors import Problem
from wasim.service.http.metrics import Metrics

_WELL_FORMED = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_CLIENT_GONE = 499  # nginx's number: nobody was left to answer
_random = Random(secrets.randbits(256))  # asks the system once; a request's id is no secret
_log = structlog.get_logger("wasim.requests")

# A page that wants more than nothing says so in a Content-Security-Policy of its own.
_SAFE_HEADERS = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
}


class Observed:
    """ASGI middleware around everything else; no error passes it.

    Parameters
    ----------
    app
        What answers.
    metrics
        Where requests are counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status: int | None = None

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_safe_headers(message.get("headers", ()), request_id)
            await send(message)

        self._metrics.n_in_flight += 1
        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = status or _CLIENT_GONE
        except Exception as error:
            _log.exception("failed", request_id=request_id, route=_route(scope))
            if status is None:
                response = Problem.of(error).response(request_id=request_id)
                await response(scope, receive, send_with_headers)
            # Else the answer stays cut off, and uvicorn closes the connection: the client can tell.
        finally:
            self._metrics.n_in_flight -= 1
        self._note(scope, request_id, status or HTTPStatus.INTERNAL_SERVER_ERROR, time.perf_counter() - began)

    def _note(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.request_answered(route, scope["method"], status, seconds)
        _log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            route=route,  # not the path: that can hold anything
            status=int(status),
            ms=round(seconds * 1000, 2),
            caller=scope["state"].get("caller"),
            client=(scope.get("client") or [None])[0],
        )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _WELL_FORMED.fullmatch(value):
            return value.decode()  # type: ignore[no-any-return]
    return f"{_random.getrandbits(64):016x}"


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "other")


def _with_safe_headers(headers: object, request_id: str) -> list[tuple[bytes, bytes]]:
    given = list(headers)  # type: ignore[call-overload]
    names = {name.lower() for name, _ in given}
    safe = [(name, value) for name, value in _SAFE_HEADERS.items() if name not in names]
    return [*given, *safe, (b"x-request-id", request_id.encode())]
