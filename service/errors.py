"""How errors look from outside: RFC 9457 problem documents over HTTP, exit codes on the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from wasim.model import errors
from wasim.model.errors import WasimError

HTTP_STATUS: dict[type[WasimError], HTTPStatus] = {
    errors.ArticleEmptyError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ArticleTooLongError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.ArticleError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ArtifactError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.PromotionRefusedError: HTTPStatus.CONFLICT,
    errors.CorpusError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.ArchiveError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.AccessError: HTTPStatus.FORBIDDEN,
    errors.KeyMissingError: HTTPStatus.NOT_FOUND,
    errors.FeedbackMissingError: HTTPStatus.NOT_FOUND,
    errors.FeedbackConflictError: HTTPStatus.CONFLICT,
    errors.FeedbackError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ServiceError: HTTPStatus.BAD_GATEWAY,
    errors.SettingsError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

# What a client's software should know beside the status.
HTTP_HEADERS: dict[type[WasimError], dict[str, str]] = {
    errors.UnauthenticatedError: {"WWW-Authenticate": 'Bearer realm="wasim"'},
    errors.ScopeMissingError: {"WWW-Authenticate": 'Bearer realm="wasim", error="insufficient_scope"'},
    errors.StoreUnavailableError: {"Retry-After": "2"},
}

# What says itself what is wrong; anything else is a fault of the service.
EXPECTED = (WasimError, RequestValidationError, HTTPException)

PROBLEM_TYPE = "application/problem+json"
_MOST_ISSUES = 20


def http_status(error: WasimError) -> HTTPStatus:
    """Look up the status of an error: its own class's, or the nearest base's."""
    return next(HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a problem document says, and the headers that go with it.

    Source: RFC 9457, "Problem Details for HTTP APIs".
    """

    status: int
    title: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, error: Exception) -> Self:
        """Describe an error; of one that nobody expected, only that it happened: its text may hold anything."""
        match error:
            case WasimError():
                title, headers = type(error).__name__.removesuffix("Error"), HTTP_HEADERS.get(type(error), {})
                return cls(http_status(error), title, str(error), headers=headers)
            case RequestValidationError():
                return cls._of_invalid(error)
            case HTTPException():
                title = HTTPStatus(error.status_code).phrase
                return cls(error.status_code, title, str(error.detail), headers=error.headers or {})
            case _:
                detail = "The service failed; its log says where. Try again."
                return cls(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", detail)

    @classmethod
    def _of_invalid(cls, error: RequestValidationError) -> Self:
        issues = [
            {
                "at": ".".join(map(str, issue["loc"])),
                "message": str(issue["msg"]).encode("utf-8", "replace").decode(),
            }
            for issue in error.errors()[:_MOST_ISSUES]
        ]
        if any(issue["type"] == "json_invalid" for issue in error.errors()):
            return cls(HTTPStatus.BAD_REQUEST, "NotJson", f"The body is not JSON: {issues[0]['message']}.")
        detail = "; ".join(f"{issue['at']}: {issue['message']}" for issue in issues)
        return cls(HTTPStatus.UNPROCESSABLE_ENTITY, "InvalidRequest", detail, {"errors": issues})

    def document(self, **more: Any) -> dict[str, Any]:
        """Lay it out as JSON holds it."""
        head = {"type": "about:blank", "title": self.title, "status": int(self.status), "detail": self.detail}
        return {**head, **self.more, **more}

    def response(self, **more: Any) -> Response:
        """Make the answer to a request."""
        return Response(
            orjson.dumps(self.document(**more)), self.status, headers=dict(self.headers), media_type=PROBLEM_TYPE
        )


def install(app: FastAPI) -> None:
    """Make the app answer every error with a problem document."""

    async def answer(request: Request, error: Exception) -> Response:
        request_id = getattr(request.state, "request_id", None)
        response = Problem.of(error).response(**({"request_id": request_id} if request_id else {}))
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (methods := _methods(app, request.url.path)):
            response.headers["Allow"] = ", ".join(sorted(methods))
        return response

    for kind in (*EXPECTED, Exception):
        app.add_exception_handler(kind, answer)


def _methods(app: FastAPI, path: str) -> set[str]:
    """Collect the methods of all documented routes of a path; Starlette names those of the first alone."""
    return {
        method.upper()
        for template, operations in app.openapi()["paths"].items()
        if compile_path(template)[0].match(path)
        for method in operations
    }
