"""A review queue on its way to the page of a running service."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

ROWS = [
    {"id": "1", "title": "هدنة في غزة", "text": "", "why": ["gaza 0.41, threshold 0.45"]},
    {"id": "2", "title": "خبر عن الطقس", "text": "أمطار", "why": []},
]


def send(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from wasim.service.cli import run; run()", "feedback", "send", *arguments]
    return subprocess.run(command, env=os.environ | {"COLUMNS": "200"}, capture_output=True, text=True, check=False)


def written(file: Path, suggested: tuple[str, ...] = ("gaza",), labels: list[str] | None = None) -> Path:
    rows = [row | {"suggested": suggested, "labels": labels} for row in ROWS]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_a_queue_waits_on_the_page_once_however_often_it_is_sent(service: Any, tmp_path: Path) -> None:
    for _ in range(2):
        sent = send(written(tmp_path / "queue.jsonl"), "--service", service.address)
        assert sent.returncode == 0, sent.stderr
        assert f"2 articles wait at {service.address}/#/review" in sent.stderr
    items = httpx.get(f"{service.address}/v1/feedback?state=open").json()["items"]
    assert sorted(item["title"] for item in items) == sorted(row["title"] for row in ROWS)
    assert {(item["by"], *item["topics"]) for item in items} == {("wasim review queue", "gaza")}
    assert "gaza 0.41, threshold 0.45" in [item["note"] for item in items]


def test_labels_that_somebody_gave_go_before_what_the_model_says(service: Any, tmp_path: Path) -> None:
    assert send(written(tmp_path / "queue.jsonl", labels=["vaccines"]), "--service", service.address).returncode == 0
    items = httpx.get(f"{service.address}/v1/feedback?state=open").json()["items"]
    assert ["vaccines"] in [item["topics"] for item in items]


@pytest.mark.parametrize("line", ["{", "[]", '{"title": "a"}'])
def test_a_line_that_is_no_queued_article_sends_nothing(service: Any, tmp_path: Path, line: str) -> None:
    before = httpx.get(f"{service.address}/v1/feedback").json()
    queue = written(tmp_path / "queue.jsonl", suggested=("diplomacy",))
    queue.write_text(queue.read_text() + line)
    sent = send(queue, "--service", service.address)
    assert sent.returncode == 10
    assert "queue.jsonl:3 is no queued article" in sent.stderr
    assert httpx.get(f"{service.address}/v1/feedback").json() == before


def test_a_missing_queue_and_a_missing_service_are_named(tmp_path: Path) -> None:
    assert "nothing.jsonl is missing" in send(tmp_path / "nothing.jsonl").stderr
    sent = send(written(tmp_path / "queue.jsonl"), "--service", "http://127.0.0.1:9")
    assert sent.returncode == 11
    assert "127.0.0.1:9" in sent.stderr
