"""Where trails stop: addresses that lists name as service, mixer, bridge or miner, and clusters that hold such an address.

Makes `trace_stops`: network, address, kind, service (empty where lists contradict each other), category, attribution
(in words, with list, date and confidence as stated), level (address or cluster) and asked (knows its customers).
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

_SAID = """
    coalesce(t.actor, t.label) || ' (' || t.list_name || case when t.stated_at is null then '' else ', '
        || iso_day(t.stated_at) end || case when t.confidence is null then '' else ', confidence ' || t.confidence end || ')'
"""


def _attributed(name: str, subject: str, tags: str, word: str) -> Sql:
    """One row for each subject of the tags: what the tag of the highest confidence says, unless another owner is named."""
    return Sql(
        name,
        f"""
        select network, {subject}, min(case when place = 1 then kind end) as kind,
            case when count(distinct who) <= 1 then min(case when place = 1 then said end) end as service,
            min(case when place = 1 then category end) as category,
            case when count(distinct who) > 1 then '{word}, contradictory: ' else '{word}: ' end || joined_distinct(told)
                as attribution,
            bool_or(case when place = 1 then asked else false end) as asked
        from (
            select t.network, {subject}, t.kind, t.who, coalesce(t.actor, t.label) as said, t.category, t.asked, {_SAID} as told,
                row_number() over (
                    partition by t.network, {subject}
                    order by t.level desc nulls last, t.stated_at desc nulls last, t.actor nulls last, t.label nulls last,
                        t.list_name nulls last, t.kind nulls last, t.category nulls last, t.confidence nulls last
                ) as place
            from {tags}
            where t.kind in ('service', 'mixer', 'bridge', 'miner')
        ) x
        group by network, {subject}
        """,
        keep=True,
    )


STEPS = (
    _attributed("trace_named", "address", "tag_in_force t", "address"),
    _attributed(
        "trace_named_clusters",
        "cluster_id",
        "tag_in_force t join chain_clusters c on c.network = t.network and c.address = t.address"
        " and coalesce(t.cluster_definer, true)",
        "cluster",
    ),
    Sql(
        "trace_stops",
        """
        select network, address, kind, service, category, attribution, asked, 'address' as level from trace_named
        union all
        select c.network, c.address, n.kind, n.service, n.category, n.attribution, n.asked, 'cluster'
        from trace_named_clusters n
        join chain_clusters c on c.network = n.network and c.cluster_id = n.cluster_id
        left join trace_named d on d.network = c.network and d.address = c.address
        where d.address is null
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `trace_stops` from `tag_in_force` and `chain_clusters`."""
    for step in STEPS:
        engine.run(step)
