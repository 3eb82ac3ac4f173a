"""The HTTP service, put together.

A request passes, from the outside in: :mod:`observed <wasim.service.http.observed>` (id, log, metrics, headers),
CORS where it was opened, :mod:`limits <wasim.service.http.limits>` (requests at a time, size and time of the body),
compression, and its route: :mod:`predict <wasim.service.http.predict>` or :mod:`routes <wasim.service.http.routes>`,
which first asks :mod:`access <wasim.service.http.access>` who it is.
"""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from wasim.model import Article, Classification
from wasim.service import errors, page
from wasim.service.http import feedback, predict
from wasim.service.http.access import Access
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
_SECONDS_BETWEEN_DRIFTS = 15  # as often as Prometheus looks
_SMALLEST_PACKED = 1024  # bytes of an answer
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "model": ProblemOut,
        "content": {errors.PROBLEM_TYPE: {}},
        "description": HTTPStatus(status).phrase,
    }
    for status in (400, 401, 403, 408, 409, 413, 415, 422, 429, 503)
}
_log = structlog.get_logger("wasim.model")


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

    app = FastAPI(
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
    # The one added last is the outermost.
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_PACKED, compresslevel=5)
    app.add_middleware(Limits, settings=settings)
    if settings.cors_origins:
        origins = [origin.strip() for origin in settings.cors_origins.split(",")]
        app.add_middleware(CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"])
    app.add_middleware(Observed, metrics=metrics)
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
    """Look for promoted models, by the clock and on SIGHUP."""
    tasks = set[asyncio.Task[object]]()

    def start(work: Any) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    start(_measure_drift(service))
    if service.settings.watch_seconds:
        start(service.slot.watch(service.settings.watch_seconds))
    if threading.current_thread() is threading.main_thread():  # only there are signals received
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: start(service.slot.reload_or_note()))
    yield
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)


async def _measure_drift(service: Service) -> None:
    while True:
        await asyncio.sleep(_SECONDS_BETWEEN_DRIFTS)
        served, loop = service.slot.served, asyncio.get_running_loop()
        if report := await loop.run_in_executor(service.threads, service.drift.report, served):
            service.metrics.drift_measured(report)
