"""Bodies of requests: what they say they are, read whole, and turned into what they should be."""

from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

JSON = "application/json"
LINES = "application/x-ndjson"


class BodyDecoder:
    """Turns bytes into what a type says, strictly; what does not fit raises what FastAPI would raise.

    orjson refuses what RFC 8259 does: bad UTF-8, half surrogates, NaN, and nesting that would exhaust the stack.
    """

    def __init__(self, kind: Any) -> None:
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def __call__(self, body: bytes) -> Any:
        """Decode one body."""
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise RequestValidationError([{"type": "json_invalid", "loc": ("body",), "msg": str(error)}]) from None
        try:
            return self._adapter.validate_python(value, strict=True)
        except ValidationError as error:
            issues = error.errors(include_url=False, include_context=False, include_input=False)
            raise RequestValidationError([{**issue, "loc": ("body", *issue["loc"])} for issue in issues]) from None


async def read_body(receive: Receive) -> bytes:
    """Read a whole body; the limits around ``receive`` say how much and how long."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        return message.get("body", b"")  # type: ignore[no-any-return]  # most bodies come in one piece
    pieces = []
    while True:
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
        message = await receive()


def header(scope: Scope, name: bytes) -> str:
    """Read a request's header, or ``""``; ``name`` in lower case.

    Starlette's own look-up decodes every header of the request each time.
    """
    return next((value.decode("latin-1") for given, value in scope["headers"] if given == name), "")


def media_type(scope: Scope) -> str:
    """Read what a request says its body is."""
    return header(scope, b"content-type").partition(";")[0].strip().lower()


def accepts_gzip(scope: Scope) -> bool:
    """Whether a client unpacks what is sent."""
    return "gzip" in header(scope, b"accept-encoding")


def require_media_type(scope: Scope, wanted: str) -> None:
    """Raise 415 where a body is something else, or packed.

    A page elsewhere can make a browser post text or forms without asking first, but not JSON; and a packed
    body of a kilobyte may unpack to a gigabyte.
    """
    given = media_type(scope)
    if given != wanted:
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body is {given or 'of no given type'}. Send {wanted}."
        )
    if header(scope, b"content-encoding") not in ("", "identity"):
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Packed bodies are not read. Send it without Content-Encoding.",
            headers={"Accept-Encoding": "identity"},
        )
