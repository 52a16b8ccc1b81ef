"""Scores of a queue, by hand and by trying every order."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.evaluate.ranking import by_chance, expected_ndcg, most_dangerous, ndcg, score

GAINS = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(np.array)


def test_ndcg_by_hand():
    """Gains 0, 2, 1 in queue order: (2/log2(3) + 1/2) / (2 + 1/log2(3))."""
    gains = np.array([0.0, 2.0, 1.0])
    assert ndcg(gains, 100) == pytest.approx((2 / math.log2(3) + 0.5) / (2 + 1 / math.log2(3)))


def test_ndcg_looks_at_the_first_places_only():
    """What stands behind the looked-at places gains nothing."""
    assert ndcg(np.array([0.0, 0.0, 1.0]), 2) == 0.0


@given(GAINS)
def test_best_order_is_one_and_no_order_is_better(gains):
    """Sorted by gain scores 1; every order scores within 0 and 1."""
    assert ndcg(np.sort(gains)[::-1], 10) == pytest.approx(1.0)
    assert 0.0 <= ndcg(gains, 10) <= 1.0 + 1e-9


def test_chance_is_the_mean_of_all_orders():
    """The expected score of a random order equals the mean over every order."""
    gains = [0.0, 0.1, 0.9, 0.4, 0.0]
    every = [ndcg(np.array(order), 3) for order in permutations(gains)]
    assert expected_ndcg(np.array(gains), 3) == pytest.approx(sum(every) / len(every))
    orders = [np.array(order) for order in permutations(gains)]
    precise = [score(order, 3, order > 0.3, order > 0.3).precision for order in orders]
    assert by_chance(orders[0], 3, orders[0] > 0.3).precision == pytest.approx(sum(precise) / len(precise))


def test_most_dangerous_takes_ties_and_leaves_zero():
    """All that equal the last of the chosen places count; what is not dangerous at all never does."""
    assert most_dangerous(np.array([0.5, 0.2, 0.5, 0.0]), 1).tolist() == [True, False, True, False]
    assert not most_dangerous(np.zeros(3), 2).any()


def test_where_the_most_dangerous_stand():
    """Two most dangerous at places 1 and 51 of 101: a quarter down on average, half of them at the front."""
    gains = np.zeros(101)
    gains[[0, 50]] = 0.9
    found = score(gains, 2, gains > 0, gains > 0)
    assert (found.precision, found.percentile, found.front) == (0.5, 25.0, 0.5)


def test_the_front_among_those_with_evidence():
    """Only the most dangerous with evidence on file count; nobody with any is nothing missed."""
    gains = np.zeros(101)
    gains[[0, 50]] = 0.9
    for shown, front in (([0], 1.0), ([50], 0.0), ([0, 50], 0.5), ([7], 1.0)):
        assert score(gains, 2, gains > 0, np.isin(np.arange(101), shown)).front_shown == front


@pytest.mark.parametrize("gains", [[], [0.0, 0.0], [0.7]])
def test_small_queues_have_scores(gains):
    """An empty queue, one without danger and one of a single report score without an error."""
    values = np.array(gains, dtype=np.float64)
    for found in (score(values, 100, values > 0, values > 0), by_chance(values, 100, values > 0)):
        assert 0.0 <= found.ndcg <= 1.0
        assert 0.0 <= found.percentile <= 100.0
