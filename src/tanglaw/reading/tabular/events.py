"""Rows of a log-in table: captures, devices and the accounts they are of."""

from __future__ import annotations

import polars as pl

from tanglaw.reading.tabular.parties import column
from tanglaw.reading.tabular.writing import Writing, parts_of, service_of

_CAPTURE = (
    "capture_id",
    "account_id",
    "role",
    "ip",
    "port",
    "event",
    "at",
    "at_original",
    "at_assumed",
    "proxy",
    "locator",
)
_DEVICE = ("device_id", "account_id", "role", "kind", "value", "event", "at", "at_original", "at_assumed", "locator")


def write(frame: pl.DataFrame, out: Writing) -> None:
    """Captures of a log-in table: each row is an event of an account."""
    named = out.parties.ids(frame, "account", service_of(frame))
    named = out.parties.nameless(named, frame, "account", out.place_ids(frame))
    out.parties.write(named, frame, "account", "subscriber")
    captures(frame.with_columns(named["account_id"]), out, "subscriber", "Unknown", always=True)


def captures(frame: pl.DataFrame, out: Writing, role: str, event: str, always: bool = False) -> None:
    """Captures (and devices) of rows with `account_id`; `event` is what a row without one is.

    Without `always`, rows that state neither address nor time give none.
    """
    frame = frame.with_columns(
        column(frame, "event").fill_null(event).alias("event"), pl.lit(role, pl.String).alias("role")
    )
    content = ("account_id", "ip", "port", "at_original", "event")
    if always or "ip" in frame.columns:
        seen = frame if always else frame.filter(column(frame, "ip").is_not_null())
        ids = out.content_ids("capture", parts_of(seen, content))
        out.put("captures", seen.with_columns(ids.alias("capture_id")), _CAPTURE)
    if "device" in frame.columns:
        seen = frame.filter(pl.col("device").is_not_null())
        seen = seen.with_columns(pl.col("device").alias("value"), column(seen, "device_kind").alias("kind"))
        ids = out.content_ids("device", parts_of(seen, ("account_id", "kind", "value", "event", "at_original")))
        out.put("devices", seen.with_columns(ids.alias("device_id")), _DEVICE)
