"""Records of an archive on their way to the model: checked, in columns."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wasim.service.archive.dates import day_of
from wasim.service.archive.options import ReadOptions

ArticleId = str | int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that is no article: where it stands, and why."""

    place: str
    reason: str


class NotAnArticleError(Exception):
    """A record is no article; caught by its reader, which knows the place."""


@dataclass(slots=True)
class ArticleColumns:
    """Articles in columns of one length; ``titles`` and ``texts`` are lists of str, or Arrow arrays.

    ``days`` (ISO dates, empty where unknown) is filled only when rows are chosen or laid out by date.
    ``n_older`` counts records that were passed over for their date.
    """

    ids: list[ArticleId] = field(default_factory=list)
    titles: Any = field(default_factory=list)
    texts: Any = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    n_older: int = 0

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class RecordParts:
    """What an article is made of, with all else that its record holds."""

    id: ArticleId | None
    title: str
    text: str
    date: object = None
    others: Mapping[str, object] = field(default_factory=dict)


class RecordReader:
    """Checks records, and puts the good ones into columns.

    Parameters
    ----------
    options
        Which records, and how their parts are called.
    longest_article
        In characters, title and text together.
    wants_days
        Whether the output is laid out by date.
    """

    def __init__(self, options: ReadOptions, longest_article: int, *, wants_days: bool = False) -> None:
        self.columns = options.columns
        self.longest_article = longest_article
        self.since = options.since.isoformat() if options.since else ""
        self.wants_days = wants_days or bool(self.since)

    def new_columns(self) -> ArticleColumns:
        """Start columns."""
        return ArticleColumns(kept={name: [] for name in self.columns.keep})

    def add(self, columns: ArticleColumns, record: object, place: Callable[[], str]) -> None:
        """Add a record to columns; one that is no article is rejected there."""
        try:
            self._add(columns, record, place)
        except NotAnArticleError as error:
            columns.rejected.append(Rejected(place(), str(error)))

    def add_part(self, columns: ArticleColumns, part: RecordParts, place: Callable[[], str]) -> None:
        """Add what a document or feed holds; its parts have the standard names, whatever columns are called."""
        try:
            self._add_parts(columns, part, place)
        except NotAnArticleError as error:
            columns.rejected.append(Rejected(place(), str(error)))

    def _add(self, columns: ArticleColumns, record: object, place: Callable[[], str]) -> None:
        names = self.columns
        if not isinstance(record, Mapping):
            raise NotAnArticleError("not an object with id, title and text")
        title, text = _text(record, names.title), _text(record, names.text)
        row_id = record.get(names.id)
        if row_id is None:
            if names.title not in record and names.text not in record:
                raise NotAnArticleError(f"has neither {names.id} nor {names.title} nor {names.text}")
        elif isinstance(row_id, bool) or not isinstance(row_id, str | int):
            raise NotAnArticleError(f"{names.id} is neither text nor a whole number")
        self._add_parts(columns, RecordParts(row_id, title, text, record.get(names.date), record), place)

    def _add_parts(self, columns: ArticleColumns, part: RecordParts, place: Callable[[], str]) -> None:
        length = len(part.title) + len(part.text)
        if length > self.longest_article:
            raise NotAnArticleError(too_long(length, self.longest_article))
        if self.wants_days:
            day = day_of(part.date)
            if self.is_older(day):
                columns.n_older += 1
                return
            columns.days.append(day)
        # An id that is empty names nothing either.
        columns.ids.append(made_id(part.title, part.text, place()) if part.id in (None, "") else part.id)
        columns.titles.append(part.title)
        columns.texts.append(part.text)
        for name, kept in columns.kept.items():
            kept.append(part.others.get(name))

    def is_older(self, day: str) -> bool:
        """Tell whether a day lies before the first wanted one.

        Raises
        ------
        NotAnArticleError
            When days choose and this one is unknown.
        """
        if self.since and not day:
            raise NotAnArticleError(f"{self.columns.date} can't be read as a date, and --since needs one")
        return day < self.since


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NotAnArticleError(f"{name} is not a text")
    return value


def too_long(length: int, longest: int) -> str:
    """Say that an article is longer than the model reads."""
    return f"{length:,} characters; the model reads up to {longest:,}"


def made_id(title: str, text: str, place: str) -> str:
    """Make an id for a record that has none: equal archives give equal ids, and no two records the same."""
    content = f"{title}\0{text}".encode("utf-8", "surrogatepass")
    return f"{hashlib.sha256(content).hexdigest()[:16]}-{place}"


def joined(parts: Sequence[ArticleColumns]) -> list[ArticleColumns]:
    """Join neighbouring columns of lists, so that the model gets many small files at once."""
    whole: list[ArticleColumns] = []
    for part in parts:
        if whole and isinstance(part.titles, list) and isinstance(whole[-1].titles, list):
            last = whole[-1]
            last.ids += part.ids
            last.titles += part.titles
            last.texts += part.texts
            last.days += part.days
            last.rejected += part.rejected
            for name, values in part.kept.items():
                last.kept[name].extend(values)
            last.n_older += part.n_older
        else:
            whole.append(part)
    return whole
