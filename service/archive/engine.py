"""Who works on the shards: this process, processes beside it, or (see ``cluster``) other machines."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Protocol

from wasim.service.archive.pool import WorkerPool
from wasim.service.archive.shards import Shard
from wasim.service.archive.tagger import ShardTagger, TaggedShard

_WAITING_FOR_EACH_WORKER = 2  # shards: one at work, one ready; memory stays that of a few shards


class Engine(Protocol):
    """Tags shards."""

    def run(self, shards: Iterator[Shard]) -> Iterator[TaggedShard]:
        """Tag shards; they come out in order, each as soon as it and all before it are done."""


class SerialEngine:
    """Tags in this process, one shard after the other: for one core, and for what is soon done."""

    def __init__(self, tagger: ShardTagger) -> None:
        self._tagger = tagger

    def run(self, shards: Iterator[Shard]) -> Iterator[TaggedShard]:
        """Tag shards, in order."""
        return map(self._tagger.tag, shards)


class ProcessEngine:
    """Tags in processes on this machine, while this one reads and writes."""

    def __init__(self, tagger: ShardTagger, n_workers: int) -> None:
        self._tagger = tagger
        self._n_workers = n_workers

    def run(self, shards: Iterator[Shard]) -> Iterator[TaggedShard]:
        """Tag shards, in order.

        Raises
        ------
        ArchiveWorkerError
            When workers die over the same shard again and again.
        """
        with WorkerPool(self._tagger, self._n_workers) as pool:
            running: deque[Future[TaggedShard]] = deque()
            for shard in shards:
                running.append(pool.submit(shard))
                while len(running) > _WAITING_FOR_EACH_WORKER * self._n_workers or (running and running[0].done()):
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()


def available_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
