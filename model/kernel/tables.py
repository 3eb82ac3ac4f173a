"""A model, laid out for the kernel."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wasim.model.characters import normalise
from wasim.model.kernel.layout import (
    DROPPED,
    FILTER_BITS,
    FIRST_LETTER,
    FOREIGN,
    LONG,
    MOST_LETTERS,
    MOST_STEMS,
    N_CODE_POINTS,
    N_WEIGHED_COUNTS,
    ROW,
    SEPARATOR,
    TOPICS_IN_ROW,
    Tables,
)
from wasim.model.scoring import LinearWeights
from wasim.model.settings import ModelSettings
from wasim.model.vocabulary import Vocabulary

# Blocks folded at start: Latin to Arabic, general punctuation to symbols, Arabic presentation forms.
_COMMON_BLOCKS = (range(0x800), range(0x2000, 0x2700), range(0xFB50, 0xFF00), range(0x1F300, 0x1FA00))


def supports(vocabulary: Vocabulary, settings: ModelSettings) -> bool:
    """Whether a vocabulary's letters and size fit the kernel's codes; news in Arabic always does."""
    return len(_alphabet(vocabulary, settings)) <= MOST_LETTERS and len(vocabulary.stems) < MOST_STEMS


def term_order(linear: LinearWeights) -> NDArray[np.int64]:
    """List the vocabulary's rows in the kernel's order: the most common terms first, so that they lie together."""
    return np.argsort(linear.idf, kind="stable")


def make_tables(vocabulary: Vocabulary, linear: LinearWeights, settings: ModelSettings) -> Tables:
    """Lay a model out; the slots of stems and pairs are still empty."""
    alphabet = _alphabet(vocabulary, settings)
    code_of = {letter: code for code, letter in enumerate(alphabet, start=FIRST_LETTER)}
    prefixes = sorted(settings.prefixes, key=len, reverse=True)
    suffixes = sorted(settings.suffixes, key=len, reverse=True)
    suffix_letters, suffix_bounds = _packed(suffixes, code_of)
    prefix_letters, prefix_bounds = _packed(prefixes, code_of)
    stem_letters, stem_bounds = _packed(vocabulary.stems, code_of)
    stem_slots = _empty_slots(len(vocabulary.stems))
    pair_keys, rows_of_pairs = vocabulary.pairs
    pair_slots = _empty_slots(len(pair_keys))
    codes = _codes(code_of)
    n_terms, n_topics = linear.weights.shape
    number_of_row = np.empty(n_terms + 1, dtype=np.int32)
    number_of_row[term_order(linear)] = np.arange(n_terms)
    number_of_row[-1] = -1  # UNKNOWN stays what it is
    return Tables(
        codes_of_two_bytes=_codes_of_two_bytes(codes),
        codes=codes,
        longest_word=settings.longest_word,
        shortest_stem=settings.shortest_stem,
        suffix_letters=suffix_letters,
        suffix_bounds=suffix_bounds,
        n_suffixes=len(suffixes),
        ends_a_suffix=_flags([code_of[suffix[-1]] for suffix in suffixes]),
        prefix_letters=prefix_letters,
        prefix_bounds=prefix_bounds,
        n_prefixes=len(prefixes),
        shortest_prefixed_word=np.array(
            [len(p) + (settings.shortest_after_letter if len(p) == 1 else settings.shortest_stem) for p in prefixes],
            dtype=np.int64,
        ),
        starts_a_prefix=_flags([code_of[prefix[0]] for prefix in prefixes]),
        is_digit=_flags([code_of[digit] for digit in "0123456789"]),
        stem_slots=stem_slots,
        stem_bits=_bits(stem_slots),
        stem_letters=stem_letters,
        stem_bounds=stem_bounds,
        n_stems=len(vocabulary.stems),
        term_of_stem=number_of_row[vocabulary.term_of_stem],
        pair_slots=pair_slots,
        pair_bits=_bits(pair_slots),
        pair_filter=np.zeros(1 << (FILTER_BITS - 6), dtype=np.uint64),
        pair_keys=pair_keys.astype(np.uint64),
        term_of_pair=number_of_row[rows_of_pairs],
        n_pairs=len(pair_keys),
        rows=_rows(linear),
        n_terms=n_terms,
        n_topics=n_topics,
        bias=linear.bias.astype(np.float64),
        weight_of_count=np.concatenate([[0.0], 1 + np.log(np.arange(1, N_WEIGHED_COUNTS))]),
        title_weight=settings.title_weight,
        passage_length=settings.passage_length,
        passage_weight=float(settings.passage_weight),
    )


def _alphabet(vocabulary: Vocabulary, settings: ModelSettings) -> list[str]:
    return sorted(set("0123456789").union(*vocabulary.stems, *settings.prefixes, *settings.suffixes))


def _codes(code_of: dict[str, int]) -> NDArray[np.uint8]:
    codes = np.zeros(N_CODE_POINTS, dtype=np.uint8)
    for block in _COMMON_BLOCKS:
        for code_point in block:
            folded = normalise(chr(code_point))
            if len(folded) == 1 and folded != " ":
                codes[code_point] = code_of.get(folded, FOREIGN)
            elif not folded.strip():
                codes[code_point] = SEPARATOR if folded else DROPPED
    for letter, code in code_of.items():
        codes[ord(letter)] = code
    return codes


def _codes_of_two_bytes(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    table = np.full((256, 256), LONG, dtype=np.uint8)
    table[:0x80] = codes[:0x80, None]  # one byte is the character, whatever the next is
    table[0x80:0xC0] = SEPARATOR  # no character starts with it
    for lead in range(0xC2, 0xE0):
        first = (lead & 0x1F) << 6
        table[lead, 0x80:0xC0] = codes[first : first + 64]
    return table.ravel()


def _rows(linear: LinearWeights) -> NDArray[np.float32]:
    n_terms, n_topics = linear.weights.shape
    order = term_order(linear)
    rows = np.zeros((-(-n_topics // TOPICS_IN_ROW), n_terms, ROW), dtype=np.float32)
    for block, topics in enumerate(rows):
        weights = linear.weights[order, block * TOPICS_IN_ROW : (block + 1) * TOPICS_IN_ROW]
        topics[:, 0], topics[:, 1 : 1 + weights.shape[1]] = linear.idf[order], weights
    return rows.ravel()


def _packed(words: Sequence[str], code_of: dict[str, int]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    letters = np.array([code_of[letter] for word in words for letter in word], dtype=np.uint8)
    return letters, np.cumsum([0, *(len(word) for word in words)], dtype=np.int64)


def _flags(codes: Sequence[int]) -> NDArray[np.uint8]:
    flags = np.zeros(256, dtype=np.uint8)
    flags[list(codes)] = 1
    return flags


def _empty_slots(n_entries: int) -> NDArray[np.uint64]:
    return np.zeros(1 << max(4, (2 * n_entries).bit_length()), dtype=np.uint64)  # a quarter to half full


def _bits(slots: NDArray[np.uint64]) -> int:
    return len(slots).bit_length() - 1
