"""One report, explained: where it stands and why, what it states, what is missing, what it is linked to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tanglaw.engine import Engine
from tanglaw.errors import CheckUsage
from tanglaw.lookups.tables import ask

Rows = list[dict[str, Any]]


@dataclass
class Explained:
    """Everything known about one report, each part as rows of the table it is named after."""

    report: dict[str, Any]
    priority: dict[str, Any]
    reasons: Rows = field(default_factory=list)
    findings: Rows = field(default_factory=list)
    accounts: Rows = field(default_factory=list)
    files: Rows = field(default_factory=list)
    captures: Rows = field(default_factory=list)
    selectors: Rows = field(default_factory=list)
    links: Rows = field(default_factory=list)
    proposal: Rows = field(default_factory=list)
    versions: Rows = field(default_factory=list)
    sources: Rows = field(default_factory=list)


_OF_REPORT = {
    "reasons": "select r.* from reasons r join asked a on a.report_id = r.report_id "
    "order by r.value nulls last, r.weight desc nulls last, r.criterion nulls last, r.text nulls last",
    "findings": "select f.* from findings f join asked a on a.report_id = f.report_id "
    "order by f.detector nulls last, f.finding_id nulls last",
    "accounts": "select t.* from accounts t join asked a on a.report_id = t.report_id "
    "order by t.role nulls last, t.platform nulls last, t.account_id nulls last",
    "files": "select f.* from files f join asked a on a.report_id = f.report_id order by f.file_id nulls last",
    "captures": "select c.* from captures c join asked a on a.report_id = c.report_id "
    "order by c.at nulls last, c.capture_id nulls last",
    "selectors": "select s.* from selectors s join asked a on a.report_id = s.report_id "
    "order by s.type nulls last, s.value nulls last, s.selector_id nulls last",
    "links": """
        select l.a, l.b, l.bits, l.evidence, l.joins, r.report_number, o.platform, o.handle
        from links l
        join (select distinct t.account_id from accounts t join asked a on a.report_id = t.report_id) m
            on m.account_id = l.a or m.account_id = l.b
        left join (
            select account_id, max(platform) as platform, max(handle) as handle, max(report_id) as report_id
            from accounts group by account_id
        ) o on o.account_id = case when m.account_id = l.a then l.b else l.a end
        left join reports r on r.report_id = o.report_id
        order by l.bits desc nulls last, l.a nulls last, l.b nulls last
    """,
    "proposal": """
        select p.proposal_id, p.reports, r.report_number
        from proposals p
        join proposals q on q.proposal_id = p.proposal_id
        join reports r on r.report_id = q.report_id
        join asked a on a.report_id = p.report_id
        order by r.report_number nulls last
    """,
    "versions": "select v.* from report_versions v join asked a on a.report_id = v.report_id "
    "order by v.version nulls last, v.field nulls last",
    "sources": """
        select distinct d.format, d.locator, s.path, s.sha256, e.brought_by, e.authority, e.permitted_use, e.handling,
            e.grading, e.taken_in_at
        from report_documents d
        join asked a on a.report_id = d.report_id
        join sources s on s.source_id = d.source_id and s.format <> 'copy'
        left join deliveries e on e.delivery_id = s.delivery_id
        order by s.path nulls last, d.locator nulls last
    """,
}


def explain(engine: Engine, number: str) -> Explained:
    """The report of that number (or that report_id). Raises CheckUsage if there is none."""
    found = ask(
        engine,
        "select r.* from reports r join asked a on a.number = r.report_number or a.number = r.report_id "
        "order by r.report_id nulls last",
        number=number.strip(),
    )
    if not found:
        raise CheckUsage(f"no report {number} in this workspace")
    report_id = found[0]["report_id"]
    queued = ask(engine, "select p.* from priorities p join asked a on a.report_id = p.report_id", report_id=report_id)
    explained = Explained(found[0], queued[0] if queued else {})
    for name, sql in _OF_REPORT.items():
        setattr(explained, name, ask(engine, sql, report_id=report_id))
    return explained
