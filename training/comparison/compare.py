"""Comparing two models on the same judged articles.

::

    judged articles ─> predictions of both ─> F1 of both, resampled together ─> differences ─> verdict
                                        └──> flips: what the two tag differently
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from wasim.model.article import Article
from wasim.model.errors import ArtifactCorruptError, CorpusTooSmallError, SettingsError
from wasim.model.topic_model import TopicModel
from wasim.training.evaluation.bootstrap import FEWEST_RESAMPLED, Draws, Interval, resampled
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.metrics import Labels, Matrix, mean_of_measured, topic_f1

MARGIN = 0.01
"""How much macro-F1 a new model may lose: about what chance moves it by."""

OVERALL = "macro-F1"


class Verdict(StrEnum):
    """What a difference means."""

    BETTER = "better"
    NOT_WORSE = "not worse"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two models, in [0, 1], or NaN where there was nothing to measure.

    ``low`` and ``high`` bound ``new - old``: 95 % of paired resamples lie between. Where nothing can be
    resampled both are the difference itself.
    """

    name: str
    old: float
    new: float
    low: float
    high: float

    @property
    def gain(self) -> float:
        """What the new model wins, or loses where it is negative."""
        return self.new - self.old

    def verdict(self, margin: float) -> Verdict:
        """Say what the difference means.

        Better is what resampling does not explain; worse what loses more than the margin on these articles.
        """
        if self.gain < -margin:
            return Verdict.WORSE
        return Verdict.BETTER if self.low > 0 else Verdict.NOT_WORSE


@dataclass(frozen=True, slots=True)
class Flip:
    """An article that one of two models tags with a topic and the other does not."""

    article: Article
    topic: str
    belongs: bool
    old_probability: float
    new_probability: float
    mended: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two models say the same of a topic, in articles; ``positives`` have it."""

    topic: str
    positives: int
    both_right: int
    both_wrong: int
    mended: int
    broken: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out of comparing two models on ``n_articles`` judged ones.

    ``left_out`` names the topics that only one of the models knows. ``flips`` begin with what the new model
    broke, and there with the largest change of probability.
    """

    old: str
    new: str
    n_articles: int
    margin: float
    overall: Difference
    topics: tuple[Difference, ...]
    agreements: tuple[Agreement, ...]
    flips: tuple[Flip, ...]
    left_out: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict on the overall figure."""
        return self.overall.verdict(self.margin)

    @property
    def is_wide(self) -> bool:
        """Whether chance alone moves the overall figure by more than the margin: too few articles to be sure."""
        return (self.overall.high - self.overall.low) / 2 > self.margin


@dataclass(frozen=True, slots=True)
class _Predictions:
    """What one model says of the topics that are compared; both of shape (n_articles, n_topics)."""

    tagged: Labels
    probabilities: Matrix


def compare(old: TopicModel, new: TopicModel, judged: JudgedArticles, margin: float = MARGIN) -> Comparison:
    """Compare two models on the topics that both know.

    Parameters
    ----------
    old, new
        The new one is judged against the old one.
    judged
        Read for ``old``: a column a topic of its.
    margin
        Macro-F1 that the new one may lose.

    Raises
    ------
    SettingsError
        When the models have no topic in common, or the margin is no share.
    CorpusTooSmallError
        When there are fewer than ten articles, or none with a common topic.
    ArtifactCorruptError
        When a model's answer is not a number.

    Notes
    -----
    The intervals come from a paired bootstrap: each resample draws articles, and both models are measured on
    the same draw, so what makes an article hard for both does not widen them.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993; Koehn, "Statistical Significance
    Tests for Machine Translation Evaluation", 2004.
    """
    require_margin(margin)
    common = _common_topics(old, new)
    truth = judged.truth[:, [column for column, topic in enumerate(old.topics) if topic.id in common]]
    if len(truth) < FEWEST_RESAMPLED or not truth.any():
        raise CorpusTooSmallError(
            f"{len(truth)} judged articles, {int(truth.any(axis=1).sum())} of them with one of {', '.join(common)}. "
            f"Judge {FEWEST_RESAMPLED} or more, some with each topic."
        )
    before, after = (_predict(model, judged.articles, common) for model in (old, new))
    overall, topics = _differences(truth, before, after, common)
    known = {topic.id for topic in (*old.topics, *new.topics)}
    return Comparison(
        old=old.name,
        new=new.name,
        n_articles=len(truth),
        margin=margin,
        overall=overall,
        topics=topics,
        agreements=_agreements(truth, before, after, common),
        flips=_flips(judged.articles, truth, before, after, common),
        left_out=tuple(sorted(known - set(common))),
    )


def require_margin(margin: float) -> None:
    """Raise SettingsError unless a margin is a share of F1."""
    if not 0 <= margin < 1:
        raise SettingsError(f"the margin is {margin}; it must be 0 or more and below 1, for instance {MARGIN}")


def _common_topics(old: TopicModel, new: TopicModel) -> list[str]:
    known = {topic.id for topic in new.topics}
    common = [topic.id for topic in old.topics if topic.id in known]
    if not common:
        raise SettingsError(
            f"{old.name} knows {', '.join(topic.id for topic in old.topics)}; {new.name} knows "
            f"{', '.join(sorted(known))}. Compare models that have a topic in common."
        )
    return common


def _predict(model: TopicModel, articles: Sequence[Article], topics: Sequence[str]) -> _Predictions:
    columns = {topic.id: column for column, topic in enumerate(model.topics)}
    answers = model.classify(articles)
    chosen = [[answer.scored[columns[topic]] for topic in topics] for answer in answers]
    probabilities = np.array([[scored.probability for scored in row] for row in chosen])
    if not np.isfinite(probabilities).all():
        raise ArtifactCorruptError(f"{model.name} answers with what is no number. Restore the artifact or train again.")
    return _Predictions(np.array([[scored.tagged for scored in row] for row in chosen]), probabilities)


def _differences(
    truth: Labels, old: _Predictions, new: _Predictions, topics: Sequence[str]
) -> tuple[Difference, tuple[Difference, ...]]:
    def f1_of_both(draws: Draws) -> dict[str, Matrix]:
        by_topic = [topic_f1(truth, predictions.tagged, draws) for predictions in (old, new)]
        columns = dict(zip(topics, np.stack(by_topic, axis=2).swapaxes(0, 1), strict=True))
        return columns | {OVERALL: np.column_stack([mean_of_measured(f1) for f1 in by_topic])}

    figures, samples = f1_of_both(np.ones((1, len(truth)))), resampled(f1_of_both, len(truth))
    overall, *per_topic = (
        _difference(name, figures[name][0], Interval.of(np.subtract(*samples[name].T[::-1])))
        for name in (OVERALL, *topics)
    )
    return overall, tuple(per_topic)


def _difference(name: str, both: Matrix, interval: Interval) -> Difference:
    old, new = both.tolist()
    return Difference(name, old, new, interval.low, interval.high)


def _agreements(truth: Labels, old: _Predictions, new: _Predictions, topics: Sequence[str]) -> tuple[Agreement, ...]:
    old_right, new_right = old.tagged == truth, new.tagged == truth
    both_right, both_wrong = (old_right & new_right).sum(axis=0), (~old_right & ~new_right).sum(axis=0)
    mended, broken = (~old_right & new_right).sum(axis=0), (old_right & ~new_right).sum(axis=0)
    positives = truth.sum(axis=0)
    return tuple(
        Agreement(topic, *(int(count[column]) for count in (positives, both_right, both_wrong, mended, broken)))
        for column, topic in enumerate(topics)
    )


def _flips(
    articles: Sequence[Article], truth: Labels, old: _Predictions, new: _Predictions, topics: Sequence[str]
) -> tuple[Flip, ...]:
    flips = [
        Flip(
            article=articles[row],
            topic=topics[column],
            belongs=bool(truth[row, column]),
            old_probability=float(old.probabilities[row, column]),
            new_probability=float(new.probabilities[row, column]),
            mended=bool(new.tagged[row, column] == truth[row, column]),
        )
        for row, column in np.argwhere(old.tagged != new.tagged)
    ]
    return tuple(sorted(flips, key=lambda flip: (flip.mended, -abs(flip.new_probability - flip.old_probability))))
