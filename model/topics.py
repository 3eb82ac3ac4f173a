"""What a topic is: data that the user writes, never code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as ``topics.toml`` defines it; ``id`` is what tags and scores are called by."""

    id: str
    name_ar: str
    name_en: str
    description_ar: str = ""
    description_en: str = ""
