"""How fast scoring could be at most: the kernel's parts alone, on the same bytes, and copying them."""

from collections.abc import Callable

import numpy as np
from numba import njit

from wasim.model import TopicModel
from wasim.model.kernel.columns import Column
from wasim.model.kernel.layout import FIRST_LETTER, SEPARATOR
from wasim.model.kernel.reading import _next_code, _stem_bounds
from wasim.model.kernel.tables import make_tables


@njit(nogil=True)
def words_only(data: np.ndarray, tables: tuple) -> int:
    """Normalise and split into words."""
    n_words = length = 0
    place = np.int64(0)
    while place <= data.size:
        code, place = _next_code(data, place, np.int64(data.size), tables)
        if code >= FIRST_LETTER:
            length += 1
        elif code == SEPARATOR and length:
            n_words += 1
            length = 0
    return n_words


@njit(nogil=True)
def words_and_stems(data: np.ndarray, tables: tuple, word: np.ndarray) -> int:
    """Normalise, split, and find the stem of each word, remembering none."""
    letters_of_stems = length = np.int64(0)
    place = np.int64(0)
    while place <= data.size:
        code, place = _next_code(data, place, np.int64(data.size), tables)
        if code >= FIRST_LETTER:
            if length < tables.longest_word:
                word[length] = code
                length += 1
        elif code == SEPARATOR and length:
            start, end = _stem_bounds(word, length, tables)
            letters_of_stems += end - start
            length = np.int64(0)
    return letters_of_stems


def limits(model: TopicModel, texts: Column) -> dict[str, Callable[[], object]]:
    """Make what runs over all the bytes once."""
    tables = make_tables(model.vocabulary, model.linear, model.settings)
    word, copy = np.empty(tables.longest_word, dtype=np.uint8), np.empty_like(texts.data)
    return {
        "words and stems alone": lambda: words_and_stems(texts.data, tables, word),
        "words alone": lambda: words_only(texts.data, tables),
        "copying the bytes": lambda: np.copyto(copy, texts.data),
    }
