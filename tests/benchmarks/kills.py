"""Kill ``wasim tag`` at random moments, main process or worker, and compare its final bytes with a quiet run's.

python tests/benchmarks/kills.py --archive ARTICLES.jsonl.gz [--kills N] [--seed N] [--update README.md]
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WASIM = [sys.executable, "-c", "from wasim.service.cli import run; run()"]
OUTPUTS = ("out.jsonl", "out.jsonl.gz", "out.csv", "out.parquet")
SHARD_BYTES = "500000"


@dataclass(slots=True)
class Tally:
    """What was done to how many runs."""

    main: int = 0
    workers: int = 0
    finished: int = 0
    different: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """All kills so far."""
        return self.main + self.workers


def start(archive: Path, output: Path) -> "subprocess.Popen[bytes]":
    """Start a run, or go on with one."""
    command = ["tag", str(archive), "--output", str(output), "--workers", "2", "--shard-bytes", SHARD_BYTES]
    return subprocess.Popen([*WASIM, *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def quiet_bytes(archive: Path, output: Path) -> tuple[bytes, float]:
    """Run undisturbed: the bytes, and how long it took."""
    before = time.perf_counter()
    if start(archive, output).wait() not in (0, 8):
        raise SystemExit(f"the quiet run to {output.name} failed")
    return output.read_bytes(), time.perf_counter() - before


def parts_done(output: Path) -> int:
    """Count the parts that are recorded as done."""
    return len(list(output.with_name(f"{output.name}.unfinished").glob("0*.json")))


def disturb(process: "subprocess.Popen[bytes]", moment: float, draw: random.Random, tally: Tally) -> None:
    """Kill the main process or one of its workers, some seconds from now."""
    time.sleep(moment)
    if process.poll() is not None:
        return
    workers = [
        int(pid)
        for listed in Path(f"/proc/{process.pid}/task").glob("*/children")
        for pid in listed.read_text().split()
    ]
    if workers and draw.random() < 0.5:
        os.kill(draw.choice(workers), signal.SIGKILL)
        tally.workers += 1
    else:
        process.kill()
        tally.main += 1


def series(archive: Path, n_kills: int, seed: int) -> Tally:
    """Kill runs until there were enough kills, finishing each in the end."""
    draw, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory() as folder:
        expected = {name: quiet_bytes(archive, Path(folder) / f"quiet-{name}") for name in OUTPUTS}
        while tally.kills < n_kills:
            name = OUTPUTS[tally.finished % len(OUTPUTS)]
            output = Path(folder) / name
            output.unlink(missing_ok=True)
            data, seconds = expected[name]
            while not output.exists():
                before = parts_done(output)
                process = start(archive, output)
                while parts_done(output) == before and process.poll() is None:
                    time.sleep(0.002)  # every run gets somewhere, or a slow start would be all that is killed
                disturb(process, draw.random() * seconds / 4, draw, tally)
                process.wait()
            tally.finished += 1
            if output.read_bytes() != data:
                tally.different.append(name)
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
    line = (
        f"{tally.kills} random `kill -9` ({tally.main} of the main process, {tally.workers} of a worker) over "
        f"{tally.finished} archives, to JSON Lines, packed JSON Lines, CSV and Parquet: "
        f"{tally.finished - len(tally.different)} of {tally.finished} outputs equal an undisturbed run's to the byte."
    )
    print(line)
    if options.update:
        from wasim.training.card import write_between

        write_between(options.update, "kills", [line])
    if tally.different:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
