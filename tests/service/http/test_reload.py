"""A promoted model takes over while requests go on; a damaged one does not."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from wasim.model import Article, TopicModel
from wasim.model.registry import Registry

ARTICLE = {"text": "أمطار رياح عاصفة مباراة هدف"}


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def served(address: str) -> str:
    return str(httpx.get(f"{address}/readyz").json()["model"])


def make_current(artifacts: Path, names: str) -> None:
    """Write the file ``current`` whole, as the registry does, but without its checks."""
    beside = artifacts / "written"
    beside.write_text(names)
    beside.replace(artifacts / "current")


def damage(artifacts: Path, name: str) -> None:
    weights = artifacts / name / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])


@contextmanager
def load(address: str, clients: int = 2) -> Iterator[list[dict[str, Any]]]:
    """Ask without pause from several clients; yields what they were answered."""
    answers: list[dict[str, Any]] = []
    stopping = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=address) as client:
            while not stopping.is_set():
                response = client.post("/v1/predict", json=ARTICLE)
                answers.append({"status": response.status_code, **response.json()})

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def test_no_request_fails_or_mixes_models_during_100_reloads(serve: Callable[..., Any], two_models: Path) -> None:
    address = serve(WASIM_ARTIFACTS=str(two_models), WASIM_WATCH_SECONDS="0").address
    registry = Registry(two_models)
    with load(address) as answers:
        for number in range(100):
            name = ("other", "small")[number % 2]
            make_current(two_models, f"{name}\n")
            assert httpx.post(f"{address}/v1/model/reload", timeout=30).json()["model"] == name
    expected = {name: registry.load(name).classify([Article(**ARTICLE)])[0] for name in ("small", "other")}
    assert {answer["status"] for answer in answers} == {200}
    assert {answer["model"] for answer in answers} == {"small", "other"}
    for answer in answers:
        whole = expected[answer["model"]]
        assert answer["scores"] == whole.probabilities
        assert answer["thresholds"] == {scored.topic: scored.threshold for scored in whole.scored}
        assert tuple(answer["topics"]) == whole.topics


def test_a_model_promoted_or_rolled_back_elsewhere_is_noticed(serve: Callable[..., Any], two_models: Path) -> None:
    address = serve(WASIM_ARTIFACTS=str(two_models), WASIM_WATCH_SECONDS="0.1").address
    for command, name in ((["promote", "other"], "other"), (["rollback"], "small")):
        run = [sys.executable, "-c", "from wasim.service.cli import run; run()", "models", *command]
        subprocess.run([*run, "--artifacts", str(two_models)], check=True, capture_output=True)
        wait_until(lambda name=name: served(address) == name)  # type: ignore[misc]


def test_sighup_makes_the_service_look(serve: Callable[..., Any], two_models: Path) -> None:
    running = serve(WASIM_ARTIFACTS=str(two_models), WASIM_WATCH_SECONDS="0")
    Registry(two_models).promote("other")
    assert served(running.address) == "small"
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: served(running.address) == "other")


def test_every_worker_takes_the_promoted_model(serve: Callable[..., Any], two_models: Path) -> None:
    running = serve(WASIM_ARTIFACTS=str(two_models), WASIM_WATCH_SECONDS="0", WASIM_WORKERS="2")
    wait_until(lambda: 'wasim_model_workers{model="small"} 2.0' in httpx.get(f"{running.address}/metrics").text)
    Registry(two_models).promote("other")
    assert httpx.post(f"{running.address}/v1/model/reload", timeout=30).json() == {"model": "other", "before": "small"}
    wait_until(lambda: 'wasim_model_workers{model="other"} 2.0' in httpx.get(f"{running.address}/metrics").text)


def test_a_damaged_model_is_not_taken_and_the_service_says_why(serve: Callable[..., Any], two_models: Path) -> None:
    running = serve(WASIM_ARTIFACTS=str(two_models), WASIM_WATCH_SECONDS="0.1")
    Registry(two_models).promote("other")
    wait_until(lambda: served(running.address) == "other")
    damage(two_models, "small")
    make_current(two_models, "small\n")
    wait_until(lambda: "reload_failure" in httpx.get(f"{running.address}/readyz").json())
    ready = httpx.get(f"{running.address}/readyz")
    assert ready.status_code == 200
    assert ready.json()["model"] == "other"
    assert "SHA-256" in ready.json()["reload_failure"]
    refused = httpx.post(f"{running.address}/v1/model/reload", timeout=30)
    assert refused.status_code == 409
    assert "other goes on answering" in refused.json()["detail"]
    assert httpx.post(f"{running.address}/v1/predict", json=ARTICLE).json()["model"] == "other"
    assert running.entries("model not loaded")
    assert "wasim_model_stale_workers 1.0" in httpx.get(f"{running.address}/metrics").text


def test_a_model_that_gets_its_golden_articles_wrong_is_not_taken(serve: Callable[..., Any], two_models: Path) -> None:
    address = serve(WASIM_ARTIFACTS=str(two_models), WASIM_WATCH_SECONDS="0").address
    manifest = two_models / "other" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"topics": [\n        "weather"\n      ]', '"topics": []'))
    make_current(two_models, "other\n")
    refused = httpx.post(f"{address}/v1/model/reload", timeout=30)
    assert refused.status_code == 409
    assert "golden article" in refused.json()["detail"]
    assert served(address) == "small"


@pytest.mark.parametrize("current", ["", "nowhere\n", "../small\n"])
def test_a_folder_that_names_no_model_leaves_the_old_one_in_use(
    serve: Callable[..., Any], two_models: Path, current: str
) -> None:
    address = serve(WASIM_ARTIFACTS=str(two_models), WASIM_WATCH_SECONDS="0").address
    make_current(two_models, current)
    assert httpx.post(f"{address}/v1/model/reload").status_code == 409
    assert served(address) == "small"


def test_models_are_listed_and_an_administrator_can_go_back(serve: Callable[..., Any], two_models: Path) -> None:
    address = serve(WASIM_ARTIFACTS=str(two_models), WASIM_WATCH_SECONDS="0").address
    nothing_before = httpx.post(f"{address}/v1/model/rollback")
    assert nothing_before.status_code == 409
    Registry(two_models).promote("other")
    httpx.post(f"{address}/v1/model/reload", timeout=30)
    listed = httpx.get(f"{address}/v1/models").json()
    assert listed["current"] == listed["served"] == "other"
    assert [one["name"] for one in listed["models"]] == ["other", "small"]
    assert all(0 <= one["macro_f1"] <= 1 and one["topics"] for one in listed["models"])
    assert httpx.post(f"{address}/v1/model/rollback", timeout=30).json() == {"model": "small", "before": "other"}
    assert httpx.get(f"{address}/v1/models").json()["current"] == "small"


def test_one_artifact_can_be_served_without_a_folder_of_models(serve: Callable[..., Any], two_models: Path) -> None:
    address = serve(WASIM_ARTIFACTS=str(two_models / "small")).address
    assert httpx.get(f"{address}/v1/models").json()["served"] == "small"
    assert httpx.post(f"{address}/v1/model/reload").json() == {"model": "small", "before": "small"}
    assert httpx.post(f"{address}/v1/model/rollback").status_code == 409


def test_the_loaded_model_is_the_one_that_python_loads(two_models: Path) -> None:
    assert TopicModel.load(two_models).name == "small"
