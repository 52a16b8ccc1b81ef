"""Addresses under one control: joined by common inputs first, then by change outputs, and why.

Common inputs (Nakamoto 2008, section 10) join unless the shape speaks of several hands (`shapes`, `keepers`). Change outputs
(`change`) join only what lies on top of that, and never when a cluster over the policy's cap comes out, when the
output named lies in a cluster that is large by itself or is a service's deposit address, or when lists tag the two
sides, or all that would come together, as different services. Those are listed in `chain_refused`. Deposit addresses
(`deposits`) come to their service last; trunks (`trunks`) and services' payments out of deposits (`kin`) before change.

Everything follows from tables and a total order of the joins (common inputs by time; then change by weight and time):
neither the order of the input nor the engine changes a cluster or the forest that explains it. New blocks come last in the order of
common inputs, so their forest goes on from the earlier one; what lies on top is found again from the decisions (`touched`).
"""

from __future__ import annotations

from pathlib import Path

from tanglaw.chain import change, deposits, keepers, kin, shapes, touched, trunks
from tanglaw.chain.touched import DECIDED, STEP
from tanglaw.engine.base import Engine
from tanglaw.engine.forest import forest
from tanglaw.engine.steps import Sql
from tanglaw.policy import CLUSTER_RULES
from tanglaw.tables.chain import CHAIN_CLUSTERS, CHAIN_JOINS, CHAIN_REFUSED

# Places in the order of joins: common inputs by transaction and address, then change by weight and transaction.
_WEAK, _MOST = 2**62, 2**14 - 1
_NUMBERS = (("equal_min", 3), ("outputs_max", 0), ("unit", 10_000), ("join_from", _MOST), ("large", 0), ("cap", 0))
_SERVICES = (("trunk_times", 2), ("collector_min", 1), ("deposit_days", 0))

_POLICY = Sql(
    "clu_policy",
    "select "
    + ", ".join(
        f"cast(floor(coalesce(max(case when name = 'clusters.{name}' then number end), {default})) as bigint) as {name}"
        for name, default in (
            *_NUMBERS,
            *_SERVICES,
            *((f"weights.{rule}", 1_000 * (rule == "common_input")) for rule in CLUSTER_RULES),
        )
    ).replace(" as weights.", " as ")
    + " from policy_numbers",
    keep=True,
)

_PLAIN = Sql(
    "clu_plain_edges",
    f"""
    select m.t * {STEP} + m.a as r, m.low as a, m.a as b
    from clu_met m
    left join clu_shape s on s.t = m.t
    where m.a <> m.low and s.reason is null
    union all
    select r, a, b from was_dec_plain
    """,
)

_STRONG = Sql("clu_strong_edges", "select r, a, b from clu_firm union all select r, a, b from clu_kin")

_HELD = (
    Sql("clu_strong_size", "select root, count(*) as n from clu_strong_roots group by root", keep=True),
    Sql(
        "clu_strong_tag",
        """
        select coalesce(o.root, g.a) as root, min(g.tag) as tag_from, max(g.tag) as tag_to
        from clu_tag g left join clu_strong_roots o on o.node = g.a
        group by coalesce(o.root, g.a)
        """,
        keep=True,
    ),
)

_WEAK_STEPS = (
    Sql(
        "clu_weak",
        f"""
        select {_WEAK} + ({_MOST} - c.milli) * {STEP} + c.t as r, least(c.low, c.a) as a, greatest(c.low, c.a) as b,
            c.t, c.milli, c.rule, coalesce(m.n, 1) + coalesce(n.n, 1) as addresses,
            case
                when c.rivals > 1 then 'conflict: rules name ' || cast(c.rivals as text) || ' outputs'
                when coalesce(n.n, 1) > p.large
                    then 'cap: the output lies in a cluster of ' || cast(n.n as text) || ' addresses by itself'
                when coalesce(m.n, 1) + coalesce(n.n, 1) > p.cap
                    then 'cap: ' || cast(coalesce(m.n, 1) + coalesce(n.n, 1) as text) || ' addresses'
                when f.tag_from <> g.tag_to or f.tag_to <> g.tag_from
                    then 'conflict: the sides are tagged ' || f.tag_from || ' and ' || g.tag_to
                when d.root is not null then 'conflict: the output is a deposit address'
            end as reason
        from clu_change c
        anti join clu_kin_paid k on k.t = c.t
        left join clu_strong_roots u on u.node = c.low
        left join clu_strong_roots v on v.node = c.a
        left join clu_strong_size m on m.root = u.root
        left join clu_strong_size n on n.root = v.root
        left join clu_strong_tag f on f.root = coalesce(u.root, c.low)
        left join clu_strong_tag g on g.root = coalesce(v.root, c.a)
        left join (select distinct root from clu_deposit) d on d.root = coalesce(v.root, c.a)
        cross join clu_policy p
        where coalesce(u.root, c.low) <> coalesce(v.root, c.a)
        """,
        keep=True,
    ),
    Sql(
        "clu_all_edges",
        "select r, a, b from clu_strong union all select r, a, b from clu_weak where reason is null",
    ),
)

_BOUND_STEPS = (
    Sql("clu_all_size", "select root, count(*) as n from clu_all_roots group by root", keep=True),
    Sql(
        "clu_all_tag",
        """
        select o.root, min(g.tag) as tag_from, max(g.tag) as tag_to
        from clu_tag g join clu_all_roots o on o.node = g.a
        group by o.root
        """,
    ),
    # What change would pull together beyond the cap, or across services, falls apart into what common inputs hold.
    Sql(
        "clu_burst",
        """
        select s.root, s.n,
            case when s.n > p.cap then 'cap: ' || cast(s.n as text) || ' addresses'
                else 'conflict: tagged ' || g.tag_from || ' and ' || g.tag_to end as reason
        from clu_all_size s
        left join clu_all_tag g on g.root = s.root
        cross join clu_policy p
        where s.n > p.cap or g.tag_from <> g.tag_to
        """,
        keep=True,
    ),
    Sql(
        "clu_fallen",
        """
        select o.node, case when x.root is null then o.root else coalesce(w.root, o.node) end as root
        from clu_all_roots o
        left join clu_burst x on x.root = o.root
        left join clu_strong_roots w on w.node = o.node
        """,
        keep=True,
    ),
    # Deposit addresses come to their service.
    Sql(
        "clu_moved",
        """
        select coalesce(c.root, d.root) as root, coalesce(h.root, d.host) as host, d.a, d.b, d.t
        from clu_deposit d
        left join clu_fallen c on c.node = d.root
        left join clu_fallen h on h.node = d.host
        """,
        keep=True,
    ),
    Sql("clu_lowest", "select host, least(host, min(root)) as root from clu_moved group by host"),
    Sql(
        "clu_root",
        """
        select x.node, coalesce(l.root, k.root, x.root) as root
        from (
            select node, root from clu_fallen
            union
            select root, root from clu_moved
            union
            select host, host from clu_moved
        ) x
        left join clu_moved m on m.root = x.root
        left join clu_lowest l on l.host = m.host
        left join clu_lowest k on k.host = x.root
        """,
        keep=True,
    ),
    Sql("clu_size", "select root, count(*) as n from clu_root group by root having count(*) > 1", keep=True),
    Sql(
        "clu_kept",
        f"""
        select k.r, k.a, k.b, coalesce(w.t, floordiv(k.r, {STEP})) as t,
            coalesce(w.rule, case when g.t is not null then 'trunk' when i.t is not null then 'kin'
                else 'common-input' end) as rule,
            coalesce(w.milli, case when g.t is not null then p.trunk when i.t is not null then p.kin end) as milli, c.root
        from clu_all k
        join clu_root c on c.node = k.a
        left join clu_all_roots o on o.node = k.a
        left join clu_burst x on x.root = o.root
        left join clu_weak w on w.r = k.r
        left join clu_grown g on g.r = k.r
        left join clu_kin i on i.r = k.r
        cross join clu_policy p
        where x.root is null or w.r is null
        union all
        select cast(null as bigint), d.a, d.b, d.t, 'deposit', p.deposit, c.root
        from clu_moved d
        join clu_root c on c.node = d.a
        cross join clu_policy p
        """,
    ),
)

_TABLES = (
    Sql(
        "clu_text",
        """
        select c.node, c.root, a.network, a.address
        from clu_root c
        join clu_size s on s.root = c.root
        join led_addr a on a.a = c.node
        """,
        keep=True,
    ),
    Sql("clu_name", "select root, min(address) as name, count(*) as n from clu_text group by root", keep=True),
    Sql(
        "chain_clusters",
        """
        select x.network, x.address, h.name as cluster_id, h.n as addresses
        from clu_text x
        join clu_name h on h.root = x.root
        """,
    ),
    Sql(
        "chain_joins",
        """
        select x.network, h.name as cluster_id, a.address as a, b.address as b, k.rule,
            coalesce(k.milli, p.common_input) / 1000.0 as weight, x.txid, x.at
        from clu_kept k
        join led_tx x on x.t = k.t
        join clu_text a on a.node = k.a
        join clu_text b on b.node = k.b
        join clu_name h on h.root = k.root
        cross join clu_policy p
        """,
    ),
    Sql(
        "chain_refused",
        """
        select x.network, x.txid, f.rule, min(f.reason) as reason, max(f.addresses) as addresses
        from (
            select t, 'common-input' as rule, reason, addresses from clu_reason
            union all
            select t, 'trunk', reason, addresses from clu_felled
            union all
            select t, rule, reason, addresses from clu_weak where reason is not null
            union all
            select w.t, w.rule, x.reason, x.n
            from clu_weak w
            join clu_all_roots o on o.node = w.a
            join clu_burst x on x.root = o.root
            where w.reason is null
        ) f
        join led_tx x on x.t = f.t
        group by x.network, x.txid, f.rule
        """,
    ),
)


def run(engine: Engine, was: Path | None = None) -> None:
    """Make `chain_clusters`, `chain_joins` and `chain_refused` from the ledger's tables, tags and policy.

    `was` is the folder of an earlier run's decisions, by the same tags and policy, over the ledger that this one extends.
    """
    if not engine.rows("select count(*) as n from led_tx").column("n")[0].as_py():
        for table in (CHAIN_CLUSTERS, CHAIN_JOINS, CHAIN_REFUSED):
            engine.put(table.name, table.schema.empty_table())
        for name, schema in DECIDED.values():
            engine.put(name, schema.empty_table())
        return
    engine.run(_POLICY)
    touched.shaped(engine, was)
    for step in (*shapes.STEPS, *trunks.STEPS, _PLAIN):
        engine.run(step)
    forest(engine, "clu_plain", "clu_plain_edges")
    engine.drop("clu_several", "clu_met")
    for step in keepers.DOUBTED:
        engine.run(step)
    forest(engine, "clu_loose", "clu_loose_edges")
    for step in keepers.SETTLED:
        engine.run(step)
    forest(engine, "clu_firm", "clu_firm_edges")
    touched.changing(engine, was is not None)
    for step in change.STEPS:
        engine.run(step)
        engine.drop(*change.DONE.get(step.name, ()))
    kin.run(engine)
    engine.run(_STRONG)
    forest(engine, "clu_strong", "clu_strong_edges")
    for step in (*_HELD, *deposits.STEPS, *_WEAK_STEPS):
        engine.run(step)
    forest(engine, "clu_all", "clu_all_edges")
    for step in (*_BOUND_STEPS, *_TABLES):
        engine.run(step)
