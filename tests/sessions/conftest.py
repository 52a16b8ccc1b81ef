"""A small set of traces by hand, and the stage over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.engine.base import Engine, Given
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.policy import demo
from tanglaw.sessions import SESSION_STAGE
from tanglaw.tables import TABLES

Rows = list[dict[str, Any]]
Traces = dict[str, Rows]
DAY0 = datetime(2026, 3, 2, 18, tzinfo=UTC)
AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
# Weights that a reader can follow: a call or a pause soon after a payment is a session.
WEIGHTS = {
    "base": {"": -2.0},
    "kind": {"log": 1.5, "log to another": 1.5, "chat": 1.5, "gap": 0.0, "end": -1.0, "payment": -3.0},
    "just_before": {"3+": 1.0},
    "delay": {"call quick 0-15min": 4.0, "quick 0-15min": 4.0, "call quick 15-60min": 3.0, "quick 15-60min": 3.0}
    | {"none": -4.0, "call none": -4.0, "call shared": 0.5},
    "echoes": {"2+": -6.0},
}
NUMBERS = {"sessions.steps": 2.0, "sessions.contacts_max": 50.0, "sessions.kept_from": 0.2, "sessions.shown_from": 0.7}


def table_of(name: str, rows: Rows) -> pa.Table:
    """Rows as the table of that name, columns left out empty."""
    schema = TABLES[name].schema
    return pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)


def policy_tables(numbers: dict[str, float] | None = None) -> dict[str, pa.Table]:
    """The demo pack's tables with the weights and numbers of these tests."""
    weights = [(f, b, round(1000 * w)) for f, bins in WEIGHTS.items() for b, w in bins.items()]
    values = NUMBERS | (numbers or {})
    feature, bin_, milli = (list(column) for column in zip(*sorted(weights), strict=True))
    return demo().tables() | {
        "policy_session_weights": pa.table({"feature": feature, "bin": bin_, "milli": milli}),
        "policy_numbers": pa.table({"name": list(values), "number": list(values.values())}),
        "run_facts": pa.table({"as_of": pa.array([AS_OF], pa.timestamp("us", tz="UTC"))}),
    }


class Story:
    """Writes down what happens between accounts: chats before calls, payments, calls, log-ins."""

    def __init__(self) -> None:
        self.rows: Traces = {"accounts": [], "payments": [], "messages": [], "calls": [], "captures": [], "persons": []}
        self._number = 0

    def account(self, account: str, role: str = "participant", report: str | None = None, **more: Any) -> None:
        """An account, of a report if one is named."""
        row = {
            "account_id": account,
            "role": role,
            "report_id": report,
            "identifier_kind": "esp-id",
            "platform": "chat",
        }
        self.rows["accounts"].append(row | more)

    def pay(self, payer: str, payee: str, when: datetime, amount: str = "50", **more: Any) -> str:
        """A payment by e-wallet; its id."""
        self._number += 1
        row = {
            "payment_id": f"p{self._number:03d}",
            "reference": f"WA{self._number:08d}",
            "paid_at": when,
            "amount": Decimal(amount),
            "currency": "EUR",
            "from_account_id": payer,
            "to_account_id": payee,
            "method": "e-wallet",
            "status": "completed",
            "counted": True,
        }
        self.rows["payments"].append(row | more)
        return str(row["payment_id"])

    def write(self, one: str, two: str, when: datetime, count: int = 4, **more: Any) -> None:
        """Messages half a minute apart, the last at `when`, of both in turn."""
        for back in range(count):
            self._number += 1
            ends = (one, two) if back % 2 else (two, one)
            row = {
                "message_id": f"m{self._number:04d}",
                "conversation_id": "-".join(sorted((one, two))),
                "sent_at": when - timedelta(seconds=30 * back),
                "sender_account_id": ends[0],
                "recipient_account_id": ends[1],
                "kind": "message",
                "text": "see you at noon",
            }
            self.rows["messages"].append(row | more)

    def call(self, caller: str, callee: str, when: datetime, minutes: float = 20.0, **more: Any) -> None:
        """A call of a call log."""
        self._number += 1
        row = {"call_id": f"c{self._number:03d}", "started_at": when, "seconds": 60 * minutes, "kind": "video"}
        self.rows["calls"].append(row | {"caller_account_id": caller, "callee_account_id": callee} | more)

    def meet(self, payer: str, payee: str, when: datetime, host: str | None = None, logged: bool = True) -> str:
        """Payment, a few words, and the call or the pause that a call leaves."""
        paid = self.pay(payer, payee, when - timedelta(minutes=12))
        self.write(payer, payee, when)
        self.write(payer, payee, when + timedelta(minutes=26), 2)
        if logged:
            self.call(payer, host or payee, when + timedelta(minutes=1))
        return paid


@pytest.fixture
def story() -> Story:
    """An empty story."""
    return Story()


@pytest.fixture
def told(story: Story) -> Story:
    """Two payers of a reported recipient, one through an arranger, a weekly lesson, a stranger's payment."""
    story.account("seller", "reported", "r1")
    for name in ("buyer", "other", "arranger", "tutor", "far", "farther"):
        story.account(name)
    for week in range(3):
        story.meet("buyer", "seller", DAY0 + timedelta(days=11 * week, hours=week), logged=week != 1)
        story.meet("other", "arranger", DAY0 + timedelta(days=13 * week + 1, hours=2 * week), host="seller")
    for week in range(8):
        story.meet("buyer", "tutor", DAY0 + timedelta(days=7 * week, hours=-6))
    story.pay("arranger", "seller", DAY0 + timedelta(days=20), "200")
    story.meet("far", "farther", DAY0)
    return story


Run = Callable[..., dict[str, Rows]]


@pytest.fixture
def rebuilt(duck: Engine) -> Run:
    """rebuilt(rows, numbers) -> the stage's tables as rows sorted by key, on DuckDB."""
    return partial(rebuilt_on, duck)


def rebuilt_on(engine: Engine, rows: Traces, numbers: dict[str, float] | None = None) -> dict[str, Rows]:
    """The stage's tables over these rows, sorted by key."""
    for name, policy in policy_tables(numbers).items():
        engine.put(name, policy)
    for name in SESSION_STAGE.reads:
        engine.put(name, table_of(name, rows.get(name, [])))
    assert SESSION_STAGE.run is not None
    SESSION_STAGE.run(engine, Given(Ids(DEMO_KEY)))
    found = {}
    for name in SESSION_STAGE.writes:
        table = TABLES[name]
        order = ", ".join(f"{column} nulls first" for column in table.key)
        found[name] = engine.rows(f"select {', '.join(table.names)} from {name} order by {order}").to_pylist()
    return found
