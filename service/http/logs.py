"""What is logged, and how: one JSON object a line on standard error, and never a word of an article."""

import atexit
import logging
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from functools import cache
from typing import BinaryIO, cast

import orjson
import structlog

_LEVELS = logging.getLevelNamesMapping()
_SECONDS_BETWEEN_WRITES = 0.05
_MOST_WAITING = 20_000  # lines; what nobody takes away for that long is dropped, and said to be


class WaitingLines:
    """A file of lines that never makes its writer wait: a thread carries them on.

    A log that is read slowly, or not at all, would otherwise stop the service, and one write to the system for
    each request would cost more than checking its body.

    Parameters
    ----------
    file
        Where the lines go.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._waiting, self._dropped = file, deque[bytes](), 0
        self._carrying = threading.Lock()
        threading.Thread(target=self._carry_on, name="wasim-log", daemon=True).start()
        atexit.register(self.empty)

    def write(self, line: bytes) -> int:
        """Take a line."""
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append(line)
        else:
            self._dropped += 1
        return len(line)

    def flush(self) -> None:
        """Do nothing: the thread does."""

    def empty(self) -> None:
        """Write what waits."""
        with self._carrying:
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if self._dropped:
                lines.append(orjson.dumps({"event": "log lines dropped", "level": "warning", "lines": self._dropped}))
                lines.append(b"\n")
                self._dropped = 0
            if lines:
                self._file.write(b"".join(lines))
                self._file.flush()

    def _carry_on(self) -> None:
        while True:
            time.sleep(_SECONDS_BETWEEN_WRITES)
            with suppress(OSError, ValueError):  # nobody is left to read it
                self.empty()


def configure(level: str) -> None:
    """Make our own lines and those of libraries come out alike.

    Parameters
    ----------
    level
        ``info``, ``warning`` or ``error``; what is less is not written.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=orjson.dumps)],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level.upper()]),
        logger_factory=structlog.BytesLoggerFactory(cast("BinaryIO", _standard_error())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(_LEVELS[level.upper()], logging.WARNING), force=True)


def write_out() -> None:
    """Write what waits to be written; before the process ends by a signal, which nothing later would."""
    _standard_error().empty()


@cache
def _standard_error() -> WaitingLines:
    return WaitingLines(sys.stderr.buffer)


def _json(entry: object, **_: object) -> str:
    return orjson.dumps(entry, default=repr).decode()
