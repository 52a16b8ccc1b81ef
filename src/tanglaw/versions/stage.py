"""The stage: sightings -> which stand; report documents -> reports and what each document changed."""

from __future__ import annotations

from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.engine.steps import Sql
from tanglaw.tables import TABLES, Table
from tanglaw.tables.base import TEXT, TIME

SEEN_OFTEN: tuple[Table, ...] = tuple(table for table in TABLES.values() if table.seen_often)

# The instants themselves follow from their originals, which are what a document states.
_MERGED = tuple(
    column.name
    for column in TABLES["reports"].columns
    if column.name not in ("report_id", "version", "source_id", "locator")
)
_COMPARED = tuple(name for name in _MERGED if name not in ("incident_at", "received_at", "format", "number_source"))
_MOMENTS = ("incident_at", "received_at")

_EMPTY = {TEXT: "cast(null as varchar)", TIME: "from_micros(cast(null as bigint))"}

_ARRIVALS = Sql(
    # When a file was read, not when a copy of it or a failed try came by.
    "arrivals",
    """
    select source_id, min(arrival) as arrival
    from sources
    where format not in ('copy', 'media', 'companion', 'held', 'quarantine')
    group by source_id
    """,
    keep=True,
)

# When the receiving office first got a file, where its delivery says so: it stands in for reports that do not.
_RECEIVED = Sql(
    "received_files",
    """
    select s.source_id, min(d.received_at) as received_at
    from sources s
    join deliveries d on d.delivery_id = s.delivery_id
    where d.received_at is not null
    group by s.source_id
    """,
)

_DOCUMENTS = Sql(
    "ordered_documents",
    """
    select d.*, row_number() over (
        partition by d.report_id
        order by a.arrival nulls first, d.source_id nulls first, length(d.locator) nulls first, d.locator nulls first
    ) as number
    from report_documents d
    left join arrivals a on a.source_id = d.source_id
    """,
    keep=True,
)


# Which document's instant stands: the newest that can be read, else the newest that is stated. Its original and
# the zone assumed for it stand with it.
_STATED = Sql(
    "stated_moments",
    "select report_id, "
    + ", ".join(
        f"coalesce(max(case when {name} is not null then number end), "
        f"max(case when {name}_original is not null then number end)) as {name}_number"
        for name in _MOMENTS
    )
    + " from ordered_documents group by report_id",
    keep=True,
)


def _newest(column: str, alias: str = "d") -> str:
    return f"last_by({alias}.{column}, {alias}.number)"


def _merged(column: str) -> str:
    if column in _FROM_DELIVERY:
        return f"case when {_RECEIVED_AT} is null then {_FROM_DELIVERY[column]} else {_stated(column)} end as {column}"
    return f"{_stated(column)} as {column}"


def _stated(column: str) -> str:
    for name in _MOMENTS:
        if column.startswith(name):
            return f"max(case when d.number = s.{name}_number then d.{column} end)"
    return _newest(column)


_RECEIVED_AT = _stated("received_at")
_FROM_DELIVERY = {
    "received_at": "min(g.received_at)",
    "received_at_assumed": "case when min(g.received_at) is not null then 'delivery' end",
}


_REPORTS = Sql(
    "reports",
    "select d.report_id, "
    + ", ".join(_merged(name) for name in _MERGED)
    + """, max(d.number) as version, last_by(d.source_id, d.number) as source_id, last_by(d.locator, d.number) as locator
    from ordered_documents d
    join stated_moments s on s.report_id = d.report_id
    left join received_files g on g.source_id = d.source_id
    group by d.report_id
    union all
    select f.report_id, """
    + ", ".join(
        {
            "report_number": "max(f.report_number) as report_number",
            "number_source": "case when max(f.report_number) is null then 'none' else 'file-details' end as number_source",
            "scheme": "'ncmec' as scheme",
            "format": "'file-details-only' as format",
            **{column: f"{found} as {column}" for column, found in _FROM_DELIVERY.items()},
        }.get(name, f"{_EMPTY[TABLES['reports'].schema.field(name).type]} as {name}")
        for name in _MERGED
    )
    + """, 1 as version, min(f.source_id) as source_id, first_by(f.locator, f.source_id) as locator
    from files f
    left join received_files g on g.source_id = f.source_id
    left join (select distinct report_id from ordered_documents) k on k.report_id = f.report_id
    where k.report_id is null and f.report_id is not null
    group by f.report_id
    """,
    keep=True,
)

_SEVERAL = Sql(
    "several_documents",
    """
    select d.* from ordered_documents d
    join (select report_id from ordered_documents group by report_id having count(*) > 1) s
        on s.report_id = d.report_id
    """,
    keep=True,
)


# One row per document and field, so that one join compares all fields with what stood before.
_FIELDS = Sql(
    "stated_fields",
    " union all ".join(
        f"select report_id, number, '{field}' as field, {field} as value, source_id, locator from several_documents"
        for field in _COMPARED
    ),
    keep=True,
)

_REPORT_VERSIONS = Sql(
    "report_versions",
    """
    select report_id, version, field, before, after, source_id, locator
    from (
        select d.report_id, d.number as version, d.field, last_by(e.value, e.number) as before, d.value as after,
            d.source_id, d.locator
        from stated_fields d
        join stated_fields e on e.report_id = d.report_id and e.field = d.field and e.number < d.number
        group by d.report_id, d.number, d.field, d.value, d.source_id, d.locator
    ) c
    where coalesce(before, '') <> coalesce(after, '')
    """,
    keep=True,
)


def row_key(table: Table, alias: str = "t") -> str:
    """SQL text of a table's key as one value."""
    return " || '|' || ".join(f"coalesce({alias}.{column}, '')" for column in table.key)


# Keys seen more than once, of all tables in one step: a step costs more than a key.
_REPEATED = Sql(
    "repeated_keys",
    " union all ".join(
        f"select '{table.name}' as table_name, row_key from (select {row_key(table)} as row_key from all_{table.name} t)"
        f" k_{table.name} group by row_key having count(*) > 1"
        for table in SEEN_OFTEN
    ),
    keep=True,
)


def _superseded(table: Table) -> Sql:
    """All but the newest sightings of the table's repeated keys."""
    name = table.name
    return Sql(
        f"superseded_{name}",
        f"""
        select distinct '{name}' as table_name, row_key, source_id, locator,
            source_id = best_source and locator = best_place as twice
        from (
            select row_key, source_id, locator, number,
                first_value(source_id) over (partition by row_key order by number nulls first) as best_source,
                first_value(locator) over (partition by row_key order by number nulls first) as best_place
            from (
                select r.row_key, t.source_id, t.locator, row_number() over (
                    partition by r.row_key
                    order by a.arrival desc nulls last, t.source_id nulls first,
                        length(t.locator) desc nulls last, t.locator desc nulls last
                ) as number
                from all_{name} t
                join (select row_key from repeated_keys where table_name = '{name}') r on r.row_key = {row_key(table)}
                left join arrivals a on a.source_id = t.source_id
            ) n
        ) b
        where number > 1
        """,
    )


_NONE = """
    select 'none' as table_name, 'none' as row_key, 'none' as source_id, 'none' as locator, false as twice
    from (select 1 as one) o where o.one = 0
"""


def current_view(table: Table, superseded: bool, twice: bool) -> Sql:
    """The current rows of a table seen often, from all its sightings and `superseded`."""
    if not superseded:
        return Sql(table.name, f"select * from all_{table.name}")
    names = ", ".join(f't."{name}"' for name in table.names)
    text = f"""
        select {names}, {row_key(table)} as row_key from all_{table.name} t
        left join (
            select row_key, source_id, locator from superseded where table_name = '{table.name}' and not twice
        ) s on s.row_key = {row_key(table)} and s.source_id = t.source_id and s.locator = t.locator
        where s.row_key is null
    """
    bare = names.replace("t.", "")
    if not twice:
        return Sql(table.name, f"select {bare} from ({text}) k")
    every = ", ".join(f'"{name}" nulls first' for name in table.names)
    numbered = f"select k.*, row_number() over (partition by row_key order by {every}) as number from ({text}) k"
    return Sql(table.name, f"select {bare} from ({numbered}) n where number = 1")


# What people placed on pages stands beside what lists brought, and in its place where both name one selector for one case.
_WATCHES = Sql(
    "watch_entries",
    f"""
    select {", ".join(f'l."{name}"' for name in TABLES["watch_entries"].names)}
    from listed_watches l
    anti join placed_watches p on p.watch_id = l.watch_id
    union all
    select watch_id, type, value, case_number, stated_by, expires_at, reason, cast(null as varchar),
        'watch ' || cast(decision_id as varchar)
    from placed_watches
    """,
)


def current_views(engine: Engine) -> None:
    """Make each table seen often readable as its current rows, from `all_<table>` and `superseded`."""
    found = engine.rows(
        "select table_name, max(case when twice then 1 else 0 end) as twice from superseded group by table_name"
    )
    twice = {row["table_name"]: bool(row["twice"]) for row in found.to_pylist()}
    for table in SEEN_OFTEN:
        view = current_view(table, table.name in twice, twice.get(table.name, False))
        engine.run(Sql("listed_watches", view.text) if table.name == _WATCHES.name else view)
    engine.run(_WATCHES)


def _names_repeated(engine: Engine) -> list[str]:
    """Tables with a key seen more than once, found in one question: each has its price on a cluster."""
    asked = " union all ".join(
        f"""select '{table.name}' as name, count(*) as rows_seen, count(distinct row_key) as keys_seen
        from (select {row_key(table)} as row_key from all_{table.name} t) k"""
        for table in SEEN_OFTEN
    )
    return sorted(row["name"] for row in engine.rows(asked).to_pylist() if row["rows_seen"] > row["keys_seen"])


def run(engine: Engine, _given: Given) -> None:
    """Make `superseded`, the current view of each table seen often, `reports` and `report_versions`."""
    engine.run(_ARRIVALS)
    engine.run(_REPEATED)
    repeated = set(engine.rows("select distinct table_name from repeated_keys").column("table_name").to_pylist())
    steps = [_superseded(table) for table in SEEN_OFTEN if table.name in repeated]
    for step in steps:
        engine.run(step)
    text = " union all ".join([_NONE, *(f"select * from {step.name}" for step in steps)])
    engine.run(Sql("superseded", text, keep=True))
    current_views(engine)
    for step in (_RECEIVED, _DOCUMENTS, _STATED, _REPORTS, _SEVERAL, _FIELDS, _REPORT_VERSIONS):
        engine.run(step)


VERSIONS = Stage(
    name="versions",
    meaning="Decides which sighting of each row stands and merges the documents of each report.",
    reads=("sources", "deliveries", "report_documents", "placed_watches", *(table.name for table in SEEN_OFTEN)),
    writes=("superseded", "reports", "report_versions"),
    run=run,
)
