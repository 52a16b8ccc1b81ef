"""Rows of a subscriber or account list: accounts, persons, contacts, and the registration if stated."""

from __future__ import annotations

import polars as pl

from tanglaw.reading.tabular.events import captures
from tanglaw.reading.tabular.fields import PARTIES, PERSON
from tanglaw.reading.tabular.parties import column
from tanglaw.reading.tabular.writing import Writing, parts_of, service_of

_CONTACT = ("contact_id", "person_id", "account_id", "role", "kind", "value", "locator")


def write(frame: pl.DataFrame, out: Writing) -> None:
    """One account per row with what is stated about its holder; contacts stay contacts and identify nothing."""
    role = PARTIES[out.mapping.kind]["account"]
    named = out.parties.ids(frame, "account", service_of(frame))
    described = tuple(f"account.{name}" for name in ("handle", "name", "display_name"))
    stated = tuple(name for name in frame.columns if name.startswith(("person.", "contact.")))
    content = parts_of(named, ("account_id",)) + parts_of(frame, (*described, *sorted(stated)))
    record_ids = out.content_ids("person", content)
    named = out.parties.nameless(named, frame, "account", record_ids)
    out.parties.write(named, frame, "account", role)
    frame = frame.with_columns(named["account_id"], pl.lit(role, pl.String).alias("role"))
    frame = _persons(frame, record_ids, out)
    _contacts(frame, out)
    captures(frame, out, role, "Registration")


def _persons(frame: pl.DataFrame, record_ids: pl.Series, out: Writing) -> pl.DataFrame:
    own = [name for name in PERSON if f"person.{name}" in frame.columns]
    if not own:
        return frame.with_columns(pl.lit(None, pl.String).alias("person_id"))
    some = pl.any_horizontal([pl.col(f"person.{name}").is_not_null() for name in own])
    frame = frame.with_columns(pl.when(some).then(record_ids).alias("person_id"))
    table = frame.select(
        "person_id", "account_id", "role", "locator", *[pl.col(f"person.{name}").alias(name) for name in own]
    )
    parts = ("first_name", "middle_name", "last_name")
    joined = pl.concat_str([column(table, name) for name in parts], separator=" ", ignore_nulls=True)
    name = pl.coalesce(column(table, "name"), pl.when(joined != "").then(joined)).alias("name")
    table = table.with_columns(name).filter(pl.col("person_id").is_not_null())
    out.put("persons", table, ("person_id", "account_id", "role", *PERSON, "locator"))
    return frame


def _contacts(frame: pl.DataFrame, out: Writing) -> None:
    for kind in ("email", "phone"):
        if f"contact.{kind}" not in frame.columns:
            continue
        table = frame.with_columns(pl.col(f"contact.{kind}").alias("value"), pl.lit(kind, pl.String).alias("kind"))
        table = table.filter(pl.col("value").is_not_null())
        ids = out.content_ids("contact", parts_of(table, ("account_id", "person_id", "kind", "value")))
        out.put("contacts", table.with_columns(ids.alias("contact_id")), _CONTACT)
