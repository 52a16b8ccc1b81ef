"""A service's payments out of single deposits and on from there, told by the change that comes back to it.

Who pays a service and keeps the rest, and a service that pays somebody out of one deposit and takes the rest back, make the
same shape: one output at the service, one elsewhere. An output may have come back if it is of the one kind that all inputs
have, was paid in this transaction only (dust that strangers send later aside; first, where nothing else is of that kind), and
is spent, if at all, with this transaction's version, kind of lock time and sequence. It speaks if it is spent beside other
outputs and no other output here is of that kind, there are three outputs or more, or rules of change (`change`) name it with
enough weight and nothing else; it says so for sure if everything else that is paid was paid by other hands before, for nobody
pays two others to the last unit of a coin. A whole amount (of a tenth of the policy's unit) is no rest, unless that is sure.

Three ways lead from what lists name to more, again and again, for services that keep their customers' coins and do not take their
rest back on the addresses that they pay from:

* a hand that no list names, each of whose transactions has an output that may have come back, and for which one speaks for sure, or
  more speak for the service than for others. Where kinds differ, what comes to a service is a customer's deposit.
* all inputs of a payment with the shape of a PayJoin, if one is the service's: no customer pays from its wallet.
* of the service's own payment, none of whose outputs is known to be its, the only one that may be its rest.

Of services that spend their coins in the order of arrival `order` tells more, and takes out what breaks it. A service's own payment
from one part of what is known of it to another ties both.

Makes `clu_kin` (r, t, a: an address of what comes to the service, b: of what was known, in the same transaction), joins on top of
what inputs and trunks hold (`clu_firm_roots`), and `clu_kin_paid` (t: all transactions of hands that came).
"""

from __future__ import annotations

from tanglaw.chain import order
from tanglaw.chain.touched import STEP
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.tables.base import INT, schema_of

# Change of change: so many payments away from what is known of a service.
_ROUNDS = 60
# Strangers send so little to addresses that they see, to make them be spent together; it does not make an address a used one.
_DUST = 1_000
_KIN = schema_of(*((name, INT) for name in ("r", "t", "a", "b"))).empty_table()

_SEEDS = (
    Sql(
        "kin_tag",
        """
        select coalesce(o.root, g.a) as root, min(g.tag) as tag_from, max(g.tag) as tag_to, min(g.keeper) as keeper
        from clu_tag g left join clu_firm_roots o on o.node = g.a
        group by coalesce(o.root, g.a)
        """,
        keep=True,
    ),
    Sql(
        "kin_named",
        "select root, min(root) over (partition by tag_to) as host from kin_tag where tag_from = tag_to and keeper = 1",
        keep=True,
    ),
)

_START = (
    Sql(
        "kin_once",
        f"""
        select a, min(t) as first_t, sum(case when value > {_DUST} then 1 else 0 end) as received
        from led_out where a is not null group by a
        """,
        keep=True,
    ),
    Sql(
        "kin_payer",
        """
        select i.t, coalesce(u.root, i.a) as root, min(i.a) as a
        from led_in i
        left join clu_firm_roots u on u.node = i.a
        where i.a is not null
        group by i.t, coalesce(u.root, i.a)
        """,
        keep=True,
    ),
    # A service that takes its rest back where it was takes none on new addresses.
    Sql(
        "kin_at_0",
        """
        select n.root, n.host, cast(null as bigint) as t, cast(null as bigint) as b
        from kin_named n
        anti join (
            select m.host
            from kin_named m
            join kin_payer p on p.root = m.root
            join clu_out w on w.t = p.t and w.outputs > 1
            left join (select distinct o.t from led_out o join led_in i on i.t = o.t and i.a = o.a) b on b.t = p.t
            group by m.host
            having 2 * count(b.t) > count(*)
        ) f on f.host = n.host
        """,
        keep=True,
    ),
    Sql("kin_new_0", "select * from kin_at_0"),
    # Whose rest is known says nothing of other outputs.
    Sql(
        "kin_returned",
        """
        select distinct o.t
        from led_out o
        left join clu_firm_roots u on u.node = o.a
        join kin_payer p on p.t = o.t and p.root = coalesce(u.root, o.a)
        """,
        keep=True,
    ),
    # Outputs that fit what was spent: of the one kind of the inputs, first paid here, spent, if at all, in the same way.
    Sql(
        "kin_fit",
        """
        select o.t, o.n, o.a, w.same, w.outputs, o.spent_t, f.received, v.outputs as passed,
            case when o.value % nullif(floordiv(p.unit, 10), 0) = 0 then 1 else 0 end as whole
        from (
            select o.t, count(*) as outputs, sum(case when o.kind = i.kind then 1 else 0 end) as same
            from led_out o
            join clu_in i on i.t = o.t and i.kind = i.kind_to and i.known = i.inputs
            left join clu_reason r on r.t = i.t and not starts_with(r.reason, 'payjoin')
            cross join clu_policy p
            where coalesce(o.kind, '') <> 'op-return' and r.t is null and p.kin >= p.join_from
            group by o.t
        ) w
        join led_tx x on x.t = w.t
        join clu_in i on i.t = w.t
        join led_out o on o.t = w.t and o.kind = i.kind
        join kin_once f on f.a = o.a and f.first_t = o.t
        left join led_tx y on y.t = o.spent_t
        left join clu_in s on s.t = o.spent_t
        left join clu_out v on v.t = o.spent_t
        cross join clu_policy p
        where w.outputs > 1 and (y.t is null or y.version = x.version and s.sequence = i.sequence
            and case when y.lock_time > 0 then 1 else 0 end = case when x.lock_time > 0 then 1 else 0 end)
        """,
        keep=True,
    ),
    Sql("kin_open", "select * from kin_fit where received = 1 or same = 1"),
    # Who paid the other addresses that transactions with such an output pay.
    Sql(
        "kin_other",
        """
        select x.a, min(o.t) as first_t, min(p.root) as root_from, max(p.root) as root_to
        from (select distinct o.a from led_out o join kin_open c on c.t = o.t and c.n <> o.n) x
        join led_out o on o.a = x.a
        join kin_payer p on p.t = o.t
        group by x.a
        """,
        keep=True,
    ),
    # All others were paid before and by somebody else, too: nobody pays two others what a coin is worth, to the last unit.
    Sql(
        "kin_sure",
        """
        select c.t, c.n
        from kin_open c
        join (select t, min(root) as root_from, max(root) as root_to from kin_payer group by t) h on h.t = c.t
        join led_out q on q.t = c.t and q.n <> c.n and coalesce(q.kind, '') <> 'op-return'
        left join kin_other b on b.a = q.a
        group by c.t, c.n
        having count(*) = sum(case when b.first_t < c.t and (b.root_from < h.root_from or b.root_to > h.root_to)
            then 1 else 0 end)
        """,
        keep=True,
    ),
    Sql(
        "kin_may",
        """
        select c.t, c.a, coalesce(u.root, c.a) as home, case when w.t is not null then 1 else 0 end as sure
        from kin_open c
        left join clu_change v on v.t = c.t and v.a = c.a and v.rivals = 1
        left join kin_sure w on w.t = c.t and w.n = c.n
        left join clu_firm_roots u on u.node = c.a
        anti join kin_returned z on z.t = c.t
        where c.passed > 1 and (w.t is not null or c.whole = 0 and (c.same = 1 or c.outputs > 2 or v.t is not null))
        """,
        keep=True,
    ),
    Sql(
        "kin_fit_home",
        """
        select c.t, c.a, coalesce(u.root, c.a) as home, c.spent_t
        from kin_fit c
        left join clu_firm_roots u on u.node = c.a
        """,
        keep=True,
    ),
    # The one output that may be the rest of what the payer had, and where all outputs went.
    Sql(
        "kin_rest",
        """
        select o.t, max(coalesce(u.root, o.a)) as home
        from kin_fit o
        left join clu_firm_roots u on u.node = o.a
        group by o.t
        having count(*) = 1 and max(o.whole) = 0
        """,
        keep=True,
    ),
    Sql(
        "kin_out_to",
        """
        select distinct o.t, coalesce(u.root, o.a) as root
        from led_out o
        join (select distinct t from kin_fit) e on e.t = o.t
        left join clu_firm_roots u on u.node = o.a
        where o.a is not null
        """,
        keep=True,
    ),
    Sql(
        "kin_doubted",
        "select p.* from kin_payer p join clu_reason r on r.t = p.t and starts_with(r.reason, 'payjoin')",
        keep=True,
    ),
    # Hands none of whose transactions contradicts: each has an output of its inputs' kind that may have come back.
    Sql(
        "kin_hand",
        """
        select h.t, h.root
        from kin_payer h
        join (
            select p.root
            from kin_payer p
            left join (select distinct t from kin_open) m on m.t = p.t
            left join kin_tag g on g.root = p.root
            where g.root is null
            group by p.root
            having count(*) = count(m.t)
        ) w on w.root = h.root
        """,
        keep=True,
    ),
)


def _seen(number: int) -> tuple[Sql, ...]:
    """What came back to what was known before this round, and what was spent of that."""
    before, last = f"kin_at_{number - 1}", f"kin_new_{number - 1}"
    return (
        Sql(
            f"kin_back_{number}",
            f"""
            select m.t, max(g.host) as host, min(case when g.root is not null then m.a end) as b, min(m.home) as home,
                max(case when g.root is not null then m.sure else 0 end) as sure
            from kin_may m
            left join {before} g on g.root = m.home
            group by m.t
            having count(g.root) <= 1
            """,
            keep=True,
        ),
        # What a service pays out of, or puts into a payment besides others, and where its rest goes.
        Sql(
            f"kin_own_{number}",
            f"""
            select h.t, min(g.host) as host, min(case when g.root is not null then h.a end) as a, count(*) as hands,
                count(g.root) as known
            from (select distinct p.t from kin_payer p join {last} n on n.root = p.root) x
            join kin_payer h on h.t = x.t
            left join {before} g on g.root = h.root
            group by h.t
            having min(g.host) = max(g.host)
            """,
            keep=True,
        ),
    )


def _more(number: int) -> Sql:
    """What comes to each service in this round by the shapes of payments."""
    before = f"kin_at_{number - 1}"
    return Sql(
        f"kin_more_{number}",
        f"""
        select x.root, x.host, x.t, k.b
        from (
            select h.root, min(k.host) as host, min(case when k.host is not null then k.t end) as t
            from kin_hand h
            join kin_back_{number} k on k.t = h.t
            group by h.root
            having min(k.host) = max(k.host) and (max(k.sure) = 1
                or count(k.host) > sum(case when k.host is null and k.home <> h.root then 1 else 0 end))
        ) x
        join kin_back_{number} k on k.t = x.t
        union all
        select d.root, w.host, d.t, w.a from kin_own_{number} w join kin_doubted d on d.t = w.t
        union all
        select e.home, w.host, e.t, w.a
        from kin_own_{number} w
        join kin_rest e on e.t = w.t
        left join (
            select distinct o.t, g.host from kin_out_to o join {before} g on g.root = o.root
        ) b on b.t = w.t and b.host = w.host
        where w.known = w.hands and b.t is null
        """,
        keep=True,
    )


def _round(number: int, ordered: bool) -> tuple[Sql, ...]:
    """What comes to each service, and all that is known of it then; `ordered` if some spend their coins in order."""
    before = f"kin_at_{number - 1}"
    found = f"ord_more_{number}" if ordered else f"(select root, host, t * {STEP} + b as place from kin_more_{number})"
    return (
        *_seen(number),
        _more(number),
        *(order.steps(number) if ordered else ()),
        Sql(
            f"kin_new_{number}",
            f"""
            select root, host, floordiv(place, {STEP}) as t, place % {STEP} as b
            from (
                select m.root, min(m.host) as host, min(m.place) as place
                from {found} m
                anti join {before} g on g.root = m.root
                anti join kin_tag z on z.root = m.root
                group by m.root
                having min(m.host) = max(m.host)
            ) x
            """,
            keep=True,
        ),
        Sql(f"kin_at_{number}", f"select * from {before} union all select * from kin_new_{number}", keep=True),
    )


def _joins(last: int) -> tuple[Sql, ...]:
    """What came to services, and which of their own payments go from one part of what is known to another."""
    known = f"kin_at_{last}"
    return (
        Sql(
            "kin_tie",
            f"""
            select t, host, min(a) as a, min(b) as b
            from (
                select p.t, g.host, p.a, o.a as b, o.home
                from kin_payer p
                join {known} g on g.root = p.root
                join kin_fit_home o on o.t = p.t
                join {known} k on k.root = o.home and k.host = g.host
                where k.root <> g.root
            ) x
            group by t, host
            having min(home) = max(home)
            """,
        ),
        Sql(
            "clu_kin",
            f"""
            select t * {STEP} + root as r, t, root as a, b from {known} where t is not null
            union all
            select t * {STEP} + b, t, a, b
            from kin_tie
            anti join (select t, root from {known} where t is not null) k on k.t = kin_tie.t and k.root = kin_tie.b
            """,
            keep=True,
        ),
    )


def run(engine: Engine) -> None:
    """Make `clu_kin` and `clu_kin_paid` from the ledger, `clu_in`, `clu_reason`, `clu_tag`, `clu_firm_roots`, and
    `clu_change`."""
    for step in _SEEDS:
        engine.run(step)
    if not engine.rows("select count(*) as n from kin_named").column("n")[0].as_py():
        engine.put("clu_kin", _KIN)
        engine.put("clu_kin_paid", _KIN.select(["t"]))
        return
    for step in _START:
        engine.run(step)
    ordered = order.begun(engine)
    engine.drop("kin_once", "kin_returned", "kin_fit", "kin_other", "kin_sure")
    last = 0
    while last < _ROUNDS and engine.rows(f"select count(*) as n from kin_new_{last}").column("n")[0].as_py():
        last += 1
        for step in _round(last, ordered):
            engine.run(step)
        engine.drop(
            *(f"kin_{name}_{last}" for name in ("back", "own", "more")), f"kin_new_{last - 1}", f"kin_at_{last - 1}"
        )
        engine.drop(*order.tables(last) if ordered else ())
    for step in _joins(last):
        engine.run(step)
    engine.run(
        Sql(
            "clu_kin_paid",
            f"select distinct h.t from kin_hand h join kin_at_{last} k on k.root = h.root",
            keep=True,
        )
    )
    engine.drop(
        "kin_payer",
        "kin_may",
        "kin_rest",
        "kin_out_to",
        "kin_doubted",
        "kin_hand",
        "kin_fit_home",
        "ord_coin",
        "ord_open",
        f"kin_at_{last}",
        f"kin_new_{last}",
    )
