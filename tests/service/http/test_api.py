"""The service as a client sees it: a real server process on loopback, serving the committed model."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from wasim.model import Article, TopicModel

PROBLEM = "application/problem+json"


def test_an_article_gets_its_topics(client: httpx.Client) -> None:
    response = client.post("/v1/predict", json={"title": "حملة تطعيم ضد الحصبة", "text": "جرعات اللقاح للأطفال"})
    assert response.status_code == 200
    answer = response.json()
    assert answer["topics"] == ["vaccines"]
    assert answer["scores"]["vaccines"] >= answer["thresholds"]["vaccines"]
    assert answer.keys() == {"topics", "scores", "thresholds", "model", "request_id"}
    assert answer["request_id"] == response.headers["x-request-id"]


def test_an_explanation_adds_up_and_points_into_the_posted_text(client: httpx.Client) -> None:
    text = "وَصَلَتْ 😀 جرعات اللقـاح إلى المستشفيات"
    answer = client.post("/v1/predict", json={"text": text, "explain": True}).json()
    explanation = answer["explanation"]["vaccines"]
    total = explanation["bias"] + sum(term["contribution"] for term in explanation["terms"])
    assert total == pytest.approx(explanation["score"], abs=1e-9)
    spans = {text[span["start"] : span["end"]] for term in explanation["terms"] for span in term["spans"]}
    assert "اللقـاح" in spans


def test_a_batch_answers_in_order(client: httpx.Client, default_model: TopicModel, ten_articles: list[Article]) -> None:
    posted = [{"title": one.title, "text": one.text} for one in ten_articles]
    answers = client.post("/v1/predict/batch", json=posted).json()
    assert [tuple(answer["topics"]) for answer in answers] == [
        answer.topics for answer in default_model.classify(ten_articles)
    ]


@pytest.mark.parametrize("text", ["Latin only", "زخخخ ططط", "😀", "123"])
def test_an_article_without_a_known_word_has_no_topics(client: httpx.Client, text: str) -> None:
    answer = client.post("/v1/predict", json={"text": text}).json()
    assert answer["topics"] == []
    assert set(answer["scores"].values()) == {0}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"\xff\xfe\x00", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"text": ""}', 422),
        (b'{"text": " \\n "}', 422),
        (b'{"text": 3}', 422),
        (b'{"text": null}', 422),
        (b'{"text": "x", "explian": true}', 422),
        (b'{"text": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b'{"text": "' + b"a" * 5_000_000 + b'"}', 413),
    ],
)
def test_a_body_that_is_no_article_gets_a_problem_document(client: httpx.Client, body: bytes, status: int) -> None:
    response = client.post("/v1/predict", content=body, headers={"content-type": "application/json"})
    assert response.status_code == status
    assert response.headers["content-type"] == PROBLEM
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]


def test_a_streamed_body_is_counted_and_not_believed(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(100):
            yield b"a" * 65536
        yield b'"}'

    try:
        response = client.post("/v1/predict", content=chunks(), headers={"content-type": "application/json"})
    except httpx.TransportError:
        return  # the service closed the connection while the rest was still on its way
    assert response.status_code == 413


def test_an_article_longer_than_the_model_reads_is_refused(serve: Callable[..., Any]) -> None:
    address = serve(WASIM_MAX_BODY_BYTES="10000000").address
    response = httpx.post(f"{address}/v1/predict", json={"text": "ا" * 1_000_001}, timeout=30)
    assert response.status_code == 413
    assert response.json()["title"] == "ArticleTooLong"


def test_a_batch_that_is_too_large_or_holds_an_empty_article_is_refused(client: httpx.Client) -> None:
    assert client.post("/v1/predict/batch", json=[{"text": "غزة"}] * 257).status_code == 413
    response = client.post("/v1/predict/batch", json=[{"text": "غزة"}, {}])
    assert response.status_code == 422
    assert "article 1" in response.json()["detail"]


def test_topics_model_and_health_are_told(client: httpx.Client, default_model: TopicModel) -> None:
    topics = client.get("/v1/topics").json()
    assert [topic["id"] for topic in topics] == [topic.id for topic in default_model.topics]
    assert all(topic["name_ar"] and topic["name_en"] and 0 < topic["threshold"] <= 1 for topic in topics)
    assert client.get("/v1/model").json()["name"] == default_model.name
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready", "model": default_model.name, "store": "ok"}
    assert client.get("/docs").status_code == 200
    assert client.get("/").status_code in (200, 307)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nothing", 404), ("GET", "/v1/predict", 405)])
def test_other_errors_are_problem_documents_too(client: httpx.Client, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == PROBLEM


def test_two_workers_answer_as_one(serve: Callable[..., Any], client: httpx.Client) -> None:
    address = serve(WASIM_WORKERS="2").address
    article, named = {"text": "وصلت جرعات اللقاح إلى المستشفيات"}, {"X-Request-ID": "eight-times"}
    answers = [httpx.post(f"{address}/v1/predict", json=article, headers=named).json() for _ in range(8)]
    assert answers == [client.post("/v1/predict", json=article, headers=named).json()] * 8


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"WASIM_PROT": "1"}, "WASIM_PROT"),
        ({"WASIM_PORT": "70000"}, "WASIM_PORT"),
        ({"WASIM_WORKERS": "many"}, "WASIM_WORKERS"),
        ({"WASIM_ARTIFACTS": "/nowhere"}, "/nowhere"),
        ({"WASIM_HOST": "192.0.2.1", "WASIM_ACCESS": "open"}, "can't listen"),
        ({"WASIM_HOST": "0.0.0.0"}, "wasim keys create"),
        ({"WASIM_DATABASE_URL": "sqlite:////nowhere/wasim.db"}, "does not answer"),
        ({"WASIM_DATABASE_URL": "mysql://localhost/wasim"}, "not supported"),
        ({"WASIM_ACCESS": "closed"}, "WASIM_ACCESS"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    serve: Callable[..., Any], settings: dict[str, str], complaint: str
) -> None:
    with pytest.raises(RuntimeError) as caught:
        serve(**settings)
    message = str(caught.value)
    assert complaint in message
    assert message.count("\n") == 1


def test_a_port_in_use_stops_the_start(serve: Callable[..., Any], client: httpx.Client) -> None:
    with pytest.raises(RuntimeError, match="can't listen"):
        serve(WASIM_PORT=str(client.base_url.port))


def test_the_models_pictures_are_shown(client: httpx.Client) -> None:
    names = list(client.get("/v1/model").json()["pictures"])
    assert names
    for name in names:
        response = client.get(f"/v1/model/pictures/{name}")
        assert response.headers["content-type"] == "image/svg+xml"
        assert "script-src" not in response.headers["content-security-policy"]
        assert response.text.lstrip().startswith("<svg")
    assert client.get("/v1/model/pictures/nothing.svg").status_code == 404


def test_the_examples_in_the_documentation_are_true(client: httpx.Client) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    shown = schemas["PredictionOut"]["example"]
    answer = client.post("/v1/predict", json=schemas["PredictIn"]["example"]).json()
    assert answer.keys() == shown.keys()
    assert answer["topics"] == shown["topics"] == ["vaccines"]
    assert answer["thresholds"].keys() == shown["thresholds"].keys()
    assert answer["scores"] == pytest.approx(shown["scores"], abs=0.005)


def test_the_documentation_knows_streams_and_problems(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    batch = paths["/v1/predict/batch"]["post"]
    assert batch["requestBody"]["content"].keys() == {"application/json", "application/x-ndjson"}
    assert batch["responses"]["200"]["content"].keys() == {"application/json", "application/x-ndjson"}
    for operation in (paths["/v1/predict"]["post"], batch):
        assert {"400", "401", "408", "413", "415", "422", "429", "503"} <= operation["responses"].keys()
        assert operation["security"]
