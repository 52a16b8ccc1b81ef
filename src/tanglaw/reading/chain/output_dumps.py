"""Dumps of ledgers with outputs, and our own exports of CHAIN's tables, row by row into those tables.

Layouts by the names of their fields, folded: Blockchair's `blocks`, `transactions`, `outputs`, `inputs`; bitcoin-etl's
`blocks`, `transactions` (nested, or flat views of inputs and outputs). A dump that names blocks by height alone gets
`height N` for their hash: its rows hang together, and with no other file's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tanglaw.errors import BadRecord
from tanglaw.reading.chain.addresses import addresses_of
from tanglaw.reading.chain.networks import BTC, SCRIPT_KINDS, Network, network_spelled, work_of
from tanglaw.reading.chain.records import Record
from tanglaw.reading.chain.values import bad, decimal, digest, number, small, stamp, units
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import amount, moment, truth
from tanglaw.selectors.base import words
from tanglaw.tables import TABLES, Table
from tanglaw.tables.chain import CHAIN_READ

Take = Callable[["Dump", Record, str], None]


@dataclass(frozen=True, slots=True)
class Layout:
    """A dump's layout: names that every record has, further names that are read or passed over, and what takes one."""

    name: str
    required: frozenset[str]
    known: frozenset[str]
    take: Take


@dataclass
class Dump:
    """Takes the records of one file, all of one layout and network."""

    rows: Rows
    layout: Layout
    network: Network | None = None
    _said: set[str] = field(default_factory=set)
    _blocks: set[str] = field(default_factory=set)

    def take(self, record: Record, place: str) -> None:
        """Rows of one record. Raises BadRecord."""
        for name in record.keys() - self.layout.required - self.layout.known - self._said:
            self._said.add(name)
            self.rows.issue("unknown-field", f"field {name[:80]!r} is not known and was not read", place)
        self.layout.take(self, record, place)

    def address(self, text: Any) -> str | None:
        """An address whose checksum holds and which is of the file's network; None if none is stated."""
        stated = str(text or "").strip()
        if not stated or stated.startswith(("nonstandard", "d-", "m-", "s-")):
            return None
        network = network_spelled(stated)
        if network is None:
            raise bad("an address with a wrong checksum, or of no network of Bitcoin")
        if self.network is None:
            self.network = network
        if network.key != self.network.key:
            raise bad("an address of another network than those before it")
        return stated.lower() if stated[:2].lower() in ("bc", "tb") else stated

    @property
    def ledger(self) -> str:
        return (self.network or BTC).name

    def block(self, record: Record, names: tuple[str, str], place: str) -> str:
        """The block of a record by its hash or, where only that is stated, its height, which then gets a row."""
        stated, height = record.get(names[0]), small(record.get(names[1]), names[1])
        if stated:
            return digest(stated, names[0])
        if height is None:
            raise bad("neither hash nor height of the block is stated")
        found = f"height {height}"
        if found not in self._blocks:
            self._blocks.add(found)
            moment_ = stamp(record.get("time", record.get("block_timestamp")), "UTC")
            row = {"network": self.ledger, "block_hash": found, "height": height, **moment_, "locator": place}
            self.rows.add("chain_blocks", row)
        return found

    def paid(self, record: Record, names: Mapping[str, str]) -> dict[str, Any]:
        """Value, kind and address of an output: the script's where it is stated."""
        value = (
            units(decimal(record[names["value"]], "value"), "value") if record.get(names["value"]) is not None else None
        )
        address = self.address(_one(record.get(names["address"])))
        kind = SCRIPT_KINDS.get(str(record.get(names["type"]) or ""), "other")
        script = _script(record.get("script_hex"))
        if script is not None:
            kinds, addresses = addresses_of([script], self.network or BTC)
            if address and addresses[0] and address != addresses[0] and kinds[0] != "p2pk":
                raise bad("the address is not that of the script beside it")
            kind, address = kinds[0], addresses[0]
        return {"value": value, "kind": kind, "address": address}


def _one(value: Any) -> Any:
    if isinstance(value, list):
        return value[0] if len(value) == 1 else None
    return value


def _script(value: Any) -> bytes | None:
    try:
        return bytes.fromhex(value) if isinstance(value, str) and value else None
    except ValueError as error:
        raise bad("script_hex is not hex digits") from error


_BLOCKCHAIR_OUT = {"value": "value", "type": "type", "address": "recipient"}
_ETL_OUT = {"value": "value", "type": "type", "address": "addresses"}


def _bc_block(dump: Dump, record: Record, place: str) -> None:
    _any_block(dump, record, place, "id", "time", "transaction_count")


def _etl_block(dump: Dump, record: Record, place: str) -> None:
    time = "timestamp" if "timestamp" in record else "time"
    _any_block(dump, record, place, "number" if "number" in record else "height", time, "transaction_count")


def _any_block(dump: Dump, record: Record, place: str, height: str, time: str, count: str) -> None:
    bits = record.get("bits")
    # A text of eight digits is the compact target in hex, as bitcoin-etl writes it; Blockchair writes a number.
    compact = int(str(bits), 16) if isinstance(bits, str) and len(bits) == 8 and _is_hex(bits) else number(bits, "bits")
    previous = record.get("previous_hash") or record.get("previousblockhash")
    dump.rows.add(
        "chain_blocks",
        {
            "network": dump.ledger,
            "block_hash": digest(record.get("hash"), "hash"),
            "previous_hash": digest(previous, "previous hash") if previous else None,
            "height": small(record.get(height), "height"),
            **stamp(record.get(time), "UTC"),
            "transactions": small(record.get(count), "transactions"),
            "work": str(work_of(compact)) if compact and compact < 1 << 32 else None,
            "locator": place,
        },
    )


def _is_hex(text: str) -> bool:
    return all(letter in "0123456789abcdefABCDEF" for letter in text)


def _transaction(dump: Dump, record: Record, place: str) -> tuple[str, str]:
    """The row of a transaction; its block and id."""
    height = "block_id" if "block_id" in record else "block_number"
    block, txid = dump.block(record, ("block_hash", height), place), digest(record.get("hash"), "hash")
    if record.get("block_hash"):
        _named_block(dump, record, block, height, place)
    time = record.get("time", record.get("block_timestamp"))
    dump.rows.add(
        "chain_transactions",
        {
            "network": dump.ledger,
            "block_hash": block,
            "txid": txid,
            "position": small(record.get("index", record.get("transaction_index")), "index"),
            "at": stamp(time, "UTC").get("at"),
            "coinbase": truth(record.get("is_coinbase")),
            "version": number(record.get("version"), "version", -(1 << 31)),
            "lock_time": small(record.get("lock_time"), "lock_time"),
            "inputs": small(record.get("input_count"), "inputs"),
            "outputs": small(record.get("output_count"), "outputs"),
            "locator": place,
        },
    )
    return block, txid


def _named_block(dump: Dump, record: Record, block: str, height: str, place: str) -> None:
    """A row for the block that a transaction names, since it may come without a dump of blocks."""
    if block not in dump._blocks:
        dump._blocks.add(block)
        row = {"network": dump.ledger, "block_hash": block, "height": small(record.get(height), height)}
        dump.rows.add("chain_blocks", {**row, **stamp(record.get("block_timestamp"), "UTC"), "locator": place})


def _etl_transaction(dump: Dump, record: Record, place: str) -> None:
    ins, outs = _listed(record, "inputs"), _listed(record, "outputs")
    paid = [dump.paid(one, _ETL_OUT) for one in outs]
    told = [dump.paid(one, _ETL_OUT) if one.get("value") is not None else {} for one in ins]
    block, txid = _transaction(dump, record, place)
    key = {"network": dump.ledger, "block_hash": block, "txid": txid}
    for n, (one, values) in enumerate(zip(outs, paid, strict=True)):
        stated = small(one.get("index"), "index")
        dump.rows.add("chain_outputs", {**key, "n": n if stated is None else stated, **values})
    for n, (one, values) in enumerate(zip(ins, told, strict=True)):
        stated = small(one.get("index"), "index")
        _input(dump, {**key, "n": n if stated is None else stated}, one, values)


def _input(dump: Dump, key: dict[str, Any], one: Record, values: dict[str, Any]) -> None:
    previous = one.get("spent_transaction_hash")
    dump.rows.add(
        "chain_inputs",
        {
            **key,
            "previous_txid": digest(previous, "spent transaction") if previous else None,
            "previous_n": small(one.get("spent_output_index"), "spent output") if previous else None,
            "sequence": small(one.get("sequence"), "sequence"),
            **values,
            "told_by": "export" if values else None,
        },
    )


def _listed(record: Record, name: str) -> list[Record]:
    found = record.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise bad(f"{name} is not a list of objects")
    return found


def _flat_out(dump: Dump, record: Record, place: str) -> None:
    names = _BLOCKCHAIR_OUT if "recipient" in record else _ETL_OUT
    values = dump.paid(record, names)
    height = "block_id" if "block_id" in record else "block_number"
    block = dump.block(record, ("block_hash", height), place)
    key = {
        "network": dump.ledger,
        "block_hash": block,
        "txid": digest(record.get("transaction_hash"), "transaction hash"),
    }
    n = small(record.get("index", record.get("output_index")), "index")
    if n is None:
        raise bad("the output's number is not stated")
    dump.rows.add("chain_outputs", {**key, "n": n, **values})


def _bc_in(dump: Dump, record: Record, place: str) -> None:
    values = dump.paid(record, _BLOCKCHAIR_OUT)
    spender = {"block_id": record.get("spending_block_id"), "time": record.get("spending_time")}
    block = dump.block(spender, ("block_hash", "block_id"), place)
    n = small(record.get("spending_index"), "spending_index")
    if n is None:
        raise bad("the input's number is not stated")
    txid = digest(record.get("spending_transaction_hash"), "spending transaction")
    dump.rows.add(
        "chain_inputs",
        {
            **{"network": dump.ledger, "block_hash": block, "txid": txid, "n": n},
            "previous_txid": digest(record.get("transaction_hash"), "transaction hash"),
            "previous_n": small(record.get("index"), "index"),
            "sequence": small(record.get("spending_sequence"), "sequence"),
            **values,
            "told_by": "export",
        },
    )


def _etl_in(dump: Dump, record: Record, place: str) -> None:
    values = dump.paid(record, _ETL_OUT) if record.get("value") is not None else {}
    block = dump.block(record, ("block_hash", "block_number"), place)
    n = small(record.get("index"), "index")
    if n is None:
        raise bad("the input's number is not stated")
    txid = digest(record.get("transaction_hash"), "transaction hash")
    _input(dump, {"network": dump.ledger, "block_hash": block, "txid": txid, "n": n}, record, values)


_SPENT = (
    "spending_time spending_value_usd spending_signature_hex spending_witness lifespan cdd spending_date time value_usd "
    "recipient type script_hex is_from_coinbase is_spendable block_id spending_sequence value spending_block_id date"
)
_LAYOUTS = (
    Layout(
        "blockchair-blocks",
        words("id hash time transaction_count"),
        words(
            "median_time size stripped_size weight version version_hex version_bits merkle_root nonce bits difficulty "
            "chainwork coinbase_data_hex witness_count input_count output_count input_total input_total_usd output_total "
            "output_total_usd fee_total fee_total_usd fee_per_kb fee_per_kb_usd fee_per_kwu fee_per_kwu_usd cdd_total "
            "generation generation_usd reward reward_usd guessed_miner date is_aux"
        ),
        _bc_block,
    ),
    Layout(
        "blockchair-inputs",
        words("transaction_hash index spending_transaction_hash spending_index"),
        words(_SPENT),
        _bc_in,
    ),
    Layout(
        "blockchair-outputs",
        words("block_id transaction_hash index value recipient"),
        words("time date value_usd type script_hex is_from_coinbase is_spendable is_spent"),
        _flat_out,
    ),
    Layout(
        "blockchair-transactions",
        words("block_id hash is_coinbase input_count output_count"),
        words(
            "time size weight version lock_time has_witness input_total input_total_usd output_total output_total_usd fee "
            "fee_usd fee_per_kb fee_per_kb_usd fee_per_kwu fee_per_kwu_usd cdd_total date"
        ),
        lambda dump, record, place: _transaction(dump, record, place) and None,
    ),
    Layout(
        "bitcoin-etl-transactions",
        words("hash block_hash block_number inputs outputs"),
        words(
            "type size virtual_size version lock_time index is_coinbase block_timestamp block_timestamp_month input_count "
            "output_count input_value output_value fee item_id"
        ),
        _etl_transaction,
    ),
    Layout(
        "bitcoin-etl-outputs",
        words("transaction_hash block_number index addresses value"),
        words("block_hash block_timestamp script_asm script_hex required_signatures type"),
        _flat_out,
    ),
    Layout(
        "bitcoin-etl-inputs",
        words("transaction_hash block_number index spent_transaction_hash spent_output_index"),
        words("block_hash block_timestamp script_asm script_hex sequence required_signatures type addresses value"),
        _etl_in,
    ),
    Layout(
        "bitcoin-etl-blocks",
        words("hash number timestamp merkle_root bits"),
        words(
            "size stripped_size weight version nonce coinbase_param transaction_count transaction_hashes timestamp_month type "
            "previous_hash previousblockhash item_id"
        ),
        _etl_block,
    ),
)


def _own(table: Table) -> Take:
    def take(dump: Dump, record: Record, place: str) -> None:
        row: dict[str, Any] = {}
        for column in table.columns:
            if column.name in ("source_id", "locator"):
                continue
            row[column.name] = _cell(record.get(column.name), column.type, column.name)
        if any(row[name] is None for name in table.key if name != "n"):
            raise bad("a part of the row's key is not stated")
        if "address" in row:
            dump.network = None
            row["address"] = dump.address(row["address"])
        dump.rows.add(table.name, row | ({"locator": place} if "locator" in table.names else {}))

    return take


def _cell(value: Any, kind: pa.DataType, name: str) -> Any:
    if value is None:
        return None
    if kind == pa.int64():
        return number(value, name, -(1 << 63))
    if kind == pa.bool_():
        return truth(value)
    if pa.types.is_timestamp(kind):
        return stamp(value, "UTC").get("at") if not isinstance(value, str) else moment("at", value, "UTC").get("at")
    if pa.types.is_decimal(kind):
        found = value if isinstance(value, Decimal) else amount(value)
        if found is None:
            raise bad(f"{name} is not an amount")
        return found
    return str(value)


def _own_layout(table: Table) -> Layout:
    return Layout(f"tanglaw {table.name}", frozenset(table.names) - {"position"}, frozenset({"position"}), _own(table))


_ALL = (*(_own_layout(table) for table in CHAIN_READ), *_LAYOUTS)


def layout_of(names: Iterable[str]) -> Layout | None:
    """The layout whose required names are all there; the first in order."""
    found = frozenset(names)
    return next((layout for layout in _ALL if layout.required <= found), None)


def tables() -> tuple[str, ...]:
    """The tables that layouts write."""
    return tuple(table.name for table in CHAIN_READ if table.name in TABLES)


__all__ = ["BadRecord", "Dump", "Layout", "layout_of", "tables"]
