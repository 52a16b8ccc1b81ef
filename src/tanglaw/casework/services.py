"""Writing decisions: each is checked against what is in force and appended, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connections, transaction

from tanglaw.casework.consistency import contradiction
from tanglaw.casework.database import standalone
from tanglaw.casework.models import (
    ACCOUNT_OPEN,
    CONFIRM_SESSION,
    CORRECT,
    LEAVE_OUT,
    ON_ALERTS,
    ON_PAIRS,
    ON_REQUESTS,
    ON_ROLES,
    ON_SESSIONS,
    RECALL,
    RELEASE,
    SENT,
    VERIFY,
    WITHDRAW,
    Decision,
)
from tanglaw.casework.queries import in_force
from tanglaw.errors import CheckUsage

__all__ = [
    "Asked",
    "Inference",
    "Written",
    "alert",
    "assess",
    "correct",
    "judge",
    "leave_out",
    "record",
    "standalone",
    "verify",
    "withdraw",
]

_LONGEST = {"--by": 200, "--reason": 10_000}


class Asked(NamedTuple):
    """A request to a holder of logs: its id, and the window asked for (UTC)."""

    request_id: str
    covers_from: datetime
    covers_to: datetime


class Written(NamedTuple):
    """An alert to a service: its id, what is written (JSON), and for a release whether the account should stay open."""

    alert_id: str
    content: str
    account_open: str = ""


class Inference(NamedTuple):
    """What is assessed: a session's id with the accounts of its parties, or an account's id and its role."""

    one: str
    role: str = ""
    parties: tuple[str, ...] = ()


def judge(using: str, kind: str, accounts: tuple[str, str], by: str, reason: str) -> Decision:
    """Append `same` or `not-same` on two account ids.

    Raises CheckUsage if they are one account, or if the judgement contradicts those in force, also through a chain of
    `same`; the message names the decisions.
    """
    a, b = sorted(accounts)
    if kind not in ON_PAIRS:
        raise CheckUsage(f"a judgement on two accounts is {' or '.join(ON_PAIRS)}, not {kind!r}")
    if a == b or not a:
        raise CheckUsage("name two different accounts")

    def fits(standing: list[Decision]) -> None:
        against = contradiction(kind, a, b, [row for row in standing if row.kind in ON_PAIRS])
        if against:
            raise CheckUsage(
                f"{kind} {a} {b} contradicts {_named(against)}: withdraw one of them first"
                + (" (they are one through the chain named)" if len(against) > 1 else "")
            )

    return _append(using, Decision(kind=kind, a=a, b=b, stated_by=by, reason=reason), fits)


def correct(using: str, selector_id: str, value: str, by: str, reason: str) -> Decision:
    """Append a correction: `value` (normalised by the caller) counts for the selector; empty says it is none.

    Raises CheckUsage while another correction of it is in force.
    """

    def fits(standing: list[Decision]) -> None:
        against = [row for row in standing if row.kind == CORRECT and row.selector_id == selector_id]
        if against:
            raise CheckUsage(f"the selector is corrected by {_named(against)}: withdraw that first")

    return _append(
        using, Decision(kind=CORRECT, selector_id=selector_id, value=value, stated_by=by, reason=reason), fits
    )


def leave_out(using: str, source_id: str, by: str, reason: str) -> Decision:
    """Append that a source is left out with all that was read from it. Raises CheckUsage if it is left out already."""

    def fits(standing: list[Decision]) -> None:
        against = [row for row in standing if row.kind == LEAVE_OUT and row.source_id == source_id]
        if against:
            raise CheckUsage(f"the source is left out by {_named(against)}")

    return _append(using, Decision(kind=LEAVE_OUT, source_id=source_id, stated_by=by, reason=reason), fits)


def verify(using: str, account_id: str, by: str, reason: str) -> Decision:
    """Append that a fact ties the account to a case. Raises CheckUsage if one stands already."""

    def fits(standing: list[Decision]) -> None:
        against = [row for row in standing if row.kind == VERIFY and row.account_id == account_id]
        if against:
            raise CheckUsage(f"the account is verified by {_named(against)}")

    return _append(using, Decision(kind=VERIFY, account_id=account_id, stated_by=by, reason=reason), fits)


def record(using: str, kind: str, asked: Asked, on: datetime, by: str, reason: str) -> Decision:
    """Append what became of a request at the instant `on` (UTC): `sent`, `answered` or `lapsed`.

    Raises CheckUsage if that is recorded already for this window, if `on` lies ahead, or for an answer to what was not
    sent by then.
    """
    if kind not in ON_REQUESTS:
        raise CheckUsage(f"what becomes of a request is {', '.join(ON_REQUESTS)}, not {kind!r}")
    if on > datetime.now(UTC):
        raise CheckUsage("that lies ahead: record what has happened")

    def fits(standing: list[Decision]) -> None:
        about = [
            row
            for row in standing
            if (row.request_id, row.covers_from, row.covers_to)
            == (asked.request_id, asked.covers_from, asked.covers_to)
        ]
        against = [row for row in about if row.kind == kind]
        if against:
            raise CheckUsage(f"that is recorded by {_named(against)}: withdraw that first")
        if kind == "answered" and not any(row.kind == SENT and row.happened_at <= on for row in about):
            raise CheckUsage("nobody recorded that it was sent by then: record that first")

    row = Decision(kind=kind, **asked._asdict(), happened_at=on, stated_by=by, reason=reason)
    return _append(using, row, fits)


def alert(using: str, kind: str, written: Written, by: str, reason: str) -> Decision:
    """Append what a person decides on an alert: `release-alert`, `refuse-alert` or `recall-alert`.

    Raises CheckUsage for a release without an answer to whether the account should stay open, for one that is released or
    refused already, and for a recall of what is not released.
    """
    if kind not in ON_ALERTS:
        raise CheckUsage(f"an alert is decided on by {', '.join(ON_ALERTS)}, not {kind!r}")
    if kind == RELEASE and written.account_open not in ACCOUNT_OPEN:
        raise CheckUsage("check first whether the account should stay open: --account-open yes, no or asked")

    def fits(standing: list[Decision]) -> None:
        about = [row for row in standing if row.kind in ON_ALERTS and row.alert_id == written.alert_id]
        last = about[-1] if about else None
        if kind == RECALL and (last is None or last.kind != RELEASE):
            raise CheckUsage("only a released alert is recalled" + (f"; see {_named([last])}" if last else ""))
        if kind != RECALL and last is not None and last.kind != RECALL:
            raise CheckUsage(f"that is decided by {_named([last])}: withdraw it or, if it was sent, recall it first")

    return _append(using, Decision(kind=kind, **written._asdict(), stated_by=by, reason=reason), fits)


def assess(using: str, kind: str, inference: Inference, by: str, reason: str) -> Decision:
    """Append that a session, or the role of an account, is confirmed or rejected; the next run keeps to it.

    Raises CheckUsage while another assessment of it is in force, so that one stands at a time.
    """
    if kind not in (*ON_SESSIONS, *ON_ROLES):
        raise CheckUsage(f"an inference is assessed by {', '.join((*ON_SESSIONS, *ON_ROLES))}, not {kind!r}")
    one, role, parties = inference
    if not one or (kind in ON_ROLES) != bool(role):
        raise CheckUsage("name a session, or an account and its role")

    def fits(standing: list[Decision]) -> None:
        against = [
            row
            for row in standing
            if row.kind in (*ON_SESSIONS, *ON_ROLES) and (row.inference, row.role) == (one, role)
        ]
        if against:
            raise CheckUsage(f"that is decided by {_named(against)}: withdraw that first")

    named = " ".join(parties) if kind == CONFIRM_SESSION else ""
    row = Decision(kind=kind, inference=one, role=role, parties=named, stated_by=by, reason=reason)
    return _append(using, row, fits)


def withdraw(using: str, number: int, by: str, reason: str) -> Decision:
    """Append that decision `number` no longer stands. Raises CheckUsage if it does not stand or is a withdrawal."""
    found = Decision.objects.using(using).filter(number=number).first()
    if found is None:
        raise CheckUsage(f"there is no decision {number}; `tanglaw decisions` lists them")
    if found.kind == WITHDRAW:
        raise CheckUsage(f"decision {number} is a withdrawal: decide again instead")

    def fits(standing: list[Decision]) -> None:
        if number not in {row.number for row in standing}:
            raise CheckUsage(f"decision {number} is withdrawn already")

    return _append(using, Decision(kind=WITHDRAW, withdraws=found, stated_by=by, reason=reason), fits)


def _append(using: str, row: Decision, fits: Callable[[list[Decision]], None]) -> Decision:
    row.stated_by, row.reason = _text("--by", row.stated_by), _text("--reason", row.reason)
    with transaction.atomic(using=using):
        _alone(using)
        last = Decision.objects.using(using).order_by("-number").first()
        now = datetime.now(UTC).replace(microsecond=0)
        # Whole seconds, and never before an earlier decision, so that each instant has one state even if the clock jumps.
        row.at = max(now, last.at) if last else now
        fits(in_force(using))
        row.save(using=using)
    return row


def _alone(using: str) -> None:
    """Let one writer at a time check and append; SQLite's transactions begin that way."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE casework_decision IN SHARE ROW EXCLUSIVE MODE")


def _text(name: str, text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise CheckUsage(f"{name} is empty: a decision says who made it and why")
    if not text.isprintable():
        raise CheckUsage(f"{name} holds control signs")
    if len(text) > _LONGEST[name]:
        raise CheckUsage(f"{name} is longer than {_LONGEST[name]} characters")
    return text


def _named(rows: Iterable[Decision]) -> str:
    """The decisions by number and what they say."""
    return ", ".join(str(row) for row in rows)
