"""Corrections over HTTP, on a real service."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import pytest

from wasim.service.store.database import Database
from wasim.service.store.keys import KeyStore
from wasim.service.store.scope import Scope

ARTICLE = {"title": "حملة تطعيم ضد الحصبة", "text": "جرعات اللقاح للأطفال"}
CORRECTION = {**ARTICLE, "topics": ["diplomacy"], "by": "desk", "note": "ملاحظة"}
PROBLEM = "application/problem+json"


def keep(client: httpx.Client, **more: Any) -> dict[str, Any]:
    response = client.post("/v1/feedback", json=CORRECTION | more)
    assert response.status_code == 201, response.text
    return dict(response.json())


def test_a_correction_is_kept_beside_the_prediction(client: httpx.Client) -> None:
    kept = keep(client)
    predicted = client.post("/v1/predict", json=ARTICLE).json()
    assert kept.keys() == {"id", "state", "received", "predicted", "scores", "topics", "model"}
    assert (kept["state"], kept["topics"]) == ("open", ["diplomacy"])
    assert {key: kept[key] for key in ("scores", "model")} == {key: predicted[key] for key in ("scores", "model")}
    assert kept["predicted"] == predicted["topics"] == ["vaccines"]
    assert datetime.fromisoformat(kept["received"]).utcoffset() is not None


def test_no_topic_is_a_correction_too(client: httpx.Client) -> None:
    assert keep(client, topics=[])["topics"] == []


def test_topics_come_once_each_in_the_models_order(client: httpx.Client) -> None:
    assert keep(client, topics=["vaccines", "gaza", "vaccines"])["topics"] == ["gaza", "vaccines"]


def test_the_same_sent_again_under_its_key_is_kept_once(client: httpx.Client) -> None:
    headers = {"Idempotency-Key": "again-1"}
    first = client.post("/v1/feedback", json=CORRECTION, headers=headers)
    again = client.post("/v1/feedback", json=CORRECTION, headers=headers)
    other = client.post("/v1/feedback", json=CORRECTION | {"note": "x"}, headers=headers)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json() == first.json()
    assert other.headers["content-type"] == PROBLEM


def test_a_withdrawn_correction_stays_withdrawn(client: httpx.Client) -> None:
    kept = keep(client)
    for _ in range(2):
        response = client.delete(f"/v1/feedback/{kept['id']}")
        assert response.status_code == 200
        assert response.json() == kept | {"state": "withdrawn"}
    assert client.post(f"/v1/feedback/{kept['id']}/review", json={"accepted": True}).status_code == 409


def test_a_review_decides_and_shows_the_article(client: httpx.Client) -> None:
    kept = keep(client)
    reviewed = client.post(f"/v1/feedback/{kept['id']}/review", json={"accepted": True, "topics": ["gaza"]}).json()
    assert (reviewed["state"], reviewed["topics"]) == ("accepted", ["gaza"])
    assert {key: reviewed[key] for key in CORRECTION if key != "topics"} == {
        key: value for key, value in CORRECTION.items() if key != "topics"
    }
    rejected = client.post(f"/v1/feedback/{kept['id']}/review", json={"accepted": False}).json()
    assert (rejected["state"], rejected["topics"]) == ("rejected", ["gaza"])
    listed = client.get("/v1/feedback", params={"state": "rejected"}).json()
    assert rejected in listed["items"]


def test_pages_follow_each_other(client: httpx.Client) -> None:
    ids = [keep(client, by="pages")["id"] for _ in range(5)]
    seen, after = [], None
    for _ in range(3):
        page = client.get("/v1/feedback", params={"limit": 2} | ({"after": after} if after else {})).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
    assert seen[:5] == ids[::-1]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"topics": ["sport"]}, "cybersecurity, diplomacy, gaza, vaccines"),
        ({"topics": ["\ud800"]}, "surrogate"),
        ({"topics": "gaza"}, "list"),
        ({"topics": None}, "list"),
        ({"topics": ["gaza"] * 101}, "100"),
        ({"title": "", "text": " \n"}, "empty"),
        ({"text": "a\0b"}, "NUL"),
        ({"note": "a\0b"}, "NUL"),
        ({"by": "x" * 201}, "200"),
        ({"note": "x" * 2001}, "2000"),
        ({"topic": ["gaza"]}, "topic"),
        ({"scores": {}}, "scores"),
    ],
)
def test_a_body_that_is_no_correction_is_refused(client: httpx.Client, changed: dict[str, Any], complaint: str) -> None:
    before = client.get("/v1/feedback", params={"limit": 1}).json()["items"]
    response = client.post(
        "/v1/feedback", content=json.dumps(CORRECTION | changed), headers={"content-type": "application/json"}
    )
    assert response.status_code == 422
    assert response.headers["content-type"] == PROBLEM
    assert complaint in response.json()["detail"]
    assert client.get("/v1/feedback", params={"limit": 1}).json()["items"] == before


@pytest.mark.parametrize("key", ["", "x" * 129, "two words", "é"])
def test_a_key_that_is_not_1_to_128_visible_characters_is_refused(client: httpx.Client, key: str) -> None:
    response = client.post("/v1/feedback", json=CORRECTION, headers={"Idempotency-Key": key.encode()})
    assert response.status_code == 422


@pytest.mark.parametrize("feedback_id", ["0" * 16, "x", "%00", "..", "' OR 1=1", "%ff", "x" * 5000])
def test_an_unknown_correction_is_not_found(client: httpx.Client, feedback_id: str) -> None:
    for method, path in (("DELETE", ""), ("POST", "/review")):
        response = client.request(method, f"/v1/feedback/{feedback_id}{path}", json={"accepted": True})
        assert response.status_code in (404, 405)
        assert response.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    "query", ["state=new", "order=best", "limit=0", "limit=201", "limit=x", "after=x", "after=%00", "sate=open"]
)
def test_a_list_that_is_none_is_refused(client: httpx.Client, query: str) -> None:
    response = client.get(f"/v1/feedback?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == PROBLEM


def test_a_key_counts_and_a_revoked_one_is_refused_within_seconds(serve: Callable[..., Any]) -> None:
    service = serve()
    assert httpx.get(f"{service.address}/v1/topics").status_code == 200
    database = Database(service.database_url)
    issued = KeyStore(database).create("newsroom", frozenset({Scope.PREDICT}))
    service.wait_until("/v1/topics", lambda response: response.status_code == 401, seconds=5)
    sent = {"Authorization": f"Bearer {issued.token}"}
    assert httpx.get(f"{service.address}/v1/topics", headers=sent).status_code == 200
    KeyStore(database).revoke(issued.key.id)
    database.close()
    service.wait_until("/v1/topics", lambda response: response.status_code == 401, seconds=5, headers=sent)


def test_two_workers_share_one_store(serve: Callable[..., Any]) -> None:
    address = serve(WASIM_WORKERS="2").address

    def send(number: int) -> str:
        headers = {"Idempotency-Key": f"k{number % 20}"}
        return str(httpx.post(f"{address}/v1/feedback", json=CORRECTION, headers=headers).json()["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(send, range(60)))
    assert len(ids) == 20
    assert {item["id"] for item in httpx.get(f"{address}/v1/feedback").json()["items"]} == ids
