"""Several workers, and who looks after them."""

import os
import signal

import structlog
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors import Multiprocess

from wasim.service.http.draining import drain

_log = structlog.get_logger("wasim.workers")


class Supervisor(Multiprocess):
    """uvicorn's supervisor, which also passes SIGHUP on and says aloud when a worker has died."""

    def handle_hup(self) -> None:
        """Let every worker look for a promoted model; uvicorn would start them all anew."""
        for pid in self._pids():
            os.kill(pid, signal.SIGHUP)

    def terminate_all(self) -> None:
        """Stop the workers once they have let in everybody who knocked."""
        drain(self.sockets)
        super().terminate_all()

    def keep_subprocess_alive(self) -> None:
        """Put a new worker in a dead one's place, and take the dead one out of the metrics."""
        before = self._pids()
        super().keep_subprocess_alive()
        for pid in before - self._pids():
            mark_process_dead(pid)
            _log.error("worker died", pid=pid, workers=len(self._pids()))

    def _pids(self) -> set[int]:
        return {process.pid for process in self.processes if process.pid is not None}
