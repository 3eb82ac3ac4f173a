"""The command as a process of its own, to be stopped and killed."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

WORDS = ["لقاح", "تطعيم", "قصف", "غزة", "اختراق", "قراصنة", "سفير", "محادثات", "السوق", "المدرسة", "مباراة", "أمطار"]


def archive_of(path: Path, n_articles: int, words_each: int = 20) -> Path:
    draw = random.Random(5)
    with path.open("w", encoding="utf-8") as file:
        for number in range(n_articles):
            row: dict[str, Any] = {"id": number, "text": " ".join(draw.choices(WORDS, k=words_each))}
            file.write("broken\n" if number % 97 == 96 else f"{json.dumps(row, ensure_ascii=False)}\n")
    return path


def start(*arguments: str | Path, before: str = "", given: IO[bytes] | None = None) -> "subprocess.Popen[bytes]":
    program = f"{before}from wasim.service.cli import run; run()"
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def children(pid: int) -> list[int]:
    lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for listed in lists for child in listed.split()]


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def parts_done(output: Path) -> int:
    return len(list(output.with_name(f"{output.name}.unfinished").glob("0*.json")))
