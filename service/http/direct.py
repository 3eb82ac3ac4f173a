"""The short way through a request: what FastAPI documents, answered without its machinery.

FastAPI's own handler takes several times as long as a model needs for an article. A :class:`DirectRoute` is
declared, and shown in the OpenAPI file, like any other route; only reading, checking and writing are done here.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, get_type_hints

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.responses import Response

from wasim.service.http.access import Needs
from wasim.service.http.bodies import JSON, BodyDecoder, read_body, require_media_type


class DirectRoute(APIRoute):
    """A route whose endpoint takes the request and one decoded body: ``async def endpoint(request, posted)``.

    Its scope is that of the :class:`Needs` among its ``dependencies``; other dependencies are not looked at.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers: admit, decode, ask the endpoint, encode."""
        types = get_type_hints(self.endpoint, include_extras=True)
        decode = BodyDecoder(types["posted"])
        encode = TypeAdapter(types["return"]).dump_json
        endpoint: Callable[..., Awaitable[Any]] = self.endpoint

        async def handle(request: Request) -> Response:
            self.admit(request)
            require_media_type(request, JSON)
            posted = decode(await read_body(request.receive))
            answer = await endpoint(request, posted)
            return Response(encode(answer, exclude_none=True), media_type=JSON)

        return handle

    def admit(self, request: Request) -> None:
        """Let the caller in, or raise a problem: who may not ask, or asked too much, is not read any further."""
        [needs] = (one.dependency for one in self.dependencies if isinstance(one.dependency, Needs))
        needs.admit(request)
