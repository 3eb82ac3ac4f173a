"""What the service's tests share: running services, and a real PostgreSQL of their own."""

import contextlib
import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import orjson
import psycopg
import pytest

SERVE = [sys.executable, "-c", "from wasim.service.cli import run; run()", "serve"]
Serve = Callable[..., "RunningService"]


@dataclass(frozen=True)
class RunningService:
    """A service process, where it listens, the file that its log goes to, and its store."""

    process: subprocess.Popen[str]
    address: str
    log: Path
    database_url: str

    def entries(self, event: str) -> list[dict[str, object]]:
        """Read what was logged of one kind."""
        entries = [orjson.loads(line) for line in self.log.read_bytes().splitlines()]
        return [entry for entry in entries if entry["event"] == event]

    def wait_until(
        self,
        path: str,
        holds: Callable[[httpx.Response], bool],
        seconds: float = 20,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Ask a path again and again until its answer is as wanted."""
        until = time.monotonic() + seconds
        while True:
            with contextlib.suppress(httpx.TransportError):
                response = httpx.get(self.address + path, headers=headers)
                if holds(response):
                    return response
            assert time.monotonic() < until, f"{path} did not come to be as wanted in {seconds} s"
            time.sleep(0.05)

    def stop(self) -> int:
        """Stop it as systemd would, and return its exit code."""
        self.process.terminate()
        code = self.process.wait(timeout=40)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def start(folder: Path, settings: dict[str, str]) -> RunningService:
    """Start ``wasim serve`` with its log in a folder; wait until it is ready, or raise its complaint."""
    log = folder / "log.jsonl"  # a pipe that nobody empties would stop the service once it is full
    with log.open("w") as complaints:
        process = subprocess.Popen(
            SERVE, env=os.environ | settings, stdout=subprocess.PIPE, stderr=complaints, text=True
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    address = next((word for word in line.split() if word.startswith("http://")), "")
    running = RunningService(process, address, log, settings["WASIM_DATABASE_URL"])
    try:
        if not address:
            raise RuntimeError(log.read_text())
        running.wait_until("/readyz", lambda response: response.status_code == 200)
    except BaseException:
        running.stop()
        raise
    return running


@pytest.fixture
def serve(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Return what starts a service with the settings given, and a store of its own; stops it after the test."""
    yield from _starter(root, tmp_path_factory)


@pytest.fixture(scope="module")
def serve_module(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Return what starts a service for all tests of a module."""
    yield from _starter(root, tmp_path_factory)


@pytest.fixture(scope="module")
def service(serve_module: Serve) -> RunningService:
    """Return a service with the committed model and the default settings."""
    return serve_module()


def _starter(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    started: list[RunningService] = []

    def start_one(**settings: str) -> RunningService:
        folder = tmp_path_factory.mktemp("service")
        own = {
            "WASIM_PORT": "0",
            "WASIM_ARTIFACTS": str(root / "artifacts"),
            "WASIM_DATABASE_URL": f"sqlite:///{folder}/wasim.db",
        }
        started.append(start(folder, own | settings))
        return started[-1]

    yield start_one
    for one in started:
        one.stop()


@dataclass
class Cluster:
    """A throw-away PostgreSQL on loopback, run by its own user: PostgreSQL refuses to run as root."""

    programs: Path
    folder: Path
    port: int
    password: str = field(default_factory=lambda: secrets.token_hex(8))
    process: subprocess.Popen[bytes] | None = None

    @property
    def as_user(self) -> list[str]:
        return ["runuser", "-u", "postgres", "--"] if getpass.getuser() == "root" else []

    def url(self, database: str) -> str:
        return f"postgresql://wasim:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        self.folder.chmod(0o755)
        password_file, data = self.folder / "password", self.folder / "data"
        password_file.write_text(self.password)
        data.mkdir()
        if self.as_user:
            for path in (password_file, data):
                shutil.chown(path, "postgres")
        options = ["--username=wasim", f"--pwfile={password_file}", "--auth=scram-sha-256", "--no-sync"]
        command = [*self.as_user, self.programs / "initdb", *options, "--encoding=UTF8", "-D", data]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder)

    def start(self) -> None:
        """Start, and wait until it answers; what a killed one left behind may hold it up for a moment."""
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "",
            "shared_buffers": "16MB", "max_connections": 50,
            "fsync": "off",  # a killed server loses nothing by it, only a loss of power would
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [*self.as_user, self.programs / "postgres", "-D", self.folder / "data", *options]
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                self.process = subprocess.Popen(
                    command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server itself, not to the runuser above it, and wait until it is gone."""
        if self.process is None:
            return  # a test that failed in the middle left it stopped
        os.kill(int((self.folder / "data/postmaster.pid").read_text().split()[0]), number)
        self.process.wait(timeout=20)
        self.process = None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or [Path(shutil.which("postgres") or "")]
    if not found[-1].is_file() or (getpass.getuser() == "root" and shutil.which("runuser") is None):
        pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="wasim-postgres-") as folder:
        cluster = Cluster(found[-1].parent, Path(folder), port)
        cluster.create()
        cluster.start()
        yield cluster
        cluster.signal(signal.SIGQUIT)  # at once; nobody needs its data again


@pytest.fixture
def postgres_url(postgres: Cluster) -> str:
    """Return the address of the cluster's database, emptied: making a new one for each test takes much longer."""
    postgres.start()
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres.url("postgres")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database of either kind: every test with it runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    return str(request.getfixturevalue("postgres_url"))
