"""A ledger by hand: transactions by name, coins by transaction and number; and random ones that conserve value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tanglaw.chain import ends, ledger, tags, trace
from tanglaw.engine.base import Engine, Given
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.policy_parts import Tracing
from tanglaw.tables import TABLES

Rows = list[dict[str, Any]]
START = datetime(2026, 1, 1, tzinfo=UTC)
WIDE = Tracing(10, 1_000, 1_000, 100_000, 100_000, 10_000, 0.0, 10_000, 10, 10)
READ = ("chain_blocks", "chain_transactions", "chain_outputs", "chain_inputs", "chain_transfers", "address_tags")
GIVEN = Given(Ids(DEMO_KEY))


def table_of(name: str, rows: Rows) -> pa.Table:
    """Rows of that table of the vocabulary, columns left out empty."""
    return pa.Table.from_pylist(rows, schema=TABLES[name].schema)


@dataclass
class Book:
    """Blocks of one transaction each, an hour apart unless said."""

    network: str = "btc"
    rows: dict[str, Rows] = field(
        default_factory=lambda: {name: [] for name in (*READ, "chain_clusters", "chain_refused")}
    )
    coins: dict[tuple[str, int], tuple[str | None, int]] = field(default_factory=dict)

    def tx(
        self,
        txid: str,
        spends: Iterable[tuple[str, int]],
        pays: Iterable[tuple[str | None, int]],
        hour: int | None = None,
    ) -> str:
        """A transaction that spends coins and pays addresses; without coins a coinbase. Coins never made have no value told."""
        height, spends, pays = len(self.rows["chain_blocks"]), list(spends), list(pays)
        at = START + timedelta(hours=height if hour is None else hour)
        about = {"network": self.network, "block_hash": f"b{height:05d}"}
        self.rows["chain_blocks"].append(
            about
            | {"previous_hash": f"b{height - 1:05d}", "height": height, "at": at, "transactions": 1, "source_id": "s"}
        )
        counts = {"position": 0, "coinbase": not spends, "inputs": len(spends), "outputs": len(pays)}
        self.rows["chain_transactions"].append(
            about
            | {"txid": txid, "at": at, "version": 2, "lock_time": 0, "source_id": "s", "locator": "byte 0"}
            | counts
        )
        for n, (address, value) in enumerate(pays):
            self.coins[txid, n] = address, value
            self.rows["chain_outputs"].append(
                about
                | {
                    "txid": txid,
                    "position": 0,
                    "n": n,
                    "value": value,
                    "kind": "p2pkh",
                    "address": address,
                    "source_id": "s",
                }
            )
        for n, (before, place) in enumerate(spends):
            self.rows["chain_inputs"].append(
                about
                | {"txid": txid, "position": 0, "n": n, "previous_txid": before, "previous_n": place, "source_id": "s"}
            )
        return txid

    def transfer(self, txid: str, payer: str, payee: str, amount: str, hour: int, **more: Any) -> None:
        """A transfer between accounts."""
        row = {"network": "eth", "txid": txid, "n": "", "at": START + timedelta(hours=hour), "from_address": payer}
        row |= {
            "to_address": payee,
            "asset": "ETH",
            "amount": Decimal(amount),
            "counted": True,
            "source_id": "s",
            "locator": "1",
        }
        self.rows["chain_transfers"].append(row | more)

    def tag(self, address: str, actor: str, category: str = "exchange", **more: Any) -> None:
        """A claim of a list."""
        row = {"list_name": "list", "network": self.network, "address": address, "label": actor, "actor": actor}
        self.rows["address_tags"].append(
            row | {"category": category, "confidence": "ownership", "source": "web"} | more
        )

    def cluster(self, *addresses: str) -> None:
        """Addresses of one hand."""
        first = min(addresses)
        self.rows["chain_clusters"] += [
            {"network": self.network, "address": one, "cluster_id": first, "addresses": len(addresses)}
            for one in addresses
        ]

    def put(self, engine: Engine) -> None:
        """Make the tables readable; outputs and inputs lose columns that the vocabulary does not have."""
        for name, rows in self.rows.items():
            names = set(TABLES[name].names)
            engine.put(name, table_of(name, [{k: v for k, v in row.items() if k in names} for row in rows]))

    def follow(self, engine: Engine, *seeds: str, limits: Tracing = WIDE, **asked: Any) -> dict[str, Rows]:
        """Trails, hops and coverage of the seeds."""
        self.put(engine)
        ledger.run(engine)
        tags.claims(engine)
        ends.run(engine)
        rows = [
            {"network": self.network, "address": seed, "report_id": "r1", "since": None, "until": None, "least": None}
            | asked
            for seed in seeds
        ]
        engine.put("trace_seeds", pa.Table.from_pylist(rows, schema=SEEDS))
        trace.follow(engine, limits, GIVEN.ids)
        return {
            name: engine.rows(f"select * from {name}").to_pylist()
            for name in ("chain_trails", "chain_hops", "chain_coverage")
        }


SEEDS = pa.schema(
    [
        *((name, pa.string()) for name in ("network", "address", "report_id")),
        *((name, pa.timestamp("us", tz="UTC")) for name in ("since", "until")),
        ("least", pa.decimal128(38, 18)),
    ]
)


def of(rows: Rows, direction: str = "forward") -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """By kind and address of the end: satoshi in proportion, by first in first out, by poison, and hops."""
    return {
        (row["end_kind"], row["end_address"]): (
            *(int(row[name] * 100_000_000) for name in ("haircut", "fifo", "poison")),
            row["hops"],
        )
        for row in rows
        if row["direction"] == direction
    }
