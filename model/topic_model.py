"""The one path of the data: article in, classification out. Every door calls :meth:`TopicModel.classify`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wasim.model.article import Article, Classification, ScoredTopic
from wasim.model.calibration import Calibration
from wasim.model.errors import ArticleTooLongError
from wasim.model.explanation import Explainer
from wasim.model.scoring import BlendedScores, LinearWeights, blend
from wasim.model.settings import ModelSettings
from wasim.model.topics import Topic
from wasim.model.vocabulary import Vocabulary

_COMPILED = "_compiled_scorer"


@dataclass(frozen=True)
class TopicModel:
    """Tags articles with topics.

    Parameters
    ----------
    name
        What the model is called in answers and in the artifacts folder.
    topics
        In the order of the weights' columns.
    settings
        How text becomes terms and terms a score.
    vocabulary
        The terms that the model knows, in the order of the weights' rows.
    linear, calibration
        What the fit found.

    Examples
    --------
    >>> model = TopicModel.load("artifacts")
    >>> [answer] = model.classify([Article(title="حملة تطعيم ضد الحصبة في مدارس عمّان")])
    >>> answer.topics
    ('vaccines',)
    """

    name: str
    topics: tuple[Topic, ...]
    settings: ModelSettings
    vocabulary: Vocabulary
    linear: LinearWeights
    calibration: Calibration

    @staticmethod
    def load(path: str | Path) -> "TopicModel":
        """Load an artifact, or the current one of an artifacts folder.

        Raises
        ------
        ArtifactError
            When there is none, or it is damaged, or its format is unknown.
        """
        # An artifact is made of a model; imported here, the two can still be read one after the other.
        from wasim.model.artifact import load  # noqa: PLC0415
        from wasim.model.registry import artifact_path  # noqa: PLC0415

        return load(artifact_path(Path(path)))

    def classify(self, articles: Iterable[Article], *, explain: bool = False) -> list[Classification]:
        """Judge each article on every topic.

        Parameters
        ----------
        articles
            Any number; an answer never depends on the others.
        explain
            Whether to fill in terms, bias and passage. Takes several times as long.

        Raises
        ------
        ArticleTooLongError
            When an article has more characters than the model reads; says which one.
        """
        articles = list(articles)
        blended = self.score(articles)
        probabilities = self.probabilities(blended)
        answers = [
            Classification(
                tuple(
                    ScoredTopic(topic.id, score, probability, threshold)
                    for topic, score, probability, threshold in zip(
                        self.topics, scores, row, self.calibration.thresholds.tolist(), strict=True
                    )
                )
            )
            for scores, row in zip(blended.scores.tolist(), probabilities.tolist(), strict=True)
        ]
        if explain:
            return [
                self._explained(article, answer, best)
                for article, answer, best in zip(articles, answers, blended.best_passage, strict=True)
            ]
        return answers

    def score(self, articles: Sequence[Article]) -> BlendedScores:
        """Score each article against every topic, before calibration."""
        for index, article in enumerate(articles):
            length = len(article.title) + len(article.text)
            if length > self.settings.longest_article:
                raise ArticleTooLongError(
                    f"article {index}: {length:,} characters; the model reads up to "
                    f"{self.settings.longest_article:,}. Send its parts one by one."
                )
        compiled = self.__dict__.get(_COMPILED)
        return compiled.score(articles) if compiled else self.score_plainly(articles)

    def score_plainly(self, articles: Sequence[Article]) -> BlendedScores:
        """Score as :meth:`score` does, in plain Python: what the compiled path has to equal."""
        sequences = [(self.vocabulary.read(article.title), self.vocabulary.read(article.text)) for article in articles]
        return blend(sequences, self.linear, self.settings)

    def warm_up(self) -> bool:
        """Make this model score with compiled code from now on; for whoever has many articles to come.

        Takes a fraction of a second, and at the first time on a machine the seconds of a compilation.

        Returns
        -------
        False where numba is not installed or the vocabulary does not fit: scores stay plain, and equal.
        """
        try:
            from wasim.model.compiled import CompiledScorer, supports  # noqa: PLC0415  optional, and slow to import
        except ImportError:
            return False
        if not supports(self.vocabulary, self.settings):
            return False
        # A frozen dataclass stays what it is to its users; this only remembers how to compute it.
        self.__dict__.setdefault(_COMPILED, CompiledScorer(self.vocabulary, self.linear, self.settings))
        return True

    def probabilities(self, blended: BlendedScores) -> NDArray[np.float64]:
        """Calibrate scores; an article without a known term has probability 0 for every topic."""
        probabilities = self.calibration.probabilities(blended.scores)
        probabilities[blended.knows_nothing] = 0
        return probabilities

    def _explained(self, article: Article, answer: Classification, best: NDArray[np.int64]) -> Classification:
        explainer = Explainer(article, self.vocabulary, self.linear, self.settings)
        return Classification(
            tuple(
                replace(
                    scored,
                    bias=float(self.linear.bias[column]),
                    terms=explainer.terms(column, int(best[column])),
                    passage=explainer.passage(int(best[column])),
                )
                for column, scored in enumerate(answer.scored)
            )
        )
