"""What an API key may be good for."""

from enum import StrEnum


class Scope(StrEnum):
    """One kind of request; none includes another."""

    PREDICT = "predict"
    FEEDBACK = "feedback"
    ADMIN = "admin"
