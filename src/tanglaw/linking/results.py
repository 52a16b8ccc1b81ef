"""The tables that linking writes, from the links of both looks and what they rest on."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql, less_and_more
from tanglaw.tables import TABLES

EVIDENCE = """
    select e.a, e.b, e.type, e.value, e.holders, e.proposes, e.milli, e.record_a, e.record_b
    from link_bits e
    join {0}_links l on l.a = e.a and l.b = e.b
"""
FIRST = (
    Sql("first_links", "select * from link_strong", keep=True),
    Sql("first_evidence", EVIDENCE.format("first"), keep=True),
)
SECOND = (
    Sql("second_links", "select * from link_strong where joins", keep=True),
    Sql("second_evidence", EVIDENCE.format("second"), keep=True),
)
ACTORS = Sql(
    "actors",
    """
        select e.account_id, coalesce(r.root, e.entity) as actor_id
        from link_entities e
        left join link_roots r on r.node = e.entity
        """,
    keep=True,
)
TEXTS = (
    Sql(
        # Where the groups of two accounts were joined, their link says so and why; a link of the first look stands
        # for two accounts alone.
        "all_links",
        """
        select a, b, milli, shared, probability, true as grouped from second_links
        union all
        select f.a, f.b, f.milli, f.shared, f.probability, false
        from first_links f
        left join second_links s on s.a = f.a and s.b = f.b
        where s.a is null
        """,
        keep=True,
    ),
    Sql(
        "all_evidence",
        """
        select e.a, e.b, e.type, e.value, e.holders, e.proposes, e.milli, e.record_a, e.record_b
        from second_evidence e
        union all
        select f.*
        from first_evidence f
        left join second_links s on s.a = f.a and s.b = f.b
        where s.a is null
        """,
        keep=True,
    ),
    Sql(
        # A link's own text names its twenty strongest values; link_evidence has all. Only long lists are ranked.
        "link_named",
        """
        select e.a, e.b, e.type, e.value, e.milli
        from all_evidence e
        join all_links l on l.a = e.a and l.b = e.b
        where l.shared <= 20
        union all
        select a, b, type, value, milli
        from (
            select e.a, e.b, e.type, e.value, e.milli,
                row_number() over (
                    partition by e.a, e.b
                    order by e.milli desc nulls last, e.type nulls last, e.value nulls last, e.record_a nulls last
                ) as number
            from all_evidence e
            join all_links l on l.a = e.a and l.b = e.b
            where l.shared > 20
        ) ranked
        where number <= 20
        """,
    ),
    Sql(
        "link_texts",
        """
        select a, b,
            joined_by(
                type || case when value = '' then '' else ' ' || value end || case when milli < 0 then ' -' else ' ' end
                    || cast(floordiv(abs(milli), 1000) as varchar) || '.'
                    || cast(floordiv(abs(milli), 100) % 10 as varchar),
                -milli
            ) as named
        from link_named
        group by a, b
        """,
    ),
    Sql(
        "links",
        """
        select l.a, l.b, cast(l.milli as double) / 1000 as bits, l.probability,
            case when l.shared > 20 then t.named || '; and ' || cast(l.shared - 20 as varchar) || ' more'
                else t.named end as evidence,
            x.actor_id = y.actor_id and (l.grouped or f.joins) as joins, l.grouped
        from all_links l
        join link_texts t on t.a = l.a and t.b = l.b
        left join first_links f on f.a = l.a and f.b = l.b
        join actors x on x.account_id = l.a
        join actors y on y.account_id = l.b
        """,
        keep=True,
    ),
    Sql(
        "link_evidence",
        """
        select a, b, type, value, holders, proposes, cast(milli as double) / 1000 as bits, record_a, record_b
        from all_evidence
        """,
    ),
)


# By table the columns by which rows of the last run go: pairs weighed anew, accounts of another actor.
GOES_BY = {"links": ("a", "b"), "link_evidence": ("a", "b"), "actors": ("account_id",)}


def taken_over(table: str, key: tuple[str, ...]) -> Sql:
    """The table: what stays of the last run's, and what is new."""
    return less_and_more(table, TABLES[table].names, f"last_{table}", key, f"gone_{table}", f"new_{table}")


JOINED = (
    *(Sql(f"new_{table}", f"select * from {table}", keep=True) for table in ("links", "link_evidence")),
    *(Sql(f"gone_{table}", "select a, b from link_gone") for table in ("links", "link_evidence")),
    *(taken_over(table, key) for table, key in GOES_BY.items()),
)


def run(engine: Engine) -> None:
    """Make `links`, `link_evidence` and `actors` from the links and the evidence of both looks."""
    for step in (ACTORS, *TEXTS):
        engine.run(step)
