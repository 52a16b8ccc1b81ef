"""Which addresses are traced: those that reports, watch lists in force and accounts with a verified fact name.

Makes `trace_seeds`: network, address, report_id (the smallest that names it), since, until, least (empty: the policy
pack decides). Nothing else is traced by a run.
"""

from __future__ import annotations

import pyarrow as pa

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

# Selector type -> ledgers on which its addresses can stand.
NETWORKS: dict[str, tuple[str, ...]] = {
    "btc": ("btc", "btc-test", "btc-regtest"),
    "ltc": ("ltc",),
    "doge": ("doge",),
    "bch": ("bch",),
    "eth": ("eth",),
    "tron": ("trx",),
}

_SEEDS = Sql(
    "trace_seeds",
    """
    select k.network, s.value as address, min(s.report_id) as report_id, from_micros(cast(null as bigint)) as since,
        from_micros(cast(null as bigint)) as until, cast(null as decimal(38, 18)) as least
    from selectors s
    join trace_networks k on k.type = s.type
    left join (select distinct account_id from verified) v on v.account_id = s.account_id
    left join (
        select w.watch_id from watch_entries w cross join run_facts f where w.expires_at is null or w.expires_at > f.as_of
    ) w on w.watch_id = s.record_id and s.table_name = 'watch_entries'
    where s.valid and (s.report_id is not null or w.watch_id is not null or v.account_id is not null)
    group by k.network, s.value
    """,
    keep=True,
)


def run(engine: Engine) -> None:
    """Make `trace_seeds` from `selectors`, `watch_entries` and `verified`."""
    pairs = [(kind, network) for kind, networks in NETWORKS.items() for network in networks]
    engine.put(
        "trace_networks", pa.table({"type": [kind for kind, _ in pairs], "network": [network for _, network in pairs]})
    )
    engine.run(_SEEDS)
