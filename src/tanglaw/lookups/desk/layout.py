"""The shelf of a run: which tables lie on it, sorted by what pages ask for."""

from __future__ import annotations

import fcntl
from pathlib import Path

import msgspec

from tanglaw.attach import attached
from tanglaw.config import Settings
from tanglaw.engine.duckdb import DuckDB
from tanglaw.engine.shelf import Laid, Shelf, keyed
from tanglaw.lookups.beside import COMMON, FACTS
from tanglaw.lookups.desk.laid import ABOUT_ACCOUNTS
from tanglaw.lookups.report import KINDS
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

# Shelves kept beside the newest, for pages that are open while a run ends.
_KEPT = 1
_FORM = 6

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
        first_value(p.rank) over same as lead_rank, first_value(p.report_id) over same = p.report_id as leads,
        count(*) over same as stands_for,
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
# What the queue may be filtered by, counted here: a page would count a million rows for it.
_CHOICES = """
    select 'lane' as kind, lane as value, count(*) as n from shelf.queue where leads group by lane
    union all select 'band', cast(band as varchar), count(*) from shelf.queue where leads and band is not null group by band
    union all select 'criterion', unnest(criteria) as one, count(*) from shelf.queue group by one
    union all select 'policy', min(policy), count(*) from shelf.queue
    union all (select 'esp', esp, count(*) as n from shelf.queue where esp is not null group by esp order by n desc, esp limit 50)
"""
_RECEIVED = """
    select year(received_at) as year, quarter(received_at) as quarter, coalesce(lane, 'none') as lane, count(*) as n
    from shelf.queue where received_at is not null group by all
"""
_YEARS = """
    select year(q.received_at) as year, count(distinct coalesce(q.group_id, q.report_id)) as incidents,
        count(distinct coalesce(t.actor_id, a.account_id)) as actors
    from shelf.queue q
    left join shelf.accounts a on a.report_id = q.report_id and a.role = 'reported'
    left join shelf.actors t on t.account_id = a.account_id
    where q.received_at is not null group by 1
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
_SHARED = f"""
    with keys as (
        select distinct report_id, hash_type || ' ' || value as value from file_hashes where valid and report_id is not null
        union select distinct report_id, account_id from accounts where role = 'reported' and report_id is not null
    )
    select k.*, {keyed("k.value")} as key from keys k
    join (select value from keys group by value having count(*) between 2 and {COMMON}) s on s.value = k.value
"""
_WATCHED_AS = """
    select distinct record_id as watch_id, type, value from selectors
    where table_name = 'watch_entries' and value <> '' and type <> 'domain'
"""


def _places(ids: str) -> str:
    """Table, file and place of the evidence rows whose ids a question gives."""
    named = {"reports": "t.report_number", "watch_entries": "t.case_number", "associations": "t.kind"}
    rows = " union all ".join(
        f"select t.{TABLES[name].key[0]} as id, '{name}' as table_name, {named.get(name, 'null')} as name, "
        f"t.source_id, t.locator from {name} t"
        for name in KINDS
    )
    return f"""
        with ids as (select distinct id from ({ids}) wanted where id is not null),
        places as (
            select e.id, e.table_name, max(e.name) as name, min(e.source_id) as source_id,
                arg_min(e.locator, e.source_id) as locator
            from ({rows}) e join ids i on i.id = e.id group by all
        ),
        paths as (select source_id, min(path) as path from sources where format <> 'copy' group by source_id)
        select p.*, f.path from places p left join paths f on f.source_id = p.source_id
    """


_RESTS_ON = """
    select distinct report_id, unnest(string_split(evidence, '; ')) as id
    from (select report_id, evidence from reasons union all select report_id, evidence from findings)
    where evidence is not null
"""
_REPORT_EVIDENCE = f"select w.report_id, p.* from ({_RESTS_ON}) w join ({_places(_RESTS_ON)}) p on p.id = w.id"
_LINK_PLACES = _places("select record_a as id from link_evidence union select record_b from link_evidence")


LAYOUT: tuple[Laid, ...] = (
    Laid("queue", _QUEUE, ("rank",)),
    Laid("ranks", "select report_id, rank from priorities", ("report_id",)),
    Laid("reports", "select * from reports", ("report_id",)),
    Laid("numbers", "select report_number, report_id, scheme, esp from reports", ("report_number", "report_id")),
    *(Laid(name, f"select * from {name} where report_id is not null", ("report_id",)) for name in _BY_REPORT),
    Laid("report_sources", f"select distinct * from ({_SOURCES})", ("report_id", "path", "locator")),
    Laid("report_evidence", _REPORT_EVIDENCE, ("report_id", "table_name", "id")),
    Laid("proposals", "select * from proposals", ("proposal_id", "report_id")),
    Laid("proposal_of", "select distinct report_id, proposal_id, reports from proposals", ("report_id",)),
    Laid("actors", "select * from actors", ("account_id",)),
    Laid("choices", _CHOICES, ("kind", "value")),
    Laid("received", _RECEIVED, ("year", "quarter", "lane")),
    Laid("years", _YEARS, ("year",)),
    Laid(
        "facts", f"select distinct * from ({FACTS}) f where value is not null and value <> ''", ("report_id", "field")
    ),
    Laid("shared_by", _SHARED, ("report_id", "value")),
    Laid("shared", "select key, report_id from shelf.shared_by", ("key", "report_id")),
    Laid("taking_part", "select distinct account_id, conversation_id from participants", ("account_id",)),
    Laid("requests", "select * from requests", ("due", "request_id")),
    Laid("requests_of", "select * from requests", ("account_id", "due")),
    *ABOUT_ACCOUNTS,
    Laid("watched", "select * from watch_entries", ("expires_at", "watch_id")),
    Laid("watched_as", _WATCHED_AS, ("watch_id",)),
    Laid("link_places", _LINK_PLACES, ("id",)),
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
    if file.is_file():
        return file
    file.parent.mkdir(exist_ok=True)
    with (file.parent / "desk.lock").open("w") as lock:
        # Worker and server may come at once: the second finds what the first laid out.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.is_file():
            _lay(workspace, settings, file)
    return file


def _lay(workspace: Workspace, settings: Settings, file: Path) -> None:
    with attached(workspace, msgspec.structs.replace(settings, engine="duckdb")) as engine:
        if not isinstance(engine, DuckDB):
            raise TypeError("a shelf is written by DuckDB")
        engine.shelve(file, LAYOUT)
    old = sorted(file.parent.glob("desk-*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [path for path in old if path != file][_KEPT:]:
        path.unlink()


def shelf_of(workspace: Workspace, settings: Settings) -> Shelf:
    """The opened shelf of the run whose tables stand, made first if need be."""
    return Shelf(lay_out(workspace, settings))
