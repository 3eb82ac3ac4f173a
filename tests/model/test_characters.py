import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasim.model.characters import locate, normalise, tokenise

any_text = st.text(alphabet=st.characters(), max_size=80)
arabic_text = st.text(alphabet=st.characters(min_codepoint=0x600, max_codepoint=0x6FF), max_size=80)


@given(any_text | arabic_text)
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(any_text | arabic_text)
def test_composed_and_decomposed_texts_agree(text: str) -> None:
    assert tokenise(unicodedata.normalize("NFD", text)) == tokenise(unicodedata.normalize("NFC", text))


@given(any_text | arabic_text)
def test_every_word_has_one_place_inside_the_text(text: str) -> None:
    places = locate(text)
    assert len(places) == len(tokenise(text))
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@given(any_text | arabic_text)
def test_what_stands_at_a_words_place_normalises_to_that_word(text: str) -> None:
    words = tokenise(text)
    for word, (start, end) in zip(words, locate(text), strict=True):
        assert word in tokenise(text[start:end])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("الْعَرَبِيَّةُ", "العربيه"),
        ("هذٰا", "هذا"),
        ("ســـلام", "سلام"),
        ("آمال أمل إمام ٱلله", "امال امل امام الله"),
        ("على مستشفى", "علي مستشفي"),
        ("مدرسة", "مدرسه"),
        ("کتابی", "كتابي"),
        ("٢٠٢٤ ۲۰۲۴", "2024 2024"),
        ("سيب\u200cراني غز\u200fة", "سيبراني غزه"),
        ("ﻟﻘﺎح ﷲ", "لقاح الله"),
        ("WhatsApp", "whatsapp"),
        ("مؤتمر شؤون رئيس", "موتمر شوون رييس"),
    ],
)
def test_spellings_of_one_word_agree(written: str, read: str) -> None:
    assert normalise(written) == read


def test_punctuation_hashtags_and_lone_surrogates_separate_words() -> None:
    assert tokenise("#غزة_الآن،«هدنة»\ud800قريبة") == ["غزه", "الان", "هدنه", "قريبه"]


def test_a_vocalised_word_is_located_with_its_marks() -> None:
    text = "في غَزَّةَ، اليوم"
    start, end = locate(text)[1]
    assert text[start:end] == "غَزَّةَ"
