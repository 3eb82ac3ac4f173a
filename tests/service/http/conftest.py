"""A real ``wasim serve`` process for each test that wants one."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson
import pytest

from wasim.model.artifact import save
from wasim.model.registry import Registry
from wasim.training.card import model_card
from wasim.training.corpus import Corpus
from wasim.training.fit import FitSettings
from wasim.training.train import train

Serve = Callable[..., "RunningService"]


@dataclass(frozen=True)
class RunningService:
    """A service process, where it listens, and the file that its log goes to."""

    process: subprocess.Popen[str]
    address: str
    log: Path

    def entries(self, event: str) -> list[dict[str, object]]:
        """Read what was logged."""
        entries = [orjson.loads(line) for line in self.log.read_bytes().splitlines()]
        return [entry for entry in entries if entry["event"] == event]

    def stop(self) -> None:
        """Stop it as systemd would."""
        self.process.terminate()
        self.process.wait(timeout=40)
        if self.process.stdout:
            self.process.stdout.close()


def start(log: Path, artifacts: Path, **settings: str) -> RunningService:
    """Start ``wasim serve`` on a free port; raises RuntimeError with its complaint where it does not start."""
    environment = os.environ | {"WASIM_PORT": "0", "WASIM_ARTIFACTS": str(artifacts)} | settings
    command = [sys.executable, "-c", "from wasim.service.cli import run; run()", "serve"]
    with log.open("w") as complaints:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    address = next((word for word in line.split() if word.startswith("http://")), "")
    running = RunningService(process, address, log)
    if not address:
        running.stop()
        raise RuntimeError(log.read_text())
    for _ in range(400):
        try:
            httpx.get(f"{address}/healthz")
            break
        except httpx.TransportError:
            time.sleep(0.05)
    return running


@pytest.fixture(scope="module")
def serve(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Return what starts services; they are stopped with the module."""
    started: list[RunningService] = []

    def start_one(artifacts: Path = root / "artifacts", **settings: str) -> RunningService:
        started.append(start(tmp_path_factory.mktemp("service") / "log.jsonl", artifacts, **settings))
        return started[-1]

    yield start_one
    for one in started:
        one.stop()


@pytest.fixture(scope="module")
def service(serve: Serve) -> RunningService:
    """Return a service with the committed model and the default settings."""
    return serve()


@pytest.fixture(scope="module")
def client(service: RunningService) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.address) as client:
        yield client


@pytest.fixture
def two_models(draw_corpus: Callable[..., Corpus], saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an artifacts folder with the models small, which is current, and other."""
    folder = tmp_path_factory.mktemp("two-models")
    shutil.copytree(saved, folder / saved.name)
    other = draw_corpus({"weather": "أمطار رياح عاصفة سيول", "football": "مباراة هدف حارس مدرب"}, seed=7)
    trained = train(other, fit=FitSettings(), name="other")
    save(trained.model, trained.provenance, model_card(trained.model, other, trained.metrics, "f"), folder)
    Registry(folder).promote(saved.name)
    return folder
