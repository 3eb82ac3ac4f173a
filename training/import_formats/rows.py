"""From named values, a JSON object or a table's row, to an article."""

import re
from collections.abc import Mapping, Sequence

import orjson

from wasim.training.import_formats.records import BadRecord, BadRecordError, ColumnNames, RawArticle, Record

_LABEL_SEPARATOR = re.compile(r"[;|,]")


def article_of_row(place: str, row: Mapping[str, object], columns: ColumnNames) -> Record:
    """Read an article from named values; what is none comes out as bad."""
    try:
        return raw_article(place, row, columns)
    except BadRecordError as error:
        return BadRecord(place, str(error))


def raw_article(place: str, row: Mapping[str, object], columns: ColumnNames) -> RawArticle:
    """Read an article from named values, or raise BadRecordError."""
    labels = _labels(row, columns.topics)
    return RawArticle(place, text_of(row, columns.title), text_of(row, columns.text), labels, _id(row, columns.id))


def json_value(text: str) -> object:
    """Decode JSON, or raise BadRecordError."""
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRecordError(f"not JSON ({error}). Mend or remove it.") from None
    return value


def object_with(value: object, wanted: Sequence[str]) -> Mapping[str, object]:
    """Require a JSON object that has these names, or raise BadRecordError; an empty name wants nothing."""
    if not isinstance(value, dict):
        raise BadRecordError("no JSON object. An article is an object with named values.")
    if missing := [name for name in wanted if name and name not in value]:
        raise BadRecordError(missing_columns(missing, list(value)))
    return value


def missing_columns(missing: Sequence[str], there: Sequence[str]) -> str:
    """Say which columns are not there, and what to do."""
    return (
        f"column {', '.join(missing)} is missing; there are {', '.join(there) or 'none'}. "
        "Name the columns as this set does, and leave a name empty where it has none."
    )


def text_of(row: Mapping[str, object], name: str) -> str:
    """Read a text, without the white space around it; empty where there is none."""
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRecordError(f"{name} is not a text. Mend or remove it.")
    return value.strip()


def split_labels(cell: str) -> tuple[str, ...]:
    """Take apart what a cell of a table names, separated by ``;``, ``|`` or commas."""
    return tuple(label for part in _LABEL_SEPARATOR.split(cell) if (label := part.strip()))


def _id(row: Mapping[str, object], name: str) -> str:
    return _name(row[name], name) if row.get(name) is not None else ""


def _labels(row: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = row.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return split_labels(value)
    return tuple(_name(label, name) for label in (value if isinstance(value, list) else [value]))


def _name(value: object, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRecordError(f"{name} is neither a text nor a whole number. Mend or remove it.")
    return str(value).strip()
