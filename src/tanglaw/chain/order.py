"""Services that spend their coins in the order of arrival, and which other coins stand in that order.

Many wallets take the oldest coins first (Erhardt 2016 compares ways to choose coins). Whether a service does is read from its own
coins: where later ones lay ready when a coin was spent, was it the first? If nearly always, the order tells more:

* a hand that paid the service what may have come back is the service's, if all its coins were spent just when the service
  came to them, one of them while the service had two that came before it, and two that came after;
* of the service's own payment, none of whose outputs is known to be its, the only one that was spent in that way is its rest;
* a hand one of whose coins was spent before or after all its neighbours is not the service's, whatever the shapes say (`kin`).

Times are those of blocks: within one block nothing has an order. A service without the habit is judged by shapes alone.

Makes `ord_host` (host: a service with the habit), `ord_coin` (root, arr, sp: spent coins of hands, when they came and were
spent, microseconds), and for each round `ord_point_N` (the service's coins in order), `ord_fits_N` (root, host, and of the
hand's coins how many are out: out of order against all neighbours, off: against any coin, near: spent in turn while others
waited) and `ord_more_N`.
"""

from __future__ import annotations

from tanglaw.chain.touched import STEP
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

# Blocks with coins of the service from which a habit is read, the share of them that may break it (a list names one of 200
# addresses wrongly, and each can put five others out of order), and how many neighbours a coin is held against.
_LEAST, _SHARE, _NEAR = 20, 20, 5
_LINE = "partition by host order by k nulls first"


def _coins(name: str, roots: str) -> Sql:
    return Sql(
        name,
        f"""
        select h.root, micros(x.at) as arr, micros(y.at) as sp
        from led_out o
        left join clu_firm_roots u on u.node = o.a
        join ({roots}) h on h.root = coalesce(u.root, o.a)
        join led_tx x on x.t = o.t
        join led_tx y on y.t = o.spent_t
        """,
        keep=True,
    )


def _points(number: int, coins: str) -> tuple[Sql, ...]:
    """A service's coins by the block in which they came: the k-th, when the first and the last of that block were spent."""
    near = f"rows between {_NEAR} preceding and 1 preceding"
    return (
        Sql(
            f"ord_block_{number}",
            f"""
            select g.host, c.arr, min(c.sp) as lo, max(c.sp) as hi,
                row_number() over (partition by g.host order by c.arr nulls first) as k
            from kin_at_{max(0, number - 1)} g
            join {coins} c on c.root = g.root
            group by g.host, c.arr
            """,
        ),
        Sql(
            f"ord_near_{number}",
            f"""
            select host, arr, lo, hi, k, lead(arr) over ({_LINE}) as next_arr,
                max(hi) over ({_LINE} {near}) as hi_before,
                min(lo) over ({_LINE} {near}) as lo_before,
                max(hi) over ({_LINE} rows between 1 following and {_NEAR} following) as hi_after
            from ord_block_{number}
            """,
            keep=True,
        ),
    )


_HOSTS = Sql(
    "ord_host",
    f"""
    select host
    from ord_near_0
    where next_arr < lo
    group by host
    having count(*) >= {_LEAST} and sum(case when lo < hi_before then {_SHARE} else 0 end) <= count(*)
    """,
    keep=True,
)
_BEGIN = (
    _coins(
        "ord_coin",
        """
        select root from kin_hand union select root from kin_doubted union select home from kin_fit_home
        union select root from kin_at_0
        """,
    ),
    # Outputs that may have come back; a rest is hardly ever a whole amount.
    Sql(
        "ord_open",
        """
        select c.t, c.a, coalesce(u.root, c.a) as home
        from kin_open c
        left join clu_firm_roots u on u.node = c.a
        anti join kin_returned z on z.t = c.t
        where c.passed > 1 and c.whole = 0
        """,
        keep=True,
    ),
)


def begun(engine: Engine) -> bool:
    """Make `ord_host`, and `ord_coin` if any service has the habit, from what `kin` begins with; whether any has."""
    for step in (_coins("ord_coin_0", "select root from kin_at_0"), *_points(0, "ord_coin_0"), _HOSTS):
        engine.run(step)
    engine.drop("ord_coin_0", "ord_near_0")
    if not engine.rows("select count(*) as n from ord_host").column("n")[0].as_py():
        return False
    for step in _BEGIN:
        engine.run(step)
    return True


def _asked(number: int) -> tuple[Sql, ...]:
    """Which hands would be a service's if they stand in its order: what single payments cannot tell."""
    before = f"kin_at_{number - 1}"
    return (
        # Hands that paid the service what may have come back.
        Sql(
            f"ord_back_{number}",
            f"""
            select h.root, min(k.host) as host, min(k.t * {STEP} + k.b) as place
            from kin_hand h
            join (
                select m.t, max(g.host) as host, max(m.a) as b
                from ord_open m
                join {before} g on g.root = m.home
                join ord_host o on o.host = g.host
                group by m.t
                having count(*) = 1
            ) k on k.t = h.t
            anti join {before} g on g.root = h.root
            group by h.root
            having min(k.host) = max(k.host)
            """,
            keep=True,
        ),
        # Outputs of the service's own payments that may be its rest. One that lies unspent is not, where the service has spent
        # what came later; `near` asks for that.
        Sql(
            f"ord_rest_{number}",
            f"""
            select e.t, e.home as root, w.host, e.t * {STEP} + w.a as place
            from kin_own_{number} w
            join ord_host h on h.host = w.host
            join kin_fit_home e on e.t = w.t and e.spent_t is not null
            left join (
                select distinct o.t, g.host from kin_out_to o join {before} g on g.root = o.root
            ) b on b.t = w.t and b.host = w.host
            where w.known = w.hands and b.t is null
            """,
            keep=True,
        ),
        Sql(
            f"ord_asked_{number}",
            f"""
            select root, host from kin_more_{number}
            union select root, host from ord_back_{number}
            union select root, host from ord_rest_{number}
            """,
            keep=True,
        ),
    )


def _judged(number: int) -> tuple[Sql, ...]:
    """How the hands of `ord_asked_N` (root, host) stand in the order of what was known of the service before."""
    return (
        *_points(number, "ord_coin"),
        # One coin out of the order of all its neighbours is nobody's measure.
        Sql(
            f"ord_point_{number}",
            f"""
            select host, arr, lo, hi, row_number() over ({_LINE}) as k,
                max(hi) over ({_LINE} rows between unbounded preceding and current row) as most,
                min(lo) over ({_LINE} rows between current row and unbounded following) as least,
                min(lo) over ({_LINE} rows between {_NEAR - 1} preceding and current row) as lo_near,
                max(hi) over ({_LINE} rows between current row and {_NEAR - 1} following) as hi_near,
                lag(hi) over ({_LINE}) as hi_last,
                lead(arr) over ({_LINE}) as arr_next
            from (select p.* from ord_near_{number} p join ord_host g on g.host = p.host) y
            where coalesce(hi <= hi_after, true) and coalesce(lo >= lo_before, true)
            """,
            keep=True,
        ),
        Sql(
            f"ord_place_{number}",
            f"""
            select root, host, arr, sp, before, till, kind
            from (
                select host, root, arr, sp, kind,
                    sum(kind) over (partition by host order by arr nulls first, kind nulls first
                        rows between unbounded preceding and current row) as before,
                    sum(kind) over (partition by host order by arr nulls first
                        range between unbounded preceding and current row) as till
                from (
                    select a.host, a.root, c.arr, c.sp, 0 as kind
                    from (select distinct root, host from ord_asked_{number}) a
                    join ord_host h on h.host = a.host
                    join ord_coin c on c.root = a.root
                    union all
                    select host, cast(null as bigint), arr, hi, 1 from ord_point_{number}
                ) x
            ) y
            where kind = 0
            """,
        ),
        Sql(
            f"ord_fits_{number}",
            f"""
            select c.root, c.host, count(*) as coins,
                sum(case when c.sp < b.lo_near or c.sp > f.hi_near then 1 else 0 end) as out,
                sum(case when c.sp < b.most or c.sp > f.least then 1 else 0 end) as off,
                sum(case when b.hi > c.arr and b.hi_last > c.arr and f.arr_next < c.sp and f.least - b.most <= c.sp - c.arr
                    then 1 else 0 end) as near
            from ord_place_{number} c
            left join ord_point_{number} b on b.host = c.host and b.k = c.before
            left join ord_point_{number} f on f.host = c.host and f.k = c.till + 1
            group by c.root, c.host
            """,
            keep=True,
        ),
    )


def steps(number: int) -> tuple[Sql, ...]:
    """What comes to each service in this round of `kin`: `ord_more_N` (root, host, place), where services have the habit."""
    return (
        *_asked(number),
        *_judged(number),
        Sql(
            f"ord_more_{number}",
            f"""
            select m.root, m.host, m.t * {STEP} + m.b as place
            from kin_more_{number} m
            left join ord_fits_{number} f on f.root = m.root and f.host = m.host
            where coalesce(f.off, 0) = 0
            union all
            select m.root, m.host, m.place
            from ord_back_{number} m
            join ord_fits_{number} f on f.root = m.root and f.host = m.host
            where f.off = 0 and f.near > 0
            union all
            select min(m.root), m.host, min(m.place)
            from ord_rest_{number} m
            join ord_fits_{number} f on f.root = m.root and f.host = m.host
            where f.off = 0 and f.near > 0
            group by m.t, m.host
            having count(*) = 1
            """,
        ),
    )


def tables(number: int) -> tuple[str, ...]:
    """The tables of a round, which the next needs no more."""
    return tuple(f"ord_{name}_{number}" for name in ("back", "rest", "asked", "near", "point", "fits"))
