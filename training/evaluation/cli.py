"""The command that judges a model: on judged articles, on parts of its corpus, or by what is published now."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from wasim.training.console import DEFAULT_ARTIFACTS, DEFAULT_CORPUS, Artifacts, AsJson, CorpusPaths, print_json

if TYPE_CHECKING:
    from wasim.model.registry import Registry
    from wasim.training.evaluation.drift import ArchiveDrift
    from wasim.training.evaluation.judgement import Judgement
    from wasim.training.evaluation.learning_curve import CurvePoint


def evaluate(
    data: Annotated[
        Path | None, typer.Option(help="Judged articles: JSON Lines with title, text, and topics or grades.")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Judge by the corpus: stratified, outlet, desk, year or time=2024-01-01.")
    ] = None,
    drift: Annotated[
        Path | None, typer.Option(help="Say how far these articles (JSON Lines, .gz too) are from training's.")
    ] = None,
    earlier: Annotated[Path | None, typer.Option(help="With --drift: compare with these articles instead.")] = None,
    model: Annotated[str | None, typer.Option(help="The model; the one in use when left out.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page (.html) with curves, slices and mistakes.")] = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="Whether the page may quote articles, or only single terms.")
    ] = True,
    update: Annotated[
        list[Path] | None, typer.Option(help="Write the figures into this file, or a model's card; may be repeated.")
    ] = None,
    learning_curve: Annotated[
        Path | None, typer.Option(help="Train on growing parts of the corpus, and draw the curve here (.svg).")
    ] = None,
    corpus: CorpusPaths = DEFAULT_CORPUS,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
    as_json: AsJson = False,
) -> None:
    """Measure a model: on articles that somebody has read, on parts of its corpus, or by what is published now.

    Example: [bold]wasim evaluate --data judged.jsonl --report report.html[/bold]

    Example: [bold]wasim evaluate --split time=2024-01-01 --corpus my-corpus[/bold]

    Example: [bold]wasim evaluate --drift june.jsonl.gz --earlier may.jsonl.gz[/bold]
    """
    from wasim.model.registry import Registry
    from wasim.training.evaluation.tables import print_evaluation

    _require_one_aim({"--data": data, "--split": split, "--drift": drift})
    _require_together("--earlier", earlier, "--drift", drift)
    _require_together("--learning-curve", learning_curve, "--data", data)
    _require_together("--update", update or None, "--data or --split", data or split)
    console, registry = Console(stderr=as_json), Registry(artifacts)
    if drift is not None:
        _show_drift(console, _drift(registry, model, drift, earlier), as_json=as_json)
        return
    with console.status("judging"):
        judgement = _judgement(data, split, registry, model, corpus)
    points = _learning_curve(judgement, corpus, learning_curve) if learning_curve is not None else []
    if report is not None:
        from wasim.training.evaluation.report import write_report

        write_report(report, judgement, points, quotes=text)
    for path in update or []:
        _update(path, judgement, points, data or split)
    if as_json:
        print_json(asdict(judgement.evaluation) | {"learning_curve": points})
    else:
        print_evaluation(console, judgement.evaluation, judgement.title)
        for note in judgement.notes:
            console.print(note, style="yellow", markup=False, highlight=False)
        if report is not None:
            console.print(f"report written to {report}", soft_wrap=True)


def _require_one_aim(aims: dict[str, object]) -> None:
    from wasim.model.errors import SettingsError

    if sum(value is not None for value in aims.values()) != 1:
        raise SettingsError(f"evaluate by one of {', '.join(aims)}; --help has an example of each")


def _require_together(option: str, value: object, needed_option: str, needed: object) -> None:
    from wasim.model.errors import SettingsError

    if value is not None and needed is None:
        raise SettingsError(f"{option} goes with {needed_option}. Add that, or leave {option} out.")


def _judgement(
    data: Path | None, split: str | None, registry: "Registry", model: str | None, corpus: list[Path]
) -> "Judgement":
    from wasim.training.corpus import read_corpus
    from wasim.training.evaluation.judgement import judge_by_data, judge_by_split
    from wasim.training.evaluation.splits import SplitRule

    if data is not None:
        return judge_by_data(registry, model, data)
    assert split is not None
    rule = SplitRule.parse(split)
    return judge_by_split(read_corpus(corpus), rule)


def _learning_curve(judgement: "Judgement", corpus: list[Path], path: Path) -> "list[CurvePoint]":
    from rich.progress import track

    from wasim.training.corpus import read_corpus
    from wasim.training.evaluation import learning_curve as curve

    points = list(
        track(
            curve.learning_curve(read_corpus(corpus), judgement.parts[0].predictions.judged),
            description="training on growing parts",
            total=len(curve.SHARES),
            console=Console(stderr=True),
            transient=True,
        )
    )
    curve.plot_curve(points, path)
    return points


def _update(path: Path, judgement: "Judgement", points: "list[CurvePoint]", judged_by: Path | str | None) -> None:
    from wasim.training.card import split_line, update_figures, write_between
    from wasim.training.evaluation.learning_curve import curve_table

    if points:
        write_between(path, "curve", curve_table(points))
    elif isinstance(judged_by, Path):
        update_figures(path, judgement, judged_by)
    else:
        write_between(path, f"split {judged_by}", [split_line(judgement.evaluation, str(judged_by))])


def _drift(registry: "Registry", model: str | None, file: Path, earlier: Path | None) -> "ArchiveDrift":
    from wasim.model.artifact import drift_reference
    from wasim.model.errors import ArtifactIncompatibleError
    from wasim.training.evaluation.drift import archive_drift

    artifact = registry.path(model)
    reference = drift_reference(artifact)
    if reference is None:
        raise ArtifactIncompatibleError(
            f"{artifact} does not say how its training articles were spread: it is older than that. Train again."
        )
    loaded = registry.load(artifact.name)
    loaded.warm_up()
    with Console(stderr=True).status("reading"):
        return archive_drift(loaded, reference, file, earlier)


def _show_drift(console: Console, found: "ArchiveDrift", *, as_json: bool) -> None:
    from wasim.training.evaluation.tables import print_drift

    if as_json:
        print_json(asdict(found))
    else:
        print_drift(console, found)
