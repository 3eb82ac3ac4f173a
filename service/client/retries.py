"""When a client tries again, and how long it waits before."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# The service or a proxy says: not now.
TEMPORARY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """How often to try again what may be tried again, and how long to wait before.

    Waits are drawn at random up to a bound that doubles each time, so that many clients do not come back at once.
    ``Retry-After`` goes before, up to ``longest``; seconds.

    Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("full jitter").
    """

    most: int = 4
    first: float = 0.2
    longest: float = 30.0

    def pause(self, attempt: int, retry_after: str = "") -> float:
        """Return how long to wait after an attempt, counted from 0, and what the service asked for then."""
        drawn = random.uniform(0, self.first * 2**attempt)
        return min(_seconds(retry_after) + drawn, self.longest)


def _seconds(retry_after: str) -> float:
    """Read a Retry-After, in seconds or as a date; 0 where there is none or it is neither."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - datetime.now(UTC)).total_seconds(), 0.0)
