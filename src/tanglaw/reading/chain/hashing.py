"""Digests of blocks: transaction ids, Merkle roots, witness commitments, proof of work (BIP 141, CVE-2012-2459)."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from tanglaw.reading.chain.block_loops import BODY, BODY_END, END, START, Array
from tanglaw.reading.chain.digest_loops import merkle_of
from tanglaw.reading.chain.networks import Network, target_of
from tanglaw.reading.chain.spelling_loops import reversed_hex

_COMMITMENT = bytes.fromhex("6a24aa21a9ed")


class Header(NamedTuple):
    """The 80 bytes of a block's header. Digests as they stand, lowest byte first."""

    digest: bytes
    previous: bytes
    root: bytes
    stamp: int
    bits: int

    def proves_work(self, network: Network) -> bool:
        """True if the digest is below a target that the network allows."""
        target = target_of(self.bits)
        return 0 < target <= network.limit and int.from_bytes(self.digest, "little") <= target


def header_of(data: bytes) -> Header:
    """The header that `data` begins with."""
    number = int.from_bytes
    return Header(
        double(data[:80]), data[4:36], data[36:68], number(data[68:72], "little"), number(data[72:76], "little")
    )


def double(data: bytes) -> bytes:
    """SHA-256 of SHA-256."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def shown(digest: bytes) -> str:
    """A digest as nodes show it."""
    return digest[::-1].hex()


def ids_of(data: bytes, txs: Array) -> tuple[list[bytes], list[bytes]]:
    """Ids of transactions without and with their witnesses."""
    sha256, plain, whole = hashlib.sha256, [], []
    for start, body, body_end, end in txs[:, [START, BODY, BODY_END, END]].tolist():
        digest = sha256(sha256(data[start:end]).digest()).digest()
        whole.append(digest)
        if body - start == 6:
            bare = data[start : start + 4] + data[body:body_end] + data[end - 4 : end]
            digest = sha256(sha256(bare).digest()).digest()
        plain.append(digest)
    return plain, whole


def merkle_root(digests: list[bytes]) -> tuple[bytes, bool]:
    """The Merkle root, and whether two equal digests stand side by side in its tree."""
    rows = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 32).copy()
    mutated = merkle_of(rows)
    return rows[0].tobytes(), bool(mutated)


def commits(coinbase: bytes, whole: list[bytes]) -> bool | None:
    """True if the coinbase's last commitment is that of the witnesses; None if it states none or no reserved value.

    `coinbase` is the whole transaction, of which a lone witness item of 32 bytes is the reserved value.
    """
    place = coinbase.rfind(_COMMITMENT)
    if place < 0 or coinbase[4:6] != b"\x00\x01" or coinbase[-38:-36] != b"\x01\x20":
        return None
    root, _ = merkle_root([bytes(32), *whole[1:]])
    return double(root + coinbase[-36:-4]) == coinbase[place + 6 : place + 38]


def buffer_of(array: Any) -> pa.Buffer:
    """The memory of an array, not copied."""
    return pa.py_buffer(array)


def hex_texts(rows: Array) -> pa.StringArray:
    """Digests, one a row, as nodes show them."""
    out = np.empty((len(rows), 2 * rows.shape[1]), np.uint8)
    reversed_hex(rows, out)
    offsets = np.arange(0, out.size + 1, out.shape[1], dtype=np.int32)
    return pa.StringArray.from_buffers(len(rows), buffer_of(offsets), buffer_of(out))
