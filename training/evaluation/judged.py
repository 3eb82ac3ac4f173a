"""Articles that somebody has read, and what is known of each: the yardstick of every evaluation."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from wasim.model.article import Article
from wasim.model.errors import CorpusConflictError, CorpusUnreadableError
from wasim.model.topic_model import TopicModel
from wasim.training.corpus import Corpus, membership, numbered_lines

ABOUT_IT, PASSING_MENTION, NOT_THERE = 2, 1, 0
NOT_SAID = "not said"
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class JudgedArticles:
    """Articles with the truth about them.

    Parameters
    ----------
    articles
        In the file's order.
    truth
        Bool of shape (n_articles, n_topics); True where the article is about the topic.
    passing
        The same shape; True where the topic is only mentioned. All False where the file does not say.
    ids
        What each article is called; its line where the file does not say.
    facts
        What else is known, such as the outlet: for each kind of fact one value an article.
    foreign_topics
        How often the file names topics that the model does not know; nothing can be measured on those.
    """

    articles: tuple[Article, ...]
    truth: NDArray[np.bool_]
    passing: NDArray[np.bool_]
    ids: tuple[str, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    foreign_topics: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of_corpus(cls, corpus: Corpus) -> Self:
        """Take a corpus's own articles as judged ones."""
        rows = corpus.labelled
        facts = {
            "outlet": tuple(row.outlet or NOT_SAID for row in rows),
            "desk": tuple(row.desk or NOT_SAID for row in rows),
            "year": tuple(str(row.known_year or NOT_SAID) for row in rows),
        }
        return cls(
            tuple(corpus.articles), corpus.labels, corpus.mentions, tuple(row.id for row in rows), _informative(facts)
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Put parts of the same articles together."""
        return cls(
            tuple(article for part in parts for article in part.articles),
            np.concatenate([part.truth for part in parts]),
            np.concatenate([part.passing for part in parts]),
            tuple(article_id for part in parts for article_id in part.ids),
            {kind: tuple(value for part in parts for value in part.facts[kind]) for kind in parts[0].facts},
            parts[0].foreign_topics,
        )

    def at(self, rows: NDArray[np.int64]) -> Self:
        """Take some of the articles."""
        chosen = rows.tolist()
        return type(self)(
            tuple(self.articles[row] for row in chosen),
            self.truth[rows],
            self.passing[rows],
            tuple(self.ids[row] for row in chosen) if self.ids else (),
            {kind: tuple(values[row] for row in chosen) for kind, values in self.facts.items()},
            self.foreign_topics,
        )


def read_judged(file: Path, model: TopicModel) -> JudgedArticles:
    """Read JSON Lines with title, text and either ``topics`` (a list) or ``grades`` (2, 1 or 0 a topic).

    ``id``, ``mentions``, ``outlet``, ``desk``, ``section``, ``year`` and ``date`` may be there.

    Raises
    ------
    CorpusUnreadableError
        When a line is not that; names file and line.
    CorpusConflictError
        When two lines have the same id.
    """
    rows = list(_read_rows(file))
    if not rows:
        raise CorpusUnreadableError(f"{file} has no article. A line is a JSON object with title, text and topics.")
    _refuse_repeated_ids(rows)
    known = {topic.id for topic in model.topics}
    facts = {kind: tuple(read(row.other) for row in rows) for kind, read in _FACTS.items()}
    return JudgedArticles(
        tuple(row.article for row in rows),
        membership(model.topics, [row.topics_graded(ABOUT_IT) for row in rows]),
        membership(model.topics, [row.topics_graded(PASSING_MENTION) for row in rows]),
        tuple(row.id for row in rows),
        _informative(facts),
        Counter(topic for row in rows for topic in row.topics_graded(ABOUT_IT) if topic not in known),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    id: str
    article: Article
    grades: Mapping[str, int]
    other: Mapping[str, Any]

    @classmethod
    def read(cls, place: str, line: bytes) -> Self:
        row = orjson.loads(line)
        article = Article(row["title"], row["text"])
        if not (isinstance(article.title, str) and isinstance(article.text, str)):
            raise TypeError("title and text must be strings")
        if "grades" in row:
            grades = dict(row["grades"])
            if not all(grade in (ABOUT_IT, PASSING_MENTION, NOT_THERE) for grade in grades.values()):
                raise TypeError("a grade must be 2, 1 or 0")
        else:
            mentions = dict.fromkeys(row.get("mentions", ()), PASSING_MENTION)
            grades = mentions | dict.fromkeys(_strings(row["topics"]), ABOUT_IT)
        return cls(place, str(row.get("id", place)), article, grades, row)

    def topics_graded(self, wanted: int) -> list[str]:
        return [topic for topic, grade in self.grades.items() if grade == wanted]


def _read_rows(file: Path) -> Iterator[_Row]:
    try:
        for place, line in numbered_lines(file):
            try:
                yield _Row.read(place, line)
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
                raise CorpusUnreadableError(
                    f"{place}: {error!r}. A line is a JSON object with title, text and topics or grades."
                ) from None
    except FileNotFoundError:
        raise CorpusUnreadableError(f"{file} is missing") from None


def _strings(value: object) -> list[str]:
    if not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
        raise TypeError("topics must be a list of topic ids")
    return value


def _refuse_repeated_ids(rows: Sequence[_Row]) -> None:
    places: dict[str, str] = {}
    for row in rows:
        if (first := places.setdefault(row.id, row.place)) != row.place:
            raise CorpusConflictError(
                f"{row.place}: id {row.id!r} stands at {first} too, so the article would count twice. Remove one."
            )


def _informative(facts: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Leave out what is not said of any article."""
    return {kind: values for kind, values in facts.items() if set(values) != {NOT_SAID}}


def _text(key: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: str(row.get(key) or NOT_SAID)


def _year(row: Mapping[str, Any]) -> str:
    """Find the year in a year or a date, however it is written."""
    found = _YEAR.search(str(row.get("year") or row.get("date") or ""))
    return found.group() if found else NOT_SAID


_FACTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "outlet": _text("outlet"),
    "desk": _text("desk"),
    "section": _text("section"),
    "year": _year,
}
