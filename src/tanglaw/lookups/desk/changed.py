"""What a run says of a case's reports, as short marks, so that a page can tell that another run says something else."""

from __future__ import annotations

import hashlib
from typing import Any

from tanglaw.engine.shelf import Shelf

# Reports of a case that are looked at; the first by id of a larger one.
_MOST = 500
_ASKED = {
    "values": (
        "select q.report_id, danger, lane, band, actionability, clock_at, criteria from queue q "
        "where q.rank in (select rank from ranks where report_id in ({these})) order by all"
    ),
    "links": (
        "select distinct c.report_id, l.a, l.b, l.bits from accounts c join account_links l on l.one = c.account_id "
        "where c.role = 'reported' and c.report_id in ({these}) order by all"
    ),
    "proposals": "select report_id, proposal_id, reports from proposal_of where report_id in ({these}) order by all",
    "reports": "select report_id, version, field, before, after from report_versions where report_id in ({these}) order by all",
}


def marks(shelf: Shelf, reports: list[str]) -> dict[str, str]:
    """A mark for each thing that a run says of the reports: values, links, proposals and versions of reports."""
    chosen = sorted(reports)[:_MOST]
    return {name: _mark(shelf.among(asked, chosen)) for name, asked in _ASKED.items()}


def _mark(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256(repr([tuple(row.values()) for row in rows]).encode()).hexdigest()[:12]
