"""Kill ``wasim tag`` at random moments, main process or worker, and compare its final bytes with a quiet run's.

python tests/benchmarks/kills.py --archive ARTICLES.jsonl.gz [--kills N] [--seed N] [--update README.md]
"""

import argparse
import gzip
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WASIM = [sys.executable, "-c", "from wasim.service.cli import run; run()"]
OUTPUTS = ("out.jsonl", "out.jsonl.gz", "out.csv", "out.parquet")
ENGINES = ("local", "local", "local", "local", "dask")  # by turns; five and four outputs meet in every pair
SHARD_BYTES = "500000"


@dataclass(slots=True)
class Tally:
    """Whom the kills hit, how many archives were finished in spite of them, and what came out otherwise."""

    victims: Counter[str] = field(default_factory=Counter)
    finished: int = 0
    survived: int = 0  # kills after which the final output was the undisturbed run's
    different: list[str] = field(default_factory=list)


def start(archive: Path, output: Path, engine: str) -> "subprocess.Popen[bytes]":
    """Start a run, or go on with one."""
    command = ["tag", str(archive), "--output", str(output), "--workers", "2", "--shard-bytes", SHARD_BYTES]
    command += ["--engine", engine]
    return subprocess.Popen([*WASIM, *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def quiet_bytes(archive: Path, output: Path) -> tuple[bytes, float]:
    """Run undisturbed: the bytes, and how long it took."""
    before = time.perf_counter()
    if start(archive, output, "local").wait() not in (0, 8):
        raise SystemExit(f"the quiet run to {output.name} failed")
    return output.read_bytes(), time.perf_counter() - before


def count_articles(archive: Path) -> int:
    """Count the lines of a packed archive."""
    with gzip.open(archive) as lines:
        return sum(1 for _ in lines)


def parts_done(output: Path) -> int:
    """Count the parts that are recorded as done."""
    return len(list(output.with_name(f"{output.name}.unfinished").glob("0*.json")))


def disturb(process: "subprocess.Popen[bytes]", engine: str, moment: float, draw: random.Random) -> str | None:
    """Kill the main process or one of its workers, some seconds from now; says whom, None if it was done before."""
    time.sleep(moment)
    if process.poll() is not None:
        return None
    try:
        workers = list(workers_of(process.pid, engine))
        if workers and draw.random() < 0.5:
            os.kill(draw.choice(workers), signal.SIGKILL)
            return f"{engine} worker"
    except (FileNotFoundError, ProcessLookupError):  # it ended by itself at this moment
        return None
    process.kill()
    return f"{engine} main"


def workers_of(pid: int, engine: str) -> Iterator[int]:
    """Find the processes that tag; Dask's have a neighbour that only tracks their resources."""
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listed.read_text().split():
            if engine == "local" or b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                yield int(child)


def series(archive: Path, n_kills: int, seed: int) -> Tally:
    """Kill runs until there were enough kills, finishing each in the end."""
    draw, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory() as folder:
        expected = {name: quiet_bytes(archive, Path(folder) / f"quiet-{name}") for name in OUTPUTS}
        while tally.victims.total() < n_kills:
            name, engine = OUTPUTS[tally.finished % len(OUTPUTS)], ENGINES[tally.finished % len(ENGINES)]
            output = Path(folder) / name
            output.unlink(missing_ok=True)
            data, seconds = expected[name]
            victims = Counter[str]()
            while not output.exists():
                before = parts_done(output)
                process = start(archive, output, engine)
                while parts_done(output) == before and process.poll() is None:
                    time.sleep(0.002)  # every run gets somewhere, or a slow start would be all that is killed
                if (tally.victims + victims).total() < n_kills:
                    victim = disturb(process, engine, draw.random() * seconds / 4, draw)
                    victims.update([victim] if victim else [])
                process.wait()
            tally.finished += 1
            tally.victims += victims
            if output.read_bytes() == data:
                tally.survived += victims.total()
            else:
                tally.different.append(f"{name} by {engine}, after {dict(victims)}")
            print(f"{tally.victims.total()} kills: {tally.different or 'all equal so far'}", flush=True)
    return tally


def main() -> None:
    """Kill, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--update", type=Path)
    options = parser.parse_args()
    tally = series(options.archive.resolve(), options.kills, options.seed)
    n_kills, victims = tally.victims.total(), tally.victims
    line = (
        f"{n_kills} random `kill -9` ({victims['local main']} of the main process, {victims['local worker']} of a "
        f"worker, {victims['dask main']} and {victims['dask worker']} with Dask) over {tally.finished} runs on "
        f"{count_articles(options.archive):,} articles, to JSON Lines, packed JSON Lines, CSV and Parquet: after "
        f"{tally.survived} of {n_kills} the final output equals an undisturbed run's to the byte."
    )
    print(line)
    if options.update:
        from wasim.training.card import write_between

        write_between(options.update, "kills", [line])
    if tally.different:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
