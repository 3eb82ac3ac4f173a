import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasim.model.histogram import BinCounter, Histogram, chance_psi, psi

counts = st.lists(st.integers(0, 10_000), min_size=2, max_size=12)


def test_a_value_on_an_edge_belongs_to_the_bin_above() -> None:
    counter = BinCounter((0.1, 0.5))
    for value in (0.0, 0.1, 0.49, 0.5, 1.0):
        counter.add(value)
    assert counter.histogram() == Histogram.of([0.0, 0.1, 0.49, 0.5, 1.0], (0.1, 0.5))
    assert counter.histogram().counts == (1, 2, 2)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_every_value_is_counted_once(values: list[float]) -> None:
    histogram = Histogram.of(values)
    assert histogram.total == len(values)
    assert len(histogram.counts) == len(histogram.edges) + 1


def test_bins_of_their_own_hold_a_tenth_each() -> None:
    assert Histogram.of(np.arange(1000)).counts == (100,) * 10


@pytest.mark.parametrize(("edges", "n_bins"), [((0.5,), 3), ((0.5, 0.1), 3), ((0.5, 0.5), 3)])
def test_edges_and_counts_that_do_not_fit_are_refused(edges: tuple[float, ...], n_bins: int) -> None:
    with pytest.raises(ValueError, match="no histogram"):
        Histogram(edges, (0,) * n_bins)


@given(counts)
def test_psi_of_equal_counts_is_0_and_grows_with_nothing_else(same: list[int]) -> None:
    assert psi(same, same) in (None, 0)


@given(counts, st.data())
def test_psi_is_never_negative_and_the_same_both_ways(expected: list[int], data: st.DataObject) -> None:
    observed = data.draw(st.lists(st.integers(0, 10_000), min_size=len(expected), max_size=len(expected)))
    index = psi(expected, observed)
    assert index == pytest.approx(psi(observed, expected)) if index is not None else not (sum(expected) * sum(observed))
    assert index is None or index >= 0


def test_psi_is_what_the_formula_says() -> None:
    shares = np.array([0.2, 0.8]), np.array([0.5, 0.5])
    by_hand = float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
    assert psi([200_000, 800_000], [500_000, 500_000]) == pytest.approx(by_hand, rel=1e-4)


def test_chance_is_what_nineteen_of_twenty_draws_stay_under() -> None:
    draw = np.random.default_rng(1)
    shares = np.full(10, 0.1)
    found = [psi(draw.multinomial(2000, shares).tolist(), draw.multinomial(500, shares).tolist()) for _ in range(500)]
    under = np.mean([index is not None and index < chance_psi(10, 2000, 500) for index in found])
    assert 0.91 < under < 0.98
