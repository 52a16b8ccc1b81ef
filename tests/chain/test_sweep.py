"""Accounts: transfers followed in order of time, by queue and in proportion."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tanglaw.chain.sweep import Move, Sweep, Task, ordered
from tanglaw.engine.base import Engine

from .books import Book, of

SEED, A, B, SHOP = 1, 2, 3, 9


def swept(
    moves: list[Move], forward: bool = True, least: int = 0, until: int = 100
) -> dict[tuple[str, int], tuple[int, int]]:
    """By kind and account: in proportion and by first in, first out."""
    task = Task(SEED, forward, frozenset((SEED, A, B)), {SHOP: "service"}, -100, until, least)
    return {key: (end.haircut, end.fifo) for key, end in Sweep(task, moves).ends.items()}


def test_the_queue_and_the_share_of_the_balance_differ() -> None:
    """What came first leaves first; in proportion each payment takes its share of what is held."""
    moves = [Move(1, B, A, 60, 1), Move(2, SEED, A, 40, 2), Move(3, A, SHOP, 50, 3)]
    assert swept(moves)["service", SHOP] == (20, 0)
    assert swept(moves)["unspent", A] == (20, 40)


def test_a_balance_from_before_is_the_least_that_pays() -> None:
    """An account that pays more than came in held that much before: it was there first and leaves first."""
    moves = [Move(1, SEED, A, 40, 1), Move(2, A, SHOP, 100, 2)]
    assert swept(moves) == {("service", SHOP): (40, 40)}
    assert swept([moves[0], Move(2, A, SHOP, 60, 2), Move(3, A, B, 40, 3)])["unspent", B] == (16, 40)


def test_receipts_come_before_payments_of_one_instant() -> None:
    """Transfers with equal time stamps are put in the order in which they can have been made; rings do not hang."""
    moves = [Move(1, A, B, 5, 1), Move(2, SEED, A, 5, 1), Move(3, B, SHOP, 5, 1)]
    assert [move.number for move in ordered(moves)] == [2, 1, 3]
    ring = [Move(1, A, B, 5, 1), Move(2, B, A, 5, 1), Move(3, A, A, 5, 1)]
    assert sorted(move.number for move in ordered(ring)) == [1, 2, 3]


def test_limits_of_amount_and_time() -> None:
    """A small part ends by value, a late payment by time."""
    moves = [Move(1, SEED, A, 40, 1), Move(2, A, B, 1, 2), Move(3, A, SHOP, 39, 50)]
    assert swept(moves, least=5, until=20) == {("value", B): (1, 1), ("time", A): (39, 39)}


@st.composite
def transfers(draw: st.DrawFn) -> list[Move]:
    """Up to twenty transfers between five accounts at four instants."""
    who = st.sampled_from((SEED, A, B, SHOP, 5))
    rows = draw(st.lists(st.tuples(who, who, st.integers(0, 50), st.integers(0, 3)), max_size=20))
    return [Move(number, *row) for number, row in enumerate(rows, 1)]


@given(transfers())
def test_nothing_is_lost_or_made(moves: list[Move]) -> None:
    """Forward, the ends add up to what the seed paid for good and still holds; backward, to what it was paid."""
    paid = sum(m.amount for m in moves if m.payer == SEED != m.payee)
    got = sum(m.amount for m in moves if m.payee == SEED != m.payer)
    back = swept(moves, forward=False)
    returned = {forward: _returned(moves, forward) for forward in (True, False)}
    held = swept(moves).get(("unspent", SEED), (0, 0))[0]
    for method in (0, 1):
        assert sum(end[method] for end in back.values()) == got - returned[False][method]
        assert sum(end[method] for end in swept(moves).values()) == paid + held - returned[True][method]


def _returned(moves: list[Move], forward: bool) -> tuple[int, int]:
    """What came round to the seed again, which its own coins carry on."""
    task = Task(SEED, forward, frozenset((SEED, A, B)), {SHOP: "service"}, -100, 100, 0)
    sweep = Sweep(task, moves)
    return sweep.returned.haircut, sweep.returned.fifo


@given(transfers())
def test_backward_by_queue_mirrors_forward(moves: list[Move]) -> None:
    """What the queue says went from one account to another forward, it says came from there backward."""
    one = Sweep(Task(SEED, True, frozenset((SEED, A)), {B: "service"}, -100, 100, 0), moves).ends.get(("service", B))
    other = Sweep(Task(B, False, frozenset((B, A)), {SEED: "service"}, -100, 100, 0), moves).ends.get(("service", SEED))
    assert (one.fifo if one else 0) == (other.fifo if other else 0)


def test_accounts_are_traced_with_coins(duck: Engine) -> None:
    """Transfers of ETH and a token: each asset by itself, to the exchange, with path and share."""
    book = Book("eth")
    book.transfer("x1", "0xPayer", "0xSeed", "2.5", 1)
    book.transfer("x2", "0xSEED", "0xmid", "2", 2)
    book.transfer("x3", "0xmid", "0xhot", "1.5", 3)
    book.transfer("x4", "0xseed", "0xhot", "7", 4, asset="USDT", contract="0xc")
    book.transfer("x5", "0xseed", "0xhot", "9", 5, counted=False)
    book.tag("0xhot", "ex")
    found = book.follow(duck, "0xseed")
    rows = [row for row in found["chain_trails"] if row["direction"] == "forward"]
    ends = {
        (row["asset"], row["end_kind"], row["end_address"]): (str(row["fifo"].normalize()), row["hops"]) for row in rows
    }
    assert ends == {
        ("ETH", "service", "0xhot"): ("1.5", 2),
        ("ETH", "unspent", "0xmid"): ("0.5", 1),
        ("ETH", "unspent", "0xseed"): ("0.5", 0),
        ("USDT", "service", "0xhot"): ("7", 1),
    }
    trail = next(row["trail_id"] for row in rows if row["service"] == "ex" and row["asset"] == "ETH")
    hops = sorted((row for row in found["chain_hops"] if row["trail_id"] == trail), key=lambda row: row["hop"])
    assert [(row["txid"], row["to_address"], row["rule"]) for row in hops] == [
        ("x2", "0xmid", "transfer"),
        ("x3", "0xhot", "transfer"),
    ]
    back = of(found["chain_trails"], "backward")
    assert back["unknown", "0xpayer"][1] == 250_000_000
