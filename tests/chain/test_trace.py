"""Coins with outputs, followed on ledgers small enough to reckon by hand, and on random ones."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tanglaw.engine.base import Engine
from tanglaw.testing.engines import Both

from .books import START, WIDE, Book, of


def mixed() -> Book:
    """The seed's 60 and a stranger's 40 make 30 for an exchange, 65 that go on, and 5 of fee."""
    book = Book()
    book.tx("c1", [], [("seed", 60)])
    book.tx("c2", [], [("stranger", 40)])
    book.tx("m", [("c1", 0), ("c2", 0)], [("deposit", 30), ("next", 65)])
    book.tx("n", [("m", 1)], [("deposit2", 25), ("rest", 40)])
    book.tag("deposit", "ex")
    book.tag("deposit2", "ey")
    return book


def test_methods_stand_side_by_side(duck: Engine) -> None:
    """In proportion, first in first out, and poison differ as they should, down to the fee."""
    found = mixed().follow(duck, "seed")
    assert of(found["chain_trails"]) == {
        ("service", "deposit"): (18, 30, 30, 1),
        ("service", "deposit2"): (15, 25, 25, 2),
        ("unspent", "rest"): (24, 5, 40, 2),
    }
    shares = {row["end_kind"]: row["share"] for row in found["chain_coverage"] if row["direction"] == "forward"}
    assert shares == {"service": 0.55, "unspent": 0.4, "fee": 0.05}


def test_a_path_names_each_transaction_and_its_rule(duck: Engine) -> None:
    """The hops to the second exchange: what was spent, when, from where to where, and the peel at its end."""
    book = mixed()
    book.tx("o", [("n", 1)], [("later", 40)])
    found = book.follow(duck, "seed")
    trail = next(row["trail_id"] for row in found["chain_trails"] if row["end_address"] == "deposit2")
    hops = sorted((row for row in found["chain_hops"] if row["trail_id"] == trail), key=lambda row: row["hop"])
    assert [(row["txid"], row["from_address"], row["to_address"], row["rule"]) for row in hops] == [
        ("m", "seed", "next", "spend"),
        ("n", "next", "deposit2", "peel"),
    ]
    assert hops[0]["at"] == START + timedelta(hours=2)
    assert [int(row["fifo"] * 100_000_000) for row in hops] == [30, 25]


def test_backward_finds_who_paid(duck: Engine) -> None:
    """From the exchange's deposit back to both coins that made it, and to what was newly mined."""
    book = mixed()
    book.rows["address_tags"].clear()
    book.tag("stranger", "ex")
    found = book.follow(duck, "next")
    assert of(found["chain_trails"], "backward") == {
        ("mined", "seed"): (39, 30, 60, 1),
        ("service", "stranger"): (26, 35, 40, 1),
    }


def test_a_whole_cluster_of_a_service_ends_a_trail(duck: Engine) -> None:
    """A deposit address without a tag is told by its cluster; a tag of its address alone does not reach the others."""
    book = mixed()
    book.rows["address_tags"].clear()
    book.tag("hot", "ex")
    book.cluster("hot", "deposit")
    found = book.follow(duck, "seed")["chain_trails"]
    end = next(row for row in found if row["end_address"] == "deposit")
    assert end["end_kind"] == "service" and end["service"] == "ex" and end["attribution"].startswith("cluster: ")
    book.rows["address_tags"][0]["cluster_definer"] = False
    assert all(row["service"] is None for row in book.follow(duck, "seed")["chain_trails"])


def test_contradicting_tags_name_nobody(duck: Engine) -> None:
    """Two lists with two owners: the trail ends there, no service is named, both claims are shown."""
    book = mixed()
    book.tag("deposit", "another", list_name="other list")
    end = next(row for row in book.follow(duck, "seed")["chain_trails"] if row["end_address"] == "deposit")
    assert end["service"] is None and end["end_kind"] == "service"
    assert "contradictory" in end["attribution"] and "another" in end["attribution"]


def test_a_hot_wallet_is_refused_as_seed(duck: Engine) -> None:
    """An address that a list names as a service's own is not traced, and the row says why."""
    found = mixed().follow(duck, "deposit")
    assert {(row["end_kind"], row["service"], row["haircut"]) for row in found["chain_trails"]} == {
        ("refused", "ex", 0)
    }
    assert not found["chain_coverage"]


def test_a_customers_address_at_a_service_is_an_end_at_once(duck: Engine) -> None:
    """A seed in a service's cluster, not tagged itself: the service can say whose it is, without a hop."""
    book = mixed()
    book.tag("hot", "ez")
    book.cluster("hot", "seed")
    assert of(book.follow(duck, "seed")["chain_trails"]) == {("service", "seed"): (60, 60, 60, 0)}


def test_mixers_and_coinjoins_are_ends(duck: Engine) -> None:
    """A tagged mixer ends a trail, and so does the coin that enters a transaction with the shape of a CoinJoin."""
    book = mixed()
    book.tag("next", "blender", "mixing_service")
    assert ("mixer", "next") in of(book.follow(duck, "seed")["chain_trails"])
    book.rows["address_tags"].clear()
    book.rows["chain_refused"].append(
        {"network": "btc", "txid": "n", "rule": "common-input", "reason": "coinjoin: 5 equal"}
    )
    end = next(row for row in book.follow(duck, "seed")["chain_trails"] if row["end_address"] == "next")
    assert (end["end_kind"], end["service"], end["attribution"]) == ("mixer", None, "shape of a CoinJoin")


@pytest.mark.parametrize(
    ("limits", "kind"),
    (
        (replace(WIDE, depth=1), "depth"),
        (replace(WIDE, fan_out_max=1), "hub"),
        (replace(WIDE, least_share=0.7), "value"),
    ),
)
def test_limits_end_trails(duck: Engine, limits: object, kind: str) -> None:
    """Depth, fan-out and value each end a trail by their own name, and nothing is lost."""
    found = mixed().follow(duck, "seed", limits=limits)
    forward = [row for row in found["chain_coverage"] if row["direction"] == "forward"]
    assert kind in {row["end_kind"] for row in forward}
    assert sum(row["amount"] for row in forward) == Decimal(60).scaleb(-8)


def test_a_window_of_time_ends_trails(duck: Engine) -> None:
    """What moves after `until` is not followed; coins that came before `since` are not the seed's."""
    found = mixed().follow(duck, "seed", until=START + timedelta(hours=2))
    assert ("time", "next") in of(found["chain_trails"])
    assert not mixed().follow(duck, "seed", since=START + timedelta(hours=1))["chain_trails"]


def test_change_to_oneself_is_not_counted_twice(duck: Engine) -> None:
    """What returns to the seed goes on as the seed's own coin: the ends add up to what was received but once."""
    book = Book()
    book.tx("c", [], [("seed", 100)])
    book.tx("a", [("c", 0)], [("shop", 30), ("seed", 70)])
    book.tx("b", [("a", 1)], [("shop", 20), ("seed", 50)])
    assert of(book.follow(duck, "seed")["chain_trails"]) == {
        ("unspent", "shop"): (50, 50, 50, 1),
        ("unspent", "seed"): (50, 50, 50, 0),
    }


def test_missing_transactions_are_said_to_be_unknown(duck: Engine) -> None:
    """An input whose transaction was not read takes what the outputs have more, and backward ends as unknown."""
    book = Book()
    book.tx("c", [], [("other", 10)])
    book.tx("t", [("gone", 3), ("c", 0)], [("seed", 50)])
    assert of(book.follow(duck, "seed")["chain_trails"], "backward") == {
        ("unknown", None): (40, 40, 40, 1),
        ("mined", "other"): (10, 10, 10, 1),
    }


def test_dust_and_many_payments(duck: Engine) -> None:
    """A storm of a hundred thousand outputs, the seed hit a hundred thousand times, all put together in one coin."""
    book = Book()
    many = 100_000
    book.tx("c", [], [("rich", 10 * many)])
    book.tx("storm", [("c", 0)], [("seed", 10)] * many)
    book.tx("sum", [("storm", n) for n in range(many)], [("hot", 10 * many)])
    book.tag("hot", "ex")
    found = book.follow(
        duck, "seed", limits=replace(WIDE, fan_out_max=5, fan_in_max=5, uses_max=1_000, least_share=0.001)
    )
    assert of(found["chain_trails"]) == {("service", "hot"): (10 * many, 10 * many, 10 * many, 1)}
    assert of(found["chain_trails"], "backward") == {("mined", "rich"): (10 * many, 10 * many, 10 * many, 1)}


def book_of(draw: st.DrawFn) -> Book:
    """Transactions over few addresses: cycles, payments to oneself, equal times."""
    book, free = Book(), []
    for number in range(draw(st.integers(2, 9))):
        taken = draw(st.lists(st.sampled_from(free), unique=True, max_size=3)) if free else []
        free = [coin for coin in free if coin not in taken]
        whole = sum(book.coins[coin][1] for coin in taken) or draw(st.integers(1, 10**15))
        cuts = sorted(draw(st.lists(st.integers(0, whole), min_size=1, max_size=3)))
        values = [b - a for a, b in zip([0, *cuts[:-1]], cuts, strict=True)]
        pays = [(draw(st.sampled_from(["seed", "a", "b", "c", "d"])), value) for value in values]
        book.tx(f"t{number}", taken, pays, hour=draw(st.integers(0, 2)))
        free += [(f"t{number}", n) for n, value in enumerate(values) if value]
    return book


BOOKS = st.composite(book_of)()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BOOKS, st.integers(0, 4))
def test_nothing_is_lost_or_made(duck: Engine, book: Book, depth: int) -> None:
    """Whatever the ledger: ends and fees add up, by both methods, to what the seed's coins carried for good."""
    found = book.follow(duck, "seed", limits=replace(WIDE, depth=depth))
    nodes = duck.rows(
        "select forward, end_kind, sum(haircut) as h, sum(fifo) as f from coin_nodes where end_kind is not null"
        " group by forward, end_kind"
    )
    received = sum(value for address, value in book.coins.values() if address == "seed")
    for forward in (True, False):
        ended = [row for row in nodes.to_pylist() if row["forward"] is forward]
        assert sum(row["h"] for row in ended) == sum(row["f"] for row in ended) == received
    for direction in ("forward", "backward"):
        rows = [row for row in found["chain_coverage"] if row["direction"] == direction]
        assert not rows or abs(sum(row["share"] for row in rows) - 1) < 0.001


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BOOKS)
def test_amounts_are_those_of_a_plain_walk(duck: Engine, book: Book) -> None:
    """In proportion: what fractions say, to one smallest unit a hop and coin; first in first out: exactly."""
    found = of(book.follow(duck, "seed", limits=replace(WIDE, depth=20))["chain_trails"])
    haircut, fifo = walked(book)
    for key in set(haircut) | set(found):
        assert abs(found.get(key, (0, 0))[0] - haircut.get(key, 0)) <= 60, key
        assert found.get(key, (0, 0))[1] == fifo.get(key, 0), key


def walked(book: Book) -> tuple[dict[tuple[str, str], Fraction], dict[tuple[str, str], int]]:
    """The same forward, transaction by transaction, in fractions and unit ranges."""
    part: dict[tuple[str, int], Fraction] = {}
    ranges: dict[tuple[str, int], list[tuple[int, int]]] = {}
    spent = {(row["previous_txid"], row["previous_n"]) for row in book.rows["chain_inputs"]}
    for (txid, n), (address, value) in book.coins.items():
        if address == "seed":
            part[txid, n], ranges[txid, n] = Fraction(value), [(0, value)]
    for tx in book.rows["chain_transactions"]:
        ins = [
            (row["previous_txid"], row["previous_n"]) for row in book.rows["chain_inputs"] if row["txid"] == tx["txid"]
        ]
        whole = sum(book.coins[coin][1] for coin in ins)
        ours, at, pieces = sum(part.get(coin, Fraction(0)) for coin in ins), 0, []
        for coin in ins:
            pieces += [(at + lo, at + hi) for lo, hi in ranges.get(coin, ())]
            at += book.coins[coin][1]
        at = 0
        for (txid, n), (address, value) in book.coins.items():
            if txid == tx["txid"] and ins:
                if address != "seed":
                    part[txid, n] = ours * value / whole
                    ranges[txid, n] = [
                        (max(lo, at) - at, min(hi, at + value) - at) for lo, hi in pieces if lo < at + value and hi > at
                    ]
                at += value
    haircut: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    fifo: dict[tuple[str, str], int] = defaultdict(int)
    for coin, amount in part.items():
        if coin not in spent and book.coins[coin][1]:
            key = "unspent", str(book.coins[coin][0])
            haircut[key] += amount
            fifo[key] += sum(hi - lo for lo, hi in ranges[coin])
    return haircut, fifo


@pytest.mark.spark
def test_engines_give_equal_trails(both: Both) -> None:
    """Every row of the three tables is equal on both engines."""
    book = mixed()
    book.transfer("x1", "0xaa", "0xbb", "3.000000000000000001", 1)
    book.transfer("x2", "0xbb", "0xcc", "1.5", 2)
    for engine in (both.duck, both.spark):
        book.network = "btc"
        book.follow(engine, "seed", "next", limits=replace(WIDE, depth=2))
    for name in ("chain_trails", "chain_hops", "chain_coverage"):
        key = {"chain_trails": ["trail_id"], "chain_hops": ["trail_id", "hop"]}.get(
            name, ["seed_address", "direction", "end_kind"]
        )
        assert both.equal(name, key).num_rows


def paid_on(*more: str, known: bool = True) -> Book:
    """The seed's coin goes to `own`, from there to a service, the rest to `rest`, which pays `other`, who pays a second service."""
    book = Book()
    if known:
        book.tx("b", [], [("ex", 7)])
    book.tx("c", [], [("seed", 100)])
    book.tx("s", [("c", 0)], [("own", 100)])
    book.tx("d", [("s", 0)], [("ex", 40), ("rest", 60)])
    book.tx("p", [("d", 1)], [("other", 30), ("back", 30)])
    book.tx("a", [("p", 0)], [("ey", 30)])
    book.tag("ex", "north")
    book.tag("ey", "south")
    for name in more:
        book.cluster("rest", name)
    return book


@pytest.mark.parametrize(
    ("hands", "joined", "kind"), ((0, (), "beyond"), (1, (), "service"), (0, ("other",), "service"))
)
def test_a_service_behind_another_hand_is_not_named(
    duck: Engine, hands: int, joined: tuple[str, ...], kind: str
) -> None:
    """Sweeps and what is left beside a service's deposit are the same hand; a payment is not, unless a cluster says so."""
    found = paid_on(*joined).follow(duck, "seed", limits=replace(WIDE, named_hands_max=hands))
    ends = of(found["chain_trails"])
    assert ("service", "ex") in ends and (kind, "ey") in ends
    shares = {row["end_kind"]: row["amount"] for row in found["chain_coverage"] if row["direction"] == "forward"}
    assert shares.get("beyond", 0) == (Decimal(30).scaleb(-8) if kind == "beyond" else 0)


def test_what_may_be_the_services_own_change_makes_another_hand(duck: Engine) -> None:
    """Where an output at a service, paid once and of the inputs' kind, may be its own change, the rest is nobody's for sure."""
    found = of(
        paid_on("other", known=False).follow(duck, "seed", limits=replace(WIDE, named_hands_max=0))["chain_trails"]
    )
    assert ("service", "ex") in found and ("beyond", "ey") in found


@pytest.mark.parametrize(("more", "kind"), (([], "service"), ([("payee", 9)], "beyond")))
def test_what_a_service_collects_was_deposited(duck: Engine, more: list[tuple[str, int]], kind: str) -> None:
    """Passed on whole to where the service collects, an output is no change of the service's: the rest beside it is the payer's."""
    book = paid_on("other", known=False)
    book.tx("k", [("d", 0)], [("hot", 31), *more])
    book.cluster("ex", "hot")
    for row in book.rows["chain_inputs"]:
        row["sequence"] = 5
    assert (kind, "ey") in of(book.follow(duck, "seed", limits=replace(WIDE, named_hands_max=0))["chain_trails"])


def test_a_mixer_behind_another_hand_is_not_named(duck: Engine) -> None:
    """What holds for services holds for mixers and bridges that lists name."""
    book = paid_on()
    book.rows["address_tags"].pop()
    book.tag("ey", "blend", "mixing_service")
    found = of(book.follow(duck, "seed", limits=replace(WIDE, named_hands_max=0))["chain_trails"])
    assert ("beyond", "ey") in found


def test_a_hand_that_pays_often_is_a_hub(duck: Engine) -> None:
    """An address whose cluster paid more transactions than the policy allows is a business, though no list names it."""
    book = paid_on()
    book.cluster("busy", "own")
    for number in range(4):
        book.tx(f"b{number}", [("lost", number)], [(f"shop{number}", 5)])
        book.rows["chain_inputs"][-1] |= {"address": "busy", "value": 5, "told_by": "undo"}
    assert ("hub", "own") in of(book.follow(duck, "seed", limits=replace(WIDE, pays_max=4))["chain_trails"])
    assert ("hub", "own") not in of(book.follow(duck, "seed", limits=replace(WIDE, pays_max=5))["chain_trails"])


def test_far_transfers_of_accounts_are_beyond(duck: Engine) -> None:
    """On ledgers of accounts transfers are counted, and the share of what is reached so counts as `beyond`, too."""
    book = Book()
    for hour, (payer, payee) in enumerate((("0xa", "0xb"), ("0xb", "0xc"), ("0xc", "0xd"))):
        book.transfer(f"t{hour}", payer, payee, "2", hour)
    book.network = "eth"
    book.tag("0xd", "north")
    for most, kind in ((3, "service"), (2, "beyond")):
        found = book.follow(duck, "0xa", limits=replace(WIDE, named_hops_max=most))
        ends = [(row["end_kind"], row["service"]) for row in found["chain_trails"] if row["direction"] == "forward"]
        assert ends == [(kind, "north")]
        shares = {row["end_kind"]: row["share"] for row in found["chain_coverage"] if row["direction"] == "forward"}
        assert shares == {kind: 1.0}
