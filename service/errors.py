"""How errors look from outside: RFC 9457 problem documents over HTTP, exit codes on the command line."""

from http import HTTPStatus
from typing import Any

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
    errors.SettingsError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

# What a client's software should know beside the status.
HTTP_HEADERS: dict[type[WasimError], dict[str, str]] = {
    errors.UnauthenticatedError: {"WWW-Authenticate": 'Bearer realm="wasim"'},
    errors.ScopeMissingError: {"WWW-Authenticate": 'Bearer realm="wasim", error="insufficient_scope"'},
    errors.StoreUnavailableError: {"Retry-After": "2"},
}

PROBLEM_TYPE = "application/problem+json"


def http_status(error: WasimError) -> HTTPStatus:
    """Look up the status of an error: its own class's, or the nearest base's."""
    return next(HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS)


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """Make a problem document.

    Source: RFC 9457, "Problem Details for HTTP APIs".
    """
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(orjson.dumps(document), status_code=status, media_type=PROBLEM_TYPE)


def problem_of(error: WasimError) -> Response:
    """Make the problem document of one of our own errors."""
    response = problem(http_status(error), type(error).__name__.removesuffix("Error"), str(error))
    response.headers.update(HTTP_HEADERS.get(type(error), {}))
    return response


def install(app: FastAPI) -> None:
    """Make the app answer every error with a problem document."""

    @app.exception_handler(WasimError)
    async def _known(_: Request, error: Exception) -> Response:
        assert isinstance(error, WasimError)
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        issues = [
            {
                "at": ".".join(map(str, issue["loc"])),
                "message": str(issue["msg"]).encode("utf-8", "replace").decode(),
            }
            for issue in error.errors()
        ]
        if any(issue["type"] == "json_invalid" for issue in error.errors()):
            return problem(HTTPStatus.BAD_REQUEST, "NotJson", f"The body is not JSON: {issues[0]['message']}.")
        detail = "; ".join(f"{issue['at']}: {issue['message']}" for issue in issues)
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "InvalidRequest", detail, errors=issues)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = problem(error.status_code, HTTPStatus(error.status_code).phrase, str(error.detail))
        response.headers.update(error.headers or {})
        methods = _methods(app, request.url.path) if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else set()
        if methods:
            response.headers["Allow"] = ", ".join(sorted(methods))
        return response

    @app.exception_handler(Exception)
    async def _unknown(_: Request, __: Exception) -> Response:
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "InternalError",
            "The service failed; its log says where. Try again.",
        )


def _methods(app: FastAPI, path: str) -> set[str]:
    """Collect the methods of all documented routes of a path; Starlette names those of the first alone."""
    return {
        method.upper()
        for template, operations in app.openapi()["paths"].items()
        if compile_path(template)[0].match(path)
        for method in operations
    }
