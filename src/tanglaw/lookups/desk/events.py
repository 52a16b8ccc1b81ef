"""What happened around accounts, in order of time, for a time line."""

from __future__ import annotations

from typing import Any

from tanglaw.engine.shelf import Shelf

Rows = list[dict[str, Any]]
_MOST = 4_000


def accounts_of(shelf: Shelf, reports: list[str], actors: list[str]) -> list[str]:
    """Accounts that the reports state for whom they report, and accounts of the actors."""
    stated = shelf.among(
        "select distinct account_id from accounts where report_id in ({these}) and role = 'reported'", reports
    )
    of_actors = shelf.among("select distinct account_id from actors where actor_id in ({these})", actors)
    return sorted({row["account_id"] for row in (*stated, *of_actors)})


def events(shelf: Shelf, accounts: list[str], reports: list[str]) -> Rows:
    """Events of the accounts and times of the reports: at (UTC), kind, text, record_id; at most 4,000 of each account set."""
    rows = shelf.among(
        "select happened_at, kind, text, record_id, account_id from events where account_id in ({these}) "
        f"order by happened_at limit {_MOST}",
        accounts,
    )
    stated = shelf.among(
        "select incident_at as happened_at, 'report' as kind, report_number as text, report_id as record_id, "
        "'' as account_id from reports where report_id in ({these}) and incident_at is not null",
        reports,
    )
    once = {(row["kind"], row["record_id"]): row for row in (*rows, *stated)}
    return sorted(once.values(), key=lambda row: (row["happened_at"], row["kind"], str(row["record_id"])))
