"""Where a page of corrections ended, so that the next one begins there whatever was added meanwhile."""

import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import orjson

from wasim.model.errors import FeedbackInvalidError
from wasim.service.store.records import Order

_LARGEST_NUMBER = 2**31


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last correction of a page: its place in the order, and its number among equals."""

    order: Order
    value: float
    number: int

    def encode(self) -> str:
        """Write as a client carries it.

        Examples
        --------
        >>> from wasim.service.store.records import Order
        >>> Cursor.decode(Cursor(Order.UNCERTAIN, 0.25, 7).encode(), Order.UNCERTAIN)
        Cursor(order=<Order.UNCERTAIN: 'uncertain'>, value=0.25, number=7)
        """
        return urlsafe_b64encode(orjson.dumps([self.order, self.value, self.number])).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, order: Order) -> "Cursor":
        """Read what a client sent back, or raise FeedbackInvalidError."""
        try:
            match orjson.loads(urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))):
                case [str(written), float(value), int(number)] if (
                    written == order and math.isfinite(value) and 0 <= number < _LARGEST_NUMBER
                ):
                    return cls(order, value, number)
        except ValueError:  # neither base64 nor JSON
            pass
        raise FeedbackInvalidError(
            f"after={text[:100]!r} is no cursor of order {order}. Send the next of the page before."
        )
