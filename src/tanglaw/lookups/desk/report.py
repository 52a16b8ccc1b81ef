"""One report from the shelf: the parts that `lookups.report` knows, a few blocks read for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tanglaw.engine.shelf import Shelf
from tanglaw.lookups.beside import NEARLY, Beside, Facts, compared
from tanglaw.lookups.desk.events import accounts_of
from tanglaw.lookups.desk.queue import ranks_of
from tanglaw.lookups.desk.talk import talks_of
from tanglaw.lookups.report import KINDS, LABELLED

Rows = list[dict[str, Any]]
# Tables by the name of their part, and the order in which their rows are shown.
_PARTS = {
    "reasons": ("reasons", "value, weight desc nulls last, criterion, text"),
    "findings": ("findings", "detector, finding_id"),
    "accounts": ("accounts", "role desc, platform, account_id, locator"),
    "persons": ("persons", "role desc, person_id"),
    "contacts": ("contacts", "role desc, kind, contact_id"),
    "captures": ("captures", "captures.at, capture_id"),
    "devices": ("devices", "kind, device_id"),
    "files": ("files", "uploaded_at, esp_file_id, file_id"),
    "hashes": ("file_hashes", "file_id, hash_type, value"),
    "hits": ("hash_hits", "file_id, list_name, hash_type"),
    "flags": ("flags", "file_id, name"),
    "pages": ("web_pages", "kind, page_id"),
    "texts": ("texts", "field, text_id"),
    "associations": ("associations", "kind, association_id"),
    "selectors": ("selectors", "type, value, selector_id"),
    "versions": ("report_versions", "version, field"),
    "sources": ("report_sources", "path, locator"),
    "evidence": ("report_evidence", "table_name, id"),
}
_MOST = 500
_NEAR = 5


@dataclass
class Told:
    """A report with its place in the queue (empty outside of it) and every part as rows of the table behind it.

    `labels` names each evidence row that the report itself states (`file 1`, `capture 2`), `cut` parts of which only the
    first rows are here, with how many there are; `talks` conversations of the reported accounts and others of their hands.
    """

    report: dict[str, Any]
    priority: dict[str, Any]
    parts: dict[str, Rows]
    labels: dict[str, str]
    proposal: Rows
    near: list[Beside]
    numbers: dict[str, str]
    same_number: Rows
    talks: Rows = field(default_factory=list)
    cut: dict[str, int] = field(default_factory=dict)


def ids_of(shelf: Shelf, number: str) -> Rows:
    """Reports of that number, or of that id: report_id, report_number, scheme, esp."""
    asked = number.strip().lstrip("#").strip()
    found = shelf.rows("select * from numbers where report_number = ? order by scheme, report_id", asked)
    return found or shelf.rows("select report_id, report_number, scheme, esp from reports where report_id = ?", asked)


def told(shelf: Shelf, report_id: str) -> Told | None:
    """The report, or None if the run has none of that id."""
    rows = shelf.rows("select * from reports where report_id = ?", report_id)
    if not rows:
        return None
    report = rows[0]
    parts, cut = {"links": _links(shelf, report_id)}, {}
    for name, (table, order) in _PARTS.items():
        found = shelf.rows(f"select * from {table} where report_id = ? order by {order} limit ?", report_id, _MOST + 1)
        if len(found) > _MOST:
            cut[name] = shelf.rows(f"select count(*) as n from {table} where report_id = ?", report_id)[0]["n"]
        parts[name] = found[:_MOST]
    near = _near(shelf, report_id)
    members = _proposal(shelf, report_id)
    others = [one for one in ids_of(shelf, report["report_number"] or "") if one["report_id"] != report_id]
    return Told(
        report,
        priority_of(shelf, report_id),
        parts,
        _labels(parts),
        members,
        near,
        numbers_of(shelf, [one.other for one in near]),
        others,
        talks_of(shelf, [one for each in accounts_of(shelf, [report_id], []) for one in each]),
        cut,
    )


def priority_of(shelf: Shelf, report_id: str) -> dict[str, Any]:
    """The report's row of the queue, or nothing."""
    rank = shelf.rows("select rank from ranks where report_id = ?", report_id)
    return shelf.rows("select * from queue where rank = ?", rank[0]["rank"])[0] if rank else {}


def places_of(shelf: Shelf, report_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Rank, band and clock_at of reports that stand in the queue, by id."""
    listed = ", ".join(map(str, ranks_of(shelf, report_ids))) or "null"
    rows = shelf.rows(f"select report_id, rank, band, clock_at from queue where rank in ({listed})")
    return {row["report_id"]: row for row in rows}


def numbers_of(shelf: Shelf, report_ids: list[str]) -> dict[str, str]:
    """Numbers (else ids) of reports by id."""
    rows = shelf.among("select report_id, report_number from reports where report_id in ({these})", report_ids)
    return {row["report_id"]: row["report_number"] or row["report_id"] for row in rows}


def members_of(shelf: Shelf, proposal_id: str) -> Rows:
    """Reports of a case proposal: report_id, report_number, rank."""
    return shelf.rows(
        "select p.report_id, r.report_number, k.rank from proposals p left join reports r on r.report_id = p.report_id "
        "left join ranks k on k.report_id = p.report_id where p.proposal_id = ? order by k.rank limit 1000",
        proposal_id,
    )


def compare(shelf: Shelf, one: str, other: str) -> Beside:
    """Two reports side by side."""
    facts = _facts(shelf, [one, other])
    return compared((one, facts.get(one, {})), (other, facts.get(other, {})))


def _links(shelf: Shelf, report_id: str) -> Rows:
    """Links of the accounts that the report states, strongest first."""
    mine = [
        row["account_id"]
        for row in shelf.rows("select distinct account_id from accounts where report_id = ?", report_id)
    ]
    return shelf.among(
        f"select * from account_links where one in ({{these}}) order by bits desc, other, one limit {_MOST}",
        sorted(mine),
    )


def _proposal(shelf: Shelf, report_id: str) -> Rows:
    found = shelf.rows("select proposal_id from proposal_of where report_id = ?", report_id)
    if not found:
        return []
    return [{**row, "proposal_id": found[0]["proposal_id"]} for row in members_of(shelf, found[0]["proposal_id"])]


def _near(shelf: Shelf, report_id: str) -> list[Beside]:
    """As `lookups.beside.near_reports`, from what the shelf holds for it."""
    found = shelf.rows("select key from shared_by where report_id = ? order by value limit ?", report_id, _MOST)
    listed = ", ".join(str(row["key"]) for row in found) or "null"
    rows = shelf.rows(f"select distinct report_id from shared where key in ({listed})")
    others = sorted({row["report_id"] for row in rows} - {report_id})[:_MOST]
    if not others:
        return []
    facts = _facts(shelf, [report_id, *others])
    each = [compared((report_id, facts.get(report_id, {})), (other, facts.get(other, {}))) for other in others]
    return sorted((one for one in each if one.share >= NEARLY), key=lambda one: (-one.share, one.other))[:_NEAR]


def _facts(shelf: Shelf, report_ids: list[str]) -> dict[str, Facts]:
    found: dict[str, dict[str, set[str]]] = {}
    for row in shelf.among("select * from facts where report_id in ({these})", report_ids):
        found.setdefault(row["report_id"], {}).setdefault(row["field"], set()).add(row["value"])
    return {one: {name: frozenset(values) for name, values in of.items()} for one, of in found.items()}


def _labels(parts: dict[str, Rows]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for name, key, word in LABELLED:
        ids = dict.fromkeys(row[key] for row in parts[name])
        labels.update({one: f"{word} {number}" for number, one in enumerate(ids, 1)})
    for row in parts["evidence"]:
        named = f"{KINDS[row['table_name']]} {row['name'] or ''}".strip()
        labels.setdefault(row["id"], named)
    return labels
