"""What service/deploy/ and service/README.md say works."""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
import yaml

from wasim.model import Article, Classification
from wasim.model.article import ScoredTopic
from wasim.service import cli
from wasim.service.settings import PREFIX, ServiceSettings
from wasim.service.store.database import Database
from wasim.service.store.feedback import FeedbackStore
from wasim.service.store.records import Correction, PageRequest, Prediction
from wasim.training.cli import register

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "service/deploy"
PAGE = (ROOT / "service/README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
INSTRUCTIONS = re.findall(r"^([A-Z]+) (.*)$", re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text()), re.MULTILINE)


def checked(*command: str | Path) -> str:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout + finished.stderr


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


@needs("systemd-analyze")
def test_the_unit_is_one_that_systemd_understands_and_finds_safe(tmp_path: Path) -> None:
    unit = (DEPLOY / "wasim.service").read_text().replace("/opt/wasim/bin/wasim", sys.executable)
    (tmp_path / "wasim.service").write_text(unit)
    assert checked("systemd-analyze", "verify", "--man=no", tmp_path / "wasim.service") == ""
    said = checked("systemd-analyze", "security", "--offline=true", "--no-pager", tmp_path / "wasim.service")
    [exposure] = re.findall(r"Overall exposure level for wasim.service: ([0-9.]+)", said)
    assert float(exposure) < 2


def test_every_setting_in_the_files_is_one() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in ServiceSettings.model_fields}
    for path in (*DEPLOY.iterdir(), ROOT / "service/README.md"):
        assert set(re.findall(r"WASIM_[A-Z_]+(?==)", path.read_text(encoding="utf-8"))) <= known | {"WASIM_NAME"}, path


@needs("nginx")
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "site.conf").write_text(re.sub(r"\n +(listen|ssl_).*", "", (DEPLOY / "nginx.conf").read_text()))
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/site.conf; }}")
    checked("nginx", "-t", "-c", tmp_path / "nginx.conf")


@needs("caddy")
def test_caddy_takes_its_configuration() -> None:
    checked("caddy", "adapt", "--validate", "--config", DEPLOY / "Caddyfile")


@needs("promtool")
def test_prometheus_takes_the_rules() -> None:
    checked("promtool", "check", "rules", DEPLOY / "alerts.yml")


def test_alerts_watch_metrics_that_there_are(service: Any) -> None:
    httpx.post(f"{service.address}/v1/predict", json={"text": "غزة"})
    shown = httpx.get(f"{service.address}/metrics").text
    rules = [rule for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
    watched = {name for rule in rules for name in re.findall(r"wasim_\w+", rule["expr"])}
    declared = set(re.findall(r"^# TYPE (\w+)", shown, re.MULTILINE))
    assert {name.removesuffix("_bucket") for name in watched} <= declared
    assert all(rule["annotations"]["summary"] for rule in rules)


def test_the_image_runs_without_rights_and_can_be_asked_for_its_health() -> None:
    last_stage = INSTRUCTIONS[max(n for n, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM") :]
    said = dict(last_stage)
    assert said["USER"] == "10001"
    assert "/readyz" in said["HEALTHCHECK"]
    assert {name for name, _ in INSTRUCTIONS} <= {
        "FROM", "WORKDIR", "RUN", "COPY", "ARG", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD",
    }  # fmt: skip


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the Dockerfile's steps in an empty folder that stands for the image's root; no engine is needed."""
    image = folder = tmp_path_factory.mktemp("image")
    sent = (DEPLOY / "Dockerfile.dockerignore").read_text()
    for name, value in INSTRUCTIONS:
        if name == "WORKDIR":
            folder = image / value.removeprefix("/")
            folder.mkdir(parents=True, exist_ok=True)
        elif name == "COPY" and not value.startswith("--from"):
            *sources, target = value.split()
            place = image / target.removeprefix("/") if target.startswith("/") else folder / target
            for source in sources:
                assert f"!{source}\n" in sent
                copy(ROOT / source, place)
        elif name == "RUN" and not value.startswith("useradd"):
            command = value.replace("/opt/", f"{image}/opt/").replace("python -m venv", f"{sys.executable} -m venv")
            subprocess.run(["sh", "-ec", command], cwd=folder, env=clean_environment(POSTGRES="no"), check=True)
    return image


def copy(source: Path, place: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__", "corpus"))
    else:
        shutil.copy(source, place)


def clean_environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", PREFIX))} | more


def test_the_images_steps_make_a_service_that_is_healthy(image: Path, tmp_path: Path) -> None:
    said = dict(INSTRUCTIONS)
    here = said["ENV"].replace("/opt/", f"{image}/opt/").replace("/var/lib/wasim", str(tmp_path))
    settings = dict(pair.split("=", 1) for pair in shlex.split(here))
    environment = clean_environment(**settings) | {"WASIM_PORT": "0", "WASIM_HOST": "127.0.0.1"}
    command = [*yaml.safe_load(said["ENTRYPOINT"]), *yaml.safe_load(said["CMD"])]
    check = yaml.safe_load(said["HEALTHCHECK"].partition("CMD ")[2])
    program = shutil.which(command[0], path=settings["PATH"])
    with subprocess.Popen([str(program), *command[1:]], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = next(word for word in process.stdout.readline().split() if word.startswith("http://"))
        asked = [part.replace("http://127.0.0.1:8000", address) for part in check]
        try:
            until = time.monotonic() + 60
            while subprocess.run(asked, env=environment, capture_output=True, check=False).returncode:
                assert time.monotonic() < until
            assert httpx.get(f"{address}/v1/topics").status_code == 401
        finally:
            process.terminate()


def commands() -> Iterator[list[str]]:
    for language, code in BLOCKS:
        lines = code.splitlines() if language == "sh" else []
        yield from (shlex.split(line)[1:] for line in lines if line.startswith("wasim "))


def test_every_wasim_command_on_the_page_is_one() -> None:
    register(cli.app)
    group: Any = typer.main.get_command(cli.app)
    shown = list(commands())
    assert len(shown) >= 5
    for words in shown:
        command, rest = group, words
        while hasattr(command, "commands"):
            command, rest = command.commands[rest[0]], rest[1:]
        command.make_context(words[0], rest)  # raises what the command line would complain about


def test_the_client_on_the_page_works(service: Any) -> None:
    [code] = [code for language, code in BLOCKS if language == "python"]
    exec(compile(code.replace("http://127.0.0.1:8000", service.address), "service/README.md", "exec"), {})


@needs("curl")
def test_the_correction_on_the_page_is_kept(service: Any) -> None:
    [code] = [code for language, code in BLOCKS if language == "sh" and "/v1/feedback" in code]
    said = checked("bash", "-c", code.replace("curl ", "curl -s ").replace("http://127.0.0.1:8000", service.address))
    assert '"state":"open"' in said


@pytest.fixture
def keep(database_url: str) -> Callable[[], list[str]]:
    """Return what keeps one correction more, and lists all."""
    answer = Classification((ScoredTopic("rain", 1.0, 0.9, 0.5),))

    def keep_one(url: str = database_url, more: int = 1) -> list[str]:
        database = Database(url)
        store = FeedbackStore(database)
        for _ in range(more):
            store.add(Correction(Article("", "مطر"), ()), Prediction("m", answer))
        ids = [record.id for record in store.page(PageRequest()).items]
        database.close()
        return ids

    return keep_one


def test_a_store_comes_back_from_its_backup(database_url: str, keep: Callable[..., list[str]], tmp_path: Path) -> None:
    [code] = [code for language, code in BLOCKS if "VACUUM INTO" in code]
    sqlite_line, pg_line = code.splitlines()
    kept = keep()
    if database_url.startswith("sqlite"):
        _, path, statement = shlex.split(sqlite_line)
        assert path == "/var/lib/wasim/wasim.db"
        backup = tmp_path / "backup.db"
        connection = sqlite3.connect(database_url.removeprefix("sqlite:///"))
        connection.execute(statement.replace("/var/backups/wasim.db", str(backup)))
        connection.close()
        assert len(keep()) == 2
        assert keep(f"sqlite:///{backup}", more=0) == kept
        return
    [restore] = re.findall(r"`(pg_restore .*?)`", PAGE, re.DOTALL)
    for command in (pg_line, restore):
        script = command.replace("/var/backups", str(tmp_path)).replace("\n", " ")
        subprocess.run(["bash", "-ec", script], env=os.environ | {"WASIM_DATABASE_URL": database_url}, check=True)
        kept_now = keep() if command is pg_line else keep(more=0)
    assert kept_now == kept
