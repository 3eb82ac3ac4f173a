"""Simulate reviewing real articles: how many labels it takes in the queue's order, and how many in random order.

    python tests/benchmarks/review.py --data JUDGED.jsonl [--seeds 16]

A model of a small part of the corpus meets an archive: one half of the judged articles, labels hidden. Twenty at a
time are labelled, in one order or the other, and a new model is trained with them; it is measured on the other half.
Every seed draws the halves and the part anew. The queue is that of ``wasim review queue`` without ``--corpus``: a
committee would cost as much again as all the rest. Writes the table in training/README.md.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the seeds already take every core

import joblib
import numpy as np
import orjson
from label_savings import HEADER, Curves, saving_rows, savings

from wasim.model import TopicModel
from wasim.training.card import write_between
from wasim.training.corpus import Corpus, LabelledArticle, membership, read_corpus
from wasim.training.evaluation.metrics import macro_f1
from wasim.training.review.candidates import Wanted, queue_archive
from wasim.training.review.pool import PooledArticle
from wasim.training.train import FEWEST_ARTICLES_OF_A_TOPIC, train

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "training" / "README.md"
STARTING_ARTICLES = 200
LABELS_AT_ONCE = 20
COUNTS = tuple(range(0, 121, LABELS_AT_ONCE))
COMPARED = (60, 80, 100, 120)


@dataclass(frozen=True)
class Simulation:
    """One draw of halves and of a starting corpus."""

    start: Corpus
    archive: tuple[LabelledArticle, ...]
    unseen: tuple[LabelledArticle, ...]
    seed: int


def main() -> None:
    """Simulate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=16)
    arguments = parser.parse_args()
    corpus, judged = read_corpus([ROOT / "training" / "corpus"]), read_graded(arguments.data)
    simulations = [draw(corpus, judged, seed) for seed in range(arguments.seeds)]
    runs = joblib.Parallel(n_jobs=-1)(
        joblib.delayed(f1_curve)(simulation, by_queue=by_queue)
        for simulation in simulations
        for by_queue in (False, True)
    )
    random, queued = np.array(runs[::2]), np.array(runs[1::2])
    rows = report(random, queued, len(judged))
    write_between(README, "review", rows)
    print("\n".join(rows))


def read_graded(file: Path) -> list[LabelledArticle]:
    """Read judged articles with their passing mentions, as a reviewer would label them."""
    rows = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    return [
        LabelledArticle(
            id=row["id"],
            title=row["title"],
            text=row["text"],
            topics=tuple(topic for topic, grade in row["grades"].items() if grade == 2),
            mentions=tuple(topic for topic, grade in row["grades"].items() if grade == 1),
        )
        for row in rows
    ]


def draw(corpus: Corpus, judged: Sequence[LabelledArticle], seed: int) -> Simulation:
    """Draw the halves, and a part of the corpus in which each topic can be trained."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(judged))
    archive, unseen = (tuple(judged[row] for row in half) for half in np.array_split(order, 2))
    while True:
        rows = chance.permutation(len(corpus.labelled))[:STARTING_ARTICLES]
        start = Corpus(corpus.topics, tuple(corpus.labelled[row] for row in rows))
        if start.labels.sum(axis=0).min() >= FEWEST_ARTICLES_OF_A_TOPIC:
            return Simulation(start, archive, unseen, seed)


def f1_curve(simulation: Simulation, *, by_queue: bool) -> list[float]:
    """Label the archive in one of the orders, and measure after each step."""
    corpus, left = simulation.start, list(simulation.archive)
    chance = np.random.default_rng(simulation.seed)
    truth = membership(corpus.topics, [labelled.topics for labelled in simulation.unseen])
    articles = [labelled.article for labelled in simulation.unseen]
    curve = []
    for _ in COUNTS:
        model = train(corpus).model
        tagged = model.probabilities(model.score(articles)) >= model.calibration.thresholds
        curve.append(macro_f1(truth, tagged))
        chosen = next_ids(model, left) if by_queue else [left[row].id for row in chance.permutation(len(left))]
        wanted = set(chosen[:LABELS_AT_ONCE])
        corpus = Corpus(corpus.topics, (*corpus.labelled, *(one for one in left if one.id in wanted)))
        left = [one for one in left if one.id not in wanted]
    return curve


def next_ids(model: TopicModel, left: Sequence[LabelledArticle]) -> list[str]:
    """Ask the queue for the articles to label next."""
    pool = (PooledArticle(labelled.id, labelled.article) for labelled in left)
    queue, _ = queue_archive(model, pool, Wanted(LABELS_AT_ONCE))
    # Near-equal ones are left out of a queue; here they follow, so that every step has as many labels.
    return list(dict.fromkeys([*(queued.id for queued in queue), *(labelled.id for labelled in left)]))


def report(random: Curves, queued: Curves, n_judged: int) -> list[str]:
    """Lay curves of shape (n_seeds, n_steps) out."""
    return [
        *HEADER,
        *saving_rows(savings(COUNTS, random, queued, COMPARED), "chance alone"),
        "",
        f"Without a label {random[:, 0].mean():.3f}. Means of {len(random)} draws, each of the halves of {n_judged} "
        f"real articles and of {STARTING_ARTICLES} articles to start from; {LABELS_AT_ONCE} labels at once.",
    ]


if __name__ == "__main__":
    main()
