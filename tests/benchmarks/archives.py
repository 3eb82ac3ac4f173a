"""Measure ``wasim tag`` on an archive of any length, drawn from a real one, beside scikit-learn in a process pool.

python tests/benchmarks/archives.py --archive ARTICLES.jsonl.gz [--rows N] [--rounds N] [--update README.md]

Every rate is without start-up: the time that the rows beyond the first ones take.
"""

import argparse
import gzip
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import orjson
import pyarrow as pa
from peers import exported
from pyarrow import parquet

from wasim.model import Article

ROOT = Path(__file__).resolve().parents[2]
WASIM = [sys.executable, "-c", "from wasim.service.cli import run; run()"]
ROW_GROUP = 20_000
FIRST_ROWS = 20_000
PIPELINE_ROWS = 4_000  # scikit-learn is measured on fewer rows; its rate does not depend on how many
PIPELINE_BATCH = 250
SETUPS = {
    "wasim tag --workers 1": ["--workers", "1"],
    "wasim tag --workers 2": ["--workers", "2"],
    "wasim tag --engine dask --workers 2": ["--engine", "dask", "--workers", "2"],
}
PIPELINE = "wasim export: scikit-learn in two processes"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the command cost: seconds, and the peak of all its processes' memory in MB."""

    seconds: float
    megabytes: float


def draw_archive(source: Path, rows: int, target: Path) -> None:
    """Write Parquet of any number of rows by drawing articles of a real archive, a row group at a time."""
    with gzip.open(source) as lines:
        articles = [orjson.loads(line) for line in lines]
    schema = pa.schema([("id", pa.string()), ("title", pa.string()), ("text", pa.string())])
    draw = random.Random(1)
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for start in range(0, rows, ROW_GROUP):
            drawn = draw.choices(articles, k=min(ROW_GROUP, rows - start))
            table = {
                "id": [str(number) for number in range(start, start + len(drawn))],
                "title": [article["title"] or "" for article in drawn],
                "text": [article["text"] or "" for article in drawn],
            }
            writer.write_table(pa.table(table, schema=schema))


def run_tag(archive: Path, rows: int, options: list[str]) -> Run:
    """Tag an archive's first rows, and watch the memory of every process that does."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "out.jsonl"
        command = [*WASIM, "tag", str(archive), "--output", str(output), "--limit", str(rows), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run = watched(process)
        with output.open("rb") as lines:
            written = sum(1 for _ in lines)
        if process.returncode or written != rows:
            raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}, {written:,} of {rows:,} rows")
    return run


def watched(process: "subprocess.Popen[bytes]") -> Run:
    """Wait for a process, and watch its memory and that of all that it starts."""
    before, peak = time.perf_counter(), 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(megabytes_of, [process.pid, *descendants(process.pid)])))
        time.sleep(0.5)  # looking takes the processes' own time
    return Run(time.perf_counter() - before, peak)


def descendants(pid: int) -> Iterator[int]:
    """Find all processes that a process started, directly or not."""
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = [int(child) for child in listed.read_text().split()]
        except OSError:
            continue
        for child in found:
            yield child
            yield from descendants(child)


def megabytes_of(pid: int) -> float:
    """Read a process's share of the memory: what it shares with others counts once over all of them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def pipeline_rate(archive: Path) -> float:
    """Measure the exported scikit-learn pipeline, articles a second in a pool of two processes."""
    table = next(parquet.ParquetFile(archive).iter_batches(PIPELINE_ROWS)).to_pydict()
    articles = list(map(Article, table["title"], table["text"]))
    batches = [articles[start : start + PIPELINE_BATCH] for start in range(0, len(articles), PIPELINE_BATCH)]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_score, batches[:4]))  # both load it
        before = time.perf_counter()
        list(pool.map(_score, batches))
        return len(articles) / (time.perf_counter() - before)


@cache
def _pipeline() -> Callable[[Sequence[Article]], object]:
    return exported()


def _score(batch: Sequence[Article]) -> None:
    _pipeline()(batch)


def first_of(rows: int) -> int:
    """Choose how many rows make the short run that the long one is held against."""
    return max(min(FIRST_ROWS, rows // 10), 1)


def measure(archive: Path, rows: int, rounds: int) -> tuple[dict[str, float], dict[str, float], float]:
    """Measure all, alternated: articles a second, peak memory of all rows, and that of the first ones."""
    first = first_of(rows)
    rates: dict[str, list[float]] = {name: [] for name in [*SETUPS, PIPELINE]}
    memory: dict[str, float] = {}
    small = 0.0
    for _ in range(rounds):
        for name, options in SETUPS.items():
            short, long = run_tag(archive, first, options), run_tag(archive, rows, options)
            rates[name].append((rows - first) / (long.seconds - short.seconds))
            memory[name] = max(memory.get(name, 0), long.megabytes)
            small = max(small, short.megabytes) if options == SETUPS["wasim tag --workers 2"] else small
        rates[PIPELINE].append(pipeline_rate(archive))
    return {name: median(seen) for name, seen in rates.items()}, memory, small


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--update", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "drawn.parquet"
        draw_archive(options.archive, options.rows, drawn)
        rates, memory, small = measure(drawn, options.rows, options.rounds)
    two, first = rates["wasim tag --workers 2"], first_of(options.rows)
    markdown = [
        f"| {options.rows:,} articles, Parquet to JSON Lines | articles/s | to two workers | peak memory |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {rate:,.0f} | {rate / two:.2f} | {f'{memory[name]:,.0f} MB' if name in memory else ''} |"
            for name, rate in rates.items()
        ),
        "",
        f"Two workers are {two / rates['wasim tag --workers 1']:.2f} times one, and {two / rates[PIPELINE]:.0f} times "
        f"scikit-learn, which was timed on {PIPELINE_ROWS:,} articles.",
        "",
        f"Memory is that of all processes together; with two workers {small:,.0f} MB at {first:,} articles, "
        f"{memory['wasim tag --workers 2']:,.0f} MB at {options.rows:,}.",
    ]
    print("\n".join(markdown))
    if options.update:
        from wasim.training.card import write_between

        write_between(options.update, "archives", markdown)


if __name__ == "__main__":
    main()
