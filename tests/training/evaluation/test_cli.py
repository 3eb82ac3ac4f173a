import json
import subprocess
import sys
from pathlib import Path


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
