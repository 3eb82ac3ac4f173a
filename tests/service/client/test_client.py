"""The Python client on a running service, and on services that fail in every way."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from wasim.model import Article, TopicModel
from wasim.model.errors import ServiceRefusedError, ServiceUnreachableError
from wasim.service.client import Client, Correction, RefusedLine, Retries
from wasim.service.store.database import Database
from wasim.service.store.keys import KeyStore
from wasim.service.store.scope import Scope

ARTICLE = Article("حملة تطعيم ضد الحصبة", "جرعات اللقاح للأطفال")
AT_ONCE = Retries(first=0)


@pytest.fixture(scope="module")
def client(service: Any) -> Iterator[Client]:
    with Client(service.address, retries=Retries(most=1, first=0)) as client:
        yield client


def test_an_article_gets_the_models_own_answer(client: Client, default_model: TopicModel) -> None:
    prediction = client.predict(ARTICLE)
    [answer] = default_model.classify([ARTICLE])
    assert prediction.topics == answer.topics == ("vaccines",)
    assert prediction.scores == pytest.approx(answer.probabilities)
    assert (prediction.model, prediction.explanation) == (default_model.name, None)


def test_explanations_thresholds_and_topics_can_be_asked_for(client: Client) -> None:
    least = client.predict(ARTICLE).scores["gaza"]
    prediction = client.predict(ARTICLE, explain=True, threshold=least, topics=["gaza", "vaccines"])
    assert prediction.topics == ("gaza", "vaccines")
    assert prediction.scores.keys() == {"gaza", "vaccines"}
    assert prediction.explanation is not None
    assert prediction.explanation["vaccines"]["terms"]


def test_a_batch_and_a_stream_answer_in_order(client: Client, ten_articles: list[Article]) -> None:
    expected = [client.predict(article) for article in ten_articles]
    assert client.predict_batch(ten_articles) == expected
    assert list(client.stream(ten_articles)) == expected


def test_one_wrong_article_of_a_stream_leaves_the_others(client: Client) -> None:
    answers = list(client.stream([*[ARTICLE] * 120, Article(), ARTICLE]))
    wrong = answers.pop(120)
    assert isinstance(wrong, RefusedLine)
    assert (wrong.line, wrong.status, wrong.title) == (121, 422, "ArticleEmpty")
    assert answers == [client.predict(ARTICLE)] * 121


def test_a_stream_answers_before_all_was_taken(client: Client) -> None:
    taken = 0

    def articles() -> Iterator[Article]:
        nonlocal taken
        while True:
            taken += 1
            yield ARTICLE

    assert next(client.stream(articles())) == client.predict(ARTICLE)
    assert taken <= 1000


def test_topics_and_model_are_told(client: Client, default_model: TopicModel) -> None:
    assert [topic["id"] for topic in client.topics()] == [topic.id for topic in default_model.topics]
    assert client.model()["name"] == default_model.name


def test_a_correction_is_kept_once_and_withdrawn(client: Client) -> None:
    correction = Correction(ARTICLE, ["gaza"], by="desk", note="ملاحظة")
    kept = client.correct(correction)
    assert client.correct(correction) == kept
    assert (kept.state, kept.topics, kept.predicted) == ("open", ("gaza",), ("vaccines",))
    assert client.withdraw(kept.id).state == "withdrawn"
    assert client.correct(Correction(ARTICLE, ["gaza"])).id != kept.id


@pytest.mark.parametrize(
    ("ask", "status", "title"),
    [
        (lambda client: client.predict(Article()), 422, "ArticleEmpty"),
        (lambda client: client.predict_batch([]), 422, "InvalidRequest"),
        (lambda client: client.predict(Article(text="ا" * 2_000_000)), 413, None),
        (lambda client: client.correct(Correction(ARTICLE, ["sport"])), 422, "FeedbackInvalid"),
        (lambda client: client.withdraw("0" * 16), 404, "FeedbackMissing"),
    ],
)
def test_what_the_service_refuses_is_raised_with_its_reason(
    client: Client, ask: Callable[[Client], Any], status: int, title: str | None
) -> None:
    with pytest.raises(ServiceRefusedError) as refused:
        ask(client)
    assert refused.value.status == status
    assert title in (refused.value.title, None)
    assert f"answered {status}" in str(refused.value)


def test_a_key_goes_along_and_is_in_no_message(serve: Callable[..., Any]) -> None:
    service = serve()
    database = Database(service.database_url)
    token = KeyStore(database).create("client", frozenset({Scope.PREDICT})).token
    database.close()
    service.wait_until("/v1/topics", lambda response: response.status_code == 401)
    with Client(service.address, token) as client:
        assert client.predict(ARTICLE).topics == ("vaccines",)
        with pytest.raises(ServiceRefusedError, match="needs feedback") as refused:
            client.correct(Correction(ARTICLE, []))
    assert token not in str(refused.value)
    with Client(service.address) as client, pytest.raises(ServiceRefusedError, match="401"):
        next(client.stream([ARTICLE]))


@contextmanager
def answering(*answers: tuple[int, dict[str, str]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Run a server that gives each answer once, in turn, and 200 then; status 0 hangs up. Yields what it was asked."""
    left, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            asked.append({"at": time.monotonic(), "body": body, **{k.lower(): v for k, v in self.headers.items()}})
            status, headers = left.pop(0) if left else (200, {})
            if not status:
                self.close_connection = True
                return
            answer = b"[]" if status == 200 else b"<html>a proxy's own page</html>"
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def require_refused(address: str, status: int) -> None:
    with Client(address, retries=AT_ONCE) as client, pytest.raises(ServiceRefusedError, match=str(status)):
        client.correct(Correction(ARTICLE, []))


def test_what_is_busy_or_hangs_up_is_asked_again() -> None:
    answers = [(503, {}), (0, {}), (429, {}), (502, {})]
    with answering(*answers) as (address, asked), Client(address, retries=AT_ONCE) as client:
        assert client.predict_batch([ARTICLE]) == []
    assert len(asked) == 5
    assert len({one["body"] for one in asked}) == 1


def test_retries_come_to_an_end() -> None:
    with answering(*[(503, {})] * 9) as (address, asked):
        require_refused(address, 503)
    assert len(asked) == 1 + AT_ONCE.most


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 500])
def test_a_no_that_stays_no_is_asked_once(status: int) -> None:
    with answering((status, {})) as (address, asked):
        require_refused(address, status)
    assert len(asked) == 1


def test_a_correction_keeps_its_idempotency_key_when_tried_again() -> None:
    with answering((503, {}), (400, {})) as (address, asked):
        require_refused(address, 400)
    assert len(asked) == 2
    assert len({one["idempotency-key"] for one in asked}) == 1


def test_the_wait_that_the_service_asks_for_is_kept() -> None:
    with answering((503, {"Retry-After": "1"})) as (address, asked), Client(address, retries=AT_ONCE) as client:
        client.predict_batch([ARTICLE])
    assert asked[1]["at"] - asked[0]["at"] >= 1


def test_waits_grow_at_random_up_to_the_longest() -> None:
    retries = Retries(first=1, longest=10)
    waits = [{retries.pause(attempt) for _ in range(20)} for attempt in range(8)]
    assert all(len(drawn) > 1 and max(drawn) <= min(2**attempt, 10) for attempt, drawn in enumerate(waits[:4]))
    assert max(waits[7]) == 10


def test_a_wait_may_be_seconds_or_a_date_or_nonsense() -> None:
    retries = Retries(first=0, longest=30)
    in_ten = format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)
    assert 8 < retries.pause(0, in_ten) <= 10
    waits = [
        retries.pause(0, value) for value in ("5", "3600", "0", "", "soon", "-1", "٣", "Thu, 01 Jan 1970 00:00:00 GMT")
    ]
    assert waits == [5, 30, 0, 0, 0, 0, 0, 0]


def test_no_service_at_all_is_said_clearly() -> None:
    with Client("http://127.0.0.1:1", retries=AT_ONCE) as client:
        for ask in (client.topics, lambda: next(client.stream([ARTICLE]))):
            with pytest.raises(ServiceUnreachableError, match="Does wasim serve run there"):
                ask()
