from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, precision_recall_fscore_support

from wasim.training.evaluation.metrics import expected_calibration_error, lenient_macro_f1, macro_f1, measure

TOPICS = ["a", "b", "c"]
matrices = arrays(np.bool_, (12, 3))
promises = arrays(np.float64, (12, 3), elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]))


def either(value: float, expected: float) -> bool:
    return value == pytest.approx(expected, nan_ok=True)


@given(matrices, matrices)
def test_macro_f1_equals_scikit_learns_on_the_topics_that_articles_have(truth: np.ndarray, tagged: np.ndarray) -> None:
    columns = [f1_score(is_true, said) for is_true, said in zip(truth.T, tagged.T, strict=True) if is_true.any()]
    assert either(macro_f1(truth, tagged), np.mean(columns) if columns else np.nan)


@settings(max_examples=25)
@given(matrices, matrices, promises)
def test_every_figure_equals_scikit_learns(truth: np.ndarray, tagged: np.ndarray, promised: np.ndarray) -> None:
    metrics = measure(TOPICS, truth, tagged, promised)
    for topic, is_true, is_tagged, probability in zip(metrics.topics, truth.T, tagged.T, promised.T, strict=True):
        precision, recall, _, _ = precision_recall_fscore_support(
            is_true, is_tagged, average="binary", zero_division=np.nan
        )
        assert either(topic.precision, precision)
        assert either(topic.recall, recall)
        assert either(topic.brier, brier_score_loss(is_true, probability))
        if is_true.any():
            assert either(topic.average_precision, average_precision_score(is_true, probability))
            assert either(topic.f1, f1_score(is_true, is_tagged))
    if truth.any():
        assert either(metrics.micro_f1, f1_score(truth, tagged, average="micro"))
    assert either(metrics.article_f1, f1_score(truth, tagged, average="samples", zero_division=1.0))
    assert metrics.all_right == (truth == tagged).all(axis=1).mean()
    assert metrics.without_topic == pytest.approx(1 - tagged.any(axis=1).mean())


@given(matrices)
def test_perfect_predictions_measure_1(truth: np.ndarray) -> None:
    assert either(macro_f1(truth, truth), 1 if truth.any() else np.nan)


@given(matrices, matrices)
def test_what_is_only_mentioned_does_not_count_when_lenient(truth: np.ndarray, passing: np.ndarray) -> None:
    about = truth & ~passing
    assert either(lenient_macro_f1(about, truth | passing, passing), 1 if about.any() else np.nan)


def test_promises_that_are_kept_have_no_calibration_error() -> None:
    truth = np.array([True] * 8 + [False] * 2)
    assert expected_calibration_error(truth, np.full(10, 0.8)) == pytest.approx(0)
    assert expected_calibration_error(truth, np.full(10, 0.3)) == pytest.approx(0.5)


def some_predictions(n_articles: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    truth = draw.random((n_articles, 2)) < 0.3
    tagged = truth ^ (draw.random((n_articles, 2)) < 0.1)
    return truth, tagged, np.where(tagged, 0.9, 0.1)


def test_every_interval_holds_its_figure() -> None:
    metrics = measure(["a", "b"], *some_predictions())
    for figures in (metrics, *metrics.topics):
        assert figures.intervals
        for name, interval in figures.intervals.items():
            assert interval.low < getattr(figures, name) < interval.high


def test_intervals_are_those_of_resampled_articles() -> None:
    truth, tagged, probabilities = some_predictions()
    draw = np.random.default_rng(5)
    by_hand = [
        f1_score(truth[rows], tagged[rows], average="macro")
        for rows in draw.integers(0, len(truth), size=(1000, len(truth)))
    ]
    interval = measure(["a", "b"], truth, tagged, probabilities).intervals["macro_f1"]
    assert (interval.low, interval.high) == pytest.approx(np.percentile(by_hand, [2.5, 97.5]), abs=0.01)


def test_equal_predictions_have_equal_intervals() -> None:
    assert measure(["a", "b"], *some_predictions()) == measure(["a", "b"], *some_predictions())


def test_a_topic_that_no_article_has_is_not_measured_and_leaves_the_macro_figures_alone() -> None:
    truth, tagged, probabilities = some_predictions()
    both = measure(["a", "b"], truth & [True, False], tagged, probabilities)
    alone = measure(["a"], truth[:, :1], tagged[:, :1], probabilities[:, :1])
    absent = both.topics[1]
    assert isnan(absent.recall)
    assert isnan(absent.f1)
    assert isnan(absent.average_precision)
    assert absent.precision == 0
    assert isnan(absent.intervals["f1"].low)
    assert both.macro_f1 == alone.macro_f1


def test_precision_without_a_tag_is_not_measured() -> None:
    truth, tagged, probabilities = some_predictions()
    assert isnan(measure(["a", "b"], truth, tagged & False, probabilities).topics[0].precision)


def test_one_article_has_figures_and_no_interval() -> None:
    metrics = measure(["a"], np.array([[True]]), np.array([[True]]), np.array([[0.7]]))
    assert (metrics.macro_f1, metrics.topics[0].average_precision) == (1, 1)
    assert metrics.topics[0].brier == pytest.approx(0.09)
    assert metrics.intervals == {}


def test_equal_scores_rank_nothing() -> None:
    truth, tagged, _ = some_predictions()
    metrics = measure(["a", "b"], truth, tagged, np.full(truth.shape, 0.4))
    assert [topic.average_precision for topic in metrics.topics] == pytest.approx(truth.mean(axis=0).tolist())
