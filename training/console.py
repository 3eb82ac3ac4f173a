"""What the training commands have in common: options, and what they print."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from wasim.training.import_formats.records import BadRecord

CorpusPaths = Annotated[list[Path], typer.Option("--corpus", help="A corpus folder or .jsonl file; may be repeated.")]
Artifacts = Annotated[Path, typer.Option(envvar="WASIM_ARTIFACTS", help="The artifacts folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
DEFAULT_CORPUS = [Path("training/corpus")]
DEFAULT_ARTIFACTS = Path("artifacts")


def print_json(value: object) -> None:
    """Print a value as JSON on standard output, whatever the terminal's encoding; NaN becomes null."""
    import orjson  # noqa: PLC0415  not for --help

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    sys.stdout.buffer.write(orjson.dumps(value, option=options))
    sys.stdout.buffer.flush()


def print_bad_rows(console: Console, bad: "Sequence[BadRecord]") -> None:
    """Say how many rows of an archive are no articles, and what is wrong with the first."""
    if bad:
        console.print(f"{len(bad):,} rows are no articles; the first: {bad[0].place}: {bad[0].reason}", style="yellow")
