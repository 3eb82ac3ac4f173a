"""The commands that say what to read next, and let a person label it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from wasim.training.console import DEFAULT_ARTIFACTS, DEFAULT_CORPUS, Artifacts, CorpusPaths, print_bad_rows

if TYPE_CHECKING:
    from wasim.training.review.candidates import Seen
    from wasim.training.review.queue import QueuedArticle

LabelsOption = Annotated[Path, typer.Option(help="The corpus folder that decisions go to.")]
ModelOption = Annotated[str | None, typer.Option(help="The model; the one in use when left out.")]
Most = Annotated[int, typer.Option(help="How many articles to choose.", min=1, max=10_000)]
Output = Annotated[Path | None, typer.Option(help="Write the queue here; left out, it is reviewed at once.")]
DEFAULT_LABELS = Path("labels")
_WORTH_WARMING_UP = 1024 * 1024  # bytes; below, plain scoring is done before compiled scoring has started


def register(app: typer.Typer) -> None:
    """Add ``wasim review``."""
    review = typer.Typer(no_args_is_help=True, help="Find the articles most worth a human look, and label them.")
    review.command("queue")(queue)
    review.command("suspects")(suspects)
    review.command("label")(label)
    app.add_typer(review, name="review")


def queue(
    archive: Annotated[Path, typer.Argument(help="JSON Lines with title and text, perhaps topics; .gz too.")],
    output: Output = None,
    labels: LabelsOption = DEFAULT_LABELS,
    corpus: Annotated[
        list[Path] | None,
        typer.Option("--corpus", help="What the model was trained on: models of its folds then vote too."),
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="The only topic that counts for the order; may be repeated.")
    ] = None,
    model: ModelOption = None,
    most: Most = 100,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
) -> None:
    """Choose from an archive what is most worth labelling; what the labels' folder has is passed over.

    Rows that have topics already are judged by how little the model believes them.

    Example: [bold]wasim review queue archive.jsonl.gz --corpus training/corpus --output queue.jsonl[/bold]
    """
    from wasim.model.registry import Registry
    from wasim.training.corpus import read_corpus
    from wasim.training.review.candidates import Wanted, queue_archive
    from wasim.training.review.committee import fit_committee
    from wasim.training.review.labels import known_ids
    from wasim.training.review.pool import read_pool

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    loaded = Registry(artifacts).load(model)
    if archive.is_file() and archive.stat().st_size > _WORTH_WARMING_UP:
        loaded.warm_up()
    with console.status("choosing"):
        committee = fit_committee(read_corpus(corpus), loaded) if corpus else ()
        wanted = Wanted(most, frozenset(topic or ()), known_ids(labels))
        chosen, seen = queue_archive(loaded, read_pool(archive), wanted, committee)
    _print_seen(console, seen, archive)
    _write_or_review(console, chosen, output, labels, artifacts)


def suspects(
    corpus: CorpusPaths = DEFAULT_CORPUS,
    output: Output = None,
    labels: LabelsOption = DEFAULT_LABELS,
    model: ModelOption = None,
    most: Most = 50,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
) -> None:
    """Choose from a corpus the labels that look most like mistakes, by models that have not seen them.

    Example: [bold]wasim review suspects --corpus labels --output suspects.jsonl[/bold]
    """
    from wasim.model.registry import Registry
    from wasim.training.corpus import read_corpus
    from wasim.training.review.suspects import queue_suspects

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    with console.status("cross-validating"):
        chosen = queue_suspects(read_corpus(corpus), Registry(artifacts).load(model).settings, most)
    _write_or_review(console, chosen, output, labels, artifacts)


def label(
    queue_file: Annotated[Path, typer.Argument(metavar="QUEUE", help="What wasim review queue wrote.")],
    labels: LabelsOption = DEFAULT_LABELS,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
) -> None:
    """Show one article after the other, and keep what you decide; stop and go on whenever you like.

    Example: [bold]wasim review label queue.jsonl --labels labels[/bold]
    """
    from wasim.training.review.queue import read_queue

    _review(Console(stderr=True, soft_wrap=True, highlight=False), read_queue(queue_file), labels, artifacts)


def _print_seen(console: Console, seen: "Seen", archive: Path) -> None:
    """Say how much of an archive was looked at, and what was passed over."""
    known = f"; {seen.known:,} were decided on or stand twice" if seen.known else ""
    console.print(f"{seen.articles:,} articles of {archive} looked at{known}")
    print_bad_rows(console, seen.bad)


def _write_or_review(
    console: Console, chosen: list["QueuedArticle"], output: Path | None, labels: Path, artifacts: Path
) -> None:
    from wasim.training.review.queue import write_queue

    if output is None:
        _review(console, chosen, labels, artifacts)
    else:
        write_queue(chosen, output)
        console.print(f"{len(chosen):,} articles to read in {output}. Next: wasim review label {output}")


def _review(console: Console, chosen: list["QueuedArticle"], labels: Path, artifacts: Path) -> None:
    from wasim.model.artifact import read_manifest
    from wasim.model.registry import Registry
    from wasim.model.topics import Topic
    from wasim.training.corpus import TOPICS_FILE
    from wasim.training.review.labels import LabelFolder
    from wasim.training.review.session import ReviewSession
    from wasim.training.review.terminal import review

    topics: tuple[Topic, ...] = ()
    if not (labels / TOPICS_FILE).exists():
        topics = tuple(Topic(**topic) for topic in read_manifest(Registry(artifacts).path())["topics"])
    with LabelFolder(labels, topics) as folder:
        session = ReviewSession(chosen, folder)
        review(session)
        left = sum(queued.id not in folder for queued in chosen)
        console.print(f"{len(folder.labelled):,} labelled in {labels}, {left:,} of the queue left")
    console.print(f"Train with them: wasim train --corpus training/corpus --corpus {labels} --promote")
