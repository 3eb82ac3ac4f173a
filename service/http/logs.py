"""What is logged, and how: one JSON object a line on standard error, and never a word of an article."""

import logging
import logging.config
import sys

import orjson
import structlog

_LEVELS = logging.getLevelNamesMapping()


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
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
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


def _json(entry: object, **_: object) -> str:
    return orjson.dumps(entry, default=repr).decode()
