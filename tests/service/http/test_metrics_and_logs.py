"""What the service lets others see of it, and what it does not."""

import os
import re
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from wasim.model import Article, TopicModel
from wasim.model.drift import unknown_share
from wasim.service.http.drift import WINDOW
from wasim.service.http.logs import WaitingLines

ARTICLE = {"title": "حملة تطعيم", "text": "وصلت جرعات اللقاح إلى المستشفيات"}


def samples(address: str) -> dict[tuple[str, ...], float]:
    """Read every value of /metrics by its name and labels."""
    text = httpx.get(f"{address}/metrics").text
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_articles_and_topics_are_counted(serve: Callable[..., Any], default_model: TopicModel) -> None:
    address = serve().address
    for _ in range(3):
        httpx.post(f"{address}/v1/predict", json=ARTICLE)
    httpx.post(f"{address}/v1/predict/batch", json=[{"text": "غارات على قطاع غزة"}, {"text": "زخخخ"}])
    httpx.post(f"{address}/v1/predict", json={})
    httpx.post(f"{address}/v1/predict", content=b"x", headers={"Content-Type": "text/plain"})
    httpx.get(f"{address}/v1/غزة")
    seen = samples(address)
    predict = ("method=POST", "route=/v1/predict")
    assert seen["wasim_requests_total", *predict, "status=200"] == 3
    assert seen["wasim_requests_total", *predict, "status=422"] == 1
    assert seen["wasim_requests_total", "method=GET", "route=other", "status=404"] == 1
    assert seen["wasim_requests_rejected_total", "reason=media_type"] == 1
    assert seen["wasim_request_seconds_count", "route=/v1/predict"] == 5
    assert seen["wasim_articles_total", f"model={default_model.name}"] == 5
    assert seen["wasim_articles_tagged_total", "topic=vaccines"] == 3
    assert seen["wasim_articles_tagged_total", "topic=gaza"] == 1
    assert seen["wasim_articles_without_topic_total",] == 1
    assert seen["wasim_requests_in_flight",] == 1  # this one
    assert seen["wasim_model_workers", f"model={default_model.name}"] == 1
    assert seen["wasim_model_loads_total", "outcome=loaded"] == 1
    assert seen["wasim_unknown_word_share_count",] >= 1


def test_several_workers_count_together(serve: Callable[..., Any]) -> None:
    address = serve(WASIM_WORKERS="2").address
    for _ in range(20):
        httpx.post(f"{address}/v1/predict", json=ARTICLE)
    for _ in range(4):  # whichever worker is asked
        seen = samples(address)
        assert seen["wasim_requests_total", "method=POST", "route=/v1/predict", "status=200"] == 20
        assert seen["wasim_articles_tagged_total", "topic=vaccines"] == 20


def test_a_request_can_be_found_in_the_log_and_its_article_can_not(serve: Callable[..., Any]) -> None:
    service = serve()
    named = {"X-Request-ID": "desk-7:story.42"}
    answered = httpx.post(f"{service.address}/v1/predict", json=ARTICLE, headers=named)
    assert answered.headers["x-request-id"] == answered.json()["request_id"] == "desk-7:story.42"
    httpx.post(f"{service.address}/v1/predict", json={"text": 3, "اللقاح": "اللقاح"})
    httpx.post(f"{service.address}/v1/predict", json={"text": "اللقاح", "topics": ["اللقاح"]})
    httpx.get(f"{service.address}/v1/اللقاح?q=اللقاح")
    service.stop()
    entry = next(one for one in service.entries("request") if one["request_id"] == "desk-7:story.42")
    assert entry["route"] == "/v1/predict"
    assert entry["status"] == 200
    assert entry["level"] == "info"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", str(entry["timestamp"]))
    log = service.log.read_text()
    assert "اللقاح" not in log
    assert "%D8" not in log
    assert "\\u06" not in log


@pytest.mark.parametrize("sent", ["", "a" * 129, 'x"y', "سجل", "a\tb"])
def test_a_request_id_that_is_not_well_formed_is_replaced(client: httpx.Client, sent: str) -> None:
    answered = client.get("/healthz", headers={"X-Request-ID": sent.encode()})  # type: ignore[dict-item]
    assert re.fullmatch("[0-9a-f]{16}", answered.headers["x-request-id"])


def test_the_log_can_be_made_quieter(serve: Callable[..., Any]) -> None:
    service = serve(WASIM_LOG_LEVEL="warning")
    httpx.post(f"{service.address}/v1/predict", json=ARTICLE)
    service.stop()
    assert service.log.read_text() == ""


def test_a_log_that_nobody_reads_stops_nothing() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb", buffering=0) as file, os.fdopen(reading, "rb") as reader:
        lines = WaitingLines(file)
        for number in range(50_000):
            lines.write(f"{number:<99}\n".encode())  # ten times what the pipe holds, and nobody reads
        kept: list[int] = []
        dropped = 0
        while len(kept) + dropped < 50_000:
            line = reader.readline()
            if line.startswith(b"{"):
                dropped += orjson.loads(line)["lines"]
            else:
                kept.append(int(line))
    assert kept == sorted(kept)
    assert dropped > 0
    assert len(kept) + dropped == 50_000


def test_topics_and_model_are_sent_once_to_whoever_keeps_them(client: httpx.Client) -> None:
    for path in ("/v1/topics", "/v1/model"):
        first = client.get(path)
        assert first.status_code == 200
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""
        assert client.get(path, headers={"If-None-Match": 'W/"another"'}).json() == first.json()


def test_drift_is_told_by_topic_with_the_words_that_moved(serve: Callable[..., Any], default_model: TopicModel) -> None:
    address = serve().address
    before = httpx.get(f"{address}/v1/drift").json()
    assert before["n_articles"] == 0
    assert before["probabilities"]["vaccines"] == {"psi": None, "chance": None, "is_notable": False}
    batch = [{"text": "وصلت جرعات اللقاح إلى المستشفيات"}] * 250
    for _ in range(WINDOW // 250):
        assert httpx.post(f"{address}/v1/predict/batch", json=batch).status_code == 200
    after = httpx.get(f"{address}/v1/drift").json()
    assert after["model"] == default_model.name
    assert after["missing"] is None
    assert after["n_articles"] == WINDOW
    assert after["probabilities"].keys() == {topic.id for topic in default_model.topics}
    assert after["probabilities"]["vaccines"]["is_notable"]
    assert after["probabilities"]["vaccines"]["psi"] > 1
    assert after["n_words_read"] >= 1
    assert samples(address)["wasim_probability_psi", "topic=vaccines"] > 1


def test_drift_that_may_be_chance_alarms_nobody(serve: Callable[..., Any]) -> None:
    address = serve().address
    httpx.post(f"{address}/v1/predict", json=ARTICLE)
    told = httpx.get(f"{address}/v1/drift").json()["probabilities"]["vaccines"]
    assert 0 < told["psi"] < told["chance"]
    assert samples(address)["wasim_probability_psi", "topic=vaccines"] == 0


def test_a_model_without_a_reference_says_so(serve: Callable[..., Any], two_models: Any) -> None:
    manifest = two_models / "small" / "manifest.json"
    manifest.write_text(re.sub(r'"drift": \{.*?\n  \},', '"drift": null,', manifest.read_text(), flags=re.DOTALL))
    address = serve(WASIM_ARTIFACTS=str(two_models)).address
    assert httpx.post(f"{address}/v1/predict", json=ARTICLE).status_code == 200
    told = httpx.get(f"{address}/v1/drift").json()
    assert "small was made without a reference" in told["missing"]
    assert told["probabilities"] == {}


def test_the_share_of_unknown_words_is_that_of_the_vocabulary(default_model: TopicModel) -> None:
    article = Article("", "وصلت جرعات اللقاح زخخخ")
    read = default_model.vocabulary.read
    assert unknown_share(read(article.title), read(article.text)) == 0.25
