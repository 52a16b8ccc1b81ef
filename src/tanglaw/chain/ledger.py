"""The ledger as whole numbers: one row per transaction, output, input and address, on the best chain only.

Makes `led_tx` (t, network, txid, height, position, at, coinbase, version, lock_time, inputs, outputs, block_hash,
source_id, locator), `led_addr` (a, network, address), `led_out` (t, n, value, kind, a, spent_t, spent_n) and `led_in`
(t, n, prev_t, prev_n, value, kind, a, sequence, told_by). Numbers follow network, height and place, and network and address,
so equal input gives equal numbers. `a`, `prev_t`, `spent_t` are empty where nothing tells them; values are smallest units.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

STEPS = (
    Sql(
        "led_tx",
        """
        select row_number() over (
                order by x.network nulls last, x.height nulls last, x.block_hash nulls last, x.position nulls last
            ) as t,
            x.*
        from (
            select c.network, c.txid, b.height, c.position, c.at, c.coinbase, c.version, c.lock_time, c.inputs, c.outputs,
                c.block_hash, c.source_id, c.locator
            from chain_transactions c
            join chain_blocks b
                on b.network = c.network and b.block_hash = c.block_hash and b.source_id = c.source_id
        ) x
        """,
        keep=True,
    ),
    Sql(
        "led_addr",
        """
        select row_number() over (order by network nulls last, address nulls last) as a, network, address
        from (
            select network, address from chain_outputs where address is not null
            union
            select network, address from chain_inputs where address is not null
        ) x
        """,
        keep=True,
    ),
    Sql(
        "led_paid",
        """
        select l.t, o.n, o.value, o.kind, a.a
        from chain_outputs o
        join led_tx l on l.network = o.network and l.txid = o.txid and l.block_hash = o.block_hash
            and l.source_id = o.source_id
        left join led_addr a on a.network = o.network and a.address = o.address
        """,
        keep=True,
    ),
    Sql(
        "led_in",
        """
        select l.t, i.n, p.t as prev_t, i.previous_n as prev_n, coalesce(i.value, o.value) as value,
            coalesce(i.kind, o.kind) as kind, coalesce(a.a, o.a) as a, i.sequence, i.told_by
        from chain_inputs i
        join led_tx l on l.network = i.network and l.txid = i.txid and l.block_hash = i.block_hash
            and l.source_id = i.source_id
        left join led_addr a on a.network = i.network and a.address = i.address
        left join led_tx p on p.network = i.network and p.txid = i.previous_txid
        left join led_paid o on o.t = p.t and o.n = i.previous_n
        """,
        keep=True,
    ),
    Sql(
        "led_out",
        """
        select o.t, o.n, o.value, o.kind, o.a, i.t as spent_t, i.n as spent_n
        from led_paid o
        left join led_in i on i.prev_t = o.t and i.prev_n = o.n
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make the tables of the module's docstring."""
    for step in STEPS:
        engine.run(step)
