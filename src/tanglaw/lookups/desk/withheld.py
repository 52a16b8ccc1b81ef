"""What the protected list holds and which conversations an account's lock covers, from the shelf."""

from __future__ import annotations

from collections.abc import Iterable

from tanglaw.engine.shelf import Shelf, key_of
from tanglaw.lookups.desk.laid import OF_VALUE
from tanglaw.lookups.withheld import OWN, Hit


def conversations_of(shelf: Shelf, accounts: Iterable[str]) -> frozenset[str]:
    """Conversations that one of the accounts takes part in."""
    rows = shelf.among("select conversation_id from taking_part where account_id in ({these})", sorted(accounts))
    return frozenset(row["conversation_id"] for row in rows)


def hits(shelf: Shelf, kind: str, value: str) -> list[Hit]:
    """Where a selector stands: report, conversation and account whose own it is; each empty if there is none."""
    rows = shelf.rows(
        f"select distinct report_id, conversation_id, table_name, account_id from occurrences where {OF_VALUE}",
        key_of(value),
        value,
        kind,
    )
    return sorted(
        {
            (
                row["report_id"] or "",
                row["conversation_id"] or "",
                (row["account_id"] or "") if row["table_name"] in OWN else "",
            )
            for row in rows
        }
    )
