"""Payments to seeds, the clusters that paid as accounts, and how both join the evidence."""

from __future__ import annotations

from tanglaw import known
from tanglaw.chain import paid
from tanglaw.engine.base import Engine

from .books import GIVEN, Book, table_of


def told(duck: Engine) -> None:
    """Two coins of one hand pay the seed and get change; an exchange pays it too; the seed pays itself."""
    book = Book()
    book.tx("c", [], [("p1", 10), ("p2", 10), ("hot", 50)])
    book.tx("a", [("c", 0), ("c", 1)], [("seed", 15), ("p3", 5)])
    book.tx("b", [("c", 2)], [("seed", 20), ("hot", 30)])
    book.tx("d", [("a", 0)], [("seed", 14)])
    book.tx("e", [("a", 1), ("b", 1)], [("seed", 33)])
    book.cluster("p1", "p2", "p3")
    book.tag("hot", "ex")
    book.follow(duck, "seed")
    paid.run(duck, GIVEN.ids)
    for name in ("payments", "accounts", "selectors"):
        duck.put(name, table_of(name, []))
    known.views(duck)


def test_payments_have_payer_and_payee(duck: Engine) -> None:
    """Each output to the seed is a payment of the one cluster that paid it; of several, of nobody; its own is none."""
    told(duck)
    names = {row["account_id"]: row["identifier"] for row in duck.rows("select * from chain_accounts").to_pylist()}
    rows = duck.rows("select * from chain_payments").to_pylist()
    found = {
        row["reference"]: (names.get(row["from_account_id"]), names[row["to_account_id"]], row["amount"])
        for row in rows
    }
    assert {key: (payer, payee, int(amount * 10**8)) for key, (payer, payee, amount) in found.items()} == {
        "a": ("p1", "seed", 15),
        "b": ("hot", "seed", 20),
        "e": (None, "seed", 33),
    }
    assert {(row["currency"], row["method"], row["provider"]) for row in rows} == {("BTC", "crypto", "bitcoin")}
    assert all(row["source_id"] == "s" and row["locator"] == "byte 0" for row in rows)


def test_a_service_hides_who_stands_behind(duck: Engine) -> None:
    """In the views a payment through an exchange has no payer, and the exchange is no account that could be shared."""
    told(duck)
    rows = {row["reference"]: row["from_account_id"] for row in duck.rows("select * from known_payments").to_pylist()}
    assert rows["a"] and rows["b"] is None
    accounts = {row["identifier"]: row["role"] for row in duck.rows("select * from known_accounts").to_pylist()}
    assert accounts == {"p1": "unknown", "seed": "unknown"}
    values = duck.rows("select * from known_selectors").to_pylist()
    assert {(row["type"], row["value"]) for row in values} == {("btc", "p1"), ("btc", "p2"), ("btc", "seed")}
    assert len({row["selector_id"] for row in values}) == len(values)
