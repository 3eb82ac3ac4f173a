"""What a model says of judged articles, through the same path as every door."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wasim.model.errors import ArtifactCorruptError
from wasim.model.topic_model import TopicModel
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.metrics import Labels, Matrix, Metrics, measure

_WORTH_COMPILING = 1_000  # articles


@dataclass(frozen=True, slots=True)
class Predictions:
    """Judged articles with a model's answers.

    Parameters
    ----------
    topics
        Ids, one a column.
    judged
        The articles, with the truth about the same topics.
    tagged, probabilities
        Both of shape (n_articles, n_topics).
    """

    topics: tuple[str, ...]
    judged: JudgedArticles
    tagged: Labels
    probabilities: Matrix

    def measure(self) -> Metrics:
        """Compare all articles with the truth."""
        return measure(self.topics, self.judged.truth, self.tagged, self.probabilities)

    def measure_some(self, rows: NDArray[np.int64]) -> Metrics:
        """Compare some articles with the truth; figures of rankings have no interval then."""
        truth, tagged, probabilities = self.judged.truth[rows], self.tagged[rows], self.probabilities[rows]
        return measure(self.topics, truth, tagged, probabilities, resample_rankings=False)


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """A model, and what it says of articles that it was not fitted on."""

    model: TopicModel
    predictions: Predictions


def joined(parts: Sequence[JudgedPart]) -> Predictions:
    """Put together what the models of all parts say of theirs."""
    found = [part.predictions for part in parts]
    return Predictions(
        found[0].topics,
        JudgedArticles.joined([one.judged for one in found]),
        np.concatenate([one.tagged for one in found]),
        np.concatenate([one.probabilities for one in found]),
    )


def predict(model: TopicModel, judged: JudgedArticles) -> Predictions:
    """Classify judged articles.

    Raises
    ------
    ArtifactCorruptError
        When an answer is not a number.
    """
    if len(judged.articles) >= _WORTH_COMPILING:
        model.warm_up()
    answers = model.classify(judged.articles)
    probabilities = np.array([[scored.probability for scored in answer.scored] for answer in answers])
    if not np.isfinite(probabilities).all():
        raise ArtifactCorruptError(f"{model.name} answers with what is no number. Restore the artifact or train again.")
    tagged = np.array([[scored.tagged for scored in answer.scored] for answer in answers])
    return Predictions(tuple(topic.id for topic in model.topics), judged, tagged, probabilities)
