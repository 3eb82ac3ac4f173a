"""Rows as text: JSON Lines, CSV, and IPTC's ninjs."""

import csv
import io
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import orjson

from wasim.model.topics import Topic
from wasim.service.archive.options import Partition
from wasim.service.archive.writers.base import Pack, RowWriter, TaggedColumns, kept_values, topic_lists

_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
_TOPIC_SEPARATOR = ";"
_SURE = 100


class JsonLinesWriter(RowWriter):
    """``{"id", "topics", "scores", "model"}`` a line; kept values stand after them."""

    suffix = ".jsonl"

    def encode(self, parts: Sequence[TaggedColumns]) -> bytes:
        """Lay rows out, unpacked."""
        return b"".join(_json(row) for part in parts for row in self._rows(part))

    def _rows(self, part: TaggedColumns) -> Sequence[dict[str, Any]]:
        columns = zip(
            part.articles.ids, topic_lists(part, self.topics), part.scores().tolist(), kept_values(part), strict=True
        )
        return [
            {"id": row_id, "topics": topics, "scores": dict(zip(self.topics, scores, strict=True))}
            | {"model": self.model_name}
            | kept
            for row_id, topics, scores, kept in columns
        ]


class CsvWriter(RowWriter):
    """A header, then ``id``, the topics between semicolons, a column for each topic's score, the model, what was kept.

    Written as RFC 4180 says, in UTF-8.
    """

    suffix = ".csv"

    def __init__(
        self,
        topics: Sequence[str],
        model_name: str,
        pack: Pack,
        keep: Sequence[str],
        partition: Partition | None = None,
    ) -> None:
        super().__init__(topics, model_name, pack, partition)
        self.keep = tuple(keep)

    def encode(self, parts: Sequence[TaggedColumns]) -> bytes:
        """Lay rows out, unpacked."""
        text = io.StringIO()
        rows = csv.writer(text)
        for part in parts:
            columns = zip(
                part.articles.ids,
                topic_lists(part, self.topics),
                part.scores().tolist(),
                kept_values(part),
                strict=True,
            )
            for row_id, topics, scores, kept in columns:
                cells = [cell(value) for value in kept.values()]
                rows.writerow([row_id, _TOPIC_SEPARATOR.join(topics), *scores, self.model_name, *cells])
        return text.getvalue().encode("utf-8", "backslashreplace")

    def head(self) -> bytes:
        """Give the header."""
        text = io.StringIO()
        csv.writer(text).writerow(["id", "topics", *self.topics, "model", *self.keep])
        return text.getvalue().encode("utf-8", "backslashreplace")


class NinjsWriter(RowWriter):
    """ninjs 2.1, a news object a line, with the topics as ``subjects``: an update for what is in a newsroom's system.

    Source: IPTC, ninjs-schema_2.1.json.
    """

    suffix = ".jsonl"

    def __init__(
        self,
        topics: Sequence[Topic],
        model_name: str,
        pack: Pack,
        keep: Sequence[str],
        partition: Partition | None = None,
    ) -> None:
        super().__init__([topic.id for topic in topics], model_name, pack, partition)
        self.names = [topic.name_ar for topic in topics]
        self.keep = tuple(keep)

    def encode(self, parts: Sequence[TaggedColumns]) -> bytes:
        """Lay rows out, unpacked."""
        return b"".join(_json(item) for part in parts for item in self._items(part))

    def _items(self, part: TaggedColumns) -> Sequence[dict[str, Any]]:
        columns = zip(
            part.articles.ids, part.tagged.tolist(), part.probabilities.tolist(), kept_values(part), strict=True
        )
        return [
            {
                "uri": _uri("article", row_id),
                "type": "text",
                "representationtype": "partial",
                "language": "ar",
                "altids": [{"role": "id", "value": str(row_id)}]
                + [{"role": name, "value": cell(value)} for name, value in kept.items()],
                "subjects": [self._subject(column, probabilities[column]) for column, has in enumerate(tagged) if has],
            }
            for row_id, tagged, probabilities, kept in columns
        ]

    def _subject(self, column: int, probability: float) -> dict[str, Any]:
        topic = self.topics[column]
        return {
            "name": self.names[column],
            "rel": "about",
            "uri": _uri("topic", topic),
            "literal": topic,
            "creator": f"wasim {self.model_name}",
            "confidence": round(_SURE * probability),
        }


def _json(row: dict[str, Any]) -> bytes:
    return orjson.dumps(row, option=_OPTIONS, default=str)


def cell(value: object) -> str:
    """Write a kept value as text; what is no text, as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode()


def _uri(kind: str, name: str | int) -> str:
    text = str(name)
    scheme, colon, rest = text.partition(":")
    if colon and rest and scheme.isascii() and scheme[:1].isalpha() and not any(map(str.isspace, text)):
        return quote(text, safe=":/?#[]@!$&'()*+,;=%-._~")
    return f"urn:wasim:{kind}:{quote(text, safe='')}"
