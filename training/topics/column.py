"""One more topic for a model that is there: a column of weights beside the others, which stay as they are.

The vocabulary and the weights of terms stay too. New terms would change the length of every article's row, and
with it every other topic's score.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from wasim.model.artifact import GoldenArticle, Provenance, drift_reference, golden_articles, read_manifest
from wasim.model.calibration import Calibration
from wasim.model.drift import PROBABILITY_EDGES, DriftReference
from wasim.model.errors import CorpusTooSmallError, SettingsError
from wasim.model.histogram import Histogram
from wasim.model.scoring import LinearWeights, blend
from wasim.model.topic_model import TopicModel
from wasim.model.topics import Topic
from wasim.training.calibrate import OperatingPoint, calibrate
from wasim.training.corpus import Corpus
from wasim.training.evaluation.metrics import TopicMetrics, measure
from wasim.training.fit import FitSettings, Targets, count_terms, fit_columns, weigh_terms
from wasim.training.folds import N_FOLDS, split
from wasim.training.train import targets_of

AS_LABELLED = FitSettings(mention_weight=1.0)
"""Labels of an archive have passing mentions as often as the news has, and a queue's more often than that: no more
weight, other than for a corpus written for training. A few that counted six times could turn a young column round."""

FEWEST_OF_EACH = N_FOLDS
"""Articles with the topic, and without it, that a column needs: one a fold."""


@dataclass(frozen=True, slots=True)
class Column:
    """What was learned about one topic: weights of shape (n_terms, 1), its calibration, and held-out figures."""

    topic: Topic
    linear: LinearWeights
    calibration: Calibration
    figures: TopicMetrics
    probabilities: NDArray[np.float64]


def fit_column(
    model: TopicModel,
    topic_id: str,
    corpus: Corpus,
    fit: FitSettings | None = None,
    operating_point: OperatingPoint | None = None,
) -> Column:
    """Learn one topic on the terms of a model.

    Parameters
    ----------
    model
        Stays as it is.
    topic_id
        A topic that the corpus defines and the model does not know.
    corpus
        At least five articles with the topic and five without; its other topics are not looked at.
    fit, operating_point
        As for :func:`wasim.training.train.train`; by default passing mentions weigh no more than other articles.

    Raises
    ------
    SettingsError
        When the model has the topic, or the corpus has not.
    CorpusTooSmallError
        When there are too few articles; names the counts.
    """
    fit, operating_point = fit or AS_LABELLED, operating_point or OperatingPoint()
    column = _column_of(model, topic_id, corpus)
    whole = targets_of(corpus, fit)
    targets = Targets(whole.labels[:, [column]], whole.weights[:, [column]])
    positives, articles = int(targets.labels.sum()), corpus.articles
    if not FEWEST_OF_EACH <= positives <= len(articles) - FEWEST_OF_EACH:
        raise CorpusTooSmallError(
            f"{topic_id} has {positives} articles with it and {len(articles) - positives} without. Each number must "
            f"be {FEWEST_OF_EACH} or more: label more."
        )
    scores = _held_out_scores(model, corpus, targets, fit)
    calibration = calibrate(np.vstack([scores, scores]), _softened(targets), operating_point)
    probabilities = calibration.probabilities(scores)
    tagged = probabilities >= calibration.thresholds
    figures = measure([topic_id], targets.labels, tagged, probabilities).topics[0]
    rows = weigh_terms(count_terms(articles, model.vocabulary, model.settings), model.linear.idf)
    linear = LinearWeights(model.linear.idf, *fit_columns(rows, targets, fit))
    return Column(corpus.topics[column], linear, calibration, figures, probabilities[:, 0])


def extend(model: TopicModel, column: Column, name: str | None = None) -> TopicModel:
    """Put a column beside a model's own; every other topic is answered as before."""
    weights = np.hstack([model.linear.weights, column.linear.weights])
    bias = np.concatenate([model.linear.bias, column.linear.bias])
    own, new = model.calibration, column.calibration
    calibration = Calibration(
        np.concatenate([own.slopes, new.slopes]),
        np.concatenate([own.offsets, new.offsets]),
        np.concatenate([own.thresholds, new.thresholds]),
    )
    learned = (weights, bias, calibration.slopes, calibration.offsets, calibration.thresholds)
    digest = hashlib.sha256(b"".join(array.tobytes() for array in learned)).hexdigest()
    return replace(
        model,
        name=name or f"news-{digest[:10]}",
        topics=(*model.topics, column.topic),
        linear=LinearWeights(model.linear.idf, weights, bias),
        calibration=calibration,
    )


def without_topic(model: TopicModel, topic_id: str) -> TopicModel:
    """Take a topic out of a model, so that it can be learned anew; a model without it stays as it is."""
    kept = [column for column, topic in enumerate(model.topics) if topic.id != topic_id]
    own = model.calibration
    return replace(
        model,
        topics=tuple(model.topics[column] for column in kept),
        linear=LinearWeights(model.linear.idf, model.linear.weights[:, kept], model.linear.bias[kept]),
        calibration=Calibration(own.slopes[kept], own.offsets[kept], own.thresholds[kept]),
    )


def provenance_of(artifact: Path, model: TopicModel, column: Column, corpus: Corpus) -> Provenance:
    """Say where an extended model comes from: the artifact that was extended, and the labels of the column."""
    manifest = read_manifest(artifact)
    origin = [manifest["fingerprint"], corpus.fingerprint, column.topic.id]
    tried = [golden.article for golden in golden_articles(artifact)]
    tried += [row.article for row in corpus.labelled if column.topic.id in row.topics][:1]
    answers = model.classify(tried)
    return Provenance(
        fingerprint=hashlib.sha256(orjson.dumps(origin)).hexdigest(),
        n_articles=manifest["n_articles"] + len(corpus.labelled),
        metrics=_joined_metrics(manifest["metrics"], column.figures),
        versions=manifest["versions"],
        golden=tuple(GoldenArticle(article, answer.topics) for article, answer in zip(tried, answers, strict=True)),
        drift=_joined_drift(drift_reference(artifact), column),
    )


def extended_card(card: str, model: TopicModel, column: Column, n_labelled: int) -> str:
    """Add a column's section to a model's card, in the place of an earlier one about the topic."""
    figures, title = column.figures, f"Added: {column.topic.name_en} ({column.topic.name_ar})"
    _, _, rest = card.partition("\n")
    sections = [section for section in rest.split("\n## ") if not section.startswith(title)]
    return "\n".join(
        [
            f"# {model.name}",
            "\n## ".join(sections).rstrip(),
            "",
            f"## {title}",
            "",
            f"Learned on {n_labelled:,} labelled articles, {figures.positives:,} of them with the topic, on the terms "
            "that the model had; its other topics are as above. Cross-validated on the same articles: precision "
            f"{figures.precision:.3f}, recall {figures.recall:.3f}, F1 {figures.f1:.3f}; they were chosen to be "
            "labelled, so judge it on others.",
            "",
        ]
    )


def _column_of(model: TopicModel, topic_id: str, corpus: Corpus) -> int:
    if topic_id in [topic.id for topic in model.topics]:
        raise SettingsError(f"{model.name} knows {topic_id} already. Add --again to learn it anew.")
    ids = [topic.id for topic in corpus.topics]
    if topic_id not in ids:
        raise SettingsError(
            f"the labels define {', '.join(ids)}, not {topic_id}. Begin with wasim topics new {topic_id}."
        )
    return ids.index(topic_id)


def _held_out_scores(model: TopicModel, corpus: Corpus, targets: Targets, fit: FitSettings) -> NDArray[np.float64]:
    """Score each article by a column that was fitted without it, passages and all: of shape (n_articles, 1)."""
    rows = weigh_terms(count_terms(corpus.articles, model.vocabulary, model.settings), model.linear.idf)
    read = [(model.vocabulary.read(row.title), model.vocabulary.read(row.text)) for row in corpus.labelled]
    scores = np.empty(targets.labels.shape)
    for known, unseen in split(targets.labels, fit.seed):
        linear = LinearWeights(model.linear.idf, *fit_columns(rows[known], targets.at(known), fit))
        scores[unseen] = blend([read[row] for row in unseen], linear, model.settings).scores
    return scores


def _softened(targets: Targets) -> Targets:
    """Count each article a little as its opposite, so that a few that are cut cleanly don't promise certainty.

    Returns
    -------
    Twice as many rows: the articles, then the same ones with the other label.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999, 2.2.
    """
    n_positives = targets.labels.sum(axis=0)
    n_negatives = len(targets.labels) - n_positives
    belief = np.where(targets.labels, (n_positives + 1) / (n_positives + 2), (n_negatives + 1) / (n_negatives + 2))
    return Targets(
        np.vstack([targets.labels, ~targets.labels]),
        np.vstack([targets.weights * belief, targets.weights * (1 - belief)]),
    )


def _joined_metrics(metrics: Mapping[str, Any], figures: TopicMetrics) -> dict[str, Any]:
    """Join the topics' figures; of the overall ones only means, for the topics were measured on different articles."""
    topics = [*(topic for topic in metrics["topics"] if topic["topic"] != figures.topic), asdict(figures)]
    means = {
        f"macro_{name}": float(np.mean([topic[name] for topic in topics if topic[name] is not None]))
        for name in ("f1", "average_precision")
    }
    return {"n_articles": metrics["n_articles"], "topics": topics, **means}


def _joined_drift(reference: DriftReference | None, column: Column) -> DriftReference | None:
    if reference is None:
        return None
    own = {column.topic.id: Histogram.of(column.probabilities, PROBABILITY_EDGES)}
    return replace(reference, probabilities={**reference.probabilities, **own})
