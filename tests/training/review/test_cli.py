"""``wasim review`` as a person runs it."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wasim.model.registry import Registry
from wasim.training.corpus import Corpus, LabelledArticle
from wasim.training.review.labels import LabelFolder

Wasim = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def place(saved: Path, corpus: Corpus, tmp_path: Path) -> Path:
    """Lay out a model in use, the corpus that it was trained on, and an archive with a bad row."""
    shutil.copytree(saved, tmp_path / "artifacts" / "small")
    Registry(tmp_path / "artifacts").promote("small")
    with LabelFolder(tmp_path / "corpus", corpus.topics) as folder:
        for labelled in corpus.labelled:
            folder.add(labelled)
    titles = ["أمطار وسيول وعاصفة", "أمطار في الملعب والسوق", "مباراة وهدف وحارس"]
    rows = [json.dumps({"id": number, "title": title}) for number, title in enumerate(titles)]
    (tmp_path / "archive.jsonl").write_text("\n".join([*rows, "bad"]))
    return tmp_path


def test_a_queue_is_written_without_what_was_decided(wasim: Wasim, place: Path) -> None:
    with (
        LabelFolder(place / "labels", ())
        if (place / "labels" / "topics.toml").exists()
        else LabelFolder(place / "labels", Registry(place / "artifacts").load().topics) as folder
    ):
        folder.add(LabelledArticle(id="0", title="x", text="", topics=()))
    finished = wasim("review", "queue", "archive.jsonl", "--corpus", "corpus", "--output", "queue.jsonl")
    assert finished.returncode == 0, finished.stderr
    assert "1 rows are no articles; the first: archive.jsonl:4" in finished.stderr
    rows = [json.loads(line) for line in (place / "queue.jsonl").read_text().splitlines()]
    assert sorted(row["id"] for row in rows) == ["1", "2"]


def test_suspects_of_a_corpus_are_written(wasim: Wasim, place: Path) -> None:
    finished = wasim("review", "suspects", "--corpus", "corpus", "--most", "5", "--output", "suspects.jsonl")
    assert finished.returncode == 0, finished.stderr
    assert len((place / "suspects.jsonl").read_text().splitlines()) == 5


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("queue", "nowhere.jsonl", "--output", "q"), 5, "nowhere.jsonl is missing"),
        (("queue", "archive.jsonl", "--model", "nothing", "--output", "q"), 4, "no model 'nothing'"),
        (("queue", "archive.jsonl", "--corpus", "nowhere", "--output", "q"), 5, "nowhere"),
        (("queue", "archive.jsonl", "--output", "nowhere/q"), 1, "nowhere"),
        (("label", "nowhere.jsonl"), 5, "nowhere.jsonl is missing"),
        (("label", "archive.jsonl"), 5, "archive.jsonl:1"),
    ],
)
def test_a_failure_is_one_line_and_an_exit_code(
    wasim: Wasim, place: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    finished = wasim("review", *arguments)
    assert finished.returncode == code, finished.stderr
    assert message in finished.stderr.splitlines()[-1]
    assert "Traceback" not in finished.stderr
