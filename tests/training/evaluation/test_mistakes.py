import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wasim.model import Article, Span, Term, TopicModel
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.mistakes import MOST_SHOWN, marked, worst_mistakes
from wasim.training.evaluation.predictions import JudgedPart, predict

TEXT = "أمطار غزيرة ورياح"


@st.composite
def terms(draw: st.DrawFn) -> list[Term]:
    spans = st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))).map(
        lambda ends: Span("text", min(ends), max(ends))
    )
    found = st.builds(Term, st.just("x"), st.floats(-3, 3), st.lists(spans, max_size=3).map(tuple))
    return draw(st.lists(found, max_size=5))


@given(terms())
def test_the_pieces_of_a_marked_text_are_the_text(found: list[Term]) -> None:
    stretches = marked(TEXT, found, "text")
    assert "".join(stretch.text for stretch in stretches) == TEXT
    assert all(-1 <= stretch.strength <= 1 for stretch in stretches)


def test_terms_that_overlap_speak_together_and_the_strongest_has_1() -> None:
    single, pair = Term("امطار", 1.0, (Span("text", 0, 5),)), Term("امطار غزير", -3.0, (Span("text", 0, 11),))
    stretches = marked(TEXT, [single, pair, Term("عنوان", 9.0, (Span("title", 0, 5),))], "text")
    assert [(one.text, round(one.strength, 2)) for one in stretches] == [
        ("أمطار", -0.67),
        (" غزيرة", -1.0),
        (" ورياح", 0.0),
    ]


def part_of(model: TopicModel, articles: list[Article], truth: list[list[int]], passing: list[list[int]]) -> JudgedPart:
    matrices = (np.array(matrix, dtype=np.bool_) for matrix in (truth, passing))
    ids = tuple(f"article {number}" for number in range(len(articles)))
    judged = JudgedArticles(tuple(articles), *matrices, ids, {"outlet": ("somewhere",) * len(articles)})
    return JudgedPart(model, predict(model, judged))


def test_the_surest_false_positives_come_first_and_then_the_misses(model: TopicModel) -> None:
    articles = [Article("أمطار وسيول"), Article("أمطار في السوق"), Article("هدف"), Article("أمطار ورياح")]
    part = part_of(model, articles, [[0, 0], [0, 0], [1, 0], [1, 0]], [[1, 0], [0, 0], [0, 0], [0, 0]])
    found = worst_mistakes([part], topic=0)
    assert [one.kind for one in found] == ["false positive", "false positive", "miss"]
    assert found[0].probability >= found[1].probability >= found[0].threshold > found[2].probability
    [mention] = [one for one in found if one.article_id == "article 0"]
    assert mention.is_mention
    assert mention.facts == ("somewhere",)
    assert mention.terms[0].contribution > 0
    assert worst_mistakes([part], topic=1) == [] or all(
        one.kind == "false positive" for one in worst_mistakes([part], 1)
    )


def test_only_a_few_are_shown_whoever_made_them(model: TopicModel) -> None:
    parts = [part_of(model, [Article("أمطار وسيول")] * 4, [[0, 0]] * 4, [[0, 0]] * 4) for _ in range(2)]
    assert len(worst_mistakes(parts, topic=0)) == MOST_SHOWN


def test_of_a_long_article_the_part_that_speaks_is_quoted(model: TopicModel) -> None:
    text = "السوق المدرسة الطريق " * 400 + "أمطار رياح سيول عاصفة " * 30 + "الشارع البيت " * 400
    is_tagged = bool(model.classify([Article("", text)])[0].scored[0].tagged)
    [mistake] = worst_mistakes([part_of(model, [Article("", text)], [[not is_tagged, 0]], [[0, 0]])], topic=0)
    quoted = "".join(stretch.text for stretch in mistake.text)
    assert "أمطار رياح" in quoted
    assert quoted.startswith("…")
    assert quoted.endswith("…")
    assert len(quoted) < 3_000
