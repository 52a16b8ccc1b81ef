"""Services that spend their coins in the order of arrival, on a ledger by hand: a queue that pays out what came first."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tanglaw.tables import TABLES
from tests.chain.test_clusters import chain, listed, made
from tests.chain.worlds import NETWORK, table, world

STEPS, WAITING, TURN = 48, 6, 30
# Both outputs are of the service's kind, new, and, if spent, spent in the same way.
TWO = [("p", 41_003), ("rest", 48_001)]
APART = [("p2pkh/q", 40_003), ("p2tr/r", 48_007)]


def queue(turn: int = TURN, place: int = WAITING, last: bool = False, spent: bool = False):
    """Coins come to a service one by one; when six wait it pays out of the first (or the `last`). The coin of `turn` comes in at
    that `place` of the queue and pays `TWO`, of which `rest` comes to the end; `spent`: `p` is spent at once."""
    txs, waiting = [], []
    for n in range(STEPS):
        name = "x" if n == turn else f"d{n:02}"
        txs.append({"in": [(f"s{n}", 95_000)], "out": [(name, 90_000)], "txid": f"to-{name}"})
        waiting.insert(place if n == turn else len(waiting), name)
        if len(waiting) > WAITING:
            paid = waiting.pop(-1 if last else 0)
            coin = "by-x:1" if paid == "rest" else f"to-{paid}:0"
            txs.append({"in": [coin], "out": TWO if paid == "x" else APART, "txid": f"by-{paid}"})
            if paid == "x":
                waiting.append("rest")
                txs += [{"in": ["by-x:0"], "out": APART, "txid": "by-p"}] * spent
    return txs


def tables_of(txs, *unlisted, network=NETWORK):
    """The ledger, and a list that names for one service all addresses that it spends from but these."""
    names = {name for tx in txs for name, _ in tx["out"] if name[0] == "d" or name in ("x", "rest")} - set(unlisted)
    tags = table("address_tags", [row | {"network": network} for row in listed(*sorted(names))])
    return chain(*txs, network=network) | {"address_tags": tags}


def kin_of(duck, txs, *unlisted):
    """Joins by `kin` with an unlisted address, its two in order of text, and the transaction."""
    joins = made(duck, tables_of(txs, *unlisted))
    kin = [join for join in joins if join["rule"] == "kin" and {join["a"], join["b"]} & set(unlisted)]
    return {(*sorted((join["a"], join["b"])), join["txid"]) for join in kin}


@pytest.mark.parametrize(("place", "joined"), ((WAITING, True), (0, False), (2, False)))
def test_a_deposit_is_paid_out_when_its_turn_comes(duck, place, joined):
    """Whose coin is spent just when the service comes to it, and pays back to the service, is the service; whose coin is spent
    before that may be a customer."""
    assert kin_of(duck, queue(place=place), "x") == ({("rest", "x", "by-x")} if joined else set())


def test_of_its_own_payment_the_rest_waits_for_its_turn(duck):
    """Of two outputs that fit, what is spent in the service's order is its rest, and the one passed over is not."""
    for spent in (True, False):
        assert kin_of(duck, queue(spent=spent), "rest") == {("rest", "x", "by-x")}


def test_a_service_without_the_habit_shows_no_order(duck):
    """A service that spends what came last has no turns that a coin could wait for."""
    assert kin_of(duck, queue(last=True), "x") == set()


def test_few_coins_show_no_habit(duck):
    """An order of few coins may be chance."""
    first = queue(turn=8)
    until = next(place for place, tx in enumerate(first) if tx["txid"] == "by-rest") + 3
    assert kin_of(duck, first[:until], "x") == set()


@pytest.mark.spark
def test_both_engines_find_the_same(both, tmp_path):
    """Clusters, the joins that explain them, of every kind, and what was refused are equal on both engines."""
    small, by_hand = world(tmp_path, 3, 40, 6, 160).tables, tables_of(queue(), "x", network="btc")
    tables = {name: pa.concat_tables((rows, by_hand[name])) for name, rows in small.items()}
    for engine in (both.duck, both.spark):
        made(engine, tables)
    found = {name: both.equal(name, TABLES[name].key) for name in ("chain_clusters", "chain_joins", "chain_refused")}
    assert all(rows.num_rows for rows in found.values())
    assert {"common-input", "trunk", "kin", "deposit", "reuse + peel"} <= set(found["chain_joins"]["rule"].to_pylist())
    assert any(
        row["rule"] == "kin" and row["network"] == "btc" and row["a"] == "x" for row in found["chain_joins"].to_pylist()
    )
