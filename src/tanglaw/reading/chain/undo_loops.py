"""Undo data to arrays: the outputs that a block spends, compiled, in the two forms that are met.

A node's (Bitcoin Core's `undo.h`, `coins.h`, `compressor.h`): counts, then for each output height, amount and script in a
compressed form. And a bare list of outputs, amount and script as in a transaction, as test data of several libraries hold.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from tanglaw.reading.chain.block_loops import (
    CUT,
    FIRST_IN,
    INS,
    KIND,
    MONEY,
    MOST_MONEY,
    OP_RETURN,
    P2PK,
    P2PKH,
    P2SH,
    PAYLOAD_AT,
    PAYLOAD_SIZE,
    TAIL,
    VALUE,
    Array,
    compact,
    little,
    script_of,
    wide,
)

# Core keeps no longer script: it can never be spent.
_LONGEST = 10_000


@njit(cache=True, nogil=True)
def varint(data: Array, at: int, end: int) -> tuple[int, int]:
    """A number of seven bits a byte, highest first, each but the last counted from one (Core's VARINT)."""
    value = 0
    while at < end and value < 1 << 54:
        byte = wide(data[at])
        at += 1
        value = value << 7 | (byte & 0x7F)
        if byte < 0x80:
            return value, at
        value += 1
    return CUT, at


@njit(cache=True, nogil=True)
def amount_of(code: int) -> int:
    """The amount that Core's compressed form stands for; MONEY if it is no amount."""
    if code == 0:
        return 0
    code -= 1
    zeros, rest = code % 10, code // 10
    if zeros < 9:
        number = rest // 9 * 10 + rest % 9 + 1
    else:
        number = rest + 1
    for _ in range(zeros):
        if number > MOST_MONEY:
            return MONEY
        number *= 10
    return number if number <= MOST_MONEY else MONEY


@njit(cache=True, nogil=True)
def packed_output(data: Array, at: int, end: int, one: Array) -> int:
    """One output in Core's form into `one`; the place behind it or a fault.

    A key that is packed with its parity (first byte 4 or 5) keeps that byte: its payload is 33 bytes all the same.
    """
    code, at = varint(data, at, end)
    if code < 0:
        return CUT
    if code >> 1:
        _, at = varint(data, at, end)
    code, at = varint(data, at, end)
    size, at = varint(data, at, end)
    if code < 0 or size < 0:
        return CUT
    one[VALUE] = amount_of(code)
    if one[VALUE] < 0:
        return MONEY
    length = size - 6 if size > 5 else 20 if size < 2 else 32
    if length > end - at:
        return CUT
    if size < 2:
        one[KIND], one[PAYLOAD_AT], one[PAYLOAD_SIZE] = (P2PKH if size == 0 else P2SH), at, 20
    elif size < 6:
        one[KIND], one[PAYLOAD_AT], one[PAYLOAD_SIZE] = P2PK, at - 1, 33
    elif length > _LONGEST:
        one[KIND], one[PAYLOAD_AT], one[PAYLOAD_SIZE] = OP_RETURN, at, 0
    else:
        one[KIND], one[PAYLOAD_AT], one[PAYLOAD_SIZE] = script_of(data, at, length)
    return at + length


@njit(cache=True, nogil=True)
def plain_output(data: Array, at: int, end: int, one: Array) -> int:
    """One output as a transaction writes it into `one`; the place behind it or a fault."""
    if at + 8 > end:
        return CUT
    one[VALUE] = little(data, at, 8)
    if not 0 <= one[VALUE] <= MOST_MONEY:
        return MONEY
    size, at = compact(data, at + 8, end)
    if size < 0 or size > end - at:
        return CUT
    one[KIND], one[PAYLOAD_AT], one[PAYLOAD_SIZE] = script_of(data, at, size)
    return at + size


@njit(cache=True, nogil=True)
def fill_undo(data: Array, at: int, end: int, txs: Array, told: Array, plain: bool) -> int:
    """Fill `told`, aligned with the block's inputs, for `txs`, its transactions but the first. 0, or a fault if the
    data are not of this block."""
    if not plain:
        count, at = compact(data, at, end)
        if count != len(txs):
            return CUT
    for number in range(len(txs)):
        wanted = txs[number, INS]
        if not plain:
            count, at = compact(data, at, end)
            if count != wanted:
                return CUT
        for row in range(txs[number, FIRST_IN], txs[number, FIRST_IN] + wanted):
            if row >= len(told):
                return CUT
            at = plain_output(data, at, end, told[row]) if plain else packed_output(data, at, end, told[row])
            if at < 0:
                return at
    return 0 if at == end else TAIL


@njit(cache=True, nogil=True)
def count_undo(data: Array, at: int, end: int, plain: bool) -> tuple[int, int]:
    """Transactions (0 if `plain`) and outputs of undo data by themselves; a fault first if they are none."""
    one = np.zeros(6, np.int64)
    outs = txs = 0
    if plain:
        while at < end:
            at = plain_output(data, at, end, one)
            if at < 0:
                return at, outs
            outs += 1
        return 0, outs
    txs, at = compact(data, at, end)
    if txs < 0 or txs > end - at:
        return CUT, 0
    for _ in range(txs):
        count, at = compact(data, at, end)
        if count < 0 or count > end - at:
            return CUT, outs
        for _ in range(count):
            at = packed_output(data, at, end, one)
            if at < 0:
                return at, outs
            outs += 1
    return (txs, outs) if at == end else (TAIL, outs)
