"""Rows of a payment table: payments, and the accounts that pay and are paid."""

from __future__ import annotations

import polars as pl

from tanglaw.reading.tabular.fields import NOT_COUNTED, PARTIES, STATEMENT
from tanglaw.reading.tabular.numbers import mapped
from tanglaw.reading.tabular.parties import column
from tanglaw.reading.tabular.writing import Writing, parts_of, service_of
from tanglaw.reading.values import platform

_CONTENT = ("reference", "paid_at_original", "amount", "currency", "status", "method", "purpose", "place")
_COLUMNS = (
    "payment_id",
    "reference",
    "paid_at",
    "paid_at_original",
    "paid_at_assumed",
    "amount",
    "currency",
    "from_account_id",
    "to_account_id",
    "provider",
    "method",
    "status",
    "counted",
    "purpose",
    "place",
    "locator",
)
_OF_PARTY = ("esp-id", "account-number", "phone", "email", "handle", "name", "display_name", "platform", "country")


def write(frame: pl.DataFrame, out: Writing) -> None:
    """Payments with exact amounts; rejected and reversed ones are marked `counted` false.

    The id is made of provider and reference; without a reference, of everything the row says and its number
    among equal rows.
    """
    if any(name.startswith(tuple(f"{party}." for party in STATEMENT)) for name in frame.columns):
        frame = _two_sides(frame)
    service = service_of(frame)
    provider = mapped(pl.select(pl.coalesce(column(frame, "provider"), service)).to_series(), platform, pl.String)
    frame = frame.with_columns(provider.alias("provider"), *_status(frame))
    named = {party: out.parties.ids(frame, party, service) for party in PARTIES["payments"]}
    for party, ids in named.items():
        frame = frame.with_columns(ids["account_id"].alias(f"{party}_account_id"))
    stated = [f"{party}.{name}" for party in PARTIES["payments"] for name in _OF_PARTY]
    content = parts_of(frame, ("provider", *_CONTENT, *stated))
    payment_ids = out.reference_ids("payment", frame["provider"], column(frame, "reference"), content)
    frame = frame.with_columns(payment_ids.alias("payment_id"))
    for party, role in PARTIES["payments"].items():
        ids = out.parties.nameless(named[party], frame, party, payment_ids)
        frame = frame.with_columns(ids["account_id"].alias(f"{party}_account_id"))
        out.parties.write(ids, frame, party, role)
    out.put("payments", frame, _COLUMNS)


def _status(frame: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    status = pl.col("status") if "status" in frame.columns else pl.lit(None, pl.String)
    return status.fill_null("not-stated").alias("status"), (~status.is_in(NOT_COUNTED)).fill_null(True).alias("counted")


def _two_sides(frame: pl.DataFrame) -> pl.DataFrame:
    """`holder` and `counterparty` as `from` and `to`: a debit leaves the holder, a credit reaches it."""
    paid = pl.col("direction") == "debit"
    sides = []
    for name in _OF_PARTY:
        holder, other = (column(frame, f"{party}.{name}") for party in STATEMENT)
        if holder.null_count() + other.null_count() < 2 * len(frame):
            sides.append(pl.when(paid).then(holder).otherwise(other).alias(f"from.{name}"))
            sides.append(pl.when(paid).then(other).otherwise(holder).alias(f"to.{name}"))
    return frame.with_columns(sides)
