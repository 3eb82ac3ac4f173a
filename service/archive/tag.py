"""Tagging an archive: JSON Lines in, JSON Lines out, one row for each article, in input order.

The output appears whole or not at all: it is written beside its place and renamed at the end. Rows that
are not articles are passed over, counted, and written with place and reason to ``OUTPUT.rejected.jsonl``.
"""

import gzip
import os
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson

from wasim.model import Article, Classification, TopicModel
from wasim.model.durable import file_that_appears_whole
from wasim.model.errors import ArchiveError

BATCH = 256
_WORTH_WARMING_UP = 1024 * 1024  # bytes; below, plain scoring is done before compiled scoring has started
_LONGEST_LINE = 64 * 1024 * 1024  # bytes; a "line" beyond this is no article, and must not fill the memory
_SCORE_DIGITS = 6
_ByteFile = IO[bytes] | gzip.GzipFile


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """One article of an archive, its id kept as it was written."""

    id: str | int
    article: Article


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A line of an archive that is no article, and why."""

    line: int
    reason: str


_Batch = list[ArchiveRow | RejectedRow]


@dataclass(slots=True)
class TagSummary:
    """What a run did."""

    tagged: int = 0
    rejected: int = 0
    topics: Counter[str] = field(default_factory=Counter)
    rejected_path: Path | None = None


def tag_archive(
    model: TopicModel, source: Path, output: Path, on_progress: Callable[[int], None] = lambda _: None
) -> TagSummary:
    """Tag every article of an archive.

    Parameters
    ----------
    model
        What tags.
    source, output
        ``.jsonl``, or ``.jsonl.gz``.
    on_progress
        Called with the number of input bytes read since the last call.

    Raises
    ------
    ArchiveError
        When the input is missing, is not what its name says or breaks off; no output is left.
    """
    _require_different(source, output)
    if source.exists() and source.stat().st_size > _WORTH_WARMING_UP:
        model.warm_up()
    summary = TagSummary()
    rejects = output.with_name(f"{output.name}.rejected.jsonl")
    with ExitStack() as files:
        lines = files.enter_context(_open_lines(source, on_progress))
        rows = files.enter_context(_written_whole(output))
        rejected = files.enter_context(_written_whole(rejects, keep=lambda: summary.rejected > 0))
        batches = _batched(read_rows(lines, model.settings.longest_article), BATCH)
        for tagged in _in_order(batches, lambda batch: _tag(model, batch)):
            rows.write(tagged.rows)
            rejected.write(tagged.rejects)
            summary.tagged += tagged.n_tagged
            summary.rejected += tagged.n_rejected
            summary.topics.update(tagged.topics)
    summary.rejected_path = rejects if summary.rejected else None
    return summary


@dataclass(frozen=True, slots=True)
class _TaggedBatch:
    rows: bytes
    rejects: bytes
    n_tagged: int
    n_rejected: int
    topics: Counter[str]


def _tag(model: TopicModel, batch: _Batch) -> _TaggedBatch:
    rejects = [row for row in batch if isinstance(row, RejectedRow)]
    articles = [row for row in batch if isinstance(row, ArchiveRow)]
    answers = model.classify(row.article for row in articles)
    return _TaggedBatch(
        b"".join(_line(output_row(row.id, answer, model.name)) for row, answer in zip(articles, answers, strict=True)),
        b"".join(_line({"line": reject.line, "reason": reject.reason}) for reject in rejects),
        len(articles),
        len(rejects),
        Counter(topic for answer in answers for topic in answer.topics or ("",)),
    )


def _in_order(batches: Iterator[_Batch], work: Callable[[_Batch], _TaggedBatch]) -> Iterator[_TaggedBatch]:
    """Work on batches in threads: compiled scoring lets go of the interpreter, so reading goes on meanwhile."""
    n_threads = os.cpu_count() or 1
    waiting: deque[Future[_TaggedBatch]] = deque()
    with ThreadPoolExecutor(n_threads) as threads:
        for batch in batches:
            waiting.append(threads.submit(work, batch))
            if len(waiting) > 2 * n_threads:  # memory stays that of a few batches
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def output_row(row_id: str | int, answer: Classification, model_name: str) -> dict[str, Any]:
    """Lay a classification out as one row of output."""
    scores = {topic: round(probability, _SCORE_DIGITS) for topic, probability in answer.probabilities.items()}
    return {"id": row_id, "topics": answer.topics, "scores": scores, "model": model_name}


def read_rows(lines: Iterator[bytes], longest_article: int) -> Iterator[ArchiveRow | RejectedRow]:
    """Read the articles of JSON Lines; what is none comes out as rejected, in its place."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _parse(line, longest_article)
        except _NotAnArticleError as error:
            yield RejectedRow(number, str(error))


class _NotAnArticleError(Exception):
    pass


def _parse(line: bytes, longest_article: int) -> ArchiveRow:
    if len(line) >= _LONGEST_LINE:
        raise _NotAnArticleError(f"longer than {_LONGEST_LINE:,} bytes")
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _NotAnArticleError(f"not JSON in UTF-8: {error}") from None
    row_id = row.get("id") if isinstance(row, dict) else None
    if isinstance(row_id, bool) or not isinstance(row_id, str | int):
        raise _NotAnArticleError("not an object with an id that is text or a whole number")
    title, text = ("" if row.get(name) is None else row[name] for name in ("title", "text"))
    if not (isinstance(title, str) and isinstance(text, str)):
        raise _NotAnArticleError("title or text is not a text")
    if len(title) + len(text) > longest_article:
        length = len(title) + len(text)
        raise _NotAnArticleError(f"{length:,} characters; the model reads up to {longest_article:,}")
    return ArchiveRow(row_id, Article(title, text))


def _line(row: dict[str, Any]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _batched(rows: Iterator[ArchiveRow | RejectedRow], size: int) -> Iterator[_Batch]:
    while batch := list(islice(rows, size)):
        yield batch


def _require_different(source: Path, output: Path) -> None:
    if output.exists() and source.exists() and output.samefile(source):
        raise ArchiveError(f"{output} is the input too. Choose another --output.")


@contextmanager
def _open_lines(source: Path, on_progress: Callable[[int], None]) -> Iterator[Iterator[bytes]]:
    """Open an archive's lines; a broken or vanished file is an ArchiveError wherever it shows."""
    if not source.exists():
        raise ArchiveError(f"{source} is missing.")
    if source.is_dir():
        raise ArchiveError(f"{source} is a folder. Name one .jsonl or .jsonl.gz file.")
    try:
        with source.open("rb") as raw, ExitStack() as unpacking:
            packed = source.suffix == ".gz"
            stream = unpacking.enter_context(gzip.GzipFile(fileobj=raw)) if packed else raw
            yield _counted_lines(stream, raw, on_progress)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ArchiveError(f"{source} is no whole gzip file ({error}). Nothing was written; fetch it again.") from None


def _counted_lines(
    stream: IO[bytes] | gzip.GzipFile, raw: IO[bytes], on_progress: Callable[[int], None]
) -> Iterator[bytes]:
    told = 0
    while line := stream.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        yield line
        if (place := raw.tell()) != told:
            on_progress(place - told)
            told = place


@contextmanager
def _written_whole(path: Path, keep: Callable[[], bool] = lambda: True) -> Iterator[_ByteFile]:
    with file_that_appears_whole(path, keep) as raw, ExitStack() as packing:
        yield packing.enter_context(_packed(raw)) if path.suffix == ".gz" else raw


def _packed(raw: IO[bytes]) -> gzip.GzipFile:
    # No time and no name inside, so that equal rows give equal bytes.
    return gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0)
