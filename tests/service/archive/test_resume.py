"""Runs that end early: what is done stays, the next run goes on, and the bytes are those of a quiet run."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.service.archive.processes import WORDS, archive_of, children, parts_done, start, wait_for
from wasim.model import TopicModel
from wasim.model.errors import ArchiveChangedError, ArchiveError
from wasim.service.archive.options import ReadOptions, RunOptions, TagOptions
from wasim.service.archive.tag import Progress, tag_archive

SMALL_SHARDS = TagOptions(ReadOptions(shard_bytes=2000), run=RunOptions(workers=1))


class StoppedError(Exception):
    pass


def stop_after(n_parts: int) -> Any:
    seen = []

    def on_progress(_: Progress) -> None:
        seen.append(1)
        if len(seen) > n_parts:
            raise StoppedError

    return on_progress


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return archive_of(tmp_path / "in.jsonl", 300)


@pytest.fixture
def stopped(model: TopicModel, tmp_path: Path, archive: Path) -> Path:
    """Return an output whose run was stopped after some parts."""
    with pytest.raises(StoppedError):
        tag_archive(model, [archive], tmp_path / "out.jsonl", SMALL_SHARDS, stop_after(5))
    assert not (tmp_path / "out.jsonl").exists()
    return tmp_path / "out.jsonl"


def quiet_run(model: TopicModel, archive: Path, output: Path) -> tuple[bytes, bytes]:
    tag_archive(model, [archive], output, SMALL_SHARDS)
    return output.read_bytes(), output.with_name(f"{output.name}.rejected.jsonl").read_bytes()


def test_a_stopped_run_goes_on_to_the_same_bytes(model: TopicModel, stopped: Path, archive: Path) -> None:
    summary = tag_archive(model, [archive], stopped, SMALL_SHARDS)
    assert 0 < summary.resumed < summary.tagged
    rejects = stopped.with_name("out.jsonl.rejected.jsonl")
    assert (stopped.read_bytes(), rejects.read_bytes()) == quiet_run(model, archive, stopped.with_name("quiet.jsonl"))
    assert sorted(path.name for path in stopped.parent.iterdir() if path.name.startswith("out")) == [
        "out.jsonl",
        "out.jsonl.rejected.jsonl",
    ]


def append_a_line(archive: Path) -> None:
    with archive.open("a") as file:
        file.write("{}\n")


def change_a_letter_behind_the_clock(archive: Path) -> None:
    before = archive.stat()
    archive.write_bytes(archive.read_bytes().replace("لقاح".encode(), "لقاخ".encode(), 1))
    os.utime(archive, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", [append_a_line, change_a_letter_behind_the_clock])
def test_a_changed_input_is_refused_until_restart(
    model: TopicModel, stopped: Path, archive: Path, change: Any, tmp_path: Path
) -> None:
    change(archive)
    with pytest.raises(ArchiveChangedError, match="--restart"):
        tag_archive(model, [archive], stopped, SMALL_SHARDS)
    restarted = TagOptions(SMALL_SHARDS.read, run=RunOptions(workers=1, restart=True))
    assert tag_archive(model, [archive], stopped, restarted).resumed == 0
    assert stopped.read_bytes() == quiet_run(model, archive, tmp_path / "quiet.jsonl")[0]


def test_changed_options_are_refused(model: TopicModel, stopped: Path, archive: Path) -> None:
    with pytest.raises(ArchiveChangedError, match="another options"):
        tag_archive(model, [archive], stopped, TagOptions(ReadOptions(limit=100, shard_bytes=2000)))


def test_a_changed_model_is_refused(default_model: TopicModel, stopped: Path, archive: Path) -> None:
    with pytest.raises(ArchiveChangedError, match="another model"):
        tag_archive(default_model, [archive], stopped, SMALL_SHARDS)


def test_a_damaged_part_is_made_again(model: TopicModel, stopped: Path, archive: Path, tmp_path: Path) -> None:
    work = stopped.with_name("out.jsonl.unfinished")
    (work / "00000002.rows").write_bytes(b"torn")
    (work / "00000003.json").write_bytes(b"{")
    (stopped.parent / ".writing-out.jsonl-4711").write_bytes(b"left by a kill")
    summary = tag_archive(model, [archive], stopped, SMALL_SHARDS)
    assert summary.resumed > 0
    assert not (stopped.parent / ".writing-out.jsonl-4711").exists()
    assert stopped.read_bytes() == quiet_run(model, archive, tmp_path / "quiet.jsonl")[0]


def test_a_run_of_nothing_yet_can_be_replaced(model: TopicModel, tmp_path: Path, archive: Path) -> None:
    with pytest.raises(StoppedError):
        tag_archive(model, [archive], tmp_path / "out.jsonl", SMALL_SHARDS, stop_after(0))
    append_a_line(archive)
    assert tag_archive(model, [archive], tmp_path / "out.jsonl").resumed == 0


def test_two_runs_at_once_are_refused(model: TopicModel, tmp_path: Path, archive: Path) -> None:
    def second(progress: Progress) -> None:
        if progress.articles:
            with pytest.raises(ArchiveError, match="Another wasim"):
                tag_archive(model, [archive], tmp_path / "out.jsonl", SMALL_SHARDS)

    tag_archive(model, [archive], tmp_path / "out.jsonl", SMALL_SHARDS, second)


def test_a_full_disk_loses_nothing(model: TopicModel, tmp_path: Path, archive: Path, saved: Path) -> None:
    limited = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);" + (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, resource.RLIM_INFINITY));"
    )
    command = ["tag", archive, "--output", tmp_path / "out.jsonl", "--artifacts", saved, "--shard-bytes", "20000"]
    finished = start(*command, before=limited).wait()
    assert finished == 1
    assert start(*command).wait() == 8
    options = TagOptions(ReadOptions(shard_bytes=20000))
    tag_archive(model, [archive], tmp_path / "quiet.jsonl", options)
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "quiet.jsonl").read_bytes()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive_of(tmp_path_factory.mktemp("large") / "in.jsonl", 6000, words_each=60)


@pytest.fixture(scope="module")
def large_quiet(large: Path, saved: Path) -> bytes:
    output = large.with_name("quiet.jsonl")
    tag_archive(TopicModel.load(saved), [large], output, TagOptions(ReadOptions(shard_bytes=50_000)))
    return output.read_bytes()


def tag_large(large: Path, saved: Path, output: Path) -> "subprocess.Popen[bytes]":
    return start(
        *("tag", large, "--output", output, "--artifacts", saved, "--workers", "2", "--shard-bytes", "50000")
    )  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux to find a process's workers")
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_main_processes_and_workers_lose_and_double_nothing(
    large: Path, saved: Path, tmp_path: Path, large_quiet: bytes, seed: int
) -> None:
    draw = random.Random(seed)
    output = tmp_path / "out.jsonl"
    done = -1
    for victim in ("main", "worker", "main"):
        process = tag_large(large, saved, output)
        goal = max(done, 0) + draw.randrange(1, 8)
        wait_for(lambda process=process, goal=goal: parts_done(output) >= goal or process.poll() is not None)
        workers = children(process.pid) if process.poll() is None else []
        time.sleep(draw.random() / 20)
        if victim == "worker" and workers:
            os.kill(draw.choice(workers), signal.SIGKILL)
            assert process.wait() == 8
            assert output.read_bytes() == large_quiet
            output.unlink()
            done = -1
            continue
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        wait_for(lambda workers=workers: not any(Path(f"/proc/{pid}/exe").exists() for pid in workers), 20)
        done = parts_done(output)
    assert tag_large(large, saved, output).wait() == 8
    assert output.read_bytes() == large_quiet


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_stop_says_so_and_the_next_run_goes_on(
    large: Path, saved: Path, tmp_path: Path, large_quiet: bytes, number: signal.Signals
) -> None:
    output = tmp_path / "out.jsonl"
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would hand down: ignore it
    process = tag_large(large, saved, output)
    wait_for(lambda: parts_done(output) >= 2)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    assert process.wait() == 128 + number
    assert parts_done(output) >= 2
    assert tag_large(large, saved, output).wait() == 8
    assert output.read_bytes() == large_quiet


def test_an_input_that_vanishes_stops_the_run_and_loses_nothing(small: TopicModel, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(" ".join(WORDS) * 10, encoding="utf-8")

    def take_away(progress: Progress) -> None:
        if progress.articles and folder.exists():
            folder.rename(tmp_path / "away")

    with pytest.raises(FileNotFoundError):
        tag_archive(small, [folder], tmp_path / "out.jsonl", SMALL_SHARDS, take_away)
    (tmp_path / "away").rename(folder)
    summary = tag_archive(small, [folder], tmp_path / "out.jsonl", SMALL_SHARDS)
    assert summary.resumed > 0
    assert (summary.tagged, summary.rejected) == (40, 0)


def test_thousands_of_tiny_files_come_in_order_and_go_on(small: TopicModel, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for number in reversed(range(3000)):
        path = folder / f"{number // 1000}" / f"{number:04}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(WORDS[number % len(WORDS)], encoding="utf-8")
    options = TagOptions(ReadOptions(shard_bytes=100_000), run=RunOptions(workers=1))
    with pytest.raises(StoppedError):
        tag_archive(small, [folder], tmp_path / "out.jsonl", options, stop_after(4))
    assert tag_archive(small, [folder], tmp_path / "out.jsonl", options).resumed > 0
    ids = [orjson.loads(line)["id"] for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert ids == [f"{number // 1000}/{number:04}.txt" for number in range(3000)]
    tag_archive(small, [folder], tmp_path / "quiet.jsonl", options)
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "quiet.jsonl").read_bytes()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux to find a process's workers")
def test_workers_that_die_over_and_over_end_the_run(large: Path, saved: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    process = start(
        *("tag", large, "--output", output, "--artifacts", saved, "--workers", "2", "--shard-bytes", "9000000")
    )  # fmt: skip

    def killed_all() -> bool:
        for pid in children(process.pid) if process.poll() is None else []:
            os.kill(pid, signal.SIGKILL)
        return process.poll() is not None

    wait_for(killed_all)
    assert process.returncode == 7
    assert tag_large(large, saved, output).wait() == 8


def test_an_archive_comes_through_a_pipe_too(large: Path, saved: Path, tmp_path: Path, large_quiet: bytes) -> None:
    output = tmp_path / "out.jsonl"
    command = ["tag", "-", "--output", output, "--artifacts", saved, "--shard-bytes", "50000"]
    with large.open("rb") as given:
        assert start(*command, given=given).wait() == 8
    assert output.read_bytes() == large_quiet
