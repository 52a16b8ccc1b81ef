"""Clocks of whole records that are off: found by what many pairs share, taken away, and said."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from tanglaw.config import Settings
from tanglaw.engine.open import open_engine
from tanglaw.sessions import SESSION_STAGE
from tanglaw.testing.engines import Both

from .conftest import DAY0, Rows, Run, Story, Traces, policy_tables, rebuilt_on, table_of

TIMES = {"calls": "started_at", "payments": "paid_at", "captures": "at"}


def crowded() -> Story:
    """Six payers of a reported recipient who meet it at their own hours; payments, a call log, log-ins before each meeting."""
    story = Story()
    story.account("seller", "reported", "r1")
    for number in range(6):
        payer = f"buyer{number}"
        story.account(payer)
        for week in range(4):
            start = DAY0 + timedelta(days=9 * week + number, hours=(5 * number + 7 * week) % 24, minutes=13 * number)
            story.meet(payer, "seller", start)
            for account in (payer, "seller"):
                row = {"capture_id": f"l{len(story.rows['captures']):03d}", "account_id": account, "event": "Login"}
                story.rows["captures"].append(row | {"at": start - timedelta(minutes=9)})
    return story


@pytest.fixture
def crowd() -> Story:
    """The crowd, of the test's own."""
    return crowded()


@pytest.fixture(scope="module")
def on_time(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """What the stage makes of the crowd while every clock is right."""
    with open_engine(Settings(memory_limit="1GB", threads=2), tmp_path_factory.mktemp("on-time")) as engine:
        return rebuilt_on(engine, crowded().rows)


def late(rows: Traces, name: str, hours: float, **more: Any) -> Traces:
    """The traces with each time of one table so many hours late."""
    column = TIMES[name]
    return rows | {name: [row | {column: row[column] + timedelta(hours=hours)} | more for row in rows[name]]}


def listed(found: dict[str, Rows]) -> list[tuple[Any, ...]]:
    """Payer, start, probability of each session."""
    return sorted((row["buyer_account_id"], row["start_at"], row["probability"]) for row in found["sessions"])


@pytest.mark.parametrize(
    ("name", "hours", "told"),
    (
        ("calls", 3, "clock of call log moved by -3 h"),
        ("calls", -9.5, "clock of call log moved by +9:30 h"),
        ("calls", 5.5, "clock of call log moved by -5:30 h"),
        ("captures", 1, "clock of log-ins moved by -1 h"),
        ("captures", -1, "clock of log-ins moved by +1 h"),
        ("payments", 8, "clock of payments moved by -8 h"),
        ("payments", -7, "clock of payments moved by +7 h"),
    ),
)
def test_a_record_in_another_zone_gives_the_same_sessions(
    rebuilt: Run, crowd: Story, on_time: dict[str, Rows], name: str, hours: float, told: str
) -> None:
    """Sessions stand at their times with their probabilities, and each says which clock was moved and how far."""
    before, after = on_time, rebuilt(late(crowd.rows, name, hours))
    assert len(before["sessions"]) == 24
    assert listed(after) == listed(before)
    assert not any("clock of" in row["evidence"] for row in before["sessions"])
    assert all(row["evidence"].endswith(told) for row in after["sessions"])
    assert [row["missing"] for row in after["sessions"]] == [row["missing"] for row in before["sessions"]]


def test_a_call_log_without_zone_is_set_by_the_chats(rebuilt: Run, crowd: Story, on_time: dict[str, Rows]) -> None:
    """Where the zone was assumed, the estimate puts the log on the clock."""
    found = rebuilt(late(crowd.rows, "calls", 3, started_at_assumed="UTC"))
    assert listed(found) == listed(on_time)


def test_each_record_has_its_own_clock(rebuilt: Run, crowd: Story, on_time: dict[str, Rows]) -> None:
    """Of two call logs only the one that is off is moved, by its own hours."""
    calls = crowd.rows["calls"]
    for number, row in enumerate(calls):
        row |= {"platform": "one" if number % 2 else "other"}
    moved = late({"calls": calls[1::2]}, "calls", -4)["calls"]
    found = rebuilt(crowd.rows | {"calls": [*calls[::2], *moved]})
    assert listed(found) == listed(on_time)
    assert sum("clock of call log of one moved by +4 h" in row["evidence"] for row in found["sessions"]) == 12
    assert not any("call log of other" in row["evidence"] for row in found["sessions"])


def test_without_a_clear_peak_no_clock_is_moved(rebuilt: Run, crowd: Story) -> None:
    """Calls off by all sorts of hours agree on none, and one pair's habit or too few calls are no proof."""
    dice = random.Random(7)
    calls = crowd.rows["calls"]
    scattered = [row | {"started_at": row["started_at"] + timedelta(hours=dice.uniform(-13, 13))} for row in calls]
    few = late({"calls": calls[:9]}, "calls", 3)["calls"]
    for rows in (scattered, few):
        found = rebuilt(crowd.rows | {"calls": rows})
        assert not any("clock of" in (row["evidence"] or "") for row in found["sessions"])


def test_one_pair_alone_moves_no_clock(rebuilt: Run, story: Story) -> None:
    """Twenty meetings of one pair, the log three hours off, count as five: what one pair does may be its habit."""
    story.account("seller", "reported", "r1")
    story.account("buyer")
    for week in range(20):
        story.meet("buyer", "seller", DAY0 + timedelta(days=2 * week, hours=(7 * week) % 24))
    found = rebuilt(late(story.rows, "calls", 3))
    assert found["sessions"]
    assert not any("clock of" in row["evidence"] for row in found["sessions"])


def test_the_order_of_rows_moves_no_clock(rebuilt: Run, crowd: Story) -> None:
    """Rows in any order give the same estimate."""
    rows = late(crowd.rows, "calls", 3)
    before = rebuilt(rows)
    for seed in range(2):
        mixed = {name: random.Random(seed).sample(part, len(part)) for name, part in rows.items()}
        assert rebuilt(mixed) == before


@pytest.mark.spark
def test_engines_estimate_equal_clocks(both: Both, crowd: Story) -> None:
    """Every table of the stage is equal on both engines where a clock is moved."""
    for name, rows in policy_tables().items():
        both.put(name, rows)
    late_rows = late(late(crowd.rows, "calls", 3), "captures", -1)
    made = both.stage(SESSION_STAGE, {name: table_of(name, rows) for name, rows in late_rows.items()})
    assert made["sessions"].num_rows == 24
    assert all("call log moved by -3 h" in text for text in made["sessions"]["evidence"].to_pylist())
