"""Print what the commands cost on this machine: time, CPU and peak memory of each as a whole process.

python tests/benchmarks/figures.py [--archive ARTICLES.jsonl.gz]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from wasim.model.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
WASIM = [sys.executable, "-c", "from wasim.service.cli import run; run()"]
LOAD = """
import time
from wasim.model import Article, TopicModel
before = time.perf_counter()
model = TopicModel.load("artifacts")
loaded = time.perf_counter()
model.classify([Article(text="وصلت جرعات اللقاح")])
print(f"{loaded - before:.3f} s, first answer after {time.perf_counter() - loaded:.4f} s more")
"""


def cost(*command: str | Path) -> str:
    """Run a command to its end and tell what it cost."""
    before = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - before
    used = f"{wall:.2f} s, {usage.ru_utime + usage.ru_stime:.2f} s of CPU, peak {usage.ru_maxrss / 1024:.0f} MB"
    return f"{used} (exit code {process.returncode})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path)
    archive = parser.parse_args().archive
    artifact = Registry(ROOT / "artifacts").path()
    size = sum(path.stat().st_size for path in artifact.iterdir())
    print(f"artifact {artifact.name}: {size / 1e6:.2f} MB")
    print("load:", end=" ")
    print(subprocess.run([sys.executable, "-c", LOAD], cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    print("wasim --help:", min(cost(*WASIM, "--help") for _ in range(5)))
    with tempfile.TemporaryDirectory() as folder:
        print("wasim train:", cost(*WASIM, "train", "--artifacts", folder))
        if archive is not None:
            output = Path(folder) / "out.jsonl"
            print(f"wasim tag {archive.name}:", cost(*WASIM, "tag", archive.resolve(), "--output", output))
            print(f"  {sum(1 for _ in output.open('rb')):,} rows")


if __name__ == "__main__":
    main()
