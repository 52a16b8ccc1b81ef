"""Scores of groupings: by hand, and against counting pairs one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.evaluate.clusters import Score, b_cubed, dense, in_groups, joined, pairwise

GROUPINGS = st.integers(0, 12).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 5), min_size=n, max_size=n), st.lists(st.integers(-3, 3), min_size=n, max_size=n)
    )
)
EDGES = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30)


def labels(values):
    return np.array(values, dtype=np.int64)


def test_pairs_by_hand():
    """Found {0,1,2} {3,4}, true {0,1} {2,3,4}: 2 of 4 found pairs are true, 2 of 4 true pairs are found."""
    assert pairwise(labels([0, 0, 0, 1, 1]), labels([7, 7, 8, 8, 8])) == Score(0.5, 0.5)


def test_b_cubed_by_hand():
    """The same grouping: precision (2/3 + 2/3 + 1/3 + 1 + 1) / 5, recall (1 + 1 + 1/3 + 2/3 + 2/3) / 5."""
    score = b_cubed(labels([0, 0, 0, 1, 1]), labels([7, 7, 8, 8, 8]))
    assert score.precision == pytest.approx(11 / 15)
    assert score.recall == pytest.approx(11 / 15)
    assert score.f1 == pytest.approx(11 / 15)


def test_b_cubed_of_chosen_items_keeps_groups_whole():
    """A wrong merge with an item that is not chosen still costs precision of one that is."""
    score = b_cubed(labels([0, 0, 0]), labels([1, 1, 2]), np.array([True, True, False]))
    assert score == Score(pytest.approx(2 / 3), 1.0)


def test_nothing_claimed_is_precise_and_finds_nothing():
    """Leaving everybody alone has precision 1, recall 0 and F1 0."""
    score = pairwise(labels([0, 1, 2]), labels([5, 5, 5]))
    assert (score.precision, score.recall, score.f1) == (1.0, 0.0, 0.0)


def test_nobody_to_group():
    """No items, and no chosen items, are perfect scores, not errors."""
    assert pairwise(labels([]), labels([])) == b_cubed(labels([]), labels([])) == Score(1.0, 1.0)
    assert b_cubed(labels([0]), labels([0]), np.array([False])) == Score(1.0, 1.0)


@given(GROUPINGS)
def test_pairwise_equals_counting_pairs(grouping):
    """Contingency counts give what looking at every pair gives."""
    found, true = grouping
    pairs = list(combinations(range(len(found)), 2))
    claimed = {(i, j) for i, j in pairs if found[i] == found[j]}
    wanted = {(i, j) for i, j in pairs if true[i] == true[j]}
    score = pairwise(labels(found), labels(true))
    assert score.precision == (pytest.approx(len(claimed & wanted) / len(claimed)) if claimed else 1.0)
    assert score.recall == (pytest.approx(len(claimed & wanted) / len(wanted)) if wanted else 1.0)


@given(GROUPINGS)
def test_b_cubed_equals_counting_items(grouping):
    """Contingency counts give what looking at every item's two groups gives."""
    found, true = grouping
    items = range(len(found))
    mine = [{j for j in items if found[j] == found[i]} for i in items]
    own = [{j for j in items if true[j] == true[i]} for i in items]
    score = b_cubed(labels(found), labels(true))
    if found:
        assert score.precision == pytest.approx(sum(len(mine[i] & own[i]) / len(mine[i]) for i in items) / len(found))
        assert score.recall == pytest.approx(sum(len(mine[i] & own[i]) / len(own[i]) for i in items) / len(found))
    assert in_groups(labels(true)).tolist() == [len(own[i]) > 1 for i in items]


@given(EDGES)
def test_joined_equals_walking_the_edges(edges):
    """Label propagation reaches the smallest item of each component."""
    reach = {node: {node} for node in range(20)}
    for a, b in edges:
        union = reach[a] | reach[b]
        for node in union:
            reach[node] = union
    found = joined(20, labels([a for a, _ in edges]), labels([b for _, b in edges]))
    assert found.tolist() == [min(reach[node]) for node in range(20)]


def test_joined_settles_on_a_long_chain():
    """A shuffled chain of 100,000 items is one component, quickly."""
    order = np.random.default_rng(5).permutation(100_000)
    assert not joined(100_000, order[:-1], order[1:]).any()


def test_dense_keeps_equality():
    """Texts become small numbers that are equal where the texts are."""
    assert dense(np.array(["b", "a", "b"])).tolist() == [1, 0, 1]
