"""The ``wasim`` command."""

import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from wasim.model import errors
from wasim.model.errors import WasimError
from wasim.service.archive import cli as archive_cli
from wasim.service.store.cli import feedback, keys

EXIT_CODE: dict[type[WasimError], int] = {
    errors.SettingsError: 2,
    errors.ArticleError: 3,
    errors.ArtifactError: 4,
    errors.CorpusError: 5,
    errors.PromotionRefusedError: 6,
    errors.ArchiveError: 7,
    errors.StoreError: 9,
    errors.AccessError: 10,
    errors.KeyMissingError: 10,
    errors.FeedbackError: 10,
    errors.ServiceError: 11,
}
EXIT_FAILED = 1  # the system's fault: a full disk, a port in use

app = typer.Typer(
    name="wasim",
    help="Tag Arabic news articles with topics, and see the words that earned each tag.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
models = typer.Typer(no_args_is_help=True, help="Look at the trained models, and choose the one in use.")
app.add_typer(models, name="models")
archive_cli.register(app)
app.add_typer(keys, name="keys")
app.add_typer(feedback, name="feedback")

Artifacts = Annotated[
    Path,
    typer.Option(envvar="WASIM_ARTIFACTS", help="The artifacts folder, or (not for models) one artifact."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
DEFAULT_ARTIFACTS = Path("artifacts")


def run() -> None:
    """Run the command; every error is one line and an exit code."""
    for entry_point in entry_points(group="wasim.commands"):
        entry_point.load()(app)
    try:
        app()
    except WasimError as error:
        _fail(str(error), next(EXIT_CODE[kind] for kind in type(error).__mro__ if kind in EXIT_CODE))
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}", EXIT_FAILED)


def _fail(message: str, code: int) -> None:
    Console(stderr=True, soft_wrap=True).print(f"wasim: {message}", style="red", markup=False, highlight=False)
    sys.exit(code)


@app.command()
def predict(
    text: Annotated[str, typer.Argument(help="The article, a file, or - for standard input.")] = "-",
    title: Annotated[str, typer.Option(help="The article's title.")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="Show the words behind each tag.")] = False,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
    as_json: AsJson = False,
) -> None:
    """Tag one article.

    Example: [bold]wasim predict "تطعيم مليون طفل ضد الحصبة" --explain[/bold]
    """
    from wasim.model import Article, TopicModel
    from wasim.model.errors import ArticleEmptyError
    from wasim.service.http.schemas import PredictionOut
    from wasim.service.reports import print_answer

    article = Article(title, _read_text(text))
    if article.is_empty:
        raise ArticleEmptyError("title and text are both empty. Give an article as argument, file or standard input.")
    model = TopicModel.load(artifacts)
    [answer] = model.classify([article], explain=explain)
    if as_json:
        print_json(PredictionOut.of(answer, model, explain=explain).model_dump(exclude_none=True))
    else:
        print_answer(Console(), article, answer, model)


def _read_text(text: str) -> str:
    """Take an argument as standard input, a file's name or the article itself; broken UTF-8 is replaced."""
    if text == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        is_file = Path(text).is_file()
    except (OSError, ValueError):  # a text too long, or with a NUL, to be a file's name
        is_file = False
    return Path(text).read_text(encoding="utf-8", errors="replace") if is_file else text


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; WASIM_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; WASIM_PORT.")] = None,
) -> None:
    """Serve predictions over HTTP; settings come from WASIM_* variables.

    Example: [bold]WASIM_PORT=8080 wasim serve[/bold]
    """
    from wasim.service.http.server import serve as serve_http
    from wasim.service.settings import read_settings

    changed = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    serve_http(read_settings(**changed))


@models.command("list")
def list_models(artifacts: Artifacts = DEFAULT_ARTIFACTS, as_json: AsJson = False) -> None:
    """List the trained models; the one in use is marked.

    Example: [bold]wasim models list[/bold]
    """
    from wasim.model.registry import Registry
    from wasim.service.reports import print_models

    registry = Registry(artifacts)
    manifests = list(registry.manifests())
    if as_json:
        print_json({"current": registry.current, "models": [manifest["name"] for manifest in manifests]})
    else:
        print_models(Console(), manifests, registry.current)


@models.command()
def show(
    name: Annotated[str | None, typer.Argument(help="The model; the one in use when left out.")] = None,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
    as_json: AsJson = False,
) -> None:
    """Show a model's card, or with --json its manifest.

    Example: [bold]wasim models show[/bold]
    """
    from rich.markdown import Markdown

    from wasim.model.artifact import read_card, read_manifest
    from wasim.model.registry import Registry

    artifact = Registry(artifacts).path(name)
    if as_json:
        print_json(read_manifest(artifact))
    else:
        Console().print(Markdown(read_card(artifact)))


@models.command()
def promote(
    name: Annotated[str, typer.Argument(help="The model to use from now on.")],
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
) -> None:
    """Make a model the one in use, after loading it once to see that it works.

    Example: [bold]wasim models promote news-0123456789[/bold]
    """
    from wasim.model.registry import Registry

    Registry(artifacts).promote(name)
    Console().print(f"{name} is now in use. A running service takes it within seconds.")


@models.command()
def rollback(artifacts: Artifacts = DEFAULT_ARTIFACTS) -> None:
    """Go back to the model that was in use before.

    Example: [bold]wasim models rollback[/bold]
    """
    from wasim.model.registry import Registry

    name = Registry(artifacts).rollback()
    Console().print(f"{name} is in use again. A running service takes it within seconds.")


def print_json(value: Any) -> None:
    """Print a value as JSON on standard output, whatever the terminal's encoding."""
    import orjson

    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
