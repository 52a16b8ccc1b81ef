"""Traces over coins with outputs, from `trace_seeds` and the ledger as whole numbers: `coin_nodes` and `coin_ends`.

Forward (where it went) and backward (where it came from) together, hop by hop. Each coin that the seed received
counts wholly as the seed's; what comes back to the seed is left out, so that the ends add up to what left it for good, with fees.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pyarrow as pa

from tanglaw.chain.cross import AHEAD, CROSS, judged
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.policy_parts import Tracing

DAY = 86_400_000_000
# A coin of these ledgers is so many smallest units.
UNITS = 100_000_000
_ASSETS = {
    "btc": "BTC",
    "btc-test": "BTC-TEST",
    "btc-regtest": "BTC-REGTEST",
    "ltc": "LTC",
    "doge": "DOGE",
    "bch": "BCH",
}
# SQL for the name of a ledger's coin, of the ledger.
ASSET = "case {0} " + " ".join(f"when '{name}' then '{asset}'" for name, asset in _ASSETS.items()) + " else {0} end"


def amount_of(units: str) -> str:
    """SQL for smallest units as an exact amount of coins."""
    return f"cast({units} as decimal(38, 18)) * {1 / UNITS:.8f}"


def in_coins(units: int) -> Decimal:
    """Smallest units as an exact amount of coins."""
    return Decimal(units) / UNITS


def asset_of(network: str) -> str:
    """The name of a ledger's coin."""
    return _ASSETS.get(network, network)


_START = (
    Sql(
        "trace_stop_addresses",
        "select a.a, s.kind, s.level from trace_stops s join led_addr a on a.network = s.network and a.address = s.address",
        keep=True,
    ),
    Sql(
        "trace_hands",
        """
        select a.a, h.a as hand
        from chain_clusters c
        join led_addr a on a.network = c.network and a.address = c.address
        join led_addr h on h.network = c.network and h.address = c.cluster_id
        """,
        keep=True,
    ),
    # A hand that pays so often is a business, whether a list names it or not. Inputs are counted first, which is cheap.
    Sql(
        "trace_payers",
        """
        select coalesce(h.hand, i.a) as hand
        from (select a, count(*) as n from led_in where a is not null group by a) i
        left join trace_hands h on h.a = i.a
        cross join trace_limits l
        group by coalesce(h.hand, i.a), l.pays_max
        having sum(i.n) > l.pays_max
        """,
        keep=True,
    ),
    Sql(
        "trace_paying",
        """
        select r.hand as a, r.hand from trace_payers r
        union
        select h.a, h.hand from trace_hands h join trace_payers r on r.hand = h.hand
        """,
        keep=True,
    ),
    Sql(
        "trace_busy",
        """
        select p.a
        from trace_paying p
        join (
            select m.hand
            from led_in i
            join trace_paying m on m.a = i.a
            cross join trace_limits l
            group by m.hand, l.pays_max
            having count(distinct i.t) > l.pays_max
        ) b on b.hand = p.hand
        """,
        keep=True,
    ),
    Sql("trace_uses", "select a, count(*) as uses from led_out where a is not null group by a", keep=True),
    Sql(
        "trace_hubs",
        """
        select u.a from trace_uses u
        cross join trace_limits l
        where u.uses > l.uses_max
        union
        select b.a from trace_busy b
        """,
        keep=True,
    ),
    Sql(
        "trace_mixed",
        """
        select l.t from led_tx l
        join (select distinct network, txid from chain_refused where starts_with(reason, 'coinjoin')) c
            on c.network = l.network and c.txid = l.txid
        """,
        keep=True,
    ),
    Sql(
        "trace_seed_addresses",
        """
        select s.network, s.address, s.report_id, s.since, s.until, s.least, a.a, e.kind, e.level, h.a is not null as hub
        from trace_seeds s
        join led_addr a on a.network = s.network and a.address = s.address
        left join trace_stop_addresses e on e.a = a.a
        left join trace_hubs h on h.a = a.a
        """,
        keep=True,
    ),
    # The address of a service that many use is no seed; one that stands in a service's cluster alone is a customer's.
    Sql(
        "coin_refused",
        "select network, address, report_id from trace_seed_addresses"
        " where kind is not null and (level = 'address' or hub)",
        keep=True,
    ),
    Sql(
        "coin_runs",
        """
        select row_number() over (order by network nulls first, address nulls first, forward nulls first) as r, x.*
        from (
            select network, address, report_id, since, until, least, a, forward
            from trace_seed_addresses
            cross join (select true as forward union all select false) d
            where kind is null or (level = 'cluster' and not hub)
        ) x
        """,
        keep=True,
    ),
    Sql(
        "trace_starts",
        """
        select r.r, r.forward, o.t as via, o.n as k, o.t, o.n, o.a, o.value, o.value as haircut, o.value as fifo,
            cast(null as bigint) as p_via, cast(null as bigint) as p_k, micros(l.at) as at_micros,
            case when r.forward then o.spent_t else o.t end as x, case when r.forward then o.spent_n else o.n end as xn,
            0 as hands_before, 0 as hands
        from led_out o
        join coin_runs r on r.a = o.a
        join led_tx l on l.t = o.t
        where o.value > 0 and coalesce(l.at >= r.since, true) and coalesce(l.at <= r.until, true)
        """,
        keep=True,
    ),
    Sql("trace_found", "select * from trace_starts"),
    Sql("trace_pieces", "select r, via, k, 0 as lo, value as hi from trace_starts"),
    # Time stamps of blocks may run backward a little, so that coins seem to leave before they came: both sides have a margin.
    Sql(
        "trace_bounds",
        f"""
        select r.r, r.a, l.fan_out_max, l.fan_in_max, l.named_hands_max + case when r.forward then 0 else 1 end as hands_max,
            coalesce(CAST(ceil(r.least * {UNITS}) AS BIGINT), CAST(ceil(s.whole * l.least_share) AS BIGINT)) as least,
            coalesce(micros(r.since), s.first_at - l.days * {DAY}) as since_micros,
            coalesce(micros(r.until), s.last_at + l.days * {DAY}) as until_micros
        from coin_runs r
        join (
            select r, sum(value) as whole, min(at_micros) as first_at, max(at_micros) as last_at from trace_starts
            group by r
        ) s on s.r = r.r
        cross join trace_limits l
        """,
        keep=True,
    ),
)


def run(engine: Engine, limits: Tracing) -> int:
    """Make `coin_runs`, `coin_refused` and `coin_nodes`: r, forward, hop, via, k (the node: a transaction and a number in
    it), t, n, a (the coin), value, haircut, fifo, p_via, p_k (the node before), at_micros, end_kind (empty: it goes on).

    `trace_seeds`, `trace_stops`, `chain_refused` and the `led_` tables must be there. Returns how many hops there were.
    """
    engine.put("trace_limits", pa.Table.from_pylist([msgspec.structs.asdict(limits)]))
    for step in _START:
        engine.run(step)
    hops = []
    for hop in range(limits.depth + 1):
        engine.run(AHEAD)
        engine.run(judged(hop, limits))
        hops.append(f"select * from trace_hop_{hop}")
        here = f"from trace_hop_{hop} where end_kind is null"
        if not engine.rows(f"select count(*) as n {here}").column("n")[0].as_py():
            break
        engine.run(Sql("trace_here", f"select * {here}"))
        for step in CROSS:
            engine.run(step)
    engine.run(Sql("coin_nodes", " union all ".join(hops)))
    return len(hops) - 1
