"""Processes that tag beside this one. Each has a line of its own: who dies in the midst of an answer silences nobody.

The standard library's pool has one line for all. A worker that is killed while it writes to it leaves half an answer
there, and the pool waits for the other half for ever.
"""

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from mmap import mmap
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from wasim.model.errors import ArchiveWorkerError
from wasim.service.archive.shards import Shard
from wasim.service.archive.shared import Packed, new_shared_memory, pack, unpack
from wasim.service.archive.tagger import ShardTagger, TaggedShard

_MOST_DEATHS = 3


class _WorkerDiedError(Exception):
    """A worker ended before it answered."""


class WorkerPool:
    """Tags shards in processes; one that dies (out of memory, killed) is replaced, and its shard done again."""

    def __init__(self, tagger: ShardTagger, n_workers: int) -> None:
        self._tagger = tagger
        self._changing = threading.Lock()
        self._closed = False
        self._workers = {_Worker(tagger) for _ in range(n_workers)}  # before any thread of ours
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(n_workers)  # they talk with the processes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changing:
            self._closed = True
            for worker in self._workers:
                worker.end()
        self._threads.shutdown(cancel_futures=True)

    def submit(self, shard: Shard) -> "Future[TaggedShard]":
        """Tag a shard as soon as a worker is free.

        The future raises ArchiveWorkerError when workers die over this shard again and again.
        """
        return self._threads.submit(self._tag, shard)

    def _tag(self, shard: Shard) -> TaggedShard:
        for _ in range(_MOST_DEATHS):
            worker = self._idle.get()
            try:
                return worker.tag(shard)
            except _WorkerDiedError:
                worker = self._replaced(worker)
            finally:
                self._idle.put(worker)
        raise ArchiveWorkerError(
            f"Workers died {_MOST_DEATHS} times over part {shard.number}, perhaps for want of memory. What is done is "
            "safe: run the same command again with fewer --workers, or free memory first."
        )

    def _replaced(self, dead: "_Worker") -> "_Worker":
        # One at a time: a sibling that starts meanwhile would inherit, and hold open, the new one's end of its line.
        with self._changing:
            if self._closed:
                return dead
            dead.end()
            self._workers.remove(dead)
            worker = _Worker(self._tagger)
            self._workers.add(worker)
            return worker


class _Worker:
    """A process, and the line to it."""

    def __init__(self, tagger: ShardTagger) -> None:
        # A fork shares the loaded model, its compiled code and their memory; elsewhere than on Linux system
        # libraries do not bear it. One that replaces a dead worker may cut off, in the child, the thread that
        # writes; the child never does.
        context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self._line: Connection[Packed, TaggedShard | Exception]
        self._line, theirs = context.Pipe()
        self._shared = new_shared_memory()
        self._process = context.Process(target=_work, args=(tagger, theirs, self._shared), daemon=True)
        self._process.start()
        theirs.close()  # held by the worker alone, its end closes when it dies

    def tag(self, shard: Shard) -> TaggedShard:
        """Let it tag a shard, and wait for that.

        Raises
        ------
        _WorkerDiedError
            When it ends instead.
        """
        try:
            self._line.send(pack(shard, self._shared))
            outcome = self._line.recv()
        except (EOFError, OSError):
            raise _WorkerDiedError from None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()


def _work(tagger: ShardTagger, line: "Connection[TaggedShard | Exception, Packed]", shared: "mmap | None") -> None:
    """Tag what comes, until this process is ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the main process ends the others
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tagger.model.warm_up()
    while True:
        packed = line.recv()
        try:
            line.send(tagger.tag(unpack(packed, shared)))
        except Exception as error:
            line.send(error)


def _end_with_parent() -> None:
    """End when the main process does, even when it was killed and could not say so."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
