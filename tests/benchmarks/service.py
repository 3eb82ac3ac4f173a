"""Compare how many requests a second are answered: wasim, and FastAPI around a scikit-learn pipeline.

Both run at the same time with as many workers, and are asked in turns by wrk, the load generator included in what
the machine has to do. wasim runs as a newsroom would run it: with keys, limits, metrics and logs.

python tests/benchmarks/service.py [--archive ARTICLES.jsonl.gz] [--workers N] [--seconds N] [--rounds N]
    [--update service/README.md]
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import joblib
import orjson
from peers import ROOT, tutorial_pipeline
from scoring import read_articles
from sklearn.linear_model import LogisticRegression

from wasim.model.registry import artifact_path
from wasim.service.store.database import Database
from wasim.service.store.keys import KeyStore
from wasim.service.store.scope import Scope
from wasim.training.card import write_between
from wasim.training.corpus import read_corpus

SCRIPT = Path(__file__).with_name("service.wrk.lua")
CONNECTIONS = (16, 64)
N_ARTICLES = 2000
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Contender:
    """A service that is measured."""

    name: str
    address: str
    pid: int
    key: str = ""

    def cpu_seconds(self) -> float:
        """CPU time that its processes have used so far."""
        pids = [self.pid, *map(int, Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split())]
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
        return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figures:
    """Requests a second, milliseconds, requests that failed, and microseconds of the service's CPU for each."""

    rate: float
    p50: float
    p99: float
    failed: int
    cpu: float


@contextmanager
def running(command: list[str], environment: dict[str, str], address: str) -> Iterator[int]:
    """Run a service while it is measured; yields its process id."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | ONE_THREAD | environment, stdout=subprocess.DEVNULL, stderr=log
        )
        try:
            _wait_for(address, process)
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/openapi.json", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"{address} did not start") from None
            time.sleep(0.1)


@contextmanager
def wasim(folder: Path, workers: int) -> Iterator[Contender]:
    """Run wasim with all that protects and observes it."""
    database = Database(f"sqlite:///{folder}/wasim.db")
    key = KeyStore(database).create("bench", frozenset({Scope.PREDICT})).token
    database.close()
    port = free_port()
    environment = {
        "WASIM_ARTIFACTS": str(artifact_path(ROOT / "artifacts")),
        "WASIM_DATABASE_URL": f"sqlite:///{folder}/wasim.db",
        "WASIM_ACCESS": "keys",
        "WASIM_RATE_LIMIT": "1000000",
        "WASIM_PORT": str(port),
        "WASIM_WORKERS": str(workers),
    }
    command = [sys.executable, "-c", "from wasim.service.cli import run; run()", "serve"]
    address = f"http://127.0.0.1:{port}"
    with running(command, environment, address) as pid:
        yield Contender("wasim", address, pid, key)


@contextmanager
def fastapi_and_scikit_learn(folder: Path, workers: int) -> Iterator[Contender]:
    """Fit the plain pipeline on the same corpus, and run it."""
    joblib.dump(tutorial_pipeline(LogisticRegression(class_weight="balanced")), folder / "pipeline.joblib")
    topics = ",".join(topic.id for topic in read_corpus([ROOT / "training/corpus"]).topics)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--app-dir", "tests/benchmarks", "plain_service:app"]
    command += ["--port", str(port), "--workers", str(workers), "--no-access-log", "--log-level", "warning"]
    environment = {"PIPELINE": str(folder / "pipeline.joblib"), "TOPICS": topics}
    address = f"http://127.0.0.1:{port}"
    with running(command, environment, address) as pid:
        yield Contender("FastAPI + scikit-learn", address, pid)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def measure(contender: Contender, connections: int, seconds: int, bodies: Path) -> Figures:
    """Ask one service as fast as it answers."""
    environment = os.environ | {"BODIES": str(bodies)} | ({"KEY": contender.key} if contender.key else {})
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", SCRIPT, f"{contender.address}/v1/predict"]
    before = contender.cpu_seconds()
    printed = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    found = orjson.loads(printed.splitlines()[-1])
    cpu = (contender.cpu_seconds() - before) / found["requests"] * 1e6
    return Figures(found["rate"], found["p50"], found["p99"], found["failed"], cpu)


def compare(contenders: list[Contender], seconds: int, rounds: int, bodies: Path) -> dict[tuple[str, int], Figures]:
    """Ask each in turns; the median of the rounds."""
    seen: dict[tuple[str, int], list[Figures]] = {}
    for contender in contenders:
        measure(contender, CONNECTIONS[0], 2, bodies)  # warm
    for _ in range(rounds):
        for connections in CONNECTIONS:
            for contender in contenders:
                found = measure(contender, connections, seconds, bodies)
                seen.setdefault((contender.name, connections), []).append(found)
    return {
        at: Figures(
            median(one.rate for one in found),
            median(one.p50 for one in found),
            median(one.p99 for one in found),
            sum(one.failed for one in found),
            median(one.cpu for one in found),
        )
        for at, found in seen.items()
    }


def table(measured: dict[tuple[str, int], Figures]) -> list[str]:
    """Lay the figures out as Markdown."""
    lines = [
        "| service | connections | requests/s | median | 99th percentile | failed | CPU a request | times slower |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    best = {connections: measured["wasim", connections].rate for connections in CONNECTIONS}
    for (name, connections), found in measured.items():
        lines.append(
            f"| {name} | {connections} | {found.rate:,.0f} | {found.p50:.1f} ms | {found.p99:.1f} ms "
            f"| {found.failed} | {found.cpu:,.0f} µs | {best[connections] / found.rate:.1f} |"
        )
    return lines


def write_bodies(path: Path, archive: Path | None) -> str:
    """Write requests to send, one a line; returns what they are."""
    articles = read_articles(archive, N_ARTICLES) if archive else read_corpus([ROOT / "training/corpus"]).articles
    articles = articles[:N_ARTICLES]
    path.write_bytes(b"".join(orjson.dumps({"title": one.title, "text": one.text}) + b"\n" for one in articles))
    mean = sum(len(one.title) + len(one.text) for one in articles) / len(articles)
    return f"{len(articles):,} {'real' if archive else 'corpus'} articles of {mean:,.0f} characters on average"


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--update", type=Path)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed, and it is what asks. On Debian and Ubuntu: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bodies = folder / "bodies.jsonl"
        asked = write_bodies(bodies, options.archive)
        with wasim(folder, options.workers) as ours, fastapi_and_scikit_learn(folder, options.workers) as peer:
            measured = compare([ours, peer], options.seconds, options.rounds, bodies)
    head = f"{asked}; {options.workers} workers and wrk on {len(os.sched_getaffinity(0))} cores."
    markdown = [*table(measured), "", head]
    print("\n".join(markdown))
    if options.update:
        write_between(options.update, "service-speed", markdown)


if __name__ == "__main__":
    main()
