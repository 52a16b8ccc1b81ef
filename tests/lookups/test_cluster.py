"""A cluster shown and two addresses explained, over a chain by hand."""

from __future__ import annotations

import pytest

from tanglaw.errors import CheckUsage
from tanglaw.lookups.cluster import cluster_of, why
from tanglaw.selectors import SELECTORS
from tanglaw.tables import TABLES
from tests.chain.test_clusters import FUNDED, chain, collected, made, paying, spelled

MAIN = next(example.text for example in SELECTORS["btc"].examples if example.text.startswith("BC1")).lower()
BOTH = {"in": ["tx1:1", ("b", 30_000)], "out": [("shop", 60_000)]}


@pytest.fixture
def told(duck):
    """told(*transactions, tags=...) -> the engine after a run over them."""

    def run(*txs, **more):
        tables = chain(*txs, **more)
        made(duck, tables)
        duck.put("chain_transfers", TABLES["chain_transfers"].schema.empty_table())
        return duck

    return run


def test_cluster_says_what_made_it(told):
    """Size, rules with counts, first and last time, and what it received and holds by the blocks."""
    found = cluster_of(told(FUNDED, paying(), BOTH), "a")
    assert (found.cluster_id, found.addresses, sorted(found.members)) == ("a", 3, ["a", "b", "rest"])
    assert [(row["rule"], row["joins"]) for row in found.rules] == [
        ("address-type + reuse + round", 1),
        ("common-input", 1),
    ]
    assert found.received == 60_011 + 39_511 and found.balance == 0
    assert found.transactions == 3 and found.first_at < found.last_at


def test_tags_and_their_conflicts_are_shown(told):
    """Every tag with its list; owners that contradict are named, none is chosen."""
    tags = [("b", "North"), ("rest", "North Desk"), ("rest", "South")]
    found = cluster_of(told(FUNDED, paying(), BOTH, tags=tags), "a")
    assert [(tag["address"], tag["actor"]) for tag in found.tags] == tags
    assert found.addresses == 3 and found.conflicts == ["North", "North Desk", "South"]


def test_alone(told):
    """An address that nothing joined is a cluster of one."""
    found = cluster_of(told(FUNDED), "p2pkh/seen")
    assert (found.cluster_id, found.addresses, found.rules) == ("p2pkh/seen", 1, [])
    assert found.balance == found.received == 20_001


def test_why_names_each_transaction_and_rule(told):
    """From one address to the other: who paid together, and which output was change and by which signs."""
    found = why(told(FUNDED, paying(), BOTH), "b", "a")
    assert found.joined and found.verdict == "One cluster of 3 addresses: 2 joins lead from one to the other."
    assert [(step["from"], step["to"], step["txid"]) for step in found.steps] == [
        ("b", "rest", "tx2"),
        ("rest", "a", "tx1"),
    ]
    assert found.steps[0]["said"] == "both paid for the same transaction"
    assert found.steps[1]["said"].startswith("one paid, the rest returned to the other: the only output of the kind")


def test_why_not_names_what_was_refused(told):
    """Two addresses that nothing joins: it is said, with the join between them that was refused and its reason."""
    joint = {"in": [("a", 50_000), ("b", 9_000)], "out": [("c", 39_000), ("d", 19_500)]}
    found = why(told(joint), "a", "b")
    assert not found.joined and found.steps == []
    assert [(row["txid"], row["reason"]) for row in found.refused] == [
        ("tx0", "payjoin: an input of 9000 was not needed")
    ]
    assert "joins were refused" in found.verdict
    assert why(told(joint), "c", "a").refused


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (MAIN, "main network"),
        (MAIN[:-1] + "q", "checksum does not hold"),
        ("bcrt1qnobody", "occurs in no transaction"),
    ],
)
def test_addresses_that_are_not_there(told, address, words):
    """A wrong checksum, another network and an address never seen are told apart."""
    with pytest.raises(CheckUsage, match=words):
        cluster_of(told(FUNDED), address)


def test_no_ledger(told):
    """Without any block it is said that there is none."""
    engine = told()
    with pytest.raises(CheckUsage, match="holds no ledger"):
        why(engine, MAIN, "b")


def test_why_names_the_sweep_of_a_deposit_address(duck):
    """A deposit address and where its service collects: the transaction that passed the coins on, and what it means."""
    made(duck, collected())
    duck.put("chain_transfers", TABLES["chain_transfers"].schema.empty_table())
    (step,) = why(duck, "d3", "hot").steps
    assert (step["rule"], step["weight"], step["txid"]) == ("deposit", 0.8, "on3")
    assert step["said"].startswith("all that comes there is soon passed on")


def test_same_address_twice(told):
    """Two times the same address is a wrong call."""
    with pytest.raises(CheckUsage, match="same address"):
        why(told(FUNDED), "a", "btc-regtest:a")


def test_network_may_be_named(told):
    """NETWORK:ADDRESS tells which ledger is meant; another network's name finds nothing."""
    engine = told(FUNDED)
    assert cluster_of(engine, "btc-regtest:a").network == "btc-regtest"
    with pytest.raises(CheckUsage, match="occurs in no transaction"):
        cluster_of(engine, "btc-test:a")
    assert spelled("a")["address"] == "a"
