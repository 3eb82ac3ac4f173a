"""Everything that changes an answer. It travels inside the artifact."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from wasim.model.errors import SettingsError


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How text becomes terms, and terms a score.

    Parameters
    ----------
    prefixes, suffixes
        What the light stemmer takes off a word, in normalised letters; the longest match goes first.
    shortest_stem
        Letters that must be left over when an affix goes.
    shortest_after_letter
        The same for a prefix of one letter, which is as often a part of the word (لقاح, وزير).
    longest_word
        Letters of a word; what is longer is no word, and would cost a stemmer too much.
    longest_phrase
        Longest term in stems: 1 for single words, 2 for words and pairs of neighbours.
    title_weight
        How often a title counts, 1 or more.
    passage_length
        Length of a passage in words, 2 or more; passages overlap by half.
    passage_weight
        Share of the best passage in a topic's score, 0 to 1; the whole article has the rest.
    longest_article
        Characters of title and text together that a model reads; more is an error.
    """

    prefixes: tuple[str, ...] = (
        "وبال", "وكال", "وال", "فال", "بال", "كال", "ولل", "فلل", "لل", "ال", "و", "ف", "ب", "ل", "ك",
    )  # fmt: skip
    suffixes: tuple[str, ...] = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
    shortest_stem: int = 3
    shortest_after_letter: int = 4
    longest_word: int = 40
    longest_phrase: int = 2
    title_weight: int = 5
    passage_length: int = 100
    passage_weight: float = 0.5
    longest_article: int = 1_000_000

    def __post_init__(self) -> None:
        for name, is_valid, wanted in (
            ("shortest_stem", self.shortest_stem >= 1, "1 or more"),
            ("shortest_after_letter", self.shortest_after_letter >= 1, "1 or more"),
            ("longest_word", self.longest_word >= 1, "1 or more"),
            ("longest_phrase", self.longest_phrase in (1, 2), "1 or 2"),
            ("title_weight", self.title_weight >= 1, "1 or more"),
            ("passage_length", self.passage_length >= 2, "2 or more"),
            ("passage_weight", 0 <= self.passage_weight <= 1, "0 to 1"),
            ("longest_article", self.longest_article >= 1, "1 or more"),
        ):
            if not is_valid:
                raise SettingsError(f"model setting {name} is {getattr(self, name)!r}; it must be {wanted}")

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON holds them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read the settings that :meth:`to_dict` wrote.

        Raises
        ------
        SettingsError
            When a name is unknown or missing, or a value out of its range.
        """
        known = {field.name for field in fields(cls)}
        if wrong := known.symmetric_difference(values):
            raise SettingsError(f"model settings: {', '.join(sorted(wrong))} is unknown or missing")
        typed: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return cls(**typed)
