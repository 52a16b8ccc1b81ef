"""Joins weighed against each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.linking.parted import parted, stated

NODES = st.sampled_from("abcdefghij")
PAIRS = st.tuples(NODES, NODES).filter(lambda pair: pair[0] < pair[1])


def joined(edges, apart=(), holders=(), margin=1_000):
    """Groups of edges that are all a bit above what joins; holders are (account, kind, value)."""
    rows = [{"account_id": account, "kind": kind, "value": value} for account, kind, value in holders]
    return parted([{"a": a, "b": b, "margin": margin} for a, b in edges], apart, stated(rows))


@given(st.lists(PAIRS, max_size=25, unique=True), st.lists(PAIRS, max_size=8, unique=True))
def test_parted_never_puts_a_pair_together(edges, apart):
    """No pair that is to be apart has one root, and each root is the smallest of its group."""
    found = joined(edges, apart)
    root = {node: found.get(node, node) for node in "abcdefghij"}
    assert all(root[a] != root[b] for a, b in apart)
    assert all(root[one] == one and one < node for node, one in found.items())


@given(st.lists(PAIRS, max_size=25, unique=True), st.lists(PAIRS, max_size=8, unique=True))
def test_parted_joins_each_edge_that_can_be(edges, apart):
    """An edge whose ends are in two groups could not have joined: some pair of the two groups is to be apart. Without
    pairs the groups are the connected ones."""
    found = joined(edges, apart)
    root = {node: found.get(node, node) for node in "abcdefghij"}
    group = {one: {node for node in root if root[node] == root[one]} for one in root}
    for a, b in edges:
        assert root[a] == root[b] or any({x, y} & group[a] and {x, y} & group[b] for x, y in apart)
    free = joined(edges, [])
    assert all(free.get(a, a) == free.get(b, b) for a, b in edges)


@given(
    st.lists(PAIRS, max_size=25, unique=True),
    st.lists(PAIRS, max_size=8, unique=True),
    st.randoms(use_true_random=False),
)
def test_parted_does_not_ask_for_an_order_of_pairs(edges, apart, dice):
    """The same edges with the pairs in another order, turned or repeated, give the same groups."""
    other = [pair[::-1] if dice.random() < 0.5 else pair for pair in apart * 2]
    dice.shuffle(other)
    assert joined(edges, other) == joined(edges, apart)


@given(st.lists(PAIRS, max_size=20, unique=True), st.lists(PAIRS, max_size=6, unique=True))
def test_parted_keeps_the_strongest(edges, apart):
    """Strongest first: an edge gives way only where stronger edges hold its two sides against it."""
    for number, (a, b) in enumerate(edges):
        before = joined(edges[:number], apart)
        after = joined(edges[: number + 1], apart)
        sides = [{n for n in "abcdefghij" if before.get(n, n) == before.get(end, end)} for end in (a, b)]
        barred = any(tuple(sorted(pair)) in apart for pair in ((x, y) for x in sides[0] for y in sides[1] if x != y))
        assert (after.get(a, a) == after.get(b, b)) == (not barred or sides[0] == sides[1])


BRIDGE = [("a", "b"), ("c", "d"), ("b", "x"), ("c", "x")]
NAMED = [("a", "name", "kim lee"), ("d", "name", "ann ray")]


def test_account_between_two_groups_goes_to_one():
    """Two groups with other names are not merged by an account tied to both; without names they are."""
    assert joined(BRIDGE) == dict.fromkeys("bcdx", "a")
    assert joined(BRIDGE, holders=NAMED) == {"b": "a", "d": "c", "x": "a"}


@pytest.mark.parametrize(("margin", "merged"), [(3_999, False), (4_000, True)])
def test_evidence_outweighs_other_names(margin, merged):
    """A contradiction is evidence, no veto: what outweighs its four bits joins."""
    found = joined([("a", "b"), ("b", "d")], holders=NAMED, margin=margin)
    assert (found.get("d") == "a") == merged


def test_two_bridges_count_together():
    """What ties two groups is summed over their accounts."""
    two = [("a", "b"), ("c", "d"), ("a", "c"), ("b", "d")]
    assert joined(two, holders=NAMED, margin=1_500).get("d") == "c"
    assert joined([*two, ("b", "c")], holders=NAMED, margin=1_500).get("d") == "a"


@pytest.mark.parametrize(
    ("one", "other", "kind", "merged"),
    [
        ("kim lee", "kim ray", "name", False),
        ("kim lee", "lee kim", "name", True),
        ("kim lee", "ким ли", "name", True),
        ("1990-01-02", "1991-01-02", "born", False),
    ],
)
def test_what_contradicts(one, other, kind, merged):
    """One word of a name in common speaks less against one hand, names in two scripts cannot differ, births do."""
    holders = [("a", kind, one), ("d", kind, other)]
    margin = 2_500 if merged else 1_500
    assert (joined([("a", "b"), ("b", "d")], holders=holders, margin=margin).get("d") == "a") == merged


def test_pair_with_other_names_that_joins_by_itself_stays():
    """What a pair's own names say against it is in its own bits already and does not count twice."""
    assert joined([("a", "d"), ("d", "x")], holders=NAMED, margin=0) == {"d": "a", "x": "a"}


def test_one_name_in_two_scripts_contradicts_nobody():
    """A group that bears a name and the same in other letters joins who bears it in either, and nobody of another name."""
    star = [("a", "b"), ("b", "c"), ("b", "d")]
    named = [("a", "name", "ivanov sergei"), ("b", "name", "иванов сергей"), ("c", "name", "ivanov sergey")]
    assert joined(star, holders=named, margin=1) == {"b": "a", "c": "a", "d": "a"}
    other = [*named, ("d", "name", "ann ray")]
    assert joined(star, holders=other, margin=1) == {"b": "a", "c": "a"}
