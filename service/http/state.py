"""What lives as long as the service does, where every route finds it."""

import asyncio
import os
import signal
from concurrent.futures import Executor
from dataclasses import dataclass

from fastapi import Request
from starlette.types import Scope as AsgiScope

from wasim.model.drift import DriftReport
from wasim.service.http.drift import DriftWatch
from wasim.service.http.metrics import Metrics
from wasim.service.http.rates import RateLimit
from wasim.service.http.reload import ModelSlot
from wasim.service.http.scoring import Scorer
from wasim.service.http.served_model import ServedModel
from wasim.service.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running service; ``app.state.service``.

    Parameters
    ----------
    settings
        How it runs.
    slot
        The model that answers.
    scorer
        Classifies what was posted.
    rates
        What each caller has left.
    metrics
        What it did so far.
    drift
        How far what was asked has moved from what the model was made from.
    threads
        Where long work is done.
    """

    settings: ServiceSettings
    slot: ModelSlot
    scorer: Scorer
    rates: RateLimit
    metrics: Metrics
    drift: DriftWatch
    threads: Executor

    def tell_other_workers(self) -> None:
        """Make the other workers look for a promoted model at once, and not only at their next look."""
        if self.settings.workers > 1:
            os.kill(os.getppid(), signal.SIGHUP)  # the supervisor passes it on

    async def measure_drift(self, served: ServedModel) -> DriftReport | None:
        """Compare the articles of late with those of the training, and show it in the metrics."""
        report = await asyncio.get_running_loop().run_in_executor(self.threads, self.drift.report, served)
        if report:
            self.metrics.drift_measured(report)
        return report


def service_of(request: Request) -> Service:
    """Find the service that a request came to."""
    service: Service = request.app.state.service
    return service


def request_id_of(scope: AsgiScope) -> str | None:
    """Find what the log calls a request."""
    request_id: str | None = scope.get("state", {}).get("request_id")
    return request_id
