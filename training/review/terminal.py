"""The reviewer on a terminal: draws a session, and reads single keys. Works over ssh, needs no mouse."""

import codecs
import os
import sys
import termios
import tty
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.text import Text

from wasim.model.errors import SettingsError
from wasim.training.review.session import Mark, ReviewSession

_KEYS = "1-9 topic   m 1-9 mention   Enter save   s skip   u undo   space/b page   q quit"
_SIGNS = {Mark.NONE: "○", Mark.MENTION: "◐", Mark.ABOUT: "●"}
_STYLES = {Mark.NONE: "dim", Mark.MENTION: "yellow", Mark.ABOUT: "bold green"}
# The keys of the same places on an Arabic keyboard; «لا» of b comes as two letters, of which lam is ignored.
_ARABIC_KEYS = {"ض": "q", "س": "s", "ع": "u", "ة": "m", "ا": "b", "\r": "\n"}
_LINES_AROUND = 7


def review(session: ReviewSession) -> None:
    """Let a person go through a session, until its end or until they quit.

    Raises
    ------
    SettingsError
        When there is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SettingsError("a review needs a terminal; use wasim review queue --output to get a file instead")
    console = Console(highlight=False)
    with _single_keys(sys.stdin.fileno()) as keys, console.screen() as screen:
        screen.update(draw(session, console))
        for key in keys:
            session.press(key)
            if session.is_over or session.current is None:
                break
            screen.update(draw(session, console))


def draw(session: ReviewSession, console: Console) -> Group:
    """Draw what a session shows, no higher than the console."""
    queued = session.current
    if queued is None:
        return Group(Text("Nothing is left to review."))
    text = Text(printable(queued.title), style="bold") + Text("\n" + printable(queued.text), style="not bold")
    lines = text.wrap(console, console.width)
    height = max(console.height - _LINES_AROUND - len(session.topics), 3)
    last_page = max((len(lines) - 1) // height, 0)
    session.page = min(session.page, last_page)
    shown = lines[session.page * height : (session.page + 1) * height]
    done = len(session.folder.labelled)
    pages = f"   page {session.page + 1} of {last_page + 1}" if last_page else ""
    near = f"   and {queued.near_equal} near-equal ones" if queued.near_equal else ""
    head = f"{session.place + 1} of {len(session.queue)}   {done} labelled   {len(session.folder.skipped)} skipped"
    return Group(
        Text(head + near + pages, style="reverse"),
        Text("; ".join(queued.why), style="dim"),
        *shown,
        Text(),
        *(_topic_line(session, number) for number in range(len(session.topics))),
        Text("which topic is only mentioned?" if session.is_marking_mention else _KEYS, style="cyan"),
    )


def printable(text: str) -> str:
    """Replace what could command a terminal, or turn the writing's direction for the rest of the screen."""
    return "".join(
        " "
        if unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in "\n\u200c\u200d"
        else character
        for character in text
    )


def _topic_line(session: ReviewSession, number: int) -> Text:
    topic = session.topics[number]
    mark = session.marks[topic.id]
    said = f"  {mark}" if mark else ""
    return Text(f"{number + 1} {_SIGNS[mark]} {topic.id} {topic.name_ar}{said}", style=_STYLES[mark])


@contextmanager
def _single_keys(terminal: int) -> Iterator[Iterator[str]]:
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    try:
        yield _keys(terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _keys(terminal: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while typed := os.read(terminal, 1024):
        keys = decoder.decode(typed)
        if keys.startswith("\x1b"):  # an arrow or function key comes as a sequence: its letters are no commands
            continue
        for key in keys:
            yield _ARABIC_KEYS.get(key, key)
