"""Accepted corrections as rows of a corpus, for ``wasim train --with-feedback``."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from wasim.model import Article
from wasim.model.durable import file_that_appears_whole
from wasim.service.store.records import FeedbackRecord

NO_TOPIC = "(none)"


def export_corrections(accepted: Iterable[FeedbackRecord], output: Path) -> Counter[str]:
    """Write accepted corrections as JSON Lines of a corpus, one for each article: the one sent last holds.

    Returns
    -------
    How many articles each topic has, and NO_TOPIC.
    """
    latest: dict[Article, FeedbackRecord] = {}
    for record in accepted:
        latest[record.article] = record
    with file_that_appears_whole(output) as file:
        for record in latest.values():
            file.write(orjson.dumps(corpus_row(record), option=orjson.OPT_APPEND_NEWLINE))
    return Counter(topic for record in latest.values() for topic in record.topics or [NO_TOPIC])


def corpus_row(record: FeedbackRecord) -> dict[str, Any]:
    """Turn a correction into a corpus's row.

    A topic that the model gave and people took away is a passing mention: the negative that teaches most.
    """
    return {
        "id": f"feedback-{record.id}",
        "title": record.article.title,
        "text": record.article.text,
        "topics": record.topics,
        "mentions": [topic for topic in record.predicted if topic not in record.topics],
        "note": record.note,
    }
