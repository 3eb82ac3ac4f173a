"""The commands that begin a topic of one's own, and put it beside a model's."""

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wasim.training.comparison.cli import DEFAULT_MARGIN, Margin
from wasim.training.console import DEFAULT_ARTIFACTS, Artifacts, print_bad_rows

QUEUE_FILE = "queue.jsonl"
_TOPIC_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
TopicId = Annotated[str, typer.Argument(metavar="TOPIC", help="The topic's id: small Latin letters, digits, - and _.")]
LabelsOption = Annotated[Path | None, typer.Option(help="The topic's corpus folder; named as the topic if left out.")]
ModelOption = Annotated[str | None, typer.Option(help="The model; the one in use when left out.")]


def register(app: typer.Typer) -> None:
    """Add ``wasim topics``."""
    topics = typer.Typer(no_args_is_help=True, help="Teach a model a topic of your own.")
    topics.command("new")(new)
    topics.command("train")(train)
    app.add_typer(topics, name="topics")


def new(
    topic: TopicId,
    name_ar: Annotated[str, typer.Option(help="The topic's Arabic name.")],
    seeds: Annotated[Path, typer.Option(help="10 to 30 words of the topic, one a line.")],
    archive: Annotated[Path, typer.Option(help="JSON Lines with title and text; .gz too.")],
    name_en: Annotated[str | None, typer.Option(help="The topic's English name; its id if left out.")] = None,
    labels: LabelsOption = None,
    model: ModelOption = None,
    most: Annotated[int, typer.Option(help="How many articles to choose.", min=1, max=10_000)] = 100,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
) -> None:
    """Begin a topic: make its folder, and queue what an archive has of its seed words, to be labelled.

    Example: [bold]wasim topics new climate --name-ar المناخ --seeds seeds.txt --archive archive.jsonl[/bold]
    """
    from wasim.model.errors import SettingsError
    from wasim.model.registry import Registry
    from wasim.model.topics import Topic
    from wasim.training.review.labels import LabelFolder
    from wasim.training.review.pool import read_pool
    from wasim.training.review.queue import write_queue
    from wasim.training.topics.seeds import queue_by_seeds, read_seeds

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    loaded = Registry(artifacts).load(model)
    if not _TOPIC_ID.fullmatch(topic) or not name_ar.strip():
        raise SettingsError(f"topic {topic!r} needs an id of small Latin letters, digits, - and _, and an Arabic name")
    if topic in [known.id for known in loaded.topics]:
        raise SettingsError(f"{loaded.name} knows {topic} already. Choose another id.")
    words = read_seeds(seeds, loaded.settings)
    with console.status("looking for candidates"):
        found = queue_by_seeds(loaded, words, lambda: read_pool(archive), most)
    folder = labels or Path(topic)
    topics = (Topic(topic, name_ar.strip(), name_en or topic.capitalize()), *loaded.topics)
    with LabelFolder(folder, topics):
        write_queue(found.queue, folder / QUEUE_FILE)
    print_bad_rows(console, found.bad)
    for what, which in (("the archive", found.unseen_words), (loaded.name, words.missing(loaded))):
        if which:
            console.print(f"{what} does not know: {', '.join(which)}", style="yellow")
    console.print(f"{len(found.queue):,} of {found.n_articles:,} articles to read in {folder / QUEUE_FILE}")
    console.print(f"Next: wasim review label {folder / QUEUE_FILE} --labels {folder}; wasim topics train {topic}")


def train(
    topic: TopicId,
    labels: LabelsOption = None,
    model: ModelOption = None,
    again: Annotated[bool, typer.Option("--again", help="Learn a topic anew that the model has already.")] = False,
    name: Annotated[
        str | None, typer.Option(help="The new model's name; made from what it learned if left out.")
    ] = None,
    promote: Annotated[bool, typer.Option("--promote", help="Use it from now on, if it is not worse.")] = False,
    judge: Annotated[
        Path | None, typer.Option(help="With --promote: articles that somebody has read, to judge by.")
    ] = None,
    margin: Margin = DEFAULT_MARGIN,
    operating_point: Annotated[str, typer.Option(help="f1, precision=LEVEL or recall=LEVEL.")] = "f1",
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
) -> None:
    """Learn a topic from its labels, beside a model's other topics, which stay as they are.

    Example: [bold]wasim topics train climate --promote[/bold]
    """
    from wasim.model.artifact import read_card, save
    from wasim.model.errors import CorpusUnreadableError
    from wasim.model.registry import Registry
    from wasim.training.calibrate import OperatingPoint
    from wasim.training.corpus import read_corpus
    from wasim.training.promotion import Gate, require_not_worse
    from wasim.training.topics.column import extend, extended_card, fit_column, provenance_of, without_topic

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    gate, point, registry = Gate(judge, margin), OperatingPoint.parse(operating_point), Registry(artifacts)
    artifact, folder = registry.path(model), labels or Path(topic)
    if not folder.is_dir():
        raise CorpusUnreadableError(f"{folder} is missing. Begin with wasim topics new {topic}, or name its --labels.")
    loaded, corpus = registry.load(model), read_corpus([folder])
    base = without_topic(loaded, topic) if again else loaded
    with console.status("training"):
        column = fit_column(base, topic, corpus, operating_point=point)
        extended = extend(base, column, name)
    card = read_card(artifact)
    card = extended_card(card, extended, column, len(corpus.labelled))
    path = save(extended, provenance_of(artifact, extended, column, corpus), card, artifacts)
    figures = column.figures
    console.print(
        f"{topic}: {figures.positives:,} of {len(corpus.labelled):,} labelled articles, cross-validated precision "
        f"{figures.precision:.3f}, recall {figures.recall:.3f}, F1 {figures.f1:.3f}"
    )
    console.print(f"written to {path}")
    if promote:
        require_not_worse(registry, extended.name, gate)
        registry.promote(extended.name)
        console.print(f"{extended.name} is now in use")
