"""Guarded reloading: a new model is loaded beside the old one, tried, and only then takes its place."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from wasim.model.errors import ArtifactError
from wasim.model.registry import artifact_path
from wasim.service.http.served_model import ServedModel, manifest_digest

Answer = TypeVar("Answer")

_RETRY_SECONDS = 30  # a model that could not be loaded may have been half copied


@dataclass(frozen=True, slots=True)
class ReloadFailure:
    """Why the model that should be served is not, and since when (``time.time``)."""

    reason: str
    digest: str
    at: float


class ModelSlot:
    """Holds the model that answers, and replaces it.

    Replacing is one assignment: a request that took ``served`` before goes on with the old model, one that
    takes it after gets the new one, and none sees both.

    Parameters
    ----------
    artifacts
        The artifacts folder, or one artifact.
    threads
        Where a model is loaded while the event loop goes on answering.
    on_change
        Told of every model that comes into use, the first included, and of every failure.
    """

    def __init__(
        self, artifacts: Path, threads: Executor, on_change: Callable[[ServedModel | ReloadFailure], None]
    ) -> None:
        self._artifacts, self._threads, self._on_change = artifacts, threads, on_change
        self._reloading = asyncio.Lock()
        self.failure: ReloadFailure | None = None
        self.served = ServedModel.load(artifact_path(artifacts))
        on_change(self.served)

    async def reload(self) -> ServedModel:
        """Serve the model that the artifacts folder now calls current; do nothing where that is served already.

        Raises
        ------
        ArtifactError
            When it can't be loaded or gets a golden article wrong. The old model stays in use.
        """
        async with self._reloading:
            loop = asyncio.get_running_loop()
            try:
                # Only the swap is left to the event loop; reading, compiling and trying are not.
                fresh = await loop.run_in_executor(self._threads, self._load_if_changed)
            except ArtifactError as error:
                self._fail(str(error))
                raise
            except Exception as error:  # whatever it is, the old model stays; and whoever asked hears of it
                reason = f"{self._artifacts}: {error!r}"
                self._fail(reason)
                raise ArtifactError(f"{reason}. See whether the service may read the folder.") from error
            self.failure = None
            if fresh is not None:
                self.served = fresh
                self._on_change(fresh)
            return self.served

    async def look(self) -> None:
        """Reload if another model has become current; one that failed is tried again after some time."""
        if self._is_due():
            await self.reload_or_note()

    async def reload_or_note(self) -> None:
        """Reload where nobody waits for the outcome: a failure is told to ``on_change`` and stays in ``failure``."""
        with suppress(ArtifactError):
            await self.reload()

    async def in_thread(self, work: Callable[[], Answer]) -> Answer:
        """Do what reads or writes artifacts, between reloads."""
        async with self._reloading:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _is_due(self) -> bool:
        wanted = self._wanted_digest()
        if wanted == self.served.digest:
            self.failure = None
            return False
        failed = self.failure
        return failed is None or failed.digest != wanted or time.time() - failed.at > _RETRY_SECONDS

    def _load_if_changed(self) -> ServedModel | None:
        artifact = artifact_path(self._artifacts)
        return None if manifest_digest(artifact) == self.served.digest else ServedModel.load(artifact)

    def _wanted_digest(self) -> str:
        try:
            return manifest_digest(artifact_path(self._artifacts))
        except (ArtifactError, OSError, ValueError):
            return ""

    def _fail(self, reason: str) -> None:
        self.failure = ReloadFailure(reason, self._wanted_digest(), time.time())
        self._on_change(self.failure)
