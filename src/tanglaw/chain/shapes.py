"""Which transactions spend coins of one hand, by their shape alone. All others join nothing, and the reason is kept.

* coinjoin: as many input addresses as there are outputs of one value, and such values make up half of the outputs; or
  two equal outputs and no more than two others.
* payjoin: two outputs, and one input less would have paid the larger one too (the unnecessary input; BIP 78 describes
  who adds it). Wallets that choose coins carelessly look the same: they are passed over with them, services aside (`keepers`).
* conflict: lists tag two of its input addresses as different services.

Only new transactions are looked at (`new_in`, `new_out`): no later block changes a shape. What earlier runs saw is
`was_dec_<name>`.

Makes `clu_in` and `clu_out` (one row per transaction), `clu_met` (t, a, low: input addresses of new transactions that have
several), `clu_tag` (a, tag, keeper: 1 for a service that keeps its customers' coins), `clu_shape` (t, addresses, reason or
none, of new ones), and of all transactions `clu_refusing` (t, addresses, reason) and `clu_apart` (t, a, low: inputs that look
like a PayJoin's).
"""

from __future__ import annotations

from tanglaw.engine.steps import Sql

STEPS = (
    Sql(
        "clu_in_now",
        """
        select t, count(*) as inputs, count(a) as known, min(a) as low, max(a) as high, min(kind) as kind,
            max(kind) as kind_to, min(value) as least, max(value) as most, sum(value) as total, count(value) as valued,
            min(sequence) as sequence
        from new_in
        group by t
        """,
        keep=True,
    ),
    Sql("clu_in", "select * from was_dec_in union all select * from clu_in_now"),
    Sql(
        "clu_out_now",
        """
        select t, count(*) as outputs, max(value) as most, sum(value) as total
        from new_out
        where coalesce(kind, '') <> 'op-return'
        group by t
        """,
        keep=True,
    ),
    Sql("clu_out", "select * from was_dec_out union all select * from clu_out_now"),
    Sql(
        "clu_several",
        """
        select i.t, i.inputs, i.low, i.least, i.total, i.valued, coalesce(o.outputs, 0) as outputs, o.most
        from clu_in_now i left join clu_out_now o on o.t = i.t
        where i.low <> i.high
        """,
        keep=True,
    ),
    Sql(
        "clu_met",
        """
        select distinct i.t, i.a, s.low
        from new_in i join clu_several s on s.t = i.t
        where i.a is not null
        """,
        keep=True,
    ),
    Sql(
        "clu_equal",
        """
        select x.t, max(x.n) as equal, sum(case when x.n > 1 then x.n else 0 end) as shared
        from (
            select o.t, o.value, count(*) as n
            from new_out o
            join clu_several s on s.t = o.t
            cross join clu_policy p
            where coalesce(o.kind, '') <> 'op-return' and (s.outputs > 2 or s.outputs >= p.equal_min)
            group by o.t, o.value
        ) x
        group by x.t
        """,
    ),
    Sql("clu_hands", "select t, count(*) as hands from clu_met group by t"),
    # An address that lists give to several owners speaks for none of them.
    Sql(
        "clu_tag",
        """
        select a.a, min(g.who) as tag, max(case when g.kind in ('service', 'mixer')
            and coalesce(g.category, '') not in ('shop', 'payment_processor') then 1 else 0 end) as keeper
        from tag_in_force g
        join led_addr a on a.network = g.network and a.address = g.address
        where g.who is not null
        group by a.a
        having count(distinct g.who) = 1
        """,
        keep=True,
    ),
    Sql(
        "clu_tagged",
        """
        select m.t, min(g.tag) as tag_from, max(g.tag) as tag_to
        from clu_met m join clu_tag g on g.a = m.a
        group by m.t
        """,
    ),
    Sql(
        "clu_shape",
        """
        select s.t, h.hands as addresses,
            case
                when (e.equal >= p.equal_min and h.hands >= e.equal and e.shared * 2 >= s.outputs)
                    or (e.equal = 2 and s.outputs > 2 and s.outputs <= 4)
                    then 'coinjoin: ' || cast(e.equal as text) || ' equal outputs of '
                        || cast(h.hands as text) || ' input addresses'
                when s.outputs = 2 and s.valued = s.inputs and s.total - s.least >= s.most
                    then 'payjoin: an input of ' || cast(s.least as text) || ' was not needed'
                when g.tag_from <> g.tag_to
                    then 'conflict: inputs are tagged ' || g.tag_from || ' and ' || g.tag_to
            end as reason
        from clu_several s
        join clu_hands h on h.t = s.t
        left join clu_equal e on e.t = s.t
        left join clu_tagged g on g.t = s.t
        cross join clu_policy p
        """,
        keep=True,
    ),
    Sql(
        "clu_refusing",
        """
        select t, addresses, reason from was_dec_refusing
        union all
        select t, addresses, reason from clu_shape where reason is not null
        """,
    ),
    Sql(
        "clu_apart",
        """
        select t, a, low from was_dec_apart
        union all
        select m.t, m.a, m.low from clu_met m join clu_shape s on s.t = m.t and starts_with(s.reason, 'payjoin')
        """,
        keep=True,
    ),
)
