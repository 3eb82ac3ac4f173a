"""Reading a corpus: articles with the topics that they belong to, and the topics' definitions."""

import datetime
import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wasim.model.article import Article
from wasim.model.errors import CorpusConflictError, CorpusError, CorpusTooSmallError, CorpusUnreadableError
from wasim.model.topics import Topic

TOPICS_FILE = "topics.toml"
ARTICLES_FOLDER = "articles"

_Identifier = Annotated[str, Field(min_length=1, max_length=200)]


class LabelledArticle(BaseModel):
    """One line of a corpus.

    ``topics`` are those that the article belongs to; ``mentions`` those that it only touches on (negatives,
    and good to know which). ``outlet``, ``desk``, ``year`` or ``date`` (2024-01-31) and ``note`` say what kind
    of article it is.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: _Identifier
    title: str
    text: str
    topics: tuple[_Identifier, ...] = Field(strict=False)
    mentions: tuple[_Identifier, ...] = Field(default=(), strict=False)
    outlet: str = ""
    desk: str = ""
    year: int | None = None
    date: datetime.date | None = Field(default=None, strict=False)
    note: str = ""

    @property
    def article(self) -> Article:
        """What a model gets to see."""
        return Article(self.title, self.text)

    @property
    def known_year(self) -> int | None:
        """The year of the date, or the year that is said without one."""
        return self.date.year if self.date else self.year


@dataclass(frozen=True, slots=True)
class Corpus:
    """Labelled articles and the topics they are labelled with."""

    topics: tuple[Topic, ...]
    labelled: tuple[LabelledArticle, ...]

    @property
    def articles(self) -> list[Article]:
        """What a model gets to see, in order."""
        return [labelled.article for labelled in self.labelled]

    @property
    def labels(self) -> NDArray[np.bool_]:
        """Bool of shape (n_articles, n_topics); True where the article belongs to the topic."""
        return membership(self.topics, [labelled.topics for labelled in self.labelled])

    @property
    def mentions(self) -> NDArray[np.bool_]:
        """Bool of shape (n_articles, n_topics); True where the article only touches on the topic."""
        return membership(self.topics, [labelled.mentions for labelled in self.labelled])

    @property
    def fingerprint(self) -> str:
        """SHA-256 over topics and articles, whatever their order and their files."""
        digest = hashlib.sha256(orjson.dumps([asdict(topic) for topic in self.topics]))
        for row in sorted(
            orjson.dumps([row.id, row.title, row.text, sorted(row.topics), sorted(row.mentions)])
            for row in self.labelled
        ):
            digest.update(row)
        return digest.hexdigest()

    def require_enough(self, fewest: int) -> None:
        """Raise CorpusTooSmallError unless each topic has so many articles, and so many without it."""
        counts = Counter(topic for labelled in self.labelled for topic in labelled.topics)
        short = [
            f"{topic.id} has {counts[topic.id]} articles with it and {len(self.labelled) - counts[topic.id]} without"
            for topic in self.topics
            if not fewest <= counts[topic.id] <= len(self.labelled) - fewest
        ]
        if short:
            raise CorpusTooSmallError(f"{'; '.join(short)}. Each number must be {fewest} or more: add articles.")


def membership(topics: Sequence[Topic], tagged: Sequence[Iterable[str]]) -> NDArray[np.bool_]:
    """Turn lists of topic ids into a matrix: bool of shape (len(tagged), len(topics))."""
    sets = [frozenset(ids) for ids in tagged]
    return np.array([[topic.id in ids for topic in topics] for ids in sets], dtype=np.bool_).reshape(-1, len(topics))


def read_corpus(paths: Sequence[Path]) -> Corpus:
    """Read corpora and put them together.

    Parameters
    ----------
    paths
        Corpus folders (``topics.toml`` and ``articles/*.jsonl``) or single .jsonl files, whose topics
        another path defines. A topic's first definition holds.

    Raises
    ------
    CorpusUnreadableError
        When a file is missing or a line is not an article; names file and line.
    CorpusConflictError
        When an id or a text stands twice with different contents or labels; names both places.
    """
    topics: dict[str, Topic] = {}
    for path in paths:
        for topic in read_topics(path / TOPICS_FILE) if path.is_dir() else []:
            topics.setdefault(topic.id, topic)
    if not topics:
        raise CorpusUnreadableError(f"no path among {', '.join(map(str, paths))} is a folder with a {TOPICS_FILE}")
    rows: dict[str, tuple[str, LabelledArticle]] = {}
    for file in article_files(paths):
        for place, labelled in read_articles(file):
            require_known_topics(place, labelled, topics)
            first_place, first = rows.setdefault(labelled.id, (place, labelled))
            if _identity(first) != _identity(labelled):
                raise CorpusConflictError(
                    f"{place}: id {labelled.id!r} stands at {first_place} too, with another text or other topics. "
                    "Give one of them a new id, or remove it."
                )
    _refuse_conflicting_texts(rows.values())
    return Corpus(tuple(topics.values()), tuple(labelled for _, labelled in rows.values()))


def read_topics(path: Path) -> list[Topic]:
    """Read a ``topics.toml``: tables ``[[topic]]`` with id, name_ar, name_en and descriptions."""
    try:
        with path.open("rb") as file:
            tables = tomllib.load(file)["topic"]
        topics = [Topic(**table) for table in tables]
    except FileNotFoundError:
        raise CorpusUnreadableError(f"{path} is missing. It defines the topics; see training/corpus.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusUnreadableError(
            f"{path}: {error}. Each [[topic]] needs id, name_ar and name_en as text; description_ar and "
            "description_en may be there."
        ) from None
    repeated = [topic_id for topic_id, count in Counter(topic.id for topic in topics).items() if count > 1]
    if repeated or not topics:
        raise CorpusUnreadableError(f"{path}: {', '.join(repeated) or 'no topic'} is defined {len(repeated) + 1} times")
    return topics


def article_files(paths: Sequence[Path]) -> Iterator[Path]:
    """List the article files of corpora in a fixed order."""
    for path in paths:
        if path.is_dir():
            yield from sorted((path / ARTICLES_FOLDER).glob("*.jsonl"))
        elif path.is_file():
            yield path
        else:
            raise CorpusUnreadableError(f"{path} is missing: neither a corpus folder nor a .jsonl file")


def read_articles(file: Path) -> Iterator[tuple[str, LabelledArticle]]:
    """Read one .jsonl file: yields each article with its place, ``file:line``."""
    for place, line in numbered_lines(file):
        yield place, parse_line(place, line)


def numbered_lines(file: Path) -> Iterator[tuple[str, bytes]]:
    """Read a file's lines that are not blank, each with its place."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield f"{file}:{number}", line


def parse_line(place: str, line: bytes) -> LabelledArticle:
    """Turn a line into an article, or raise CorpusUnreadableError that names its place."""
    try:
        return LabelledArticle.model_validate(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        raise CorpusUnreadableError(f"{place}: not JSON in UTF-8 ({error}). Mend or remove the line.") from None
    except ValidationError as error:
        raise CorpusUnreadableError(f"{place}: {described(error)}. A line has id, title, text and topics.") from None


def described(error: ValidationError) -> str:
    """Say what is wrong with a line, and where in it."""
    return "; ".join(
        f"{'.'.join(map(str, issue['loc'])) or 'the line'}: {issue['msg'].lower()}" for issue in error.errors()
    )


def require_known_topics(place: str, labelled: LabelledArticle, topics: Mapping[str, Topic]) -> None:
    """Raise CorpusError when an article has a topic that nothing defines."""
    for topic in (*labelled.topics, *labelled.mentions):
        if topic not in topics:
            raise CorpusError(
                f"{place}: topic {topic!r} is not defined; {TOPICS_FILE} defines {', '.join(topics)}. "
                "Define it there, or correct the line."
            )


def _identity(labelled: LabelledArticle) -> tuple[str, str, frozenset[str]]:
    return labelled.title, labelled.text, frozenset(labelled.topics)


def _refuse_conflicting_texts(rows: Iterable[tuple[str, LabelledArticle]]) -> None:
    seen: dict[Article, tuple[str, frozenset[str]]] = {}
    for place, labelled in rows:
        topics = frozenset(labelled.topics)
        first_place, first_topics = seen.setdefault(labelled.article, (place, topics))
        if topics != first_topics:
            raise CorpusConflictError(
                f"{place}: the same title and text stand at {first_place} with other topics "
                f"({', '.join(sorted(first_topics)) or 'none'}; here {', '.join(sorted(topics)) or 'none'}). "
                "Decide which, and remove one."
            )
