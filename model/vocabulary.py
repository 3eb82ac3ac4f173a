"""Terms: the stems, and pairs of neighbouring stems, that a model knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wasim.model.characters import tokenise
from wasim.model.settings import ModelSettings
from wasim.model.stems import LightStemmer

UNKNOWN = -1
_MOST_REMEMBERED_WORDS = 1_000_000
_LONGEST_REMEMBERED_WORD = 40


@dataclass(frozen=True, slots=True)
class TermSequence:
    """The known terms of one text, in the order of their first words.

    Parameters
    ----------
    ids
        int64 of shape (n_terms,); rows of the vocabulary.
    positions
        int64 of shape (n_terms,); the word, counted from 0, at which the term starts.
    widths
        int64 of shape (n_terms,); words that the term spans, 1 or 2.
    n_words
        Words of the text, known or not.
    """

    ids: NDArray[np.int64]
    positions: NDArray[np.int64]
    widths: NDArray[np.int64]
    n_words: int


class WordStemmer:
    """Turns a text into the stems of its words. Bare numbers and what is too long to be a word have none."""

    def __init__(self, settings: ModelSettings) -> None:
        self._stemmer = LightStemmer(
            settings.prefixes, settings.suffixes, settings.shortest_stem, settings.shortest_after_letter
        )
        self._longest_word = settings.longest_word

    def stem(self, word: str) -> str:
        """Return a normalised word's stem, or ``""`` where it can't be a term."""
        return "" if word.isdecimal() or len(word) > self._longest_word else self._stemmer.stem(word)

    def stems(self, text: str) -> list[str]:
        """Return one entry a word of the text, in order."""
        return [self.stem(word) for word in tokenise(text)]


class Vocabulary:
    """Looks the terms of a text up.

    Parameters
    ----------
    terms
        Distinct stems and pairs of stems joined by a space; their order is that of the weights' rows.
    settings
        How words are stemmed.
    """

    def __init__(self, terms: Sequence[str], settings: ModelSettings) -> None:
        self.terms = tuple(terms)
        self._word_stemmer = WordStemmer(settings)
        self._stem_ids: dict[str, int] = {}
        for term in self.terms:
            for stem in term.split(" "):
                self._stem_ids.setdefault(stem, len(self._stem_ids))
        self._term_of_stem = np.full(len(self._stem_ids) + 1, UNKNOWN, dtype=np.int64)  # the last: no stem
        pairs: list[tuple[int, int]] = []
        for row, term in enumerate(self.terms):
            first, _, second = term.partition(" ")
            if second:
                pairs.append((self._pair_key(self._stem_ids[first], self._stem_ids[second]), row))
            else:
                self._term_of_stem[self._stem_ids[first]] = row
        pairs.sort()
        self._pair_keys = np.array([key for key, _ in pairs], dtype=np.int64)
        self._term_of_pair = np.array([row for _, row in pairs], dtype=np.int64)
        self._stem_of_word: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.terms)

    @property
    def stems(self) -> tuple[str, ...]:
        """Every stem that stands in a term, in the order of the stems' numbers."""
        return tuple(self._stem_ids)

    @property
    def term_of_stem(self) -> NDArray[np.int64]:
        """The row of each stem as a term of its own, or UNKNOWN; the last entry is that of no stem."""
        return self._term_of_stem

    @property
    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The keys of the pairs, ``first * len(stems) + second``, and their rows."""
        return self._pair_keys, self._term_of_pair

    def read(self, text: str) -> TermSequence:
        """Find the known terms of a text."""
        stems = self._stem_sequence(tokenise(text))
        return self._terms_of(stems)

    def _stem_sequence(self, words: Iterable[str]) -> NDArray[np.int64]:
        remembered = self._stem_of_word
        return np.array(
            [remembered[word] if word in remembered else self._look_up(word) for word in words],
            dtype=np.int64,
        )

    def _look_up(self, word: str) -> int:
        stem = self._stem_ids.get(self._word_stemmer.stem(word), UNKNOWN)
        if len(word) <= _LONGEST_REMEMBERED_WORD:
            if len(self._stem_of_word) >= _MOST_REMEMBERED_WORDS:
                self._stem_of_word = {}
            self._stem_of_word[word] = stem
        return stem

    def _pair_key(self, first: int, second: int) -> int:
        return first * len(self._stem_ids) + second

    def _terms_of(self, stems: NDArray[np.int64]) -> TermSequence:
        singles = self._term_of_stem[stems]
        (single_positions,) = np.nonzero(singles != UNKNOWN)
        ids, positions = singles[single_positions], single_positions
        widths = np.ones(len(ids), dtype=np.int64)
        if len(self._pair_keys) and len(stems) > 1:
            first, second = stems[:-1], stems[1:]
            keys = np.where((first < 0) | (second < 0), UNKNOWN, first * len(self._stem_ids) + second)
            slots = np.searchsorted(self._pair_keys, keys).clip(max=len(self._pair_keys) - 1)
            (pair_positions,) = np.nonzero(self._pair_keys[slots] == keys)
            ids = np.concatenate([ids, self._term_of_pair[slots[pair_positions]]])
            positions = np.concatenate([positions, pair_positions])
            widths = np.concatenate([widths, np.full(len(pair_positions), 2, dtype=np.int64)])
            order = np.argsort(positions, kind="stable")
            ids, positions, widths = ids[order], positions[order], widths[order]
        return TermSequence(ids, positions, widths, len(stems))
