"""The README is true: its blocks run and give the answers it shows."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
PORT = "8765"


@pytest.fixture(scope="module")
def serving() -> Iterator[None]:
    command = [sys.executable, "-c", "from wasim.service.cli import run; run()", "serve"]
    environment = os.environ | {"WASIM_PORT": PORT}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "http://" in process.stdout.readline()
    yield
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()


def blocks(language: str) -> list[str]:
    return [code for name, code in BLOCKS if name == language]


def test_the_request_shown_gets_the_answer_shown(serving: None) -> None:
    request = next(code for code in blocks("sh") if "curl" in code)
    shown = next(iter(blocks("json")))
    run = f'curl() {{ command curl --silent --retry 40 --retry-connrefused --retry-delay 1 "$@"; }}\n{request}'
    finished = subprocess.run(
        ["bash", "-c", run.replace(":8000", f":{PORT}")], capture_output=True, text=True, check=True
    )
    answer, expected = json.loads(finished.stdout), json.loads(shown)
    assert answer["topics"] == expected["topics"]
    assert answer["model"] == expected["model"]
    for key in ("scores", "thresholds"):  # shown with three digits
        assert answer[key] == pytest.approx(expected[key], abs=6e-4)


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", README)) <= targets


def test_every_setting_is_documented() -> None:
    from wasim.service.settings import PREFIX, ServiceSettings

    assert [name for name in ServiceSettings.model_fields if f"`{PREFIX}{name.upper()}`" not in README] == []


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text()
