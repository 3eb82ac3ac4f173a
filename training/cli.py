"""The commands that make and judge models; they join ``wasim`` where the training extra is installed."""

from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wasim.training.comparison.cli import DEFAULT_MARGIN, Margin, compare
from wasim.training.console import DEFAULT_ARTIFACTS, DEFAULT_CORPUS, Artifacts, AsJson, CorpusPaths, print_json
from wasim.training.evaluation.cli import evaluate
from wasim.training.review import cli as review
from wasim.training.topics import cli as topics

COVERAGE_FILE = "coverage.toml"


def register(app: typer.Typer) -> None:
    """Add the training commands to ``wasim``, if the training extra is installed."""
    if find_spec("sklearn") is None:
        return
    app.command()(train)
    app.command()(evaluate)
    app.command()(compare)
    app.command()(export)
    corpus = typer.Typer(no_args_is_help=True, help="Check and describe training articles.")
    corpus.command("check")(check_corpus)
    corpus.command("stats")(corpus_stats)
    corpus.command("import")(import_corpus)
    app.add_typer(corpus, name="corpus")
    review.register(app)
    topics.register(app)


def train(
    corpus: CorpusPaths = DEFAULT_CORPUS,
    name: Annotated[str | None, typer.Option(help="The model's name; made from what it learned if left out.")] = None,
    promote: Annotated[bool, typer.Option("--promote", help="Use it from now on, if it is not worse.")] = False,
    force: Annotated[bool, typer.Option("--force", help="With --promote: use it even if it is worse.")] = False,
    judge: Annotated[
        Path | None, typer.Option(help="With --promote: articles that somebody has read, to judge by.")
    ] = None,
    margin: Margin = DEFAULT_MARGIN,
    operating_point: Annotated[str, typer.Option(help="f1, precision=LEVEL or recall=LEVEL.")] = "f1",
    with_feedback: Annotated[
        Path | None, typer.Option(help="Accepted corrections too: what wasim feedback export wrote.")
    ] = None,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
    as_json: AsJson = False,
) -> None:
    """Fit, calibrate, choose thresholds, evaluate, and write an artifact.

    Example: [bold]wasim train --corpus training/corpus --corpus my-articles.jsonl --promote[/bold]
    """
    from wasim.model.artifact import save
    from wasim.model.errors import SettingsError
    from wasim.model.registry import Registry
    from wasim.training.calibrate import OperatingPoint
    from wasim.training.card import model_card
    from wasim.training.corpus import read_corpus
    from wasim.training.evaluation.tables import print_metrics
    from wasim.training.feedback import with_corrections
    from wasim.training.pictures import pictures_of
    from wasim.training.promotion import Gate, require_not_worse
    from wasim.training.train import train as train_model

    console = Console(stderr=as_json)
    if judge is not None and not promote:
        raise SettingsError("--judge says by which articles to promote. Add --promote, or leave it out.")
    gate = Gate(judge, margin)
    point = OperatingPoint.parse(operating_point)
    with console.status("training"):
        articles = read_corpus(corpus)
        if with_feedback is not None:
            articles = with_corrections(articles, with_feedback)
        trained = train_model(articles, operating_point=point, name=name)
    model = trained.model
    card = model_card(trained, articles)
    provenance = replace(trained.provenance, pictures=pictures_of(trained))
    path = save(model, provenance, card, artifacts)
    title = f"{model.name}, cross-validated on {len(articles.labelled):,} articles"
    print_metrics(console, trained.metrics, title)
    console.print(f"written to {path}")
    if as_json:
        print_json(
            {
                "name": model.name,
                "fingerprint": trained.provenance.fingerprint,
                "metrics": asdict(trained.metrics),
            }
        )
    if promote:
        registry = Registry(artifacts)
        require_not_worse(registry, model.name, gate, force=force)
        registry.promote(model.name)
        console.print(f"{model.name} is now in use")


def export(
    output: Annotated[Path, typer.Option(help="The .joblib file to write.")],
    model: Annotated[str | None, typer.Option(help="The model; the one in use when left out.")] = None,
    format_name: Annotated[str, typer.Option("--format", help="joblib: a scikit-learn estimator.")] = "joblib",
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
) -> None:
    """Write a model for use elsewhere, as an equal scikit-learn estimator for notebooks.

    Example: [bold]wasim export --output model.joblib[/bold]
    """
    from wasim.model.errors import SettingsError
    from wasim.model.registry import Registry
    from wasim.training.export import export_joblib

    if format_name != "joblib":
        raise SettingsError(f"--format {format_name}: there is only joblib")
    export_joblib(Registry(artifacts).load(model), output)
    Console(soft_wrap=True).print(f"written to {output}")


def check_corpus(
    corpus: CorpusPaths = DEFAULT_CORPUS,
    real: Annotated[list[Path] | None, typer.Option(help="Published articles that none may come near.")] = None,
) -> None:
    """Say all that is wrong with a corpus: file, line and what to do.

    Example: [bold]wasim corpus check --corpus training/corpus[/bold]
    """
    from wasim.model.errors import CorpusError
    from wasim.training.check import check_corpus as look_over
    from wasim.training.corpus import read_corpus
    from wasim.training.train import FEWEST_ARTICLES_OF_A_TOPIC

    console = Console(soft_wrap=True)
    findings = look_over(corpus, real or [])
    for finding in findings:
        console.print(str(finding), markup=False, highlight=False)
    if findings:
        raise CorpusError(f"{len(findings)} findings, listed above")
    articles = read_corpus(corpus)
    articles.require_enough(FEWEST_ARTICLES_OF_A_TOPIC)
    console.print(f"{len(articles.labelled):,} articles in order")


def corpus_stats(
    corpus: CorpusPaths = DEFAULT_CORPUS,
    write: Annotated[bool, typer.Option("--write", help="Write the first corpus's coverage.toml anew.")] = False,
) -> None:
    """Count a corpus's articles by labels, desk, period and length, and its different words.

    Example: [bold]wasim corpus stats --corpus training/corpus[/bold]
    """
    from collections import Counter

    from wasim.model.characters import tokenise
    from wasim.training.corpus import read_corpus
    from wasim.training.coverage import coverage_toml, labels_of, period_of

    articles = read_corpus(corpus)
    if write:
        (corpus[0] / COVERAGE_FILE).write_text(coverage_toml(read_corpus(corpus[:1])), encoding="utf-8")
    console = Console()
    texts = [tokenise(f"{row.title} {row.text}") for row in articles.labelled]
    for title, counts in (
        ("labels", Counter(labels_of(row) for row in articles.labelled)),
        ("passing mentions", Counter(topic for row in articles.labelled for topic in row.mentions)),
        ("desk", Counter(row.desk or "(not said)" for row in articles.labelled)),
        ("period", Counter(period_of(row) for row in articles.labelled)),
        ("words", Counter(f"{length // 100 * 100:3d} to {length // 100 * 100 + 99:3d}" for length in map(len, texts))),
    ):
        table = Table(title, "articles")
        for value, count in counts.most_common():
            table.add_row(value, f"{count:,}")
        console.print(table)
    growth = Table("of the articles", "different words")
    for share in (0.25, 0.5, 0.75, 1.0):
        part = texts[: round(share * len(texts))]
        growth.add_row(f"{share:.0%}", f"{len({word for words in part for word in words}):,}")
    console.print(growth)


def import_corpus(
    format_name: Annotated[
        str,
        typer.Argument(metavar="FORMAT", help="sanad, ant, saudinewsnet, jsonl, csv, tsv, parquet, annif, fasttext."),
    ],
    source: Annotated[Path, typer.Argument(help="The data set's file or folder.")],
    output: Annotated[Path, typer.Option(help="The .jsonl to write; name it to wasim train --corpus.")],
    label: Annotated[
        list[str] | None, typer.Option(help="LABEL=TOPIC: what a label of the set is here; may be repeated.")
    ] = None,
    columns: Annotated[
        str, typer.Option(help="What a table calls id, title, text and topics; empty if not there.")
    ] = "id,title,text,topics",
    skip_bad: Annotated[Path | None, typer.Option(help="Go on past bad records, and write them here.")] = None,
) -> None:
    """Turn a published data set into corpus articles; labels that are not mapped give no topic.

    Example: [bold]wasim corpus import sanad SANAD/ --output sanad.jsonl --label Medical=vaccines[/bold]
    """
    from wasim.model.errors import SettingsError
    from wasim.training.importers import NO_TOPIC, ColumnNames, import_articles, write_corpus_rows

    names = [name.strip() for name in columns.split(",")]
    topic_of = dict(pair.rpartition("=")[::2] for pair in label or [])
    if len(names) != 4 or not all(key and topic for key, topic in topic_of.items()):
        raise SettingsError("--columns takes four names between commas, --label takes LABEL=TOPIC")
    if output.resolve() == source.resolve():
        raise SettingsError(f"{output} is the data set too. Choose another --output.")
    topics = write_corpus_rows(import_articles(format_name, source, ColumnNames(*names), topic_of, skip_bad), output)
    console = Console(soft_wrap=True)
    console.print(f"written to {output}:")
    for topic, count in topics.most_common():
        console.print(f"  {topic}: {count:,}")
    if set(topics) == {NO_TOPIC}:
        console.print(
            "no label was mapped, so all of it is negative. Is --label spelt as the set does?", style="yellow"
        )
    if skip_bad is not None and skip_bad.exists():
        console.print(f"bad records: see {skip_bad}", style="yellow")
