"""One report, explained: where it stands and why, what it states, what is missing, what it is linked to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

import pyarrow as pa

from tanglaw.engine import Engine
from tanglaw.errors import CheckUsage
from tanglaw.lookups.beside import near_reports
from tanglaw.lookups.tables import ask
from tanglaw.tables import TABLES

Rows = list[dict[str, Any]]
_SUGGESTED = 3


@dataclass
class Explained:
    """Everything known about one report, each part as rows of the table it is named after.

    `evidence` says of each id that reasons, findings and links rest on: its table, file and place, and a
    `label` that is unique in this report for what the report itself states (`file 1`, `capture 2`).
    `same_number` names other reports that bear the same number under another scheme; `near` are reports that state
    nearly the same, each with `report_number`, the `share` of facts that are equal, and the fields that differ.
    """

    report: dict[str, Any]
    priority: dict[str, Any]
    reasons: Rows = field(default_factory=list)
    findings: Rows = field(default_factory=list)
    accounts: Rows = field(default_factory=list)
    persons: Rows = field(default_factory=list)
    files: Rows = field(default_factory=list)
    flags: Rows = field(default_factory=list)
    captures: Rows = field(default_factory=list)
    selectors: Rows = field(default_factory=list)
    links: Rows = field(default_factory=list)
    proposal: Rows = field(default_factory=list)
    ties: Rows = field(default_factory=list)
    versions: Rows = field(default_factory=list)
    sources: Rows = field(default_factory=list)
    evidence: Rows = field(default_factory=list)
    same_number: Rows = field(default_factory=list)
    near: Rows = field(default_factory=list)


_OF_REPORT = {
    "reasons": "select r.* from reasons r join asked a on a.report_id = r.report_id "
    "order by r.value nulls last, r.weight desc nulls last, r.criterion nulls last, r.text nulls last",
    "findings": "select f.* from findings f join asked a on a.report_id = f.report_id "
    "order by f.detector nulls last, f.finding_id nulls last",
    "accounts": "select t.* from accounts t join asked a on a.report_id = t.report_id "
    "order by t.role desc nulls last, t.platform nulls last, t.account_id nulls last, t.locator nulls last",
    "persons": "select p.* from persons p join asked a on a.report_id = p.report_id "
    "order by p.role desc nulls last, p.person_id nulls last",
    "files": "select f.* from files f join asked a on a.report_id = f.report_id "
    "order by f.uploaded_at nulls last, f.esp_file_id nulls last, f.file_id nulls last",
    "flags": "select f.* from flags f join asked a on a.report_id = f.report_id "
    "order by f.name nulls last, f.file_id nulls last",
    "captures": "select c.* from captures c join asked a on a.report_id = c.report_id "
    "order by c.at nulls last, c.capture_id nulls last",
    "selectors": "select s.* from selectors s join asked a on a.report_id = s.report_id "
    "order by s.type nulls last, s.value nulls last, s.selector_id nulls last",
    "links": """
        select distinct l.a, l.b, l.bits, l.probability, l.evidence, l.joins, o.platform, o.handle, o.identifier, o.reports,
            r.report_number
        from links l
        join (select distinct t.account_id from accounts t join asked a on a.report_id = t.report_id) m
            on m.account_id = l.a or m.account_id = l.b
        left join (
            select account_id, max(platform) as platform, max(handle) as handle, max(identifier) as identifier,
                min(report_id) as report_id, count(distinct report_id) as reports
            from accounts group by account_id
        ) o on o.account_id = case when m.account_id = l.a then l.b else l.a end
        left join reports r on r.report_id = o.report_id
        order by l.bits desc nulls last, l.a nulls last, l.b nulls last, o.handle nulls last
    """,
    "proposal": """
        select p.proposal_id, p.reports, r.report_number, p.report_id
        from proposals p
        join proposals q on q.proposal_id = p.proposal_id
        join asked a on a.report_id = q.report_id
        left join reports r on r.report_id = p.report_id
        order by r.report_number nulls last, p.report_id nulls last
    """,
    "ties": """
        select t.kind, t.facts, t.example, t.a, t.b
        from proposal_ties t
        join (
            select distinct c.actor_id
            from accounts m
            join asked a on a.report_id = m.report_id
            join actors c on c.account_id = m.account_id
        ) n on n.actor_id = t.a or n.actor_id = t.b
        order by t.kind nulls last, t.facts desc nulls last, t.a nulls last, t.b nulls last
    """,
    "versions": "select v.* from report_versions v join asked a on a.report_id = v.report_id "
    "order by v.version nulls last, v.field nulls last",
    "sources": """
        select distinct d.format, d.locator, s.path, s.sha256, e.brought_by, e.origin, e.authority, e.permitted_use,
            e.handling, e.grading, e.taken_in_at
        from (
            select d.source_id, d.format, d.locator from report_documents d join asked a on a.report_id = d.report_id
            union all
            select r.source_id, r.format, r.locator from reports r join asked a on a.report_id = r.report_id
            where r.format = 'file-details-only'
        ) d
        join sources s on s.source_id = d.source_id and s.format <> 'copy'
        left join deliveries e on e.delivery_id = s.delivery_id
        order by s.path nulls last, d.locator nulls last, e.taken_in_at nulls last
    """,
}
# What the report states itself, numbered in the order shown.
LABELLED = (
    ("accounts", "account_id", "account"),
    ("persons", "person_id", "person"),
    ("files", "file_id", "file"),
    ("captures", "capture_id", "capture"),
)
# Tables whose rows a reason may rest on, with what an officer calls such a row.
KINDS = {
    "reports": "report",
    "accounts": "account",
    "persons": "person",
    "contacts": "contact",
    "captures": "capture",
    "devices": "device",
    "files": "file",
    "web_pages": "web page",
    "texts": "text",
    "associations": "statement",
    "conversations": "conversation",
    "messages": "message",
    "calls": "call",
    "payments": "payment",
    "watch_entries": "watch entry",
}


def explain(engine: Engine, number: str) -> Explained:
    """The report of that number (or that report_id). Raises CheckUsage, with similar numbers, if there is none."""
    found = reports_of(engine, number)
    report_id = found[0]["report_id"]
    queued = ask(engine, "select p.* from priorities p join asked a on a.report_id = p.report_id", report_id=report_id)
    explained = Explained(found[0], queued[0] if queued else {}, same_number=found[1:])
    for name, sql in _OF_REPORT.items():
        setattr(explained, name, ask(engine, sql, report_id=report_id))
    explained.evidence = _evidence(engine, explained)
    explained.near = _near(engine, report_id)
    return explained


def reports_of(engine: Engine, number: str) -> Rows:
    """The reports of that number or id, at least one. Raises CheckUsage, with similar numbers, if there is none."""
    asked = number.strip().lstrip("#").strip()
    found = ask(
        engine,
        "select r.* from reports r join asked a on a.number = r.report_number or a.number = r.report_id "
        "order by r.scheme nulls last, r.report_id nulls last",
        number=asked,
    )
    if not found:
        similar = similar_numbers(engine, asked)
        raise CheckUsage(
            f"no report {number} in this workspace" + (f"; similar: {', '.join(similar)}" if similar else "")
        )
    return found


def _near(engine: Engine, report_id: str) -> Rows:
    near = near_reports(engine, report_id)
    engine.put("near_ids", pa.table({"report_id": pa.array([one.other for one in near], pa.string())}))
    rows = engine.rows(
        "select r.report_id, r.report_number from reports r join near_ids n on n.report_id = r.report_id"
    )
    numbers = {row["report_id"]: row["report_number"] for row in rows.to_pylist()}
    return [
        {
            "report_id": one.other,
            "report_number": numbers.get(one.other),
            "share": one.share,
            "differing": [row["field"] for row in one.differing],
        }
        for one in near
    ]


def similar_numbers(engine: Engine, number: str) -> list[str]:
    """Up to three report numbers that differ from `number` by little: a digit left out, added, wrong or swapped."""
    asked = re.sub(r"\W", "", number)
    found = engine.rows("select distinct report_number from reports where report_number is not null")
    near = []
    for one in map(str, found.column("report_number").to_pylist()):
        bare = re.sub(r"\W", "", one)
        if abs(len(bare) - len(asked)) > 1 or (bare[:3] != asked[:3] and bare[-3:] != asked[-3:]):
            continue
        likeness = SequenceMatcher(None, asked, bare, autojunk=False).ratio()
        if likeness >= 0.8:
            near.append((-likeness, one))
    return [one for _, one in sorted(near)[:_SUGGESTED]]


def _evidence(engine: Engine, explained: Explained) -> Rows:
    """Each row that reasons, findings and links rest on, once: its table, label, file and place."""
    labels: dict[str, str] = {}
    for part, key, word in LABELLED:
        ids = dict.fromkeys(row[key] for row in getattr(explained, part))
        labels.update({one: f"{word} {number}" for number, one in enumerate(ids, 1)})
    wanted = {
        one
        for row in (*explained.reasons, *explained.findings)
        for one in str(row["evidence"] or "").split("; ")
        if one
    }
    rows = _places(engine, sorted(wanted | set(labels)))
    for row in rows:
        row["label"] = labels.get(row["id"]) or f"{KINDS[row['table_name']]}{_naming(row, explained)}"
    return sorted(rows, key=lambda row: (row["table_name"], row["label"], row["id"]))


def _naming(row: dict[str, Any], explained: Explained) -> str:
    if row["table_name"] == "reports":
        return " itself" if row["id"] == explained.report["report_id"] else f" {row['name'] or row['id']}"
    return f" {row['name']}" if row["name"] else ""


def _places(engine: Engine, ids: list[str]) -> Rows:
    """Table, name, file and place of evidence rows by their ids."""
    engine.put("wanted_ids", pa.table({"id": pa.array(ids, pa.string())}))
    named = {"reports": "t.report_number", "watch_entries": "t.case_number", "associations": "t.kind"}
    each = " union all ".join(
        f"select w.id, '{name}' as table_name, max({named.get(name, 'cast(null as varchar)')}) as name, "
        "min(t.source_id) as source_id, first_by(t.locator, t.source_id) as locator "
        f"from {name} t join wanted_ids w on w.id = t.{TABLES[name].key[0]} group by w.id"
        for name in KINDS
    )
    return ask(
        engine,
        f"""
        select e.id, e.table_name, e.name, e.locator, s.path
        from ({each}) e
        left join (select source_id, min(path) as path from sources where format <> 'copy' group by source_id) s
            on s.source_id = e.source_id
        order by e.id nulls last, e.table_name nulls last
        """,
        none="",
    )
