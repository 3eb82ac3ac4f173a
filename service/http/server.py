"""Running the service: uvicorn, one or several worker processes."""

import os
import signal
import socket
import tempfile
from functools import partial
from typing import TYPE_CHECKING

import uvicorn
from rich.console import Console

from wasim.model.errors import SettingsError
from wasim.service.http import logs
from wasim.service.http.connections import GuardedProtocol
from wasim.service.http.draining import DrainingServer
from wasim.service.settings import PREFIX, ServiceSettings, read_settings
from wasim.service.threads import one_thread_each

if TYPE_CHECKING:
    from fastapi import FastAPI


def serve(settings: ServiceSettings) -> None:
    """Serve until a signal comes.

    Raises
    ------
    ArtifactError
        Before anything listens, when there is no model to serve.
    SettingsError
        When the address can't be listened on, or anybody could use it who should not.
    StoreError
        When the store can't be used.
    """
    one_thread_each()  # before numpy is imported
    from wasim.model import TopicModel  # noqa: PLC0415  heavy; the settings are checked before

    _require_safe_address(settings)
    model = TopicModel.load(settings.artifacts)
    # Workers are processes of their own: they read their settings from the environment.
    os.environ.update({f"{PREFIX}{name.upper()}": str(value) for name, value in settings.model_dump().items()})
    listener = _listen(settings)
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}"
    Console().print(f"wasim serves {model.name} on {address} (try it: {address}/docs)", soft_wrap=True)
    logs.configure(settings.log_level)
    config = _uvicorn_config(settings)
    if settings.workers == 1:
        DrainingServer(config).run(sockets=[listener])
        return
    from wasim.service.http.workers import Supervisor  # noqa: PLC0415  only here

    with tempfile.TemporaryDirectory(prefix="wasim-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # before a worker imports prometheus_client, which reads it
        Supervisor(config, [listener]).run()


def app_from_environment() -> "FastAPI":
    """Make the service from ``WASIM_*`` variables; what each worker calls."""
    from wasim.service.http.app import create_app  # noqa: PLC0415  heavy

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the model is loaded, which will be the current one anyway
    settings = read_settings()
    logs.configure(settings.log_level)
    return create_app(settings)


def _uvicorn_config(settings: ServiceSettings) -> uvicorn.Config:
    return uvicorn.Config(
        "wasim.service.http.server:app_from_environment",
        factory=True,
        workers=settings.workers,
        http=partial(GuardedProtocol, client_seconds=settings.client_seconds),  # type: ignore[arg-type]
        ws="none",
        timeout_keep_alive=settings.idle_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        access_log=False,
        log_config=None,
        server_header=False,
    )


def _require_safe_address(settings: ServiceSettings) -> None:
    from wasim.service.http.access import Access, require_safe_address  # noqa: PLC0415  heavy
    from wasim.service.store.store import open_store  # noqa: PLC0415  heavy

    with open_store(settings.database_url) as store:
        store.ring.known_keys()
        require_safe_address(settings, Access(settings, store.ring))


def _listen(settings: ServiceSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise SettingsError(
            f"can't listen on {settings.host} port {settings.port}: {error.strerror}. Choose another {PREFIX}PORT."
        ) from None
