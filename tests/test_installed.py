"""What is built and installed, away from this folder: the rooms must not lean on where they were written."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build sdist and wheel, and install the wheel with nothing but its serving pins in an empty environment."""
    place = tmp_path_factory.mktemp("installed")
    source = place / "source"
    ignored = shutil.ignore_patterns(".*", "build", "dist", "tests", "*.egg-info", "articles")
    shutil.copytree(root, source, ignore=ignored)
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", place, source], check=True)
    shutil.copytree(source / "artifacts", place / "artifacts")
    shutil.copy(source / "requirements.txt", place)
    shutil.rmtree(source)
    subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
    pip = [place / "venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    [wheel] = place.glob("*.whl")
    subprocess.run([*pip, "--require-hashes", "-r", place / "requirements.txt"], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    return place


def run(installed: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(installed / "venv/bin" / command[0]), *command[1:]],
        cwd=installed, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_installed_command_tags_without_the_training_extra(installed: Path) -> None:
    finished = run(installed, "wasim", "predict", "وصلت جرعات اللقاح لتطعيم الأطفال", "--json")
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["topics"] == ["vaccines"]


def test_what_is_not_installed_is_named(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "in.parquet").write_bytes(b"PAR1")
    finished = run(installed, "wasim", "tag", str(tmp_path / "in.parquet"), "--output", str(tmp_path / "out.jsonl"))
    assert finished.returncode == 2
    assert finished.stderr == "wasim: Parquet files need pyarrow. Run: pip install 'wasim[archive]'\n"
    finished = run(installed, "wasim", "tag", "x.jsonl", "--output", "out.jsonl", "--engine", "dask")
    assert "x.jsonl is missing" in finished.stderr


def test_a_serving_install_has_no_training_command(installed: Path) -> None:
    finished = run(installed, "wasim", "--help")
    assert finished.returncode == 0, finished.stderr
    assert "serve" in finished.stdout
    assert "evaluate" not in finished.stdout


def test_every_module_is_in_the_wheel(installed: Path, root: Path) -> None:
    program = "import wasim.model, pathlib; print(pathlib.Path(wasim.model.__file__).parent.parent)"
    packages = Path(run(installed, "python", "-c", program).stdout.strip())
    for room in ("model", "service", "training"):
        written = {path.relative_to(root) for name in ("*.py", "py.typed") for path in (root / room).rglob(name)}
        written |= {path.relative_to(root) for path in (root / room).glob("page/static/**/*") if path.is_file()}
        assert written <= {path.relative_to(packages) for path in (packages / room).rglob("*")}


def test_rooms_are_imported_by_their_full_name_only(root: Path) -> None:
    for room in ("model", "service", "training"):
        finished = subprocess.run(
            [sys.executable, "-c", f"import {room}"], cwd=root, capture_output=True, text=True, check=False
        )
        assert f"import wasim.{room}" in finished.stderr


def test_the_rooms_import_rules_hold(installed: Path, root: Path, tmp_path: Path) -> None:
    program = "import wasim.model, pathlib; print(pathlib.Path(wasim.model.__file__).parent.parent.parent)"
    packages = run(installed, "python", "-c", program).stdout.strip()
    linter = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    finished = subprocess.run(
        [*linter, "--config", str(root / "pyproject.toml"), "--no-cache"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": packages}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout + finished.stderr
