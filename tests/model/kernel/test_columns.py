"""Tables of articles answer as articles do, however Arrow holds them."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wasim.model import Article, ModelSettings, TopicModel
from wasim.model.errors import ArticleTooLongError
from wasim.model.kernel.columns import Column

words = st.sampled_from(["لقاح", "قطاع غزة", "سفير", "\ufdfa", "😀", "covid", "٣", "", "اختراق"])
texts = st.lists(words, max_size=12).map(" ".join)
rows = st.lists(st.tuples(texts | st.none(), texts | st.none()), min_size=1, max_size=8)


@pytest.fixture(scope="module", params=["compiled", "plain"])
def model(request: pytest.FixtureRequest, root: object) -> TopicModel:
    loaded = TopicModel.load(f"{root}/artifacts")
    if request.param == "compiled":
        assert loaded.warm_up()
    return loaded


def require_equal(model: TopicModel, titles: pa.Array, bodies: pa.Array) -> None:
    columns = model.classify_arrow(titles, bodies)
    articles = [
        Article(title or "", text or "") for title, text in zip(titles.to_pylist(), bodies.to_pylist(), strict=True)
    ]
    answers = model.classify(articles)
    assert columns.probabilities.shape == columns.tagged.shape == (len(articles), len(model.topics))
    for answer, probabilities, tagged in zip(answers, columns.probabilities, columns.tagged, strict=True):
        assert list(answer.probabilities.values()) == pytest.approx(probabilities.tolist(), abs=1e-9)
        assert [scored.tagged for scored in answer.scored] == tagged.tolist()


@settings(deadline=None, max_examples=60)
@given(table=rows, kind=st.sampled_from([pa.string(), pa.large_string()]), data=st.data())
def test_a_table_scores_as_its_articles_do(
    model: TopicModel, table: list, kind: pa.DataType, data: st.DataObject
) -> None:
    titles, bodies = (pa.array(column, kind) for column in zip(*table, strict=True))
    first = data.draw(st.integers(0, len(table)))
    require_equal(model, titles[first:], bodies[first:])
    require_equal(model, pa.chunked_array([titles[:first], titles[first:]]), pa.chunked_array([bodies, bodies[:0]]))


def test_a_null_row_with_letters_behind_it_is_empty(model: TopicModel) -> None:
    letters = "لقاح".encode()
    offsets = pa.py_buffer(np.array([0, len(letters)], dtype=np.int32))
    hidden = pa.StringArray.from_buffers(1, offsets, pa.py_buffer(letters), pa.py_buffer(b"\x00"), 1)
    assert hidden.to_pylist() == [None]
    assert model.classify_arrow(hidden, hidden).probabilities.tolist() == [[0.0] * len(model.topics)]


def test_an_empty_column_has_no_verdicts(model: TopicModel) -> None:
    for empty in (pa.array([], pa.string()), pa.StringArray.from_buffers(0, pa.py_buffer(b""), pa.py_buffer(b""))):
        assert model.classify_arrow(empty, empty).tagged.shape == (0, len(model.topics))


@settings(deadline=None, max_examples=60)
@given(data=st.lists(st.binary(max_size=12) | texts.map(str.encode), min_size=1, max_size=6))
def test_bytes_that_are_no_utf8_score_as_their_replacements_do(model: TopicModel, data: list[bytes]) -> None:
    offsets = pa.py_buffer(np.cumsum([0, *map(len, data)]).astype(np.int32))
    broken = pa.StringArray.from_buffers(len(data), offsets, pa.py_buffer(b"".join(data)))
    mended = pa.array([part.decode("utf-8", "replace") for part in data])
    expected = model.classify_arrow(mended, mended).probabilities
    assert model.classify_arrow(broken, broken).probabilities == pytest.approx(expected, abs=1e-9)


def test_an_article_beyond_the_longest_is_refused_by_its_characters_not_its_bytes(model: TopicModel) -> None:
    longest = ModelSettings().longest_article
    fits, short = pa.array(["", "غ" * longest]), pa.array(["غزة", ""])
    assert model.classify_arrow(short, fits).tagged.shape == (2, len(model.topics))
    with pytest.raises(ArticleTooLongError, match="article 1"):
        model.classify_arrow(pa.array(["غزة", "x"]), fits)


def test_columns_that_are_no_table_of_texts_are_refused(model: TopicModel) -> None:
    with pytest.raises(ValueError, match="2 titles and 1 texts"):
        model.classify_arrow(pa.array(["a", "b"]), pa.array(["a"]))
    with pytest.raises(TypeError, match="int64 holds no articles"):
        model.classify_arrow(pa.array([1]), pa.array([2]))


def test_arrow_letters_are_not_copied() -> None:
    array = pa.array(["نص طويل"] * 100)
    assert Column.of_arrow(array).data.ctypes.data == array.buffers()[2].address
