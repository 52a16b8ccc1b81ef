"""The stage: shared selectors -> links in bits -> actors -> case proposals."""

from __future__ import annotations

from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.engine.steps import Sql
from tanglaw.linking import evidence, holders, pairs, proposals, settings
from tanglaw.linking.components import components
from tanglaw.linking.weights import NEAR, OTHER, PLACES, STATED, TYPES, as_table

_LINKS = (
    Sql(
        # What both accounts state themselves and few hold: one such value of one hand, or two independent kinds.
        "link_sums",
        """
        select a, b, sum(milli) as milli, count(*) as shared,
            max(case when hand and stated = 1 and proposes and milli > 0 then 1 else 0 end) as hand,
            count(distinct case when stated = 1 and proposes and milli > 0 then family end) as families
        from link_bits
        group by a, b
        """,
    ),
    Sql(
        "link_strong",
        """
        select l.a, l.b, l.milli, l.shared,
            l.milli >= 1000 * s.join_bits and (l.hand = 1 or l.families >= 2) as joins
        from link_sums l
        cross join link_settings s
        where l.milli >= 1000 * s.min_bits
        """,
        keep=True,
    ),
    Sql(
        # A link's own text names its twenty strongest values; link_evidence has all. Only long lists are ranked.
        "link_named",
        """
        select e.a, e.b, e.type, e.value, e.milli
        from link_bits e
        join link_strong l on l.a = e.a and l.b = e.b
        where l.shared <= 20
        union all
        select a, b, type, value, milli
        from (
            select e.a, e.b, e.type, e.value, e.milli,
                row_number() over (
                    partition by e.a, e.b
                    order by e.milli desc nulls last, e.type nulls last, e.value nulls last, e.record_a nulls last
                ) as number
            from link_bits e
            join link_strong l on l.a = e.a and l.b = e.b
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
                type || ' ' || value || ' ' || cast(floordiv(milli, 1000) as varchar) || '.'
                    || cast(floordiv(milli, 100) % 10 as varchar),
                -milli
            ) as named
        from link_named
        group by a, b
        """,
    ),
    Sql(
        "links",
        """
        select l.a, l.b, cast(l.milli as double) / 1000 as bits,
            case when l.shared > 20 then t.named || '; and ' || cast(l.shared - 20 as varchar) || ' more'
                else t.named end as evidence,
            l.joins
        from link_strong l
        join link_texts t on t.a = l.a and t.b = l.b
        """,
        keep=True,
    ),
    Sql(
        "link_evidence",
        """
        select e.a, e.b, e.type, e.value, e.holders, e.proposes, cast(e.milli as double) / 1000 as bits,
            e.record_a, e.record_b
        from link_bits e
        join link_strong l on l.a = e.a and l.b = e.b
        """,
        keep=True,
    ),
    Sql("link_joins", "select a, b from link_strong where joins"),
)
_ACTORS = Sql(
    "actors",
    """
    select n.account_id, coalesce(r.root, n.account_id) as actor_id
    from link_accounts n
    left join link_roots r on r.node = n.account_id
    """,
    keep=True,
)


def run(engine: Engine, _: Given) -> None:
    """Make `links`, `link_evidence`, `actors` and `proposals`."""
    engine.put("link_types", as_table(TYPES))
    engine.put("link_other", as_table((OTHER,)))
    engine.put("link_places", as_table(PLACES))
    engine.put("link_nearness", as_table(NEAR))
    engine.put("link_statings", as_table(STATED))
    for part in (settings, holders, pairs, evidence):
        part.run(engine)
    for step in _LINKS:
        engine.run(step)
    components(engine, "link_roots", "link_joins")
    engine.run(_ACTORS)
    proposals.run(engine)


LINKING = Stage(
    name="linking",
    meaning="Weighs the selectors that accounts share, joins accounts to actors and reports to case proposals.",
    reads=(
        "selectors",
        "accounts",
        "reports",
        "captures",
        "files",
        "file_hashes",
        "associations",
        "participants",
        "texts",
    ),
    writes=("links", "link_evidence", "actors", "proposals"),
    run=run,
)
