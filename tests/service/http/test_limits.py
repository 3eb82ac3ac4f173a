"""What a client may do to the service, and that it does nothing to the others."""

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from wasim.service.http.rates import RateLimit

JSON = {"Content-Type": "application/json"}
ARTICLE = {"text": "وصلت جرعات اللقاح إلى المستشفيات"}


@pytest.fixture(scope="module")
def impatient(serve_module: Callable[..., Any]) -> Any:
    """Return a service that waits for no client longer than a second."""
    return serve_module(WASIM_CLIENT_SECONDS="1", WASIM_MAX_BODY_BYTES="100000", WASIM_IDLE_SECONDS="2")


@contextmanager
def connection(service: Any) -> Iterator[socket.socket]:
    host, port = service.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=15) as opened:
        yield opened


def head(kind: str = "application/json", path: str = "/v1/predict", length: int | None = None) -> bytes:
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n{framing}\r\n\r\n".encode()


def read_to_end(opened: socket.socket) -> bytes:
    """Read until the service closes; a reset is an end too."""
    received = b""
    try:
        while piece := opened.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def test_a_connection_on_which_nothing_comes_is_closed(impatient: Any) -> None:
    with connection(impatient) as opened:
        assert read_to_end(opened) == b""


def test_a_head_that_drips_in_is_not_waited_for(impatient: Any) -> None:
    with connection(impatient) as opened:
        opened.sendall(b"POST /v1/predict HTTP/1.1\r\nHost: x\r\n")
        began = time.monotonic()
        opened.settimeout(0.2)
        while time.monotonic() - began < 15:
            try:
                opened.sendall(b"X-A: b\r\n")
                if opened.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - began < 10


def test_a_connection_left_open_between_requests_is_closed(impatient: Any) -> None:
    with connection(impatient) as opened:
        opened.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b'{"status":"alive"}' in read_to_end(opened)


def test_blank_lines_do_not_keep_a_connection_open(impatient: Any) -> None:
    with connection(impatient) as opened:
        opened.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        opened.sendall(b"\r\n")
        assert b"alive" in read_to_end(opened)


def test_a_body_that_stops_coming_gets_408(impatient: Any) -> None:
    with connection(impatient) as opened:
        opened.sendall(
            b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
        answer = read_to_end(opened)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"did not arrive within 1 seconds" in answer


def test_a_body_without_an_end_gets_413_and_is_not_kept(impatient: Any) -> None:
    with connection(impatient) as opened:
        opened.sendall(head())
        chunk = b"4000\r\n" + b"a" * 0x4000 + b"\r\n"
        sent = 0
        try:
            while sent < 100_000_000:
                opened.sendall(chunk)
                sent += len(chunk)
        except OSError:
            pass
        answer = read_to_end(opened)
    assert sent < 20_000_000
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413 ")  # a reset can overtake the answer


def test_a_body_that_goes_on_after_its_answer_is_cut_off(impatient: Any) -> None:
    with connection(impatient) as opened:
        opened.sendall(
            b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9000000\r\n\r\n"
        )
        answer = read_to_end(opened)
    assert answer.startswith(b"HTTP/1.1 415 ")


def test_a_client_that_does_not_read_its_answers_is_cut_off(impatient: Any) -> None:
    line = json.dumps({**ARTICLE, "explain": True}).encode() + b"\n"
    chunk = line * 100

    def send_without_reading() -> None:
        with connection(impatient) as opened:
            opened.sendall(head("application/x-ndjson", "/v1/predict/batch"))
            for _ in range(100_000):
                opened.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")

    with pytest.raises(OSError, match=r"reset|Broken"):
        send_without_reading()


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /v1/predict HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (number, b"a" * 1000) for number in range(100)),
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n",
        b"NONSENSE\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a client that speaks TLS
    ],
)
def test_a_head_that_is_too_large_or_none_is_refused(impatient: Any, sent: bytes) -> None:
    with connection(impatient) as opened:
        try:
            opened.sendall(sent + b"\r\n")
        except OSError:
            return
        answer = read_to_end(opened)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


DEEP = b'{"text": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"
MANY_KEYS = json.dumps(dict.fromkeys(map(str, range(60_000)), 0)).encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (DEEP, 400),
        (b'{"a":' * 50_000, 400),
        (b'{"text": "a", "threshold": 1e999}', 400),
        (b'{"text": "a", "threshold": ' + b"9" * 100_000 + b"}", 400),
        (b'{"text": "a", "threshold": NaN}', 400),
        (b'{"text": "a", "threshold": 0}', 422),
        (b'{"text": "a", "threshold": "0.5"}', 422),
        (b'{"text": "a", "explain": 1}', 422),
        (b'{"text": "a", "topics": []}', 422),
        (b'{"text": "a", "topics": ["sports"]}', 422),
        (b'{"text": "\xff\xfe"}', 400),
        (b'{"text": "\\udc00\\ud800"}', 400),
        ('{"text": "a"}'.encode("utf-16"), 400),
        (b'\xef\xbb\xbf{"text": "a"}', 400),
        (b'{"text": "a"} {"text": "b"}', 400),
        (MANY_KEYS, 422),
    ],
)
def test_a_hostile_body_gets_a_short_problem_document(client: httpx.Client, body: bytes, status: int) -> None:
    response = client.post("/v1/predict", content=body, headers=JSON)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.content) < 10_000
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_a_hostile_batch_gets_a_short_problem_document(client: httpx.Client) -> None:
    for body in (b"[" + b"0," * 400_000 + b"0]", b"[" + b'{"a":0},' * 100_000 + b"{}]", b"[]"):
        response = client.post("/v1/predict/batch", content=body, headers=JSON)
        assert response.status_code in (413, 422)
        assert len(response.content) < 10_000


def test_of_a_key_that_stands_twice_the_last_one_counts(client: httpx.Client) -> None:
    body = '{"text": "قصف على غزة", "text": "جرعات اللقاح للأطفال"}'.encode()
    assert client.post("/v1/predict", content=body, headers=JSON).json()["topics"] == ["vaccines"]


def test_packed_bodies_are_not_unpacked(client: httpx.Client) -> None:
    bomb = gzip.compress(b"a" * 10_000_000)
    for path, kind in (("/v1/predict", "application/json"), ("/v1/predict/batch", "application/x-ndjson")):
        response = client.post(path, content=bomb, headers={"Content-Type": kind, "Content-Encoding": "gzip"})
        assert response.status_code == 415
        assert response.headers["accept-encoding"] == "identity"


def test_a_form_is_not_taken_for_json(client: httpx.Client) -> None:
    assert client.post("/v1/predict", data={"text": "x"}).status_code == 415


def test_more_requests_than_may_be_answered_at_a_time_get_503(serve: Callable[..., Any]) -> None:
    service = serve(WASIM_MAX_IN_FLIGHT="1")
    with connection(service) as occupying:
        occupying.sendall(head(length=99))
        service.wait_until("/metrics", lambda response: "wasim_requests_in_flight 2.0" in response.text)
        refused = httpx.post(f"{service.address}/v1/predict", json=ARTICLE)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["title"] == "Busy"
        assert httpx.get(f"{service.address}/healthz").status_code == 200
        assert httpx.get(f"{service.address}/readyz").status_code == 200
    service.wait_until("/metrics", lambda response: "wasim_requests_in_flight 1.0" in response.text)
    assert httpx.post(f"{service.address}/v1/predict", json=ARTICLE).status_code == 200


def test_a_caller_that_asks_too_much_gets_429_and_is_told_when_to_come_back(serve: Callable[..., Any]) -> None:
    address = serve(WASIM_RATE_LIMIT="0.5").address
    statuses = [httpx.post(f"{address}/v1/predict", json=ARTICLE).status_code for _ in range(5)]
    assert statuses == [200] * 5  # ten seconds' worth at once
    refused = httpx.post(f"{address}/v1/predict", json=ARTICLE)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 2


def test_a_batch_costs_its_articles() -> None:
    now = 0.0
    limit = RateLimit(10, clock=lambda: now)
    limit.admit("one")
    limit.take("one", 149)
    assert limit.seconds_of_debt("one") == 5
    with pytest.raises(Exception, match="Try again in 6 seconds"):
        limit.admit("one")
    limit.admit("another")
    now = 6.0
    limit.admit("one")
    assert limit.seconds_of_debt("one") == 0


def test_callers_are_forgotten_before_they_fill_the_memory() -> None:
    limit = RateLimit(10, clock=lambda: 0.0)
    for number in range(30_000):
        limit.admit(str(number))
    assert len(limit._buckets) <= 10_000


def test_a_short_article_does_not_wait_behind_batches(client: httpx.Client) -> None:
    long_batch = [{"text": "قال المتحدث إن السوق مفتوح. " * 60}] * 256

    def batch(_: int) -> int:
        return httpx.post(client.base_url.join("/v1/predict/batch"), json=long_batch, timeout=60).status_code

    with ThreadPoolExecutor(3) as threads:
        batches = [threads.submit(batch, number) for number in range(6)]
        answered_meanwhile = 0
        while not all(one.done() for one in batches):
            assert client.post("/v1/predict", json=ARTICLE).status_code == 200
            answered_meanwhile += 1
        assert [one.result() for one in batches] == [200] * 6
    assert answered_meanwhile > 6


def test_answers_are_safe_to_show(client: httpx.Client) -> None:
    for response in (client.post("/v1/predict", json=ARTICLE), client.get("/nowhere"), client.get("/healthz")):
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["x-frame-options"] == "DENY"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "server" not in response.headers
    assert "script-src" in client.get("/docs").headers["content-security-policy"]


def test_pages_elsewhere_may_not_ask_unless_told(client: httpx.Client, serve: Callable[..., Any]) -> None:
    asking = {"Origin": "https://news.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options("/v1/predict", headers=asking).headers
    opened = serve(WASIM_CORS_ORIGINS="https://news.example, https://other.example").address
    allowed = httpx.options(f"{opened}/v1/predict", headers=asking)
    assert allowed.headers["access-control-allow-origin"] == "https://news.example"
    refused = httpx.options(f"{opened}/v1/predict", headers={**asking, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in refused.headers
