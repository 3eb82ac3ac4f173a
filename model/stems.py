"""Light stemming: the affixes that Arabic writes onto a word, taken off."""

from collections.abc import Iterable


class LightStemmer:
    """Takes suffixes, then at most one prefix, off a normalised word.

    Not a root finder: it only makes «الحكومة», «حكومة» and «وبالحكومة» one term. The idea is light10's
    (Larkey, Ballesteros and Connell, "Light Stemming for Arabic Information Retrieval", 2007).

    Parameters
    ----------
    prefixes, suffixes
        Affixes in normalised letters.
    shortest_stem
        Letters that must be left over.
    shortest_after_letter
        Letters that must be left over when a prefix of a single letter goes.

    Examples
    --------
    >>> stemmer = LightStemmer(["وال", "ال", "ب"], ["ات", "ه"], 3, 4)
    >>> [stemmer.stem(word) for word in ("واللقاحات", "لقاح", "بمدرسه", "مدرسه")]
    ['لقاح', 'لقاح', 'مدرس', 'مدرس']
    """

    def __init__(
        self, prefixes: Iterable[str], suffixes: Iterable[str], shortest_stem: int, shortest_after_letter: int
    ) -> None:
        self._prefixes = [
            (prefix, len(prefix) + (shortest_after_letter if len(prefix) == 1 else shortest_stem))
            for prefix in sorted(prefixes, key=len, reverse=True)
        ]
        self._suffixes = sorted(suffixes, key=len, reverse=True)
        self._shortest = shortest_stem
        self._first_letters = tuple(prefix for prefix, _ in self._prefixes)
        self._last_letters = tuple(self._suffixes)

    def stem(self, word: str) -> str:
        """Return the word without its affixes."""
        while word.endswith(self._last_letters):
            for suffix in self._suffixes:
                if word.endswith(suffix) and len(word) - len(suffix) >= self._shortest:
                    word = word[: -len(suffix)]
                    break
            else:
                break
        if word.startswith(self._first_letters):
            for prefix, shortest_word in self._prefixes:
                if word.startswith(prefix) and len(word) >= shortest_word:
                    return word[len(prefix) :]
        return word
