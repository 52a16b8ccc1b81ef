"""Services that keep their customers' coins: what has the shape of a PayJoin is their own payment where one of them takes part.

A PayJoin needs a payer and a receiver who put coins together. Wallets that choose coins carelessly make the same shape, and so does
a service that spends its oldest coins first; but no customer pays from a service's wallet. `DOUBTED` puts all transactions of that
shape on top of what is joined without doubt; where that holds addresses of one service only, and of nobody else whom lists name,
`SETTLED` takes their inputs for common ones.

Makes `clu_reason` (t, reason, addresses) and `clu_strong_edges` (r, a, b).
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
        f"select t * {STEP} + a as r, low_root as a, root as b from clu_doubted where low_root <> root",
    ),
)
SETTLED = (
    Sql(
        "clu_keeper",
        """
        select x.root
        from (
            select coalesce(l.root, o.root, g.a) as root, g.tag, g.keeper
            from clu_tag g
            left join clu_plain_roots o on o.node = g.a
            left join clu_loose_roots l on l.node = coalesce(o.root, g.a)
        ) x
        group by x.root
        having count(distinct x.tag) = 1 and min(x.keeper) = 1
        """,
    ),
    Sql(
        "clu_own",
        """
        select distinct d.t
        from clu_doubted d
        join clu_loose_roots l on l.node = d.low_root
        join clu_keeper k on k.root = l.root
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
        "clu_strong_edges",
        f"""
        select r, a, b from clu_plain
        union all
        select d.t * {STEP} + d.a, d.low, d.a from clu_doubted d join clu_own w on w.t = d.t
        """,
    ),
)
