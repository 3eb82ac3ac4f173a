"""What the kernel reads and writes: named tuples of flat arrays and numbers.

Letters are bytes here: a code for each letter that stands in the vocabulary or an affix, and one for all
others, since a word that holds one of those can't be known.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# What a code point becomes: one of these, or the code of a letter. LONG: more than two bytes have to be read.
RARE, DROPPED, SEPARATOR, LONG, FOREIGN, FIRST_LETTER = range(6)
N_CODE_POINTS = 0x110000
MOST_LETTERS = 256 - FIRST_LETTER

ID_BITS = 22  # of a slot of a table: a number in the low bits, its exact key or part of its hash above
MOST_STEMS = 1 << (ID_BITS - 1)
FILTER_BITS = 18
MEMO_BITS = 14  # more remembers more words and fits a core's cache less; measured equal from 13 to 16
MEMO_COLUMNS = 4
ROW = 8  # floats of a term: its idf, and its weights for seven topics
TOPICS_IN_ROW = ROW - 1
N_WEIGHED_COUNTS = 1024

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int32]
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]
Singles = NDArray[np.float32]
Floats = NDArray[np.float64]


class Tables(NamedTuple):
    """A model as the kernel reads it.

    ``codes_of_two_bytes`` has the code of every pair of leading bytes, ``codes`` that of every code point.
    Of affixes there are the letters in one row, the bounds of each, and which letters can begin or end one.
    Stems and pairs are open-addressing tables; a Bloom filter of one bit stands before the pairs. Terms are
    numbered by their idf, so that what is fetched often lies together. ``rows`` holds, for seven topics at a
    time, idf and weights of each term; ``weight_of_count`` is ``1 + ln count``, and 0 for none.
    """

    codes_of_two_bytes: Bytes
    codes: Bytes
    longest_word: int
    shortest_stem: int
    suffix_letters: Bytes
    suffix_bounds: Integers
    n_suffixes: int
    ends_a_suffix: Bytes
    prefix_letters: Bytes
    prefix_bounds: Integers
    n_prefixes: int
    shortest_prefixed_word: Integers
    starts_a_prefix: Bytes
    is_digit: Bytes
    stem_slots: Words
    stem_bits: int
    stem_letters: Bytes
    stem_bounds: Integers
    n_stems: int
    term_of_stem: Numbers
    pair_slots: Words
    pair_bits: int
    pair_filter: Words
    pair_keys: Words
    term_of_pair: Numbers
    n_pairs: int
    rows: Singles
    n_terms: int
    n_topics: int
    bias: Floats
    weight_of_count: Floats
    title_weight: int
    passage_length: int
    passage_weight: float


class Scratch(NamedTuple):
    """What one call at a time writes to. ``counts`` is zero between calls; ``memo`` remembers exact words' stems."""

    memo: Words
    word: Bytes
    counts: Numbers
    best: Floats
    chosen: Integers


class Batch(NamedTuple):
    """Articles, and room for the terms of one of them.

    Title i is ``titles[title_bounds[i]:title_bounds[i + 1]]``, and its text likewise. ``read`` becomes 0
    where an article waits for its rare characters to be normalised; ``is_normalised`` says that none has to
    wait any more. ``terms`` takes an article's terms; ``places`` twice the last word of each, plus 1 for a pair.
    """

    titles: Bytes
    title_bounds: Integers
    texts: Bytes
    text_bounds: Integers
    n_articles: int
    is_normalised: int
    read: Bytes
    terms: Numbers
    places: Numbers


class Scores(NamedTuple):
    """Room for what :class:`wasim.model.scoring.BlendedScores` holds, article after article."""

    scores: Floats
    best_passage: Integers
    knows_nothing: Bytes


# The kernel's ways in, and what each takes.
ENTRIES: dict[str, tuple[type, ...]] = {
    "fill_slots": (Tables,),
    "score_articles": (Tables, Scratch, Batch, Scores),
}
