"""Output scripts and keys to addresses: each distinct payload is spelled once.

A payload is a row of 44 bytes: kind (`block_loops.KINDS`), witness version, length, and up to 41 bytes of hash or
program. A bare public key (P2PK) is shown by the P2PKH address of its key, as explorers do.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
from Crypto.Hash import RIPEMD160

from tanglaw.reading.chain.block_loops import (
    KINDS,
    MULTISIG,
    OP_RETURN,
    OTHER,
    P2PK,
    P2PKH,
    P2SH,
    P2TR,
    WITNESS,
    Array,
    script_of,
)
from tanglaw.reading.chain.digest_loops import checksum_rows, hash160_rows
from tanglaw.reading.chain.hashing import buffer_of
from tanglaw.reading.chain.networks import Network
from tanglaw.reading.chain.spelling_loops import WIDTH, base58_rows, bech32_rows, gathered, packed_texts

ROW = 44
_HASHED = 20
_FIELD = 2**256 - 2**32 - 977
_NAMES = pa.array(KINDS)


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256."""
    return RIPEMD160.new(hashlib.sha256(data).digest()).digest()


def whole_key(key: bytes) -> bytes:
    """The public key itself: one that undo data pack as 4 or 5 and its x gets its y back (secp256k1)."""
    if len(key) != 33 or key[0] not in (4, 5):
        return key
    x = int.from_bytes(key[1:], "big")
    y = pow((pow(x, 3, _FIELD) + 7) % _FIELD, (_FIELD + 1) // 4, _FIELD)
    y = y if y & 1 == key[0] & 1 else _FIELD - y
    return b"\x04" + key[1:] + y.to_bytes(32, "big")


def payloads(data: Array, kinds: Array, ats: Array, sizes: Array, keys: Array | None = None) -> Array:
    """The payload of each output; where `keys` is true the bytes are a key or redeem script, which is hashed first."""
    out = np.zeros((len(kinds), ROW), np.uint8)
    if not len(kinds):
        return out
    out[:, 0] = np.clip(kinds, 0, len(KINDS))
    plain = np.isin(kinds, (OTHER, OP_RETURN, MULTISIG), invert=True) & (kinds >= 0)
    hashed = plain & ((kinds == P2PK) if keys is None else keys)
    straight = np.flatnonzero(plain & ~hashed)
    body = np.zeros((len(straight), ROW - 3), np.uint8)
    gathered(data, ats[straight], sizes[straight], body)
    out[straight, 3:] = body
    out[straight, 2] = sizes[straight]
    witness = straight[np.isin(kinds[straight], (P2TR, WITNESS))]
    out[witness, 1] = data[ats[witness] - 2] - 0x50
    chosen = np.flatnonzero(hashed)
    if len(chosen):
        hashes = np.zeros((len(chosen), _HASHED), np.uint8)
        hash160_rows(data, ats[chosen], sizes[chosen], hashes)
        packed = (sizes[chosen] == 33) & (kinds[chosen] == P2PK) & (data[ats[chosen]] > 3)
        for row in np.flatnonzero(packed):
            at = ats[chosen[row]]
            hashes[row] = np.frombuffer(hash160(whole_key(data[at : at + 33].tobytes())), np.uint8)
        out[chosen, 3 : 3 + _HASHED], out[chosen, 2] = hashes, _HASHED
    return out


def numbers(values: Array, mask: Array | None = None) -> pa.Array[Any]:
    """A column of whole numbers or truths, empty where the mask is true."""
    made: pa.Array[Any] = pa.array(values, mask=mask)
    return made


def kinds_of(kinds: Array) -> pa.Array[Any]:
    """Names of kinds; empty for a negative number."""
    return _NAMES.take(numbers(kinds, kinds < 0))


def spelled(rows: Array, network: Network) -> pa.Array[Any]:
    """The address of each payload, empty where there is none."""
    if not len(rows):
        return pa.array([], pa.string())
    packed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(ROW), len(rows), [None, pa.py_buffer(rows.tobytes())])
    coded = packed.dictionary_encode()
    distinct = np.frombuffer(memoryview(coded.dictionary.buffers()[1] or b""), np.uint8)[: len(coded.dictionary) * ROW]
    return _spelled(distinct.reshape(-1, ROW), network).take(coded.indices)


def _spelled(rows: Array, network: Network) -> pa.Array[Any]:
    kinds = rows[:, 0]
    texts, lengths = np.zeros((len(rows), WIDTH), np.uint8), np.zeros(len(rows), np.int64)
    for chosen, version in (((P2PKH, P2PK), network.key), ((P2SH,), network.script)):
        at = np.flatnonzero(np.isin(kinds, chosen) & (rows[:, 2] == _HASHED))
        _base58(rows[at, 3:23], version, texts, lengths, at)
    at = np.flatnonzero((kinds > P2SH) & (kinds < len(KINDS)) & (rows[:, 2] > 0))
    out, sizes = np.zeros((len(at), WIDTH), np.uint8), np.zeros(len(at), np.int64)
    prefix = np.frombuffer(network.prefix.encode(), np.uint8)
    bech32_rows(prefix, rows[at, 1].astype(np.int64), rows[at, 3:], rows[at, 2].astype(np.int64), out, sizes)
    texts[at], lengths[at] = out, sizes
    return strings(texts, lengths)


def _base58(hashes: Array, version: int, texts: Array, lengths: Array, at: Array) -> None:
    """Spell hashes behind a version byte and before their checksum into the rows `at`."""
    bodies = np.zeros((len(at), 25), np.uint8)
    bodies[:, 0], bodies[:, 1:21] = version, hashes
    checksum_rows(bodies)
    out, sizes = np.zeros((len(at), WIDTH), np.uint8), np.zeros(len(at), np.int64)
    base58_rows(bodies, out, sizes)
    texts[at], lengths[at] = out, sizes


def strings(texts: Array, lengths: Array) -> pa.Array[Any]:
    """Rows of letters as texts; a row of none is empty."""
    out, offsets = np.zeros(int(lengths.sum()), np.uint8), np.zeros(len(texts) + 1, np.int32)
    packed_texts(texts, lengths, out, offsets)
    bits = np.packbits(lengths > 0, bitorder="little")
    buffers = [buffer_of(one) for one in (bits, offsets, out)]
    return pa.StringArray.from_buffers(len(texts), buffers[1], buffers[2], buffers[0])


def address_of(script: bytes, network: Network) -> tuple[str, str | None]:
    """Kind and address of one output script."""
    kinds, texts = addresses_of([script], network)
    return kinds[0], texts[0]


def addresses_of(scripts: list[bytes], network: Network) -> tuple[list[Any], list[Any]]:
    """Kinds and addresses of output scripts."""
    data = np.frombuffer(b"".join(scripts) or b"\0", np.uint8)
    found = np.zeros((len(scripts), 3), np.int64)
    at = 0
    for row, script in enumerate(scripts):
        found[row] = script_of(data, at, len(script))
        at += len(script)
    kinds, ats, sizes = found[:, 0], found[:, 1], found[:, 2]
    return kinds_of(kinds).to_pylist(), spelled(payloads(data, kinds, ats, sizes), network).to_pylist()
