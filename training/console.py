"""What the training commands have in common: options, and how they print for programs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

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
