"""What the command prints for people."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from wasim.model import Article, Classification, TopicModel

_TERMS_SHOWN = 8
_PASSAGE_SHOWN = 160


def print_answer(console: Console, article: Article, answer: Classification, model: TopicModel) -> None:
    """Print every topic's probability, and the words and the passage behind it where they were asked for."""
    table = Table("topic", "probability", "threshold", "tagged", caption=f"model {model.name}")
    for topic, scored in zip(model.topics, answer.scored, strict=True):
        tagged = "yes" if scored.tagged else ""
        table.add_row(f"{topic.id} {topic.name_ar}", f"{scored.probability:.3f}", f"{scored.threshold:.3f}", tagged)
    console.print(table)
    if not answer.topics:
        console.print("No topic.")
    for scored in answer.scored:
        if scored.terms:
            words = Table("term", "contribution", "times", title=f"{scored.topic}: score {scored.score:+.2f}")
            words.add_row("(bias)", f"{scored.bias:+.3f}", "")
            for term in scored.terms[:_TERMS_SHOWN]:
                words.add_row(term.text, f"{term.contribution:+.3f}", str(len(term.spans)))
            rest = sum(term.contribution for term in scored.terms[_TERMS_SHOWN:])
            words.add_row(f"({max(len(scored.terms) - _TERMS_SHOWN, 0)} more)", f"{rest:+.3f}", "")
            console.print(words)
            if scored.passage is not None:
                passage = article.text[scored.passage.start : scored.passage.end]
                console.print(f"best passage, from character {scored.passage.start:,}: {passage[:_PASSAGE_SHOWN]}…")


def print_models(console: Console, manifests: Sequence[dict[str, Any]], current: str | None) -> None:
    """Print the models of an artifacts folder."""
    table = Table("", "model", "topics", "articles", "macro-F1 (cross-validated)")
    for manifest in manifests:
        table.add_row(
            "in use" if manifest["name"] == current else "",
            manifest["name"],
            ", ".join(topic["id"] for topic in manifest["topics"]),
            f"{manifest['n_articles']:,}",
            f"{manifest['metrics']['macro_f1']:.3f}",
        )
    console.print(table)
