"""``wasim compare`` as a person runs it."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wasim.model.artifact import save
from wasim.training.train import TrainedModel

Wasim = Callable[..., subprocess.CompletedProcess[str]]
KINDS = (("أمطار وسيول وعاصفة", ["weather"]), ("مباراة وهدف وحارس", ["football"]), ("السوق في المدينة", []))


@pytest.fixture
def data(trained: TrainedModel, tmp_path: Path) -> Path:
    """Write two models, ``good`` and ``spoilt``, and 24 judged articles with a topic that neither knows."""
    for name, bias in (("good", 0), ("spoilt", 1000)):
        linear = replace(trained.model.linear, bias=trained.model.linear.bias + np.float32(bias))
        save(replace(trained.model, name=name, linear=linear), trained.provenance, "card", tmp_path / "artifacts")
    rows = [{"title": title, "text": "", "topics": [*topics, "snow"]} for title, topics in KINDS for _ in range(8)]
    (tmp_path / "judged.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return tmp_path / "judged.jsonl"


def test_the_exit_code_is_the_verdict(wasim: Wasim, data: Path) -> None:
    worse, better, same = (
        wasim("compare", *pair, "--data", data) for pair in (("good", "spoilt"), ("spoilt", "good"), ("good", "good"))
    )
    assert (worse.returncode, better.returncode, same.returncode) == (12, 0, 0)
    assert "spoilt is worse than good" in worse.stdout
    assert "broken: does not belong to weather" in worse.stdout
    assert KINDS[1][0] in worse.stdout
    assert "good is better than spoilt" in better.stdout
    assert "good is not worse than good" in same.stdout


def test_a_program_reads_verdict_differences_and_flips(wasim: Wasim, data: Path) -> None:
    finished = wasim("compare", "good", "spoilt", "--data", data, "--json")
    said = json.loads(finished.stdout)
    assert said["verdict"] == "worse"
    assert said["overall"]["new"] < said["overall"]["old"] == 1
    assert len(said["flips"]) == 32
    assert said["flips"][0]["article"]["title"] in dict(KINDS)


def test_a_topic_without_articles_is_marked(wasim: Wasim, data: Path, tmp_path: Path) -> None:
    rows = [json.dumps({"title": "أمطار", "text": "", "topics": ["weather"]})] * 10
    (tmp_path / "rain.jsonl").write_text("\n".join(rows))
    finished = wasim("compare", "good", "spoilt", "--data", "rain.jsonl")
    assert "n/a" in finished.stdout
    assert json.loads(wasim("compare", "good", "good", "--data", "rain.jsonl", "--json").stdout)["topics"][1] == {
        "name": "football", "old": None, "new": None, "low": None, "high": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("good", "nothing", "--data", "judged.jsonl"), 4, "no model 'nothing'"),
        (("good", "spoilt", "--data", "nowhere.jsonl"), 5, "nowhere.jsonl is missing"),
        (("good", "spoilt", "--data", "one.jsonl"), 5, "1 judged articles"),
        (("good", "spoilt", "--data", "judged.jsonl", "--margin", "2"), 2, "the margin is 2"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_line(
    wasim: Wasim, data: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    (data.parent / "one.jsonl").write_text('{"title": "x", "text": "", "topics": ["weather"]}')
    finished = wasim("compare", *arguments)
    assert finished.returncode == code, finished.stderr
    assert message in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1


def test_a_file_to_judge_by_is_for_promotion(wasim: Wasim, data: Path) -> None:
    for arguments, code, message in (
        (("--judge", "judged.jsonl"), 2, "Add --promote"),
        (("--promote", "--judge", "nowhere.jsonl"), 5, "nowhere.jsonl is missing"),
        (("--promote", "--margin", "-1"), 2, "the margin is -1"),
    ):
        finished = wasim("train", "--corpus", "nowhere", *arguments)
        assert finished.returncode == code, finished.stderr
        assert message in finished.stderr
