"""A page about an evaluation: one file that needs nothing else, for a browser without a network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isnan
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from wasim.model.durable import file_that_appears_whole
from wasim.training.evaluation import charts
from wasim.training.evaluation.judgement import Judgement
from wasim.training.evaluation.learning_curve import CurvePoint
from wasim.training.evaluation.mistakes import Mistake, worst_mistakes
from wasim.training.evaluation.predictions import joined
from wasim.training.evaluation.slices import Slice
from wasim.training.evaluation.tables import OVERALL_FIGURES, figure, interval, warnings_of

_TEMPLATE = "report.html.jinja"


@dataclass(frozen=True, slots=True)
class TopicMistakes:
    """A topic's name, and its worst mistakes."""

    name: str
    mistakes: tuple[Mistake, ...]


def write_report(path: Path, judgement: Judgement, curve: Sequence[CurvePoint] = (), *, quotes: bool = True) -> None:
    """Write the page.

    Parameters
    ----------
    path
        Where it goes; it appears whole or not at all.
    judgement
        What it is about.
    curve
        A learning curve, where one was drawn.
    quotes
        Whether articles may be quoted; without, of an article only single terms are shown.
    """
    with file_that_appears_whole(path) as file:
        file.write(render_report(judgement, curve, quotes=quotes).encode())


def render_report(judgement: Judgement, curve: Sequence[CurvePoint] = (), *, quotes: bool = True) -> str:
    """Lay the page out; see :func:`write_report`."""
    environment = Environment(
        loader=PackageLoader("wasim.training.evaluation", ""),
        autoescape=True,  # titles and ids come from whoever wrote the articles
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"figure": figure, "interval": interval, "percent": _percent}
    names = [f"{topic.name_en} · {topic.name_ar}" for topic in judgement.parts[0].model.topics]
    return environment.get_template(_TEMPLATE).render(
        judgement=judgement,
        metrics=judgement.evaluation.metrics,
        names=names,
        thresholds=_thresholds(judgement),
        overall=OVERALL_FIGURES,
        warnings=list(warnings_of(judgement.evaluation)),
        charts=dict(_charts(judgement, names, curve)),
        slices=[_SliceTable(fact, tuple(found)) for fact, found in groupby(judgement.evaluation.slices, _fact)],
        mistakes=[
            TopicMistakes(name, tuple(worst_mistakes(judgement.parts, topic))) for topic, name in enumerate(names)
        ],
        quotes=quotes,
    )


@dataclass(frozen=True, slots=True)
class _SliceTable:
    fact: str
    slices: tuple[Slice, ...]


def _fact(one: Slice) -> str:
    return one.fact


def _charts(judgement: Judgement, names: Sequence[str], curve: Sequence[CurvePoint]) -> Iterator[tuple[str, Markup]]:
    predictions = joined(judgement.parts)
    drawn = {
        "precision_recall": charts.precision_recall_figure(predictions, names),
        "reliability": charts.reliability_figure(predictions, names),
        "thresholds": charts.threshold_figure(predictions, names, _thresholds(judgement)),
        "confusion": charts.confusion_figure(judgement.evaluation.confusion, names),
    }
    if curve:
        drawn["learning_curve"] = charts.learning_curve_figure(curve)
    for name, found in drawn.items():
        yield name, Markup(charts.page_svg(found, name.replace("_", " ")))


def _thresholds(judgement: Judgement) -> list[float]:
    """Average the thresholds of all parts; there is one part unless the corpus was split."""
    return list(np.mean([part.model.calibration.thresholds for part in judgement.parts], axis=0).tolist())


def _percent(value: float) -> str:
    """Write a share as CSS does; what is no number is 0."""
    return "0%" if isnan(value) else f"{100 * value:.1f}%"
