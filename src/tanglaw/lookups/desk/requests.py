"""Requests that the run proposes, from the shelf: what lapses first leads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tanglaw.engine.shelf import Shelf

Rows = list[dict[str, Any]]
MOST = 200
# What is over already cannot be asked for; it stays in `tanglaw requests --status lapsed`.
_OPEN = "not coalesce(lapsed, false) and (due is null or due > ?)"


def proposed(shelf: Shelf, now: datetime) -> Rows:
    """Proposals whose log is still kept, at most MOST."""
    order = "order by due nulls last, sessions desc, request_id"
    return shelf.rows(f"select * from requests where {_OPEN} {order} limit {MOST}", now)


def proposed_for(shelf: Shelf, accounts: list[str], now: datetime) -> Rows:
    """The same for accounts, and for the hands that they belong to."""
    hands = shelf.among("select distinct actor_id from actors where account_id in ({these})", accounts)
    ids = sorted({*accounts, *(row["actor_id"] for row in hands)})
    rows = shelf.among("select * from requests_of where account_id in ({these})", ids)
    kept = [row for row in rows if not row["lapsed"] and (row["due"] is None or row["due"] > now)]
    return sorted(kept, key=lambda row: (row["due"] is None, row["due"], row["request_id"]))


def proposal(shelf: Shelf, request_id: str) -> dict[str, Any] | None:
    """One proposal, or None."""
    found = shelf.rows("select * from requests where request_id = ?", request_id)
    return found[0] if found else None
