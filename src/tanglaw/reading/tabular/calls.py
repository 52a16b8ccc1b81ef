"""Rows of a call table: calls, and the accounts of both ends."""

from __future__ import annotations

import polars as pl

from tanglaw.reading.tabular.fields import PARTIES
from tanglaw.reading.tabular.numbers import mapped
from tanglaw.reading.tabular.parties import column
from tanglaw.reading.tabular.writing import Writing, parts_of, service_of
from tanglaw.reading.values import platform

_COLUMNS = (
    "call_id",
    "conversation_id",
    "platform",
    "started_at",
    "started_at_original",
    "started_at_assumed",
    "seconds",
    "caller_account_id",
    "callee_account_id",
    "kind",
    "outcome",
    "locator",
)
_CONTENT = ("platform", "started_at_original", "seconds", "kind", "outcome", "caller_account_id", "callee_account_id")


def write(frame: pl.DataFrame, out: Writing) -> None:
    """Calls with start, length and both accounts; the id is made of platform and reference, else of the content."""
    service = mapped(service_of(frame), platform, pl.String)
    kind = column(frame, "kind").fill_null("call").alias("kind")
    frame = frame.with_columns(service.alias("platform"), kind)
    named = {party: out.parties.ids(frame, party, service) for party in PARTIES["calls"]}
    for party, ids in named.items():
        frame = frame.with_columns(ids["account_id"].alias(f"{party}_account_id"))
    described = [f"{party}.{name}" for party in named for name in ("name", "display_name")]
    content = parts_of(frame, (*_CONTENT, *described))
    call_ids = out.reference_ids("call", service, column(frame, "reference"), content)
    frame = frame.with_columns(call_ids.alias("call_id"))
    for party, role in PARTIES["calls"].items():
        ids = out.parties.nameless(named[party], frame, party, call_ids)
        frame = frame.with_columns(ids["account_id"].alias(f"{party}_account_id"))
        out.parties.write(ids, frame, party, role)
    if "conversation" in frame.columns:
        named_chats = [
            None if text is None else out.rows.ids.of("conversation", name, text)
            for name, text in frame.select("platform", "conversation").iter_rows()
        ]
        frame = frame.with_columns(pl.Series("conversation_id", named_chats, dtype=pl.String))
    out.put("calls", frame, _COLUMNS)
