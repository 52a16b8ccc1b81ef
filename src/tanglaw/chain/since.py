"""What of an earlier run's ledger stands, and which blocks are read: those that came, changed, or stand behind one that did.

Within a network the ledger has an order. Up to the first block that is new, changed or told of by a new file, every row keeps
its number; blocks behind that lose theirs and are read again with new, higher numbers. A delivery of the newest blocks thus
drops nothing, a reorganisation the stale end, and an old block that comes late all that stands behind it.

Earlier tables are `all_<name>` as they were and `was_<name>` without what is dropped; `led_dropped` (t) are the transactions
dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from tanglaw.chain import best
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.tables import TABLES
from tanglaw.tables.base import BOOL, INT, TEXT, TIME, schema_of

# No transaction has so many outputs or inputs: a place in the ledger is its number times this, and the place within.
PLACES = 2**20
# Addresses are numbered by stretches of some 260,000 transactions.
STRETCH = 2**39
SOURCES = ("blocks", "transactions", "outputs", "inputs")
_NETWORK, _BLOCK, _TXID = ("network", TEXT), ("block_hash", TEXT), ("txid", TEXT)
_FLAGS = tuple((name, BOOL) for name in ("many_tx", "many_out", "many_in"))


def _whole(*names: str) -> tuple[tuple[str, pa.DataType], ...]:
    return tuple((name, INT) for name in names)


# What is kept of a ledger, by the name that it has behind `led_`.
LEDGER = {
    "tx": schema_of(
        ("t", INT),
        _NETWORK,
        _TXID,
        *_whole("height", "position"),
        ("at", TIME),
        ("coinbase", BOOL),
        *_whole("version", "lock_time", "inputs", "outputs"),
        _BLOCK,
        ("source_id", TEXT),
        ("locator", TEXT),
    ),
    "addr": schema_of(("a", INT), _NETWORK, ("address", TEXT), ("place", INT)),
    "out": schema_of(*_whole("t", "n", "value"), ("kind", TEXT), *_whole("a", "spent_t", "spent_n")),
    "in": schema_of(
        *_whole("t", "n", "prev_t", "prev_n", "value"), ("kind", TEXT), *_whole("a", "sequence"), ("told_by", TEXT)
    ),
    "open": schema_of(("t", INT), _NETWORK, ("previous_txid", TEXT)),
    "twice": schema_of(_NETWORK, _TXID),
    "seen": schema_of(
        _NETWORK,
        _BLOCK,
        ("previous_hash", TEXT),
        ("height", INT),
        ("at", TIME),
        ("work", TEXT),
        ("places", INT),
        *_FLAGS,
    ),
    "named": schema_of(_NETWORK, _BLOCK),
    "blocks": best.BLOCKS,
}


@dataclass(frozen=True, slots=True)
class Was:
    """An earlier run's ledger: the folder that holds it, and the files that came since, by table."""

    folder: Path
    fresh: Mapping[str, Sequence[Path]] = field(default_factory=dict)


_ROWS = {
    "tx": "select x.* from all_tx x anti join led_dropped d on d.t = x.t",
    "in": "select x.* from all_in x anti join led_dropped d on d.t = x.t",
    "open": "select x.* from all_open x anti join led_dropped d on d.t = x.t",
    "addr": f"select x.* from all_addr x anti join led_dropped d on d.t = floordiv(x.place, {2 * PLACES})",
    "out": """
        select x.t, x.n, x.value, x.kind, x.a, case when s.t is null then x.spent_t end as spent_t,
            case when s.t is null then x.spent_n end as spent_n
        from all_out x
        left join led_dropped s on s.t = x.spent_t
        anti join led_dropped d on d.t = x.t
        """,
    "twice": "select * from all_twice",
}
_KNOWN = "select count(*) as n from led_named_now n join all_named a on a.network = n.network and a.block_hash = n.block_hash"
_SEEN = "select * from led_seen order by network nulls first, block_hash nulls first"
# Where what comes or goes changes rows that stand, the ledger is made from the start.
_ENTANGLED = (
    # A transaction's id that another block has, or had.
    "select x.t from led_tx_all x join was_tx w on w.network = x.network and w.txid = x.txid",
    "select x.t from all_tx x join led_dropped d on d.t = x.t join all_twice w on w.network = x.network and w.txid = x.txid",
    # A transaction that an earlier one in the order spends.
    "select x.t from led_tx_all x join was_open w on w.network = x.network and w.previous_txid = x.txid",
    "select i.t from was_in i join led_dropped d on d.t = i.prev_t",
)


def begin(engine: Engine, was: Was | None) -> None:
    """Make the earlier tables readable, and as `now_<name>` the rows to be read."""
    for name, schema in LEDGER.items():
        files = sorted((was.folder / f"led_{name}").glob("*.parquet")) if was else []
        engine.attach(f"all_{name}", files, schema)
    for name in SOURCES:
        if was:
            engine.attach(f"now_{name}", was.fresh.get(f"chain_{name}", ()), TABLES[f"chain_{name}"].schema)
    if not was:
        _all_files(engine)


def _all_files(engine: Engine) -> None:
    for name in SOURCES:
        engine.run(Sql(f"now_{name}", f"select * from chain_{name}"))


def blocks(engine: Engine, was: Was | None, sights: Sequence[Sql]) -> tuple[pa.Table, pa.Table]:
    """The counted blocks to be read, as BLOCKS, and those of before that no longer stand.

    Makes `led_seen`, `led_named` and `led_blocks` of all blocks. Where a new file tells of a block that others told of,
    `sights` run again over all files.
    """
    named = _keys(engine.rows("select network, block_hash from led_named_now")) if was else set()
    again = bool(was) and bool(engine.rows(_KNOWN).column("n")[0].as_py())
    if again:
        _all_files(engine)
        for step in sights:
            engine.run(step)
    for name in ("seen", "named"):
        alone = again or not was
        text = (
            f"select * from led_{name}_now"
            if alone
            else f"select * from all_{name} union all select * from led_{name}_now"
        )
        engine.run(Sql(f"led_{name}", text))
    before = engine.rows("select * from all_blocks order by network nulls first, first_t nulls first")
    stands, fresh, gone = compared(before, best.counted(engine.rows(_SEEN)), named)
    engine.put("led_blocks", pa.concat_tables([stands, fresh]))
    if was and not again and not _keys(fresh) <= named:
        _all_files(engine)
    return fresh, gone


def compared(before: pa.Table, now: pa.Table, named: set[tuple[str, str]]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Of blocks as BLOCKS, in the order of each network: those of `before` that stand, those of `now` to be read, numbered
    behind all of `before`, and those of `before` that are dropped. `named` are blocks that new files tell of."""
    old, new = _by_network(before), _by_network(now)
    stands: list[dict[str, Any]] = []
    fresh: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    first = max((row["first_t"] + row["places"] for row in before.to_pylist()), default=1)
    for network in sorted({*old, *new}):
        was, came = old.get(network, []), new.get(network, [])
        count = 0
        for one, other in zip(was, came, strict=False):
            if one | {"first_t": 0} != other | {"first_t": 0} or (network, one["block_hash"]) in named:
                break
            count += 1
        stands += was[:count]
        gone += was[count:]
        for row in came[count:]:
            fresh.append(row | {"first_t": first})
            first += row["places"]
    return tuple(pa.Table.from_pylist(rows, best.BLOCKS) for rows in (stands, fresh, gone))  # type: ignore[return-value]


def less(engine: Engine, gone: pa.Table) -> None:
    """Make `led_dropped`, the transactions of the blocks that are gone, and the earlier tables without them."""
    engine.put("led_cut", gone.select(["first_t", "places"]))
    text = "select x.t from all_tx x join led_cut c on x.t >= c.first_t and x.t < c.first_t + c.places"
    engine.run(Sql("led_dropped", text, keep=True))
    for name, rows in _ROWS.items():
        engine.run(Sql(f"was_{name}", rows if gone.num_rows else f"select * from all_{name}"))


def entangled(engine: Engine) -> bool:
    """Whether what comes or goes changes rows that stand."""
    return any(engine.rows(f"select count(*) as n from ({text}) x").column("n")[0].as_py() for text in _ENTANGLED)


def _keys(rows: pa.Table) -> set[tuple[str, str]]:
    return {(row["network"], row["block_hash"]) for row in rows.select(["network", "block_hash"]).to_pylist()}


def _by_network(blocks: pa.Table) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in blocks.to_pylist():
        found.setdefault(row["network"], []).append(row)
    return found
