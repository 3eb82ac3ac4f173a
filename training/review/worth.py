"""How much an article is worth reading: what a person's label would tell that the model does not know."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wasim.model.article import Article
from wasim.model.drift import unknown_share
from wasim.model.errors import ArtifactCorruptError, SettingsError
from wasim.model.topic_model import TopicModel
from wasim.training.review.committee import disagreement

UNCERTAINTY, DISAGREEMENT, NOVELTY = 0.6, 0.3, 0.1
"""What each counts in the worth of an article without labels; they add up to 1."""

_WORTH_TELLING = 0.3


@dataclass(frozen=True, slots=True)
class Worth:
    """What speaks for reading articles; every figure lies in [0, 1].

    Parameters
    ----------
    probabilities
        Of shape (n_articles, n_topics).
    uncertainty
        The same shape; 1 at the topic's threshold, 0 at certainty.
    disagreement
        The same shape; how far a committee's members lie apart, 0 without one.
    novelty
        Of shape (n_articles,); the share of words that the model does not know.
    """

    probabilities: NDArray[np.float64]
    uncertainty: NDArray[np.float64]
    disagreement: NDArray[np.float64]
    novelty: NDArray[np.float64]

    @property
    def total(self) -> NDArray[np.float64]:
        """The worth of each article, of shape (n_articles,); the topic that speaks most for it decides."""
        return np.asarray(self._by_topic.max(axis=1) + NOVELTY * self.novelty)

    @property
    def topics(self) -> NDArray[np.int64]:
        """The topic that speaks most for each article, of shape (n_articles,)."""
        return np.asarray(self._by_topic.argmax(axis=1), dtype=np.int64)

    @property
    def _by_topic(self) -> NDArray[np.float64]:
        return UNCERTAINTY * self.uncertainty + DISAGREEMENT * self.disagreement

    def reasons(self, row: int, model: TopicModel) -> list[str]:
        """Say in words what speaks for one article, the strongest first for each kind."""
        reasons = []
        topic = int(self.uncertainty[row].argmax())
        if self.uncertainty[row, topic] >= _WORTH_TELLING:
            threshold = model.calibration.thresholds[topic]
            reasons.append(f"{model.topics[topic].id} {self.probabilities[row, topic]:.2f}, threshold {threshold:.2f}")
        topic = int(self.disagreement[row].argmax())
        if self.disagreement[row, topic] >= _WORTH_TELLING:
            reasons.append(f"models of other folds differ about {model.topics[topic].id}")
        if self.novelty[row] >= _WORTH_TELLING:
            reasons.append(f"{self.novelty[row]:.0%} of its words are unknown")
        return reasons


def worth(
    model: TopicModel,
    articles: Sequence[Article],
    committee: Sequence[TopicModel] = (),
    topics: Collection[str] = (),
) -> Worth:
    """Find what speaks for reading each of some articles.

    Parameters
    ----------
    model
        The one in use.
    articles
        One or more.
    committee
        As :func:`wasim.training.review.committee.fit_committee` makes it; without members nobody disagrees.
    topics
        The only ones that count, by id; all when there are none.

    Raises
    ------
    ArtifactCorruptError
        When the model's answer is not a number.
    """
    probabilities = model.probabilities(model.score(articles))
    if not np.isfinite(probabilities).all():
        raise ArtifactCorruptError(f"{model.name} answers with what is no number. Restore the artifact or train again.")
    apart = disagreement(committee, articles) if committee else np.zeros_like(probabilities)
    uncertainty = _uncertainty(probabilities, model.calibration.thresholds)
    counts = columns_of(model, topics)
    return Worth(probabilities, uncertainty * counts, apart * counts, _novelty(model, articles))


def columns_of(model: TopicModel, topics: Collection[str]) -> NDArray[np.bool_]:
    """Say which of a model's topics are among some: bool of shape (n_topics,), all True when there are none.

    Raises
    ------
    SettingsError
        When the model does not know one.
    """
    known = [topic.id for topic in model.topics]
    if unknown := sorted(set(topics) - set(known)):
        raise SettingsError(f"{model.name} knows {', '.join(known)}, not {', '.join(unknown)}.")
    return np.array([topic in topics or not topics for topic in known])


def suspicion(labels: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Say how little a model believes labels: 1 minus its self-confidence in each.

    Parameters
    ----------
    labels, probabilities
        Of shape (n_articles, n_topics); probabilities from models that were fitted without the article.

    Returns
    -------
    float64 of the same shape, in [0, 1]; an article's largest says how suspicious it is.

    Source: Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", 2021;
    Thyagarajan and others, "Identifying Incorrect Annotations in Multi-Label Classification Data", 2022.
    """
    return np.asarray(np.where(labels, 1 - probabilities, probabilities))


def doubt(topic: str, probability: float, *, is_labelled: bool) -> str:
    """Say in words why a label is suspicious."""
    return f"labelled {'' if is_labelled else 'not '}{topic}, of which the model is {probability:.0%} sure"


def _uncertainty(probabilities: NDArray[np.float64], thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    below = probabilities < thresholds
    room = np.where(below, thresholds, np.maximum(1 - thresholds, np.finfo(float).tiny))
    return np.asarray(1 - np.abs(probabilities - thresholds) / room).clip(0, 1)


def _novelty(model: TopicModel, articles: Sequence[Article]) -> NDArray[np.float64]:
    read = model.vocabulary.read
    return np.array([unknown_share(read(article.title), read(article.text)) for article in articles])
