"""The model card: what a model is, what it was made from, how good it was found to be, and its limits."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from wasim.model.artifact import FILES, record_judged
from wasim.model.errors import SettingsError
from wasim.model.topic_model import TopicModel
from wasim.training.corpus import Corpus
from wasim.training.evaluation.evaluate import Evaluation
from wasim.training.evaluation.judgement import Judgement
from wasim.training.evaluation.metrics import Metrics
from wasim.training.evaluation.slices import KIND, LENGTH, Slice, measure_slices
from wasim.training.evaluation.tables import figure, interval
from wasim.training.train import TrainedModel

NOT_JUDGED = (
    "Not measured yet. `wasim evaluate --data JUDGED.jsonl --update CARD`, with this file as CARD, measures the model "
    "on articles of yours and writes the figures here."
)


def model_card(trained: TrainedModel, corpus: Corpus) -> str:
    """Write the card, in Markdown."""
    model, provenance = trained.model, trained.provenance
    versions = ", ".join(f"{library} {version}" for library, version in provenance.versions.items())
    lines = [
        f"# {model.name}",
        "",
        f"Tags Arabic news articles with any of {len(model.topics)} topics: "
        + ", ".join(f"{topic.name_en} ({topic.name_ar})" for topic in model.topics)
        + ".",
        "",
        "## What it is for",
        "",
        "Filing, finding and counting news articles in Modern Standard Arabic, alone or with an editor who sees the "
        "words behind each tag. Not for decisions about people, and not for finding out whether news is true.",
        "",
        "## What it is",
        "",
        f"TF-IDF over {len(model.vocabulary):,} terms (light stems and pairs of them), one class-balanced logistic "
        "regression a topic, Platt calibration, one threshold a topic. A score is a sum over terms, so every "
        "explanation is exact.",
        "",
        "## What it was fitted on",
        "",
        *_corpus_lines(corpus),
        "",
        f"Fingerprint of corpus, settings and seed: `{provenance.fingerprint}`. Made with {versions}.",
        "",
        "## How good it is",
        "",
        "On its own corpus, each article judged by a model that was fitted without it:",
        "",
        *metrics_table(model, trained.metrics),
        "",
        "### On real news",
        "",
        "<!-- figures -->",
        NOT_JUDGED,
        "<!-- /figures -->",
        "",
        "## Limits",
        "",
        "Measured by kind of article, on its own corpus as above. All right: the share of articles with every topic "
        "right.",
        "",
        *slice_table(measure_slices(trained.predictions)),
        "",
        "- It knows words, not sense: an article that touches on a topic at length without being about it can be "
        "tagged.",
        "- It reads Modern Standard Arabic news. Dialect, poetry and other languages are outside; a text without a "
        "known term gets no topic.",
        "- News changes, its words too: `wasim evaluate --drift` says how far they have moved, `--split time=DAY` what "
        "that costs.",
        "- A tag says what an article is about, not whether what it says is true.",
        "",
        "## Licences",
        "",
        "wasim is under GPL-3.0-or-later. The model holds words and numbers learned from the corpus; the corpus's own "
        "terms decide who may pass it on.",
        "",
    ]
    return "\n".join(lines)


def _corpus_lines(corpus: Corpus) -> list[str]:
    counts = Counter(len(set(labelled.topics)) for labelled in corpus.labelled)
    several = sum(count for topics, count in counts.items() if topics > 1)
    years = sorted(labelled.known_year for labelled in corpus.labelled if labelled.known_year is not None)
    period = f" Set in {years[0]} to {years[-1]}." if years else ""
    with_topic, mentioned = (
        Counter(topic for labelled in corpus.labelled for topic in getattr(labelled, field))
        for field in ("topics", "mentions")
    )
    return [
        f"{len(corpus.labelled):,} articles: {counts[0]:,} without a topic, {counts[1]:,} with one, {several:,} with "
        f"several.{period}",
        "",
        "| topic | about it | only mention it |",
        "| --- | --- | --- |",
        *(f"| {topic.id} | {with_topic[topic.id]:,} | {mentioned[topic.id]:,} |" for topic in corpus.topics),
    ]


def update_figures(path: Path, judgement: Judgement, data: Path) -> None:
    """Write figures into a file's section ``figures``; where the file is a model's card, into its manifest too.

    Raises
    ------
    SettingsError
        When the file has no such section, or is another model's card.
    """
    model, evaluation = judgement.parts[0].model, judgement.evaluation
    lines = [*metrics_table(model, evaluation.metrics), "", figures_line(model, evaluation)]
    if path.name != FILES.card or not (path.parent / FILES.manifest).is_file():
        write_between(path, "figures", lines)
        return
    if path.parent.name != model.name:
        raise SettingsError(f"{path} is the card of {path.parent.name}, and {model.name} was measured. Name its card.")
    card = between_marks(path, "figures", [*lines, "", *slice_table(evaluation.slices)])
    judged = {
        "data": data.name,
        "metrics": asdict(evaluation.metrics),
        "lenient_macro_f1": evaluation.lenient_macro_f1,
    }
    record_judged(path.parent, card, judged)


def figures_line(model: TopicModel, evaluation: Evaluation) -> str:
    """Say how good a model is when passing mentions are left out."""
    return f"Without passing mentions: macro-F1 {figure(evaluation.lenient_macro_f1)}. Model `{model.name}`."


def split_line(evaluation: Evaluation, rule: str) -> str:
    """Say in a line how well models did that were fitted on one part of a corpus and judged on the other."""
    metrics = evaluation.metrics
    by_topic = ", ".join(f"{topic.topic} {figure(topic.f1)}" for topic in metrics.topics)
    return (
        f"- `--split {rule}`: macro-F1 {figure(metrics.macro_f1)}, 95 % interval "
        f"{interval(metrics.intervals.get('macro_f1'))} ({metrics.n_articles:,} articles judged); F1 {by_topic}."
    )


def write_between(path: Path, section: str, lines: list[str]) -> None:
    """Write lines between a file's ``<!-- section -->`` marks, so that no hand copies a number.

    Raises
    ------
    SettingsError
        When the file has no such section.
    """
    path.write_text(between_marks(path, section, lines), encoding="utf-8")


def between_marks(path: Path, section: str, lines: list[str]) -> str:
    """Return a file's text with other lines in a section; see :func:`write_between`."""
    start, end = f"<!-- {section} -->", f"<!-- /{section} -->"
    before, found, rest = path.read_text(encoding="utf-8").partition(start)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SettingsError(f"{path} has no section between {start} and {end}. Add the two lines.")
    return "\n".join([f"{before}{start}", *lines, f"{end}{after}"])


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


def slice_table(slices: Iterable[Slice]) -> list[str]:
    """Lay figures by length and kind of article out as lines of a Markdown table; the report has the other slices."""
    return [
        "| by | | articles | all right | micro-F1 | 95 % of micro-F1 |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {one.fact} | {one.value.strip()} | {one.metrics.n_articles:,} | {figure(one.metrics.all_right)} "
            f"| {figure(one.metrics.micro_f1)} | {interval(one.metrics.intervals.get('micro_f1'))} |"
            for one in slices
            if one.fact in (LENGTH, KIND)
        ),
    ]
