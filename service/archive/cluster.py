"""The same work on a Dask cluster: shards are tasks, and the model travels once to each worker."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, get_worker

from wasim.model.errors import ArchiveWorkerError, SettingsError
from wasim.service.archive.engine import available_cores
from wasim.service.archive.shards import Shard
from wasim.service.archive.tagger import ShardTagger, TaggedShard

_WAITING_FOR_EACH_CORE = 3  # shards: one at work, others on their way
_CONNECT_SECONDS = 10
# These look into every process many times a second for a dashboard that nobody opens.
_FOR_WORKERS_HERE = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
}


class TaggerPlugin(WorkerPlugin):
    """Holds the tagger on a worker; one that joins later, or anew after a death, gets it too."""

    name = "wasim-tagger"

    def __init__(self, tagger: ShardTagger) -> None:
        self.tagger = tagger

    def setup(self, worker: Any) -> None:  # noqa: ARG002  Dask's signature
        """Get ready on a worker."""
        self.tagger.model.warm_up()


class DaskEngine:
    """Tags on a Dask cluster; without a scheduler's address, on one that it starts on this machine.

    Dask gives the shard of a worker that dies to another. Reading, writing and the journal stay here.
    """

    def __init__(self, tagger: ShardTagger, scheduler: str | None, n_workers: int | None) -> None:
        self._tagger = tagger
        self._scheduler = scheduler
        self._n_workers = n_workers or available_cores()

    def run(self, shards: Iterator[Shard]) -> Iterator[TaggedShard]:
        """Tag shards, in order.

        Raises
        ------
        SettingsError
            When no scheduler answers at the address.
        ArchiveWorkerError
            When workers die over the same shard again and again.
        """
        with ExitStack() as opened:
            client = opened.enter_context(self._client(opened))
            client.register_plugin(TaggerPlugin(self._tagger))
            window = _WAITING_FOR_EACH_CORE * max(1, sum(client.nthreads().values()))
            running: deque[Any] = deque()
            for shard in shards:
                running.append(client.submit(_tag, shard, pure=False))
                while len(running) > window or (running and running[0].done()):
                    yield _result(running.popleft())
            while running:
                yield _result(running.popleft())

    def _client(self, opened: ExitStack) -> Any:
        if self._scheduler is None:
            opened.enter_context(dask.config.set(_FOR_WORKERS_HERE))
            cluster = opened.enter_context(
                LocalCluster(
                    n_workers=self._n_workers, threads_per_worker=1, processes=True,
                    dashboard_address=None, host="127.0.0.1",
                )
            )  # fmt: skip
            return Client(cluster)
        try:
            return Client(self._scheduler, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            reason = str(error) or os.strerror(getattr(error, "errno", 0) or 0)
            raise SettingsError(f"--scheduler {self._scheduler}: no Dask scheduler answers there ({reason}).") from None


def _result(future: Any) -> TaggedShard:
    try:
        tagged: TaggedShard = future.result()
    except KilledWorker as error:
        raise ArchiveWorkerError(
            f"Dask gave up: {error}. What is done is safe; the same command goes on when the cluster is well."
        ) from None
    return tagged


def _tag(shard: Shard) -> TaggedShard:
    plugin: Any = get_worker().plugins[TaggerPlugin.name]
    tagged: TaggedShard = plugin.tagger.tag(shard)
    return tagged
