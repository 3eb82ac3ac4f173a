"""The command that judges a model."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from wasim.training.console import DEFAULT_ARTIFACTS, DEFAULT_CORPUS, Artifacts, AsJson, CorpusPaths, print_json

if TYPE_CHECKING:
    from wasim.training.evaluation.judged import JudgedArticles


def evaluate(
    data: Annotated[Path, typer.Option(help="JSON Lines with title, text, and topics or grades.")],
    model: Annotated[str | None, typer.Option(help="The model; the one in use when left out.")] = None,
    update: Annotated[Path | None, typer.Option(help="Write the figures into this file's marked section.")] = None,
    learning_curve: Annotated[
        Path | None, typer.Option(help="Train on growing parts of the corpus instead, and draw the curve here.")
    ] = None,
    corpus: CorpusPaths = DEFAULT_CORPUS,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
    as_json: AsJson = False,
) -> None:
    """Measure a model on articles that somebody has read.

    Example: [bold]wasim evaluate --data judged.jsonl[/bold]
    """
    from wasim.model.registry import Registry
    from wasim.training.card import update_figures
    from wasim.training.evaluation.evaluate import evaluate as evaluate_model
    from wasim.training.evaluation.judged import read_judged
    from wasim.training.evaluation.tables import print_evaluation

    loaded = Registry(artifacts).load(model)
    judged = read_judged(data, loaded)
    if learning_curve is not None:
        _draw_learning_curve(corpus, judged, learning_curve, update)
        return
    evaluation = evaluate_model(loaded, judged)
    if update is not None:
        update_figures(update, loaded, evaluation)
    if as_json:
        print_json(asdict(evaluation))
        return
    print_evaluation(Console(), evaluation, f"{loaded.name} on {len(judged.articles):,} articles")


def _draw_learning_curve(corpus: list[Path], judged: "JudgedArticles", path: Path, update: Path | None) -> None:
    from rich.progress import track

    from wasim.training.card import write_between
    from wasim.training.corpus import read_corpus
    from wasim.training.evaluation import learning_curve as curve

    points = track(
        curve.learning_curve(read_corpus(corpus), judged),
        description="training",
        total=len(curve.SHARES),
        console=Console(stderr=True),
        transient=True,
    )
    drawn = list(points)
    curve.plot_curve(drawn, path)
    table = curve.curve_table(drawn)
    if update is not None:
        write_between(update, "curve", table)
    Console(soft_wrap=True).print("\n".join(table), markup=False, highlight=False)
