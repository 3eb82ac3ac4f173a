"""Compare how fast real articles are scored, in alternated rounds of one run.

python tests/benchmarks/scoring.py --archive ARTICLES.jsonl.gz [--articles N] [--rounds N] [--update README.md]

One core, but for the line that says two. Rates are medians; "times slower" is the median of the rounds'
ratios, so that a machine whose speed drifts measures the same.
"""

import argparse
import gzip
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import orjson
from peers import PEERS, ROOT, Scorer

from wasim.model import Article, TopicModel

BATCH = 256
OURS = "wasim, compiled"


@dataclass(frozen=True)
class Rates:
    """Seconds of each round over all articles, by what was measured."""

    seconds: dict[str, list[float]]
    n_articles: int
    n_bytes: int

    def articles(self, name: str) -> float:
        """Articles a second."""
        return self.n_articles / median(self.seconds[name])

    def megabytes(self, name: str) -> float:
        """Megabytes of UTF-8 a second."""
        return self.n_bytes / 1e6 / median(self.seconds[name])

    def ratio(self, slow: str, fast: str = OURS) -> float:
        """How many times longer one takes than the other, round by round."""
        return median(one / two for one, two in zip(self.seconds[slow], self.seconds[fast], strict=True))


def read_articles(archive: Path, count: int) -> list[Article]:
    """Read the first articles of an archive."""
    with gzip.open(archive) as lines:
        rows = [orjson.loads(line) for line in islice(lines, count)]
    return [Article(row["title"] or "", row["text"] or "") for row in rows]


def batches(articles: Sequence[Article]) -> list[Sequence[Article]]:
    """Cut as the archives and the service do."""
    return [articles[start : start + BATCH] for start in range(0, len(articles), BATCH)]


def run_over(score: Scorer, articles: Sequence[Article]) -> None:
    """Score all, a batch at a time."""
    for batch in batches(articles):
        score(batch)


def measure(work: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Time everything once a round, in turn; a round before them is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for number in range(rounds + 1):
        for name, run in work.items():
            before = time.perf_counter()
            run()
            if number:
                seconds[name].append(time.perf_counter() - before)
    return seconds


def on_one_core(articles: Sequence[Article], rounds: int) -> Rates:
    """Measure every peer, the scoring of an Arrow table, and the limits."""
    import pyarrow as pa
    from limits import limits

    from wasim.model.kernel.columns import Column

    model = TopicModel.load(ROOT / "artifacts")
    model.warm_up()
    titles, texts = pa.array([one.title for one in articles]), pa.array([one.text for one in articles])
    whole = Column.of([f"{one.title}\n{one.text}" for one in articles])
    scorers = {name: make() for name, make in PEERS.items()}
    work: dict[str, Callable[[], object]] = {
        name: lambda score=score: run_over(score, articles) for name, score in scorers.items()
    }
    work["wasim, compiled, an Arrow table"] = lambda: model.classify_arrow(titles, texts)
    work |= limits(model, whole)
    return Rates(measure(work, rounds), len(articles), len(whole.data))


def on_two_cores(articles: Sequence[Article], rounds: int) -> float:
    """Measure how many times faster two threads score an Arrow table than one."""
    import pyarrow as pa

    model = TopicModel.load(ROOT / "artifacts")
    model.warm_up()
    parts = [
        (pa.array([one.title for one in part]), pa.array([one.text for one in part])) for part in batches(articles)
    ]
    with ThreadPoolExecutor(2) as two, ThreadPoolExecutor(1) as one:
        work: dict[str, Callable[[], object]] = {
            "one": lambda: list(one.map(lambda part: model.classify_arrow(*part), parts)),
            "two": lambda: list(two.map(lambda part: model.classify_arrow(*part), parts)),
        }
        seconds = measure(work, 2 * rounds)
    return median(one / two for one, two in zip(seconds["one"], seconds["two"], strict=True))


def peak_megabytes(name: str, options: argparse.Namespace) -> float:
    """Measure a peer's peak memory in a process of its own that loads or fits it and scores all articles once."""
    command = [sys.executable, __file__, "--archive", str(options.archive), "--articles", str(options.articles)]
    finished = subprocess.run([*command, "--memory-of", name], capture_output=True, text=True, check=True)
    return float(finished.stdout)


def _own_peak() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says there includes the parent's memory before exec
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table(rates: Rates, memory: dict[str, float]) -> list[str]:
    """Lay the figures out as Markdown."""
    lines = [
        "| one core, real articles | articles/s | MB/s | times slower | peak memory |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name in rates.seconds:
        shown = f"{memory[name]:,.0f} MB" if name in memory else ""
        ratio = f"{rates.ratio(name):.1f}" if name in PEERS else ""
        lines.append(f"| {name} | {rates.articles(name):,.0f} | {rates.megabytes(name):,.0f} | {ratio} | {shown} |")
    return lines


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--update", type=Path)
    parser.add_argument("--memory-of", choices=PEERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    articles = read_articles(options.archive, options.articles)
    if options.memory_of:
        run_over(PEERS[options.memory_of](), articles)
        print(_own_peak())
        return
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    rates = on_one_core(articles, options.rounds)
    memory = {name: peak_megabytes(name, options) for name in PEERS}
    markdown = table(rates, memory)
    share = 1 / rates.ratio("wasim, compiled, an Arrow table", "words and stems alone")
    markdown += ["", f"Scoring an Arrow table reaches {share:.0%} of the rate of finding words and stems alone."]
    if len(cores) > 1:
        os.sched_setaffinity(0, set(sorted(cores)[:2]))
        markdown[-1] += f" Two cores are {on_two_cores(articles, options.rounds):.2f} times one."
    print("\n".join(markdown))
    if options.update:
        from wasim.training.card import write_between

        write_between(options.update, "speed", markdown)


if __name__ == "__main__":
    main()
