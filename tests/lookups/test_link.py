"""Two accounts explained: the verdict, the bits behind it, where they stand, and over which links they came together."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.engine import Engine
from tanglaw.errors import CheckUsage
from tanglaw.linking import LINKING
from tanglaw.lookups.link import ExplainedLink, account_of, explain_link
from tanglaw.tables import TABLES
from tests.linking.conftest import Linker, held, judged, person
from tests.linking.test_groups import WEAK_EMAIL
from tests.linking.test_steadiness import small_world

__all__ = ["held", "judged", "person"]
Row = dict[str, Any]
Make = Callable[..., Row]


class Explainer:
    """A run over rows by hand, and any two of its accounts explained."""

    def __init__(self, engine: Engine) -> None:
        self.linker = Linker(engine)
        self.given: dict[str, list[Row]] = {}

    def run(self, numbers: dict[str, float] | None = None, **given: list[Row]) -> dict[str, list[Row]]:
        """Link these rows; every account in a selector has a row in `accounts`."""
        named = {row["account_id"] for row in given.get("accounts", [])}
        more = {row["account_id"] for row in given.get("selectors", [])} - named
        accounts = [*given.get("accounts", []), *({"account_id": name, "role": "reported"} for name in sorted(more))]
        self.given = given | {"accounts": accounts}
        for name, table in TABLES.items():
            if name not in LINKING.reads and name not in LINKING.writes:
                rows = self.given.get(name, [])
                columns = [pa.array([row.get(f.name) for row in rows], f.type) for f in table.schema]
                self.linker.engine.put(name, pa.table(columns, schema=table.schema))
        read = {name: rows for name, rows in self.given.items() if name in LINKING.reads}
        return self.linker(numbers, **read)

    def __call__(self, a: str, b: str) -> ExplainedLink:
        """The pair; what a run reads is put anew first, as a verb finds it."""
        schema = TABLES["selectors"].schema
        rows = self.given.get("selectors", [])
        columns = [pa.array([row.get(f.name) for row in rows], f.type) for f in schema]
        self.linker.engine.put("selectors", pa.table(columns, schema=schema))
        return explain_link(self.linker.engine, a, b)


@pytest.fixture
def explainer(duck: Engine) -> Explainer:
    """On DuckDB."""
    return Explainer(duck)


def told(rows: list[Row]) -> list[tuple[Any, ...]]:
    return sorted(
        (r["type"], r["value"], r["holders"], r["proposes"], r["bits"], r["record_a"], r["record_b"]) for r in rows
    )


def test_bits_are_those_of_the_run(explainer: Explainer, held: Make) -> None:
    """Of pairs that a run linked, evidence, sum and probability are what the run wrote, holders counted by all."""
    world = small_world(held)
    world["selectors"] += [held(f"a{n:02d}", "ipv6", f"2001:db8:0:7::{n + 1:x}") for n in range(0, 12)]
    found = explainer.run({"linking.min_probability": 1e-6}, **world)
    links = [row for row in found["links"] if not row["grouped"]]
    assert any(row["type"] == "ip" and ":" in row["value"] for row in found["link_evidence"])
    ipv6 = [r for r in links if "2001:db8" in r["evidence"]]
    for link in random.Random(2).sample(links, 10) + ipv6[:3]:
        pair = explainer(link["b"], link["a"])
        rows = [row for row in found["link_evidence"] if (row["a"], row["b"]) == (link["a"], link["b"])]
        assert told(pair.evidence) == told(rows)
        assert (pair.bits, pair.probability) == (link["bits"], link["probability"])


def test_joined_pair(explainer: Explainer, held: Make) -> None:
    """Two accounts of one actor over their own link: said so, with the source of each row."""
    contacts = [
        {"contact_id": f"rec-{name}-kim@example.org", "source_id": f"src-{name}", "locator": "line 7"}
        for name in ("a1", "a2")
    ]
    sources = [
        {"source_id": f"src-{name}", "format": "police-json", "path": f"{name}.json", "sha256": "0f" * 32}
        for name in ("a1", "a2")
    ]
    explainer.run(
        selectors=[held(name, "email", "kim@example.org") for name in ("a1", "a2")], contacts=contacts, sources=sources
    )
    pair = explainer("a1", "a2")
    assert (pair.same_actor, pair.verdict) == (True, "one actor")
    assert [(row["a"], row["b"]) for row in pair.path] == [("a1", "a2")]
    assert [(row["record_id"], row["path"], row["locator"]) for row in pair.sources] == [
        ("rec-a1-kim@example.org", "a1.json", "line 7"),
        ("rec-a2-kim@example.org", "a2.json", "line 7"),
    ]


def test_joined_over_others(explainer: Explainer, held: Make) -> None:
    """Two accounts that share nothing are one actor over a third: the links between them are named in order."""
    selectors = [held(name, "email", "m@example.org") for name in ("a1", "a2")]
    selectors += [held(name, "handle", "chat:q77w8") for name in ("a2", "a3")]
    explainer.run(selectors=selectors)
    pair = explainer("a3", "a1")
    assert (pair.same_actor, pair.evidence, pair.verdict) == (True, [], "one actor, over 2 links")
    assert [(row["a"], row["b"]) for row in pair.path] == [("a1", "a2"), ("a2", "a3")]


def test_joined_by_the_second_look(explainer: Explainer, held: Make, person: Make) -> None:
    """Where groups were joined, the path holds their link with the evidence of all accounts of both."""
    selectors = [held(name, "handle", "chat:q77w8") for name in ("a1", "a2")]
    selectors += [held(name, "handle", "mail:z55v4") for name in ("b1", "b2")]
    selectors += [held(name, "ipv4", "192.0.2.7", table_name="captures") for name in ("a2", "b2")]
    explainer.run(selectors=selectors, persons=[person("a1", "Kim Lee"), person("b1", "Kim Lee")])
    pair = explainer("a2", "b2")
    assert pair.same_actor and pair.verdict == "one actor, over 3 links"
    assert [(row["a"], row["b"], row["grouped"]) for row in pair.path] == [
        ("a1", "a2", False),
        ("a1", "b1", True),
        ("b1", "b2", False),
    ]
    assert {row["type"] for row in pair.evidence} == {"ip"}


def test_unlinked_pairs(explainer: Explainer, held: Make, person: Make) -> None:
    """No run compared them: nothing shared, or too little, and then it is said how much is missing."""
    explainer.run(
        selectors=[held("a1", "email", "m@example.org"), held("a2", "email", "n@example.org")],
        persons=[person("a2", "Kim Lee"), person("a3", "Kim Lee")],
        accounts=[{"account_id": "a3", "role": "reported"}],
    )
    nothing = explainer("a1", "a2")
    assert (nothing.evidence, nothing.probability, nothing.bits) == ([], None, 0)
    assert nothing.verdict == "not linked: they share nothing that is known"
    little = explainer("a2", "a3")
    assert [row["type"] for row in little.evidence] == ["name"]
    assert not little.evidence[0]["proposes"]
    assert little.verdict == (
        "not joined: their evidence adds up to 12.3 bits, and chance alone asks for 13.3;"
        " the policy joins from a probability of 0.90"
    )


def test_too_little_is_not_linked(explainer: Explainer, held: Make) -> None:
    """Below the least probability a pair is not linked, and its evidence is listed all the same."""
    explainer.run(
        selectors=[held(name, "ipv4", "192.0.2.7", table_name="captures") for name in ("a1", "a2", "a3", "a4")]
    )
    pair = explainer("a1", "a2")
    assert pair.probability is None and pair.bits > 0
    assert pair.verdict.startswith(f"not linked: their evidence adds up to {pair.bits:.1f} bits")


def test_household(explainer: Explainer, held: Make) -> None:
    """A device shared is strong evidence and still not one hand: the verdict says household."""
    explainer.run(selectors=[held(name, "device", "ab12") for name in ("a1", "a2")])
    pair = explainer("a1", "a2")
    assert pair.probability is not None and pair.probability > 0.9
    assert "household" in pair.verdict and not pair.same_actor


def test_what_speaks_against(explainer: Explainer, held: Make, person: Make) -> None:
    """Other names and births stand among the evidence, below zero, with their records."""
    explainer.run(
        selectors=[held(name, "phone", "+15550100") for name in ("a1", "a2")],
        persons=[person("a1", "Kim Lee", "1988-04-05"), person("a2", "Ann Ray", "1990-01-02")],
    )
    pair = explainer("a1", "a2")
    against = {row["type"]: row["bits"] for row in pair.evidence if row["bits"] < 0}
    assert set(against) == {"other-name", "other-birth"}
    assert pair.bits == pytest.approx(sum(row["bits"] for row in pair.evidence))
    assert f"their evidence adds up to {pair.bits:.1f} bits, and chance alone asks for 13.3" in pair.verdict


def test_groups_that_contradict(explainer: Explainer, held: Make, person: Make) -> None:
    """The two alone would join, their groups do not: it is said that others speak against it."""
    selectors = [held(name, "handle", "chat:q77w8") for name in ("a1", "a2")]
    selectors += [held(name, "handle", "mail:z55v4") for name in ("b1", "b2")]
    selectors += [held(name, "email", "m@example.org") for name in ("a2", "b2")]
    explainer.run(WEAK_EMAIL, selectors=selectors, persons=[person("a1", "Kim Lee"), person("b1", "Ann Ray")])
    pair = explainer("a2", "b2")
    assert pair.probability is not None and pair.probability > 0.9
    assert pair.verdict.startswith("not joined: other accounts of the two groups speak against it")


def test_judged_pairs(explainer: Explainer, held: Make, judged: Make) -> None:
    """A judgement decides the verdict and is named by its number, whatever else is known."""
    explainer.run(
        selectors=[held(name, "email", "kim@example.org") for name in ("a1", "a2")],
        accounts=[{"account_id": "a3", "role": "reported"}],
        judgements=[judged(4, "not-same", "a1", "a2"), judged(5, "same", "a2", "a3")],
    )
    apart, together = explainer("a1", "a2"), explainer("a2", "a3")
    assert (apart.same_actor, apart.verdict) == (False, "kept apart: decision 4 says that they are not one hand")
    assert apart.bits > apart.prior
    assert (together.same_actor, together.verdict) == (True, "one actor: decision 5 says that they are one hand")
    assert [row["decision_id"] for row in together.judged] == [5]
    assert [(row["type"], row["value"]) for row in together.evidence] == [("judged", "5")]


def test_judgement_on_others_of_the_group(explainer: Explainer, held: Make, judged: Make) -> None:
    """A pair kept apart by a decision on other accounts is told so."""
    selectors = [held(name, "email", value) for value in ("m@example.org", "n@example.org") for name in ("a1", "a2")]
    selectors += [held(name, "handle", "chat:q77w8") for name in ("a2", "a3")]
    explainer.run(selectors=selectors, judgements=[judged(1, "not-same", "a1", "a3")])
    pair = explainer("a2", "a3")
    assert not pair.same_actor and "a decision keeps these apart" in pair.verdict


def test_order_of_the_two_does_not_matter(explainer: Explainer, held: Make) -> None:
    """A B and B A are one question."""
    explainer.run(selectors=[held(name, "email", "kim@example.org") for name in ("a1", "a2")])
    assert explainer("a1", "a2") == explainer("a2", "a1")


def test_accounts_by_name(explainer: Explainer) -> None:
    """An account is named by its id or six digits that begin it, or by platform and identifier or handle, in any
    capitals of A to Z."""
    explainer.run(
        accounts=[
            {"account_id": "a1", "platform": "chat", "identifier": "7163", "handle": "Kim_Béla"},
            {"account_id": "a2", "platform": "chat", "identifier": "7164", "handle": "ÉTÉ"},
            {"account_id": "a3", "platform": "mail", "identifier": "x:7", "handle": "kim_béla"},
            {"account_id": "a4", "platform": "mail", "identifier": "8", "handle": "kim_béla"},
            {"account_id": "abcdef123", "platform": "mail", "identifier": "9"},
            {"account_id": "abcdef456", "platform": "mail", "identifier": "10"},
        ]
    )
    engine = explainer.linker.engine
    asked = {
        "abcdef1": "abcdef123",
        "a1": "a1",
        "chat:7163": "a1",
        "chat:KIM_BéLA": "a1",
        "chat:ÉTÉ": "a2",
        "mail:x:7": "a3",
    }
    assert {name: account_of(engine, name) for name in asked} == asked
    for name in ("a9", "chat:", "chat", "", "web:7163", "abcde"):
        with pytest.raises(CheckUsage, match="is no account here"):
            account_of(engine, name)
    with pytest.raises(CheckUsage, match="may be any of abcdef123, abcdef456"):
        account_of(engine, "abcdef")
    with pytest.raises(CheckUsage, match="may be any of a3, a4"):
        account_of(engine, "mail:kim_béla")


def test_one_account_twice_is_no_pair(explainer: Explainer) -> None:
    """An account is not compared with itself."""
    explainer.run(accounts=[{"account_id": "a1", "role": "reported"}])
    with pytest.raises(CheckUsage, match="the same account"):
        explainer("a1", "a1")
