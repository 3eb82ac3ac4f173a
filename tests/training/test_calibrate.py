import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from wasim.model.errors import SettingsError
from wasim.training.calibrate import OperatingPoint, calibrate, choose_threshold
from wasim.training.fit import Targets

judged = st.lists(st.tuples(st.floats(0.01, 0.99), st.booleans()), min_size=4, max_size=40).filter(
    lambda pairs: len({label for _, label in pairs}) == 2
)


def tagged(pairs: list[tuple[float, bool]], point: str) -> tuple[np.ndarray, np.ndarray]:
    probabilities, labels = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    threshold = choose_threshold(probabilities, labels, np.ones(len(labels)), OperatingPoint.parse(point))
    assert 0 < threshold <= 1
    return probabilities >= threshold, labels


@given(judged)
def test_precision_is_held_where_any_threshold_holds_it(pairs: list[tuple[float, bool]]) -> None:
    said, labels = tagged(pairs, "precision=0.8")
    probabilities = np.array([probability for probability, _ in pairs])
    reachable = any(labels[probabilities >= level].mean() >= 0.8 for level in probabilities)
    assert not reachable or labels[said].mean() >= 0.8


@given(judged)
def test_recall_is_always_held(pairs: list[tuple[float, bool]]) -> None:
    said, labels = tagged(pairs, "recall=0.9")
    assert said[labels].mean() >= 0.9


@given(judged)
def test_probabilities_grow_with_scores(pairs: list[tuple[float, bool]]) -> None:
    labels = np.array([[label] for _, label in pairs])
    scores = np.array([[score + label] for score, label in pairs])
    calibration = calibrate(scores, Targets(labels, np.ones(labels.shape)), OperatingPoint())
    if calibration.slopes[0] > 0:
        probabilities = calibration.probabilities(np.linspace(-50, 50, 20)[:, None])[:, 0]
        assert (np.diff(probabilities) >= 0).all()


def test_separable_articles_are_separated() -> None:
    probabilities, labels = np.array([0.1, 0.2, 0.7, 0.9]), np.array([False, False, True, True])
    threshold = choose_threshold(probabilities, labels, np.ones(4), OperatingPoint())
    assert f1_score(labels, probabilities >= threshold) == 1


@pytest.mark.parametrize("text", ["f2", "f1=0.5", "precision", "precision=2", "recall=x", "recall=0", ""])
def test_an_unknown_operating_point_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="operating point"):
        OperatingPoint.parse(text)
