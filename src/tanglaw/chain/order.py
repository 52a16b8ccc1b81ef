"""Services that spend their coins in the order of arrival, and which coins of strangers stand in that order.

Many wallets take the oldest coins first (Erhardt 2016 compares ways to choose coins). Whether a service does is read from its own
coins: of each that came later than another, was it spent later, too? Where that holds for nearly all of them, and later
coins lay ready when earlier ones were spent, a hand all of whose coins were spent just when the service came to
them is the service's, where the shapes of its payments allow it (`kin`); and one that broke the order is not. Times are those of
blocks: within one block nothing has an order. A service without this habit is judged by shapes alone.

Makes `ord_host` (host: a service with the habit) and `ord_coin` (root, arr, sp: the coins of hands, when they came and were spent,
microseconds), and in each round `ord_point_N` and `ord_fits_N` (root, host, out: coins spent when the service was not at
them, near: coins spent just in order while the service had others).
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

# Blocks with coins of the service from which a habit is read, the share of them that may break it (a list names one of 200
# addresses wrongly, and each can put five others out of order), and how many neighbours a coin is held against.
_LEAST, _SHARE, _NEAR = 20, 20, 5
_LINE = "partition by host order by k nulls first"


def _points(name: str, known: str) -> tuple[Sql, ...]:
    """A service's coins by the block in which they came: the k-th, when the first and the last of that block were spent."""
    return (
        Sql(
            f"ord_block_{name}",
            f"""
            select g.host, c.arr, min(c.sp) as lo, max(c.sp) as hi,
                row_number() over (partition by g.host order by c.arr nulls first) as k
            from {known} g
            join ord_coin c on c.root = g.root
            group by g.host, c.arr
            """,
        ),
        Sql(
            f"ord_near_{name}",
            f"""
            select host, arr, lo, hi, k, lead(arr) over ({_LINE}) as next_arr,
                max(hi) over ({_LINE} rows between {_NEAR} preceding and 1 preceding) as hi_before,
                min(lo) over ({_LINE} rows between {_NEAR} preceding and 1 preceding) as lo_before,
                max(hi) over ({_LINE} rows between 1 following and {_NEAR} following) as hi_after
            from ord_block_{name}
            """,
            keep=True,
        ),
    )


_COINS = Sql(
    "ord_coin",
    """
    select h.root, micros(x.at) as arr, micros(y.at) as sp
    from led_out o
    left join clu_firm_roots u on u.node = o.a
    join (
        select root from kin_hand union select root from kin_doubted union select home from kin_fit_home
        union select root from kin_at_0
    ) h on h.root = coalesce(u.root, o.a)
    join led_tx x on x.t = o.t
    join led_tx y on y.t = o.spent_t
    """,
    keep=True,
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


def begun(engine: Engine) -> bool:
    """Make `ord_coin` and `ord_host` from what `kin` begins with; whether any service has the habit."""
    engine.run(_COINS)
    for step in (*_points("0", "kin_at_0"), _HOSTS):
        engine.run(step)
    engine.drop("ord_near_0")
    return bool(engine.rows("select count(*) as n from ord_host").column("n")[0].as_py())


def judged(number: int) -> tuple[Sql, ...]:
    """How the hands of `ord_asked_N` (root, host) stand in the order of what was known of the service before."""
    known = f"(select g.root, g.host from kin_at_{number - 1} g join ord_host h on h.host = g.host)"
    return (
        *_points(str(number), known),
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
            from ord_near_{number}
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
