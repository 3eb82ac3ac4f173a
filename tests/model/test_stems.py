import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasim.model import ModelSettings
from wasim.model.stems import LightStemmer

SETTINGS = ModelSettings()
STEMMER = LightStemmer(SETTINGS.prefixes, SETTINGS.suffixes, SETTINGS.shortest_stem, SETTINGS.shortest_after_letter)
words = st.text(alphabet="ابتحدرسعغفقكلمنهوي", max_size=14)


@given(words)
def test_a_stem_is_a_part_of_its_word(word: str) -> None:
    assert STEMMER.stem(word) in word


@given(words)
def test_enough_letters_are_left_over(word: str) -> None:
    assert len(STEMMER.stem(word)) >= min(len(word), SETTINGS.shortest_stem)


@pytest.mark.parametrize(
    "forms",
    [
        ["مدرسه", "بالمدرسه", "والمدرسه", "للمدرسه", "لمدرسه", "مدرسات"],
        ["لقاح", "اللقاح", "واللقاح", "لقاحات", "باللقاحات"],
        ["حكومه", "الحكومه", "والحكومه", "حكومات"],
    ],
)
def test_forms_of_one_word_share_a_stem(forms: list[str]) -> None:
    assert len({STEMMER.stem(form) for form in forms}) == 1


def test_latin_words_keep_their_letters() -> None:
    assert STEMMER.stem("android") == "android"
