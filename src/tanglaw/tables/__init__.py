"""The vocabulary: every table, its columns, its key and what they mean."""

from __future__ import annotations

from tanglaw.tables.base import Column, Table
from tanglaw.tables.casework import CASEWORK
from tanglaw.tables.chain import ADDRESS_TAGS, CHAIN_MADE, CHAIN_READ
from tanglaw.tables.custody import CUSTODY
from tanglaw.tables.evidence import EVIDENCE
from tanglaw.tables.findings import DERIVED
from tanglaw.tables.reference import REFERENCE
from tanglaw.tables.sessions import SESSION_TABLES

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *CUSTODY,
        *EVIDENCE,
        *CHAIN_READ,
        *REFERENCE,
        ADDRESS_TAGS,
        *CASEWORK,
        *CHAIN_MADE,
        *SESSION_TABLES,
        *DERIVED,
    )
}

# Tables that files are read into; all others are made from these by later stages.
RECEIVED: tuple[str, ...] = tuple(
    table.name
    for table in (*CUSTODY, *EVIDENCE, *CHAIN_READ, *REFERENCE, ADDRESS_TAGS)
    if table.name not in ("superseded", "reports", "report_versions")
)

__all__ = ["RECEIVED", "TABLES", "Column", "Table"]
