import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score

from wasim.training.evaluation.metrics import expected_calibration_error, lenient_macro_f1, macro_f1, measure

matrices = arrays(np.bool_, (12, 3))


@given(matrices, matrices)
def test_macro_f1_equals_scikit_learns(truth: np.ndarray, tagged: np.ndarray) -> None:
    assert macro_f1(truth, tagged) == pytest.approx(f1_score(truth, tagged, average="macro", zero_division=1.0))


@given(matrices)
def test_perfect_predictions_measure_1(truth: np.ndarray) -> None:
    assert macro_f1(truth, truth) == 1


@given(matrices, matrices)
def test_what_is_only_mentioned_does_not_count_when_lenient(truth: np.ndarray, passing: np.ndarray) -> None:
    assert lenient_macro_f1(truth & ~passing, truth | passing, passing) == 1


def test_promises_that_are_kept_have_no_calibration_error() -> None:
    truth = np.array([True] * 8 + [False] * 2)
    assert expected_calibration_error(truth, np.full(10, 0.8)) == pytest.approx(0)
    assert expected_calibration_error(truth, np.full(10, 0.3)) == pytest.approx(0.5)


def test_the_interval_holds_the_figure() -> None:
    draw = np.random.default_rng(0)
    truth = draw.random((200, 2)) < 0.3
    tagged = truth ^ (draw.random((200, 2)) < 0.1)
    metrics = measure(["a", "b"], truth, tagged, np.where(tagged, 0.9, 0.1))
    low, high = metrics.macro_f1_interval
    assert low < metrics.macro_f1 < high
