"""Serving the page's files, with what a browser must know of them: what they may do, how long they last."""

from os import PathLike
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
MOUNTED_AT = "/page"

# Nothing inline, nothing from elsewhere, and no string ever becomes markup or code: the browser itself
# refuses innerHTML (trusted types), so that what users paste can't act. Source: W3C, Content Security Policy 3.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' blob:",  # pictures that had to be asked for with a key
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types wasim",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ALWAYS_ASK = "no-cache"  # kept by the browser, but compared by ETag each time: an upgrade shows at once
_FOR_A_YEAR = "public, max-age=31536000, immutable"  # a font's name changes when its content does


class PageFiles(StaticFiles):
    """The page's files, each with its headers; a file that the browser has already is answered with 304."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with one file; raises HTTPException (404, 405) as its base does."""
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        response.headers["Cache-Control"] = _FOR_A_YEAR if path.endswith(".woff2") else _ALWAYS_ASK
        return response


def install(app: FastAPI, folder: str | PathLike[str] = STATIC) -> None:
    """Serve the page at ``/`` and its files below ``/page``."""
    files = PageFiles(directory=folder)

    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    app.mount(MOUNTED_AT, files, name="page")
