"""Keys and corrections from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wasim.model import Article, Classification
from wasim.model.article import ScoredTopic
from wasim.service.store.database import Database
from wasim.service.store.feedback import FeedbackStore
from wasim.service.store.key_ring import KeyRing
from wasim.service.store.keys import KeyStore
from wasim.service.store.records import Correction, Prediction, Review


def wasim(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from wasim.service.cli import run; run()", *arguments]
    environment = os.environ | {"WASIM_DATABASE_URL": url, "COLUMNS": "200"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/wasim.db"


def test_a_key_is_made_shown_once_listed_and_revoked(database_url: str) -> None:
    made = json.loads(
        wasim(database_url, "keys", "create", "desk [red]", "--scope", "predict", "--scope", "admin", "--json").stdout
    )
    database = Database(database_url)
    key = KeyRing(KeyStore(database)).find(made["key"])
    assert key is not None
    assert (key.id, key.name, sorted(key.scopes)) == (made["id"], "desk [red]", ["admin", "predict"])
    listed = wasim(database_url, "keys", "list").stdout
    assert made["id"] in listed
    assert "desk [red]" in listed
    assert made["key"] not in wasim(database_url, "keys", "list", "--json").stdout
    assert wasim(database_url, "keys", "revoke", made["id"]).returncode == 0
    assert KeyRing(KeyStore(database)).find(made["key"]) is None
    database.close()


def test_people_see_the_key_on_a_line_of_its_own(url: str) -> None:
    *_, token = wasim(url, "keys", "create", "x" * 100, "--scope", "predict").stdout.splitlines()
    assert token.startswith("wasim_")


@pytest.mark.parametrize(
    ("url", "arguments", "code"),
    [
        ("sqlite:////nowhere/wasim.db", ["keys", "list"], 9),
        ("mysql://localhost/x", ["keys", "list"], 2),
        ("", ["keys", "revoke", "0123456789ab"], 10),
        ("", ["keys", "create", "x"], 2),
        ("", ["keys", "create", "x", "--scope", "everything"], 2),
        ("", ["keys", "create", "", "--scope", "admin"], 2),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(tmp_path: Path, url: str, arguments: list[str], code: int) -> None:
    finished = wasim(url or f"sqlite:///{tmp_path}/wasim.db", *arguments)
    assert finished.returncode == code, finished.stderr
    assert "Traceback" not in finished.stderr


def test_accepted_corrections_are_exported_as_corpus_rows(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    store = FeedbackStore(database)
    answer = Classification((ScoredTopic("rain", 1.0, 0.9, 0.5), ScoredTopic("snow", -1.0, 0.1, 0.5)))

    def keep(text: str, *topics: str, accepted: bool | None = True) -> str:
        record = store.add(Correction(Article("", text), topics, note="لماذا"), Prediction("m", answer)).record
        if accepted is not None:
            store.review(record.id, Review(accepted))
        return f"feedback-{record.id}"

    keep("مطر", "rain")
    latest = keep("مطر", "snow")
    none = keep("سوق")
    keep("ثلج", "snow", accepted=False)
    keep("ريح", "rain", accepted=None)
    database.close()
    finished = wasim(database_url, "feedback", "export", "--output", str(tmp_path / "feedback.jsonl"))
    assert finished.returncode == 0, finished.stderr
    rows = [json.loads(line) for line in (tmp_path / "feedback.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows == [
        {"id": latest, "title": "", "text": "مطر", "topics": ["snow"], "mentions": ["rain"], "note": "لماذا"},
        {"id": none, "title": "", "text": "سوق", "topics": [], "mentions": ["rain"], "note": "لماذا"},
    ]


def test_without_an_accepted_correction_the_export_is_empty_and_says_so(url: str, tmp_path: Path) -> None:
    finished = wasim(url, "feedback", "export", "--output", str(tmp_path / "feedback.jsonl"))
    assert "no correction was accepted yet" in finished.stdout
    assert (tmp_path / "feedback.jsonl").read_bytes() == b""
