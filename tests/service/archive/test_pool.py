"""Processes that tag: one that dies is replaced, and whatever it was saying is said again."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

from wasim.model import TopicModel
from wasim.service.archive.options import ReadOptions, TagOptions
from wasim.service.archive.pool import WorkerPool
from wasim.service.archive.records import RecordReader
from wasim.service.archive.shards import Shard
from wasim.service.archive.summary import ShardCounts
from wasim.service.archive.tagger import ShardTagger, TaggedShard
from wasim.service.archive.writers import make_writer

ANSWER = b"x" * 50_000_000  # long enough to be killed in the midst of it


class DiesAnswering(ShardTagger):
    """Is killed, the first time that it answers about each shard, so many seconds after it began to."""

    def __init__(self, model: TopicModel, deaths: Path) -> None:
        options = TagOptions()
        super().__init__(model, RecordReader(ReadOptions(), 1000), make_writer(model, options, "out.jsonl"))
        self.deaths = deaths

    def tag(self, shard: Shard) -> TaggedShard:
        death = self.deaths / str(shard.number)
        if not death.exists():
            death.touch()
            threading.Timer(0.01 * shard.number, os.kill, (os.getpid(), signal.SIGKILL)).start()
        return TaggedShard(shard.number, "", 0, {"": ANSWER}, b"", ShardCounts())


def test_a_worker_killed_in_the_midst_of_an_answer_silences_nobody(small: TopicModel, tmp_path: Path) -> None:
    with WorkerPool(DiesAnswering(small, tmp_path), 2) as pool:
        answers = [pool.submit(Shard(number, (), 0)) for number in range(8)]
        assert [answer.result().number for answer in answers] == list(range(8))
        assert all(answer.result().rows[""] == ANSWER for answer in answers)


class Fails(DiesAnswering):
    """Can't tag anything."""

    def tag(self, shard: Shard) -> Any:
        raise ValueError(f"part {shard.number} is beyond me")


def test_what_goes_wrong_in_a_worker_is_told_here(small: TopicModel, tmp_path: Path) -> None:
    with WorkerPool(Fails(small, tmp_path), 1) as pool:
        assert str(pool.submit(Shard(7, (), 0)).exception()) == "part 7 is beyond me"
