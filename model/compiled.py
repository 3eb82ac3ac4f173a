"""A model laid out for the compiled kernel, and articles brought to it."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wasim.model.article import Article
from wasim.model.characters import normalise
from wasim.model.kernel import (
    COLUMNS,
    DROPPED,
    FILTER_BITS,
    FIRST_LETTER,
    FOREIGN,
    MEMO_BITS,
    N_CODE_POINTS,
    SEPARATOR,
    Affixes,
    Pairs,
    Scratch,
    Stems,
    Tables,
    Weights,
    fill_pairs,
    fill_stems,
    score_articles,
)
from wasim.model.scoring import BlendedScores, LinearWeights
from wasim.model.settings import ModelSettings
from wasim.model.vocabulary import Vocabulary

_MOST_LETTERS = 256 - FIRST_LETTER
# Blocks folded at start: Latin to Arabic, general punctuation to symbols, Arabic presentation forms.
_COMMON_BLOCKS = (range(0x800), range(0x2000, 0x2700), range(0xFB50, 0xFF00), range(0x1F300, 0x1FA00))
_LARGEST_TABLED_COUNT = 1024


def supports(vocabulary: Vocabulary, settings: ModelSettings) -> bool:
    """Whether a vocabulary's letters and size fit the kernel's codes; news in Arabic always does."""
    return len(_alphabet(vocabulary, settings)) <= _MOST_LETTERS and len(vocabulary.stems) < 1 << 21


def make_tables(vocabulary: Vocabulary, linear: LinearWeights, settings: ModelSettings) -> Tables:
    """Lay a model out for the kernel."""
    alphabet = _alphabet(vocabulary, settings)
    code_of = {letter: code for code, letter in enumerate(alphabet, start=FIRST_LETTER)}
    prefixes = sorted(settings.prefixes, key=len, reverse=True)
    suffixes = sorted(settings.suffixes, key=len, reverse=True)
    suffix_letters, suffix_bounds = _packed(suffixes, code_of)
    prefix_letters, prefix_bounds = _packed(prefixes, code_of)
    affixes = Affixes(
        suffix_letters,
        suffix_bounds,
        _flags([code_of[suffix[-1]] for suffix in suffixes]),
        prefix_letters,
        prefix_bounds,
        np.array(
            [len(p) + (settings.shortest_after_letter if len(p) == 1 else settings.shortest_stem) for p in prefixes],
            dtype=np.int64,
        ),
        _flags([code_of[prefix[0]] for prefix in prefixes]),
        _flags([code_of[digit] for digit in "0123456789"]),
        settings.shortest_stem,
    )
    return Tables(
        _codes(code_of),
        affixes,
        _stems(vocabulary, code_of),
        vocabulary.term_of_stem,
        _pairs(vocabulary),
        _weights(linear),
        linear.bias.astype(np.float64),
        settings.longest_word,
        settings.title_weight,
        settings.passage_length,
        float(settings.passage_weight),
    )


def _stems(vocabulary: Vocabulary, code_of: dict[str, int]) -> Stems:
    letters, bounds = _packed(vocabulary.stems, code_of)
    slots = _empty_slots(len(vocabulary.stems))
    bits = len(slots).bit_length() - 1
    fill_stems(slots, bits, letters, bounds)
    return Stems(slots, bits, letters, bounds)


def _pairs(vocabulary: Vocabulary) -> Pairs:
    keys, terms = vocabulary.pairs
    slots, bloom = _empty_slots(len(keys)), np.zeros(1 << (FILTER_BITS - 6), dtype=np.uint64)
    bits = len(slots).bit_length() - 1
    fill_pairs(slots, bits, bloom, keys.astype(np.uint64), terms)
    return Pairs(slots, bits, bloom, len(vocabulary.stems))


def _weights(linear: LinearWeights) -> Weights:
    n_terms, n_topics = linear.weights.shape
    idf = linear.idf.astype(np.float64)
    rows = np.zeros((n_terms, -(-(n_topics + 1) // COLUMNS), COLUMNS))
    flat = rows.reshape(n_terms, -1)
    flat[:, 0], flat[:, 1 : n_topics + 1] = idf**2, idf[:, None] * linear.weights
    logs = np.concatenate([[0.0], 1 + np.log(np.arange(1, _LARGEST_TABLED_COUNT))])
    return Weights(rows, logs)


class CompiledScorer:
    """Scores articles with the kernel; may be used from several threads at once."""

    def __init__(self, vocabulary: Vocabulary, linear: LinearWeights, settings: ModelSettings) -> None:
        self._tables = make_tables(vocabulary, linear, settings)
        self._of_thread = threading.local()
        self.score(
            [Article("عنوان", "نص \N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}")]
        )  # compiles, or reads the cache

    def score(self, articles: Sequence[Article]) -> BlendedScores:
        """Score each article against every topic, as :func:`wasim.model.scoring.blend` does."""
        shape = (len(articles), len(self._tables.bias))
        answer = BlendedScores(
            np.empty(shape), np.empty(shape, dtype=np.int64), np.empty(len(articles), dtype=np.bool_)
        )
        read = self._score(articles, answer, is_normalised=False)
        if not read.all():
            (rare,) = np.nonzero(~read)
            rewritten = [
                Article(normalise(articles[row].title), normalise(articles[row].text)) for row in rare.tolist()
            ]
            part = BlendedScores(answer.scores[rare], answer.best_passage[rare], answer.knows_nothing[rare])
            self._score(rewritten, part, is_normalised=True)
            answer.scores[rare], answer.best_passage[rare] = part.scores, part.best_passage
            answer.knows_nothing[rare] = part.knows_nothing
        return answer

    def _score(self, articles: Sequence[Article], answer: BlendedScores, *, is_normalised: bool) -> NDArray[np.bool_]:
        # Half a surrogate pair is no letter in either path; it must only not stop the encoding.
        fields = [part.encode("utf-8", "surrogatepass") for one in articles for part in (one.title, one.text)]
        bounds = np.zeros(len(fields) + 1, dtype=np.int64)
        np.cumsum([len(field) for field in fields], out=bounds[1:])
        data = np.frombuffer(b"".join(fields), dtype=np.uint8)
        read = np.empty(len(articles), dtype=np.bool_)
        score_articles(
            data, bounds, is_normalised, self._tables, self._scratch(),
            answer.scores, answer.best_passage, answer.knows_nothing, read,
        )  # fmt: skip
        return read

    def _scratch(self) -> Scratch:
        scratch: Scratch | None = getattr(self._of_thread, "scratch", None)
        if scratch is None:
            memo = np.zeros((1 << MEMO_BITS, 4), dtype=np.uint64)
            scratch = Scratch(memo, np.zeros(len(self._tables.weights.rows), dtype=np.int32))
            self._of_thread.scratch = scratch
        return scratch


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


def _packed(words: Sequence[str], code_of: dict[str, int]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    letters = np.array([code_of[letter] for word in words for letter in word], dtype=np.uint8)
    return letters, np.cumsum([0, *(len(word) for word in words)], dtype=np.int64)


def _flags(codes: Sequence[int]) -> NDArray[np.bool_]:
    flags = np.zeros(256, dtype=np.bool_)
    flags[list(codes)] = True
    return flags


def _empty_slots(n_entries: int) -> NDArray[np.uint64]:
    return np.zeros(1 << max(4, (2 * n_entries).bit_length()), dtype=np.uint64)  # a quarter to half full
