"""Who works on the shards: this process, processes beside it, or (see ``cluster``) other machines."""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Protocol

from wasim.model.errors import ArchiveWorkerError
from wasim.service.archive.shards import Shard
from wasim.service.archive.tagger import ShardTagger, TaggedShard

_WAITING_FOR_EACH_WORKER = 2  # shards: one at work, one ready; memory stays that of a few shards
_MOST_DEATHS = 3

_tagger: ShardTagger | None = None


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
    """Tags in processes on this machine, while this one reads and writes.

    A worker that dies (out of memory, killed) is replaced, and its shard done again.
    """

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
        waiting: deque[Shard] = deque()
        deaths = 0
        while True:
            try:
                for tagged in self._run_until_a_worker_dies(waiting, shards):
                    deaths = 0
                    yield tagged
            except BrokenProcessPool:
                deaths += 1
                if deaths == _MOST_DEATHS:
                    raise ArchiveWorkerError(
                        f"Workers died {deaths} times over part {waiting[0].number}, perhaps for want of memory. What "
                        "is done is safe: run the same command again with fewer --workers, or free memory first."
                    ) from None
            else:
                return

    def _run_until_a_worker_dies(self, waiting: deque[Shard], shards: Iterator[Shard]) -> Iterator[TaggedShard]:
        """Tag what waits and then the rest; at a death, ``waiting`` holds what is not done."""
        pool = self._new_pool()
        try:
            running: deque[Future[TaggedShard]] = deque(pool.submit(_tag, shard) for shard in waiting)
            for shard in shards:
                waiting.append(shard)
                running.append(pool.submit(_tag, shard))
                while len(waiting) > _WAITING_FOR_EACH_WORKER * self._n_workers or (running and running[0].done()):
                    yield _first(waiting, running)
            while running:
                yield _first(waiting, running)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _new_pool(self) -> ProcessPoolExecutor:
        # A fork shares the loaded model, its compiled code and their memory; elsewhere than on Linux system
        # libraries do not bear it. The first one comes before any thread of ours; one after a worker's death may
        # cut off the thread that writes, in the child, which never writes.
        method = "fork" if sys.platform == "linux" else "spawn"
        context = multiprocessing.get_context(method)
        return ProcessPoolExecutor(
            self._n_workers, mp_context=context, initializer=_start_worker, initargs=(self._tagger,)
        )


def _first(waiting: deque[Shard], running: deque[Future[TaggedShard]]) -> TaggedShard:
    tagged = running[0].result()
    running.popleft()
    waiting.popleft()
    return tagged


def _start_worker(tagger: ShardTagger) -> None:
    global _tagger  # noqa: PLW0603  a worker process has one
    _tagger = tagger
    tagger.model.warm_up()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the main process ends the others
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the main process does, even when it was killed and could not say so."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _tag(shard: Shard) -> TaggedShard:
    assert _tagger is not None
    return _tagger.tag(shard)


def available_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
