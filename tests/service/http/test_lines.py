"""Batches that stream in and out as lines."""

import gzip
import http.client
import json
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasim.model import Article, TopicModel
from wasim.service.http.lines import LineSplitter

LINES = {"Content-Type": "application/x-ndjson"}


def ask(client: httpx.Client, *lines: str) -> list[dict[str, Any]]:
    response = client.post("/v1/predict/batch", content="\n".join(lines).encode(), headers=LINES)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def test_every_line_gets_its_answer_in_order(
    client: httpx.Client, default_model: TopicModel, ten_articles: list[Article]
) -> None:
    lines = [json.dumps({"title": one.title, "text": one.text}) for one in ten_articles] * 30
    answers = ask(client, *lines)
    expected = default_model.classify(ten_articles) * 30
    assert [tuple(answer["topics"]) for answer in answers] == [answer.topics for answer in expected]
    for answer, wanted in zip(answers, expected, strict=True):
        assert answer["scores"] == pytest.approx(wanted.probabilities, abs=1e-9)


def test_a_wrong_line_gets_a_problem_and_fails_no_other(client: httpx.Client) -> None:
    right = '{"text": "جرعات اللقاح للأطفال"}'
    wrong = [
        "nonsense",
        "[]",
        '{"text": 1}',
        '{"text": ""}',
        '{"text": "x", "topics": ["sports"]}',
        '{"text": "\\ud800"}',
    ]
    answers = ask(client, right, *(line for one in wrong for line in (one, right)))
    assert [answer["topics"] for answer in answers[::2]] == [["vaccines"]] * 7
    problems = answers[1::2]
    assert [problem["status"] for problem in problems] == [400, 422, 422, 422, 422, 400]
    assert [problem["line"] for problem in problems] == [2, 4, 6, 8, 10, 12]
    assert {problem["request_id"] for problem in problems} == {answers[0]["request_id"]}


def test_each_line_has_its_own_wishes(client: httpx.Client) -> None:
    article = {"text": "جرعات اللقاح للأطفال"}
    plain, explained, narrow = ask(
        client,
        json.dumps(article),
        json.dumps({**article, "explain": True}),
        json.dumps({**article, "topics": ["gaza"], "threshold": 0.5}),
    )
    assert "explanation" not in plain
    assert explained["explanation"]["vaccines"]["terms"]
    assert narrow["thresholds"] == {"gaza": 0.5}


def test_a_line_that_is_too_long_is_refused_and_the_next_one_read(serve: Callable[..., Any]) -> None:
    address = serve(WASIM_MAX_BODY_BYTES="1000").address
    with httpx.Client(base_url=address) as client:
        right, long = '{"text": "جرعات اللقاح"}', json.dumps({"text": "ا" * 300_000})
        answers = ask(client, right, long, right, long)
    assert [answer.get("status") for answer in answers] == [None, 413, None, 413]


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b'\r\n{"text": "a"}\r\n\r\n'])
def test_blank_lines_get_no_answer(client: httpx.Client, content: bytes) -> None:
    response = client.post("/v1/predict/batch", content=content, headers=LINES)
    assert len(response.text.splitlines()) == content.count(b"{")


def test_answers_come_while_articles_are_still_being_sent(client: httpx.Client) -> None:
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port, timeout=15)
    connection.putrequest("POST", "/v1/predict/batch")
    connection.putheader("Content-Type", "application/x-ndjson")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    line = '{"text": "جرعات اللقاح"}\n'.encode()
    connection.send(f"{len(line):x}\r\n".encode() + line + b"\r\n")
    response = connection.getresponse()
    first = response.readline()
    assert json.loads(first)["topics"] == ["vaccines"]
    connection.send(f"{len(line):x}\r\n".encode() + line + b"\r\n0\r\n\r\n")
    assert json.loads(response.readline()) == json.loads(first)
    assert response.read() == b""
    connection.close()


def test_a_stream_is_packed_for_whom_it_may_be_and_not_held_back(client: httpx.Client) -> None:
    headers = {**LINES, "Accept-Encoding": "gzip"}
    lines = b'{"text": "\xd9\x84\xd9\x82\xd8\xa7\xd8\xad"}\n' * 200
    with client.stream("POST", "/v1/predict/batch", content=lines, headers=headers) as response:
        assert response.headers["content-encoding"] == "gzip"
        packed = b"".join(response.iter_raw())
    assert len(gzip.decompress(packed).splitlines()) == 200
    assert len(packed) < len(zlib.decompress(packed, wbits=31)) / 5


def test_large_answers_are_packed_and_small_ones_are_not(client: httpx.Client) -> None:
    headers = {"Accept-Encoding": "gzip"}
    article = {"text": "جرعات اللقاح للأطفال " * 20}
    large = client.post("/v1/predict", json={**article, "explain": True}, headers=headers)
    assert large.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.post("/v1/predict", json=article, headers=headers).headers


@given(pieces=st.lists(st.binary(max_size=12).map(lambda piece: piece.replace(b"\r", b"\n")), max_size=12))
def test_lines_do_not_depend_on_how_they_are_cut_into_pieces(pieces: list[bytes]) -> None:
    splitter = LineSplitter(most_bytes=1000)
    lines = [line for piece in pieces for line in splitter.feed(piece)] + splitter.end()
    whole = [(number, line) for number, line in enumerate(b"".join(pieces).split(b"\n"), start=1) if line.strip()]
    assert [(line.number, line.content) for line in lines] == whole


@given(lines=st.lists(st.integers(0, 30), max_size=8), cut=st.integers(1, 9))
def test_only_lines_longer_than_the_most_are_dropped(lines: list[int], cut: int) -> None:
    data = b"".join(b"a" * length + b"\n" for length in lines)
    splitter = LineSplitter(most_bytes=10)
    found = [line for start in range(0, len(data), cut) for line in splitter.feed(data[start : start + cut])]
    wanted = [None if length > 10 else length for length in lines if length]
    assert [line.content and len(line.content) for line in found] == wanted
