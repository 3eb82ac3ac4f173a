"""The command as a person runs it: a process, its exit code, and what it prints."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from wasim.service import cli
from wasim.training.cli import register

WIDE = {"COLUMNS": "200"}


def wasim(*arguments: str | Path, given: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from wasim.service.cli import run; run()", *map(str, arguments)]
    finished = subprocess.run(command, input=given, capture_output=True, cwd=cwd, check=False, env=os.environ | WIDE)
    return subprocess.CompletedProcess(command, finished.returncode, finished.stdout.decode(), finished.stderr.decode())


def answer(root: Path, *arguments: str | Path, given: bytes = b"") -> dict[str, object]:
    finished = wasim("predict", *arguments, "--json", given=given, cwd=root)
    assert finished.returncode == 0, finished.stderr
    return dict(json.loads(finished.stdout))


def test_an_article_comes_as_argument_file_or_standard_input(root: Path, tmp_path: Path) -> None:
    text = "وصلت جرعات اللقاح لتطعيم الأطفال"
    (tmp_path / "article.txt").write_text(text, encoding="utf-8")
    answers = [answer(root, text), answer(root, tmp_path / "article.txt"), answer(root, given=text.encode())]
    assert answers[0]["topics"] == ["vaccines"]
    assert answers == [answers[0]] * 3


def test_people_see_every_topic_and_the_words(root: Path) -> None:
    finished = wasim("predict", "وصلت جرعات اللقاح لتطعيم الأطفال", "--explain", cwd=root)
    assert "اللقاحات" in finished.stdout
    assert "(bias)" in finished.stdout


@pytest.mark.parametrize("given", [b"", b" \n"])
def test_an_empty_article_is_refused(root: Path, given: bytes) -> None:
    finished = wasim("predict", given=given, cwd=root)
    assert finished.returncode == 3
    assert finished.stderr.startswith("wasim: title and text are both empty")


def test_broken_utf_8_is_read_as_far_as_it_goes(root: Path) -> None:
    given = "جرعات اللقاح لتطعيم الأطفال ".encode() + b"\xff\xfe\x00"
    assert answer(root, given=given)["topics"] == ["vaccines"]


def test_tag_tells_rejects_by_its_exit_code(root: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "غزة"}\nbad\n', encoding="utf-8")
    finished = wasim("tag", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl", "--json", cwd=root)
    assert finished.returncode == 8
    assert json.loads(finished.stdout)["rejected"] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["predict", "نص", "--artifacts", "nowhere"], 4),
        (["tag", "nowhere.jsonl", "--output", "out.jsonl"], 7),
        (["tag", "in.jsonl", "--output", "nowhere/out.jsonl"], 1),
        (["train", "--corpus", "nowhere"], 5),
        (["train", "--operating-point", "f9"], 2),
        (["models", "show", "nowhere"], 4),
        (["models", "promote", "nowhere"], 4),
        (["evaluate", "--data", "nowhere.jsonl", "--model", "small"], 5),
        (["nothing"], 2),
    ],
)
def test_a_failure_is_one_line_and_an_exit_code(saved: Path, tmp_path: Path, arguments: list[str], code: int) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "x"}\n')
    (tmp_path / "artifacts").symlink_to(saved.parent)
    if arguments[0] == "tag":
        arguments = [*arguments, "--artifacts", str(saved)]
    finished = wasim(*arguments, cwd=tmp_path)
    assert finished.returncode == code, finished.stderr
    assert "Traceback" not in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1 or arguments == ["nothing"]


def test_models_are_listed_promoted_and_rolled_back(saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "artifacts"
    for name in ("one", "two"):
        manifest = json.loads((saved / "manifest.json").read_text()) | {"name": name}
        (folder / name).mkdir(parents=True)
        for path in saved.iterdir():
            (folder / name / path.name).write_bytes(path.read_bytes())
        (folder / name / "manifest.json").write_text(json.dumps(manifest))
    for arguments in (["promote", "one"], ["promote", "two"], ["rollback"]):
        assert wasim("models", *arguments, cwd=tmp_path).returncode == 0
    listed = json.loads(wasim("models", "list", "--json", cwd=tmp_path).stdout)
    assert listed == {"current": "one", "models": ["one", "two"]}
    assert "in use" in wasim("models", "list", cwd=tmp_path).stdout
    assert "What it is" in wasim("models", "show", cwd=tmp_path).stdout
    assert json.loads(wasim("models", "show", "two", "--json", cwd=tmp_path).stdout)["name"] == "two"


def test_an_imported_set_can_be_trained_on(tmp_path: Path) -> None:
    (tmp_path / "set.txt").write_text("__label__health وصل اللقاح إلى المدينة\n__label__sport فاز الفريق أمس\n")
    finished = wasim(
        *("corpus", "import", "fasttext", "set.txt", "--output", "rows.jsonl", "--label", "health=vaccines"),
        cwd=tmp_path,
    )
    assert finished.returncode == 0, finished.stderr
    assert "vaccines: 1" in finished.stdout
    rows = (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["topics"] for row in rows] == [["vaccines"], []]


def test_every_command_has_a_real_example_in_its_help() -> None:
    register(cli.app)
    group = typer.main.get_command(cli.app)
    commands = [(name, command) for name, command in group.commands.items()]  # type: ignore[attr-defined]
    leaves = [
        (name, leaf)
        for name, command in commands
        for leaf in (command.commands.values() if hasattr(command, "commands") else [command])
    ]
    assert len(leaves) >= 10
    assert [leaf.name for _, leaf in leaves if "Example: " not in (leaf.help or "")] == []


def test_help_loads_no_numpy(root: Path) -> None:
    program = (
        "import sys, wasim.service.cli, wasim.training.cli;print('numpy' in sys.modules, 'fastapi' in sys.modules)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout.split() == ["False", "False"]


def test_training_from_the_command_line_is_used_at_once(root: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus/articles").mkdir(parents=True)
    (tmp_path / "corpus/topics.toml").write_text('[[topic]]\nid = "rain"\nname_ar = "مطر"\nname_en = "Rain"\n')
    rows = [
        {"id": f"{label}{number}", "title": f"{word} {number}", "text": f"{word} اليوم في المدينة", "topics": topics}
        for number in range(12)
        for label, word, topics in (("r", "أمطار", ["rain"]), ("n", "سوق", []))
    ]
    lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    (tmp_path / "corpus/articles/a.jsonl").write_text(lines, encoding="utf-8")
    trained = wasim("train", "--corpus", "corpus", "--promote", "--json", cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    said = json.loads(wasim("predict", "أمطار على المدينة", "--json", cwd=tmp_path).stdout)
    assert said["model"] == json.loads(trained.stdout)["name"]
    assert said["topics"] == ["rain"]
