"""Judging a model on articles that somebody has read: every figure of an evaluation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wasim.model.drift import unknown_share
from wasim.model.topic_model import TopicModel
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.metrics import Labels, Metrics, lenient_macro_f1
from wasim.training.evaluation.predictions import JudgedPart, joined, predict
from wasim.training.evaluation.slices import Slice, measure_slices


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the articles a model can read.

    ``known_words`` is the mean share of an article's words that are terms; ``without_known_term`` counts
    the articles that have none.
    """

    known_words: float
    without_known_term: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures on judged articles.

    Parameters
    ----------
    metrics
        Per topic and overall.
    lenient_macro_f1
        The same when passing mentions are left out.
    confusion
        int64 of shape (n_topics + 1, n_topics + 1); see :func:`confusion_of`.
    coverage
        Of the model's vocabulary.
    slices
        The figures by kind of article.
    not_judged
        Topics of the model that no article has: nothing can be said of them.
    foreign_topics
        How often articles are said to have topics that the model does not know.
    """

    metrics: Metrics
    lenient_macro_f1: float
    confusion: NDArray[np.int64]
    coverage: Coverage
    slices: tuple[Slice, ...]
    not_judged: tuple[str, ...]
    foreign_topics: Mapping[str, int]


def evaluate(model: TopicModel, judged: JudgedArticles) -> Evaluation:
    """Measure a model on judged articles."""
    return evaluate_parts([JudgedPart(model, predict(model, judged))])


def evaluate_parts(parts: Sequence[JudgedPart]) -> Evaluation:
    """Measure models together, each on its own articles."""
    predictions = joined(parts)
    judged, tagged = predictions.judged, predictions.tagged
    topics = zip(predictions.topics, np.atleast_1d(judged.truth.any(axis=0)), strict=True)
    return Evaluation(
        metrics=predictions.measure(),
        lenient_macro_f1=lenient_macro_f1(judged.truth, tagged, judged.passing),
        confusion=confusion_of(judged.truth, tagged),
        coverage=_coverage(parts),
        slices=tuple(measure_slices(predictions)),
        not_judged=tuple(topic for topic, is_there in topics if not is_there),
        foreign_topics=judged.foreign_topics,
    )


def confusion_of(truth: Labels, tagged: Labels) -> NDArray[np.int64]:
    """Count what articles of each topic were taken for.

    Returns
    -------
    int64 of shape (n_topics + 1, n_topics + 1). Row i counts the articles of topic i: on the diagonal those
    tagged with it, in column j those tagged with topic j that they do not have, in the last column those
    that got no topic. The last row counts the articles without a topic.
    """
    nothing_true, nothing_tagged = ~truth.any(axis=1, keepdims=True), ~tagged.any(axis=1, keepdims=True)
    rows = np.hstack([truth, nothing_true]).astype(np.int64)
    wrongly = np.hstack([tagged & ~truth, nothing_tagged]).astype(np.int64)
    counts = rows.T @ wrongly
    n_topics = truth.shape[1]
    counts[np.arange(n_topics), np.arange(n_topics)] = (truth & tagged).sum(axis=0)
    return counts


def _coverage(parts: Iterable[JudgedPart]) -> Coverage:
    sequences = [
        (part.model.vocabulary.read(article.title), part.model.vocabulary.read(article.text))
        for part in parts
        for article in part.predictions.judged.articles
    ]
    return Coverage(
        known_words=float(np.mean([1 - unknown_share(title, text) for title, text in sequences])),
        without_known_term=sum(not len(title.ids) and not len(text.ids) for title, text in sequences),
    )
