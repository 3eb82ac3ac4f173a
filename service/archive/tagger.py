"""From a shard of records to rows of output: what a worker does, wherever it runs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from wasim.model import Article, TopicModel
from wasim.service.archive.records import ArticleColumns, RecordReader, Rejected, joined
from wasim.service.archive.shards import Shard
from wasim.service.archive.summary import ShardCounts, StageTimes
from wasim.service.archive.writers import RowWriter, TaggedColumns


@dataclass(frozen=True, slots=True)
class TaggedShard:
    """A shard's output.

    ``rows`` holds files by name (one, ``""``, unless rows are laid out by date), ``rejects`` JSON Lines;
    ``digest`` and ``bytes_read`` are the input shard's.
    """

    number: int
    digest: str
    bytes_read: int
    rows: Mapping[str, bytes]
    rejects: bytes
    counts: ShardCounts
    times: StageTimes = field(default_factory=StageTimes)


class ShardTagger:
    """Tags shards.

    Parameters
    ----------
    model
        What tags.
    reader, writer
        How records become articles, and tagged articles rows.
    """

    def __init__(self, model: TopicModel, reader: RecordReader, writer: RowWriter) -> None:
        self.model = model
        self.reader = reader
        self.writer = writer

    def tag(self, shard: Shard) -> TaggedShard:
        """Parse, score and lay out a shard."""
        times = StageTimes()
        with times.measure("parse"):
            parts = joined([chunk.parse(self.reader) for chunk in shard.chunks])
            digest = shard.digest()
        with times.measure("score"):
            tagged = [self._scored(part) for part in parts]
        with times.measure("write"):
            rows = self.writer.lay_out([part for part in tagged if len(part)])
            rejected = [reject for part in parts for reject in part.rejected]
            rejects = b"".join(map(_reject_line, rejected))
        counts = ShardCounts(
            sum(map(len, parts)), len(rejected), sum(part.n_older for part in parts), self._topics(tagged)
        )
        return TaggedShard(shard.number, digest, shard.bytes_read, rows, rejects, counts, times)

    def _scored(self, part: ArticleColumns) -> TaggedColumns:
        if not isinstance(part.titles, list):
            scored = self.model.classify_arrow(part.titles, part.texts)
            return TaggedColumns(part, scored.probabilities, scored.tagged)
        articles = list(map(Article, part.titles, part.texts))
        probabilities = self.model.probabilities(self.model.score(articles))
        return TaggedColumns(part, probabilities, probabilities >= self.model.calibration.thresholds)

    def _topics(self, tagged: Sequence[TaggedColumns]) -> dict[str, int]:
        counts = Counter[str]()
        for part in tagged:
            counts.update(dict(zip(self.writer.topics, part.tagged.sum(axis=0).tolist(), strict=True)))
            counts[""] += int((~part.tagged.any(axis=1)).sum())
        return {topic: count for topic, count in counts.items() if count}


def _reject_line(rejected: Rejected) -> bytes:
    row = {"place": rejected.place, "reason": rejected.reason}
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
