"""Deposit addresses of services: what comes to them is soon passed on whole to where the service collects.

A hand (an address, or what common inputs hold together) is a service's if each of its transactions has one output, all of these at
one collecting address of that service, and no coin waited longer than the policy's `deposit_days`. An address collects if
`collector_min` hands or more pass all that they have on to it. Of a hand that lists name at all, they must name it for that
service, for another at most once in each five times; then it need not be one of many: where customers pay to one address again
and again, sweeps make all deposits one hand. The service must be one that holds its customers' coins, named by a list for the
address or for what common inputs join to it. Deposit addresses that forward to a service's own are described for accounts by
Victor (2020).

Makes `clu_deposit` (root: the hand, host: the collector's, a: an address of the hand, b: the collector, t: the transaction).
"""

from __future__ import annotations

from tanglaw.engine.steps import Sql

_DAY = 86_400_000_000
# Addresses of a hand that lists name for the service, to each that they name for another: lists err.
_OWN = 5

STEPS = (
    Sql(
        "dep_service",
        """
        select coalesce(o.root, g.a) as root, min(g.tag) as tag
        from clu_tag g left join clu_strong_roots o on o.node = g.a
        group by coalesce(o.root, g.a)
        having count(distinct g.tag) = 1 and min(g.keeper) = 1
        """,
    ),
    Sql(
        "dep_sweep",
        """
        select o.t, o.a as b, s.root as host, s.tag
        from led_out o
        join clu_out w on w.t = o.t and w.outputs = 1
        left join clu_strong_roots u on u.node = o.a
        join dep_service s on s.root = coalesce(u.root, o.a)
        where coalesce(o.kind, '') <> 'op-return'
        """,
        keep=True,
    ),
    Sql(
        "dep_fed",
        """
        select s.t, s.b, s.host, s.tag, coalesce(u.root, i.a) as root, min(i.a) as a
        from led_in i
        join dep_sweep s on s.t = i.t
        left join clu_strong_roots u on u.node = i.a
        where i.a is not null and coalesce(u.root, i.a) <> s.host
        group by s.t, s.b, s.host, s.tag, coalesce(u.root, i.a)
        """,
        keep=True,
    ),
    Sql("dep_hands", "select b, count(distinct root) as hands from dep_fed group by b"),
    Sql(
        # Addresses of a hand that lists name for a service, and for anybody.
        "dep_named",
        """
        select root, tag, n, sum(n) over (partition by root) as whole
        from (
            select coalesce(o.root, g.a) as root, g.tag, count(*) as n
            from clu_tag g left join clu_strong_roots o on o.node = g.a
            group by coalesce(o.root, g.a), g.tag
        ) x
        """,
        keep=True,
    ),
    Sql(
        "dep_hand",
        f"""
        select f.root, f.host, f.b, min(f.t) as t, count(*) as sweeps
        from dep_fed f
        join dep_hands c on c.b = f.b
        cross join clu_policy p
        left join clu_strong_tag g on g.root = f.root
        left join dep_named w on w.root = f.root and w.tag = f.tag
        where p.deposit >= p.join_from
            and (g.root is null and c.hands >= p.collector_min or w.n >= {_OWN} * (w.whole - w.n))
        group by f.root, f.host, f.b
        """,
        keep=True,
    ),
    Sql(
        "dep_node",
        """
        select root as node, root from dep_hand
        union
        select u.node, u.root from clu_strong_roots u join (select distinct root from dep_hand) h on h.root = u.root
        """,
        keep=True,
    ),
    Sql(
        "dep_paid",
        "select d.root, count(distinct i.t) as pays from led_in i join dep_node d on d.node = i.a group by d.root",
        keep=True,
    ),
    Sql("dep_got", "select d.root, o.t, o.spent_t from led_out o join dep_node d on d.node = o.a", keep=True),
    Sql(
        "dep_waited",
        """
        select o.root, max(micros(x.at) - micros(y.at)) as waited
        from dep_got o
        join led_tx x on x.t = o.spent_t
        join led_tx y on y.t = o.t
        group by o.root
        """,
        keep=True,
    ),
    Sql(
        "clu_deposit",
        f"""
        select h.root, h.host, f.a, h.b, h.t
        from dep_hand h
        join dep_paid d on d.root = h.root and d.pays = h.sweeps
        join dep_fed f on f.root = h.root and f.t = h.t
        join dep_waited w on w.root = h.root
        cross join clu_policy p
        where w.waited <= p.deposit_days * {_DAY}
        """,
        keep=True,
    ),
)
