"""The model card: what a model is, what it was made from, how good it was found to be, and its limits."""

from collections import Counter
from pathlib import Path

from wasim.model.errors import SettingsError
from wasim.model.topic_model import TopicModel
from wasim.training.corpus import Corpus
from wasim.training.evaluation.evaluate import Evaluation
from wasim.training.evaluation.metrics import Metrics
from wasim.training.evaluation.tables import figure, interval


def model_card(model: TopicModel, corpus: Corpus, metrics: Metrics, fingerprint: str) -> str:
    """Write the card, in Markdown."""
    counts = Counter(len(set(labelled.topics)) for labelled in corpus.labelled)
    several = sum(count for topics, count in counts.items() if topics > 1)
    lines = [
        f"# {model.name}",
        "",
        f"Tags Arabic news articles with any of {len(model.topics)} topics: "
        + ", ".join(f"{topic.name_en} ({topic.name_ar})" for topic in model.topics)
        + ".",
        "",
        "## What it is",
        "",
        f"TF-IDF over {len(model.vocabulary):,} terms (light stems and pairs of them), one class-balanced logistic "
        "regression a topic, Platt calibration, one threshold a topic. A score is a sum over terms, so every "
        "explanation is exact.",
        "",
        "## What it was fitted on",
        "",
        f"{len(corpus.labelled):,} articles: {counts[0]:,} without a topic, {counts[1]:,} with one, {several:,} with "
        f"several. Fingerprint `{fingerprint[:16]}`.",
        "",
        "## How good it is",
        "",
        "Cross-validated on its own corpus. Real news is harder: judge it with `wasim evaluate --data` on articles of "
        "your own.",
        "",
        *metrics_table(model, metrics),
        "",
        "## Limits",
        "",
        "- It knows words, not sense: an article that touches on a topic at length without being about it can be "
        "tagged.",
        "- It reads Modern Standard Arabic news. Dialect, poetry and other languages are outside; a text without a "
        "known term gets no topic.",
        "- A tag says what an article is about, not whether what it says is true.",
        "",
    ]
    return "\n".join(lines)


def update_figures(path: Path, model: TopicModel, evaluation: Evaluation) -> None:
    """Write figures into a file's section ``figures``."""
    lenient = f"Without passing mentions: macro-F1 {evaluation.lenient_macro_f1:.3f}. Model `{model.name}`."
    write_between(path, "figures", [*metrics_table(model, evaluation.metrics), "", lenient])


def write_between(path: Path, section: str, lines: list[str]) -> None:
    """Write lines between a file's ``<!-- section -->`` marks, so that no hand copies a number.

    Raises
    ------
    SettingsError
        When the file has no such section.
    """
    start, end = f"<!-- {section} -->", f"<!-- /{section} -->"
    before, found, rest = path.read_text(encoding="utf-8").partition(start)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SettingsError(f"{path} has no section between {start} and {end}. Add the two lines.")
    path.write_text("\n".join([f"{before}{start}", *lines, f"{end}{after}"]), encoding="utf-8")


def metrics_table(model: TopicModel, metrics: Metrics) -> list[str]:
    """Lay figures out as lines of a Markdown table."""
    thresholds = model.calibration.thresholds.tolist()
    overall = metrics.intervals.get("macro_f1")
    return [
        "| topic | articles | precision | recall | F1 | 95 % of F1 | average precision | calibration error "
        "| threshold |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(
            f"| {topic.topic} | {topic.positives} | {figure(topic.precision)} | {figure(topic.recall)} "
            f"| {figure(topic.f1)} | {interval(topic.intervals.get('f1'))} | {figure(topic.average_precision)} "
            f"| {figure(topic.calibration_error)} | {threshold:.3f} |"
            for topic, threshold in zip(metrics.topics, thresholds, strict=True)
        ),
        "",
        f"Macro-F1 {figure(metrics.macro_f1)}, 95 % interval {interval(overall)} (bootstrap over "
        f"{metrics.n_articles:,} articles); macro average precision {figure(metrics.macro_average_precision)}.",
    ]
