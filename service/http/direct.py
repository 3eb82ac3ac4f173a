"""The short way through a request: what FastAPI documents, answered without its machinery.

FastAPI's own way takes several times as long as a model needs for an article. A :class:`DirectRoute` is declared,
and shown in the OpenAPI file, like any other route; a :class:`ShortCut` leads requests to it around FastAPI.
"""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, get_type_hints

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from wasim.service.errors import EXPECTED, Problem
from wasim.service.http.access import Needs
from wasim.service.http.bodies import JSON, BodyDecoder, accepts_gzip, read_body, require_media_type
from wasim.service.http.state import request_id_of, service_of

_SMALLEST_PACKED = 1_024  # bytes of an answer
_PACKED_IN_THE_LOOP = 16_384
_LEVEL = 5


class DirectRoute(APIRoute):
    """A route whose endpoint takes the request and one decoded body: ``async def endpoint(request, posted)``.

    Its scope is that of the :class:`Needs` among its ``dependencies``; other dependencies are not looked at.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers, for FastAPI, which comes here where no short cut does."""
        types = get_type_hints(self.endpoint, include_extras=True)
        self._decode = BodyDecoder(types["posted"])
        self._encode = TypeAdapter(types["return"]).dump_json
        self._ask: Callable[..., Awaitable[Any]] = self.endpoint
        [self._needs] = (one.dependency for one in self.dependencies if isinstance(one.dependency, Needs))
        return self.answer

    async def answer(self, request: Request) -> Response:
        """Admit, read, decode, ask the endpoint, encode."""
        self._needs.admit(request)
        require_media_type(request.scope, JSON)
        posted = self._decode(await read_body(request.receive))
        answer = await self._ask(request, posted)
        return await _response(request, self._encode(answer, exclude_none=True))


class ShortCut:
    """ASGI middleware that answers direct routes itself and leaves all else to the app.

    Parameters
    ----------
    app
        FastAPI's own layers and routes.
    routes
        Of which the direct ones are taken.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._direct = {
            (method, route.path): route
            for route in routes
            if isinstance(route, DirectRoute)
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks it."""
        route = self._direct.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = route
        request = Request(scope, receive, send)
        try:
            response = await route.answer(request)
        except EXPECTED as error:
            response = Problem.of(error).response(request_id=request_id_of(scope))
        await response(scope, receive, send)


async def _response(request: Request, body: bytes) -> Response:
    if len(body) < _SMALLEST_PACKED:
        return Response(body, media_type=JSON)
    headers = {"Vary": "Accept-Encoding"}
    if accepts_gzip(request.scope):
        headers["Content-Encoding"] = "gzip"
        if len(body) <= _PACKED_IN_THE_LOOP:
            body = gzip.compress(body, _LEVEL)
        else:
            threads = service_of(request).threads
            body = await asyncio.get_running_loop().run_in_executor(threads, gzip.compress, body, _LEVEL)
    return Response(body, headers=headers, media_type=JSON)
