"""The shelf of a run: which tables lie on it, sorted by what pages ask for."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tanglaw.attach import attached
from tanglaw.config import Settings
from tanglaw.engine.duckdb import DuckDB
from tanglaw.engine.shelf import Laid, Shelf
from tanglaw.lookups.report import KINDS
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

# A value in more reports than this finds no near ones, as in `lookups.beside`.
_COMMON = 200
# Shelves kept beside the newest, for pages that are open while a run ends.
_KEPT = 1
_FORM = 2

_BY_REPORT = (
    "reasons",
    "findings",
    "accounts",
    "persons",
    "contacts",
    "captures",
    "devices",
    "files",
    "file_hashes",
    "flags",
    "web_pages",
    "texts",
    "associations",
    "selectors",
    "hash_hits",
    "report_versions",
)

_QUEUE = """
    select p.*, r.esp, r.platform, r.incident_type, r.received_at, r.country, w.why, w.criteria,
        first_value(p.report_id) over same as leader, count(*) over same as stands_for,
        count(*) over (partition by p.group_id) as group_reports
    from priorities p
    left join reports r on r.report_id = p.report_id
    left join (
        select report_id, list(criterion order by weight desc nulls last, text) as criteria,
            list({'value': value, 'criterion': criterion, 'weight': weight, 'text': text}
                order by weight desc nulls last, criterion, text) as why
        from reasons where value in ('danger', 'lane', 'order') group by report_id
    ) w on w.report_id = p.report_id
    window same as (partition by p.group_id, p.danger, p.lane order by p.rank
        rows between unbounded preceding and unbounded following)
"""
_SOURCES = """
    select d.report_id, d.format, d.locator, s.path, s.sha256, s.source_id, e.brought_by, e.origin, e.authority,
        e.permitted_use, e.handling, e.grading, e.taken_in_at
    from (
        select report_id, source_id, format, locator from report_documents
        union all select report_id, source_id, format, locator from reports where format = 'file-details-only'
    ) d
    join sources s on s.source_id = d.source_id and s.format <> 'copy'
    left join deliveries e on e.delivery_id = s.delivery_id
"""
_LINKS = """
    with mine as (select distinct report_id, account_id from accounts where report_id is not null),
    told as (
        select account_id, max(platform) as platform, max(coalesce(handle, identifier)) as account,
            count(distinct report_id) as reports, min(report_id) as report_id
        from accounts group by account_id
    ),
    each as (select a as one, b as other, l.* from links l union all select b, a, l.* from links l)
    select distinct m.report_id, e.a, e.b, e.other, e.bits, e.probability, e.evidence, e.joins, o.platform, o.account,
        o.reports, o.report_id as other_report_id, r.report_number as other_number
    from mine m join each e on e.one = m.account_id
    left join told o on o.account_id = e.other
    left join reports r on r.report_id = o.report_id
"""
_FACTS = """
    select report_id, 'ESP' as field, esp as value from reports
    union all select report_id, 'incident type', incident_type from reports
    union all select report_id, 'country', country from reports
    union all select report_id, 'flag', name from flags
    union all select report_id, coalesce(role, 'unknown') || ' account',
        coalesce(platform, '?') || ':' || coalesce(identifier, handle, 'not stated') from accounts
    union all select report_id, 'name', display_name from accounts where role = 'reported'
    union all select report_id, coalesce(role, 'unknown') || ' person', name from persons
    union all select report_id, 'born', date_of_birth from persons
    union all select report_id, 'file', hash_type || ' ' || value from file_hashes where valid
    union all select report_id, 'file class', classification from files
    union all select report_id, 'address', ip from captures
    union all select report_id, type, value from selectors where valid and type not in ('ipv4', 'ipv6', 'ip')
"""
_SHARED = f"""
    with keys as (
        select distinct report_id, hash_type || ' ' || value as value from file_hashes where valid and report_id is not null
        union select distinct report_id, account_id from accounts where role = 'reported' and report_id is not null
    )
    select k.* from keys k
    join (select value from keys group by value having count(*) between 2 and {_COMMON}) s on s.value = k.value
"""
_OCCURRENCES = """
    select s.type, s.value, s.original, s.table_name, s.field, s.valid, s.role, s.at, s.report_id, r.report_number,
        s.account_id, c.platform, c.account, t.actor_id, s.record_id, s.selector_id, q.rank, m.conversation_id
    from selectors s
    left join reports r on r.report_id = s.report_id
    left join actors t on t.account_id = s.account_id
    left join (select account_id, max(platform) as platform, max(coalesce(handle, identifier)) as account
        from accounts group by account_id) c on c.account_id = s.account_id
    left join priorities q on q.report_id = s.report_id
    left join (select distinct message_id, conversation_id from messages) m
        on s.table_name = 'messages' and m.message_id = s.record_id
"""
_TERMS = """
    select distinct term, kind, type, value from (
        select value as term, type as kind, type, value from selectors
        union all select lower(original), 'any', type, value from selectors
        union all select value, 'any', type, value from selectors
        union all select substr(value, strpos(value, ':') + 1), 'name', type, value from selectors where type = 'handle'
    )
"""
_WATCHED_AS = """
    select distinct record_id as watch_id, type, value from selectors
    where table_name = 'watch_entries' and value <> '' and type <> 'domain'
"""
_EVENTS = """
    select c.account_id, c.at as happened_at, 'capture' as kind, coalesce(c.event, 'capture') as text,
        c.capture_id as record_id, c.report_id
    from captures c where c.at is not null and c.account_id is not null
    union all select from_account_id, paid_at, 'payment', cast(amount as double) || ' ' || coalesce(currency, ''),
        payment_id, null from payments where paid_at is not null and from_account_id is not null
    union all select to_account_id, paid_at, 'payment', cast(amount as double) || ' ' || coalesce(currency, ''),
        payment_id, null from payments where paid_at is not null and to_account_id is not null
    union all select sender_account_id, sent_at, 'message', kind, message_id, null
        from messages where sent_at is not null and sender_account_id is not null
    union all select caller_account_id, started_at, 'call', kind, call_id, null
        from calls where started_at is not null and caller_account_id is not null
    union all select callee_account_id, started_at, 'call', kind, call_id, null
        from calls where started_at is not null and callee_account_id is not null
    union all select buyer_account_id, start_at, 'session', 'probability ' || probability, session_id, null from sessions
    union all select seller_account_id, start_at, 'session', 'probability ' || probability, session_id, null from sessions
"""


def _evidence() -> str:
    """Table, file and place of every row that reasons and findings of a report rest on."""
    named = {"reports": "t.report_number", "watch_entries": "t.case_number", "associations": "t.kind"}
    rows = " union all ".join(
        f"select t.{TABLES[name].key[0]} as id, '{name}' as table_name, {named.get(name, 'null')} as name, "
        f"t.source_id, t.locator from {name} t"
        for name in KINDS
    )
    return f"""
        with wanted as (
            select distinct report_id, unnest(string_split(evidence, '; ')) as id
            from (select report_id, evidence from reasons union all select report_id, evidence from findings)
            where evidence is not null
        ),
        ids as (select distinct id from wanted),
        places as (
            select e.id, e.table_name, max(e.name) as name, min(e.source_id) as source_id,
                arg_min(e.locator, e.source_id) as locator
            from ({rows}) e join ids i on i.id = e.id group by all
        ),
        paths as (select source_id, min(path) as path from sources where format <> 'copy' group by source_id)
        select w.report_id, p.*, f.path from wanted w
        join places p on p.id = w.id
        left join paths f on f.source_id = p.source_id
    """


LAYOUT: tuple[Laid, ...] = (
    Laid("queue", _QUEUE, ("rank",)),
    Laid("ranks", "select report_id, rank from priorities", ("report_id",)),
    Laid("reports", "select * from reports", ("report_id",)),
    Laid("numbers", "select report_number, report_id, scheme, esp from reports", ("report_number", "report_id")),
    *(Laid(name, f"select * from {name} where report_id is not null", ("report_id",)) for name in _BY_REPORT),
    Laid("report_sources", f"select distinct * from ({_SOURCES})", ("report_id", "path", "locator")),
    Laid("report_evidence", _evidence(), ("report_id", "table_name", "id")),
    Laid("report_links", _LINKS, ("report_id", "other")),
    Laid("proposals", "select * from proposals", ("proposal_id", "report_id")),
    Laid("proposal_of", "select distinct report_id, proposal_id, reports from proposals", ("report_id",)),
    Laid("actors", "select * from actors", ("account_id",)),
    Laid(
        "facts", f"select distinct * from ({_FACTS}) f where value is not null and value <> ''", ("report_id", "field")
    ),
    Laid("shared", _SHARED, ("value", "report_id")),
    Laid("shared_by", _SHARED, ("report_id", "value")),
    Laid("terms", _TERMS, ("term", "kind")),
    Laid("occurrences", _OCCURRENCES, ("type", "value", "rank")),
    Laid("events", _EVENTS, ("account_id", "happened_at")),
    Laid("taking_part", "select distinct account_id, conversation_id from participants", ("account_id",)),
    Laid("requests", "select * from requests", ("due", "request_id")),
    Laid("requests_of", "select * from requests", ("account_id", "due")),
    Laid("watched", "select * from watch_entries", ("expires_at", "watch_id")),
    Laid("watched_as", _WATCHED_AS, ("watch_id",)),
    Laid("deliveries", "select * from deliveries", ("taken_in_at", "path")),
    Laid("sources", "select * from sources", ("path", "source_id")),
    Laid("issues", "select * from issues", ("file", "locator")),
    Laid(
        "quarantine",
        "select q.* from quarantine q join (select source_id, max(arrival) as arrival from sources "
        "where format <> 'copy' group by source_id) n on n.source_id = q.source_id and n.arrival = q.arrival",
        ("file", "locator"),
    ),
)


def shelf_file(workspace: Workspace) -> Path:
    """Where the shelf of the run whose tables stand lies, there or not."""
    return workspace.folder / "indexes" / f"desk-{_FORM}-{workspace.state.derived or 'none'}.duckdb"


def lay_out(workspace: Workspace, settings: Settings) -> Path:
    """The shelf's file, made if it is not there yet; shelves of older runs are removed."""
    file = shelf_file(workspace)
    if not file.is_file():
        with attached(workspace, msgspec.structs.replace(settings, engine="duckdb")) as engine:
            if not isinstance(engine, DuckDB):
                raise TypeError("a shelf is written by DuckDB")
            engine.shelve(file, LAYOUT)
    old = sorted(file.parent.glob("desk-*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [path for path in old if path != file][_KEPT:]:
        path.unlink()
    return file


def shelf_of(workspace: Workspace, settings: Settings) -> Shelf:
    """The opened shelf of the run whose tables stand, made first if need be."""
    return Shelf(lay_out(workspace, settings))
