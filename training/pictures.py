"""The drawings that a model takes along: how good it was found to be, for its card and for the page."""

from wasim.training.evaluation.charts import page_svg, precision_recall_figure, reliability_figure, threshold_figure
from wasim.training.train import TrainedModel

# A picture in a page knows nothing of the page's colours, only of the light that its reader chose.
_STYLE = """<style>
svg { color: #1c232d; --series-1: #0a615c; --series-2: #c96f12; --series-3: #2c68cc; --series-4: #8a3ec8;
  --series-5: #9a6b00; --series-6: #0b7285; --series-7: #b81e63; --series-8: #5d5d5d }
@media (prefers-color-scheme: dark) { svg { color: #e8e6e0; --series-1: #6ecbc1; --series-2: #f0a04b;
  --series-3: #5b9bf5; --series-4: #c79bff; --series-5: #e3bd5c; --series-6: #5fc7db; --series-7: #ff8dbb;
  --series-8: #b8b8b8 } }
</style>"""


def pictures_of(trained: TrainedModel) -> dict[str, str]:
    """Draw how good a model was found to be on articles that it was fitted without.

    Returns
    -------
    SVG by the file's name: precision over recall, promised and observed probability, and what other
    thresholds would do.
    """
    model, predictions = trained.model, trained.predictions
    names = [f"{topic.name_en} · {topic.name_ar}" for topic in model.topics]
    figures = {
        "precision-recall": precision_recall_figure(predictions, names),
        "reliability": reliability_figure(predictions, names),
        "thresholds": threshold_figure(predictions, names, model.calibration.thresholds.tolist()),
    }
    return {f"{name}.svg": _styled(page_svg(figure, name)) for name, figure in figures.items()}


def _styled(svg: str) -> str:
    head, end, rest = svg.partition(">")
    return f"{head}{end}{_STYLE}{rest}"
