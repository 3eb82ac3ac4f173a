"""What an evaluation looks like in a terminal."""

from collections.abc import Iterator
from itertools import groupby
from math import isnan

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from wasim.training.evaluation.bootstrap import Interval
from wasim.training.evaluation.drift import ArchiveDrift
from wasim.training.evaluation.evaluate import Evaluation
from wasim.training.evaluation.metrics import Metrics

NOT_MEASURED = "n/a"
TOPIC_FIGURES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "average_precision": "AP",
    "calibration_error": "ECE",
}
OVERALL_FIGURES = {
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "macro_f1": "macro-F1",
    "macro_average_precision": "macro-AP",
    "micro_precision": "micro precision",
    "micro_recall": "micro recall",
    "micro_f1": "micro-F1",
    "article_f1": "F1 per article",
    "all_right": "articles with all topics right",
    "without_topic": "articles without a topic",
}


def figure(value: float) -> str:
    """Write a figure with three digits, or that there is none."""
    return NOT_MEASURED if isnan(value) else f"{value:.3f}"


def interval(found: Interval | None) -> str:
    """Write an interval, or that there is none."""
    return NOT_MEASURED if found is None or isnan(found.low) else f"{found.low:.3f} to {found.high:.3f}"


def print_metrics(console: Console, metrics: Metrics, title: str) -> None:
    """Print figures per topic, with the interval of each F1, and the overall ones; JSON has the others."""
    caption = "AP: average precision; ECE: expected calibration error"
    table = _table("topic", "articles", *TOPIC_FIGURES.values(), "95 % of F1", title=title, caption=caption)
    for topic in metrics.topics:
        values = (figure(getattr(topic, name)) for name in TOPIC_FIGURES)
        table.add_row(topic.topic, f"{topic.positives:,}", *values, interval(topic.intervals.get("f1")))
    console.print(table)
    overall = _table("overall", "", "95 % interval")
    for name, label in OVERALL_FIGURES.items():
        overall.add_row(label, figure(getattr(metrics, name)), interval(metrics.intervals.get(name)))
    console.print(overall)


def print_evaluation(console: Console, evaluation: Evaluation, title: str) -> None:
    """Print everything that an evaluation found; F1 by slice and topic is in JSON and in the report."""
    print_metrics(console, evaluation.metrics, title)
    console.print(f"without passing mentions: macro-F1 {figure(evaluation.lenient_macro_f1)}")
    console.print(
        f"known words: {evaluation.coverage.known_words:.1%}; "
        f"articles without a known term: {evaluation.coverage.without_known_term:,}"
    )
    names = [topic.topic for topic in evaluation.metrics.topics] + ["no topic"]
    confusion = _table("articles of", *names, title="tagged as")
    for name, counts in zip(names, evaluation.confusion.tolist(), strict=True):
        confusion.add_row(name, *(f"{count:,}" for count in counts))
    console.print(confusion)
    slices = _table("by", "", "articles", "all right", "micro-F1", "95 % interval")
    for fact, found in groupby(evaluation.slices, key=lambda one: one.fact):
        for number, one in enumerate(found):
            figures = figure(one.metrics.all_right), figure(one.metrics.micro_f1)
            f1_interval = interval(one.metrics.intervals.get("micro_f1"))
            name = "" if number else fact
            slices.add_row(name, one.value, f"{one.metrics.n_articles:,}", *figures, f1_interval)
        slices.add_section()
    console.print(slices)
    for warning in warnings_of(evaluation):
        console.print(warning, style="yellow")


def print_drift(console: Console, found: ArchiveDrift) -> None:
    """Print how far articles have moved, and by which words."""
    report = found.report
    quantities = {f"probability of {topic}": shift for topic, shift in report.probabilities.items()}
    quantities |= {
        "number of topics": report.topics_found,
        "length": report.length,
        "unknown words": report.unknown_words,
    }
    shifts = _table("moved", "PSI", "by chance up to", "", title=f"{report.n_articles:,} articles")
    for name, shift in quantities.items():
        psi, chance = (NOT_MEASURED if value is None else f"{value:.3f}" for value in (shift.psi, shift.chance))
        shifts.add_row(name, psi, chance, "notable" if shift.is_notable else "")
    console.print(shifts)
    if report.moved_terms:
        terms = _table("term", "expected", "found", "speaks", title="terms that moved, as shares of articles")
        for term in report.moved_terms:
            speaks = f"{'for' if term.weight > 0 else 'against'} {term.topic}"
            terms.add_row(term.text, f"{term.expected:.1%}", f"{term.observed:.1%}", speaks)
        console.print(terms)
    if found.new_words:
        words = _table("word", "expected", "found", title="words that the model does not know")
        for word in found.new_words:
            words.add_row(word.stem, f"{word.expected:.1%}", f"{word.observed:.1%}")
        console.print(words)
    if found.n_bad:
        console.print(f"{found.n_bad:,} lines were no article", style="yellow")


def _table(first: str, *others: str, title: str | None = None, caption: str | None = None) -> Table:
    table = Table(first, *others, title=title, caption=caption, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.title_justify = table.caption_justify = "left"
    for column in table.columns:
        column.no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def warnings_of(evaluation: Evaluation) -> Iterator[str]:
    """Say what the articles could not measure."""
    if evaluation.not_judged:
        yield f"no article is about {', '.join(evaluation.not_judged)}: not measured, and not in the macro figures"
    for topic, count in evaluation.foreign_topics.items():
        yield f"{count:,} articles are about {topic}, which the model does not know: not measured. Is it spelt right?"
