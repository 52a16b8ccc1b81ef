"""Traces as they really come: wrong clocks, doubled exports, edits, refunds, wrong currencies, crowded accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from .conftest import DAY0, Rows, Run, Story, Traces

Found = dict[str, Rows]


def times(found: Found) -> list[tuple[str, str, Any]]:
    """Payer, recipient and start of each listed session."""
    return sorted((row["buyer_account_id"], row["seller_account_id"], row["start_at"]) for row in found["sessions"])


@pytest.mark.parametrize("hours", (3, 8, -7))
def test_a_call_log_whose_clock_is_hours_off_makes_no_likely_session(rebuilt: Run, story: Story, hours: int) -> None:
    """Far from its payment and its chat the call speaks for less; the pause in the chat keeps the session's time."""
    story.account("seller", "reported", "r1")
    story.account("buyer")
    story.meet("buyer", "seller", DAY0, logged=False)
    story.call("buyer", "seller", DAY0 + timedelta(hours=hours))
    best = max(rebuilt(story.rows)["sessions"], key=lambda row: row["probability"])
    assert abs(best["start_at"] - DAY0) <= timedelta(minutes=10)


def doubled(story: Story, **changed: Any) -> Traces:
    """The story with each chat exported a second time by the other party, under its own conversation and message ids."""
    again = [
        row
        | {"message_id": f"again-{row['message_id']}", "conversation_id": f"again-{row['conversation_id']}"}
        | changed
        for row in story.rows["messages"]
    ]
    return story.rows | {"messages": [*story.rows["messages"], *again]}


def test_the_same_chat_exported_by_both_parties_counts_once(rebuilt: Run, told: Story) -> None:
    """Every figure, probability and reason is as with one export."""
    once, twice = rebuilt(told.rows), rebuilt(doubled(told))
    for name in once:
        assert twice[name] == once[name], name


def test_a_second_export_without_zone_moves_no_session(rebuilt: Run, told: Story) -> None:
    """Of two exports of one chat the one with a zone tells the time: a copy eight hours off adds nothing."""
    copy = doubled(told, sent_at_assumed="UTC")
    for row in copy["messages"]:
        if row.get("sent_at_assumed"):
            row["sent_at"] += timedelta(hours=8)
    assert times(rebuilt(copy)) == times(rebuilt(told.rows))


def test_exports_that_overlap_in_part_are_one_chat(rebuilt: Run, told: Story) -> None:
    """A second export that holds half of the messages adds nothing."""
    again = doubled(told)
    whole, count = again["messages"], len(told.rows["messages"])
    assert rebuilt(told.rows | {"messages": whole[: count + count // 2]})["sessions"] == rebuilt(told.rows)["sessions"]


def test_edited_and_deleted_messages_do_no_harm(rebuilt: Run, told: Story) -> None:
    """Without a third of the messages, and with texts emptied, the same pairs still have sessions and nobody else has."""
    pairs = {row[:2] for row in times(rebuilt(told.rows))}
    told.rows["messages"] = [row for number, row in enumerate(told.rows["messages"]) if number % 3]
    for row in told.rows["messages"][::2]:
        row["text"] = None
    assert {row[:2] for row in times(rebuilt(told.rows))} == pairs


def test_a_refund_leaves_the_session_and_its_amount(rebuilt: Run, told: Story) -> None:
    """Money sent back counts neither as a payment of the recipient nor in the amount; a reversed payment is none."""
    before = times(rebuilt(told.rows))
    told.pay("seller", "buyer", DAY0 + timedelta(hours=5), "50")
    told.pay("buyer", "seller", DAY0 - timedelta(minutes=11), "500", counted=False, status="reversed")
    found = rebuilt(told.rows)
    assert times(found) == before
    assert {row["amount"] for row in found["sessions"] if row["buyer_account_id"] == "buyer"} == {50}


@pytest.mark.parametrize("currency", ("PHP", "", None))
def test_a_wrong_or_missing_currency_changes_no_time(rebuilt: Run, told: Story, currency: str | None) -> None:
    """Currencies that do not fit are not added up, and the sessions stand where they stood."""
    before = times(rebuilt(told.rows))
    for row in told.rows["payments"][::2]:
        row["currency"] = currency
    found = rebuilt(told.rows)
    assert times(found) == before
    assert all(row["amount"] in (50, 200) for row in found["sessions"])


def test_an_account_with_thousands_of_contacts_brings_nobody_in(rebuilt: Run, told: Story) -> None:
    """Five thousand contacts on one day: nobody is reached through them, and the sessions stay as they are."""
    before = rebuilt(told.rows)
    for number in range(5_000):
        told.rows["calls"].append(
            {
                "call_id": f"hub{number:05d}",
                "started_at": DAY0 + timedelta(seconds=17 * number),
                "seconds": 120,
                "caller_account_id": "hub",
                "callee_account_id": f"n{number:05d}",
            }
        )
    told.pay("buyer", "hub", DAY0)
    told.pay("n00001", "n00002", DAY0)
    after = rebuilt(told.rows)
    assert times(after) == times(before)
    assert not any("n0000" in str(row) for row in after["network_edges"])


def test_a_second_run_gives_the_same_rows(rebuilt: Run, told: Story) -> None:
    """The stage keeps nothing from one run to the next."""
    assert rebuilt(told.rows) == rebuilt(told.rows)
