"""The reviewer as a person meets it: a process on a real pseudo-terminal."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import pytest
from rich.console import Console

from wasim.model import Topic
from wasim.training.corpus import read_corpus
from wasim.training.review.labels import LabelFolder, write_topics
from wasim.training.review.queue import QueuedArticle, write_queue
from wasim.training.review.session import ReviewSession
from wasim.training.review.terminal import draw, printable

TOPICS = (Topic("weather", "الطقس", "Weather"), Topic("football", "كرة القدم", "Football"))
TITLES = ["أمطار على المدينة", "فوز الفريق", "سوق الخضار"]
PATIENCE = 30  # seconds until a test gives up


class Reviewer:
    """``wasim review label`` on a pseudo-terminal; what it printed is read from the other end."""

    def __init__(self, folder: Path) -> None:
        self._terminal, its_end = pty.openpty()
        command = [sys.executable, "-c", "from wasim.service.cli import run; run()"]
        self.process = subprocess.Popen(
            [*command, "review", "label", "queue.jsonl", "--labels", "labels"],
            cwd=folder, stdin=its_end, stdout=its_end, stderr=its_end,
            env=os.environ | {"COLUMNS": "80", "LINES": "24", "TERM": "xterm"}, start_new_session=True,
        )  # fmt: skip
        os.close(its_end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._terminal)

    def press(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def shows(self, wanted: str) -> bool:
        seen, end = b"", time.monotonic() + PATIENCE
        while time.monotonic() < end:
            ready, _, _ = select.select([self._terminal], [], [], 0.2)
            try:
                seen += os.read(self._terminal, 65536) if ready else b""
            except OSError:  # Linux's way to say that the other end was closed
                break
            if wanted in seen.decode(errors="replace"):
                return True
        raise AssertionError(f"{wanted!r} was not shown, but {seen.decode(errors='replace')!r}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    queue = [QueuedArticle(id=str(number), title=title, text="نص الخبر") for number, title in enumerate(TITLES)]
    write_queue(queue, tmp_path / "queue.jsonl")
    (tmp_path / "labels").mkdir()
    write_topics(TOPICS, tmp_path / "labels" / "topics.toml")
    return tmp_path


def decided(folder: Path) -> dict[str, tuple[str, ...]]:
    return {labelled.title: labelled.topics for labelled in read_corpus([folder / "labels"]).labelled}


def test_articles_are_labelled_key_by_key_and_a_kill_loses_nothing(folder: Path) -> None:
    with Reviewer(folder) as reviewer:
        assert reviewer.shows(TITLES[0])
        reviewer.press("1\n")
        assert reviewer.shows(TITLES[1])
        reviewer.process.kill()
    assert decided(folder) == {TITLES[0]: ("weather",)}
    with Reviewer(folder) as reviewer:
        assert reviewer.shows(TITLES[1])
        reviewer.press("2\n")
        assert reviewer.shows(TITLES[2])
        reviewer.press("u")
        assert reviewer.shows(TITLES[1])
        reviewer.press("\r")  # as it was decided before
        assert reviewer.shows(TITLES[2])
        reviewer.press("ض")  # the q of an Arabic keyboard
        assert reviewer.shows("2 labelled in labels, 1 of the queue left")
        assert reviewer.process.wait(PATIENCE) == 0
    assert decided(folder) == {TITLES[0]: ("weather",), TITLES[1]: ("football",)}


def test_keys_of_arrows_are_no_commands_and_the_end_is_said(folder: Path) -> None:
    with Reviewer(folder) as reviewer:
        assert reviewer.shows(TITLES[0])
        reviewer.press("\x1b[1;5D")
        time.sleep(0.2)
        reviewer.press("s\n")
        assert reviewer.shows(TITLES[2])
        reviewer.press("2\n")
        assert reviewer.shows("2 labelled in labels, 0 of the queue left")
    assert decided(folder) == {TITLES[1]: (), TITLES[2]: ("football",)}


def test_without_a_terminal_it_says_so(folder: Path) -> None:
    command = [sys.executable, "-c", "from wasim.service.cli import run; run()", "review", "label", "queue.jsonl"]
    finished = subprocess.run(command, cwd=folder, input="", capture_output=True, text=True, check=False)
    assert finished.returncode == 2
    assert "needs a terminal" in finished.stderr


def test_a_text_cannot_command_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\x07\nd\x9b") == "a [2Jb c \nd "


def test_a_long_article_is_shown_by_pages(tmp_path: Path) -> None:
    text = "\n".join(f"سطر رقم {number}" for number in range(100))
    console = Console(width=60, height=20, record=True, file=(tmp_path / "out").open("w"))
    with LabelFolder(tmp_path / "labels", TOPICS) as folder:
        session = ReviewSession([QueuedArticle(id="1", title="عنوان", text=text, why=("سبب",), near_equal=3)], folder)
        console.print(draw(session, console))
        first = console.export_text()
        for _ in range(50):
            session.press(" ")
        console.print(draw(session, console))
        last = console.export_text()
        session.press("b")
        console.print(draw(session, console))
        before_last = console.export_text()
    console.file.close()
    assert "page 1 of 10" in first
    assert "3 near-equal" in first
    assert "سطر رقم 99" in last
    assert "page 9 of 10" in before_last
    assert max(len(page.splitlines()) for page in (first, last)) <= 20
