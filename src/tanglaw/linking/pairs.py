"""Which two accounts are compared: those that a rare value, a rare combination or a document's statement proposes."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

STATED = (
    Sql(
        "link_stated_pairs",
        """
        select least(one, other) as a, greatest(one, other) as b, kind, coalesce(value, '') as value,
            min(association_id) as record_id
        from link_statements
        where one <> other
        group by least(one, other), greatest(one, other), kind, coalesce(value, '')
        """,
    ),
    Sql(
        # An account that documents tie to very many others is a hub, like any widely shared value.
        "link_degrees",
        """
        select account_id, count(distinct other) as others
        from (
            select a as account_id, b as other from link_stated_pairs
            union all
            select b, a from link_stated_pairs
        ) ends
        group by account_id
        """,
    ),
    Sql(
        "link_stated",
        """
        select p.a, p.b, p.kind, p.value, p.record_id,
            greatest(x.others, y.others) + 1 as holders,
            greatest(x.others, y.others) < s.propose_holders_max as proposes
        from link_stated_pairs p
        join link_degrees x on x.account_id = p.a
        join link_degrees y on y.account_id = p.b
        cross join link_settings s
        """,
        keep=True,
    ),
)
STEPS = (
    Sql(
        "link_rare",
        """
        select x.account_id as a, y.account_id as b, x.type, x.value, x.holders, x.proposes,
            x.share * y.share as share, x.stated * y.stated as stated,
            x.record_id as record_a, y.record_id as record_b
        from link_shared x
        join link_shared y on y.type = x.type and y.value = x.value
        where x.proposes and y.proposes and x.account_id < y.account_id
        """,
        keep=True,
    ),
    Sql(
        # Two things that are common by themselves and rare together: a name with a birth date, a name on a carrier's
        # address. Only what proposes nothing by itself is combined.
        "link_combined",
        """
        select x.account_id, x.value || '|' || y.type || '|' || y.value as value
        from link_shared x
        join link_shared y on y.account_id = x.account_id
        where x.type = 'name' and y.type in ('born', 'home', 'ip', 'skeleton') and not y.proposes
        """,
        keep=True,
    ),
    Sql(
        "link_combinations",
        """
        select c.value
        from link_combined c
        cross join link_settings s
        group by c.value
        having count(*) > 1 and count(*) <= max(s.propose_holders_max)
        """,
    ),
    Sql(
        "link_joint",
        "select c.account_id, c.value from link_combined c join link_combinations k on k.value = c.value",
        keep=True,
    ),
    Sql(
        "link_pairs",
        """
        select distinct a, b from link_rare
        union
        select x.account_id, y.account_id
        from link_joint x
        join link_joint y on y.value = x.value
        where x.account_id < y.account_id
        union
        select a, b from link_met
        union
        select a, b from link_stated where proposes
        union
        select a, b from link_same
        union
        select a, b from link_asked
        """,
        keep=True,
    ),
    Sql(
        # Kept on purpose: joined in one statement, an optimiser may pair all holders of a value first.
        "link_common_one",
        """
        select p.a, p.b, h.type, h.value, h.holders, h.proposes, h.share, h.stated, h.record_id
        from link_pairs p
        join link_shared h on h.account_id = p.a
        join link_types t on t.type = h.type
        where not h.proposes and t.common_adds
        """,
        keep=True,
    ),
    Sql(
        "link_common",
        """
        select o.a, o.b, o.type, o.value, o.holders, o.proposes,
            o.share * h.share as share, o.stated * h.stated as stated,
            o.record_id as record_a, h.record_id as record_b
        from link_common_one o
        join link_shared h on h.account_id = o.b and h.type = o.type and h.value = o.value
        """,
        keep=True,
    ),
    Sql("link_both", "select * from link_rare union all select * from link_common"),
)


def run(engine: Engine) -> None:
    """Make `link_pairs` (a, b), `link_both` (one row per value that a pair shares) and `link_stated`."""
    for step in (*STATED, *STEPS):
        engine.run(step)
