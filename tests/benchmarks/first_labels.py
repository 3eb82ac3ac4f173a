"""Simulate topics that begin with no label: how many labels they take by seeds and queue, and how many by chance.

    python tests/benchmarks/first_labels.py --data JUDGED.jsonl [--draws 16]

Each topic of the judged articles in turn is one of a user's own, as in ``wasim topics new``: the model that it is added
to was trained on the corpus without the topic's articles, and knows nothing of it. One half of the judged articles is
the archive, labels hidden. Ten at a time are labelled, and the topic is learned anew; it is measured on the other half.
The first labels go to what the seed words find (tests/benchmarks/seeds, written from the topics' descriptions), until
a column can be learned; the next ones to what ``wasim review queue --topic`` chooses. Two other orders hold against it:
all by chance, and by chance after the same first labels. Writes the table in training/README.md.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the draws already take every core

import joblib
import numpy as np
from label_savings import HEADER, Curves, saving_rows, savings
from review import read_graded

from wasim.model import Topic, TopicModel
from wasim.model.settings import ModelSettings
from wasim.model.vocabulary import TermSequence, Vocabulary
from wasim.training.card import write_between
from wasim.training.corpus import Corpus, LabelledArticle, read_corpus
from wasim.training.evaluation.metrics import macro_f1
from wasim.training.review.candidates import Wanted, queue_archive
from wasim.training.review.pool import PooledArticle
from wasim.training.topics.column import FEWEST_OF_EACH, extend, fit_column
from wasim.training.topics.seeds import queue_by_seeds, read_seeds
from wasim.training.train import train

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "training" / "README.md"
SEEDS = Path(__file__).parent / "seeds"
LABELS_AT_ONCE = 10
COUNTS = tuple(range(LABELS_AT_ONCE, 130, LABELS_AT_ONCE))
COMPARED = (60, 80, 100, 120)


class ReadOnce(Vocabulary):
    """A vocabulary that remembers what it has read: every step reads the same articles."""

    def __init__(self, known: Vocabulary, settings: ModelSettings) -> None:
        super().__init__(known.terms, settings)
        self._read: dict[str, TermSequence] = {}

    def read(self, text: str) -> TermSequence:
        """Read a text, the first time."""
        if text not in self._read:
            self._read[text] = super().read(text)
        return self._read[text]


class Order(StrEnum):
    """In which order an archive is labelled."""

    CHANCE = "chance alone"
    SEEDS_THEN_CHANCE = "seeds, then chance"
    SEEDS_THEN_QUEUE = "seeds, then queue"


@dataclass(frozen=True, slots=True)
class Beginning:
    """A topic that nobody has labelled, and the model that it will be added to."""

    topic: Topic
    model: TopicModel


def main() -> None:
    """Simulate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=16)
    arguments = parser.parse_args()
    corpus, judged = read_corpus([ROOT / "training" / "corpus"]), read_graded(arguments.data)
    beginnings = [begin(corpus, topic) for topic in corpus.topics]
    runs = joblib.Parallel(n_jobs=-1)(
        joblib.delayed(f1_curve)(beginning, judged, seed, order)
        for beginning in beginnings
        for seed in range(arguments.draws)
        for order in Order
    )
    shape = len(beginnings), arguments.draws, len(Order), len(COUNTS)
    rows = report(np.array(runs).reshape(shape), [beginning.topic.id for beginning in beginnings], len(judged))
    write_between(README, "first-labels", rows)
    print("\n".join(rows))


def begin(corpus: Corpus, topic: Topic) -> Beginning:
    """Train a model that has seen no article with the topic, and none that mentions it."""
    others = tuple(other for other in corpus.topics if other != topic)
    rows = (one for one in corpus.labelled if topic.id not in (*one.topics, *one.mentions))
    model = train(Corpus(others, tuple(rows))).model
    return Beginning(topic, replace(model, vocabulary=ReadOnce(model.vocabulary, model.settings)))


def f1_curve(beginning: Beginning, judged: Sequence[LabelledArticle], seed: int, order: Order) -> list[float]:
    """Label one half of the articles in an order, and measure on the other one after each step.

    Before there are five articles with the topic nothing can be learned, and nothing is tagged: F1 is 0.
    """
    halves = np.array_split(np.random.default_rng(seed).permutation(len(judged)), 2)
    archive, unseen = ([judged[row] for row in half] for half in halves)
    topic, model = beginning.topic, beginning.model
    truth = np.array([[topic.id in one.topics] for one in unseen])
    pool = {one.id: PooledArticle(one.id, one.article) for one in archive}
    by_chance = [archive[row].id for row in np.random.default_rng(seed + 1).permutation(len(archive))]
    by_seeds = by_chance
    if order is not Order.CHANCE:
        seeds = read_seeds(SEEDS / f"{topic.id}.txt", model.settings)
        by_seeds = [one.id for one in queue_by_seeds(model, seeds, pool.values, len(pool)).queue]
    labelled: list[LabelledArticle] = []
    extended: TopicModel | None = None
    curve = []
    for count in COUNTS:
        known = frozenset(one.id for one in labelled)
        following = by_seeds if extended is None else by_chance
        if extended is not None and order is Order.SEEDS_THEN_QUEUE:
            wanted = Wanted(LABELS_AT_ONCE, frozenset({topic.id}), known)
            # Near-equal ones are left out of a queue; here others follow, so that every step has as many labels.
            following = [*(one.id for one in queue_archive(extended, pool.values(), wanted)[0]), *by_chance]
        chosen = [one for one in dict.fromkeys(following) if one not in known][: count - len(labelled)]
        labelled += [one for one in archive if one.id in chosen]
        n_positives = sum(topic.id in one.topics for one in labelled)
        if FEWEST_OF_EACH <= n_positives <= len(labelled) - FEWEST_OF_EACH:
            extended = extend(model, fit_column(model, topic.id, Corpus((topic,), tuple(labelled))))
        curve.append(0.0 if extended is None else f1_of_last_topic(extended, unseen, truth))
    return curve


def f1_of_last_topic(model: TopicModel, unseen: Sequence[LabelledArticle], truth: np.ndarray) -> float:
    """Measure a model's last topic."""
    probabilities = model.probabilities(model.score([one.article for one in unseen]))
    return macro_f1(truth, (probabilities >= model.calibration.thresholds)[:, -1:])


def report(curves: Curves, topics: Sequence[str], n_judged: int) -> list[str]:
    """Lay curves of shape (n_topics, n_draws, n_orders, n_steps) out; a draw counts as the mean of its topics."""
    orders = list(Order)
    queue = orders.index(Order.SEEDS_THEN_QUEUE)
    rows = list(HEADER)
    for order in (Order.CHANCE, Order.SEEDS_THEN_CHANCE):
        both = (curves[:, :, one].mean(axis=0) for one in (orders.index(order), queue))
        rows += saving_rows(savings(COUNTS, *both, COMPARED), order)
    by_topic = ", ".join(
        f"{topic} {found.share:.0%} ({found.f1:.2f})"
        for topic, own in zip(topics, curves, strict=True)
        for found in savings(COUNTS, own[:, orders.index(Order.CHANCE)], own[:, queue], (COMPARED[-1],))
    )
    return [
        *rows,
        "",
        f"Means of the {len(topics)} topics and of {curves.shape[1]} draws of the halves of {n_judged} real articles; "
        f"{LABELS_AT_ONCE} labels at once. Labels saved on the way to the F1 of {COMPARED[-1]} by chance alone, by "
        f"topic: {by_topic}.",
    ]


if __name__ == "__main__":
    main()
