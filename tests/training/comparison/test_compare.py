from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasim.model import Article, Topic, TopicModel
from wasim.model.errors import ArtifactCorruptError, CorpusTooSmallError, SettingsError
from wasim.training.comparison import cli
from wasim.training.comparison.compare import MARGIN, Difference, Verdict, compare
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.train import TrainedModel

RAIN, MATCH, NOTHING = Article("أمطار وسيول وعاصفة"), Article("مباراة وهدف وحارس"), Article("السوق في المدينة")


def judged(articles: Sequence[Article], truth: Sequence[Sequence[int]]) -> JudgedArticles:
    matrix = np.array(truth, dtype=bool)
    return JudgedArticles(tuple(articles), matrix, np.zeros_like(matrix))


TRUE = judged([RAIN, MATCH, NOTHING] * 8, [[1, 0], [0, 1], [0, 0]] * 8)


def tags_all(model: TopicModel, column: int = 0) -> TopicModel:
    """Spoil a model: it tags every article with one topic."""
    bias = model.linear.bias.copy()
    bias[column] += 1000
    return replace(model, name="spoilt", linear=replace(model.linear, bias=bias))


def test_a_model_equals_itself(model: TopicModel) -> None:
    comparison = compare(model, model, TRUE)
    assert comparison.verdict is Verdict.NOT_WORSE
    assert (comparison.overall.low, comparison.overall.high) == (0, 0)
    assert comparison.flips == ()
    assert not comparison.is_wide


def test_a_spoilt_model_is_worse_and_the_other_way_round_better(trained: TrainedModel) -> None:
    model, spoilt = trained.model, tags_all(trained.model)
    worse, better = compare(model, spoilt, TRUE), compare(spoilt, model, TRUE)
    assert worse.verdict is Verdict.WORSE
    assert better.verdict is Verdict.BETTER
    assert worse.overall.gain == -better.overall.gain
    assert worse.topics[1].gain == 0


def test_flips_tell_what_was_broken_and_what_was_mended(trained: TrainedModel) -> None:
    comparison = compare(trained.model, tags_all(trained.model), TRUE)
    assert {(flip.article, flip.topic, flip.belongs, flip.mended) for flip in comparison.flips} == {
        (MATCH, "weather", False, False),
        (NOTHING, "weather", False, False),
    }
    weather, football = comparison.agreements
    assert (weather.positives, weather.both_right, weather.both_wrong, weather.broken) == (8, 8, 0, 16)
    assert (football.both_right, football.mended) == (24, 0)


def test_only_topics_of_both_are_compared_whatever_their_order(trained: TrainedModel) -> None:
    model = trained.model
    other = replace(model, name="other", topics=(Topic("snow", "ثلج", "Snow"), model.topics[1]))
    comparison = compare(model, other, TRUE)
    assert [difference.name for difference in comparison.topics] == ["football"]
    assert comparison.left_out == ("snow", "weather")
    assert comparison.verdict is Verdict.NOT_WORSE


def test_a_topic_without_a_judged_article_is_not_counted(trained: TrainedModel) -> None:
    model = trained.model
    only_rain = judged([RAIN, NOTHING] * 10, [[1, 0], [0, 0]] * 10)
    comparison = compare(model, tags_all(model, column=1), only_rain)
    assert np.isnan(comparison.topics[1].new)
    assert comparison.overall.gain == comparison.topics[0].gain == 0
    assert comparison.agreements[1].broken == 20


def test_too_few_or_none_of_the_topics_is_refused(trained: TrainedModel) -> None:
    for few in (judged([RAIN], [[1, 0]]), judged([NOTHING] * 20, [[0, 0]] * 20)):
        with pytest.raises(CorpusTooSmallError, match="Judge 10 or more"):
            compare(trained.model, trained.model, few)


def test_models_without_a_common_topic_are_refused(trained: TrainedModel) -> None:
    other = replace(trained.model, name="other", topics=(Topic("a", "ا", "A"), Topic("b", "ب", "B")))
    with pytest.raises(SettingsError, match="small knows weather, football; other knows a, b"):
        compare(trained.model, other, TRUE)


def test_answers_that_are_no_numbers_are_refused(trained: TrainedModel) -> None:
    linear = replace(trained.model.linear, bias=np.full(2, np.nan, dtype=np.float32))
    with pytest.raises(ArtifactCorruptError, match="no number"):
        compare(trained.model, replace(trained.model, linear=linear), TRUE)


@pytest.mark.parametrize("margin", [-0.1, 1, float("nan")])
def test_a_margin_is_a_share(trained: TrainedModel, margin: float) -> None:
    with pytest.raises(SettingsError, match="margin"):
        compare(trained.model, trained.model, TRUE, margin)


def test_the_command_has_the_margin_of_the_library() -> None:
    assert cli.DEFAULT_MARGIN == MARGIN


@given(old=st.floats(0, 1), new=st.floats(0, 1), margin=st.floats(0, 0.99))
def test_a_gain_is_never_worse_and_a_loss_never_better(old: float, new: float, margin: float) -> None:
    verdict = Difference("", old, new, low=new - old, high=new - old).verdict(margin)
    assert verdict is not (Verdict.WORSE if new >= old else Verdict.BETTER)


def test_few_articles_make_a_wide_interval(trained: TrainedModel) -> None:
    half = tags_all(trained.model)
    assert compare(trained.model, half, judged(TRUE.articles[:12], TRUE.truth[:12].tolist())).is_wide


def test_the_intervals_are_those_of_resampling_one_by_one(trained: TrainedModel, tmp_path: Path) -> None:
    from wasim.training.evaluation.metrics import macro_f1

    many = judged(TRUE.articles * 8, TRUE.truth.tolist() * 8)
    spoilt = tags_all(trained.model)
    tagged = [
        np.array([[one.tagged for one in a.scored] for a in m.classify(many.articles)]) for m in (trained.model, spoilt)
    ]
    draw = np.random.default_rng(1)
    gains = []
    for _ in range(1000):
        rows = draw.integers(0, len(many.truth), len(many.truth))
        gains.append(macro_f1(many.truth[rows], tagged[1][rows]) - macro_f1(many.truth[rows], tagged[0][rows]))
    overall = compare(trained.model, spoilt, many).overall
    assert np.percentile(gains, [2.5, 97.5]) == pytest.approx([overall.low, overall.high], abs=0.03)
