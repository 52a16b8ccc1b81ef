"""Rows of a message table: messages, conversations, participants and their accounts."""

from __future__ import annotations

import polars as pl

from tanglaw.reading.tabular.fields import PARTIES
from tanglaw.reading.tabular.numbers import mapped
from tanglaw.reading.tabular.parties import column
from tanglaw.reading.tabular.writing import Writing, parts_of, service_of
from tanglaw.reading.values import platform

_COLUMNS = (
    "message_id",
    "conversation_id",
    "platform",
    "sent_at",
    "sent_at_original",
    "sent_at_assumed",
    "sender_account_id",
    "recipient_account_id",
    "kind",
    "text",
    "edited_at",
    "reply_to",
    "attachments",
    "source_path",
    "source_index",
    "locator",
)


def write(frame: pl.DataFrame, out: Writing) -> None:
    """Messages in the order of the table, which `source_index` counts.

    A conversation is what the table names as one, else the two accounts of a direct message.
    """
    service = mapped(service_of(frame), platform, pl.String)
    kind = column(frame, "kind").fill_null("message").alias("kind")
    frame = frame.with_columns(service.alias("platform"), kind)
    rows = out.place_ids(frame)
    for party, role in PARTIES["messages"].items():
        named = out.parties.nameless(out.parties.ids(frame, party, service), frame, party, rows)
        frame = frame.with_columns(named["account_id"].alias(f"{party}_account_id"))
        out.parties.write(named, frame, party, role)
    frame = frame.with_columns(pl.Series("conversation_id", _conversations(frame, out), dtype=pl.String))
    content = ("conversation_id", "sender_account_id", "sent_at_original", "text")
    frame = frame.with_columns(
        out.content_ids("message", parts_of(frame, content)).alias("message_id"),
        pl.lit(out.rows.path).alias("source_path"),
        pl.Series("source_index", range(out.rows_before, out.rows_before + len(frame)), dtype=pl.Int64),
    )
    out.put("messages", frame, _COLUMNS)
    _participants(frame, out)


def _conversations(frame: pl.DataFrame, out: Writing) -> list[str | None]:
    known: dict[tuple[str | None, ...], str | None] = {}
    found = []
    named = frame.with_columns(column(frame, "conversation").alias("conversation"))
    columns = ("platform", "conversation", "sender_account_id", "recipient_account_id")
    for key in named.select(columns).iter_rows():
        if key not in known:
            service, title, *ends = key
            if title is not None:
                known[key] = out.rows.ids.of("conversation", service, title)
            elif all(ends):
                known[key] = out.rows.ids.of("conversation", service, *sorted(end for end in ends if end))
            else:
                known[key] = None
        found.append(known[key])
    return found


def _participants(frame: pl.DataFrame, out: Writing) -> None:
    ends = [
        frame.select("conversation_id", pl.col(f"{party}_account_id").alias("account_id"), "locator")
        for party in PARTIES["messages"]
    ]
    pairs = pl.concat(ends).drop_nulls().unique(subset=["conversation_id", "account_id"], maintain_order=True)
    out.put("participants", pairs, ("conversation_id", "account_id", "locator"))
    title = column(frame, "conversation").alias("title")
    kind = pl.when(title.is_null()).then(pl.lit("direct")).otherwise(pl.lit("group")).alias("kind")
    table = frame.drop("kind").with_columns(title, kind).filter(pl.col("conversation_id").is_not_null())
    table = table.unique(subset=["conversation_id"], keep="first", maintain_order=True)
    out.put("conversations", table, ("conversation_id", "platform", "kind", "title", "locator"))
