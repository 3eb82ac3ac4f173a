"""Scoring with the kernel: what the model calls."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from wasim.model.characters import normalise
from wasim.model.kernel.columns import Column
from wasim.model.kernel.layout import MEMO_BITS, MEMO_COLUMNS, ROW, Batch, Scores, Scratch
from wasim.model.kernel.machine_code import Addressed, addressed, load_kernel
from wasim.model.kernel.tables import make_tables
from wasim.model.scoring import BlendedScores, LinearWeights
from wasim.model.settings import ModelSettings
from wasim.model.vocabulary import Vocabulary

_USUAL_BYTES = 65_536  # of UTF-8; what has more, like a batch, is worth asking how long its longest article is


class TermRoom(NamedTuple):
    """Where the terms of one article at a time go: ``Batch.terms`` and ``Batch.places``."""

    terms: NDArray[np.int32]
    places: NDArray[np.int32]

    @classmethod
    def for_bytes(cls, n_bytes: int) -> Self:
        """Make room for an article of so many bytes."""
        # A word and what ends it are two bytes or more, and two terms: its own, and one with its neighbour.
        return cls(np.empty(n_bytes + 4, dtype=np.int32), np.empty(n_bytes + 4, dtype=np.int32))


class _OwnScratch(NamedTuple):
    scratch: Scratch
    addresses: Addressed
    room: TermRoom


class CompiledScorer:
    """Scores articles with the kernel; may be used from several threads at once.

    Raises
    ------
    ImportError
        When numba is needed to compile the kernel, and is not installed.
    """

    def __init__(self, vocabulary: Vocabulary, linear: LinearWeights, settings: ModelSettings) -> None:
        self._kernel = load_kernel()
        self._tables = make_tables(vocabulary, linear, settings)
        self._addresses = addressed(self._tables)
        self._kernel.fill_slots(self._addresses)
        self._idle: list[_OwnScratch] = []  # one for each call that was ever under way at once

    def score(self, titles: Column, texts: Column) -> BlendedScores:
        """Score each article against every topic, as :func:`wasim.model.scoring.blend` does.

        Parameters
        ----------
        titles, texts
            Of equally many articles.
        """
        answer = self._room(len(titles))
        read = self._score(titles, texts, answer, is_normalised=False)
        if not read.all():
            (rare,) = np.nonzero(read == 0)
            part = self._room(len(rare))
            self._score(_normalised(titles, rare), _normalised(texts, rare), part, is_normalised=True)
            answer.scores[rare], answer.best_passage[rare] = part.scores, part.best_passage
            answer.knows_nothing[rare] = part.knows_nothing
        return answer

    def _room(self, n_articles: int) -> BlendedScores:
        shape = (n_articles, self._tables.n_topics)
        return BlendedScores(np.empty(shape), np.empty(shape, dtype=np.int64), np.empty(n_articles, dtype=np.bool_))

    def _score(self, titles: Column, texts: Column, answer: BlendedScores, *, is_normalised: bool) -> NDArray[np.uint8]:
        own = self._take_scratch()
        batch = make_batch(titles, texts, own.room, is_normalised=is_normalised)
        scores = Scores(answer.scores, answer.best_passage, answer.knows_nothing.view(np.uint8))
        self._kernel.score_articles(self._addresses, own.addresses, addressed(batch), addressed(scores))
        self._idle.append(own)
        return batch.read

    def _take_scratch(self) -> _OwnScratch:
        try:
            return self._idle.pop()
        except IndexError:
            scratch = self.new_scratch()
            return _OwnScratch(scratch, addressed(scratch), TermRoom.for_bytes(_USUAL_BYTES))

    def new_scratch(self) -> Scratch:
        """Make what one call at a time writes to."""
        return Scratch(
            memo=np.zeros((1 << MEMO_BITS) * MEMO_COLUMNS, dtype=np.uint64),
            word=np.empty(self._tables.longest_word, dtype=np.uint8),
            counts=np.zeros(self._tables.n_terms, dtype=np.int32),
            best=np.empty(ROW),
            chosen=np.empty(ROW, dtype=np.int64),
        )


def make_batch(titles: Column, texts: Column, room: TermRoom, *, is_normalised: bool) -> Batch:
    """Lay articles out, with room for the terms of the longest: the given, or more where that could be too little."""
    if titles.data.nbytes + texts.data.nbytes > len(room.terms) - 4:
        room = TermRoom.for_bytes(int((titles.n_bytes + texts.n_bytes).max(initial=0)))
    return Batch(
        titles=titles.data,
        title_bounds=titles.bounds,
        texts=texts.data,
        text_bounds=texts.bounds,
        n_articles=len(titles),
        is_normalised=is_normalised,
        read=np.empty(len(titles), dtype=np.uint8),
        terms=room.terms,
        places=room.places,
    )


def _normalised(column: Column, rows: NDArray[np.int64]) -> Column:
    return Column.of(normalise(column[row]) for row in rows.tolist())
