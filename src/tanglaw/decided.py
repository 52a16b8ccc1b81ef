"""The stage that takes over what people decided: tables handed to a run, written down with it like any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from tanglaw.engine.base import Stage
from tanglaw.tables import TABLES
from tanglaw.tables.casework import CASEWORK

DECIDED = Stage(
    "decisions",
    "Takes over decisions in force: judgements, corrections, sources left out, verified facts, requests, alerts, cases, watch "
    "entries, sessions and roles.",
    (),
    tuple(table.name for table in CASEWORK),
    None,
)


def handed(tables: Mapping[str, pa.Table] | None) -> dict[str, pa.Table]:
    """Every table of the stage, empty where nothing is handed. Raises pyarrow.ArrowInvalid for columns of another form."""
    given = tables or {}
    return {
        name: given.get(name, TABLES[name].schema.empty_table()).cast(TABLES[name].schema) for name in DECIDED.writes
    }


def facts(tables: Mapping[str, pa.Table] | None) -> dict[str, Any]:
    """What the run record says of them: how many decisions, and SHA-256 over their rows."""
    rows = {name: table.to_pylist() for name, table in handed(tables).items()}
    whole = json.dumps(rows, sort_keys=True, default=str).encode()
    return {"in_force": sum(map(len, rows.values())), "digest": hashlib.sha256(whole).hexdigest()}
