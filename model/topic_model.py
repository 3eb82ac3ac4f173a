"""The one path of the data: article in, classification out. Every door calls :meth:`TopicModel.classify`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from wasim.model.article import Article, Classification, ScoredColumns, ScoredTopic
from wasim.model.calibration import Calibration
from wasim.model.errors import ArticleTooLongError
from wasim.model.explanation import Explainer
from wasim.model.scoring import BlendedScores, LinearWeights, blend
from wasim.model.settings import ModelSettings
from wasim.model.topics import Topic
from wasim.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from wasim.model.kernel.scorer import CompiledScorer

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
        topics, thresholds = [topic.id for topic in self.topics], self.calibration.thresholds.tolist()
        answers = [
            Classification(tuple(map(ScoredTopic, topics, scores, row, thresholds)))
            for scores, row in zip(blended.scores.tolist(), probabilities.tolist(), strict=True)
        ]
        if explain:
            return [
                self._explained(article, answer, best)
                for article, answer, best in zip(articles, answers, blended.best_passage, strict=True)
            ]
        return answers

    def classify_arrow(self, titles: Any, texts: Any) -> ScoredColumns:
        """Judge a table's articles on every topic, without a Python object for any of them.

        Parameters
        ----------
        titles, texts
            Arrow arrays (``pyarrow.Array`` or ``ChunkedArray``) of strings, equally long; null is the empty text.

        Returns
        -------
        The same verdicts as :meth:`classify` gives, as arrays of shape (n_articles, n_topics).

        Raises
        ------
        ArticleTooLongError
            When an article has more characters than the model reads; says which one.
        TypeError, ValueError
            When a column's values are not strings, or one column is longer than the other.
        """
        from wasim.model.kernel.columns import Column  # noqa: PLC0415  for those who have tables

        if len(titles) != len(texts):
            raise ValueError(f"{len(titles)} titles and {len(texts)} texts are no table of articles")
        title_column, text_column = Column.of_arrow(titles), Column.of_arrow(texts)
        for row in np.flatnonzero(title_column.n_bytes + text_column.n_bytes > self.settings.longest_article).tolist():
            self._require_readable(row, len(title_column[row]) + len(text_column[row]))
        if self._compiled is not None:
            blended = self._compiled.score(title_column, text_column)
        else:
            blended = self.score_plainly([Article(*fields) for fields in zip(title_column, text_column, strict=True)])
        probabilities = self.probabilities(blended)
        return ScoredColumns(probabilities, probabilities >= self.calibration.thresholds)

    def score(self, articles: Sequence[Article]) -> BlendedScores:
        """Score each article against every topic, before calibration."""
        for index, article in enumerate(articles):
            self._require_readable(index, len(article.title) + len(article.text))
        if self._compiled is None:
            return self.score_plainly(articles)
        from wasim.model.kernel.columns import Column  # noqa: PLC0415  loaded already

        return self._compiled.score(
            Column.of([article.title for article in articles]), Column.of([article.text for article in articles])
        )

    def _require_readable(self, index: int, length: int) -> None:
        if length > self.settings.longest_article:
            raise ArticleTooLongError(
                f"article {index}: {length:,} characters; the model reads up to "
                f"{self.settings.longest_article:,}. Send its parts one by one."
            )

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
            from wasim.model.kernel.scorer import CompiledScorer  # noqa: PLC0415  optional, and slow to import
            from wasim.model.kernel.tables import supports  # noqa: PLC0415

            if not supports(self.vocabulary, self.settings):
                return False
            if self._compiled is None:
                # A frozen dataclass stays what it is to its users; this only remembers how to compute it.
                self.__dict__[_COMPILED] = CompiledScorer(self.vocabulary, self.linear, self.settings)
        except ImportError:
            return False
        return True

    def __getstate__(self) -> dict[str, Any]:
        # Machine code lies in the memory of one process: a model that travels to another warms up there.
        return {name: value for name, value in self.__dict__.items() if name != _COMPILED}

    @property
    def _compiled(self) -> "CompiledScorer | None":
        return cast("CompiledScorer | None", self.__dict__.get(_COMPILED))

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
