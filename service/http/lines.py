"""Batches without an end: articles stream in as lines of JSON, answers stream out, one line for each.

At any time one piece of the request and one group of answers are in memory. The next piece is read when the
answers to the last one were taken, so a client that reads slowly is a client that is read slowly.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wasim.model.errors import WasimError
from wasim.service.errors import Problem
from wasim.service.http.bodies import LINES, BodyDecoder, accepts_gzip, require_media_type
from wasim.service.http.limits import BODY, LimitedBody
from wasim.service.http.schemas import PredictIn, PredictionOut
from wasim.service.http.served_model import ServedModel
from wasim.service.http.state import request_id_of, service_of

_LINES_AT_A_TIME = 64
_FAST = 1  # level of compression; the answers to a batch repeat themselves, and pack twenty times at any level
_GZIP = 31  # what zlib calls the gzip format
_decode = BodyDecoder(PredictIn)
_encode = TypeAdapter(PredictionOut).dump_json
Refusal = WasimError | HTTPException | RequestValidationError


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a request: its number, from 1, and its content, or None where it was too long to keep."""

    number: int
    content: bytes | None


class LineSplitter:
    """Cuts pieces into lines; keeps no more than one line of ``most_bytes``, and drops what is longer."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._number = 0
        self._begun = bytearray()
        self._is_too_long = False

    def feed(self, piece: bytes) -> list[Line]:
        """Return the lines that a piece completes; blank ones are counted and left out."""
        *whole, rest = piece.split(b"\n")
        lines = [line for part in whole if (line := self._complete(part))]
        self._keep(rest)
        return lines

    def end(self) -> list[Line]:
        """Return the last line where nothing ended it."""
        line = self._complete(b"")
        return [line] if line else []

    def _keep(self, part: bytes) -> None:
        if len(self._begun) + len(part) > self._most_bytes:
            self._is_too_long = True
            self._begun.clear()
        elif not self._is_too_long:
            self._begun += part

    def _complete(self, part: bytes) -> Line | None:
        self._keep(part)
        self._number += 1
        line = Line(self._number, None if self._is_too_long else bytes(self._begun))
        self._begun.clear()
        self._is_too_long = False
        return line if line.content is None or line.content.strip() else None


def answer_lines(request: Request) -> "LinesResponse":
    """Answer a stream of articles."""
    require_media_type(request.scope, LINES)
    return LinesResponse(request)


class LinesResponse(Response):
    """Streams answers while the request still streams in."""

    def __init__(self, request: Request) -> None:
        self._service, self._request_id = service_of(request), request_id_of(request.scope)
        self._bucket: str = request.scope["state"]["bucket"]
        self._body: LimitedBody = request.scope[BODY]
        is_packed = accepts_gzip(request.scope)
        self._packer = zlib.compressobj(_FAST, wbits=_GZIP) if is_packed else None
        packing = {"Content-Encoding": "gzip"} if is_packed else {}
        self.status_code, self.media_type, self.background = HTTPStatus.OK, LINES, None
        self.init_headers({"Vary": "Accept-Encoding", **packing})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  as ASGI asks it
        """Send the answers, group by group."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        loop = asyncio.get_running_loop()
        number = 0
        try:
            async for group in self._groups():
                number = group[-1].number
                answers = await loop.run_in_executor(self._service.threads, self._answers, group)
                await send({"type": "http.response.body", "body": answers, "more_body": True})
                # Whoever asks too much is slowed down; a stream that broke off would be begun anew.
                await asyncio.sleep(self._service.rates.seconds_of_debt(self._bucket))
            last = b""
        except HTTPException as error:  # the client stopped sending in the middle
            last = self._packed(self._encoded(error, Line(number + 1, None)))
        if self._packer is not None:
            last += self._packer.flush()
        await send({"type": "http.response.body", "body": last, "more_body": False})

    async def _groups(self) -> AsyncIterator[list[Line]]:
        splitter = LineSplitter(self._service.settings.max_body_bytes)
        is_complete = False
        while not is_complete:
            message = await self._body.receive_piece()
            is_complete = not message.get("more_body", False)
            lines = splitter.feed(message.get("body", b""))
            if is_complete and message["type"] != "http.disconnect":
                lines += splitter.end()
            for start in range(0, len(lines), _LINES_AT_A_TIME):
                yield lines[start : start + _LINES_AT_A_TIME]

    def _answers(self, group: Sequence[Line]) -> bytes:
        served = self._service.slot.served  # taken once: answers of one group are one model's
        self._service.rates.take(self._bucket, len(group))
        decoded = [_decoded(line) for line in group]
        classified = iter(self._classified(served, [one for one in decoded if isinstance(one, PredictIn)]))
        answers = [next(classified) if isinstance(one, PredictIn) else one for one in decoded]
        return self._packed(b"".join(self._encoded(answer, line) for answer, line in zip(answers, group, strict=True)))

    def _classified(self, served: ServedModel, posted: Sequence[PredictIn]) -> list[PredictionOut | Refusal]:
        try:
            answers = self._service.scorer.classify_now(served, posted)
        except (WasimError, HTTPException) as error:  # one article is refused, and with it the group: which one?
            if len(posted) == 1:
                return [error]
            return [answer for one in posted for answer in self._classified(served, [one])]
        return [
            PredictionOut.of(answer, served.model, explain=one.explain, request_id=self._request_id)
            for answer, one in zip(answers, posted, strict=True)
        ]

    def _packed(self, answers: bytes) -> bytes:
        if self._packer is None:
            return answers
        return self._packer.compress(answers) + self._packer.flush(zlib.Z_SYNC_FLUSH)  # all of it, now

    def _encoded(self, answer: PredictionOut | Refusal, line: Line) -> bytes:
        if isinstance(answer, PredictionOut):
            return _encode(answer, exclude_none=True) + b"\n"
        document = Problem.of(answer).document(request_id=self._request_id, line=line.number)
        return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def _decoded(line: Line) -> PredictIn | Refusal:
    if line.content is None:
        return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The line is longer than a body may be.")
    try:
        posted: PredictIn = _decode(line.content)
    except RequestValidationError as error:
        return error
    return posted
