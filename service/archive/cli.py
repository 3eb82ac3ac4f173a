"""The ``wasim tag`` command."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

if TYPE_CHECKING:
    from wasim.service.archive.options import TagOptions

EXIT_WITH_REJECTS = 8
_STOPPED = 128  # plus the signal's number, as shells say it
_DAY = ["%Y-%m-%d"]


class Format(StrEnum):
    """Forms of output."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    ninjs = "ninjs"


class Partition(StrEnum):
    """Ways to lay an output out as a folder of files."""

    shard = "shard"
    date = "date"


class EngineName(StrEnum):
    """Who works on the parts of an archive."""

    local = "local"
    dask = "dask"


def register(app: typer.Typer) -> None:
    """Add the command to ``wasim``."""
    app.command()(tag)


def tag(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, or - for standard input.")],
    output: Annotated[str, typer.Option(help="Where the rows go; its name tells the form: .jsonl, .csv, .gz ...")],
    id_column: Annotated[str, typer.Option("--id", help="The column or key of the id.")] = "id",
    title: Annotated[str, typer.Option(help="The column or key of the title.")] = "title",
    text: Annotated[str, typer.Option(help="The column or key of the text.")] = "text",
    date: Annotated[str, typer.Option(help="The column or key of the date.")] = "date",
    keep: Annotated[list[str] | None, typer.Option(help="A column to carry into the output; may be repeated.")] = None,
    layout: Annotated[Format | None, typer.Option("--format", help="The form, where the name does not tell.")] = None,
    partition: Annotated[Partition | None, typer.Option(help="Make a folder of files, by part or by date.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAY, help="Pass over what is older.")] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="Read so many records at most.")] = None,
    shard_bytes: Annotated[int, typer.Option(min=1, help="Size of a part of the input.")] = 4 * 1024 * 1024,
    workers: Annotated[int | None, typer.Option(min=1, help="Cores to use; all, where that pays.")] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Begin anew what an earlier run left.")] = False,
    engine: Annotated[EngineName, typer.Option(help="local: this machine; dask: a cluster.")] = EngineName.local,
    scheduler: Annotated[str | None, typer.Option(help="A Dask scheduler's address; else one is started.")] = None,
    profile: Annotated[bool, typer.Option("--profile", help="Print where the time went.")] = False,
    artifacts: Annotated[
        Path, typer.Option(envvar="WASIM_ARTIFACTS", help="The artifacts folder, or one artifact.")
    ] = Path("artifacts"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Tag a whole archive: one row out for each article in, in the same order.

    A run that was stopped or killed goes on when the same command is run again. Records that are no articles
    go to OUTPUT.rejected.jsonl, and the exit code is then 8.

    Example: [bold]wasim tag articles.jsonl.gz --output topics.jsonl[/bold]
    """
    from wasim.service.archive.options import ColumnNames, ReadOptions, RunOptions, TagOptions, WriteOptions

    columns = ColumnNames(id_column, title, text, date, tuple(keep or ()))
    options = TagOptions(
        ReadOptions(columns, limit, since.date() if since else None, shard_bytes),
        WriteOptions(layout.value if layout else None, partition.value if partition else None),
        RunOptions(workers, restart, engine.value, scheduler),
    )
    with _stoppable(output):
        n_rejected = _tag(inputs, output, options, artifacts, as_json=as_json, profile=profile)
    if n_rejected:
        raise typer.Exit(EXIT_WITH_REJECTS)


def _tag(
    inputs: list[str], output: str, options: "TagOptions", artifacts: Path, *, as_json: bool, profile: bool
) -> int:
    from wasim.service.threads import one_thread_each

    one_thread_each()  # before numpy reads it
    from wasim.model import TopicModel
    from wasim.service.archive.report import print_profile, print_summary, progress_bar
    from wasim.service.archive.tag import tag_archive
    from wasim.service.cli import print_json

    console = Console(stderr=True)
    model = TopicModel.load(artifacts)
    with progress_bar(console, f"tagging {Path(inputs[0]).name}") as tell:
        summary = tag_archive(model, inputs, output, options, tell)
    if as_json:
        print_json(summary.as_json())
    else:
        print_summary(console, summary, output)
    if profile:
        print_profile(console, summary)
    return summary.rejected


@contextmanager
def _stoppable(output: str) -> Iterator[None]:
    """Make Ctrl-C and SIGTERM end a run between two parts, with a word on how to go on."""

    def stop(number: int, _: object) -> NoReturn:
        raise KeyboardInterrupt(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt as stopped:
        number = stopped.args[0] if stopped.args else signal.SIGINT
        sys.stderr.write(f"wasim: stopped. What was done is safe: the same command goes on with {output}.\n")
        raise typer.Exit(_STOPPED + number) from None
    finally:
        signal.signal(signal.SIGTERM, before)
