"""What a reader gives: raw articles, and records that are none, with their place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Where a table or JSON Lines file keeps what an article is made of.

    A name that is empty says that the set has no such column. Every other one must be there: in a table's
    header; in JSON Lines in each row, except ``id``, which a row may lack.
    """

    id: str = "id"
    title: str = "title"
    text: str = "text"
    topics: str = "topics"


@dataclass(frozen=True, slots=True)
class RawArticle:
    """An article as a set holds it: its labels are the set's own, its id empty where the set gives none."""

    place: str
    title: str
    text: str
    labels: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class BadRecord:
    """What can't be read as an article: where it stands; what is wrong and what to do."""

    place: str
    reason: str


Record = RawArticle | BadRecord


class BadRecordError(Exception):
    """A record is no article; caught by its reader, which knows the place."""
