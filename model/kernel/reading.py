"""Bytes to terms: the kernel's half of :mod:`wasim.model.characters`, ``stems`` and ``vocabulary``.

An article with a rare character (one that becomes several letters, or lies outside the blocks that news
uses) is normalised by Python and read again; normalising twice changes nothing.
"""

import numpy as np
from numba import njit

from wasim.model.kernel.layout import (
    FILTER_BITS,
    FOREIGN,
    ID_BITS,
    LONG,
    MEMO_BITS,
    MEMO_COLUMNS,
    N_CODE_POINTS,
    RARE,
    SEPARATOR,
)

# The functions allocate nothing and know no array's size, so that they compile for bare pointers (machine_code.py)
# as for arrays with their bounds checked (the tests). Without reference counts: half of the time went there.
_OPTIONS = {"_nrt": False, "error_model": "numpy"}
inlined = njit(forceinline=True, **_OPTIONS)
entry = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)

UNKNOWN = np.int64(-1)
_ONE = np.uint64(1)
_BYTE = np.uint64(8)
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, the usual multiplicative hash
_ID_BITS = np.uint64(ID_BITS)
_ID_MASK = np.uint64((1 << ID_BITS) - 1)
_FILTER_SHIFT = np.uint64(64 - FILTER_BITS)
_MEMO_SHIFT = np.uint64(64 - MEMO_BITS)
_MEMO_COLUMNS = np.uint64(MEMO_COLUMNS)
_LETTERS_IN_KEY = 16


@inlined
def _mixed(value):
    return (value ^ (value >> np.uint64(29))) * _ODD


@inlined
def _letters_hash(letters, start, end):
    value = np.uint64(0)
    for index in range(start, end):
        value = (value ^ np.uint64(letters[index])) * _ODD
    return _mixed(value)


@entry
def fill_slots(tables):
    """Enter the model's stems and pairs into their empty slots."""
    mask = (_ONE << np.uint64(tables.stem_bits)) - _ONE
    for stem in range(tables.n_stems):
        value = _letters_hash(tables.stem_letters, tables.stem_bounds[stem], tables.stem_bounds[stem + 1])
        slot = value >> np.uint64(64 - tables.stem_bits)
        while tables.stem_slots[slot]:
            slot = (slot + _ONE) & mask
        tables.stem_slots[slot] = (value & ~_ID_MASK) | np.uint64(stem + 1)
    mask = (_ONE << np.uint64(tables.pair_bits)) - _ONE
    for pair in range(tables.n_pairs):
        key = tables.pair_keys[pair]
        value = _mixed(key)
        bit = value >> _FILTER_SHIFT
        tables.pair_filter[bit >> np.uint64(6)] |= _ONE << (bit & np.uint64(63))
        slot = value >> np.uint64(64 - tables.pair_bits)
        while tables.pair_slots[slot]:
            slot = (slot + _ONE) & mask
        tables.pair_slots[slot] = ((key + _ONE) << _ID_BITS) | np.uint64(tables.term_of_pair[pair])


@inlined
def _stands_at(word, place, letters, start, end):
    for offset in range(end - start):
        if word[place + offset] != letters[start + offset]:
            return False
    return True


@inlined
def _find_stem(word, start, end, tables):
    mask = (_ONE << np.uint64(tables.stem_bits)) - _ONE
    value = _letters_hash(word, start, end)
    slot = value >> np.uint64(64 - tables.stem_bits)
    while tables.stem_slots[slot]:
        if (tables.stem_slots[slot] ^ value) >> _ID_BITS == 0:
            stem = np.int64(tables.stem_slots[slot] & _ID_MASK) - 1
            first, last = tables.stem_bounds[stem], tables.stem_bounds[stem + 1]
            # The letters decide, not the hash: no word made to collide can pass for another.
            if last - first == end - start and _stands_at(word, start, tables.stem_letters, first, last):
                return stem
        slot = (slot + _ONE) & mask
    return UNKNOWN


@inlined
def _find_pair(first, second, tables):
    key = np.uint64(first) * np.uint64(tables.n_stems) + np.uint64(second)
    value = _mixed(key)
    bit = value >> _FILTER_SHIFT
    if (tables.pair_filter[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & _ONE == 0:
        return UNKNOWN
    mask = (_ONE << np.uint64(tables.pair_bits)) - _ONE
    slot = value >> np.uint64(64 - tables.pair_bits)
    while tables.pair_slots[slot]:
        if tables.pair_slots[slot] >> _ID_BITS == key + _ONE:
            return np.int64(tables.pair_slots[slot] & _ID_MASK)
        slot = (slot + _ONE) & mask
    return UNKNOWN


@inlined
def _stem_bounds(word, length, tables):
    """Where the stem of a word starts and ends: LightStemmer.stem."""
    end = length
    stripping = True
    while stripping and end > tables.shortest_stem and tables.ends_a_suffix[word[end - 1]]:
        stripping = False
        for suffix in range(tables.n_suffixes):
            first, last = tables.suffix_bounds[suffix], tables.suffix_bounds[suffix + 1]
            place = end - (last - first)
            if place >= tables.shortest_stem and _stands_at(word, place, tables.suffix_letters, first, last):
                end = place
                stripping = True
                break
    if tables.starts_a_prefix[word[0]]:
        for prefix in range(tables.n_prefixes):
            first, last = tables.prefix_bounds[prefix], tables.prefix_bounds[prefix + 1]
            if end >= tables.shortest_prefixed_word[prefix] and _stands_at(
                word, np.int64(0), tables.prefix_letters, first, last
            ):
                return last - first, end
    return np.int64(0), end


@inlined
def _look_up(word, length, tables):
    """Find a word's stem and the stem's own term: each plus 1, in the upper and the lower half; 0 for none."""
    is_number = True
    for index in range(length):
        is_number = is_number and tables.is_digit[word[index]]
    if is_number:
        return np.uint64(0)
    start, end = _stem_bounds(word, length, tables)
    stem = _find_stem(word, start, end, tables)
    if stem < 0:
        return np.uint64(0)
    return np.uint64(stem + 1) << np.uint64(32) | np.uint64(tables.term_of_stem[stem] + 1)


@inlined
def _decode_long(data, place, end):
    """Read a code point of three or four bytes, and how many it takes; what is not UTF-8 is 0x20, a byte at a time."""
    lead = np.uint32(data[place])
    extra = np.int64(2 if lead < 0xF0 else 3)
    if lead < 0xE0 or lead > 0xF4 or place + extra >= end:
        return np.uint32(0x20), np.int64(1)
    value = lead & np.uint32(0x0F if lead < 0xF0 else 0x07)
    for offset in range(1, extra + 1):
        byte = data[place + offset]
        if byte & 0xC0 != 0x80:
            return np.uint32(0x20), np.int64(1)
        value = value << np.uint32(6) | np.uint32(byte & 0x3F)
    if value < (0x800 if lead < 0xF0 else 0x10000) or value >= N_CODE_POINTS:
        return np.uint32(0x20), np.int64(1)
    return value, extra + 1


@inlined
def _next_code(data, place, end, tables):
    """Read one character's code, and where the next one starts; the end of a text separates as a space does."""
    if place == end:
        return np.uint8(SEPARATOR), place + 1
    lead = np.uint64(data[place])
    second = np.uint64(data[place + 1]) if place + 1 < end else np.uint64(0)
    code = tables.codes_of_two_bytes[lead << _BYTE | second]
    if code != LONG:
        return code, place + 1 + np.int64(lead >= 0xC0)
    code_point, n_bytes = _decode_long(data, place, end)
    return tables.codes[code_point], place + n_bytes


@inlined
def _read_field(data, start, end, tables, scratch, batch, n_terms):
    """Add a text's terms to those of its article.

    Returns how many there are now, and the text's words; -1 words when a rare character has to be normalised first.
    """
    memo, word, terms, places = scratch.memo, scratch.word, batch.terms, batch.places
    length, n_words, before = np.int64(0), np.int64(0), UNKNOWN
    front = back = np.uint64(0)  # the word's last sixteen letters, exactly
    place = start
    while place <= end:  # one step more than there are bytes: the end of a text ends its last word
        code, place = _next_code(data, place, end, tables)
        if code == RARE:
            if not batch.is_normalised:
                return n_terms, np.int64(-1)
            code = np.uint8(FOREIGN)
        if code >= FOREIGN:
            back = back << _BYTE | front >> np.uint64(56)
            front = front << _BYTE | np.uint64(code)
            if length < tables.longest_word:
                word[length] = code
            length += 1
        elif code == SEPARATOR and length:
            slot = ((front ^ back * _ODD) * _ODD >> _MEMO_SHIFT) * _MEMO_COLUMNS
            is_whole_key = length <= _LETTERS_IN_KEY
            if is_whole_key and memo[slot] == front and memo[slot + _ONE] == back:
                found = memo[slot + np.uint64(2)]
            else:
                found = _look_up(word, length, tables) if length <= tables.longest_word else np.uint64(0)
                if is_whole_key:
                    memo[slot], memo[slot + _ONE], memo[slot + np.uint64(2)] = front, back, found
            stem, own_term = np.int64(found >> np.uint64(32)) - 1, np.int64(found & np.uint64(0xFFFFFFFF)) - 1
            if stem >= 0 and before >= 0:
                pair_term = _find_pair(before, stem, tables)
                if pair_term >= 0:
                    terms[n_terms], places[n_terms] = pair_term, 2 * n_words + 1
                    n_terms += 1
            if own_term >= 0:
                terms[n_terms], places[n_terms] = own_term, 2 * n_words
                n_terms += 1
            before = stem
            n_words += 1
            length, front, back = np.int64(0), np.uint64(0), np.uint64(0)
    return n_terms, n_words


@inlined
def read_article(article, tables, scratch, batch):
    """Read an article's terms: how many are its title's, how many there are in all, and the text's words."""
    n_title = n_terms = n_words = np.int64(0)
    for field in range(2):
        n_title = n_terms
        data = batch.texts if field else batch.titles
        bounds = batch.text_bounds if field else batch.title_bounds
        n_terms, n_words = _read_field(data, bounds[article], bounds[article + 1], tables, scratch, batch, n_terms)
        if n_words < 0:
            break
    batch.read[article] = n_words >= 0
    return n_title, n_terms, n_words
