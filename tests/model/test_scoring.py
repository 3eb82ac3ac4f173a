from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfTransformer

from wasim.model import ModelSettings
from wasim.model.scoring import passage_bounds, passage_occurrences, tf_idf_rows
from wasim.model.vocabulary import Vocabulary

N_TERMS = 6
occurrences = st.lists(st.tuples(st.integers(0, 3), st.integers(0, N_TERMS - 1)), max_size=40)


@given(occurrences, st.lists(st.floats(0.5, 8), min_size=N_TERMS, max_size=N_TERMS))
def test_rows_equal_those_of_scikit_learn(cells: list[tuple[int, int]], idf: list[float]) -> None:
    rows, terms = (np.array([cell[side] for cell in cells], dtype=np.int64) for side in (0, 1))
    counts = np.zeros((4, N_TERMS))
    np.add.at(counts, (rows, terms), 1)
    reference = TfidfTransformer(sublinear_tf=True).fit(np.ones((1, N_TERMS)))
    reference.idf_ = np.array(idf, dtype=np.float32).astype(np.float64)
    ours = np.zeros((4, N_TERMS))
    made = tf_idf_rows(rows, terms, 4, np.array(idf, dtype=np.float32))
    ours[made.rows, made.terms] = made.values
    np.testing.assert_allclose(ours, reference.transform(counts).toarray(), atol=1e-12)


@given(st.integers(0, 500), st.integers(2, 80))
def test_passages_cover_the_text_and_overlap_by_half(n_words: int, length: int) -> None:
    bounds = passage_bounds(n_words, ModelSettings(passage_length=length))
    assert bool(bounds) == (n_words > length)
    if bounds:
        assert bounds[0][0] == 0
        assert bounds[-1][1] == n_words
        assert all(end - start == length for start, end in bounds[:-1])
        assert length <= bounds[-1][1] - bounds[-1][0] < 2 * length
        assert {later[0] - earlier[0] for earlier, later in pairwise(bounds)} <= {(length + 1) // 2}


@given(st.lists(st.sampled_from(["غزة", "قصف", "بيت"]), min_size=5, max_size=60), st.integers(2, 12))
def test_a_passage_holds_just_the_terms_of_its_own_words(words: list[str], length: int) -> None:
    settings = ModelSettings(passage_length=length)
    vocabulary = Vocabulary(("غزه", "غزه قصف", "قصف", "قصف غزه"), settings)
    bounds = passage_bounds(len(words), settings)
    passages, ids = passage_occurrences(vocabulary.read(" ".join(words)), bounds)
    for passage, (start, end) in enumerate(bounds):
        alone = vocabulary.read(" ".join(words[start:end])).ids
        assert sorted(ids[passages == passage]) == sorted(alone)
