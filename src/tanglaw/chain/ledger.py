"""The ledger as whole numbers: one row per transaction, output, input and address, on the best chain only.

Makes `led_tx` (t, network, txid, height, position, at, coinbase, version, lock_time, inputs, outputs, block_hash,
source_id, locator), `led_addr` (a, network, address, place), `led_out` (t, n, value, kind, a, spent_t, spent_n) and `led_in`
(t, n, prev_t, prev_n, value, kind, a, sequence, told_by). Numbers begin at 1. Within a network `t` follows height and place in
the block, and `a` the place at which an address is first seen (`place`), so what comes behind changes no number, and equal
input gives equal order. Both may have gaps. `a`, `prev_t`, `spent_t` are empty where nothing tells them; values are
smallest units.

What is left out: blocks that do not hold and stale ones (`chain.best`), further sightings of a block, output or input,
and of two transactions with one id all but one: of coinbases the later, which made the earlier unspendable (BIP 30, twice in
2010), of others the one in the tree with most work.

Where an earlier run's ledger is given (`chain.kept`), it is extended: blocks that stand as they stood keep their rows, others
lose theirs, and only blocks that came or changed are read (`chain.since`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tanglaw.chain import since
from tanglaw.chain.since import LEDGER, PLACES, STRETCH, Was
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql


def _sights(name: str, table: str, places: str) -> Sql:
    """Files that tell of each block, and whether rows have to be looked at one by one because there are several files
    or a place is not told."""
    return Sql(
        name,
        f"""
        select network, block_hash, max(places) as places, count(*) > 1 or sum(stated) < sum(n) as many
        from (
            select network, block_hash, source_id, {places} as places, count(position) as stated, count(*) as n
            from {table}
            group by network, block_hash, source_id
        ) x
        group by network, block_hash
        """,
        keep=True,
    )


_BLOCKS = (
    _sights("led_sight_tx", "now_transactions", "greatest(max(position) + 1, count(*))"),
    _sights("led_sight_out", "now_outputs", "0"),
    _sights("led_sight_in", "now_inputs", "0"),
    Sql(
        "led_seen_now",
        """
        select b.network, b.block_hash, b.previous_hash, b.height, b."at", b.work, t.places,
            coalesce(t.many, false) as many_tx, coalesce(o.many, false) as many_out, coalesce(i.many, false) as many_in
        from (
            select network, block_hash, max(previous_hash) as previous_hash, max(height) as height, max("at") as "at",
                max(work) as work
            from now_blocks
            where coalesce(merkle_valid, true) and coalesce(work_valid, true)
            group by network, block_hash
        ) b
        left join led_sight_tx t on t.network = b.network and t.block_hash = b.block_hash
        left join led_sight_out o on o.network = b.network and o.block_hash = b.block_hash
        left join led_sight_in i on i.network = b.network and i.block_hash = b.block_hash
        """,
        keep=True,
    ),
    # Every block that a file names, also those that do not hold or whose rows come later.
    Sql(
        "led_named_now",
        " union ".join(
            f"select network, block_hash from {name}"
            for name in ("now_blocks", "led_sight_tx", "led_sight_out", "led_sight_in")
        ),
        keep=True,
    ),
)

_TX = "c.network, c.txid, c.at, c.coinbase, c.version, c.lock_time, c.inputs, c.outputs, c.block_hash, c.source_id, c.locator"


def _at_block(table: str, alias: str) -> str:
    return f"{table} {alias} join led_block b on b.network = {alias}.network and b.block_hash = {alias}.block_hash"


_TRANSACTIONS = (
    Sql(
        # One row per transaction of a block that several files hold, or that do not tell the place.
        "led_tx_one",
        f"""
        select x.*, row_number() over (
            partition by network, block_hash order by told nulls last, txid nulls last
        ) - 1 as place
        from (
            select {_TX}, b.height, b.first_t, b.tree, b.block_at,
                min(c.position) over (partition by c.network, c.block_hash, c.txid) as told,
                row_number() over (
                    partition by c.network, c.block_hash, c.txid
                    order by c.position nulls last, c.source_id nulls last, c.locator nulls last
                ) as sight
            from {_at_block("now_transactions", "c")}
            where b.many_tx
        ) x
        where sight = 1
        """,
    ),
    Sql(
        "led_tx_all",
        f"""
        select b.first_t + c.position as t, {_TX}, c.position, b.height, b.tree, b.block_at
        from {_at_block("now_transactions", "c")}
        where not b.many_tx
        union all
        select first_t + place as t, network, txid, "at", coinbase, version, lock_time, inputs, outputs, block_hash,
            source_id, locator, coalesce(told, place) as position, height, tree, block_at
        from led_tx_one
        """,
        keep=True,
    ),
    Sql(
        "led_twice_now",
        "select network, txid from led_tx_all group by network, txid having count(*) > 1",
        keep=True,
    ),
    Sql(
        "led_gone",
        """
        select t
        from (
            select x.t, row_number() over (
                partition by x.network, x.txid
                order by case when x.coinbase then -x.t end nulls last, x.tree nulls last, x.t nulls last
            ) as rank_
            from led_tx_all x
            join led_twice_now w on w.network = x.network and w.txid = x.txid
        ) y
        where rank_ > 1
        """,
        keep=True,
    ),
    Sql(
        "led_tx_now",
        """
        select x.t, x.network, x.txid, x.height, x.position, coalesce(x."at", x.block_at) as "at", x.coinbase, x.version,
            x.lock_time, x.inputs, x.outputs, x.block_hash, x.source_id, x.locator
        from led_tx_all x
        anti join led_gone g on g.t = x.t
        """,
        keep=True,
    ),
    Sql("led_tx", "select * from was_tx union all select * from led_tx_now"),
)


def _sides(name: str, table: str, many: str, columns: str, best_row: str) -> tuple[Sql, Sql]:
    """Rows of outputs or inputs with the number of their transaction: at once where one file tells of the block, by the
    transaction's id and one row each where several do."""
    picked = ", ".join(f"c.{column}" for column in columns.split())
    plain = ", ".join(columns.split())
    return (
        Sql(
            f"{name}_one",
            f"""
            select *
            from (
                select x.t, {picked}, row_number() over (
                    partition by x.t, c.n order by {best_row}, c.source_id nulls last
                ) as sight
                from {_at_block(table, "c")}
                join led_tx_all x on x.network = c.network and x.txid = c.txid and x.block_hash = c.block_hash
                where b.{many} or b.many_tx
            ) y
            where sight = 1
            """,
        ),
        Sql(
            f"{name}_all",
            f"""
            select x.*
            from (
                select b.first_t + c.position as t, {picked}
                from {_at_block(table, "c")}
                where not b.{many} and not b.many_tx
                union all
                select t, {plain} from {name}_one
            ) x
            anti join led_gone g on g.t = x.t
            """,
            keep=True,
        ),
    )


_SIDES = (
    *_sides(
        "led_paid",
        "now_outputs",
        "many_out",
        "n network value kind address",
        "c.address nulls last, c.value nulls last, c.kind nulls last",
    ),
    *_sides(
        "led_spent",
        "now_inputs",
        "many_in",
        "n network previous_txid previous_n value kind address sequence told_by",
        # What undo data tell is proved by their checksum.
        "case when c.told_by = 'undo' then 1 when c.told_by = 'export' then 2 when c.told_by = 'key' then 3 end nulls last, "
        "c.address nulls last, c.value nulls last, c.kind nulls last",
    ),
)


def _same(alias: str) -> str:
    """What stands for an address of one network where addresses are compared: of fixed width, so that joins over more
    addresses than texts would fit in memory stay there."""
    return f"digest({alias}.network || ' ' || {alias}.address)"


# What rows tell, each with its place.
_SIGHTS = f"""
    select x.network, x.address, x.t * {2 * PLACES} + x.n as place from led_spent_all x
    union all
    select x.network, x.address, x.t * {2 * PLACES} + {PLACES} + x.n from led_paid_all x
"""
ADDRESSES = (
    Sql(
        "led_sighted",
        f"""
        select s.place, floordiv(s.place, {STRETCH}) as stretch
        from (
            select y.same, min(y.place) as place
            from (select {_same("x")} as same, x.place from ({_SIGHTS}) x where x.address is not null) y
            group by y.same
        ) s
        anti join (select {_same("x")} as same from was_addr x) w on w.same = s.same
        """,
        keep=True,
    ),
    # Numbered stretch by stretch: one count over a whole ledger is held in memory at once, and on one machine of many.
    Sql(
        "led_stretch",
        """
        select x.stretch, m.most + sum(x.n) over (order by x.stretch nulls last) - x.n as before
        from (select stretch, count(*) as n from led_sighted group by stretch) x
        cross join (select coalesce(max(a), 0) as most from all_addr) m
        """,
        keep=True,
    ),
    Sql(
        "led_number",
        """
        select row_number() over (partition by s.stretch order by s.place nulls last) + b.before as a, s.place
        from led_sighted s
        join led_stretch b on b.stretch = s.stretch
        """,
        keep=True,
    ),
    # The text is that of the row which was first.
    Sql(
        "led_addr_now",
        f"select s.a, x.network, x.address, s.place from led_number s join ({_SIGHTS}) x on x.place = s.place",
        keep=True,
    ),
    Sql("led_addr", "select * from was_addr union all select * from led_addr_now"),
)
TIED = tuple(
    Sql(
        f"led_{side}_tied",
        f"""
        select x.*, a.a
        from led_{side}_all x
        left join (select a.a, {_same("a")} as same from led_addr a) a on a.same = {_same("x")}
        """,
    )
    for side in ("paid", "spent")
)
_ENDS = (
    Sql(
        "led_paid_now",
        """
        select t, n, value, kind, a, cast(null as bigint) as spent_t, cast(null as bigint) as spent_n
        from led_paid_tied
        """,
    ),
    Sql(
        "led_spent_now",
        """
        select i.t, i.n, i.network, i.previous_txid, p.t as prev_t, i.previous_n as prev_n, i.value, i.kind, i.a, i.sequence,
            i.told_by
        from led_spent_tied i
        left join led_tx p on p.network = i.network and p.txid = i.previous_txid
        """,
        keep=True,
    ),
    Sql(
        # Of two transactions that spend one output, as pieces of rival branches may, the first stands.
        "led_spender",
        f"""
        select prev_t as t, prev_n as n, min(t * {PLACES} + n) as place
        from led_spent_now
        where prev_t is not null
        group by prev_t, prev_n
        """,
    ),
    Sql(
        "led_out",
        f"""
        select o.t, o.n, o.value, o.kind, o.a, coalesce(o.spent_t, floordiv(s.place, {PLACES})) as spent_t,
            coalesce(o.spent_n, s.place % {PLACES}) as spent_n
        from (select * from was_out union all select * from led_paid_now) o
        left join led_spender s on s.t = o.t and s.n = o.n
        """,
        keep=True,
    ),
    Sql(
        "led_in_now",
        """
        select i.t, i.n, i.prev_t, i.prev_n, coalesce(o.value, i.value) as value, coalesce(o.kind, i.kind) as kind,
            coalesce(o.a, i.a) as a, i.sequence, i.told_by
        from led_spent_now i
        left join led_out o on o.t = i.prev_t and o.n = i.prev_n
        """,
        keep=True,
    ),
    Sql("led_in", "select * from was_in union all select * from led_in_now"),
    # What later blocks could still explain, and ids of which there are two.
    Sql(
        "led_open",
        """
        select t, network, previous_txid from was_open
        union all
        select t, network, previous_txid from led_spent_now where prev_t is null and previous_txid is not null
        """,
        keep=True,
    ),
    Sql("led_twice", "select network, txid from was_twice union select network, txid from led_twice_now"),
)
_USED_UP = ("led_tx_all", "led_paid_all", "led_spent_all", "led_spent_now")


# Large tables, each read once to be written down, and the steps that need not be held before.
_LAID = ("led_addr", "led_out", "led_in")
_PASSING = ("led_addr_now", "led_out", "led_in_now")


def run(engine: Engine, was: Was | None = None, folder: Path | None = None) -> bool:
    """Make the tables of the module's docstring, from the start or by extending `was`. True if `was` could be extended.

    Addresses, outputs and inputs are written down in `folder` as soon as they are made and read from there, if it is given.
    """
    since.begin(engine, was)
    for step in _BLOCKS:
        engine.run(step)
    fresh, gone = since.blocks(engine, was, _BLOCKS)
    engine.put("led_block", fresh)
    since.less(engine, gone)
    for step in _TRANSACTIONS:
        engine.run(step)
    if was is not None and since.entangled(engine):
        return run(engine, None, folder)
    passing = () if folder is None else _PASSING[:2] if was else _PASSING
    for step in (*_SIDES, *ADDRESSES, *TIED, *_ENDS):
        engine.run(replace(step, keep=step.keep and step.name not in passing))
        if folder is not None and step.name in _LAID:
            schema = LEDGER[step.name.removeprefix("led_")]
            engine.attach(step.name, engine.write(step.name, schema, (), folder / step.name), schema)
        if step.name == "led_addr":
            engine.drop("led_sighted", "led_number")
    engine.drop(*_USED_UP)
    return was is not None
