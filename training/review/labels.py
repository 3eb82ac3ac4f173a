"""What a reviewer decided: a corpus folder that grows by a line a decision, and that no kill leaves half written."""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson

from wasim.model.durable import file_that_appears_whole
from wasim.model.errors import CorpusUnreadableError, SettingsError
from wasim.model.topics import Topic
from wasim.training.corpus import ARTICLES_FOLDER, TOPICS_FILE, LabelledArticle, parse_line, read_topics

REVIEWED_FILE = "reviewed.jsonl"
SKIPPED_FILE = "skipped.jsonl"


class DecisionFile:
    """A file of lines that are on the disk as soon as they were added, and of which the last can be taken back.

    A line that a crash cut short was never confirmed to anybody; it is cut off when the file is opened.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = path.open("a+b", buffering=0)
        self._file.seek(0)
        written = self._file.read()
        whole = written[: written.rfind(b"\n") + 1]
        if whole != written:
            self._cut(len(whole))
        self.lines = whole.splitlines(keepends=True)

    def add(self, line: bytes) -> None:
        """Write a line, its end included; it is durable when this returns."""
        before = self._file.seek(0, os.SEEK_END)
        try:
            view = memoryview(line)
            while view:
                view = view[self._file.write(view) :]
            os.fsync(self._file.fileno())
        except OSError:
            self._cut(before)
            raise
        self.lines.append(line)

    def take_back(self) -> bytes:
        """Remove the last line, and return it."""
        line = self.lines.pop()
        self._cut(self._file.seek(0, os.SEEK_END) - len(line))
        return line

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _cut(self, size: int) -> None:
        self._file.truncate(size)
        os.fsync(self._file.fileno())


class LabelFolder:
    """A corpus folder that one reviewer at a time writes to.

    Parameters
    ----------
    folder
        Made if it is not there: ``topics.toml``, ``articles/reviewed.jsonl``, and ``skipped.jsonl`` beside them.
    topics
        What is labelled. A folder that is there keeps its own topics, which must include these.

    Raises
    ------
    SettingsError
        When somebody else is reviewing into the folder, or it lacks one of the topics.
    CorpusUnreadableError
        When what it holds can't be read; names file and line.
    """

    def __init__(self, folder: Path, topics: tuple[Topic, ...]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:  # closes what is open if anything below fails
            lock = opened.enter_context((folder / ".lock").open("wb"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SettingsError(f"somebody is reviewing into {folder}. Wait, or choose another --labels.") from None
            self.topics = _topics_of(folder, topics)
            reviewed = folder / ARTICLES_FOLDER / REVIEWED_FILE
            self._reviewed = opened.enter_context(closing(DecisionFile(reviewed)))
            self._skipped = opened.enter_context(closing(DecisionFile(folder / SKIPPED_FILE)))
            self.labelled = {labelled.id: labelled for labelled in _parsed(reviewed, self._reviewed.lines)}
            self.skipped = {_skipped_id(folder, line): None for line in self._skipped.lines}
            self._undoable = [self._reviewed] * len(self._reviewed.lines)
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def __contains__(self, article_id: str) -> bool:
        return article_id in self.labelled or article_id in self.skipped

    def add(self, labelled: LabelledArticle) -> None:
        """Keep a decision; it is on the disk when this returns."""
        self._reviewed.add(orjson.dumps(labelled.model_dump(), option=orjson.OPT_APPEND_NEWLINE))
        self.labelled[labelled.id] = labelled
        self._undoable.append(self._reviewed)

    def skip(self, article_id: str) -> None:
        """Remember that nobody could or wanted to decide."""
        self._skipped.add(orjson.dumps({"id": article_id}, option=orjson.OPT_APPEND_NEWLINE))
        self.skipped[article_id] = None
        self._undoable.append(self._skipped)

    @property
    def last(self) -> str | None:
        """The id of the article that :meth:`undo` would open again."""
        if not self._undoable:
            return None
        return next(reversed(self.skipped if self._undoable[-1] is self._skipped else self.labelled))

    def undo(self) -> LabelledArticle | None:
        """Take the last decision back: this run's, or a label of an earlier one.

        Returns
        -------
        What was decided; None where the article was skipped.
        """
        file = self._undoable.pop()
        file.take_back()
        if file is self._skipped:
            self.skipped.popitem()
            return None
        return self.labelled.popitem()[1]


def known_ids(folder: Path) -> frozenset[str]:
    """List the ids of articles that a folder has a decision on; none where it is not there yet."""
    reviewed, skipped = folder / ARTICLES_FOLDER / REVIEWED_FILE, folder / SKIPPED_FILE
    ids = set()
    if reviewed.is_file():
        ids = {labelled.id for labelled in _parsed(reviewed, _whole_lines(reviewed))}
    if skipped.is_file():
        ids |= {_skipped_id(folder, line) for line in _whole_lines(skipped)}
    return frozenset(ids)


def write_topics(topics: tuple[Topic, ...], file: Path) -> None:
    """Write a ``topics.toml``; it appears whole or not at all."""
    tables = []
    for topic in topics:
        # A JSON string is a TOML string too, but for DEL, which TOML wants escaped.
        pairs = (
            f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")
            for key, value in asdict(topic).items()
            if value
        )
        tables.append("\n".join(["[[topic]]", *pairs, ""]))
    with file_that_appears_whole(file) as written:
        written.write("\n".join(tables).encode())


def _topics_of(folder: Path, topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    file = folder / TOPICS_FILE
    if not file.exists():
        write_topics(topics, file)
        return topics
    own = tuple(read_topics(file))
    if missing := {topic.id for topic in topics} - {topic.id for topic in own}:
        raise SettingsError(
            f"{file} does not define {', '.join(sorted(missing))}. Add it there, or choose another --labels."
        )
    return own


def _parsed(file: Path, lines: Sequence[bytes]) -> Iterator[LabelledArticle]:
    return (parse_line(f"{file}:{number}", line) for number, line in enumerate(lines, start=1))


def _whole_lines(file: Path) -> list[bytes]:
    return [line for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def _skipped_id(folder: Path, line: bytes) -> str:
    try:
        return str(orjson.loads(line)["id"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise CorpusUnreadableError(f"{folder / SKIPPED_FILE}: a line is no id. Remove the file.") from None
