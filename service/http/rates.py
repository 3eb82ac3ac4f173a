"""How much one caller may ask in a time."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from starlette.exceptions import HTTPException

_BURST_SECONDS = 10  # a caller that was quiet may ask for this long at once
_MOST_CALLERS = 10_000


class RateLimit:
    """A bucket of articles for each caller, filled at a steady rate.

    Whoever has articles left may take more than that, a whole batch, and then waits until the debt is paid:
    so that the size of a request need not be known before it is read.

    Parameters
    ----------
    per_second
        Articles a second that a caller may ask about; 0 is no limit.
    clock
        Seconds that never go back.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._clock = per_second, clock
        self._most = per_second * _BURST_SECONDS
        # What each caller has left, and when that was so; the one not seen for longest first.
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admit(self, caller: str) -> None:
        """Take one article from a caller's bucket, or raise 429 with Retry-After where nothing is left."""
        if not self._per_second:
            return
        left = self._left(caller)
        if left < 1:
            wait = math.ceil((1 - left) / self._per_second)
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"You may ask about {self._per_second:g} articles a second. Try again in {wait} seconds.",
                headers={"Retry-After": str(wait)},
            )
        self._keep(caller, left - 1)

    def take(self, caller: str, articles: int) -> None:
        """Take articles from a caller's bucket, as many as a request turned out to hold."""
        if self._per_second and articles:
            self._keep(caller, self._left(caller) - articles)

    def seconds_of_debt(self, caller: str) -> float:
        """Say how long a caller has to wait: what slows a stream down instead of breaking it."""
        return max(0.0, -self._left(caller) / self._per_second) if self._per_second else 0.0

    def _keep(self, caller: str, left: float) -> None:
        self._buckets[caller] = (left, self._clock())
        self._buckets.move_to_end(caller)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)

    def _left(self, caller: str) -> float:
        left, at = self._buckets.get(caller, (self._most, self._clock()))
        return min(self._most, left + (self._clock() - at) * self._per_second)
