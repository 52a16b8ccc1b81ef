"""Trunks: one coin that pays small parts away, transaction after transaction, and stays with its hand.

A transaction carries a trunk on if its largest input and its largest output are of one kind and each is the policy's
`trunk_times` as large as all that stand beside it; and the next is of the same trunk if it spends that output as its largest
input, with the same version, kind of lock time and sequence. Three such transactions in a row are a trunk: had the large
side been a payment, its receiver would have had to go on in the same way with the same software. Services pay their
customers like this, and who peels coins off does (Meiklejohn and others 2013; Kappos and others 2022). The last output of a
trunk is nobody's yet, and joins nothing.

Makes `clu_trunk` (t, low: its largest input's address, a: its largest output's): not for transactions with the shape of a
CoinJoin.
"""

from __future__ import annotations

from tanglaw.engine.steps import Sql

STEPS = (
    Sql(
        "clu_stem",
        """
        select i.t, i.most as most_in, o.most as most_out, x.version, case when x.lock_time > 0 then 1 else 0 end as locked,
            i.sequence
        from clu_out o
        join clu_in i on i.t = o.t
        join led_tx x on x.t = o.t
        left join clu_refusing s on s.t = o.t and not starts_with(s.reason, 'payjoin')
        cross join clu_policy p
        where p.trunk >= p.join_from and o.outputs > 1 and (o.total - o.most) * p.trunk_times <= o.most
            and i.valued = i.inputs and (i.total - i.most) * p.trunk_times <= i.most and s.t is null
        """,
        keep=True,
    ),
    Sql(
        "clu_stem_next",
        """
        select s.t, s.most_in, o.kind, o.a, o.spent_t as next_t
        from led_out o
        join clu_stem s on s.t = o.t and s.most_out = o.value
        join clu_stem n on n.t = o.spent_t and n.most_in = o.value
            and n.version = s.version and n.locked = s.locked and n.sequence = s.sequence
        where o.a is not null
        """,
        keep=True,
    ),
    Sql(
        "clu_stem_on",
        """
        select s.t, s.next_t, s.a, i.a as low
        from clu_stem_next s
        join led_in i on i.t = s.t and i.value = s.most_in and i.kind = s.kind
        where i.a is not null
        """,
        keep=True,
    ),
    Sql(
        "clu_trunk",
        """
        select s.t, s.low, s.a
        from clu_stem_on s
        left join (select distinct next_t from clu_stem_on) b on b.next_t = s.t
        left join clu_stem_on f on f.t = s.next_t
        anti join led_in z on z.t = s.t and z.a = s.a
        where b.next_t is not null or f.t is not null
        """,
        keep=True,
    ),
)
