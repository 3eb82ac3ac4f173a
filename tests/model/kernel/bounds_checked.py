"""Score hostile articles with every index of the kernel checked, and compare with the plain path.

Run by test_scorer.py with NUMBA_BOUNDSCHECK=1, which counts when the functions are compiled.
"""

import numba
import numpy as np

from wasim.model import Article, TopicModel
from wasim.model.kernel import scoring
from wasim.model.kernel.columns import Column
from wasim.model.kernel.layout import Scores
from wasim.model.kernel.scorer import CompiledScorer, TermRoom, make_batch
from wasim.model.kernel.tables import make_tables

WORDS = ["غزة", "لقاح", "وباللقاحات", "ي" * 50, "١٢", "x", "\u200b", "😀", "ﻻ", "ب" * 16, "ب" * 17]
HOSTILE = [
    b"",
    b"\xd8",
    b"\xe0",
    b"\xe0\xa4",
    b"\xf0\x9f\x98",
    b"\xf4\x90\x80\x80",
    b"\xc0\x80\xc1\xbf",
    b"\xed\xa0\x80",
    b"\x80" * 9,
    b"\x00\x00",
    "غزة".encode()[:-1],
    *(" ".join(WORDS[start:] * 40).encode() for start in range(len(WORDS))),
]


def checked(name: str):
    """Compile one of the kernel's entries for arrays."""
    return numba.njit(getattr(scoring, name).py_func)


def main() -> None:
    """Compare, and see that indexes were checked at all."""
    model = TopicModel.load("artifacts")
    tables = make_tables(model.vocabulary, model.linear, model.settings)
    checked("fill_slots")(tables)
    scratch = CompiledScorer(model.vocabulary, model.linear, model.settings).new_scratch()
    bounds = np.cumsum([0, *map(len, HOSTILE)])
    column = Column(np.frombuffer(b"".join(HOSTILE), dtype=np.uint8), bounds)
    n_scores = len(column) * len(model.topics)
    room = Scores(np.empty(n_scores), np.empty(n_scores, np.int64), np.empty(len(column), np.uint8))
    for is_normalised in (True, False):
        batch = make_batch(column, column, TermRoom.for_bytes(0), is_normalised=is_normalised)
        checked("score_articles")(tables, scratch, batch, room)
    read = batch.read == 1
    plain = model.score_plainly([Article(text, text) for text in column])
    assert read.sum() > 10
    assert np.abs(room.scores.reshape(plain.scores.shape) - plain.scores)[read].max() < 1e-9
    try:
        checked("score_articles")(tables, scratch, batch._replace(terms=np.empty(1, np.int32)), room)
    except IndexError:
        return
    raise AssertionError("an index beyond its array went unnoticed: nothing was checked")


if __name__ == "__main__":
    main()
