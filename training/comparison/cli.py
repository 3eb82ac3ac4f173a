"""The command that compares two models."""

from dataclasses import asdict
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from wasim.training.console import DEFAULT_ARTIFACTS, Artifacts, AsJson, print_json

if TYPE_CHECKING:
    from wasim.training.comparison.compare import Comparison, Difference

EXIT_WORSE = 12
_SHOWN_CHARACTERS = 90
Margin = Annotated[float, typer.Option(help="Macro-F1 that a new model may lose and still be not worse.")]
DEFAULT_MARGIN = 0.01  # compare.MARGIN, which would import numpy; a test holds the two together


def compare(
    old: Annotated[str, typer.Argument(metavar="A", help="The model to compare with.")],
    new: Annotated[str, typer.Argument(metavar="B", help="The model that is judged.")],
    data: Annotated[Path, typer.Option(help="JSON Lines with title, text, and topics or grades.")],
    margin: Margin = DEFAULT_MARGIN,
    flips: Annotated[int, typer.Option(help="How many of the articles that changed sides to print.", min=0)] = 20,
    artifacts: Artifacts = DEFAULT_ARTIFACTS,
    as_json: AsJson = False,
) -> None:
    """Say whether model B is better than A, not worse, or worse, on articles that somebody has read.

    The exit code is 12 when B is worse, else 0.

    Example: [bold]wasim compare news-0123456789 news-9876543210 --data judged.jsonl[/bold]
    """
    from wasim.model.registry import Registry
    from wasim.training.comparison.compare import Verdict
    from wasim.training.comparison.compare import compare as compare_models
    from wasim.training.evaluation.judged import read_judged

    registry = Registry(artifacts)
    before, after = registry.load(old), registry.load(new)
    comparison = compare_models(before, after, read_judged(data, before), margin)
    if as_json:
        print_json(asdict(comparison) | {"verdict": comparison.verdict})
    else:
        _print_comparison(Console(soft_wrap=True), comparison, flips)
    if comparison.verdict is Verdict.WORSE:
        raise typer.Exit(EXIT_WORSE)


def _print_comparison(console: Console, comparison: "Comparison", flips: int) -> None:
    caption = f"A is {comparison.old}, B is {comparison.new}; {comparison.n_articles:,} articles"
    table = Table("F1", "A", "B", "B - A", "95 % interval", caption=caption)
    for difference in (*comparison.topics, comparison.overall):
        table.add_row(difference.name, *_figures(difference))
    console.print(table)
    agreements = Table("articles", "of the topic", "both right", "both wrong", "mended", "broken")
    for agreement in comparison.agreements:
        counts = (agreement.positives, agreement.both_right, agreement.both_wrong, agreement.mended, agreement.broken)
        agreements.add_row(agreement.topic, *(f"{count:,}" for count in counts))
    console.print(agreements)
    for flip in comparison.flips[:flips]:
        what = "mended" if flip.mended else "broken"
        belongs = "belongs" if flip.belongs else "does not belong"
        text = " ".join((flip.article.title or flip.article.text).split())[:_SHOWN_CHARACTERS]
        change = f"{flip.old_probability:.2f} -> {flip.new_probability:.2f}"
        console.print(f"{what}: {belongs} to {flip.topic}, {change}: {text}", markup=False, highlight=False)
    if len(comparison.flips) > flips:
        console.print(f"... and {len(comparison.flips) - flips:,} more; --json has them all")
    if comparison.left_out:
        console.print(f"not compared, known to one of them only: {', '.join(comparison.left_out)}")
    if comparison.is_wide:
        console.print(
            f"{comparison.n_articles:,} articles are few: chance moves the difference by more than the margin of "
            f"{comparison.margin}. Judge more to be surer.",
            style="yellow",
        )
    console.print(f"{comparison.new} is {comparison.verdict} than {comparison.old}")


def _figures(difference: "Difference") -> tuple[str, ...]:
    if isnan(difference.old):
        return ("n/a",) * 4
    interval = f"{difference.low:+.3f} to {difference.high:+.3f}"
    return f"{difference.old:.3f}", f"{difference.new:.3f}", f"{difference.gain:+.3f}", interval
