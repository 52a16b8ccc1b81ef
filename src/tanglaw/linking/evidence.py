"""What each shared value weighs: `link_bits`, one row per pair and value, in thousandths of a bit."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

STEPS = (
    Sql(
        "link_sightings",
        """
        select distinct o.account_id, o.value, floordiv(o.at, 3600000000) as hour, c.port
        from link_occurrences o
        join link_values v on v.type = o.type and v.value = o.value
        left join captures c on c.capture_id = o.record_id and o.table_name = 'captures'
        where o.type = 'ip' and o.at is not null
        """,
        keep=True,
    ),
    Sql(
        # One bucket number for each kind of closeness. Ports below 1024 are servers' own.
        "link_buckets",
        """
        select distinct account_id, value, 3 as near, hour * 65536 + port as bucket, 65536 as width
        from link_sightings where port >= 1024
        union all
        select distinct account_id, value, 2, hour, 1 from link_sightings
        union all
        select distinct account_id, value, 1, floordiv(hour, 24), 1 from link_sightings
        """,
        keep=True,
    ),
    Sql(
        "link_around",
        """
        select b.account_id, b.value, b.near, b.bucket + b.width * d.shift as bucket
        from link_buckets b
        cross join (select -1 as shift union all select 0 union all select 1) d
        """,
    ),
    Sql(
        "link_meetings",
        """
        select p.a, p.b, p.value, x.near, x.bucket
        from link_both p
        join link_around x on x.account_id = p.a and x.value = p.value
        where p.type = 'ip'
        """,
        keep=True,
    ),
    Sql(
        "link_near",
        """
        select m.a, m.b, m.value, max(m.near) as near
        from link_meetings m
        join link_buckets y on y.account_id = m.b and y.value = m.value and y.near = m.near and y.bucket = m.bucket
        group by m.a, m.b, m.value
        """,
        keep=True,
    ),
    Sql(
        "link_chats",
        """
        select p.a, p.b, c.conversation_id
        from (select distinct a, b from link_both where stated = 0) p
        join participants c on c.account_id = p.a
        """,
        keep=True,
    ),
    Sql(
        # Two accounts that talk to each other repeat each other's numbers: what is only mentioned says nothing.
        "link_talked",
        """
        select distinct p.a, p.b
        from link_chats p
        join participants c on c.account_id = p.b and c.conversation_id = p.conversation_id
        """,
        keep=True,
    ),
    Sql("link_size", "select count(*) as accounts from link_accounts", keep=True),
    Sql(
        "link_odds",
        """
        select e.a, e.b, e.type, e.value, e.holders, e.proposes, e.stated, e.record_a, e.record_b,
            coalesce(t.family, o.family) as family,
            coalesce(t.hand, o.hand) as hand,
            case when t.type = 'ip' then n.m else coalesce(t.m, o.m) end
                * case when e.stated = 0 and k.a is not null then 0 else e.share end as m,
            greatest(
                case when t.type = 'ip' then greatest(coalesce(f.floor, 0), n.floor)
                    else coalesce(f.floor, t.floor, o.floor) end,
                (e.holders - 1) / nullif(greatest(
                    z.accounts - 1,
                    case when t.type = 'ip' then n.population else coalesce(t.population, o.population) end
                ), 0)
            ) as u
        from link_both e
        cross join link_size z
        cross join link_other o
        left join link_types t on t.type = e.type
        left join link_floors f on f.type = e.type
        left join link_near w on w.a = e.a and w.b = e.b and w.value = e.value and e.type = 'ip'
        left join link_nearness n on n.near = coalesce(w.near, 0)
        left join link_talked k on k.a = e.a and k.b = e.b
        """,
    ),
    Sql(
        # `core` is equal for evidence that is one fact: a phone and the handle made of it, two hashes of one file.
        "link_weighed",
        """
        select a, b, type, value, holders, proposes, stated, record_a, record_b, family, hand,
            case when m > u then cast(floor(1000 * bits(m / nullif(u, 0)) + 0.5) as bigint) else 0 end as milli,
            case
                when type in ('phone', 'handle') then 'name:' || replace(value, '+', '')
                when type = 'hash' then 'file:' || record_a || ':' || record_b
                else type || ':' || value
            end as core
        from link_odds
        """,
    ),
    Sql(
        "link_all",
        """
        select a, b, type, value, holders, proposes, stated, record_a, record_b, family, hand, milli, core
        from link_weighed
        union all
        select l.a, l.b, l.kind, l.value, l.holders, l.proposes, 1, l.record_id, l.record_id,
            coalesce(w.family, d.family), coalesce(w.hand, d.hand),
            cast(floor(1000 * coalesce(w.bits, d.bits) + 0.5) as bigint), 'stated:' || l.kind
        from link_stated l
        join link_pairs p on p.a = l.a and p.b = l.b
        left join link_statings w on w.kind = l.kind and w.value = l.value and w.value <> ''
        left join link_statings d on d.kind = l.kind and d.value = ''
        """,
    ),
    Sql(
        "link_bits",
        """
        select a, b, type, value, holders, proposes, stated, record_a, record_b, family, hand,
            case
                when row_number() over (
                    partition by a, b, core order by milli desc nulls last, type nulls last, value nulls last
                ) = 1 then milli
                else 0
            end as milli
        from link_all
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `link_bits`: a, b, type, value, holders, proposes, stated, record_a, record_b, family, hand, milli."""
    for step in STEPS:
        engine.run(step)
