"""The commands about what the service keeps: API keys and corrections."""

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console

from wasim.service.store.scope import Scope

if TYPE_CHECKING:
    from wasim.service.client import Correction
    from wasim.service.store.database import Database

keys = typer.Typer(no_args_is_help=True, help="Make and revoke the API keys of the service.")
feedback = typer.Typer(no_args_is_help=True, help="Use the corrections that people sent to the service.")

_SENDER = "wasim review queue"
_LONGEST_NOTE = 2000  # characters that the service keeps
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, for people to read.")],
    scope: Annotated[list[Scope], typer.Option(help="What it is good for; may be repeated.")],
    as_json: AsJson = False,
) -> None:
    """Make an API key, and show it: this once, for the store keeps only a hash.

    A running service knows it within some seconds, and from its first key on asks everybody for one.

    Example: [bold]wasim keys create newsroom --scope predict --scope feedback[/bold]
    """
    from wasim.service.cli import print_json
    from wasim.service.store.keys import KeyStore

    with _database() as database:
        issued = KeyStore(database).create(name, frozenset(scope))
    if as_json:
        print_json({"id": issued.key.id, "name": name, "scopes": sorted(issued.key.scopes), "key": issued.token})
    else:
        console = Console(soft_wrap=True)
        console.print(
            f"Key {issued.key.id} of the store at {database.place} is good for "
            f"{', '.join(sorted(issued.key.scopes))}. It is shown this once, and goes into the header "
            "Authorization: Bearer KEY",
            markup=False,
            highlight=False,
        )
        console.print(issued.token, markup=False, highlight=False)


@keys.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List all API keys ever made, without their secrets.

    Example: [bold]wasim keys list[/bold]
    """
    from rich.markup import escape
    from rich.table import Table

    from wasim.service.cli import print_json
    from wasim.service.store.keys import KeyStore

    with _database() as database:
        known = KeyStore(database).all()
    if as_json:
        print_json(
            [
                {
                    "id": key.id,
                    "name": key.name,
                    "scopes": sorted(key.scopes),
                    "created": key.created,
                    "revoked": key.revoked,
                }
                for key in known
            ]
        )
        return
    table = Table("key", "name", "good for", "made", "revoked")
    for key in known:
        moments = (f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in (key.created, key.revoked))
        table.add_row(key.id, escape(key.name), ", ".join(sorted(key.scopes)), *moments)
    Console().print(table)


@keys.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="KEY", help="The key's id; see wasim keys list.")]) -> None:
    """Make an API key worthless; a running service refuses it within some seconds.

    Example: [bold]wasim keys revoke 0123456789ab[/bold]
    """
    from wasim.service.store.keys import KeyStore

    with _database() as database:
        key = KeyStore(database).revoke(key_id)
    Console(soft_wrap=True).print(f"key {key.id} ({key.name}) is revoked", markup=False, highlight=False)


@feedback.command()
def export(
    output: Annotated[Path, typer.Option(help="The .jsonl to write; name it to wasim train --with-feedback.")],
    as_json: AsJson = False,
) -> None:
    """Write the accepted corrections as corpus articles.

    Example: [bold]wasim feedback export --output feedback.jsonl[/bold]
    """
    from wasim.service.cli import print_json
    from wasim.service.store.export import export_corrections
    from wasim.service.store.feedback import FeedbackStore

    with _database() as database:
        topics = export_corrections(FeedbackStore(database).accepted(), output)
    if as_json:
        print_json({"output": str(output), "topics": dict(topics)})
        return
    console = Console(soft_wrap=True)
    console.print(f"{'written' if topics else 'no correction was accepted yet; nothing is written'} to {output}")
    for topic, count in topics.most_common():
        console.print(f"  {topic}: {count:,}")


@feedback.command()
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
    corrections = list(_queued(queue))  # all of it, so that a bad line sends nothing
    with Client(service, key) as client, console.status("sending"):
        for correction in corrections:
            client.correct(correction)
    page = f"{service.rstrip('/')}/#/review"
    console.print(f"{len(corrections):,} articles wait at {page}", markup=False)
    console.print("Then: wasim feedback export --output feedback.jsonl; wasim train --with-feedback feedback.jsonl")
    if open_page:
        webbrowser.open(page)


def _queued(queue: Path) -> "Iterator[Correction]":
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


@contextmanager
def _database() -> "Iterator[Database]":
    from wasim.service.settings import read_settings
    from wasim.service.store.database import Database

    database = Database(read_settings().database_url)
    try:
        yield database
    finally:
        database.close()
