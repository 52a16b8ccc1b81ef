"""Bytes of transactions, blocks and undo data as a node stores them (`blk*.dat`, `rev*.dat`), network regtest.

Serialisation: BIP 144; height in the coinbase: BIP 34; witness commitment: BIP 141; undo data: CTxUndo of the
reference node (its variable-length integers, compressed amounts and scripts). Signatures are noise.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from tanglaw.simulate.ledger.keys import Coin, Keys, Tx, double

MAGIC = bytes.fromhex("fabfb5da")
BITS = 0x207FFFFF
_TARGET = 0x7FFFFF << 8 * (0x20 - 3)
_FILE_MOST = 128 << 20
_COMMITMENT = bytes.fromhex("6a24aa21a9ed")
# The first block of the network, the same for every node.
GENESIS = bytes.fromhex(
    "01000000"
    + 64 * "0"
    + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
    + "dae5494dffff7f2002000000"
    "0101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d"
    "65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f7220"
    "62616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f"
    "4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)


def compact(number: int) -> bytes:
    """Length prefix of the wire format."""
    if number < 0xFD:
        return bytes((number,))
    if number <= 0xFFFF:
        return b"\xfd" + number.to_bytes(2, "little")
    return b"\xfe" + number.to_bytes(4, "little")


def varint(number: int) -> bytes:
    """Variable-length integer of stored data: base 128, most significant group first, each lessened by one."""
    found = bytearray((number & 0x7F,))
    while number > 0x7F:
        number = (number >> 7) - 1
        found.append(number & 0x7F | 0x80)
    return bytes(reversed(found))


def compressed_amount(value: int) -> int:
    """An amount with its trailing zeros taken out."""
    if value == 0:
        return 0
    zeros = 0
    while value % 10 == 0 and zeros < 9:
        value //= 10
        zeros += 1
    if zeros == 9:
        return 1 + (value - 1) * 10 + 9
    digit, value = value % 10, value // 10
    return 1 + (value * 9 + digit - 1) * 10 + zeros


def _compressed_script(coin: Coin) -> bytes:
    if coin.key.kind == "p2pkh":
        return b"\x00" + coin.key.program
    if coin.key.kind == "p2sh":
        return b"\x01" + coin.key.program
    return varint(len(coin.key.script) + 6) + coin.key.script


def write_transaction(tx: Tx, keys: Keys) -> bytes:
    """Sets the transaction's bytes and id; returns the hash over all of it, witness included."""
    parts, witness, seen = [compact(len(tx.inputs))], [], False
    sequence = struct.pack("<I", tx.sequence)
    for coin in tx.inputs:
        script, items = keys.unlocking(coin.key)
        source = coin.tx
        if source is None:
            raise RuntimeError("a coin of no transaction cannot be spent")
        parts += (source.txid, struct.pack("<I", coin.n), compact(len(script)), script, sequence)
        witness.append(bytes((len(items),)) + b"".join(bytes((len(item),)) + item for item in items))
        seen = seen or bool(items)
    parts.append(compact(len(tx.outputs)))
    for coin in tx.outputs:
        parts += (struct.pack("<q", coin.value), bytes((len(coin.key.script),)), coin.key.script)
    version, lock = struct.pack("<i", tx.version), struct.pack("<I", tx.lock_time)
    body = b"".join(parts)
    plain = version + body + lock
    tx.txid = double(plain)
    tx.data = version + b"\x00\x01" + body + b"".join(witness) + lock if seen else plain
    return double(tx.data) if seen else tx.txid


def merkle(hashes: list[bytes]) -> bytes:
    """Root over transaction hashes."""
    while len(hashes) > 1:
        if len(hashes) % 2:
            hashes = [*hashes, hashes[-1]]
        hashes = [double(hashes[i] + hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def _coinbase(tx: Tx, height: int, witness_root: bytes) -> None:
    """The coinbase's bytes: height in its script, commitment to the witnesses in its last output."""
    size = (height.bit_length() + 8) // 8
    # A height of 16 or less is one opcode; a second byte keeps the script at the two bytes that are wanted.
    script = (bytes((size,)) + height.to_bytes(size, "little") if height > 16 else bytes((0x50 + height,))) + b"\x00"
    commitment = _COMMITMENT + double(witness_root + bytes(32))
    outputs = b"".join(
        struct.pack("<q", coin.value) + bytes((len(coin.key.script),)) + coin.key.script for coin in tx.outputs
    )
    outputs = compact(len(tx.outputs) + 1) + outputs + bytes(8) + bytes((len(commitment),)) + commitment
    body = b"\x01" + bytes(32) + b"\xff" * 4 + bytes((len(script),)) + script + b"\xff" * 4 + outputs
    version = struct.pack("<i", 2)
    tx.txid = double(version + body + bytes(4))
    tx.data = version + b"\x00\x01" + body + b"\x01\x20" + bytes(32) + bytes(4)


class BlockFiles:
    """Open block and undo files; a new pair begins at 128 MiB."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._number = folder, -1
        self._blocks: BinaryIO | None = None
        self._undo: BinaryIO | None = None
        self._next()
        self._write(GENESIS, b"", bytes(32))
        self.tip = double(GENESIS[:80])
        self.height = 0

    def add(self, reward: Tx, txs: list[Tx], hashes: list[bytes], at: int) -> None:
        """Mine and write the next block: its coinbase, its transactions with their witness hashes, its time."""
        _coinbase(reward, self.height + 1, merkle([bytes(32), *hashes]))
        root = merkle([reward.txid, *(tx.txid for tx in txs)])
        head = struct.pack("<i", 0x20000000) + self.tip + root + struct.pack("<II", at, BITS)
        nonce = 0
        while int.from_bytes(found := double(head + struct.pack("<I", nonce)), "little") > _TARGET:
            nonce += 1
        whole = [head, struct.pack("<I", nonce), compact(len(txs) + 1), reward.data, *(tx.data for tx in txs)]
        self._write(b"".join(whole), _undo_of(txs), self.tip)
        self.tip, self.height = found, self.height + 1

    def close(self) -> None:
        """End both files."""
        for file in (self._blocks, self._undo):
            if file is not None:
                file.close()

    def _next(self) -> None:
        self.close()
        self._number += 1
        self._blocks = (self._folder / f"blk{self._number:05d}.dat").open("wb")
        self._undo = (self._folder / f"rev{self._number:05d}.dat").open("wb")

    def _write(self, block: bytes, undo: bytes, previous: bytes) -> None:
        if self._blocks is not None and self._blocks.tell() + len(block) > _FILE_MOST:
            self._next()
        if self._blocks is None or self._undo is None:
            raise RuntimeError("no block file is open")
        self._blocks.write(MAGIC + struct.pack("<I", len(block)) + block)
        if undo:
            self._undo.write(MAGIC + struct.pack("<I", len(undo)) + undo + double(previous + undo))


def _undo_of(txs: list[Tx]) -> bytes:
    parts = [compact(len(txs))]
    for tx in txs:
        parts.append(compact(len(tx.inputs)))
        for coin in tx.inputs:
            source = coin.tx
            if source is None:
                raise RuntimeError("a coin of no transaction cannot be undone")
            parts.append(varint(source.height * 2 + source.coinbase))
            # A dummy version follows each height that is not 0.
            parts += (b"\x00", varint(compressed_amount(coin.value)), _compressed_script(coin))
    return b"".join(parts)
