"""The second look: groups are weighed against groups, and chains of weak evidence merge nobody."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tanglaw.linking.weights import LEAST_ACCOUNTS, TYPES

# An e-mail that is worth 5 bits above chance in a small world: enough to join, not to join at the first look.
WEAK_EMAIL = {"linking.floors.email": next(row.m for row in TYPES if row.type == "email") / LEAST_ACCOUNTS / 2**5}


def members(found):
    """The groups of two and more accounts, as sets."""
    groups = {}
    for row in found["actors"]:
        groups.setdefault(row["actor_id"], set()).add(row["account_id"])
    return sorted((group for group in groups.values() if len(group) > 1), key=min)


def two_groups(held):
    """a1 and a2 are one hand by a handle, b1 and b2 by another."""
    rows = [held(name, "handle", "chat:q77w8") for name in ("a1", "a2")]
    return rows + [held(name, "handle", "mail:z55v4") for name in ("b1", "b2")]


def bridge(held, one, other, value="m@example.org"):
    return [held(name, "email", value) for name in (one, other)]


def test_groups_join_by_what_they_hold_together(linker, held, person):
    """A name known of one account and an address known of another suffice together, though no pair has both."""
    selectors = two_groups(held) + [
        held(name, "ipv4", "192.0.2.7", table_name="captures", field="ip") for name in ("a2", "b2")
    ]
    people = [person("a1", "Kim Lee"), person("b1", "Lee, Kim")]
    assert members(linker(selectors=selectors)) == [{"a1", "a2"}, {"b1", "b2"}]
    found = linker(selectors=selectors, persons=people)
    assert members(found) == [{"a1", "a2", "b1", "b2"}]
    link = next(row for row in found["links"] if row["grouped"])
    assert (link["a"], link["b"], link["joins"]) == ("a1", "b1", True)
    rows = {row["type"]: row for row in found["link_evidence"] if (row["a"], row["b"]) == ("a1", "b1")}
    assert set(rows) == {"name", "ip"}
    assert (rows["ip"]["record_a"], rows["ip"]["record_b"]) == ("rec-a2-192.0.2.7", "rec-b2-192.0.2.7")


def test_weak_bridge_joins_groups_that_do_not_contradict(linker, held):
    """Two accounts that share one thing bring their groups together where nothing speaks against it."""
    found = linker(WEAK_EMAIL, selectors=two_groups(held) + bridge(held, "a2", "b2"))
    assert members(found) == [{"a1", "a2", "b1", "b2"}]


def test_weak_bridge_does_not_join_groups_that_contradict(linker, held, person):
    """The pair itself is above the limit and names nobody; its groups have other names, so it stays a link."""
    people = [person("a1", "Kim Lee"), person("b1", "Ann Ray")]
    found = linker(WEAK_EMAIL, selectors=two_groups(held) + bridge(held, "a2", "b2"), persons=people)
    assert members(found) == [{"a1", "a2"}, {"b1", "b2"}]
    link = next(row for row in found["links"] if (row["a"], row["b"]) == ("a2", "b2"))
    assert link["probability"] > 0.9 and not link["joins"]


def test_two_bridges_outweigh_other_names(linker, held, person):
    """A contradiction is evidence, no veto: with a second bridge between other accounts the groups are one."""
    selectors = two_groups(held) + bridge(held, "a2", "b2") + bridge(held, "a1", "b1", "n@example.org")
    found = linker(WEAK_EMAIL, selectors=selectors, persons=[person("a1", "Kim Lee"), person("b1", "Ann Ray")])
    assert members(found) == [{"a1", "a2", "b1", "b2"}]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("device", {"table_name": "devices"}),
        ("ipv4", {"table_name": "captures"}),
        ("url", {}),
        ("phone", {"table_name": "messages", "field": "text", "role": "sender"}),
        ("email", {"table_name": "texts", "field": "text"}),
    ],
)
@pytest.mark.parametrize("length", (1, 5))
def test_chain_built_to_merge_two_actors(linker, held, kind, more, length):
    """Accounts made to lead from one actor to another over devices, addresses, files' places, or numbers that are
    only mentioned, merge nobody, however long the chain is."""
    chain = ["a2", *(f"x{n}" for n in range(length)), "b1"]
    value = {"ipv4": "192.0.2.{}", "phone": "+1555020{}"}.get(kind, "v{}@example.org")
    links = [held(name, kind, value.format(n), **more) for n, ends in enumerate(pairwise(chain)) for name in ends]
    assert members(linker(selectors=two_groups(held) + links)) == [{"a1", "a2"}, {"b1", "b2"}]


def test_flood_of_one_kind_between_two_actors_merges_nobody(linker, held):
    """Two hundred devices shared on purpose are still one kind of evidence, that of a household."""
    flood = [held(name, "device", f"d{n:03d}") for n in range(200) for name in ("a2", "b1")]
    assert members(linker(selectors=two_groups(held) + flood)) == [{"a1", "a2"}, {"b1", "b2"}]


def test_an_account_that_states_the_ids_of_many_is_no_bridge(linker, held):
    """An account that claims the e-mail of a help desk, which very many state, joins none of them."""
    crowd = [held(f"c{n:02d}", "email", "help@example.org") for n in range(30)]
    found = linker(selectors=[*two_groups(held), *crowd, held("a1", "email", "help@example.org")])
    assert members(found) == [{"a1", "a2"}, {"b1", "b2"}]


def test_account_between_two_groups_that_contradict(linker, held, person):
    """An account tied weakly to each of two groups of other names goes to one of them, and does not merge them."""
    selectors = two_groups(held) + bridge(held, "a2", "x") + bridge(held, "x", "b2", "n@example.org")
    found = linker(WEAK_EMAIL, selectors=selectors, persons=[person("a1", "Kim Lee"), person("b1", "Ann Ray")])
    assert sorted(map(len, members(found))) == [2, 3]
