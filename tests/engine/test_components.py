"""Components by iterative SQL against a plain union-find."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.engine.components import components

EDGES = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)).filter(lambda e: e[0] != e[1]), max_size=40)


def union_find(edges):
    """node -> smallest node of its component, roots left out."""
    parent = {}

    def root(node):
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for a, b in edges:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return {node: root(node) for node in parent if root(node) != node}


def run(engine, edges):
    engine.put(
        "edges",
        pa.table(
            {"a": pa.array([a for a, _ in edges], pa.string()), "b": pa.array([b for _, b in edges], pa.string())}
        ),
    )
    rounds = components(engine, "found", "edges")
    return {row["node"]: row["root"] for row in engine.rows("select * from found").to_pylist()}, rounds


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDGES)
def test_equals_union_find(duck, edges):
    """Any edges, in any direction and repeated, give the components of a union-find."""
    named = [(f"n{a:02d}", f"n{b:02d}") for a, b in edges]
    assert run(duck, named)[0] == union_find(named)


def test_long_chain_in_few_rounds(duck):
    """A chain of 5,000 nodes in shuffled order settles in far fewer rounds than it is long."""
    names = [f"n{(i * 2_741) % 5_000:04d}" for i in range(5_000)]
    found, rounds = run(duck, list(pairwise(names)))
    assert set(found.values()) == {"n0000"} and len(found) == 4_999
    assert rounds <= 20


@pytest.mark.parametrize("edges", [[], [("a", "b")], [("b", "a"), ("a", "b")], [("a", "c"), ("b", "c"), ("d", "e")]])
def test_small_cases(duck, edges):
    """Nothing, one edge, one edge twice and two components come out alike."""
    assert run(duck, edges)[0] == union_find(edges)
