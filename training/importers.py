"""Importing published data sets: their articles and labels become rows of a corpus.

::

    a set's file or folder -> reader -> raw articles -> topic_of, ids -> labelled articles -> a .jsonl of a corpus
                              └─ import_formats ─┘
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson
from pydantic import ValidationError

from wasim.model.durable import file_that_appears_whole
from wasim.model.errors import CorpusUnreadableError, SettingsError
from wasim.training.corpus import LabelledArticle
from wasim.training.import_formats.ant import read_ant
from wasim.training.import_formats.folders import read_sanad, read_saudinewsnet
from wasim.training.import_formats.line_formats import read_annif, read_fasttext, read_jsonl
from wasim.training.import_formats.records import BadRecord, ColumnNames, RawArticle, Record
from wasim.training.import_formats.tables import read_csv, read_parquet, read_tsv

__all__ = ["FORMATS", "NO_TOPIC", "ColumnNames", "Importer", "import_articles", "write_corpus_rows"]

Importer = Callable[[Path, ColumnNames], Iterator[Record]]

FORMATS: dict[str, Importer] = {
    "sanad": read_sanad,
    "ant": read_ant,
    "saudinewsnet": read_saudinewsnet,
    "jsonl": read_jsonl,
    "csv": read_csv,
    "tsv": read_tsv,
    "parquet": read_parquet,
    "annif": read_annif,
    "fasttext": read_fasttext,
}
NO_TOPIC = "(none)"
_ID_LENGTH = 24  # hexadecimal digits, 96 bits: no two articles of any set will share them by chance


def import_articles(
    format_name: str, source: Path, columns: ColumnNames, topic_of: Mapping[str, str], skip_bad: Path | None
) -> Iterator[LabelledArticle]:
    """Read a data set's articles, one after the other.

    Parameters
    ----------
    format_name
        One of FORMATS.
    source
        The set's file or folder.
    columns
        What the columns of a jsonl, csv, tsv or parquet are called; other formats know their own.
    topic_of
        The corpus's topic id for each of the set's own labels. A label that is not in it gives no topic.
    skip_bad
        Where to write the records that are no articles, as JSON Lines of place and reason; made only when
        there is one, and an earlier run's is removed. None stops at the first.

    Returns
    -------
    The articles in the set's order. An id that the set lacks is made from the article and its place in the
    set, and is the same in every run.

    Raises
    ------
    SettingsError
        When there is no such format, or ``skip_bad`` is part of the set.
    CorpusUnreadableError
        When the set is missing, has no article or lacks a column, or a record is none and ``skip_bad`` is
        None; names file and line, or archive, member and record.
    """
    if format_name not in FORMATS:
        raise SettingsError(f"there is no format {format_name!r}. Choose one of {', '.join(FORMATS)}.")
    if not source.exists():
        raise CorpusUnreadableError(f"{source} is missing. Name the data set's file or folder.")
    if skip_bad is not None and skip_bad.resolve().is_relative_to(source.resolve()):
        raise SettingsError(f"{skip_bad} is part of {source}. Write the bad records to another place.")
    return _labelled_articles(format_name, source, FORMATS[format_name](source, columns), topic_of, skip_bad)


def write_corpus_rows(articles: Iterable[LabelledArticle], output: Path) -> Counter[str]:
    """Write articles as a corpus's JSON Lines; the file appears whole or not at all.

    Returns
    -------
    How many articles each topic has, and NO_TOPIC.
    """
    topics: Counter[str] = Counter()
    with file_that_appears_whole(output) as file:
        for labelled in articles:
            file.write(orjson.dumps(labelled.model_dump(), option=orjson.OPT_APPEND_NEWLINE))
            topics.update(labelled.topics or [NO_TOPIC])
    return topics


def _labelled_articles(
    format_name: str, source: Path, records: Iterator[Record], topic_of: Mapping[str, str], skip_bad: Path | None
) -> Iterator[LabelledArticle]:
    imported = 0
    with _BadRecords(skip_bad) as bad_records:
        for record in records:
            read = record if isinstance(record, BadRecord) else _labelled(format_name, source, record, topic_of)
            if isinstance(read, BadRecord):
                bad_records.add(read)
            else:
                imported += 1
                yield read
        if not imported:
            raise CorpusUnreadableError(
                f"{source} has no article in the format {format_name}; {bad_records.count:,} records were bad. "
                "Check the format and that the set is whole."
            )


def _labelled(
    format_name: str, source: Path, raw: RawArticle, topic_of: Mapping[str, str]
) -> LabelledArticle | BadRecord:
    if not (raw.title.strip() or raw.text.strip()):
        return BadRecord(raw.place, "neither title nor text. Remove it.")
    topics = dict.fromkeys(topic_of[label] for label in raw.labels if label in topic_of)
    article_id = raw.id or f"{format_name}-{_digest(source, raw)}"
    try:
        return LabelledArticle(id=article_id, title=raw.title, text=raw.text, topics=tuple(topics))
    except ValidationError as error:
        wrong = "; ".join(f"{issue['loc'][0]}: {issue['msg'].lower()}" for issue in error.errors())
        return BadRecord(raw.place, f"{wrong}. Mend or remove it.")


def _digest(source: Path, raw: RawArticle) -> str:
    place = raw.place.removeprefix(str(source))  # so that a set keeps its ids when it is moved
    contents = os.fsencode("\0".join([place, raw.title, raw.text]))  # a file's name need not be UTF-8
    return hashlib.sha256(contents).hexdigest()[:_ID_LENGTH]


class _BadRecords:
    """The file of bad records; without a path, the first one is an error."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self.count = 0

    def __enter__(self) -> Self:
        if self._path is not None:
            self._path.unlink(missing_ok=True)  # of an earlier run
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, bad: BadRecord) -> None:
        if self._path is None:
            raise CorpusUnreadableError(f"{bad.place}: {bad.reason}")
        self._file = self._file or self._path.open("wb")
        place = bad.place.encode(errors="backslashreplace").decode()  # a file's name need not be UTF-8
        row = {"place": place, "reason": bad.reason}
        self._file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self._file.flush()  # so that it is complete even if the import is stopped
        self.count += 1
