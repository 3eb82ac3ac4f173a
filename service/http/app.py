"""The HTTP service, put together.

A request passes, from the outside in: :mod:`observed <wasim.service.http.observed>` (id, log, metrics, headers),
CORS where it was opened, :mod:`limits <wasim.service.http.limits>` (requests at a time, size and time of the body),
and its route, which first asks :mod:`access <wasim.service.http.access>` who it is:
:mod:`predict <wasim.service.http.predict>` by a :mod:`short cut <wasim.service.http.direct>`, all others
(:mod:`routes <wasim.service.http.routes>`, :mod:`feedback <wasim.service.http.feedback>`) through FastAPI.
"""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from wasim.model import Article, Classification
from wasim.service import errors, page
from wasim.service.http import feedback, logs, predict
from wasim.service.http.access import Access
from wasim.service.http.direct import ShortCut
from wasim.service.http.drift import DriftWatch
from wasim.service.http.limits import Limits
from wasim.service.http.metrics import Metrics
from wasim.service.http.observed import Observed
from wasim.service.http.rates import RateLimit
from wasim.service.http.reload import ModelSlot, ReloadFailure
from wasim.service.http.routes import router
from wasim.service.http.schemas import ProblemOut
from wasim.service.http.scoring import Scorer
from wasim.service.http.served_model import ServedModel
from wasim.service.http.state import Service
from wasim.service.settings import ServiceSettings
from wasim.service.store.store import open_store

_SCORING_THREADS = 2  # a batch and a long article, and each has memory of its own
_SECONDS_BETWEEN_REFRESHES = 1
_SECONDS_BETWEEN_DRIFTS = 15  # as often as Prometheus looks
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "model": ProblemOut,
        "content": {errors.PROBLEM_TYPE: {}},
        "description": HTTPStatus(status).phrase,
    }
    for status in (400, 401, 403, 408, 409, 413, 415, 422, 429, 503)
}
_log = structlog.get_logger("wasim.model")


class _Service(FastAPI):
    """FastAPI within our own layers; its own layers are passed only by what takes no short cut."""

    def __init__(self, settings: ServiceSettings, metrics: Metrics, **described: Any) -> None:
        self._settings, self._metrics = settings, metrics
        super().__init__(**described)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks it; not through FastAPI's telemetry, since our layers observe it."""
        if scope["type"] == "http":
            await Starlette.__call__(self, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Put the layers around each other, the innermost first."""
        app: ASGIApp = ShortCut(super().build_middleware_stack(), self.routes)
        app = Limits(app, self._settings)
        if self._settings.cors_origins:
            origins = [origin.strip() for origin in self._settings.cors_origins.split(",")]
            app = CORSMiddleware(
                app, allow_origins=origins, allow_methods=["*"], allow_headers=["*"], expose_headers=["*"]
            )
        return Observed(app, self._metrics)


def create_app(settings: ServiceSettings) -> FastAPI:
    """Make the service; the model is loaded when it starts."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with (
            open_store(settings.database_url, metrics.store_looked_at) as store,
            _running(settings, metrics) as service,
        ):
            app.state.store, app.state.access = store, Access(settings, store.ring)
            app.state.service = service
            async with _watching(service):
                yield
        logs.write_out()

    app = _Service(
        settings,
        metrics,
        title="wasim",
        summary="Topics for Arabic news articles, with the words that earned them.",
        version="1",
        lifespan=lifespan,
        responses=_PROBLEMS,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    errors.install(app)
    predict.install(app)
    app.include_router(router)
    app.include_router(feedback.router)
    page.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    return app


@contextmanager
def _running(settings: ServiceSettings, metrics: Metrics) -> Iterator[Service]:
    """Load the model and start the threads; yields what routes need."""

    def on_change(outcome: ServedModel | ReloadFailure) -> None:
        metrics.model_changed(outcome)
        if isinstance(outcome, ReloadFailure):
            _log.error("model not loaded", reason=outcome.reason)
        else:
            _log.info("model in use", model=outcome.model.name)

    drift = DriftWatch(metrics)

    def on_classified(served: ServedModel, articles: Sequence[Article], answers: Sequence[Classification]) -> None:
        metrics.articles_classified(served, answers)
        drift.observe(served, articles, answers)

    with ThreadPoolExecutor(_SCORING_THREADS, "scoring") as scoring, ThreadPoolExecutor(1, "loading") as loading:
        yield Service(
            settings=settings,
            slot=ModelSlot(settings.artifacts, loading, on_change),
            scorer=Scorer(scoring, on_classified),
            rates=RateLimit(settings.rate_limit),
            metrics=metrics,
            drift=drift,
            threads=scoring,
        )


@asynccontextmanager
async def _watching(service: Service) -> AsyncIterator[None]:
    """Look for promoted models, by the clock and on SIGHUP, and keep the metrics fresh."""
    tasks = set[asyncio.Task[None]]()

    def start(work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def refresh() -> None:
        service.metrics.refresh()

    start(_repeat(refresh, _SECONDS_BETWEEN_REFRESHES))
    start(_repeat(lambda: service.measure_drift(service.slot.served), _SECONDS_BETWEEN_DRIFTS))
    if service.settings.watch_seconds:
        start(_repeat(service.slot.look, service.settings.watch_seconds))
    if threading.current_thread() is threading.main_thread():  # only there are signals received
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: start(service.slot.reload_or_note()))
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(work: Callable[[], Awaitable[object]], seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            _log.exception("failed in the background")  # and tried again
