"""Blocks in a buffer to rows of the tables of CHAIN: a window at a time, column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.reading.chain import block_loops as b
from tanglaw.reading.chain.addresses import kinds_of, numbers, payloads, spelled
from tanglaw.reading.chain.frames import Span, Window
from tanglaw.reading.chain.hashing import (
    Header,
    commits,
    header_of,
    hex_texts,
    ids_of,
    merkle_root,
    shown,
)
from tanglaw.reading.chain.networks import GENESIS, Network, network_of, work_of
from tanglaw.reading.chain.spelling_loops import gathered
from tanglaw.reading.chain.undo_loops import fill_undo
from tanglaw.reading.rows import Rows

NOTHING = bytes(32)
MICRO = 1_000_000
# What may tell of a spent output, in the order of `_told`.
_TOLD = pa.array(["undo", "key"])


@dataclass(frozen=True, slots=True)
class Spent:
    """Undo data of one block: where they stand, and whether they are a plain list of outputs."""

    data: bytes
    at: int
    end: int
    plain: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One block that was looked at by itself. `merkle` and `work` say whether its root and its work hold; `mutated`
    that equal transactions stand side by side under its root."""

    span: Span
    header: Header
    network: Network
    height: int | None
    merkle: bool
    mutated: bool
    work: bool


Find = Callable[[Header, Span], Spent | None]


def write(window: Window, network: Network | None, find: Find, rows: Rows) -> None:
    """Rows of every block of the window. A block whose Merkle root, witness commitment or work does not hold is set
    aside and gives no more than its row in `chain_blocks`. `network` None: each block tells its own."""
    data = np.frombuffer(window.data, np.uint8)
    txs, ins, outs = _filled(data, window.spans)
    plain, whole = ids_of(window.data, txs)
    blocks, first = [], 0
    for span in window.spans:
        ids = slice(first, first + span.txs)
        blocks.append(_looked_at(window.data, span, network, txs[ids], plain[ids], whole[ids]))
        first += span.txs
    _block_rows(window, blocks, rows)
    good = [number for number, block in enumerate(blocks) if block.merkle and block.work]
    for one in sorted({blocks[number].network.name for number in good}):
        chosen = [number for number in good if blocks[number].network.name == one]
        _Writer(window, data, blocks, chosen, find, rows).write(txs, ins, outs, plain)


def _filled(data: b.Array, spans: Sequence[Span]) -> tuple[b.Array, b.Array, b.Array]:
    """Rows of all transactions, inputs and outputs of the blocks."""
    txs = np.zeros((sum(span.txs for span in spans), b.TX_COLUMNS), np.int64)
    ins = np.zeros((sum(span.ins for span in spans), b.IN_COLUMNS), np.int64)
    outs = np.zeros((sum(span.outs for span in spans), b.OUT_COLUMNS), np.int64)
    first = np.zeros(4, np.int64)
    for number, span in enumerate(spans):
        first[3] = number
        b.fill_block(data, span.start, span.end, first, txs, ins, outs)
    return txs, ins, outs


def _looked_at(
    data: bytes, span: Span, network: Network | None, txs: b.Array, plain: list[bytes], whole: list[bytes]
) -> Block:
    header = header_of(data[span.start : span.start + b.HEADER])
    network = network or network_of(shown(header.previous), header.bits, header.stamp)
    root, mutated = merkle_root(plain)
    merkle = root == header.root and not mutated
    coinbase = data[txs[0, b.START] : txs[0, b.END]]
    if commits(coinbase, whole) is False:
        merkle = False
    version = int.from_bytes(data[span.start : span.start + 4], "little", signed=True)
    height = _height(coinbase) if version >= 2 else None
    if header.previous == NOTHING or shown(header.previous) in GENESIS:
        height = 0 if header.previous == NOTHING else 1
    return Block(span, header, network, height, merkle, mutated, header.proves_work(network))


def _height(coinbase: bytes) -> int | None:
    """The height that a coinbase states (BIP 34)."""
    at = 4 + (2 if coinbase[4:6] == b"\x00\x01" else 0) + 1 + 36
    script = coinbase[at + 1 : at + 1 + coinbase[at]]
    if not script or not 0 < script[0] <= 0x60:
        return None
    if script[0] > 0x50:
        return script[0] - 0x50
    if script[0] > 4 or len(script) <= script[0]:
        return None
    return int.from_bytes(script[1 : 1 + script[0]], "little", signed=True)


def _block_rows(window: Window, blocks: Sequence[Block], rows: Rows) -> None:
    for block in blocks:
        span, header = block.span, block.header
        place = f"byte {window.offset + span.start}"
        stamp = datetime.fromtimestamp(header.stamp, UTC)
        rows.add(
            "chain_blocks",
            {
                "network": block.network.name,
                "block_hash": shown(header.digest),
                "previous_hash": shown(header.previous),
                "height": block.height,
                "at": stamp,
                "at_original": str(header.stamp),
                "transactions": span.txs,
                "work": str(work_of(header.bits)),
                "merkle_valid": block.merkle,
                "work_valid": block.work,
                "locator": place,
            },
        )
        reason = fault_of(block)
        if reason:
            raw = window.data[span.start : span.end]
            rows.quarantine("block-invalid", reason, place, raw)


def fault_of(block: Block) -> str:
    """Why the block is not counted; empty if it is."""
    if block.mutated:
        return "equal transactions side by side under one Merkle root (CVE-2012-2459): the block is not counted"
    if not block.merkle:
        return "Merkle root or witness commitment is not that of its transactions: the block is not counted"
    return "" if block.work else "the proof of work does not hold: the block is not counted"


@dataclass
class _Writer:
    """Writes the rows of the chosen blocks of a window, which are of one network."""

    window: Window
    data: b.Array
    blocks: Sequence[Block]
    chosen: Sequence[int]
    find: Find
    rows: Rows

    def write(self, txs: b.Array, ins: b.Array, outs: b.Array, ids: list[bytes]) -> None:
        network = self.blocks[self.chosen[0]].network
        kept = np.isin(txs[:, b.BLOCK], self.chosen)
        texts = hex_texts(np.frombuffer(b"".join(ids), np.uint8).reshape(-1, 32))
        digests = b"".join(block.header.digest for block in self.blocks)
        hashes = hex_texts(np.frombuffer(digests, np.uint8).reshape(-1, 32))
        told, undo = self._undone(txs, ins)
        sides = (ins, self._in_rows), (outs, self._out_rows)
        self._tx_rows(txs[kept], texts.filter(numbers(kept)), hashes, network)
        for side, make in sides:
            mine = side if kept.all() else side[kept[side[:, b.TX]]]
            block = txs[mine[:, b.TX], b.BLOCK]
            columns: dict[str, Any] = {
                "network": _same(network.name, len(mine)),
                "block_hash": hashes.take(numbers(block)),
                "txid": texts.take(numbers(mine[:, b.TX])),
                "n": numbers(mine[:, b.N]),
            }
            more = make(mine, network, told if kept.all() else told[kept[ins[:, b.TX]]], undo)
            table = "chain_inputs" if side is ins else "chain_outputs"
            self.rows.add_columns(table, {**columns, "position": numbers(txs[mine[:, b.TX], b.POSITION]), **more})

    def _tx_rows(self, txs: b.Array, texts: pa.StringArray, hashes: pa.StringArray, network: Network) -> None:
        block, count = txs[:, b.BLOCK], len(txs)
        stamps = np.array([block.header.stamp * MICRO for block in self.blocks], np.int64)
        places: Any = numbers(txs[:, b.START] + self.window.offset).cast(pa.string())
        self.rows.add_columns(
            "chain_transactions",
            {
                "network": _same(network.name, count),
                "block_hash": hashes.take(numbers(block)),
                "txid": texts,
                "position": numbers(txs[:, b.POSITION]),
                "at": pa.array(stamps[block], pa.timestamp("us", tz="UTC")),
                "coinbase": numbers(txs[:, b.POSITION] == 0),
                "version": numbers(txs[:, b.VERSION]),
                "lock_time": numbers(txs[:, b.LOCK]),
                "inputs": numbers(txs[:, b.INS]),
                "outputs": numbers(txs[:, b.OUTS]),
                "locator": pc.binary_join_element_wise("byte", places, " "),
            },
        )

    def _out_rows(self, outs: b.Array, network: Network, told: b.Array, undo: bytes) -> dict[str, Any]:
        del told, undo
        kinds = outs[:, b.KIND]
        found = payloads(self.data, kinds, outs[:, b.PAYLOAD_AT], outs[:, b.PAYLOAD_SIZE])
        return {"value": numbers(outs[:, b.VALUE]), "kind": kinds_of(kinds), "address": spelled(found, network)}

    def _in_rows(self, ins: b.Array, network: Network, told: b.Array, undo: bytes) -> dict[str, Any]:
        digests = np.zeros((len(ins), 32), np.uint8)
        gathered(self.data, ins[:, b.PREVIOUS_AT], np.full(len(ins), 32), digests)
        previous = hex_texts(digests)
        none = (ins[:, b.PREVIOUS_N] == 0xFFFFFFFF) & (digests.view(np.int64) == 0).all(axis=1)
        by_undo = told[:, b.TX] >= 0
        by_key = ~by_undo & (ins[:, b.KEY_KIND] > b.OTHER) & ~none
        kinds = np.where(by_undo, told[:, b.KIND], np.where(by_key, ins[:, b.KEY_KIND], -1))
        found = payloads(
            np.frombuffer(undo or b"\0", np.uint8),
            np.where(by_undo, kinds, -1),
            told[:, b.PAYLOAD_AT],
            told[:, b.PAYLOAD_SIZE],
        )
        keyed = np.where(by_key, kinds, -1)
        by_keys = payloads(self.data, keyed, ins[:, b.KEY_AT], ins[:, b.KEY_SIZE], np.ones(len(ins), bool))
        return {
            "previous_txid": pc.if_else(numbers(none), pa.scalar(None, pa.string()), previous),
            "previous_n": numbers(ins[:, b.PREVIOUS_N], none),
            "sequence": numbers(ins[:, b.SEQUENCE]),
            "value": numbers(told[:, b.VALUE], ~by_undo),
            "kind": kinds_of(kinds),
            "address": spelled(np.where(by_key[:, None], by_keys, found), network),
            "told_by": _TOLD.take(numbers(by_key.astype(np.int8), ~(by_undo | by_key))),
        }

    def _undone(self, txs: b.Array, ins: b.Array) -> tuple[b.Array, bytes]:
        """What undo data tell of each input, -1 in TX where they do not, and the bytes that they stand in."""
        told = np.full((len(ins), b.OUT_COLUMNS), -1, np.int64)
        first, pieces, length = 0, [], 0
        for number, block in enumerate(self.blocks):
            mine = txs[first : first + block.span.txs]
            first += block.span.txs
            spent = self.find(block.header, block.span) if len(mine) > 1 else None
            if spent is None:
                continue
            start, end = mine[1, b.FIRST_IN], mine[-1, b.FIRST_IN] + mine[-1, b.INS]
            array = np.frombuffer(spent.data, np.uint8)
            if fill_undo(array, spent.at, spent.end, mine[1:], told, spent.plain):
                told[start:end] = -1
                place = f"byte {self.window.offset + block.span.start}"
                self.rows.issue("undo-mismatch", "the undo data beside this block are not those of this block", place)
                continue
            told[start:end, b.TX] = number
            told[start:end, b.PAYLOAD_AT] += length - spent.at
            pieces.append(spent.data[spent.at : spent.end])
            length += spent.end - spent.at
        return told, b"".join(pieces)


def _same(text: str, count: int) -> pa.Array[Any]:
    return pa.array([text]).take(numbers(np.zeros(count, np.int64)))
