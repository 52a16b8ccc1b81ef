"""Dumps and exports of ledgers in CSV, TSV, Parquet and JSON: outputs and inputs of Bitcoin, transfers of Ethereum and TRON.

Layouts of bitcoin-etl, ethereum-etl, Blockchair, Etherscan, TronScan and TronGrid, `eth_getBlockByNumber`, and our own
`table --out`. A dump of tokens named `tokens.csv` beside tells symbols and decimals.
"""

from __future__ import annotations

import csv
import io
import re
from importlib import import_module
from typing import Any

import msgspec

from tanglaw.errors import BadRecord
from tanglaw.reading.chain.accounts import address_of, network_of
from tanglaw.reading.chain.records import PARQUET, each_line, each_row, first_rows, flat, header, parquet_names
from tanglaw.reading.chain.transfers import Transfers, ends_of, looks_like
from tanglaw.reading.chain.values import number
from tanglaw.reading.item import Item
from tanglaw.reading.json_records import Raw, decoded, each_record
from tanglaw.reading.rows import Rows

_START = re.compile(r"\s*[\[{]")
_KEY = re.compile(r'"([A-Za-z_][\w ()]{1,40})"\s*:')
_MARK = re.compile(
    r'"(?:from|from_address|transferFromAddress|raw_data|parentHash|spent_transaction_hash|merkle_root|block_number)"\s*:'
)
# Payments of banks have senders and recipients too: transfers have addresses at both ends.
_ADDRESS = re.compile(r'"(?:0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}|41[0-9a-fA-F]{40})"')
_LEDGER = frozenset(["block_hash", "block_number", "inputs", "outputs"])
_ETH_BLOCK = frozenset(["parentHash", "transactions", "stateRoot"])
_TRON = frozenset(["raw_data", "txID"])


class ChainDumps:
    """Reads dumps of ledgers. Locators: `line N`, `row N`, JSON pointers."""

    name = "chain-dumps"
    tables = ("chain_blocks", "chain_transactions", "chain_outputs", "chain_inputs", "chain_transfers")

    def recognise(self, item: Item) -> bool:
        """True for Parquet, for a header or JSON keys that a layout has. Which layout it is, the names alone decide."""
        if item.head.startswith(PARQUET):
            return True
        head = item.text_head
        if _START.match(head):
            return _json_layout(head) != ""
        if b"\x00" in item.head[:512]:
            return False
        _, names = header(head)
        if len(names) < 4 or item.beside(f"{item.name}.mapping.toml"):
            return False
        return _layout(names) is not None or (looks_like(names) and has_addresses(head))

    def hints(self, item: Item) -> tuple[str, ...]:
        """None."""
        del item
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        """Rows of each record; one that cannot be read is set aside with its place.

        Raises BadRecord: parquet-damaged, no-table for Parquet of another layout, and what JSON's own faults are.
        """
        if item.head.startswith(PARQUET):
            each_row(item, rows, _taker(parquet_names(item), item, rows))
        elif _START.match(item.text_head):
            take = _Json(item, rows).take
            each_record(item, rows, _MARK, take)
        else:
            each_line(item, rows, _taker(header(item.text_head)[1], item, rows))


def has_addresses(head: str) -> bool:
    """True if one of the first rows has an address of a ledger at one of its ends."""
    return any(network_of(end) for row in first_rows(head) for end in ends_of(row))


def _layout(names: list[str]) -> Any:
    if not {"hash", "transaction_hash", "txid", "block_hash"} & set(names):
        return None
    return import_module("tanglaw.reading.chain.output_dumps").layout_of(names)


def _json_layout(head: str) -> str:
    keys = {found.group(1) for found in _KEY.finditer(head)}
    if keys >= _ETH_BLOCK:
        return "eth-block"
    if keys >= _LEDGER or keys >= {"merkle_root", "number", "bits", "hash"}:
        return "ledger"
    if keys >= _TRON:
        return "transfers"
    named = looks_like(key.lower().replace(" ", "_") for key in keys)
    return "transfers" if named and _ADDRESS.search(head) else ""


def _taker(names: list[str], item: Item, rows: Rows) -> Any:
    layout = _layout(names)
    if layout is not None:
        return import_module("tanglaw.reading.chain.output_dumps").Dump(rows, layout).take
    if not looks_like(names):
        raise BadRecord("no-table", "columns of no ledger's dump that is known", "header")
    return Transfers(rows, _tokens(item)).take


def _tokens(item: Item) -> dict[str, tuple[str, int]]:
    """Symbol and decimals by contract from ethereum-etl's dump of tokens, if it lies beside."""
    data = item.beside("tokens.csv")
    found: dict[str, tuple[str, int]] = {}
    for row in csv.DictReader(io.StringIO((data or b"").decode("utf-8", "replace"))):
        contract, decimals = row.get("address") or "", row.get("decimals")
        network = network_of(contract)
        try:
            places = number(decimals, "decimals")
            if network and places is not None and places <= 77:
                found[address_of(contract, network, "contract")] = (row.get("symbol") or "", places)
        except BadRecord:
            continue
    return found


class _Json:
    """Records of a JSON document: transfers, transactions of bitcoin-etl, or the transactions of an Ethereum block."""

    def __init__(self, item: Item, rows: Rows) -> None:
        self._rows = rows
        self._transfers = Transfers(rows, _tokens(item))
        self._dumps: dict[str, Any] = {}

    def take(self, data: Raw, place: str, alone: bool) -> None:  # noqa: ARG002
        """Rows of one record, or of every transaction of a block. Raises BadRecord."""
        try:
            given = decoded(data)
        except msgspec.ValidationError as error:
            raise BadRecord("json-broken", "a number beyond what can be held", "", bytes(data)) from error
        if isinstance(given, dict) and isinstance(given.get("result"), dict | list):
            self._transfers.around(given, place)
            given, place = given["result"], f"{place}/result"
        if isinstance(given, dict) and isinstance(given.get("transactions"), list):
            self._transfers.around(given, place)
            self._block(given, place)
            return
        for record, where in flat(given, place):
            if record.keys() >= _LEDGER or "merkle_root" in record:
                self._ledger(record, where or "/")
            else:
                self._transfers.take(record, where or "/")

    def _ledger(self, record: Any, place: str) -> None:
        dumps = import_module("tanglaw.reading.chain.output_dumps")
        layout = dumps.layout_of(record.keys())
        if layout is None:
            raise BadRecord("json-shape", "a record of no ledger's dump that is known", place)
        self._dumps.setdefault(layout.name, dumps.Dump(self._rows, layout)).take(record, place)

    def _block(self, given: dict[str, Any], place: str) -> None:
        """The transactions of `eth_getBlockByNumber`: it states neither receipts nor, in older nodes, their times."""
        stated = {"timestamp": given.get("timestamp"), "block_number": given.get("number")}
        for number_, one in enumerate(given["transactions"]):
            where = f"{place}/transactions/{number_}"
            try:
                if not isinstance(one, dict):
                    raise BadRecord("json-shape", "a transaction by its hash alone: ask for whole transactions", where)
                for record, _ in flat(one, where):
                    self._transfers.take({**stated, **record}, where)
            except BadRecord as fault:
                self._rows.quarantine(fault.code, fault.reason, where, repr(one)[:1000])


CHAIN_DUMPS = ChainDumps()
