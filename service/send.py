"""The command that brings a review queue onto the page of a running service."""

import webbrowser
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console

if TYPE_CHECKING:
    from wasim.service.client import Correction

_SENDER = "wasim review queue"
_LONGEST_NOTE = 2000  # characters that the service keeps


def send(
    queue: Annotated[Path, typer.Argument(metavar="QUEUE", help="What wasim review queue --output wrote.")],
    service: Annotated[str, typer.Option(help="The running service's address.")] = "http://127.0.0.1:8000",
    key: Annotated[
        str, typer.Option(envvar="WASIM_KEY", help="An API key for feedback, if the service asks for one.")
    ] = "",
    open_page: Annotated[bool, typer.Option("--open", help="Open the page's review in the browser.")] = False,
) -> None:
    """Send a review queue to a running service, to be reviewed on its page; sent again, it is kept once.

    Example: [bold]wasim feedback send queue.jsonl --open[/bold]
    """
    from wasim.model.errors import SettingsError

    try:
        from wasim.service.client import Client
    except ImportError as error:
        raise SettingsError(str(error)) from None

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    corrections = list(_read(queue))  # all of it, so that a bad line sends nothing
    with Client(service, key) as client, console.status("sending"):
        for correction in corrections:
            client.correct(correction)
    page = f"{service.rstrip('/')}/#/review"
    console.print(f"{len(corrections):,} articles wait at {page}", markup=False)
    console.print("Then: wasim feedback export --output feedback.jsonl; wasim train --with-feedback feedback.jsonl")
    if open_page:
        webbrowser.open(page)


def _read(queue: Path) -> "Iterator[Correction]":
    """Read a queue's articles, each with the topics that somebody or else the model gave it."""
    from wasim.model import Article
    from wasim.model.errors import FeedbackInvalidError
    from wasim.service.client import Correction

    if not queue.is_file():
        raise FeedbackInvalidError(f"{queue} is missing. Make it with wasim review queue --output {queue}.")
    for number, line in enumerate(queue.read_bytes().splitlines(), start=1):
        try:
            row = orjson.loads(line)
            labels = row["labels"]
            topics = row["suggested"] if labels is None else labels
            article, note = Article(row["title"], row["text"]), "; ".join(row["why"])[:_LONGEST_NOTE]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise FeedbackInvalidError(
                f"{queue}:{number} is no queued article. Make the queue anew with wasim review queue."
            ) from None
        # What it is made of is its name: the same queue sent again is the same correction.
        yield Correction(article, topics, _SENDER, note, sha256(line).hexdigest())
