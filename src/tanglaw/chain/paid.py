"""Payments to addresses that reports, watch lists and verified facts name, and the clusters that paid and were paid as accounts.

A payment's payer is the one cluster of its inputs; where they are of several clusters, or an input is not told, there is none.
What a cluster pays itself is no payment. Makes `chain_payments` and `chain_accounts` from `trace_seeds`, `trace_stops` and
the ledger.
"""

from __future__ import annotations

from functools import partial

import pyarrow as pa

from tanglaw.chain.accounts import ONE_CASE
from tanglaw.chain.coins import ASSET, amount_of
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Batches, Sql
from tanglaw.ids import Ids
from tanglaw.reading.accounts import account_id
from tanglaw.tables.base import TEXT, schema_of

_PLATFORM = (
    "case when {0} = 'eth' then 'ethereum' when {0} = 'trx' then 'tron' when starts_with({0}, 'btc') then 'bitcoin'"
    " else {0} end"
)
_PAYMENT_IDS = schema_of(("p", pa.int64()), ("payment_id", TEXT))
_ACCOUNT_IDS = schema_of(("network", TEXT), ("cluster", TEXT), ("account_id", TEXT))

STEPS = (
    Sql(
        "paid_addresses",
        f"""
        select distinct s.network, a.a, coalesce(c.cluster_id, s.address) as cluster, s.address
        from (select network, {ONE_CASE.format("address")} as address from trace_seeds) s
        left join led_addr a on a.network = s.network and a.address = s.address
        left join chain_clusters c on c.network = s.network and c.address = s.address
        """,
        keep=True,
    ),
    Sql(
        "paid_outs",
        """
        select o.t, o.n, o.value, p.network, p.cluster, p.address
        from led_out o
        join paid_addresses p on p.a = o.a
        """,
        keep=True,
    ),
    Sql(
        "paid_ins",
        """
        select i.t, d.network, d.address, coalesce(c.cluster_id, d.address) as cluster
        from led_in i
        join (select distinct t from paid_outs) o on o.t = i.t
        left join led_addr d on d.a = i.a
        left join chain_clusters c on c.network = d.network and c.address = d.address
        """,
        keep=True,
    ),
    Sql(
        "paid_by",
        """
        select t, case when count(*) = count(cluster) and min(cluster) = max(cluster) then min(cluster) end as cluster
        from paid_ins
        group by t
        """,
        keep=True,
    ),
    Sql(
        "paid_all",
        f"""
        select row_number() over (
                order by network nulls first, txid nulls first, place nulls first, payee nulls first, currency nulls first
            ) as p, x.*
        from (
            select o.network, l.txid, cast(o.n as varchar) as place, l.at as paid_at, {amount_of("o.value")} as amount,
                {ASSET.format("o.network")} as currency, b.cluster as payer, o.cluster as payee, true as counted,
                l.source_id, l.locator
            from paid_outs o
            join led_tx l on l.t = o.t
            join paid_by b on b.t = o.t
            where o.value > 0 and (b.cluster is null or b.cluster <> o.cluster)
            union all
            select t.network, t.txid, coalesce(t.n, '') || ' ' || coalesce(t.contract, ''), t.at, t.amount, t.asset,
                {ONE_CASE.format("t.from_address")}, s.cluster, coalesce(t.counted, true), t.source_id, t.locator
            from chain_transfers t
            join paid_addresses s on s.network = t.network and s.address = {ONE_CASE.format("t.to_address")}
            where t.amount > 0 and coalesce(t.from_address <> t.to_address, true)
        ) x
        """,
        keep=True,
    ),
    Sql(
        "paid_parts",
        """
        select distinct network, cluster, address
        from (
            select i.network, i.cluster, i.address from paid_ins i join paid_by b on b.t = i.t and b.cluster = i.cluster
            union all
            select network, cluster, address from paid_outs
            union all
            select network, payer, payer from paid_all where network in ('eth', 'trx')
            union all
            select network, payee, payee from paid_all where network in ('eth', 'trx')
        ) x
        where cluster is not null
        """,
        keep=True,
    ),
    Sql(
        "paid_clusters", f"select distinct network, cluster, {_PLATFORM.format('network')} as platform from paid_parts"
    ),
)

_TABLES = (
    Sql(
        "chain_payments",
        f"""
        select i.payment_id, p.txid as reference, p.paid_at, cast(null as varchar) as paid_at_original,
            cast(null as varchar) as paid_at_assumed, p.amount, p.currency, f.account_id as from_account_id,
            t.account_id as to_account_id, {_PLATFORM.format("p.network")} as provider, 'crypto' as method,
            case when p.counted then 'completed' else 'rejected' end as status, p.counted, cast(null as varchar) as purpose,
            cast(null as varchar) as place, p.source_id, p.locator
        from paid_all p
        join paid_payment_ids i on i.p = p.p
        left join paid_account_ids f on f.network = p.network and f.cluster = p.payer
        left join paid_account_ids t on t.network = p.network and t.cluster = p.payee
        """,
        keep=True,
    ),
    Sql(
        "chain_accounts",
        """
        select i.account_id, c.platform, a.cluster as identifier, a.network, a.address, max(s.service) as service,
            max(l.source_id) as source_id, max(l.locator) as locator
        from paid_parts a
        join paid_clusters c on c.network = a.network and c.cluster = a.cluster
        join paid_account_ids i on i.network = a.network and i.cluster = a.cluster
        left join trace_stops s on s.network = a.network and s.address = a.address
        left join (
            select network, cluster, first_by(source_id, place) as source_id, first_by(locator, place) as locator
            from (
                select network, payer as cluster, source_id, locator, p as place from paid_all
                union all
                select network, payee, source_id, locator, p from paid_all
            ) e
            group by network, cluster
        ) l on l.network = a.network and l.cluster = a.cluster
        group by i.account_id, c.platform, a.cluster, a.network, a.address
        """,
        keep=True,
    ),
)


def payment_ids(batch: pa.RecordBatch, ids: Ids) -> pa.RecordBatch:
    """The keyed id of each payment: of network, transaction and output."""
    rows = zip(*(batch.column(name).to_pylist() for name in ("network", "txid", "place")), strict=True)
    return pa.record_batch(
        [batch.column("p"), pa.array([ids.of("coin-payment", *row) for row in rows], TEXT)], schema=_PAYMENT_IDS
    )


def account_ids(batch: pa.RecordBatch, ids: Ids) -> pa.RecordBatch:
    """The keyed id of each cluster's account: of platform and smallest address, as for an account that evidence names so."""
    rows = zip(batch.column("platform").to_pylist(), batch.column("cluster").to_pylist(), strict=True)
    found = pa.array(
        [account_id(ids, str(platform), "account-number", str(cluster)) for platform, cluster in rows], TEXT
    )
    return pa.record_batch([batch.column("network"), batch.column("cluster"), found], schema=_ACCOUNT_IDS)


def run(engine: Engine, ids: Ids) -> None:
    """Make the two tables."""
    for step in STEPS:
        engine.run(step)
    engine.run(Batches("paid_payment_ids", "paid_all", partial(payment_ids, ids=ids), _PAYMENT_IDS))
    engine.run(Batches("paid_account_ids", "paid_clusters", partial(account_ids, ids=ids), _ACCOUNT_IDS))
    for step in _TABLES:
        engine.run(step)
