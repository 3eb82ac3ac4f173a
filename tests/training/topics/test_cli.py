"""A topic of one's own from the command line, with the tutorial's files."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wasim.training.corpus import LabelledArticle
from wasim.training.review.labels import LabelFolder

Wasim = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "artifacts", tmp_path / "artifacts")
    for name in ("archive.jsonl", "seeds.txt", "truth.jsonl"):
        shutil.copy(root / "training" / "tutorial" / name, tmp_path)
    return tmp_path


NEW = ("topics", "new", "climate", "--name-ar", "المناخ", "--seeds", "seeds.txt", "--archive", "archive.jsonl")


def test_the_tutorial_leads_to_a_promoted_model(wasim: Wasim, place: Path) -> None:
    begun = wasim(*NEW, "--most", "40")
    assert begun.returncode == 0, begun.stderr
    assert "40 of 164 articles to read in climate/queue.jsonl" in begun.stderr
    truth = {row["id"]: row["topics"] for row in map(json.loads, (place / "truth.jsonl").read_text().splitlines())}
    with LabelFolder(place / "climate", ()) as folder:
        assert [topic.id for topic in folder.topics][:2] == ["climate", "cybersecurity"]
        for row in map(json.loads, (place / "climate" / "queue.jsonl").read_text().splitlines()):
            topics = truth[row["id"]]
            folder.add(LabelledArticle(id=row["id"], title=row["title"], text=row["text"], topics=topics))
    trained = wasim("topics", "train", "climate", "--promote")
    assert trained.returncode == 0, trained.stderr
    assert "is now in use" in trained.stderr
    said = json.loads(wasim("predict", "انبعاثات الكربون ترفع حرارة الأرض وتغير المناخ يهدد السواحل", "--json").stdout)
    assert "climate" in said["topics"]
    more = wasim(
        *("review", "queue", "archive.jsonl", "--labels", "climate", "--topic", "climate", "--output", "q.jsonl")
    )
    assert more.returncode == 0, more.stderr
    assert "124 articles" in more.stderr
    again = wasim("topics", "train", "climate")
    assert again.returncode == 2
    assert "knows climate already" in again.stderr
    anew = wasim("topics", "train", "climate", "--again", "--name", "anew", "--operating-point", "recall=0.9")
    assert anew.returncode == 0, anew.stderr
    manifest = json.loads((place / "artifacts" / "anew" / "manifest.json").read_text())
    assert [topic["id"] for topic in manifest["topics"]].count("climate") == 1
    assert [figures["topic"] for figures in manifest["metrics"]["topics"]].count("climate") == 1
    assert (place / "artifacts" / "anew" / "card.md").read_text().count("## Added: Climate") == 1


@pytest.fixture
def small_place(saved: Path, tmp_path: Path) -> None:
    """Lay out a small model in use, an archive and seeds."""
    shutil.copytree(saved, tmp_path / "artifacts" / "small")
    (tmp_path / "artifacts" / "current").write_text("small")
    (tmp_path / "archive.jsonl").write_text('{"title": "x"}')
    (tmp_path / "seeds.txt").write_text("قطار\nسكك\nمحطة")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((*NEW[:2], "weather", *NEW[3:]), 2, "knows weather already"),
        ((*NEW[:2], "Climate!", *NEW[3:]), 2, "small Latin letters"),
        ((*NEW[:4], " ", *NEW[5:]), 2, "an Arabic name"),
        ((*NEW[:6], "nowhere.txt", *NEW[7:]), 5, "nowhere.txt is missing"),
        ((*NEW[:8], "nowhere.jsonl"), 5, "nowhere.jsonl is missing"),
        (("topics", "train", "climate"), 5, "climate is missing"),
    ],
)
def test_a_failure_is_one_line_and_an_exit_code(
    wasim: Wasim, small_place: None, arguments: tuple[str, ...], code: int, message: str
) -> None:
    finished = wasim(*arguments)
    assert finished.returncode == code, finished.stderr
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr
