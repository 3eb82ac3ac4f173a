"""Measure what the tutorial's topic reaches after some labels, and write the table in training/README.md.

    python tests/benchmarks/own_topic.py [--draws 20]

A third of the tutorial's articles is put aside to measure on; the rest is the archive. The first labels go to what the
seed words find, the next ones to what ``wasim review queue`` chooses by the model of the labels before.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from wasim.model import Article, Topic, TopicModel
from wasim.training.card import write_between
from wasim.training.corpus import Corpus, LabelledArticle
from wasim.training.review.candidates import Wanted, queue_archive
from wasim.training.review.pool import PooledArticle
from wasim.training.topics.column import extend, fit_column
from wasim.training.topics.seeds import queue_by_seeds, read_seeds

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "training" / "tutorial"
README = ROOT / "training" / "README.md"
CLIMATE = Topic("climate", "المناخ", "Climate")
LABELS = (20, 50, 100)


@dataclass(frozen=True)
class Figures:
    """What one model reaches on the articles that were put aside."""

    precision: float
    recall: float
    f1: float
    average_precision: float


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20)
    draws = parser.parse_args().draws
    model = TopicModel.load(ROOT / "artifacts")
    articles = read_tutorial()
    found = [figures_of_draw(model, articles, seed) for seed in range(draws)]
    rows = ["| labels | precision | recall | F1 | F1 in 90 % of draws | AP |", "| --- | --- | --- | --- | --- | --- |"]
    for step, count in enumerate(LABELS):
        own = [figures[step] for figures in found]
        low, high = np.percentile([one.f1 for one in own], [5, 95])
        precision, recall, f1, average = np.mean(
            [[one.precision, one.recall, one.f1, one.average_precision] for one in own], axis=0
        )
        rows.append(
            f"| {count} | {precision:.2f} | {recall:.2f} | {f1:.2f} | {low:.2f} to {high:.2f} | {average:.2f} |"
        )
    n_unseen = len(articles) // 3
    rows += ["", f"Means of {draws} draws of {n_unseen} articles put aside from {len(articles)}; model `{model.name}`."]
    write_between(README, "own-topic", rows)
    print("\n".join(rows))


def read_tutorial() -> list[LabelledArticle]:
    """Read the tutorial's articles with the truth about them."""
    archive, truth = (
        [orjson.loads(line) for line in (TUTORIAL / name).read_bytes().splitlines()]
        for name in ("archive.jsonl", "truth.jsonl")
    )
    return [LabelledArticle(**row, **answer) for row, answer in zip(archive, _without_ids(truth), strict=True)]


def figures_of_draw(model: TopicModel, articles: Sequence[LabelledArticle], seed: int) -> list[Figures]:
    """Put a third aside, label the rest step by step, and measure after each step."""
    order = np.random.default_rng(seed).permutation(len(articles))
    unseen, archive = ([articles[row] for row in part] for part in np.split(order, [len(articles) // 3]))
    truth = {labelled.id: labelled for labelled in archive}
    pool = [PooledArticle(labelled.id, labelled.article) for labelled in archive]
    seeds = read_seeds(TUTORIAL / "seeds.txt", model.settings)
    ids = [queued.id for queued in queue_by_seeds(model, seeds, lambda: pool, LABELS[0]).queue]
    figures: list[Figures] = []
    extended = model
    for count in LABELS:
        if figures:
            wanted = Wanted(count - len(ids), frozenset({CLIMATE.id}), frozenset(ids))
            ids += [queued.id for queued in queue_archive(extended, pool, wanted)[0]]
        corpus = Corpus((CLIMATE,), tuple(truth[one] for one in ids))
        extended = extend(model, fit_column(model, CLIMATE.id, corpus))
        figures.append(measure(extended, unseen))
    return figures


def measure(model: TopicModel, unseen: Sequence[LabelledArticle]) -> Figures:
    """Measure the model's last topic."""
    answers = model.classify(Article(labelled.title, labelled.text) for labelled in unseen)
    belongs = [CLIMATE.id in labelled.topics for labelled in unseen]
    tagged = [CLIMATE.id in answer.topics for answer in answers]
    precision, recall, f1, _ = precision_recall_fscore_support(belongs, tagged, average="binary", zero_division=0.0)
    average = average_precision_score(belongs, [answer.probabilities[CLIMATE.id] for answer in answers])
    return Figures(float(precision), float(recall), float(f1), float(average))


def _without_ids(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


if __name__ == "__main__":
    main()
