"""Several workers, and who looks after them."""

import os
import signal
import socket
import time

import structlog
import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from wasim.service.http.draining import drain

_SECONDS_BETWEEN_STARTS = 5
_log = structlog.get_logger("wasim.workers")


class Supervisor(Multiprocess):
    """uvicorn's supervisor, which also passes SIGHUP on and says aloud when a worker has died.

    A worker that can't start, as when the model that should answer is damaged, is tried again while others answer;
    uvicorn would stop them all.
    """

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._next_start = 0.0

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
        if self.should_exit.is_set():
            return
        self._start_what_is_missing()
        before = self._pids()
        super().keep_subprocess_alive()
        if self.should_exit.is_set():  # which here means that one could not start
            self._go_on_with_the_others()
        for pid in before - self._pids():
            mark_process_dead(pid)
            _log.error("worker died", pid=pid, workers=len(self._pids()))

    def _go_on_with_the_others(self) -> None:
        alive = [process for process in self.processes if process.exitcode is None]
        if alive:
            self.processes = alive
            self._next_start = time.monotonic() + _SECONDS_BETWEEN_STARTS
            self.should_exit.clear()

    def _start_what_is_missing(self) -> None:
        if len(self.processes) < self.processes_num and time.monotonic() >= self._next_start:
            process = Process(self.config, self.sockets)
            process.start()
            self.processes.append(process)

    def _pids(self) -> set[int]:
        return {process.pid for process in self.processes if process.pid is not None}
