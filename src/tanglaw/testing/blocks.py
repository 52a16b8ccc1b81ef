"""Blocks of a test network, made for tests: outputs of every kind, witnesses, work of next to nothing.

Written from the formats alone (BIP 34, 141, 144; Bitcoin Core's `undo.h`, `compressor.h`), apart from what reads them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MAGIC = bytes.fromhex("fabfb5da")
EASY = 0x207FFFFF
NOWHERE = (bytes(32), 0xFFFFFFFF)
BEGAN = 1_767_225_600


def double(data: bytes) -> bytes:
    """SHA-256 of SHA-256."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def compact(number: int) -> bytes:
    """A CompactSize."""
    for mark, size, most in ((b"", 1, 252), (b"\xfd", 2, 0xFFFF), (b"\xfe", 4, 0xFFFFFFFF)):
        if number <= most:
            return mark + number.to_bytes(size, "little")
    return b"\xff" + number.to_bytes(8, "little")


def sized(data: bytes) -> bytes:
    """Bytes behind their length."""
    return compact(len(data)) + data


@dataclass(frozen=True)
class Spend:
    """An input: id (as it is serialised) and number of the output spent, signature script, witness, sequence."""

    txid: bytes = NOWHERE[0]
    n: int = NOWHERE[1]
    script: bytes = b""
    witness: tuple[bytes, ...] = ()
    sequence: int = 0xFFFFFFFE


@dataclass(frozen=True)
class Pay:
    """An output."""

    value: int
    script: bytes


@dataclass(frozen=True)
class Tx:
    """A transaction."""

    ins: tuple[Spend, ...]
    outs: tuple[Pay, ...]
    version: int = 2
    lock: int = 0

    def serialised(self, witness: bool = True) -> bytes:
        """The bytes, with witnesses only where an input has one."""
        witness = witness and any(one.witness for one in self.ins)
        parts = [self.version.to_bytes(4, "little"), b"\x00\x01" if witness else b"", compact(len(self.ins))]
        for one in self.ins:
            parts += [one.txid, one.n.to_bytes(4, "little"), sized(one.script), one.sequence.to_bytes(4, "little")]
        parts.append(compact(len(self.outs)))
        parts += [out.value.to_bytes(8, "little") + sized(out.script) for out in self.outs]
        if witness:
            parts += [compact(len(one.witness)) + b"".join(map(sized, one.witness)) for one in self.ins]
        return b"".join([*parts, self.lock.to_bytes(4, "little")])

    @property
    def txid(self) -> bytes:
        return double(self.serialised(witness=False))


def root_of(ids: Sequence[bytes]) -> bytes:
    """The Merkle root."""
    level = list(ids)
    while len(level) > 1:
        level += level[-1:] * (len(level) % 2)
        level = [double(a + b) for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0]


@dataclass(frozen=True)
class Block:
    """A block; `txs` are those behind the coinbase, which is made with `height` and `reward`."""

    height: int
    txs: tuple[Tx, ...] = ()
    previous: bytes = b"\x01" * 32
    reward: tuple[Pay, ...] = field(default_factory=lambda: (Pay(50 * 10**8, p2pkh(bytes(20))),))
    stamp: int = BEGAN
    bits: int = EASY
    extra: bytes = b""

    @property
    def all(self) -> tuple[Tx, ...]:
        """Coinbase and the others; it commits to the witnesses where there are any."""
        stated = self.height.to_bytes(3, "little") + b"\x00" * (self.height >> 23)
        signed = any(one.witness for tx in self.txs for one in tx.ins)
        outs = self.reward
        if signed:
            root = root_of([bytes(32), *(double(tx.serialised()) for tx in self.txs)])
            outs = (*outs, Pay(0, bytes.fromhex("6a24aa21a9ed") + double(root + bytes(32))))
        spend = Spend(script=sized(stated) + self.extra, witness=(bytes(32),) if signed else ())
        return Tx((spend,), outs), *self.txs

    @property
    def header(self) -> bytes:
        """Eighty bytes whose digest is below the target; nonces are tried in order."""
        root, nonce = root_of([tx.txid for tx in self.all]), 0
        start = (4).to_bytes(4, "little") + self.previous + root
        start += self.stamp.to_bytes(4, "little") + self.bits.to_bytes(4, "little")
        target = (self.bits & 0x7FFFFF) << 8 * ((self.bits >> 24) - 3)
        while int.from_bytes(double(start + nonce.to_bytes(4, "little")), "little") > target:
            nonce += 1
        return start + nonce.to_bytes(4, "little")

    @property
    def digest(self) -> bytes:
        return double(self.header)

    def serialised(self) -> bytes:
        """The bytes as a node keeps and sends them."""
        return self.header + compact(len(self.all)) + b"".join(tx.serialised() for tx in self.all)


def framed(data: bytes, magic: bytes = MAGIC) -> bytes:
    """A block or undo data behind magic and length."""
    return magic + len(data).to_bytes(4, "little") + data


def p2pkh(digest: bytes) -> bytes:
    """Script that pays a key's hash."""
    return b"\x76\xa9\x14" + digest + b"\x88\xac"


def p2sh(digest: bytes) -> bytes:
    """Script that pays a script's hash."""
    return b"\xa9\x14" + digest + b"\x87"


def witness(version: int, program: bytes) -> bytes:
    """Script that pays a witness program."""
    return bytes([version + 0x50 if version else 0, len(program)]) + program


def varint(number: int) -> bytes:
    """Core's number of seven bits a byte, highest first."""
    out = [number & 0x7F]
    while number > 0x7F:
        number = (number >> 7) - 1
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))


def packed_amount(value: int) -> int:
    """An amount in Core's compressed form."""
    if value == 0:
        return 0
    zeros = 0
    while value % 10 == 0 and zeros < 9:
        value, zeros = value // 10, zeros + 1
    if zeros == 9:
        return 1 + (value - 1) * 10 + 9
    return 1 + (value // 10 * 9 + value % 10 - 1) * 10 + zeros


def packed_script(script: bytes) -> bytes:
    """An output script in Core's compressed form."""
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14":
        return b"\x00" + script[3:23]
    if len(script) == 23 and script[:2] == b"\xa9\x14":
        return b"\x01" + script[2:22]
    if len(script) == 35 and script[0] == 33:
        return script[1:34]
    if len(script) == 67 and script[1] == 4:
        return bytes([4 + (script[65] & 1)]) + script[2:34]
    return varint(len(script) + 6) + script


def undo(spent: Sequence[Sequence[Pay]], height: int = 7) -> bytes:
    """Undo data as a node keeps them: for each transaction but the coinbase the outputs that it spends."""
    parts = [compact(len(spent))]
    for outs in spent:
        parts.append(compact(len(outs)))
        for out in outs:
            parts += [varint(2 * height), varint(0), varint(packed_amount(out.value)), packed_script(out.script)]
    return b"".join(parts)


def undo_record(data: bytes, previous: bytes, magic: bytes = MAGIC) -> bytes:
    """Undo data framed, with the checksum that ties them to the block whose parent that is."""
    return framed(data, magic) + double(previous + data)


def node_json(block: Block, spent: Sequence[Sequence[Pay]] = ()) -> dict[str, Any]:
    """The block as `getblock` shows it: verbosity 3 if it is told what is spent, else 2. Amounts are texts of numbers."""
    header = block.header
    shown: dict[str, Any] = {
        "hash": double(header)[::-1].hex(),
        "confirmations": 1,
        "height": block.height,
        "version": 4,
        "versionHex": "00000004",
        "merkleroot": header[36:68][::-1].hex(),
        "time": block.stamp,
        "mediantime": block.stamp,
        "nonce": int.from_bytes(header[76:], "little"),
        "bits": f"{block.bits:08x}",
        "difficulty": 4.6565423739069247e-10,
        "chainwork": f"{2 * block.height:064x}",
        "nTx": len(block.all),
        "previousblockhash": block.previous[::-1].hex(),
    }
    told: list[Sequence[Pay]] = [(), *spent] if spent else [()] * len(block.all)
    shown["tx"] = [_tx_json(tx, outs) for tx, outs in zip(block.all, told, strict=True)]
    return shown


def _tx_json(tx: Tx, told: Sequence[Pay]) -> dict[str, Any]:
    ins: list[dict[str, Any]] = []
    for number, one in enumerate(tx.ins):
        if (one.txid, one.n) == NOWHERE:
            ins.append({"coinbase": one.script.hex(), "sequence": one.sequence})
            continue
        ins.append({"txid": one.txid[::-1].hex(), "vout": one.n, "scriptSig": {"asm": "", "hex": one.script.hex()}})
        ins[-1]["sequence"] = one.sequence
        if one.witness:
            ins[-1]["txinwitness"] = [item.hex() for item in one.witness]
        if told:
            ins[-1]["prevout"] = {"generated": False, "height": 7, **_out_json(told[number])}
    return {
        "txid": tx.txid[::-1].hex(),
        "hash": double(tx.serialised())[::-1].hex(),
        "version": tx.version,
        "size": len(tx.serialised()),
        "locktime": tx.lock,
        "vin": ins,
        "vout": [{**_out_json(out), "n": number} for number, out in enumerate(tx.outs)],
        "hex": tx.serialised().hex(),
    }


def _out_json(out: Pay) -> dict[str, Any]:
    return {"value": out.value / 10**8, "scriptPubKey": {"asm": "", "hex": out.script.hex(), "type": "pubkeyhash"}}
