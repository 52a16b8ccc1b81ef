"""Which addresses come to one cluster, by which join, and which joins are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.chain import clusters, ledger, tags
from tanglaw.config import Settings
from tanglaw.engine.open import open_engine
from tanglaw.policy import demo
from tanglaw.tables import TABLES
from tests.chain.worlds import NETWORK, chain_tables, owners_of, table, world

GENESIS = datetime(2026, 1, 1, tzinfo=UTC)
READ = ("chain_blocks", "chain_transactions", "chain_outputs", "chain_inputs", "address_tags")


def made(engine, tables, name="chain_joins"):
    """The rows of a table that the clusters' module makes, in the order of its key."""
    for read in READ:
        engine.put(read, tables.get(read, TABLES[read].schema.empty_table()))
    for policy, rows in demo().tables().items():
        engine.put(policy, rows)
    ledger.run(engine)
    tags.claims(engine)
    clusters.run(engine)
    return rows_of(engine, name)


def rows_of(engine, name):
    order = ", ".join(f"{column} nulls first" for column in TABLES[name].key)
    columns = ", ".join(f'"{column}"' for column in TABLES[name].names)
    return engine.rows(f"select {columns} from {name} order by {order}").to_pylist()


def chain(*txs, tags=(), network=NETWORK):
    """Tables of a chain, one block for each transaction: {"in": [(address, value) or "txid:n"], "out": [...]}.

    Addresses are of kind p2wpkh, or KIND/NAME; an input without an address is None.
    """
    rows = {name: [] for name in READ[:4]}
    outs = {}
    for height, tx in enumerate(txs):
        block = {"network": network, "block_hash": f"{height:064x}", "source_id": "file"}
        at = GENESIS + timedelta(minutes=10 * height)
        head = {"previous_hash": f"{height - 1:064x}", "height": height, "at": at, "work": "2", "transactions": 1}
        rows["chain_blocks"].append(block | head | {"merkle_valid": True, "work_valid": True})
        txid = tx.get("txid", f"tx{height}")
        one = block | {"txid": txid}
        place = {"position": 0} if "position" in TABLES["chain_outputs"].names else {}
        counts = {"inputs": len(tx["in"]), "outputs": len(tx["out"]), "coinbase": False, "position": 0, "at": at}
        style = {"version": tx.get("version", 2), "lock_time": tx.get("lock_time", 0)}
        rows["chain_transactions"].append(one | counts | style)
        for n, (address, value) in enumerate(tx["out"]):
            outs[f"{txid}:{n}"] = (address, value)
            rows["chain_outputs"].append(one | place | {"n": n, "value": value} | spelled(address))
        for n, coin in enumerate(tx["in"]):
            address, value = outs[coin] if isinstance(coin, str) else coin
            before, _, number = coin.partition(":") if isinstance(coin, str) else (f"before{height}-{n}", "", "0")
            said = {"previous_txid": before, "previous_n": int(number), "sequence": tx.get("sequence", 0xFFFFFFFD)}
            told = {"value": value, "told_by": "undo"} if address else {"value": None}
            rows["chain_inputs"].append(one | place | {"n": n} | said | told | spelled(address))
    found = {name: table(name, some) for name, some in rows.items()}
    listed = [
        {"list_name": "pack", "network": network, "address": address, "label": actor, "actor": actor, "source": "s"}
        for address, actor in tags
    ]
    return found | {"address_tags": table("address_tags", listed)}


def spelled(address):
    kind, _, _ = (address or "").rpartition("/")
    return {"kind": kind or "p2wpkh", "address": address} if address else {"kind": None, "address": None}


def groups(engine):
    found = {}
    for row in rows_of(engine, "chain_clusters"):
        found.setdefault(row["cluster_id"], []).append(row["address"])
    return sorted(found.values())


SPENT = {"in": [("a", 5_000), ("b", 6_000)], "out": [("shop", 10_500)]}


def test_common_inputs_join(duck):
    """Addresses spent together are one cluster, named by the smallest, by a join that names the transaction."""
    (join,) = made(duck, chain(SPENT))
    assert (join["a"], join["b"], join["rule"], join["txid"], join["cluster_id"]) == (
        "a",
        "b",
        "common-input",
        "tx0",
        "a",
    )
    assert join["weight"] == 1.0 and join["at"] == GENESIS
    assert groups(duck) == [["a", "b"]]


def test_earliest_transaction_explains(duck):
    """Of several transactions that join the same addresses the earliest is the reason."""
    later = {"in": [("b", 5_000), ("a", 6_000)], "out": [("shop", 10_500)], "txid": "again"}
    assert [join["txid"] for join in made(duck, chain(SPENT, later))] == ["tx0"]


def test_coinjoin_joins_nothing(duck):
    """Three equal outputs of three input addresses join nobody, and it is said why."""
    tx = {
        "in": [("a", 50_000), ("b", 60_000), ("c", 70_000)],
        "out": [("d", 40_000), ("e", 40_000), ("f", 40_000), ("g", 9_000), ("h", 19_000), ("i", 29_000)],
    }
    assert made(duck, chain(tx)) == []
    (refused,) = rows_of(duck, "chain_refused")
    assert refused["rule"] == "common-input" and refused["addresses"] == 3
    assert refused["reason"] == "coinjoin: 3 equal outputs of 3 input addresses"


def test_payjoin_joins_nothing(duck):
    """An input that was not needed to pay either output speaks of a second hand."""
    tx = {"in": [("a", 50_000), ("b", 9_000)], "out": [("c", 39_000), ("d", 19_500)]}
    assert made(duck, chain(tx)) == []
    assert rows_of(duck, "chain_refused")[0]["reason"] == "payjoin: an input of 9000 was not needed"


def test_tags_of_two_services_refuse(duck):
    """Inputs that lists give to two services are not joined by that transaction."""
    assert made(duck, chain(SPENT, tags=[("a", "north"), ("b", "south")])) == []
    assert rows_of(duck, "chain_refused")[0]["reason"] == "conflict: inputs are tagged north and south"


def listed(*names, category="exchange"):
    """Tags of one service for these addresses."""
    return [
        {"list_name": "pack", "network": NETWORK, "address": name, "label": "north", "actor": "north", "source": "s"}
        | {"category": category}
        for name in names
    ]


@pytest.mark.parametrize(("category", "joined"), (("exchange", True), ("shop", False), ("user", False)))
def test_a_services_payment_is_no_payjoin(duck, category, joined):
    """The shape of a PayJoin refuses nothing where a list names one of the inputs for a service that holds others' coins."""
    tx = {"in": [("a", 50_000), ("b", 9_000)], "out": [("c", 39_000), ("d", 19_500)]}
    more = {"in": [("b", 9_000), ("x", 70_000)], "out": [("e", 60_000), ("f", 18_500)], "txid": "more"}
    tagged = {"address_tags": table("address_tags", listed("a", category=category))}
    made(duck, chain(tx, more) | tagged)
    assert groups(duck) == ([["a", "b", "x"]] if joined else [])
    assert len(rows_of(duck, "chain_refused")) == (0 if joined else 2)


def collected(late=0, elsewhere=(), category="exchange"):
    """Ten hands that pass what they get on to `hot`; `d0` waits so many days, those of `elsewhere` pay somebody else, too."""
    paid = [{"in": [("p", 900_000)], "out": [(f"d{n}", 5_000 + n)], "txid": f"in{n}"} for n in range(10)]
    away = [{"in": [(f"d{n}", 900)], "out": [("shop", 800)], "txid": f"away{n}"} for n in elsewhere]
    gap = [{"in": [("q", 9)], "out": [("r", 8)], "txid": f"gap{n}"} for n in range(late * 144)]
    passed = [{"in": [f"in{n}:0"], "out": [("hot", 4_000)], "txid": f"on{n}"} for n in range(1, 10)]
    last = [{"in": ["in0:0"], "out": [("hot", 4_000)], "txid": "on0"}]
    tagged = {"address_tags": table("address_tags", listed("hot", category=category))}
    return chain(*paid, *away, *passed, *gap, *last) | tagged


def test_deposit_addresses_come_to_their_service(duck):
    """Hands that pass all on to where a service collects are its deposit addresses: a weighted join with its transaction."""
    joins = made(duck, collected())
    assert groups(duck) == [[*(f"d{n}" for n in range(10)), "hot"]]
    assert {(join["a"], join["b"], join["rule"], join["weight"], join["txid"]) for join in joins} == {
        (f"d{n}", "hot", "deposit", 0.8, f"on{n}") for n in range(10)
    }


@pytest.mark.parametrize(
    ("given", "count"),
    (({"elsewhere": (3,)}, 9), ({"late": 4}, 9), ({"category": "user"}, 0)),
    ids=("pays others", "waits", "no service"),
)
def test_what_is_no_deposit(duck, given, count):
    """An address that pays others, one whose coins wait, and all of them where no service collects, are not joined."""
    assert sum(join["rule"] == "deposit" for join in made(duck, collected(**given))) == count


def test_a_deposit_address_is_nobodys_change(duck):
    """Where rules of change name a deposit address it stays with its service, and the reason is kept."""
    tables = collected()
    outs = tables["chain_outputs"].to_pylist()
    outs.append(next(row for row in outs if row["txid"] == "in3") | {"n": 1, "value": 890_000} | spelled("p2pkh/x"))
    joins = made(duck, tables | {"chain_outputs": table("chain_outputs", outs)})
    assert {join["rule"] for join in joins} == {"deposit"} and len(joins) == 10
    reasons = {(row["txid"], row["reason"]) for row in rows_of(duck, "chain_refused")}
    assert reasons == {("in3", "conflict: the output is a deposit address")}


@pytest.mark.parametrize(("actor", "count"), (("north", 10), ("south", 9)))
def test_a_deposit_address_may_be_listed(duck, actor, count):
    """A list may name a deposit address for the service that collects it, but for no other."""
    tables = collected()
    named = listed("d4")[0] | {"actor": actor, "label": actor, "cluster_definer": False}
    tags = table("address_tags", [*listed("hot"), named])
    assert sum(join["rule"] == "deposit" for join in made(duck, tables | {"address_tags": tags})) == count


@pytest.mark.parametrize(("actor", "count"), ((None, 0), ("south", 0), ("north", 1)))
def test_deposits_swept_together_are_told_by_a_listed_one(duck, actor, count):
    """Deposits that sweeps made one hand are the service's if a list names one of them for it; one hand shows no collector."""
    paid = {"in": [("p", 900_000)], "out": [("d1", 5_000), ("d2", 6_000)], "txid": "paid"}
    swept = {"in": ["paid:0", "paid:1"], "out": [("hot", 10_000)], "txid": "swept"}
    named = [one | {"actor": actor, "label": actor, "cluster_definer": False} for one in listed("d1") if actor]
    joins = made(duck, chain(paid, swept) | {"address_tags": table("address_tags", [*listed("hot"), *named])})
    assert sum(join["rule"] == "deposit" for join in joins) == count
    assert (["d1", "d2", "hot"] in groups(duck)) == bool(count)


@pytest.mark.parametrize(("others", "count"), ((1, 1), (2, 0)))
def test_one_wrong_tag_among_many_does_not_part_deposits_from_their_service(duck, others, count):
    """Six addresses of a hand named for the service that collects them outweigh one that is named for another, and not two."""
    names = [*(f"d{n}" for n in range(6)), "x", "x", *(f"e{n}" for n in range(others))]
    paid = {"in": [("p", 900_000)], "out": [(name, 5_000) for name in names], "txid": "paid"}
    swept = (
        {"in": [f"paid:{n}" for n in part], "out": [("hot", 9_000)], "txid": f"swept{len(part)}"}
        for part in (range(7), range(7, len(names)))
    )
    own = [one | {"cluster_definer": False} for one in listed(*names[:6])]
    wrong = [one | {"actor": "south", "label": "south", "cluster_definer": False} for one in listed(*names[8:])]
    tags = table("address_tags", [*listed("hot"), *own, *wrong])
    joins = made(duck, chain(paid, *swept) | {"address_tags": tags})
    assert sum(join["rule"] == "deposit" for join in joins) == count
    assert len(rows_of(duck, "chain_clusters")) == 7 + others + count


def test_unknown_previous_output_never_joins(duck):
    """An input whose address nothing tells joins nothing; the others of the transaction still do."""
    unknown = {"in": [("a", 5_000), (None, None), ("b", 7_000)], "out": [("shop", 10_000)]}
    alone = {"in": [(None, None), ("c", 7_000)], "out": [("shop", 10_000), ("p2tr/x", 1)]}
    assert [(join["a"], join["b"]) for join in made(duck, chain(unknown, alone))] == [("a", "b")]


FUNDED = {"in": [("p2sh/f", 90_000)], "out": [("a", 60_011), ("p2pkh/seen", 20_001)]}


def paying(to="p2pkh/seen", rest="rest", **more):
    return {"in": ["tx0:0"], "out": [(to, 20_000), (rest, 39_511)]} | more


def test_change_joins_when_rules_agree(duck):
    """An output of the inputs' kind, new where the other is not, and odd where the other is round: change."""
    joins = made(duck, chain(FUNDED, paying()))
    assert [(join["a"], join["b"], join["rule"]) for join in joins] == [("a", "rest", "address-type + reuse + round")]
    assert joins[0]["weight"] == pytest.approx(1.0)


def test_pack_without_clusters_joins_by_common_inputs_only(duck):
    """An agency's pack without the file looks for no change; CoinJoins are still told apart."""
    made(duck, chain(FUNDED, paying(), SPENT))
    duck.put("policy_numbers", demo().tables()["policy_numbers"].slice(0, 0))
    clusters.run(duck)
    assert [(join["a"], join["b"], join["weight"]) for join in rows_of(duck, "chain_joins")] == [("a", "b", 1.0)]


def test_one_weak_rule_is_not_enough(duck):
    """A single rule stays under the threshold of the policy."""
    assert made(duck, chain(FUNDED, {"in": ["tx0:0"], "out": [("p2pkh/new", 20_001), ("rest", 39_511)]})) == []


def test_rules_that_contradict_join_nothing(duck):
    """If rules name both outputs, neither is joined, and the conflict is listed."""
    tx = {"in": ["tx0:0"], "out": [("p2pkh/new", 19_511), ("seen2", 40_000)]}
    before = {"in": [("p2tr/g", 90_000)], "out": [("seen2", 60_011)]}
    assert made(duck, chain(FUNDED, before, tx)) == []
    (refused,) = rows_of(duck, "chain_refused")
    assert (refused["rule"], refused["reason"]) == ("reuse + round", "conflict: rules name 2 outputs")


def test_change_to_an_input_address_says_nothing_more(duck):
    """A transaction that pays one of its own input addresses has its change there: no other output is looked at."""
    assert made(duck, chain(FUNDED, {"in": ["tx0:0"], "out": [("p2pkh/seen", 20_000), ("a", 39_511)]})) == []


def test_address_paid_twice_is_no_change(duck):
    """An address that is paid again later is not a change address."""
    again = {"in": [("z", 9_000)], "out": [("rest", 8_000)]}
    assert made(duck, chain(FUNDED, paying(), again)) == []


def test_large_cluster_is_not_anybodys_change(duck):
    """An output that lies in a large cluster by itself (a deposit, swept with others) is refused as change."""
    sweep = {"in": ["tx1:1", *((f"d{i}", 9_000) for i in range(8))], "out": [("hot", 100_000)]}
    joins = made(duck, chain(FUNDED, paying(), sweep))
    assert {join["rule"] for join in joins} == {"common-input"}
    (refused,) = rows_of(duck, "chain_refused")
    assert refused["reason"] == "cap: the output lies in a cluster of 9 addresses by itself"
    assert refused["addresses"] == 10


def test_change_never_joins_two_services(duck):
    """Change that would put two services together is refused."""
    tagged = chain(FUNDED, paying(), tags=[("a", "north"), ("rest", "south")])
    assert made(duck, tagged) == []
    assert rows_of(duck, "chain_refused")[0]["reason"].startswith("conflict: the sides are tagged north and south")


def test_cluster_over_the_cap_takes_nothing_by_change(duck):
    """What change would bring over the cap falls back to what common inputs hold."""
    most = demo().clusters.cap
    wide = {"in": [("a", 60_011), *((f"w{i:05d}", 9_000) for i in range(most))], "out": [("hot", 100_000)]}
    joins = made(duck, chain(FUNDED, paying(), wide))
    assert {join["rule"] for join in joins} == {"common-input"}
    assert rows_of(duck, "chain_refused")[0]["reason"].startswith("cap: ")


def test_thousands_of_inputs_dust_and_cycles(duck):
    """A transaction of 3,000 inputs, dust to all of them and coins that go in a ring are clustered, not walked."""
    names = [f"n{i:05d}" for i in range(3_000)]
    big = {"in": [(name, 700) for name in names], "out": [("hot", 2_000_000)]}
    dust = {"in": [("duster", 9_000_000)], "out": [(name, 546) for name in names]}
    ring = [{"in": [("r1", 900), ("r2", 900)], "out": [("r2", 1_000), ("r3", 700)]}]
    joins = made(duck, chain(dust, big, *ring))
    assert len(joins) == 2_999 + 1 and len({join["cluster_id"] for join in joins}) == 2


def trunk(steps, part=1_000):
    """One coin that pays a part away in so many transactions in a row."""
    coin, txs = ("c0", 1_000_000), []
    for n in range(1, steps + 1):
        left = 1_000_000 - n * (part + 7)
        txs.append({"in": [coin], "out": [(f"p{n}", part), (f"c{n}", left)], "txid": f"pay{n}"})
        coin = f"pay{n}:1"
    return txs


@pytest.mark.parametrize(("steps", "part", "joined"), ((4, 1_000, 3), (3, 1_000, 2), (2, 1_000, 0), (4, 120_000, 0)))
def test_a_trunk_stays_with_its_hand(duck, steps, part, joined):
    """A coin that pays small parts away three times or more in a row joins its addresses but the last; larger parts do not."""
    found = [join for join in made(duck, chain(*trunk(steps, part))) if "trunk" in join["rule"]]
    assert {(join["a"], join["b"], join["rule"], join["weight"], join["txid"]) for join in found} == {
        (f"c{n}", f"c{n + 1}", "trunk", 0.9, f"pay{n + 1}") for n in range(joined)
    }


def test_a_trunk_joins_no_two_services(duck):
    """Where lists name two services along a trunk nothing of it is joined, and the reason is kept."""
    tags = {"address_tags": table("address_tags", [*listed("c0"), listed("c2")[0] | {"label": "s", "actor": "south"}])}
    assert not [join for join in made(duck, chain(*trunk(4)) | tags) if "trunk" in join["rule"]]
    assert {row["reason"] for row in rows_of(duck, "chain_refused") if row["rule"] == "trunk"} == {
        "conflict: tagged north and south"
    }


@pytest.mark.parametrize(
    ("payer", "payee", "joined"), (("d", "p2pkh/p", True), ("d", "p", False), ("p2pkh/d", "p", False))
)
def test_a_service_pays_out_of_one_deposit(duck, payer, payee, joined):
    """What comes back to a service alone of the inputs' kind is its change; where both outputs are of that kind, or the inputs of
    another, it may be a customer's deposit."""
    out = {"in": [(payer, 90_000)], "out": [(payee, 41_003), ("back", 48_001)], "txid": "out"}
    others = [("p2pkh/q", 3_000_001), ("p2pkh/r", 1_000_003), ("p2pkh/s", 900_001)]
    next_one = {"in": ["out:1", ("hot", 5_000_000)], "out": others, "txid": "next"}
    tags = {"address_tags": table("address_tags", listed("hot"))}
    joins = made(duck, chain(out, next_one) | tags)
    assert [(join["a"], join["b"], join["txid"]) for join in joins if join["rule"] == "kin"] == (
        [("d", "back", "out")] if joined else []
    )


def kin_of(duck, *txs):
    """Joins by `kin`, and the transaction of each, where a list names `hot` for an exchange."""
    joins = made(duck, chain(*txs) | {"address_tags": table("address_tags", listed("hot"))})
    return {(join["a"], join["b"], join["txid"]) for join in joins if join["rule"] == "kin"}


OTHERS = [("p2pkh/q", 3_000_001), ("p2pkh/r", 1_000_003), ("p2pkh/s", 900_001)]
BACK = {"in": ["out:1", ("hot", 5_000_000)], "out": OTHERS, "txid": "next"}


@pytest.mark.parametrize(("payer", "joined"), (("stranger", True), ("d", False), (None, False)))
def test_nobody_pays_two_others_to_the_last_unit(duck, payer, joined):
    """Where all else that is paid was paid before by somebody else, what comes to a service is its change; an address that only
    the same hand paid may be its own."""
    before = [{"in": [(payer, 80_000)], "out": [("p", 70_003)], "txid": "before"}] if payer else []
    out = {"in": [("d", 90_000)], "out": [("p", 41_003), ("back", 48_001)], "txid": "out"}
    assert kin_of(duck, *before, out, BACK) == ({("d", "back", "out")} if joined else set())


def test_dust_from_strangers_makes_no_change_a_used_address(duck):
    """What comes back to a service is its change, though a stranger sends a little there later; more makes it a used address."""
    before = {"in": [("stranger", 80_000)], "out": [("p", 70_003)], "txid": "before"}
    out = {"in": [("d", 90_000)], "out": [("p", 41_003), ("back", 48_001)], "txid": "out"}
    for value, joined in ((700, {("d", "back", "out")}), (7_000, set())):
        dust = {"in": [("duster", 9_000)], "out": [("back", value)], "txid": "dust"}
        assert kin_of(duck, before, out, dust, BACK) == joined


def test_a_whole_amount_is_no_rest(duck):
    """Of a service's own payment an output of a whole amount is somebody's, though nothing else fits."""
    assert kin_of(duck, PAID | {"out": [("p2pkh/p", 41_003), ("rest", 48_000)]}) == set()


PAID = {"in": [("hot", 90_000)], "out": [("p2pkh/p", 41_003), ("rest", 48_001)], "txid": "paid"}


def test_a_services_own_payment_leaves_one_rest(duck):
    """The one output of its own payment that fits is a service's, though rules of change lack weight; of two neither is."""
    assert kin_of(duck, PAID) == {("rest", "hot", "paid")}
    assert kin_of(duck, PAID | {"out": [("p", 41_003), ("rest", 48_001)]}) == set()


def test_what_a_service_puts_into_a_payment_is_its_own(duck):
    """What else a payment with the shape of a PayJoin spends is the service's, if one of its inputs is known to be."""
    more = {"in": ["paid:1", ("x", 9_000)], "out": [("p2pkh/q", 39_000), ("p2tr/r", 17_501)], "txid": "more"}
    assert kin_of(duck, PAID, more) == {("rest", "hot", "paid"), ("x", "rest", "more")}


def test_a_service_that_keeps_to_its_addresses_has_no_other_rest(duck):
    """A service whose rest returns to the address that paid takes none on new ones: what fits is somebody's."""
    own = [{"in": [("hot", 9_000)], "out": [("p2pkh/z", 1_003), ("hot", 7_001)], "txid": f"own{n}"} for n in range(2)]
    assert kin_of(duck, *own, PAID) == set()


def test_duplicate_transaction_ids(duck):
    """Two transactions with one id (2010) are told apart or left out, never mixed into one."""
    other = {"in": [("c", 5_000), ("d", 6_000)], "out": [("shop", 10_500)], "txid": "tx0"}
    found = {(join["a"], join["b"]) for join in made(duck, chain(SPENT, other))}
    assert found <= {("a", "b"), ("c", "d")}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small simulated chain."""
    return world(tmp_path_factory.mktemp("world"), 11, 120, 12, 700)


@pytest.fixture(scope="module")
def at_once(small, tmp_path_factory):
    """Joins, clusters and what was refused of the small chain, made once of all its blocks in order."""
    with open_engine(Settings(memory_limit="1GB", threads=2), tmp_path_factory.mktemp("at-once")) as engine:
        joins = made(engine, small.tables)
        return {"chain_joins": joins} | {name: rows_of(engine, name) for name in ("chain_clusters", "chain_refused")}


def test_precision_on_a_simulated_chain(small, at_once):
    """99 % of joins are of one owner, though the chain holds CoinJoins, PayJoins and dust storms."""
    joins, owners = at_once["chain_joins"], owners_of(small.market)
    right = sum(owners[join["a"]] == owners[join["b"]] for join in joins)
    assert len(joins) > 200 and right >= 0.99 * len(joins)
    assert {row["reason"].partition(":")[0] for row in at_once["chain_refused"]} >= {"coinjoin", "payjoin"}


def test_joins_are_a_forest(at_once):
    """Each cluster of n addresses has n - 1 joins, so between any two there is one way."""
    joins = at_once["chain_joins"]
    sizes = {row["cluster_id"]: row["addresses"] for row in at_once["chain_clusters"]}
    assert len(joins) == sum(sizes.values()) - len(sizes)
    assert {join["cluster_id"] for join in joins} == set(sizes)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_order_of_rows_does_not_matter(duck, small, at_once, seed):
    """Shuffled input rows give the same joins."""
    dice = np.random.default_rng(seed)
    shuffled = {name: rows.take(pa.array(dice.permutation(rows.num_rows))) for name, rows in small.tables.items()}
    assert made(duck, shuffled) == at_once["chain_joins"]


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_blocks_that_come_later(duck, small, at_once, data):
    """Blocks that come in several deliveries, in any order, give what they give at once."""
    cuts = sorted(data.draw(st.sets(st.integers(2, small.heights), max_size=3)))
    ends = [0, *cuts, small.heights + 1]
    parts = [chain_tables(small.market, range(a, b)) for a, b in pairwise(ends)]
    order = data.draw(st.permutations(range(len(parts))))
    come = {name: pa.concat_tables([parts[i][name] for i in order]) for name in READ[:4]}
    found = made(duck, come | {"address_tags": small.tables["address_tags"]}, "chain_clusters")
    assert found == at_once["chain_clusters"]
