"""The accounts that a table's rows name, and their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tanglaw.reading.accounts import account_id, unnamed_account_id
from tanglaw.reading.rows import Rows
from tanglaw.reading.tabular.fields import IDENTIFIERS
from tanglaw.reading.tabular.numbers import mapped
from tanglaw.reading.values import identifier, platform

_MOST = 2_000_000
_STATED = ("handle", "name", "display_name", "country")


@dataclass(slots=True)
class Parties:
    """Gives account ids for the parties of each row and writes each statement about an account once per file."""

    rows: Rows
    _ids: dict[str, str] = field(default_factory=dict)
    _written: set[int] = field(default_factory=set)

    def ids(self, frame: pl.DataFrame, party: str, service: pl.Series) -> pl.DataFrame:
        """Columns account_id, platform, identifier, identifier_kind of the party: from the most stable identifier
        that the row states, all empty where it states none. `service` is the platform if the party has none."""
        own = column(frame, f"{party}.platform")
        service = pl.select(pl.coalesce(own, service)).to_series()
        service = mapped(service, lambda text: platform(text) or None, pl.String)
        known = pl.DataFrame({"kind": pl.Series([None], dtype=pl.String).new_from_index(0, len(frame))})
        known = known.with_columns(pl.lit(None, pl.String).alias("text"))
        for kind in IDENTIFIERS:
            if f"{party}.{kind}" not in frame.columns:
                continue
            texts = frame[f"{party}.{kind}"]
            if kind in ("phone", "handle", "email"):
                texts = mapped(texts, lambda text, kind=kind: identifier(kind, text) or None, pl.String)  # type: ignore[misc]
            take = pl.col("text").is_null() & texts.is_not_null()
            known = known.with_columns(
                pl.when(take).then(pl.lit(kind)).otherwise(pl.col("kind")).alias("kind"), pl.coalesce("text", texts)
            )
        known = known.with_columns(service.alias("platform"))
        return self._with_ids(known).rename({"text": "identifier", "kind": "identifier_kind"})

    def _with_ids(self, known: pl.DataFrame) -> pl.DataFrame:
        key = pl.concat_str([pl.col("platform").fill_null(""), "kind", "text"], separator="\x1f")
        return known.with_columns(mapped(known.select(key).to_series(), self._id, pl.String).alias("account_id"))

    def _id(self, key: str) -> str:
        found = self._ids.get(key)
        if found is None:
            if len(self._ids) > _MOST:
                self._ids.clear()
            service, kind, text = key.split("\x1f", 2)
            found = self._ids[key] = account_id(self.rows.ids, service or None, kind, text)
        return found

    def nameless(self, named: pl.DataFrame, frame: pl.DataFrame, party: str, record_ids: pl.Series) -> pl.DataFrame:
        """Give an account of its own to each party that is only described, so that what is stated is not lost."""
        stated = [frame[f"{party}.{name}"] for name in _STATED if f"{party}.{name}" in frame.columns]
        if not stated:
            return named
        some = pl.select(pl.any_horizontal([text.is_not_null() for text in stated])).to_series()
        only = (some & named["account_id"].is_null()).to_numpy()
        if not only.any():
            return named
        made = [
            unnamed_account_id(self.rows.ids, record, party, 0) if flag else None
            for record, flag in zip(record_ids, only, strict=True)
        ]
        kinds = pl.when(pl.Series(only)).then(pl.lit("none")).otherwise(pl.col("identifier_kind"))
        return named.with_columns(
            pl.coalesce("account_id", pl.Series(made, dtype=pl.String)), kinds.alias("identifier_kind")
        )

    def write(self, named: pl.DataFrame, frame: pl.DataFrame, party: str, role: str | pl.Series) -> None:
        """Rows of `accounts` for a party: one for each differing statement of the file, at its first place."""
        shown = _shown(frame, party)
        roles = pl.lit(role, pl.String) if isinstance(role, str) else role
        table = named.with_columns(
            shown, roles.alias("role"), frame["locator"], column(frame, f"{party}.country").alias("country")
        )
        handle = pl.coalesce(column(frame, f"{party}.handle"), pl.lit(None, pl.String)).alias("handle")
        table = table.with_columns(handle).filter(pl.col("account_id").is_not_null())
        keys = ["account_id", "role", "handle", "display_name", "country"]
        if len(self._written) > _MOST:
            self._written.clear()
        hashes, first = np.unique(table.select(keys).hash_rows().to_numpy(), return_index=True)
        fresh = [i for value, i in zip(hashes.tolist(), first.tolist(), strict=True) if value not in self._written]
        self._written.update(hashes.tolist())
        table = table[sorted(fresh)]
        put(self.rows, "accounts", table, (*keys, "platform", "identifier", "identifier_kind", "locator"))


def put(rows: Rows, table: str, frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """Hand columns of a frame to a table of the same column names."""
    if len(frame):
        rows.add_columns(table, {name: frame[name].to_arrow() for name in columns if name in frame.columns})


def column(frame: pl.DataFrame, name: str) -> pl.Series:
    """The column of that name, or as many empty texts where there is none."""
    if name in frame.columns:
        return frame[name]
    return pl.Series(name, [None], dtype=pl.String).new_from_index(0, len(frame))


def _shown(frame: pl.DataFrame, party: str) -> pl.Series:
    """Names as written: `name` and `display_name`, joined by ' | ' where both are stated and differ."""
    name, display = column(frame, f"{party}.name"), column(frame, f"{party}.display_name")
    both = pl.when((name != display).fill_null(False)).then(pl.concat_str([name, display], separator=" | "))
    return pl.select(both.otherwise(pl.coalesce(name, display)).alias("display_name")).to_series()
