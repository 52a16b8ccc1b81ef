"""The forest of first joins against a plain Kruskal, compiled, as plain Python, and by rounds of SQL."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.engine.forest import forest, rounds
from tanglaw.engine.forest_loops import kruskal, lowest

EDGES = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)).filter(lambda e: e[0] != e[1]), max_size=40)


def plain(edges):
    """(kept edges, node -> smallest node of its group) in the order given."""
    groups = {node: {node} for edge in edges for node in edge}
    kept = []
    for r, (a, b) in enumerate(edges):
        if groups[a] is not groups[b]:
            kept.append((r, a, b))
            joined = groups[a] | groups[b]
            groups.update(dict.fromkeys(joined, joined))
    return kept, {node: min(group) for node, group in groups.items()}


def put(engine, edges):
    columns = {"r": list(range(len(edges))), "a": [a for a, _ in edges], "b": [b for _, b in edges]}
    rows = pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})
    order = np.random.default_rng(len(edges)).permutation(len(edges))
    engine.put("edges", rows.take(pa.array(order)))


def found(engine, by=forest):
    by(engine, "grown", "edges")
    kept = engine.rows("select r, a, b from grown order by r nulls last").to_pylist()
    roots = engine.rows("select node, root from grown_roots").to_pylist()
    return [(row["r"], row["a"], row["b"]) for row in kept], {row["node"]: row["root"] for row in roots}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDGES)
def test_equals_plain_kruskal(duck, edges):
    """Any edges, repeated and in any order of rows, give the forest and the roots of a plain Kruskal."""
    put(duck, edges)
    assert found(duck) == plain(edges)


@pytest.mark.spark
def test_rounds_of_sql_give_the_same_forest(both):
    """Boruvka in SQL keeps the very edges that union-find keeps, on a graph with long ways and rings; few edges come into this
    process from Spark, too."""
    dice = np.random.default_rng(5)
    edges = [(int(a), int(b)) for a, b in dice.integers(0, 300, (500, 2)) if a != b]
    edges += [(i, i + 1) for i in range(400, 440)]
    put(both, edges)
    assert found(both.duck) == found(both.spark) == found(both.spark, rounds) == plain(edges)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-2, 12), st.integers(-2, 12)), max_size=30))
def test_compiled_equals_plain_python(edges):
    """The compiled loops give what the same functions give as plain Python, nodes outside of the forest too."""
    a, b = (np.array([edge[side] for edge in edges], np.int32) for side in (0, 1))
    one, other = (np.arange(10, dtype=np.int32) for _ in range(2))
    sizes = np.ones(10, np.int32), np.ones(10, np.int32)
    assert kruskal(one, sizes[0], a, b).tolist() == kruskal.py_func(other, sizes[1], a, b).tolist()
    assert lowest(one).tolist() == lowest.py_func(other).tolist()
