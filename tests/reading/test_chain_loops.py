"""Compiled digests and spellings: equal to the standard library, to the selectors' checks, and to themselves as plain Python."""

from __future__ import annotations

import hashlib
import random

import numpy as np
import pytest
from Crypto.Hash import RIPEMD160
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.reading.chain import block_loops, digest_loops, spelling_loops, undo_loops
from tanglaw.reading.chain.accounts import base58_text
from tanglaw.reading.chain.addresses import addresses_of, spelled, whole_key
from tanglaw.reading.chain.networks import BTC, BTC_REGTEST, BTC_TEST, target_of, work_of
from tanglaw.selectors.checksums import base58, base58check, segwit
from tanglaw.testing.blocks import Pay, packed_amount, packed_script, varint
from tanglaw.testing.small_chain import KEY, WHOLE


def array(data: bytes):
    return np.frombuffer(data or b"\0", np.uint8)


@given(st.binary(max_size=200))
def test_sha256_is_the_standard_librarys(data):
    """Every length around the block size gives the digest of the standard library."""
    out = np.zeros(32, np.uint8)
    digest_loops.sha256_of(array(data), 0, len(data), out)
    assert out.tobytes() == hashlib.sha256(data).digest()


def test_hashes_of_keys_are_the_librarys_compiled_and_plain():
    """RIPEMD-160 of SHA-256 equals the library's, compiled and as plain Python; places beyond the data are passed over."""
    data = bytes(random.Random(1).randrange(256) for _ in range(400))
    ats, sizes = np.array([0, 10, 399, -1, 390]), np.array([33, 65, 1, 5, 20])
    out, plain = np.zeros((5, 20), np.uint8), np.zeros((5, 20), np.uint8)
    digest_loops.hash160_rows(array(data), ats, sizes, out)
    digest_loops.hash160_rows.py_func(array(data), ats, sizes, plain)
    assert (out == plain).all() and not out[3:].any()
    for row, (at, size) in enumerate(zip(ats[:3], sizes[:3], strict=True)):
        assert out[row].tobytes() == RIPEMD160.new(hashlib.sha256(data[at : at + size]).digest()).digest()


@given(st.binary(min_size=1, max_size=60))
def test_base58_is_read_back(data):
    """The letters stand for the bytes, leading zeros too."""
    out = np.zeros(spelling_loops.WIDTH, np.uint8)
    text = out[: spelling_loops.base58_of(array(data), out)].tobytes().decode()
    assert len(text) > 64 or base58(text) == data


@given(st.integers(0, 16), st.binary(min_size=2, max_size=40), st.sampled_from([BTC, BTC_TEST, BTC_REGTEST]))
def test_witness_programs_are_spelled_as_the_standard_reads_them(version, program, network):
    """Bech32 for version 0 and Bech32m above (BIP 350), read back by the selectors' own check."""
    script = bytes([version + 0x50 if version else 0, len(program)]) + program
    kinds, addresses = addresses_of([script], network)
    if version == 0 and len(program) not in (20, 32):
        assert (kinds, addresses) == (["other"], [None])
    else:
        assert segwit(addresses[0], frozenset((network.prefix,))) == (version, program)


def test_each_distinct_payload_is_spelled_once_and_in_its_place():
    """Equal scripts get equal addresses, wherever they stand among others; nothing given gives nothing."""
    scripts = [b"\xa9\x14" + bytes([n % 3]) * 20 + b"\x87" for n in range(9)]
    _, addresses = addresses_of(scripts, BTC)
    assert addresses == addresses[:3] * 3 and len(set(addresses)) == 3
    assert base58check(addresses[1]) == b"\x05" + b"\x01" * 20 == base58check(base58_text(b"\x05" + b"\x01" * 20))
    assert addresses_of([], BTC) == ([], []) and len(spelled(np.zeros((0, 44), np.uint8), BTC)) == 0


def test_a_packed_key_gets_its_other_half_back():
    """Undo data keep an uncompressed key as its x and a parity: the key is made whole again, even and odd."""
    assert whole_key(bytes([4 + (WHOLE[-1] & 1)]) + WHOLE[1:33]) == WHOLE
    odd = whole_key(bytes([5 - (WHOLE[-1] & 1)]) + WHOLE[1:33])
    assert odd[:33] == WHOLE[:33] and odd != WHOLE
    assert whole_key(KEY) == KEY


@given(st.integers(0, 21 * 10**14))
def test_packed_amounts_are_unpacked(value):
    """Core's compressed amounts give back every amount there may be."""
    assert undo_loops.amount_of(packed_amount(value)) == value


@given(st.integers(0, 21 * 10**14), st.binary(max_size=300))
def test_packed_outputs_are_unpacked(value, script):
    """An output in a node's undo data gives its value and the kind of its script, and ends where it ends."""
    data = varint(14) + varint(0) + varint(packed_amount(value)) + packed_script(Pay(value, script).script)
    one = np.zeros(6, np.int64)
    assert undo_loops.packed_output(array(data), 0, len(data), one) == len(data)
    assert one[block_loops.VALUE] == value
    assert one[block_loops.KIND] == block_loops.script_of(array(script), 0, len(script))[0]


@given(st.binary(max_size=120))
def test_any_bytes_are_classified_within_their_bounds(data):
    """Scripts of any bytes get a kind and a payload inside them, compiled and plain alike; nothing beyond is read."""
    for loop in (block_loops.script_of, block_loops.spender_of):
        kind, at, size = loop(array(data), 0, len(data))
        assert (kind, at, size) == loop.py_func(array(data), 0, len(data))
        assert 0 <= kind < len(block_loops.KINDS) and 0 <= at <= at + size <= max(len(data), at)


@pytest.mark.parametrize(
    ("bits", "target"),
    [(0x1D00FFFF, 0xFFFF << 208), (0x04923456, 0), (0x01123456, 0x12), (0x03000000, 0), (0xFF123456, 0)],
)
def test_targets_are_those_that_the_compact_form_states(bits, target):
    """Negative, empty and overflowing targets are none; the first block's is known, and so is its work."""
    assert target_of(bits) == target
    assert work_of(bits) == ((1 << 256) // (target + 1) if target else 0)
    assert work_of(0x1D00FFFF) == 4_295_032_833
