"""Everything that is held of a person's accounts, out of every table: for a request of access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.lookups.subjects import rows_of
from tanglaw.lookups.tables import chosen, plain
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

# Beside columns that are named for an account, those of pairs.
_PAIRS = ("a", "b", "actor_id")


def hand_of(workspace: Workspace, account_id: str) -> list[str]:
    """The account, and those that the last run or a person says are of one hand with it."""
    mine = rows_of(workspace, "actors", "account_id", [account_id])
    hands = sorted({row["actor_id"] for row in mine})
    return sorted({account_id, *(row["account_id"] for row in rows_of(workspace, "actors", "actor_id", hands))})


def held(workspace: Workspace, accounts: list[str]) -> Iterator[dict[str, Any]]:
    """Every row that names one of the accounts, in the order of tables: `table` and its columns as JSON can hold them."""
    ids = pa.array(accounts, pa.string())
    for name, table in TABLES.items():
        columns = [column for column in table.names if column.endswith("account_id") or column in _PAIRS]
        if not columns:
            continue
        asked = pc.field(columns[0]).isin(ids)
        for column in columns[1:]:
            asked = asked | pc.field(column).isin(ids)
        for row in chosen(workspace, name, asked).to_pylist():
            yield {"table": name, **{key: plain(value) for key, value in row.items() if value is not None}}
