"""The compiled path: UTF-8 bytes to scores without a Python object per word.

Reads the same character table, affixes, terms and weights as :mod:`wasim.model.vocabulary` and
:mod:`wasim.model.scoring`, which stay the readable specification; tests hold the two equal. Letters are
bytes here: a code for each letter that stands in the vocabulary or an affix, and one for all others, since
a word that holds one of those can't be known.

An article with a rare character (one that becomes several letters, or lies outside the blocks that news
uses) is normalised by Python and read again; normalising twice changes nothing.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wasim.model.vocabulary import UNKNOWN

# What a code point becomes: one of these, or the code of a letter.
RARE, DROPPED, SEPARATOR, FOREIGN, FIRST_LETTER = range(5)
N_CODE_POINTS = 0x110000

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, the usual multiplicative hash
_ONE = np.uint64(1)
_ID_BITS = np.uint64(22)  # of a slot: a row in the low bits, its exact key or part of its hash above
_ID_MASK = np.uint64((1 << 22) - 1)
MEMO_BITS = 14
_LETTERS_IN_KEY = 16
FILTER_BITS = 18
COLUMNS = 8  # floats in a cache line; rows are a multiple of it, so that the compiler knows their width


class Affixes(NamedTuple):
    """The affixes' letter codes in one row, the bounds of each, and which letters can begin or end one."""

    suffix_letters: NDArray[np.uint8]
    suffix_bounds: NDArray[np.int64]
    ends_a_suffix: NDArray[np.bool_]
    prefix_letters: NDArray[np.uint8]
    prefix_bounds: NDArray[np.int64]
    prefix_words: NDArray[np.int64]
    starts_a_prefix: NDArray[np.bool_]
    is_digit: NDArray[np.bool_]
    shortest_stem: int


class Stems(NamedTuple):
    """The known stems: an open-addressing table of hash and number, and the letters that decide."""

    slots: NDArray[np.uint64]
    bits: int
    letters: NDArray[np.uint8]
    bounds: NDArray[np.int64]


class Pairs(NamedTuple):
    """The known pairs: an open-addressing table of key and row, behind a Bloom filter of one bit."""

    slots: NDArray[np.uint64]
    bits: int
    bloom: NDArray[np.uint64]
    n_stems: int


class Weights(NamedTuple):
    """``rows``: float64 of shape (n_terms, n_blocks, 8): idf squared, then idf times each topic's weight, then 0.

    One term is one cache line up to seven topics: fetching it is most of what a term costs.
    """

    rows: NDArray[np.float64]
    logs: NDArray[np.float64]


class Tables(NamedTuple):
    """A model as the kernel reads it. ``codes``: uint8 of shape (0x110000,)."""

    codes: NDArray[np.uint8]
    affixes: Affixes
    stems: Stems
    term_of_stem: NDArray[np.int64]
    pairs: Pairs
    weights: Weights
    bias: NDArray[np.float64]
    longest_word: int
    title_weight: int
    passage_length: int
    passage_weight: float


class Scratch(NamedTuple):
    """What one thread writes to. ``counts`` is zero between calls; ``memo`` remembers exact words' stems."""

    memo: NDArray[np.uint64]
    counts: NDArray[np.int32]


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written: compile at each start
        return njit(nogil=True)(function)


@_compiled
def _mixed(value, bits):
    value = (value ^ (value >> np.uint64(29))) * _ODD
    return value, value >> np.uint64(64 - bits)


@_compiled
def _hash_letters(letters, start, end):
    value = np.uint64(0)
    for index in range(start, end):
        value = (value ^ np.uint64(letters[index])) * _ODD
    return value


@_compiled
def fill_stems(slots, bits, letters, bounds):
    """Enter every stem; called once a model."""
    mask = np.uint64(slots.size - 1)
    for stem in range(bounds.size - 1):
        value, slot = _mixed(_hash_letters(letters, bounds[stem], bounds[stem + 1]), bits)
        while slots[slot]:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = (value & ~_ID_MASK) | np.uint64(stem + 1)


@_compiled
def fill_pairs(slots, bits, bloom, keys, terms):
    """Enter every pair; called once a model."""
    mask = np.uint64(slots.size - 1)
    for pair in range(keys.size):
        value, slot = _mixed(keys[pair], bits)
        bit = value >> np.uint64(64 - FILTER_BITS)
        bloom[bit >> np.uint64(6)] |= np.uint64(1) << (bit & np.uint64(63))
        while slots[slot]:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = ((keys[pair] + np.uint64(1)) << _ID_BITS) | np.uint64(terms[pair])


@_compiled
def _find_stem(word, start, end, stems):
    mask = np.uint64(stems.slots.size - 1)
    value, slot = _mixed(_hash_letters(word, start, end), stems.bits)
    while stems.slots[slot]:
        if (stems.slots[slot] ^ value) >> _ID_BITS == 0:
            stem = np.int64(stems.slots[slot] & _ID_MASK) - 1
            first, last = stems.bounds[stem], stems.bounds[stem + 1]
            # The letters decide, not the hash: no word made to collide can pass for another.
            if last - first == end - start and _stands_at(word, start, stems.letters, first, last):
                return stem
        slot = (slot + np.uint64(1)) & mask
    return UNKNOWN


@_compiled
def _find_pair(first, second, pairs):
    key = np.uint64(first) * np.uint64(pairs.n_stems) + np.uint64(second)
    value, slot = _mixed(key, pairs.bits)
    bit = value >> np.uint64(64 - FILTER_BITS)
    if (pairs.bloom[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & np.uint64(1) == 0:
        return UNKNOWN
    mask = np.uint64(pairs.slots.size - 1)
    while pairs.slots[slot]:
        if pairs.slots[slot] >> _ID_BITS == key + np.uint64(1):
            return np.int64(pairs.slots[slot] & _ID_MASK)
        slot = (slot + np.uint64(1)) & mask
    return UNKNOWN


@_compiled
def _stands_at(word, place, letters, start, end):
    for offset in range(end - start):
        if word[place + offset] != letters[start + offset]:
            return False
    return True


@_compiled
def _stem_bounds(word, length, affixes):
    """Where the stem of a word starts and ends: LightStemmer.stem."""
    shortest = affixes.shortest_stem
    end = length
    stripping = True
    while stripping and end > shortest and affixes.ends_a_suffix[word[end - 1]]:
        stripping = False
        for affix in range(affixes.suffix_bounds.size - 1):
            first, last = affixes.suffix_bounds[affix], affixes.suffix_bounds[affix + 1]
            place = end - (last - first)
            if place >= shortest and _stands_at(word, place, affixes.suffix_letters, first, last):
                end = place
                stripping = True
                break
    if affixes.starts_a_prefix[word[0]]:
        for affix in range(affixes.prefix_bounds.size - 1):
            first, last = affixes.prefix_bounds[affix], affixes.prefix_bounds[affix + 1]
            if end >= affixes.prefix_words[affix] and _stands_at(word, 0, affixes.prefix_letters, first, last):
                return last - first, end
    return 0, end


@_compiled
def _look_up(word, length, affixes, stems):
    digits = True
    for index in range(length):
        digits = digits and affixes.is_digit[word[index]]
    if digits:
        return UNKNOWN
    start, end = _stem_bounds(word, length, affixes)
    return _find_stem(word, start, end, stems)


@_compiled
def _decode_long(data, place, end):
    """Read a code point of three or four bytes, and how many it takes; what is not UTF-8 is 0x20, a byte at a time."""
    lead = np.uint32(data[place])
    extra = np.uint64(2 if lead < 0xF0 else 3)
    if lead < 0xE0 or lead > 0xF4 or place + extra >= end:
        return np.uint32(0x20), _ONE
    value = lead & np.uint32(0x0F if lead < 0xF0 else 0x07)
    for offset in range(extra):
        byte = data[place + np.uint64(offset) + _ONE]
        if byte & 0xC0 != 0x80:
            return np.uint32(0x20), _ONE
        value = value << np.uint32(6) | np.uint32(byte & 0x3F)
    if value < (0x800 if lead < 0xF0 else 0x10000) or value >= N_CODE_POINTS:
        return np.uint32(0x20), _ONE
    return value, extra + _ONE


@_compiled
def _read_terms(data, start, end, is_normalised, tables, memo, terms, places):
    """Fill in a text's terms, and where they stand: twice the last word of the term, plus 1 for a pair.

    Returns the number of terms and of words; -1 words when a rare character has to be normalised first.
    """
    codes, affixes, stems, pairs, term_of_stem = (
        tables.codes, tables.affixes, tables.stems, tables.pairs, tables.term_of_stem,
    )  # fmt: skip
    longest = np.uint64(tables.longest_word)
    word = np.empty(longest, dtype=np.uint8)
    length, n_terms = np.uint64(0), np.uint64(0)
    n_words, before = np.int64(0), np.int64(UNKNOWN)
    front = back = np.uint64(0)  # the word's first sixteen letters, exactly
    place, end = np.uint64(start), np.uint64(end)
    while place <= end:  # one step more than there are bytes: the end of a text ends its last word
        if place == end:
            code = np.uint8(SEPARATOR)
            place += _ONE
        elif data[place] < 0x80:
            code = codes[data[place]]
            place += _ONE
        elif 0xC2 <= data[place] and data[place] < 0xE0 and place + _ONE < end and data[place + _ONE] & 0xC0 == 0x80:
            code = codes[np.uint64(data[place] & 0x1F) << np.uint64(6) | np.uint64(data[place + _ONE] & 0x3F)]
            place += np.uint64(2)
        else:
            code_point, n_bytes = _decode_long(data, place, end)
            code = codes[code_point]
            place += n_bytes
        if code == RARE:
            if not is_normalised:
                return np.int64(0), np.int64(-1)
            code = np.uint8(FOREIGN)
        if code >= FOREIGN:
            if length < 8:
                front = front << np.uint64(8) | np.uint64(code)
            elif length < _LETTERS_IN_KEY:
                back = back << np.uint64(8) | np.uint64(code)
            if length < longest:
                word[length] = code
            length += _ONE
        elif code == SEPARATOR and length:
            stem = np.int64(UNKNOWN)
            if length <= longest:
                slot = ((front ^ back * _ODD) * _ODD) >> np.uint64(64 - MEMO_BITS)
                if length <= _LETTERS_IN_KEY and memo[slot, 0] == front and memo[slot, 1] == back:
                    stem = np.int64(memo[slot, 2])
                else:
                    stem = _look_up(word, np.int64(length), affixes, stems)
                    if length <= _LETTERS_IN_KEY:
                        memo[slot, 0], memo[slot, 1], memo[slot, 2] = front, back, np.uint64(stem)
            if stem >= 0:
                if before >= 0:
                    term = _find_pair(before, stem, pairs)
                    if term >= 0:
                        terms[n_terms], places[n_terms] = term, 2 * n_words + 1
                        n_terms += _ONE
                term = term_of_stem[stem]
                if term >= 0:
                    terms[n_terms], places[n_terms] = term, 2 * n_words
                    n_terms += _ONE
            before = stem
            n_words += 1
            length, front, back = np.uint64(0), np.uint64(0), np.uint64(0)
    return np.int64(n_terms), n_words


@_compiled
def _weight_of_count(count, logs):
    return logs[count] if count < logs.size else 1 + np.log(count)


@_compiled
def _change(term, by, weights, counts, totals):
    """Count a term up or down; totals hold the squared length, then each topic's product with the weights."""
    count = counts[term]
    counts[term] = count + by
    old, new = _weight_of_count(count, weights.logs), _weight_of_count(count + by, weights.logs)
    step = new - old
    for block in range(weights.rows.shape[1]):
        for column in range(COLUMNS):
            totals[block * COLUMNS + column] += step * weights.rows[term, block, column]
    # Its column came along as if it were a topic's: what is missing is new² - old² less the step.
    totals[0] += weights.rows[term, 0, 0] * step * (new + old - 1)


@_compiled
def _best_passages(terms, places, n_terms, n_words, tables, counts, totals, best, chosen):
    """Find the highest score of a passage for each topic, without bias, and which one it is; see passage_bounds."""
    length = tables.passage_length
    stride = (length + 1) // 2
    totals[:] = 0
    first = last = start = passage = 0
    while True:
        end = start + length
        if start + stride + length > n_words:
            end = n_words
        while last < n_terms and places[last] >> 1 < end:
            _change(terms[last], 1, tables.weights, counts, totals)
            last += 1
        while first < last and (places[first] >> 1) - (places[first] & 1) < start:
            _change(terms[first], -1, tables.weights, counts, totals)
            first += 1
        if first == last:
            totals[:] = 0
        for topic in range(tables.bias.size):
            score = totals[topic + 1] / np.sqrt(totals[0]) if first < last else 0.0
            if passage == 0 or score > best[topic]:
                best[topic], chosen[topic] = score, passage
        if end == n_words:
            break
        start += stride
        passage += 1
    for index in range(first, last):
        counts[terms[index]] = 0


@_compiled
def score_articles(data, bounds, is_normalised, tables, scratch, scores, best_passage, knows_nothing, read):
    """Score articles; fields 2i and 2i+1 are the title and text of article i. ``read`` is False where one waits."""
    n_topics = tables.bias.size
    longest = 0
    for article in range(read.size):
        longest = max(longest, bounds[2 * article + 2] - bounds[2 * article])
    room = longest + 2  # a word has two bytes or more, and is a term and a pair with the one before
    terms, places = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    totals = np.empty(tables.weights.rows.shape[1] * COLUMNS)
    best = np.empty(n_topics)
    counts, share = scratch.counts, tables.passage_weight
    for article in range(read.size):
        title, text, end = bounds[2 * article], bounds[2 * article + 1], bounds[2 * article + 2]
        n_title, words = _read_terms(data, title, text, is_normalised, tables, scratch.memo, terms, places)
        read[article] = words >= 0
        if words < 0:
            continue
        n_text, words = _read_terms(
            data, text, end, is_normalised, tables, scratch.memo, terms[n_title:], places[n_title:]
        )
        read[article] = words >= 0
        if words < 0:
            continue
        totals[:] = 0
        for index in range(n_title + n_text):
            counts[terms[index]] += tables.title_weight if index < n_title else 1
        for index in range(n_title + n_text):
            by = counts[terms[index]]
            if by:
                counts[terms[index]] = 0
                _change(terms[index], by, tables.weights, counts, totals)
                counts[terms[index]] = 0
        knows_nothing[article] = n_title + n_text == 0
        for topic in range(n_topics):
            score = totals[topic + 1] / np.sqrt(totals[0]) if n_title + n_text else 0.0
            scores[article, topic] = tables.bias[topic] + score
            best_passage[article, topic] = -1
        if share > 0 and words > tables.passage_length:
            _best_passages(
                terms[n_title:], places[n_title:], n_text, words, tables, counts, totals, best, best_passage[article]
            )
            for topic in range(n_topics):
                passage = tables.bias[topic] + best[topic]
                scores[article, topic] = (1 - share) * scores[article, topic] + share * passage
