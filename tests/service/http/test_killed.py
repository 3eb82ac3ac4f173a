"""Whatever is killed under load, nothing that was acknowledged is lost, and readiness tells the truth."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from wasim.service.store.database import Database
from wasim.service.store.feedback import FeedbackStore
from wasim.service.store.records import FeedbackRecord, PageRequest

ARTICLE = {"title": "حملة تطعيم ضد الحصبة", "text": "جرعات اللقاح للأطفال"}
WRITERS = 4


@dataclass
class Writers:
    """Clients that send corrections one after the other, each until it is acknowledged."""

    address: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    refusals: list[httpx.Response] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def write(self, writer: int) -> None:
        number = 0
        while not self.stopping.is_set():
            key = f"{writer}-{number}"
            try:
                response = httpx.post(
                    f"{self.address}/v1/feedback",
                    json={**ARTICLE, "topics": [], "note": key}, headers={"Idempotency-Key": key}, timeout=20,
                )  # fmt: skip
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if response.status_code in (200, 201):
                self.acknowledged[key] = response.json()["id"]
                number += 1
            else:
                self.refusals.append(response)
                time.sleep(0.05)

    def wait_for_more(self) -> None:
        """Wait until every part of the service has had work since now."""
        wanted = len(self.acknowledged) + 5 * WRITERS
        until = time.monotonic() + 60
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < until, self.refusals[-1:]
            time.sleep(0.02)


@contextmanager
def writing(address: str) -> Iterator[Writers]:
    writers = Writers(address)
    threads = [threading.Thread(target=writers.write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        writers.stopping.set()
        for thread in threads:
            thread.join()


def kept(url: str) -> list[FeedbackRecord]:
    database = Database(url)
    records = FeedbackStore(database).page(PageRequest(limit=100_000)).items
    database.close()
    return list(records)


def require_all_kept_once(url: str, acknowledged: dict[str, str]) -> None:
    records = kept(url)
    notes = [record.note for record in records]
    assert len(set(notes)) == len(notes)
    assert acknowledged.items() <= {record.note: record.id for record in records}.items()


def workers(parent: int) -> list[int]:
    """Find a service's worker processes, not its other helpers."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


LINUX = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers as Linux lists them")


@LINUX
def test_a_killed_worker_and_a_killed_database_lose_nothing(
    serve: Callable[..., Any], postgres: Any, postgres_url: str
) -> None:
    service = serve(WASIM_DATABASE_URL=postgres_url, WASIM_WORKERS="2")
    with writing(service.address) as writers:
        writers.wait_for_more()
        killed, other = workers(service.process.pid)
        os.kill(killed, signal.SIGKILL)
        writers.wait_for_more()

        postgres.signal(signal.SIGKILL)
        ready = service.wait_until("/readyz", lambda response: response.json().get("store") == "unreachable")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")  # predictions go on
        refused = httpx.post(f"{service.address}/v1/feedback", json={**ARTICLE, "topics": []}, timeout=20)
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert postgres.password not in refused.text
        service.wait_until("/metrics", lambda response: "wasim_store_unreachable_workers 0.0" not in response.text)

        postgres.start()
        service.wait_until("/readyz", lambda response: response.json().get("store") == "ok")
        writers.wait_for_more()
    assert {refusal.status_code for refusal in writers.refusals} <= {503}
    until = time.monotonic() + 60
    while len(alive := workers(service.process.pid)) < 2:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert (killed in alive, other in alive) == (False, True)
    service.stop()
    require_all_kept_once(postgres_url, writers.acknowledged)


@LINUX
def test_a_worker_that_starts_while_the_database_is_away_does_not_stop_the_service(
    serve: Callable[..., Any], postgres: Any, postgres_url: str
) -> None:
    service = serve(WASIM_DATABASE_URL=postgres_url, WASIM_WORKERS="2")
    postgres.signal(signal.SIGKILL)
    before = workers(service.process.pid)
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    # Nobody knows whether keys are asked for, so nobody is let in, and the service says that it is not ready.
    refused = service.wait_until("/readyz", lambda response: response.status_code == 503, seconds=60)
    assert refused.json()["title"] == "StoreUnavailable"
    assert httpx.post(f"{service.address}/v1/predict", json=ARTICLE).status_code == 503
    postgres.start()
    service.wait_until("/readyz", lambda response: response.status_code == 200)
    assert httpx.post(f"{service.address}/v1/predict", json=ARTICLE).json()["topics"] == ["vaccines"]
    assert not set(before) & set(workers(service.process.pid))


def test_a_killed_service_loses_nothing_of_its_sqlite_store(serve: Callable[..., Any]) -> None:
    service = serve()
    with writing(service.address) as writers:
        writers.wait_for_more()
        service.process.kill()
    require_all_kept_once(service.database_url, writers.acknowledged)


@LINUX
def test_a_worker_that_finds_a_damaged_model_stops_no_other_and_comes_back_when_it_is_mended(
    serve: Callable[..., Any], root: Path, tmp_path: Path
) -> None:
    artifacts = tmp_path / "artifacts"
    shutil.copytree(root / "artifacts", artifacts)
    current = artifacts / "current"
    name = current.read_text()
    service = serve(WASIM_ARTIFACTS=str(artifacts), WASIM_WORKERS="2", WASIM_WATCH_SECONDS="0")
    parent = service.process.pid
    current.write_text("news-missing")
    os.kill(workers(parent)[0], signal.SIGKILL)
    wait_for(lambda: len(service.entries("worker died")) >= 2)  # the killed one, and one that could not start
    assert httpx.post(f"{service.address}/v1/predict", json=ARTICLE, timeout=20).json()["topics"] == ["vaccines"]
    current.write_text(name)
    wait_for(
        lambda: (
            b'wasim_model_workers{model="%s"} 2' % name.strip().encode()
            in httpx.get(f"{service.address}/metrics").content
        )
    )
    assert len(workers(parent)) == 2


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)
