"""Made-up transactions of a chain in columns, straight into Parquet: address texts, no bytes of blocks.

Wallets pay each other; each payment has a change output; a coin is spent by one of the next transactions of its wallet. Two of
three receipts are to a new address. Every fortieth transaction is a payout with 30 outputs, every hundredth a CoinJoin shape.
Chunks share wallets and their fixed addresses, so clusters reach over them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

Ints = NDArray[np.int64]
CHUNK = 5_000_000
_LETTERS = np.frombuffer(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l", np.uint8)
_LENGTH = 42


def addresses(numbers: Ints) -> pa.Array:
    """Texts as long and as mixed as addresses of witness version 0, one for each number; their checksums do not hold."""
    text = np.empty((len(numbers), _LENGTH), np.uint8)
    text[:, :4] = np.frombuffer(b"bc1q", np.uint8)
    for word in range(4):
        mixed = _mixed(numbers.astype(np.uint64) * np.uint64(4) + np.uint64(word))
        for place in range(4 + word * 10, min(_LENGTH, 14 + word * 10)):
            text[:, place] = _LETTERS[(mixed & np.uint64(31)).astype(np.int64)]
            mixed >>= np.uint64(5)
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * _LENGTH
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(text))


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64."""
    with np.errstate(over="ignore"):
        x = x + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def make(folder: Path, transactions: int, seed: int = 1) -> dict[str, list[Path]]:
    """Parquet files by table: tx (t, network, txid, at, coinbase, version, lock_time), paid (t, n, value, kind, address,
    spent_t), spent (t, n, value, kind, address, sequence). `t` counts from 1."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[Path]] = {"tx": [], "paid": [], "spent": []}
    wallets = max(100, transactions // 12)
    for number, first in enumerate(range(0, transactions, CHUNK)):
        dice = np.random.default_rng((seed, number))
        made = _chunk(dice, first, min(CHUNK, transactions - first), wallets)
        for name, rows in made.items():
            path = folder / f"{name}-{number:03d}.parquet"
            pq.write_table(rows, path, compression="lz4", row_group_size=500_000, use_dictionary=["kind", "network"])
            files[name].append(path)
    return files


def _chunk(dice: np.random.Generator, first: int, count: int, wallets: int) -> dict[str, pa.Table]:
    t = np.arange(count, dtype=np.int64)
    payer = (wallets * dice.random(count) ** 1.5).astype(np.int64)
    wide = np.where(t % 40 == 0, 30, 1)
    out_t = np.repeat(t, wide + 1)
    place = np.arange(len(out_t), dtype=np.int64) - np.repeat(np.cumsum(wide + 1) - wide - 1, wide + 1)
    change = place == np.repeat(t % 2 * wide, wide + 1)
    owner = np.where(change, payer[out_t], (wallets * dice.random(len(out_t))).astype(np.int64))
    fresh = change | (dice.random(len(out_t)) < 0.66)
    number = np.where(fresh, wallets + (first * 3 + np.arange(len(out_t), dtype=np.int64)), owner)
    value = (dice.lognormal(13.0, 1.5, len(out_t))).astype(np.int64) + 600
    joint = np.repeat(t % 100 == 50, wide + 1)
    value[joint] = 1_000_000
    spender = _spenders(payer, owner, out_t, dice)
    spent = np.flatnonzero(spender >= 0)
    spent = spent[np.argsort(spender[spent], kind="stable")]
    have = np.zeros(count, bool)
    have[spender[spent]] = True
    # A transaction without a coin of this chunk spends one of before, to its wallet's fixed address.
    bare = t[~have]
    in_t = np.concatenate([spender[spent], bare])
    in_n = np.arange(len(in_t), dtype=np.int64) - np.searchsorted(spender[spent], in_t)
    in_n[len(spent) :] = 0
    in_address = np.concatenate([number[spent], payer[bare]])
    in_value = np.concatenate([value[spent], np.full(len(bare), 50_000_000)])
    style = _mixed(np.arange(wallets, dtype=np.uint64))
    return {
        "tx": pa.table(
            {
                "t": t + first + 1,
                "network": pa.array(["btc"]).take(pa.array(np.zeros(count, np.int8))),
                "txid": pa.array(t + first + 1).cast(pa.string()),
                "at": pa.array((t + first) * 100_000 + 1_600_000_000_000_000, pa.timestamp("us", "UTC")),
                "coinbase": pa.array(np.zeros(count, bool)),
                "version": 1 + (style[payer] % np.uint64(2)).astype(np.int64),
                "lock_time": (style[payer] // np.uint64(2) % np.uint64(2)).astype(np.int64) * 800_000,
            }
        ),
        "paid": pa.table(
            {
                "t": out_t + first + 1,
                "n": place,
                "value": value,
                "kind": _kinds(number),
                "address": addresses(number),
                "spent_t": pa.array(spender + first + 1, mask=spender < 0),
            }
        ),
        "spent": pa.table(
            {
                "t": in_t + first + 1,
                "n": in_n,
                "value": in_value,
                "kind": _kinds(in_address),
                "address": addresses(in_address),
                "sequence": 0xFFFFFFFD + (style[payer[in_t]] // np.uint64(4) % np.uint64(2)).astype(np.int64),
            }
        ),
    }


def _kinds(number: Ints) -> pa.Array:
    return pa.array(["p2wpkh", "p2pkh", "p2sh", "p2tr"]).take(pa.array(_mixed(number.astype(np.uint64)) % np.uint64(4)))


def _spenders(payer: Ints, owner: Ints, out_t: Ints, dice: np.random.Generator) -> Ints:
    """For each output the transaction of its owner that spends it, -1 if none does: one of the next three."""
    count = len(payer)
    order = np.argsort(payer, kind="stable")
    keys = payer[order] * count + order
    place = np.searchsorted(keys, owner * count + out_t, "right") + dice.integers(0, 3, len(out_t))
    inside = place < count
    found = np.full(len(out_t), -1, np.int64)
    chosen = order[place[inside]]
    found[inside] = np.where(payer[chosen] == owner[inside], chosen, -1)
    return found
