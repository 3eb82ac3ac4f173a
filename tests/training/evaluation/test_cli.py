import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wasim.model.artifact import FILES
from wasim.training.corpus import Corpus


def wasim(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "wasim"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_evaluation_prints_tables_and_what_it_could_not_measure(saved: Path, tmp_path: Path) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text(json.dumps({"title": "أمطار وسيول", "text": "", "topics": ["weather", "wether"]}) + "\n")
    finished = wasim("evaluate", "--data", file, "--artifacts", saved.parent, "--model", "small")
    assert finished.returncode == 0, finished.stderr
    assert "macro-F1" in finished.stdout
    assert "n/a" in finished.stdout
    assert "no article is about football" in finished.stdout
    assert "wether" in finished.stdout


def test_json_has_null_where_nothing_was_measured(saved: Path, tmp_path: Path) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text(json.dumps({"title": "أمطار وسيول", "text": "", "topics": ["weather"]}) + "\n")
    finished = wasim("evaluate", "--data", file, "--artifacts", saved.parent, "--model", "small", "--json")
    answer = json.loads(finished.stdout)
    assert answer["metrics"]["topics"][1]["f1"] is None
    assert answer["not_judged"] == ["football"]
    assert answer["confusion"][0][0] == 1


@pytest.fixture
def corpus_folder(corpus: Corpus, tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "articles").mkdir(parents=True)
    topics = (
        f'[[topic]]\nid = "{one.id}"\nname_ar = "{one.name_ar}"\nname_en = "{one.name_en}"\n' for one in corpus.topics
    )
    (folder / "topics.toml").write_text("".join(topics), encoding="utf-8")
    rows = (row.model_copy(update={"outlet": f"outlet {number % 3}"}) for number, row in enumerate(corpus.labelled))
    lines = "\n".join(row.model_dump_json() for row in rows)
    (folder / "articles" / "all.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_a_split_judges_the_corpus_and_writes_a_page(corpus_folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    readme = tmp_path / "README.md"
    readme.write_text("<!-- split outlet -->\n<!-- /split outlet -->\n")
    arguments = ("--split", "outlet", "--corpus", corpus_folder, "--report", page, "--update", readme)
    finished = wasim("evaluate", *arguments)
    assert finished.returncode == 0, finished.stderr
    assert "- `--split outlet`: macro-F1 0." in readme.read_text() or "macro-F1 1." in readme.read_text()
    assert "split: outlet" in finished.stdout
    assert "outlet 1" in page.read_text(encoding="utf-8")


def test_drift_is_told_for_people_and_for_programs(saved: Path, tmp_path: Path) -> None:
    file = tmp_path / "now.jsonl"
    file.write_text('{"text": "زلزال في المدينة"}\n{"text": "زلزال"}\nbad\n', encoding="utf-8")
    arguments = ("evaluate", "--drift", file, "--artifacts", saved.parent, "--model", "small")
    told = wasim(*arguments)
    assert told.returncode == 0, told.stderr
    assert "probability of weather" in told.stdout
    assert "1 lines were no article" in told.stdout
    answer = json.loads(wasim(*arguments, "--json").stdout)
    assert answer["new_words"][0]["stem"] == "زلزال"
    assert answer["report"]["n_articles"] == 2


def test_drift_needs_a_model_that_says_what_to_compare_with(saved: Path, tmp_path: Path) -> None:
    older = shutil.copytree(saved, tmp_path / "artifacts" / "small")
    manifest = json.loads((older / FILES.manifest).read_text())
    (older / FILES.manifest).write_text(json.dumps(manifest | {"drift": None}))
    finished = wasim("evaluate", "--drift", "x", "--artifacts", older.parent, "--model", "small")
    assert finished.returncode == 4
    assert "Train again" in finished.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--data", "x", "--split", "desk"],
        ["--drift", "x", "--data", "y"],
        ["--data", "x", "--earlier", "y"],
        ["--drift", "x", "--update", "README.md"],
        ["--drift", "x", "--learning-curve", "y.svg"],
        ["--split", "by chance"],
    ],
)
def test_aims_that_do_not_go_together_are_refused(arguments: list[str]) -> None:
    finished = wasim("evaluate", *arguments)
    assert finished.returncode == 2
    assert finished.stderr.startswith("wasim: ")
