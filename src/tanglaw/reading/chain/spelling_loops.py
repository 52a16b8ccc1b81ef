"""Payloads to the letters of addresses, and digests to hex: compiled loops over rows of bytes.

Base58 as Bitcoin's `base58.h`; Bech32 and Bech32m by BIP 173 and BIP 350.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from tanglaw.reading.chain.block_loops import Array, wide

_BASE58 = np.frombuffer(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", np.uint8)
_BECH32 = np.frombuffer(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l", np.uint8)
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_M = 0x2BC830A3
# The longest address there is (BIP 173).
WIDTH = 90


@njit(cache=True, nogil=True)
def reversed_hex(rows: Array, out: Array) -> None:
    """Each row's bytes from last to first as hex digits into `out`, twice as wide: how nodes show digests."""
    width = rows.shape[1]
    for row in range(rows.shape[0]):
        for place in range(width):
            byte = rows[row, width - 1 - place]
            out[row, 2 * place] = _HEX[byte >> 4]
            out[row, 2 * place + 1] = _HEX[byte & 15]


@njit(cache=True, nogil=True)
def gathered(data: Array, ats: Array, sizes: Array, out: Array) -> None:
    """Copy the `sizes[row]` bytes at `ats[row]` into each row of `out`; what does not fit is left out."""
    for row in range(len(ats)):
        size = min(sizes[row], out.shape[1])
        if ats[row] >= 0 and ats[row] + size <= len(data):
            for place in range(size):
                out[row, place] = data[ats[row] + place]


@njit(cache=True, nogil=True)
def base58_of(body: Array, out: Array) -> int:
    """The Base58 text of `body` into `out`; its length."""
    digits = np.zeros(WIDTH, np.uint8)
    zeros = used = 0
    while zeros < len(body) and body[zeros] == 0:
        zeros += 1
    for place in range(zeros, len(body)):
        carry = np.int64(body[place])
        for digit in range(used):
            carry += wide(digits[digit]) << 8
            digits[digit] = carry % 58
            carry //= 58
        while carry:
            digits[used] = carry % 58
            carry //= 58
            used += 1
    for place in range(zeros):
        out[place] = _BASE58[0]
    for place in range(used):
        out[zeros + place] = _BASE58[digits[used - 1 - place]]
    return zeros + used


@njit(cache=True, nogil=True)
def polymod(check: int, value: int) -> int:
    """One step of Bech32's checksum."""
    top = check >> 25
    check = (check & 0x1FFFFFF) << 5 ^ value
    for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
        if top >> bit & 1:
            check ^= term
    return check


@njit(cache=True, nogil=True)
def bech32_of(prefix: Array, version: int, program: Array, out: Array) -> int:
    """The SegWit address of a witness program into `out`; its length."""
    check, at = 1, 0
    for letter in prefix:
        check = polymod(check, letter >> 5)
    check = polymod(check, 0)
    for letter in prefix:
        check = polymod(check, letter & 31)
        out[at] = letter
        at += 1
    out[at] = 49
    out[at + 1] = _BECH32[version]
    check, at = polymod(check, version), at + 2
    held = bits = 0
    for byte in program:
        held, bits = held << 8 | byte, bits + 8
        while bits >= 5:
            bits -= 5
            value = held >> bits & 31
            check, out[at], at = polymod(check, value), _BECH32[value], at + 1
        held &= (1 << bits) - 1
    if bits:
        value = held << (5 - bits) & 31
        check, out[at], at = polymod(check, value), _BECH32[value], at + 1
    for _ in range(6):
        check = polymod(check, 0)
    check ^= 1 if version == 0 else _M
    for place in range(6):
        out[at + place] = _BECH32[check >> 5 * (5 - place) & 31]
    return at + 6


@njit(cache=True, nogil=True)
def base58_rows(bodies: Array, out: Array, lengths: Array) -> None:
    """`base58_of` each row."""
    for row in range(len(bodies)):
        lengths[row] = base58_of(bodies[row], out[row])


@njit(cache=True, nogil=True)
def bech32_rows(prefix: Array, versions: Array, programs: Array, sizes: Array, out: Array, lengths: Array) -> None:
    """`bech32_of` each row; a program of more than 40 bytes gives no letters."""
    for row in range(len(programs)):
        if sizes[row] <= 40:
            lengths[row] = bech32_of(prefix, versions[row], programs[row, : sizes[row]], out[row])


@njit(cache=True, nogil=True)
def packed_texts(texts: Array, lengths: Array, out: Array, offsets: Array) -> None:
    """The texts of all rows one behind the other, and where each begins."""
    at = 0
    for row in range(len(texts)):
        offsets[row] = at
        for place in range(lengths[row]):
            out[at + place] = texts[row, place]
        at += lengths[row]
    offsets[len(texts)] = at
