"""How much better a model gets with more articles: whether writing more still pays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wasim.training.corpus import Corpus
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.predictions import predict
from wasim.training.train import FEWEST_ARTICLES_OF_A_TOPIC, train

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a model trained on so many articles reaches on judged ones; a mean over draws."""

    n_articles: int
    macro_f1: float
    macro_average_precision: float
    known_terms: int


def learning_curve(corpus: Corpus, judged: JudgedArticles, draws: int = 3) -> Iterator[CurvePoint]:
    """Train on growing parts of a corpus, each drawn several times, and measure on judged articles.

    A part that has too few articles of a topic is left out.
    """
    for share in SHARES:
        size = round(share * len(corpus.labelled))
        parts = [_draw(corpus, size, seed) for seed in range(1 if share == 1 else draws)]
        usable = [part for part in parts if part.labels.sum(axis=0).min() >= FEWEST_ARTICLES_OF_A_TOPIC]
        if usable:
            models = [train(part).model for part in usable]
            metrics = [predict(model, judged).measure() for model in models]
            yield CurvePoint(
                n_articles=size,
                macro_f1=float(np.mean([one.macro_f1 for one in metrics])),
                macro_average_precision=float(np.mean([one.macro_average_precision for one in metrics])),
                known_terms=round(np.mean([len(model.vocabulary) for model in models])),
            )


def curve_table(points: Sequence[CurvePoint]) -> list[str]:
    """Lay a curve out as lines of a Markdown table."""
    return [
        "| articles | macro-F1 | macro-AP | terms |",
        "| --- | --- | --- | --- |",
        *(
            f"| {point.n_articles:,} | {point.macro_f1:.3f} | {point.macro_average_precision:.3f} "
            f"| {point.known_terms:,} |"
            for point in points
        ),
    ]


def curve_figure(points: Sequence[CurvePoint], colours: Sequence[str] = ("C0", "C1")) -> "Figure":
    """Draw a curve."""
    from matplotlib.figure import Figure  # noqa: PLC0415  slow to import, and only wanted here

    figure = Figure(figsize=(6, 3.5), layout="constrained")
    axes = figure.subplots()
    sizes = [point.n_articles for point in points]
    axes.plot(sizes, [point.macro_f1 for point in points], marker="o", label="macro-F1", color=colours[0])
    macro_ap = [point.macro_average_precision for point in points]
    axes.plot(sizes, macro_ap, marker="s", label="macro-AP", color=colours[1])
    axes.set(xscale="log", xlabel="training articles", ylabel="on judged articles")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    return figure


def plot_curve(points: Sequence[CurvePoint], path: Path) -> None:
    """Draw a curve into a file, whose ending decides the format."""
    import matplotlib as mpl  # noqa: PLC0415  slow to import, and only wanted here

    with mpl.rc_context({"svg.hashsalt": "wasim"}):  # equal curves give equal files
        curve_figure(points).savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _draw(corpus: Corpus, size: int, seed: int) -> Corpus:
    rows = np.random.default_rng(seed).permutation(len(corpus.labelled))[:size]
    return Corpus(corpus.topics, tuple(corpus.labelled[row] for row in rows))
