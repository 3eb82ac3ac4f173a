"""Over HTTP an article gets exactly the answer that it gets in Python."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from wasim.model import Article, TopicModel
from wasim.service.http.app import create_app
from wasim.service.settings import ServiceSettings

WORDS = ["لقاح", "تطعيم", "غزة", "قصف", "اختراق", "قراصنة", "وزير", "السفير", "هدنة", "قال", "اليوم"]
WORDS += ["12", "covid", "😀", "لُقَاح", "هجـــوم"]
ARTICLES = st.builds(
    Article,
    title=st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)),
    text=st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=300).map(" ".join)),
).filter(lambda article: not article.is_empty)


@pytest.fixture(scope="module")
def asked(root: Path) -> Iterator[TestClient]:
    with TestClient(create_app(ServiceSettings(artifacts=root / "artifacts"))) as client:
        yield client


@settings(max_examples=150, deadline=None)
@given(articles=st.lists(ARTICLES, min_size=1, max_size=4))
def test_http_answers_what_the_model_answers(
    asked: TestClient, compiled_model: TopicModel, articles: list[Article]
) -> None:
    posted = [{"title": article.title, "text": article.text} for article in articles]
    expected = compiled_model.classify(articles)
    listed = asked.post("/v1/predict/batch", json=posted).json()
    single = asked.post("/v1/predict", json=posted[0]).json()
    assert {**single, "request_id": ""} == {**listed[0], "request_id": ""}
    for answer, whole in zip(listed, expected, strict=True):
        assert tuple(answer["topics"]) == whole.topics
        assert answer["scores"] == whole.probabilities
        assert answer["thresholds"] == {scored.topic: scored.threshold for scored in whole.scored}


@settings(max_examples=50, deadline=None)
@given(
    article=ARTICLES,
    threshold=st.floats(0, 1, exclude_min=True),
    topics=st.sets(st.sampled_from(["cybersecurity", "diplomacy", "gaza", "vaccines"]), min_size=1),
)
def test_a_threshold_and_topics_of_ones_own_change_nothing_else(
    asked: TestClient, compiled_model: TopicModel, article: Article, threshold: float, topics: set[str]
) -> None:
    posted = {"title": article.title, "text": article.text, "threshold": threshold, "topics": sorted(topics)}
    answer = asked.post("/v1/predict", json=posted).json()
    [whole] = compiled_model.classify([article])
    assert answer["scores"] == {topic: score for topic, score in whole.probabilities.items() if topic in topics}
    assert answer["thresholds"] == dict.fromkeys(answer["scores"], threshold)
    assert answer["topics"] == [topic for topic, score in answer["scores"].items() if score >= threshold]


@pytest.fixture(scope="module")
def compiled_model(root: Path) -> TopicModel:
    """Return the model as the service holds it: compiled, so that equal means equal to the last bit."""
    model = TopicModel.load(root / "artifacts")
    model.warm_up()
    return model
