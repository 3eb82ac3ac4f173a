"""Give ``wasim tag`` what no archive should be: a million tiny files in one folder, records of 500 MB.

python tests/benchmarks/extremes.py [--files N] [--megabytes N] [--update README.md]
"""

import argparse
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from archives import ROOT, WASIM, watched

TEXT = "وصلت جرعات اللقاح لتطعيم الأطفال في مدارس العاصمة، وقالت الوزارة إن الحملة تستمر أسبوعين"
AFTER = 1000  # good records behind the one that is too long
REJECTS_EXIT = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an input; ``reason`` is the first rejected record's."""

    tagged: int
    rejected: int
    seconds: float
    megabytes: float
    note: str


def tiny_files(folder: Path, n_files: int) -> Path:
    """Write files of some 160 bytes into one folder."""
    source = folder / "tiny"
    source.mkdir()
    for number in range(n_files):
        (source / f"article-{number:08}.txt").write_text(TEXT, encoding="utf-8")
    return source


def huge_line(folder: Path, megabytes: int) -> Path:
    """Write JSON Lines whose second line is too long."""
    source = folder / "huge.jsonl"
    with source.open("w", encoding="utf-8") as file:
        file.write(orjson.dumps({"id": "before", "text": TEXT}).decode() + "\n" + '{"id": "huge", "text": "')
        for _ in range(megabytes):
            file.write("x" * 1_000_000)
        file.write('"}\n')
        file.writelines(orjson.dumps({"id": number, "text": TEXT}).decode() + "\n" for number in range(AFTER))
    return source


def huge_cell(folder: Path, megabytes: int, *, line_length: int) -> Path:
    """Write CSV whose second row has a field that is too long, of lines of so many characters."""
    source = folder / f"huge-{line_length}.csv"
    with source.open("w", encoding="utf-8") as file:
        file.write(f'id,text\nbefore,"{TEXT}"\nhuge,"')
        for _ in range(megabytes * 1_000_000 // line_length):
            file.write("x" * (line_length - 1) + "\n")
        file.write('"\n')
        file.writelines(f'{number},"{TEXT}"\n' for number in range(AFTER))
    return source


def tag(source: Path, output: Path, *, killed_at_half_of: int | None = None) -> Outcome:
    """Tag an input; where asked, kill the run when half of so many records are done, and go on with it first."""
    command = [*WASIM, "tag", str(source), "--output", str(output), "--workers", "2", "--json"]
    if killed_at_half_of:
        stopped = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        work = output.with_name(f"{output.name}.unfinished")
        while stopped.poll() is None and done(work) < killed_at_half_of // 2:
            try:
                stopped.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
        stopped.kill()
        stopped.wait()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    run = watched(process)
    if process.returncode not in (0, REJECTS_EXIT) or process.stdout is None:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    summary = orjson.loads(process.stdout.read())
    note = f"{summary['resumed']:,} of them by a run that was killed" if killed_at_half_of else ""
    if summary["rejected"]:
        note = orjson.loads(Path(summary["rejected_path"]).read_bytes().splitlines()[0])["reason"]
    return Outcome(summary["tagged"], summary["rejected"], run.seconds, run.megabytes, note)


def done(work: Path) -> int:
    """Count the records of the parts that are recorded as done."""
    try:
        return sum(orjson.loads(part.read_bytes())["counts"]["tagged"] for part in work.glob("0*.json"))
    except FileNotFoundError:
        return 0


def main() -> None:
    """Try all, print, and write the table where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--update", type=Path)
    options = parser.parse_args()
    rows = ["| input | tagged | rejected | seconds | peak memory | |", "| --- | --- | --- | --- | --- | --- |"]

    def tell(name: str, outcome: Outcome) -> None:
        rows.append(
            f"| {name} | {outcome.tagged:,} | {outcome.rejected:,} | {outcome.seconds:,.0f} | "
            f"{outcome.megabytes:,.0f} MB | {outcome.note} |"
        )
        print(rows[-1], flush=True)

    size = options.megabytes
    records: dict[str, Callable[[Path], Path]] = {
        f"JSON Lines with a line of {size} MB": lambda folder: huge_line(folder, size),
        f"CSV with a field of {size} MB in one line": lambda folder: huge_cell(folder, size, line_length=size * 10**6),
        f"CSV with a field of {size} MB in short lines": lambda folder: huge_cell(folder, size, line_length=100),
    }
    for name, write in records.items():
        with tempfile.TemporaryDirectory() as folder:
            tell(name, tag(write(Path(folder)), Path(folder) / "out.jsonl"))
    with tempfile.TemporaryDirectory() as folder:
        source, quiet, resumed = (
            tiny_files(Path(folder), options.files),
            Path(folder, "a.jsonl"),
            Path(folder, "b.jsonl"),
        )
        name = f"a folder of {options.files:,} files"
        tell(name, tag(source, quiet))
        tell(f"{name}, killed at half", tag(source, resumed, killed_at_half_of=options.files))
        if quiet.read_bytes() != resumed.read_bytes():
            raise SystemExit("the killed run's output differs from the quiet run's")
    if options.update:
        from wasim.training.card import write_between

        write_between(options.update, "extremes", rows)


if __name__ == "__main__":
    main()
