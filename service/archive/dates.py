"""The many ways in which archives write a date."""

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_LATEST_SECOND = 253_402_300_799  # of the year 9999; larger numbers are milliseconds


def day_of(value: object) -> str:
    """Read a date or time as an ISO day; empty where it can't be read.

    Takes dates and times, ISO 8601, the form of RFC 2822 that feeds use, and Unix time. A time with a zone
    counts in UTC.

    Examples
    --------
    >>> day_of("Sun, 29 Jul 2018 13:13:46 GMT"), day_of("2018-07-30T00:30:00+03:00"), day_of(1532870026)
    ('2018-07-29', '2018-07-29', '2018-07-29')
    """
    if isinstance(value, datetime):
        return _utc_day(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _day_of_number(value)
    return _day_of_text(value.strip()) if isinstance(value, str) else ""


def _day_of_number(value: float) -> str:
    seconds = value / 1000 if abs(value) > _LATEST_SECOND else value
    try:
        return _utc_day(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return ""


def _day_of_text(text: str) -> str:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _utc_day(read(text))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return ""


def _utc_day(moment: datetime) -> str:
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date().isoformat()
