"""Bytes of blocks to arrays: compiled loops over the serialisation of blocks, transactions, scripts and undo data.

Arrays of int64, one row each, columns named by the constants below; places are offsets into the buffer. Every index is
checked against `end`; a fault is a negative number of FAULTS, never an exception. Formats: BIP 144, Bitcoin Core's
`serialize.h`, `compressor.h` and `undo.h`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]
# Bytes are widened before they are shifted.
wide: Any = np.int64

KINDS = ("other", "p2pk", "p2pkh", "p2sh", "p2wpkh", "p2wsh", "p2tr", "multisig", "op-return", "witness-unknown")
OTHER, P2PK, P2PKH, P2SH, P2WPKH, P2WSH, P2TR, MULTISIG, OP_RETURN, WITNESS = range(10)
FAULTS = {
    -1: "the block ends inside a field",
    -2: "a count is larger than the rest of the block can hold",
    -3: "a transaction without inputs",
    -4: "an unknown transaction flag",
    -5: "a block without transactions",
    -6: "bytes after the last transaction",
    -7: "an amount outside 0 to 21 million coins",
}
CUT, COUNT, EMPTY, FLAG, NONE, TAIL, MONEY = -1, -2, -3, -4, -5, -6, -7
MOST_MONEY = 21_000_000 * 100_000_000
HEADER = 80
# Transactions.
START, BODY, BODY_END, END, VERSION, LOCK, INS, OUTS, FIRST_IN, FIRST_OUT, BLOCK, POSITION = range(12)
TX_COLUMNS = 12
# Inputs. KEY_KIND says what kind of output the spending key or redeem script at KEY_AT tells.
TX, N, PREVIOUS_AT, PREVIOUS_N, SEQUENCE, KEY_KIND, KEY_AT, KEY_SIZE = range(8)
IN_COLUMNS = 8
# Outputs, also those of undo data. TX and N as above.
VALUE, KIND, PAYLOAD_AT, PAYLOAD_SIZE = range(2, 6)
OUT_COLUMNS = 6


@njit(cache=True, nogil=True)
def little(data: Array, at: int, size: int) -> int:
    """The unsigned number of `size` bytes, lowest first; eight bytes as a signed one."""
    value = 0
    for place in range(size):
        value |= wide(data[at + place]) << (8 * place)
    return value


@njit(cache=True, nogil=True)
def compact(data: Array, at: int, end: int) -> tuple[int, int]:
    """A CompactSize and the place behind it; a negative number if it is cut off or beyond 2**63."""
    if at >= end:
        return CUT, at
    first = wide(data[at])
    if first < 253:
        return first, at + 1
    size = 2 if first == 253 else 4 if first == 254 else 8
    if at + 1 + size > end:
        return CUT, at
    value = little(data, at + 1, size)
    return (value if value >= 0 else COUNT), at + 1 + size


@njit(cache=True, nogil=True)
def script_of(data: Array, at: int, size: int) -> tuple[int, int, int]:
    """Kind of an output script, and where its hash, program or key stands and how long it is."""
    first = data[at] if size else 0
    if size == 25 and first == 0x76 and little(data, at + 1, 2) == 0x14A9 and little(data, at + 23, 2) == 0xAC88:
        return P2PKH, at + 3, 20
    if size == 23 and first == 0xA9 and data[at + 1] == 20 and data[at + 22] == 0x87:
        return P2SH, at + 2, 20
    if 4 <= size <= 42 and (first == 0 or 0x51 <= first <= 0x60) and data[at + 1] == size - 2:
        if first == 0:
            kind = P2WPKH if size == 22 else P2WSH if size == 34 else OTHER
        else:
            kind = P2TR if first == 0x51 and size == 34 else WITNESS
        return kind, at + 2, size - 2
    if size and first == 0x6A:
        return OP_RETURN, at, 0
    if size in (35, 67) and first == size - 2 and data[at + size - 1] == 0xAC and is_key(data, at + 1, size - 2):
        return P2PK, at + 1, size - 2
    if size >= 37 and data[at + size - 1] == 0xAE and is_multisig(data, at, size):
        return MULTISIG, at, 0
    return OTHER, at, 0


@njit(cache=True, nogil=True)
def is_key(data: Array, at: int, size: int) -> bool:
    """True if a public key's first byte goes with its length."""
    first = data[at]
    return bool(first in (2, 3) if size == 33 else size == 65 and first in (4, 6, 7))


@njit(cache=True, nogil=True)
def is_multisig(data: Array, at: int, size: int) -> bool:
    """True for `m <key>... n OP_CHECKMULTISIG`."""
    least, most = wide(data[at]) - 0x50, wide(data[at + size - 2]) - 0x50
    if not 1 <= least <= most <= 16:
        return False
    place, stop, keys = at + 1, at + size - 2, 0
    while place < stop:
        length = wide(data[place])
        if length not in (33, 65) or place + 1 + length > stop or not is_key(data, place + 1, length):
            return False
        place, keys = place + 1 + length, keys + 1
    whole: bool = keys == most
    return whole


@njit(cache=True, nogil=True)
def spender_of(data: Array, at: int, size: int) -> tuple[int, int, int]:
    """What a signature script tells of the output it spends: kind, and place and length of key or redeem script."""
    if size in (23, 35) and data[at] == size - 1 and data[at + 1] == 0 and data[at + 2] == size - 3:
        return P2SH, at + 1, size - 1
    if size < 43:
        return OTHER, at, 0
    first = wide(data[at])
    if not 9 <= first <= 73 or data[at + 1] != 0x30 or first + 2 > size:
        return OTHER, at, 0
    key = at + 1 + first
    length = wide(data[key])
    if length in (33, 65) and key + 1 + length == at + size and is_key(data, key + 1, length):
        return P2PKH, key + 1, length
    return OTHER, at, 0


@njit(cache=True, nogil=True)
def witness_of(data: Array, at: int, end: int, ins: Array, row: int, fill: bool) -> int:
    """The place behind one witness; notes the key of a `<signature> <key>` one if the input's script is empty."""
    items, at = compact(data, at, end)
    if items < 0 or items > end - at:
        return COUNT
    first_size, first_at, size, last = 0, at, 0, at
    for number in range(items):
        size, at = compact(data, at, end)
        if size < 0 or size > end - at:
            return CUT
        if number == 0:
            first_size, first_at = size, at
        last = at
        at += size
    signed = items == 2 and size == 33 and 9 <= first_size <= 73 and data[first_at] == 0x30
    if fill and signed and ins[row, KEY_KIND] == -1 and is_key(data, last, size):
        ins[row, KEY_KIND], ins[row, KEY_AT], ins[row, KEY_SIZE] = P2WPKH, last, size
    return at


@njit(cache=True, nogil=True)
def inputs_of(data: Array, at: int, end: int, count: int, tx: int, ins: Array, row: int, fill: bool) -> int:
    """The place behind `count` inputs, which go into `ins` from `row` on. KEY_KIND is -1 for an empty script."""
    for number in range(count):
        script = at + 36
        if script > end:
            return CUT
        size, script = compact(data, script, end)
        if size < 0 or size + 4 > end - script:
            return CUT
        if fill:
            one = ins[row + number]
            one[TX], one[N], one[PREVIOUS_AT], one[PREVIOUS_N] = tx, number, at, little(data, at + 32, 4)
            one[SEQUENCE] = little(data, script + size, 4)
            one[KEY_KIND], one[KEY_AT], one[KEY_SIZE] = spender_of(data, script, size)
            if size == 0:
                one[KEY_KIND] = -1
        at = script + size + 4
    return at


@njit(cache=True, nogil=True)
def outputs_of(data: Array, at: int, end: int, count: int, tx: int, outs: Array, row: int, fill: bool) -> int:
    """The place behind `count` outputs, which go into `outs` from `row` on."""
    for number in range(count):
        if at + 8 > end:
            return CUT
        value = little(data, at, 8)
        if not 0 <= value <= MOST_MONEY:
            return MONEY
        size, script = compact(data, at + 8, end)
        if size < 0 or size > end - script:
            return CUT
        if fill:
            one = outs[row + number]
            one[TX], one[N], one[VALUE] = tx, number, value
            one[KIND], one[PAYLOAD_AT], one[PAYLOAD_SIZE] = script_of(data, script, size)
        at = script + size
    return at


@njit(cache=True, nogil=True)
def transaction_of(data: Array, at: int, end: int, one: Array, ins: Array, outs: Array, fill: bool) -> int:
    """The place behind one transaction, or a fault. `one` gets its row; FIRST_IN, FIRST_OUT and BLOCK are given in it."""
    one[START] = at
    if at + 10 > end:
        return CUT
    one[VERSION] = little(data, at, 4)
    segwit = data[at + 4] == 0
    if segwit and data[at + 5] != 1:
        return EMPTY if data[at + 5] == 0 else FLAG
    at += 6 if segwit else 4
    one[BODY] = at
    number = one[POSITION]
    count, at = compact(data, at, end)
    if count <= 0 or count > (end - at) // 41:
        return EMPTY if count == 0 else CUT if count == CUT else COUNT
    one[INS] = count
    at = inputs_of(data, at, end, count, number, ins, one[FIRST_IN], fill)
    if at < 0:
        return at
    count, at = compact(data, at, end)
    if count < 0 or count > (end - at) // 9:
        return CUT if count == CUT else COUNT
    one[OUTS] = count
    at = outputs_of(data, at, end, count, number, outs, one[FIRST_OUT], fill)
    if at < 0:
        return at
    one[BODY_END] = at
    if segwit:
        for row in range(one[INS]):
            at = witness_of(data, at, end, ins, one[FIRST_IN] + row, fill)
            if at < 0:
                return at
    if at + 4 > end:
        return CUT
    one[LOCK], one[END] = little(data, at, 4), at + 4
    return at + 4


@njit(cache=True, nogil=True)
def count_block(data: Array, start: int, end: int) -> tuple[int, int, int]:
    """Transactions, inputs and outputs of the block between `start` and `end`; a fault first if it is not one."""
    one, none = np.zeros(TX_COLUMNS, np.int64), np.zeros((0, IN_COLUMNS), np.int64)
    if end - start < HEADER:
        return CUT, 0, 0
    count, at = compact(data, start + HEADER, end)
    if count <= 0 or count > (end - at) // 60:
        return (NONE if count == 0 else CUT if count == CUT else COUNT), 0, 0
    ins = outs = 0
    for _ in range(count):
        at = transaction_of(data, at, end, one, none, none, False)
        if at < 0:
            return at, 0, 0
        ins, outs = ins + one[INS], outs + one[OUTS]
    return (count, ins, outs) if at == end else (TAIL, 0, 0)


@njit(cache=True, nogil=True)
def fill_block(data: Array, start: int, end: int, first: Array, txs: Array, ins: Array, outs: Array) -> int:
    """Fill the rows of a block that `count_block` found good.

    `first` holds the next free rows of the three tables and the block's number, and is moved on. TX of inputs and
    outputs is the row of their transaction. 0, or a fault.
    """
    count, at = compact(data, start + HEADER, end)
    for position in range(count):
        if first[0] >= len(txs):
            return COUNT
        one = txs[first[0]]
        # The row number stands in POSITION while its inputs and outputs are read.
        one[FIRST_IN], one[FIRST_OUT], one[BLOCK], one[POSITION] = first[1], first[2], first[3], first[0]
        at = transaction_of(data, at, end, one, ins, outs, True)
        if at < 0:
            return at
        one[POSITION] = position
        first[0] += 1
        first[1] += one[INS]
        first[2] += one[OUTS]
    return 0
