"""The pictures of a report. Matplotlib shapes Arabic by itself from 3.11 on."""

import io
import re
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from wasim.training.evaluation.learning_curve import CurvePoint, curve_figure
from wasim.training.evaluation.metrics import CALIBRATION_BINS, Labels, Matrix
from wasim.training.evaluation.predictions import Predictions

INK = "#010203"
SERIES = tuple(f"#0a1b0{number}" for number in range(1, 9))
HEAT = "#0a1b00"
"""Figures are drawn in these; a page names them anew, so that they follow its colours in light and in dark."""

_PAGE_COLOURS = {INK: "currentColor", HEAT: "var(--heat)"} | {
    colour: f"var(--series-{number})" for number, colour in enumerate(SERIES, start=1)
}
_NUMBERED_ID = re.compile(r' id="[\w.]+_\d+"')  # would stand in the page once a figure
_COLUMNS = 2
_LEVELS = np.linspace(0.01, 0.99, 99)
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "wasim",  # equal figures give equal files
    "font.size": 10,
    "text.parse_math": False,  # a topic's name may have a $
    "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.titlecolor": INK, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
    "grid.color": INK, "grid.alpha": 0.15, "axes.grid": True, "axes.axisbelow": True,
}  # fmt: skip


def page_svg(figure: Figure, label: str) -> str:
    """Turn a figure into SVG for the inside of a page, without a background, in the page's colours."""
    written = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    svg = written.getvalue()
    svg = _NUMBERED_ID.sub("", svg[svg.index("<svg") :])
    for drawn, named in _PAGE_COLOURS.items():
        svg = svg.replace(drawn, named)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def precision_recall_figure(predictions: Predictions, names: Sequence[str]) -> Figure:
    """Draw each topic's precision over its recall, with a dot where the tags are."""
    with mpl.rc_context(_STYLE):
        figure, [axes] = _figure(1)
        for column, name in enumerate(names):
            truth, said = predictions.judged.truth[:, column], predictions.tagged[:, column]
            if truth.any():
                recall, precision = _precision_recall(truth, predictions.probabilities[:, column])
                axes.plot(recall, precision, color=_colour(column), label=name, drawstyle="steps-post")
                if said.any():
                    hits = int((truth & said).sum())
                    axes.plot(hits / truth.sum(), hits / said.sum(), "o", color=_colour(column))
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.04))
        if axes.lines:
            axes.legend(loc="lower left")
    return figure


def reliability_figure(predictions: Predictions, names: Sequence[str]) -> Figure:
    """Draw what share of articles has a topic where such a probability was promised; larger dots are more articles."""
    with mpl.rc_context(_STYLE):
        figure, all_axes = _figure(len(names))
        for column, (axes, name) in enumerate(zip(all_axes, names, strict=True)):
            truth, promised = predictions.judged.truth[:, column], predictions.probabilities[:, column]
            bins = np.minimum((promised * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
            counts = np.bincount(bins, minlength=CALIBRATION_BINS)
            filled = counts > 0
            means, shares = (
                np.bincount(bins, weights=values.astype(float), minlength=CALIBRATION_BINS)[filled] / counts[filled]
                for values in (promised, truth)
            )
            axes.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle=":")
            axes.plot(means, shares, color=_colour(column), linewidth=1, alpha=0.4)
            axes.scatter(means, shares, s=10 + 90 * np.sqrt(counts[filled] / len(truth)), color=_colour(column))
            axes.set(title=name, xlabel="promised", ylabel="observed", xlim=(-0.05, 1.05), ylim=(-0.05, 1.05))
    return figure


def threshold_figure(predictions: Predictions, names: Sequence[str], thresholds: Sequence[float]) -> Figure:
    """Draw precision, recall and F1 over the threshold; the dotted line is the model's own."""
    with mpl.rc_context(_STYLE):
        figure, all_axes = _figure(len(names))
        for column, (axes, name, threshold) in enumerate(zip(all_axes, names, thresholds, strict=True)):
            truth, probabilities = predictions.judged.truth[:, column], predictions.probabilities[:, column]
            said = probabilities[:, None] >= _LEVELS
            hits = (said & truth[:, None]).sum(axis=0)
            with np.errstate(invalid="ignore", divide="ignore"):
                precision, recall = hits / said.sum(axis=0), hits / truth.sum()
                f1 = 2 * hits / (said.sum(axis=0) + truth.sum())
            for number, (label, values) in enumerate((("precision", precision), ("recall", recall), ("F1", f1))):
                axes.plot(_LEVELS, values, color=SERIES[number], label=label, linewidth=2 if label == "F1" else 1)
            axes.axvline(threshold, color=INK, linewidth=1, linestyle=":")
            axes.set(title=name, xlabel="threshold", xlim=(0, 1), ylim=(0, 1.04))
        all_axes[0].legend(loc="lower left")
    return figure


def confusion_figure(confusion: NDArray[np.int64], names: Sequence[str]) -> Figure:
    """Draw a heat map: what the articles of each topic were taken for, shaded by the share of the row's largest."""
    labels = [*names, "no topic · بلا موضوع"]
    with mpl.rc_context(_STYLE):
        figure, [axes] = _figure(1, height=0.6 * len(labels) + 1.6)
        shares = confusion / np.maximum(confusion.max(axis=1, keepdims=True), 1)
        for row, column in np.ndindex(confusion.shape):
            box = Rectangle((column, row), 1, 1, facecolor=HEAT, alpha=0.75 * float(shares[row, column]))
            axes.add_patch(box)
            count = f"{confusion[row, column]:,}"
            axes.text(column + 0.5, row + 0.5, count, ha="center", va="center")
        places = np.arange(len(labels)) + 0.5
        axes.set_xticks(places, [label.replace(" · ", "\n") for label in labels])
        axes.set_yticks(places, labels)
        axes.set(xlim=(0, len(labels)), ylim=(len(labels), 0), xlabel="tagged as", ylabel="articles of")
        axes.grid(visible=False)
    return figure


def learning_curve_figure(points: Sequence[CurvePoint]) -> Figure:
    """Draw what more articles have brought."""
    with mpl.rc_context(_STYLE):
        return curve_figure(points, SERIES)


def _figure(n_axes: int, height: float = 4.2) -> tuple[Figure, list[Axes]]:
    """Make a figure of one pair of axes, or of several small ones."""
    if n_axes == 1:
        figure = Figure(figsize=(7.2, height), layout="constrained")
        return figure, [figure.subplots()]
    n_rows = -(-n_axes // _COLUMNS)
    figure = Figure(figsize=(7.2, 2.9 * n_rows), layout="constrained")
    grid = figure.subplots(n_rows, _COLUMNS, squeeze=False).ravel().tolist()
    for unused in grid[n_axes:]:
        unused.set_visible(False)
    return figure, grid[:n_axes]


def _colour(column: int) -> str:
    return SERIES[column % len(SERIES)]


def _precision_recall(truth: Labels, probabilities: Matrix) -> tuple[Matrix, Matrix]:
    order = np.argsort(-probabilities, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(probabilities[order]) != 0, True))
    found = np.cumsum(truth[order])[ends]
    keep = np.append(np.diff(found) != 0, True) | np.append(True, np.diff(found) != 0)  # corners only: a small page
    return found[keep] / truth.sum(), found[keep] / (ends[keep] + 1)
