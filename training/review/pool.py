"""Reading an archive that is to be reviewed: articles, some of which may have labels already."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from wasim.model.article import Article
from wasim.model.errors import CorpusUnreadableError
from wasim.training.corpus import described
from wasim.training.import_formats.lines import Line, read_lines
from wasim.training.import_formats.records import BadRecord

_ID_LENGTH = 24  # hexadecimal digits, 96 bits: no two articles will share them by chance


@dataclass(frozen=True, slots=True)
class PooledArticle:
    """One article of an archive; ``labels`` are the topics that somebody gave it, None where nobody has."""

    id: str
    article: Article
    labels: frozenset[str] | None = None


def read_pool(file: Path) -> Iterator[PooledArticle | BadRecord]:
    """Read JSON Lines (.gz too) with title, text, and where there are any id and topics, one after the other.

    Returns
    -------
    The articles in the file's order, a BadRecord for each line that is none. An id that is missing is made from
    the article.

    Raises
    ------
    CorpusUnreadableError
        When the file is missing or no whole file of its kind.
    """
    if not file.exists():
        raise CorpusUnreadableError(f"{file} is missing. Name a .jsonl or .jsonl.gz of articles.")
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            yield line
        elif line.text.strip():
            yield _pooled(line)


class _Row(BaseModel):
    model_config = ConfigDict(strict=True)

    id: str | int | None = None
    title: str | None = None
    text: str | None = None
    topics: list[str] | None = None


def _pooled(line: Line) -> PooledArticle | BadRecord:
    try:
        row = _Row.model_validate_json(line.text)
    except ValidationError as error:
        return BadRecord(line.place, f"{described(error)}. A line is an object with title and text; mend or remove it.")
    article = Article(row.title or "", row.text or "")
    if article.is_empty:
        return BadRecord(line.place, "neither title nor text. Remove it.")
    known_id = _digest(article) if row.id in (None, "") else str(row.id)
    return PooledArticle(known_id, article, None if row.topics is None else frozenset(row.topics))


def _digest(article: Article) -> str:
    return hashlib.sha256(orjson.dumps([article.title, article.text])).hexdigest()[:_ID_LENGTH]
