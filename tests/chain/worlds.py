"""A simulated chain as the tables that a reader of its files would bring, and who owns each address."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from tanglaw.simulate.dice import Dice
from tanglaw.simulate.ledger import files
from tanglaw.simulate.ledger.market import Market
from tanglaw.tables import TABLES

NETWORK = "btc-regtest"


@dataclass(frozen=True, repr=False)
class World:
    """Tables by name, and by address its owner."""

    tables: dict[str, pa.Table]
    owners: dict[str, str]
    market: Market

    @property
    def heights(self) -> int:
        """The highest block."""
        return self.market.book.height


def world(folder: Path, seed: int, buyers: int, sellers: int, payments: int) -> World:
    """A chain made now, without its files."""
    market = Market(seed, folder / "chain", buyers, sellers)
    market.run(payments, lambda _done, _whole: None)
    return World(chain_tables(market) | tags(folder, market, seed), owners_of(market), market)


def owners_of(market: Market) -> dict[str, str]:
    """Owner by address."""
    return {key.address: key.owner.name for key in market.keys.made}


def tags(folder: Path, market: Market, seed: int) -> dict[str, pa.Table]:
    """The list of tags that the scenario writes, as rows."""
    files.write_tags(folder / "tags.csv", market, Dice(seed, "ledger-tags"))
    with (folder / "tags.csv").open() as file:
        rows = [
            {"list_name": r["pack"], "network": NETWORK, "address": r["address"], "label": r["label"]}
            | {"actor": r["actor"], "category": r["category"], "confidence": r["confidence"], "source": r["source"]}
            | {"withdrawn": False, "stated_at": datetime.fromisoformat(r["lastmod"]).replace(tzinfo=UTC)}
            for r in csv.DictReader(file)
        ]
    return {"address_tags": table("address_tags", rows)}


def table(name: str, rows: list[dict[str, object]]) -> pa.Table:
    """Rows as that table, columns left out are empty."""
    return pa.Table.from_pylist(rows, schema=TABLES[name].schema)


def chain_tables(market: Market, heights: range | None = None) -> dict[str, pa.Table]:
    """Blocks, transactions, outputs and inputs, of these heights if some are given."""
    blocks: dict[int, dict[str, object]] = {}
    txs: list[dict[str, object]] = []
    outs: list[dict[str, object]] = []
    ins: list[dict[str, object]] = []
    places: dict[int, int] = {}
    address = {id(key): key.address for key in market.keys.made}
    # The coinbase comes last while a block is made and stands first in it.
    for tx in sorted(market.book.txs, key=lambda tx: (tx.height, not tx.coinbase, tx.number)):
        if heights is not None and tx.height not in heights:
            continue
        at = datetime.fromtimestamp(tx.at, UTC)
        block = {"network": NETWORK, "block_hash": f"{tx.height:064x}", "source_id": f"s{tx.height % 7}"}
        head = {"previous_hash": f"{tx.height - 1:064x}", "height": tx.height, "at": at, "work": "2"}
        blocks.setdefault(tx.height, block | head | {"merkle_valid": True, "work_valid": True, "transactions": 0})
        place = places[tx.height] = places.get(tx.height, -1) + 1
        one = block | {"txid": tx.txid[::-1].hex()}
        position = {"position": place} if "position" in TABLES["chain_outputs"].names else {}
        txs.append(
            one
            | {"position": place, "at": at, "coinbase": tx.coinbase, "version": tx.version, "lock_time": tx.lock_time}
            | {"inputs": max(1, len(tx.inputs)), "outputs": len(tx.outputs)}
        )
        for coin in tx.outputs:
            said = {"n": coin.n, "value": coin.value, "kind": coin.key.kind, "address": address[id(coin.key)]}
            outs.append(one | position | said)
        for n, coin in enumerate(tx.inputs):
            said = {"previous_txid": coin.tx.txid[::-1].hex(), "previous_n": coin.n, "sequence": tx.sequence}
            told = {"value": coin.value, "kind": coin.key.kind, "address": address[id(coin.key)], "told_by": "undo"}
            ins.append(one | position | {"n": n} | said | told)
        if tx.coinbase:
            ins.append(one | position | {"n": 0, "sequence": 0xFFFFFFFF})
    return {
        "chain_blocks": table("chain_blocks", list(blocks.values())),
        "chain_transactions": table("chain_transactions", txs),
        "chain_outputs": table("chain_outputs", outs),
        "chain_inputs": table("chain_inputs", ins),
    }
