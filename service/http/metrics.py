"""What Prometheus reads at ``/metrics``; right with one worker and with several.

Several workers each write their values into files of one folder, and whichever is asked adds them up: that is
how prometheus_client does it where ``PROMETHEUS_MULTIPROC_DIR`` is set, which :mod:`wasim.service.http.server`
does before the workers start.
"""

import os
from collections.abc import Sequence
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MultiProcessValue

from wasim.model import Classification
from wasim.model.drift import DriftReport
from wasim.service.http.reload import ReloadFailure
from wasim.service.http.served_model import ServedModel

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1)
_REJECTIONS = {
    401: "no_key",
    403: "scope",
    408: "slow",
    413: "too_large",
    415: "media_type",
    429: "rate",
    503: "busy",
}
disable_created_metrics()  # a second series for each counter, which nobody reads


class Metrics:
    """Counts what the service does. One for each app; its registry is its own."""

    def __init__(self) -> None:
        if FOLDER_VARIABLE in os.environ:
            pid = os.getpid()  # asked once, not at every count
            values.ValueClass = MultiProcessValue(lambda: pid)
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "wasim_requests", "Requests answered.", ["route", "method", "status"], registry=registry
        )
        self._seconds = Histogram(
            "wasim_request_seconds", "From a request's head to its answer's end.", ["route"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self.n_in_flight = 0
        self._in_flight = Gauge(
            "wasim_requests_in_flight", "Requests being answered.", multiprocess_mode="livesum", registry=registry
        )
        self._rejected = Counter("wasim_requests_rejected", "Requests refused.", ["reason"], registry=registry)
        self._articles = Counter("wasim_articles", "Articles classified.", ["model"], registry=registry)
        self._tagged = Counter("wasim_articles_tagged", "Articles that got a topic.", ["topic"], registry=registry)
        self._without_topic = Counter("wasim_articles_without_topic", "Articles that got none.", registry=registry)
        self.unknown_words = Histogram(
            "wasim_unknown_word_share", "Share of an article's words that the model does not know; of a sample.",
            buckets=_SHARES, registry=registry,
        )  # fmt: skip
        self._workers = Gauge(
            "wasim_model_workers", "Workers that answer with this model.", ["model"],
            multiprocess_mode="livesum", registry=registry,
        )  # fmt: skip
        self._reloads = Counter("wasim_model_loads", "Models brought into use, or not.", ["outcome"], registry=registry)
        self._stale = Gauge(
            "wasim_model_stale_workers", "Workers that could not load the model that should answer.",
            multiprocess_mode="livesum", registry=registry,
        )  # fmt: skip
        self._store_unreachable = Gauge(
            "wasim_store_unreachable_workers", "Workers that can't keep corrections or learn of new keys.",
            multiprocess_mode="livesum", registry=registry,
        )  # fmt: skip
        self._drift = Gauge(
            "wasim_probability_psi", "Drift of a topic's probabilities since training; of the worker that drifts most.",
            ["topic"], multiprocess_mode="livemax", registry=registry,
        )  # fmt: skip
        self._model: str | None = None
        # Finding a labelled series takes as long as counting in it, and there are few.
        self._requests_of, self._seconds_of = cache(self._requests.labels), cache(self._seconds.labels)
        self._articles_of, self._tagged_with = cache(self._articles.labels), cache(self._tagged.labels)

    def exposition(self) -> bytes:
        """Lay everything out as Prometheus reads it."""
        self.refresh()
        if FOLDER_VARIABLE not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together)

    def refresh(self) -> None:
        """Show the values that change too often to be written each time; for the other workers to be read."""
        self._in_flight.set(self.n_in_flight)

    def request_answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests_of(route, method, status).inc()
        self._seconds_of(route).observe(seconds)
        if status in _REJECTIONS and route.startswith("/v1/"):
            self._rejected.labels(_REJECTIONS[status]).inc()

    def articles_classified(self, served: ServedModel, answers: Sequence[Classification]) -> None:
        """Count articles and their topics."""
        self._articles_of(served.model.name).inc(len(answers))
        for answer in answers:
            topics = answer.topics
            for topic in topics:
                self._tagged_with(topic).inc()
            if not topics:
                self._without_topic.inc()

    def model_changed(self, outcome: ServedModel | ReloadFailure) -> None:
        """Note which model answers now, or that the one that should does not."""
        if isinstance(outcome, ReloadFailure):
            self._reloads.labels("failed").inc()
            self._stale.set(1)
            return
        if self._model is not None:
            self._workers.labels(self._model).set(0)
        self._model = outcome.model.name
        self._workers.labels(self._model).set(1)
        self._reloads.labels("loaded").inc()
        self._stale.set(0)

    def store_looked_at(self, answered: bool) -> None:
        """Note whether the store answered."""
        self._store_unreachable.set(not answered)

    def drift_measured(self, report: DriftReport) -> None:
        """Show how far each topic's probabilities have moved; 0 while that may be chance: it is with few articles."""
        for topic, shift in report.probabilities.items():
            if shift.psi is not None and shift.chance is not None:
                self._drift.labels(topic).set(shift.psi if shift.psi > shift.chance else 0)
