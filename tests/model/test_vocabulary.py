from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wasim.model import ModelSettings
from wasim.model.vocabulary import Vocabulary, WordStemmer

SETTINGS = ModelSettings()
TERMS = ("غزه", "غزه قصف", "قصف", "قصف قطاع", "قطاع غزه", "لقاح")
texts = st.lists(st.sampled_from(["غزة", "قصف", "القطاع", "لقاحات", "بيت", "2021", "،"]), max_size=30).map(" ".join)


@given(texts)
def test_reading_finds_just_the_terms_that_counting_by_hand_finds(text: str) -> None:
    stems = WordStemmer(SETTINGS).stems(text)
    singles = [(position, stem) for position, stem in enumerate(stems)]
    pairs = [(position, f"{first} {second}") for position, (first, second) in enumerate(pairwise(stems))]
    expected = {(position, TERMS.index(term)) for position, term in singles + pairs if term in TERMS}
    found = Vocabulary(TERMS, SETTINGS).read(text)
    assert set(zip(found.positions.tolist(), found.ids.tolist(), strict=True)) == expected
    assert len(found.ids) == len(expected)
    assert found.n_words == len(stems)


def test_reading_again_gives_the_same_terms() -> None:
    vocabulary = Vocabulary(TERMS, SETTINGS)
    first, again = vocabulary.read("قصف قطاع غزة"), vocabulary.read("قصف قطاع غزة")
    assert first.ids.tolist() == again.ids.tolist()


def test_an_empty_vocabulary_finds_nothing() -> None:
    found = Vocabulary((), SETTINGS).read("قصف قطاع غزة")
    assert len(found.ids) == 0
    assert found.n_words == 3


def test_numbers_are_no_terms_but_keep_words_apart() -> None:
    vocabulary = Vocabulary(TERMS, SETTINGS)
    assert [vocabulary.terms[row] for row in vocabulary.read("قطاع 12 غزة").ids] == ["غزه"]
