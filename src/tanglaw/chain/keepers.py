"""Services that keep their customers' coins: what has the shape of a PayJoin is their own payment where one of them takes part.

A PayJoin needs a payer and a receiver who put coins together. Wallets that choose coins carelessly make the same shape, and so does
a service that spends its oldest coins first; but no customer pays from a service's wallet. `DOUBTED` puts all transactions of that
shape on top of what is joined without doubt; where that holds addresses of one service only, and of nobody else whom lists name,
`SETTLED` takes their inputs for common ones.

Makes `clu_reason` (t, reason, addresses) and `clu_firm_edges` (r, a, b).
"""

from __future__ import annotations

from tanglaw.chain.touched import STEP
from tanglaw.engine.steps import Sql

DOUBTED = (
    # What the transactions with the shape of a PayJoin would join, on top of the others.
    Sql(
        "clu_doubted",
        """
        select m.t, m.a, m.low, coalesce(u.root, m.low) as low_root, coalesce(v.root, m.a) as root
        from clu_apart m
        left join clu_plain_roots u on u.node = m.low
        left join clu_plain_roots v on v.node = m.a
        where m.a <> m.low
        """,
        keep=True,
    ),
    Sql(
        "clu_loose_edges",
        f"""
        select t * {STEP} + a as r, low_root as a, root as b from clu_doubted where low_root <> root
        union all
        select k.t * {STEP} + k.a, coalesce(u.root, k.low), coalesce(v.root, k.a)
        from clu_trunk k
        left join clu_plain_roots u on u.node = k.low
        left join clu_plain_roots v on v.node = k.a
        where coalesce(u.root, k.low) <> coalesce(v.root, k.a)
        """,
    ),
)
SETTLED = (
    Sql(
        "clu_loose_tag",
        """
        select x.root, min(x.tag) as tag_from, max(x.tag) as tag_to, min(x.keeper) as keeper
        from (
            select coalesce(l.root, o.root, g.a) as root, g.tag, g.keeper
            from clu_tag g
            left join clu_plain_roots o on o.node = g.a
            left join clu_loose_roots l on l.node = coalesce(o.root, g.a)
        ) x
        group by x.root
        """,
        keep=True,
    ),
    Sql(
        "clu_own",
        """
        select distinct d.t
        from clu_doubted d
        join clu_loose_roots l on l.node = d.low_root
        join clu_loose_tag k on k.root = l.root and k.tag_from = k.tag_to and k.keeper = 1
        """,
        keep=True,
    ),
    # Trunks, if what they bring together is one service's at most.
    Sql(
        "clu_long",
        f"""
        select k.t * {STEP} + k.a as r, k.t, k.low as a, k.a as b, g.tag_from, g.tag_to
        from clu_trunk k
        left join clu_plain_roots o on o.node = k.low
        left join clu_loose_roots l on l.node = coalesce(o.root, k.low)
        left join clu_loose_tag g on g.root = coalesce(l.root, o.root, k.low)
        """,
        keep=True,
    ),
    Sql("clu_grown", "select r, t, a, b from clu_long where tag_from is null or tag_from = tag_to", keep=True),
    Sql(
        "clu_felled",
        """
        select t, 'conflict: tagged ' || tag_from || ' and ' || tag_to as reason, 2 as addresses
        from clu_long where tag_from <> tag_to
        """,
        keep=True,
    ),
    Sql(
        "clu_reason",
        """
        select s.t, s.addresses, s.reason
        from clu_refusing s
        anti join clu_own w on w.t = s.t
        """,
        keep=True,
    ),
    Sql(
        "clu_firm_edges",
        f"""
        select r, a, b from clu_plain
        union all
        select d.t * {STEP} + d.a, d.low, d.a from clu_doubted d join clu_own w on w.t = d.t
        union all
        select r, a, b from clu_grown
        """,
    ),
)
