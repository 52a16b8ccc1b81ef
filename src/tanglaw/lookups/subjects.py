"""What decisions can be about: accounts, selectors and sources, as the last run left them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.errors import CheckUsage
from tanglaw.lookups.tables import chosen
from tanglaw.selectors import SELECTORS
from tanglaw.store.workspace import Workspace


def rows_of(workspace: Workspace, table: str, column: str, ids: list[str]) -> list[dict[str, Any]]:
    """Rows of a table, all sightings, whose `column` is one of `ids`; files are read no further than needed."""
    keep = pc.field(column).isin(pa.array(ids, pa.string()))
    return [dict(row) for row in chosen(workspace, table, keep).to_pylist()]


def unknown(workspace: Workspace, table: str, column: str, ids: list[str]) -> list[str]:
    """Those of `ids` that no row has, in their order."""
    there = {row[column] for row in rows_of(workspace, table, column, ids)}
    return [one for one in ids if one not in there]


def normalised(kind: str, value: str, country: str) -> str:
    """A corrected value of a selector type as it counts; empty stays empty and says that it is no selector.

    Raises CheckUsage for a value that is none of the type.
    """
    if not value.strip():
        return ""
    selector = SELECTORS.get(kind)
    normal = selector.normalise(value.strip(), country) if selector else value.strip()
    if normal is None:
        raise CheckUsage(f"the value is no valid {kind}")
    return normal
