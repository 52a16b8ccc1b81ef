"""Judgements of people: same joins, not-same parts, both to the letter, and neither leaves a trace when gone."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.linking.weights import LEAST_ACCOUNTS, TYPES


def actors(found):
    return {row["account_id"]: row["actor_id"] for row in found["actors"]}


def shared(held, *chain):
    """Each account and the next state one e-mail together, the first pairs more than the last."""
    rows = []
    for number, (one, other) in enumerate(pairwise(chain)):
        values = [f"m{number}x{n}@example.org" for n in range(len(chain) - number)]
        rows += [held(name, "email", value) for value in values for name in (one, other)]
    return rows


def alone(*names):
    return [{"account_id": name, "role": "reported"} for name in names]


def test_same_joins_what_nothing_else_links(linker, judged):
    """Two accounts that share nothing are one actor because somebody said so; the link names the decision."""
    found = linker(accounts=alone("a1", "a2", "a3"), judgements=[judged(7, "same", "a2", "a1")])
    assert actors(found) == {"a1": "a1", "a2": "a1", "a3": "a3"}
    assert [(row["type"], row["value"], row["bits"] > 60) for row in found["link_evidence"]] == [("judged", "7", True)]
    assert found["links"][0]["joins"]


def test_same_outweighs_what_speaks_against(linker, held, person, judged):
    """Other names, other births and a stated other holder do not undo a judgement."""
    found = linker(
        persons=[person("a1", "Kim Lee", "1988-04-05"), person("a2", "Ann Ray", "1990-01-02")],
        associations=[
            {
                "association_id": "s1",
                "kind": "associated-account",
                "value": "Other",
                "account_id": "a1",
                "other_account_id": "a2",
            }
        ],
        judgements=[judged(1, "same", "a1", "a2")],
    )
    assert actors(found) == {"a1": "a1", "a2": "a1"}


def test_judgement_on_an_account_that_is_not_there_joins_nothing(linker, judged):
    """An account whose source was left out gets no actor from a judgement."""
    assert actors(linker(accounts=alone("a1"), judgements=[judged(1, "same", "a1", "gone")])) == {"a1": "a1"}


def test_not_same_parts_two_that_share_everything(linker, held, judged):
    """However much two accounts share, said to be two they are two; their link stays, and joins nothing."""
    found = linker(selectors=shared(held, "a1", "a2"), judgements=[judged(1, "not-same", "a1", "a2")])
    assert actors(found) == {"a1": "a1", "a2": "a2"}
    assert [(row["probability"] > 0.99, row["joins"]) for row in found["links"]] == [(True, False)]


def test_not_same_parts_at_the_weakest_evidence(linker, held, judged):
    """In a chain of four whose ends are not one hand, the last and weakest link gives way."""
    rows = shared(held, "a", "b", "c", "d")
    assert set(actors(linker(selectors=rows)).values()) == {"a"}
    found = linker(selectors=rows, judgements=[judged(1, "not-same", "a", "d")])
    assert actors(found) == {"a": "a", "b": "a", "c": "a", "d": "d"}
    assert {(row["a"], row["b"]) for row in found["links"] if row["joins"]} == {("a", "b"), ("b", "c")}
    assert ("c", "d") in {(row["a"], row["b"]) for row in found["links"]}


def test_same_comes_before_any_evidence(linker, held, judged):
    """b is judged to be one hand with c, and c none with a: nothing that a and b share takes b from c."""
    rows = shared(held, "a", "b") + [held(name, "email", f"n{n}@example.org") for n in range(9) for name in ("a", "b")]
    ruled = [judged(1, "same", "b", "c"), judged(2, "not-same", "a", "c")]
    assert actors(linker(selectors=rows, accounts=alone("c"), judgements=ruled)) == {"a": "a", "b": "b", "c": "b"}


def test_not_same_holds_between_groups(linker, held, person, judged):
    """What the second look would join stays apart if any two of the accounts were judged two hands."""
    selectors = [held(name, "handle", "chat:q77w8") for name in ("a1", "a2")]
    selectors += [held(name, "handle", "mail:z55v4") for name in ("b1", "b2")]
    selectors += [held(name, "ipv4", "192.0.2.7", table_name="captures") for name in ("a2", "b2")]
    people = [person("a1", "Kim Lee"), person("b1", "Kim Lee")]
    assert set(actors(linker(selectors=selectors, persons=people)).values()) == {"a1"}
    found = linker(selectors=selectors, persons=people, judgements=[judged(1, "not-same", "a2", "b1")])
    assert actors(found) == {"a1": "a1", "a2": "a1", "b1": "b1", "b2": "b1"}
    assert not [row for row in found["links"] if row["grouped"] and row["joins"]]


def test_not_same_with_a_third_group_between(linker, held, judged):
    """Two groups said to be two are not brought together over a third that either could join."""
    weak = {"linking.floors.email": next(row.m for row in TYPES if row.type == "email") / LEAST_ACCOUNTS / 2**5}
    selectors = [held(name, "email", "m@example.org") for name in ("a", "x")]
    selectors += [held(name, "email", "n@example.org") for name in ("b", "x")]
    assert set(actors(linker(weak, selectors=selectors)).values()) == {"a"}
    found = actors(linker(weak, selectors=selectors, judgements=[judged(1, "not-same", "a", "b")]))
    assert found["a"] != found["b"] and found["x"] in (found["a"], found["b"])


def test_withdrawn_judgements_were_never_there(linker, held, judged):
    """A run without the judgements equals a run that never had them, table by table."""
    rows = shared(held, "a", "b", "c", "d")
    never = linker(selectors=rows, accounts=alone("e"))
    ruled = [judged(1, "same", "d", "e"), judged(2, "not-same", "a", "c")]
    assert linker(selectors=rows, accounts=alone("e"), judgements=ruled) != never
    assert linker(selectors=rows, accounts=alone("e")) == never


def test_one_withdrawn_leaves_the_other(linker, held, judged):
    """Withdrawing one of two judgements gives the state with the other alone, also if it took the evidence away."""
    rows = shared(held, "a", "b", "c")
    ruled = [judged(1, "same", "a", "c"), judged(2, "not-same", "b", "c")]
    only = linker(selectors=rows, judgements=ruled[1:])
    both = linker(selectors=rows, judgements=ruled)
    assert actors(both)["c"] == actors(both)["a"] != actors(both)["b"]
    assert linker(selectors=rows, judgements=ruled[1:]) == only


NAMES = [f"a{n}" for n in range(8)]
ACCOUNTS = st.sampled_from(NAMES)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(ACCOUNTS, st.sampled_from(["email", "phone", "device"]), st.sampled_from("uvw")), max_size=24),
    st.lists(st.tuples(ACCOUNTS, ACCOUNTS).filter(lambda pair: pair[0] < pair[1]), max_size=4, unique=True),
    st.randoms(use_true_random=False),
)
def test_whole_stage_never_breaks_a_judgement(linker, held, judged, holdings, apart, dice):
    """Whatever accounts share, no two judged not one hand are one actor, and the order of rows changes nothing."""
    selectors = [held(name, kind, f"{value}@example.org") for name, kind, value in holdings]
    ruled = [judged(number, "not-same", *pair) for number, pair in enumerate(apart, 1)]
    found = linker(accounts=alone(*NAMES), selectors=selectors, judgements=ruled)
    root = actors(found)
    assert all(root[a] != root[b] for a, b in apart)
    joins = {(row["a"], row["b"]) for row in found["links"] if row["joins"]}
    assert all(root[a] == root[b] for a, b in joins)
    for rows in (selectors, ruled):
        dice.shuffle(rows)
    again = linker(accounts=alone(*NAMES)[::-1], selectors=selectors, judgements=ruled)
    assert again == found


@pytest.mark.parametrize("order", (1, -1))
def test_contradiction_in_a_triangle(linker, held, judged, order):
    """Of three accounts that share all with each other, two apart: the third goes with the smaller, every time."""
    rows = [held(name, "email", "kim@example.org") for name in ("a", "b", "c")]
    found = linker(selectors=rows[::order], judgements=[judged(1, "not-same", "a", "b")])
    assert actors(found) == {"a": "a", "b": "b", "c": "a"}
    assert len(found["links"]) == len(list(combinations("abc", 2)))
