"""SHA-256 (FIPS 180-4) and RIPEMD-160 of many short byte strings, compiled: checksums of addresses, hashes of keys,
Merkle trees. For long strings the standard library's is faster."""

from __future__ import annotations

import numpy as np
from numba import njit

from tanglaw.reading.chain.block_loops import Array, wide

_M = 0xFFFFFFFF
_PRIMES = [n for n in range(2, 312) if all(n % d for d in range(2, n))]


def _root(number: int, power: int) -> int:
    """The first 32 bits of the fraction of a square or cube root."""
    wanted = number << 32 * power
    low, high = 0, 1 << 64
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**power <= wanted else (low, middle)
    return low & _M


_K = np.array([_root(prime, 3) for prime in _PRIMES[:64]], np.int64)
_START = np.array([_root(prime, 2) for prime in _PRIMES[:8]], np.int64)
_WORD = np.array(
    [
        *range(16),
        *(7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8),
        *(3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12),
        *(1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2),
        *(4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13),
        *(5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12),
        *(6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2),
        *(15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13),
        *(8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14),
        *(12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11),
    ],
    np.int64,
)
_TURN = np.array(
    [
        *(11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8),
        *(7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12),
        *(11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5),
        *(11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12),
        *(9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6),
        *(8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6),
        *(9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11),
        *(9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5),
        *(15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8),
        *(8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11),
    ],
    np.int64,
)
_ADD = np.array(
    [0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E, 0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0], np.int64
)


@njit(cache=True, nogil=True)
def sha256_of(data: Array, at: int, size: int, out: Array) -> None:
    """SHA-256 of `size` bytes at `at` into the 32 bytes of `out`, which may be the data."""
    state, word = _START.copy(), np.empty(64, np.int64)
    blocks = (size + 72) // 64
    for block in range(blocks):
        for number in range(16):
            value = 0
            for byte in range(4):
                place = block * 64 + number * 4 + byte
                value = value << 8 | (wide(data[at + place]) if place < size else 0x80 if place == size else 0)
            word[number] = value
        if block == blocks - 1:
            word[14], word[15] = size >> 29, size << 3 & _M
        for number in range(16, 64):
            a, b = word[number - 15], word[number - 2]
            first = (a >> 7 | a << 25) ^ (a >> 18 | a << 14) ^ a >> 3
            second = (b >> 17 | b << 15) ^ (b >> 19 | b << 13) ^ b >> 10
            word[number] = (word[number - 16] + (first & _M) + word[number - 7] + (second & _M)) & _M
        a, b, c, d, e, f, g, h = state
        for number in range(64):
            turned = ((e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7)) & _M
            first = h + turned + ((e & f) ^ (~e & _M & g)) + _K[number] + word[number]
            turned = ((a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10)) & _M
            second = turned + ((a & b) ^ (a & c) ^ (b & c))
            a, b, c, d, e, f, g, h = (first + second) & _M, a, b, c, (d + first) & _M, e, f, g
        for number, value in enumerate((a, b, c, d, e, f, g, h)):
            state[number] = (state[number] + value) & _M
    for place in range(32):
        out[place] = state[place >> 2] >> 8 * (3 - (place & 3)) & 255


@njit(cache=True, nogil=True)
def mixed(part: int, x: int, y: int, z: int) -> int:
    """The function of one of RIPEMD-160's five rounds."""
    if part == 0:
        return x ^ y ^ z
    if part == 1:
        return (x & y) | (~x & _M & z)
    if part == 2:
        return (x | (~y & _M)) ^ z
    if part == 3:
        return (x & z) | (y & (~z & _M))
    return x ^ (y | (~z & _M))


@njit(cache=True, nogil=True)
def ripemd160_of(digest: Array, out: Array) -> None:
    """RIPEMD-160 of a digest of 32 bytes into the 20 bytes of `out`."""
    word = np.zeros(16, np.int64)
    for place in range(32):
        word[place >> 2] |= wide(digest[place]) << 8 * (place & 3)
    word[8], word[14] = 0x80, 256
    start = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
    ends = np.empty((2, 5), np.int64)
    for line in range(2):
        a, b, c, d, e = start
        for step in range(80):
            part = step // 16
            value = a + mixed(4 - part if line else part, b, c, d) + word[_WORD[80 * line + step]]
            value = (value + _ADD[5 * line + part]) & _M
            turn = _TURN[80 * line + step]
            value = ((value << turn | value >> (32 - turn)) + e) & _M
            a, e, d, c, b = e, d, (c << 10 | c >> 22) & _M, b, value
        for number, value in enumerate((a, b, c, d, e)):
            ends[line, number] = value
    for number in range(5):
        value = start[(number + 1) % 5] + ends[0, (number + 2) % 5] + ends[1, (number + 3) % 5]
        for byte in range(4):
            out[4 * number + byte] = value >> 8 * byte & 255


@njit(cache=True, nogil=True)
def hash160_rows(data: Array, ats: Array, sizes: Array, out: Array) -> None:
    """RIPEMD-160 of SHA-256 of the bytes at each place into the 20 bytes of each row; a row beyond the data stays."""
    digest = np.empty(32, np.uint8)
    for row in range(len(ats)):
        if ats[row] >= 0 and sizes[row] >= 0 and ats[row] + sizes[row] <= len(data):
            sha256_of(data, ats[row], sizes[row], digest)
            ripemd160_of(digest, out[row])


@njit(cache=True, nogil=True)
def checksum_rows(bodies: Array) -> None:
    """Put the first four bytes of the double SHA-256 of all but the last four behind each row."""
    digest, size = np.empty(32, np.uint8), bodies.shape[1] - 4
    for row in range(len(bodies)):
        sha256_of(bodies[row], 0, size, digest)
        sha256_of(digest, 0, 32, digest)
        bodies[row, size:] = digest[:4]


@njit(cache=True, nogil=True)
def merkle_of(rows: Array) -> bool:
    """Turn digests into their Merkle tree until the root stands in the first row. True if two equal ones stood side by
    side, which another list of the same root would allow (CVE-2012-2459)."""
    count, mutated = len(rows), False
    pair = np.empty(64, np.uint8)
    while count > 1:
        for number in range((count + 1) // 2):
            second = min(2 * number + 1, count - 1)
            pair[:32] = rows[2 * number]
            pair[32:] = rows[second]
            equal = second > 2 * number
            for place in range(32):
                equal = equal and pair[place] == pair[32 + place]
            mutated = mutated or equal
            sha256_of(pair, 0, 64, rows[number])
            sha256_of(rows[number], 0, 32, rows[number])
        count = (count + 1) // 2
    return mutated
