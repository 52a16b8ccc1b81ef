"""Raw blocks: every kind of script, undo data, keys over files, padding, cuts, blocks that do not hold."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.reading.chain import block_loops, frames, hashing, networks, undo_loops
from tanglaw.selectors.checksums import base58check
from tanglaw.sources.bitcoin_blocks import BITCOIN_BLOCKS, BITCOIN_UNDO
from tanglaw.testing import small_chain as made
from tanglaw.testing.blocks import EASY, Block, Pay, Spend, Tx, double, framed, root_of, undo
from tanglaw.testing.rows import collect, item_of

FILES = made.files()
# Of the key of BIP 173's examples, and of hashes counted up.
ADDRESSES = {
    "p2pk": "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r",
    "p2pkh": "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r",
    "p2wpkh": "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
}


def read(data: bytes, name: str = "blk00000.dat", **beside: bytes):
    return collect(BITCOIN_BLOCKS, data, name, (), {key.replace("__", "."): value for key, value in beside.items()})


def test_every_kind_of_script_gets_its_kind_and_address():
    """Outputs of each kind are named, valued and spelled as the test network writes them; those without address have none."""
    found = read(FILES["blk00000.dat"])
    outs = [row for row in found["chain_outputs"] if row["position"] == 1 and row["value"] < 2_000]
    assert [row["kind"] for row in outs] == list(made.SCRIPTS)
    assert [row["value"] for row in outs] == [1_000 + 7 * n for n in range(len(outs))]
    spelled = {row["kind"]: row["address"] for row in outs}
    assert {kind: spelled[kind] for kind in ADDRESSES} == ADDRESSES
    assert base58check(spelled["p2sh"]) == b"\xc4" + made.SCRIPTS["p2sh"][2:22]
    assert spelled["p2wsh"].startswith("bcrt1q") and len(spelled["p2wsh"]) == 64
    assert spelled["p2tr"].startswith("bcrt1p") and spelled["witness-unknown"].startswith("bcrt1z")
    assert [spelled[kind] for kind in ("multisig", "op-return", "other")] == [None] * 3


def test_blocks_out_of_order_and_zeros_between_them_are_no_fault():
    """Each block has its row with height, parent, work and its place; its transactions stand in their order."""
    found = read(FILES["blk00000.dat"])
    blocks = made.chain()
    assert [row["height"] for row in found["chain_blocks"]] == [1, 3, 2]
    assert {row["block_hash"]: row["previous_hash"] for row in found["chain_blocks"]} == {
        block.digest[::-1].hex(): block.previous[::-1].hex() for block in blocks
    }
    assert {(row["network"], row["work"], row["merkle_valid"], row["work_valid"]) for row in found["chain_blocks"]} == {
        ("btc-regtest", "2", True, True)
    }
    assert "quarantine" not in found
    ids = {row["txid"]: (row["position"], row["coinbase"]) for row in found["chain_transactions"]}
    assert ids == {tx.txid[::-1].hex(): (place, place == 0) for block in blocks for place, tx in enumerate(block.all)}
    for row in found["chain_transactions"]:
        at = int(row["locator"].removeprefix("byte "))
        tx = next(tx for block in blocks for tx in block.all if tx.txid[::-1].hex() == row["txid"])
        assert FILES["blk00000.dat"][at:].startswith(tx.serialised())


def test_undo_data_tell_what_is_spent():
    """With `rev` beside, each input has kind, address and value of what it spends, told by the undo data."""
    found = read(FILES["blk00000.dat"], rev00000__dat=FILES["rev00000.dat"])
    outs = {(row["txid"], row["n"]): row for row in found["chain_outputs"]}
    inputs = [row for row in found["chain_inputs"] if row["previous_txid"]]
    assert len(inputs) == 6
    for row in inputs:
        spent = outs[row["previous_txid"], row["previous_n"]]
        assert (row["kind"], row["address"], row["value"]) == (spent["kind"], spent["address"], spent["value"])
        assert row["told_by"] == "undo"
    assert "issues" not in found


def test_without_undo_data_the_spending_key_tells_where_it_can():
    """A signature with its key, a witness with its key and a nested redeem script tell the address; others tell nothing."""
    found = read(FILES["blk00000.dat"])
    joined = [row for row in found["chain_inputs"] if row["position"] == 1][-6:]
    by_kind = {row["previous_n"]: (row["kind"], row["told_by"], row["value"]) for row in joined}
    assert by_kind[1] == ("p2pkh", "key", None) and by_kind[3] == ("p2wpkh", "key", None)
    assert by_kind[2] == ("p2sh", "key", None)
    assert by_kind[5] == (None, None, None)
    assert {row["address"] for row in joined if row["kind"] == "p2wpkh"} == {ADDRESSES["p2wpkh"]}


def test_a_key_over_the_files_is_taken_off():
    """Blocks and undo data under a node's key read as without it, wherever windows begin."""
    key = bytes.fromhex("0123456789abcdef")
    plain = read(FILES["blk00000.dat"], rev00000__dat=FILES["rev00000.dat"])
    over = {name: made.overlaid(data, key) for name, data in FILES.items()}
    found = read(over["blk00000.dat"], rev00000__dat=over["rev00000.dat"], xor__dat=key)
    strip = lambda rows: [{**row, "source_id": ""} for row in rows]  # noqa: E731
    assert {name: strip(rows) for name, rows in found.items()} == {name: strip(rows) for name, rows in plain.items()}
    assert BITCOIN_BLOCKS.recognise(item_of(over["blk00000.dat"], "blk00000.dat", (), {"xor.dat": key}))
    assert BITCOIN_UNDO.recognise(item_of(over["rev00000.dat"], "rev00000.dat", (), {"xor.dat": key}))
    assert BITCOIN_UNDO.recognise(item_of(key, "xor.dat"))


@pytest.mark.parametrize("size", [97, 300, 1 << 16])
def test_windows_may_end_anywhere(size):
    """Read in windows of any size the file gives the same blocks: a frame is never lost at a window's end."""
    whole = [row["block_hash"] for row in read(FILES["blk00000.dat"])["chain_blocks"]]
    bad = []
    got = [
        window.data[span.start : span.start + 80]
        for window in frames.windows(
            io.BytesIO(FILES["blk00000.dat"]), FILES["blk00000.dat"][:4], b"", lambda *a: bad.append(a), size
        )
        for span in window.spans
    ]
    assert [hashing.shown(hashing.double(head)) for head in got] == whole and bad == []


def test_one_block_in_a_file_with_undo_data_in_both_forms():
    """A block without magic is read with `-undo.raw` as a plain list or in a node's form, told apart by content."""
    blocks = made.chain()
    spent = made.spent_by(blocks)[2]
    plain = b"".join(
        out.value.to_bytes(8, "little") + bytes([len(out.script)]) + out.script for outs in spent for out in outs
    )
    for name, data in (("block3-undo.raw", plain), ("block3.undo", undo(spent))):
        found = collect(BITCOIN_BLOCKS, blocks[2].serialised(), "block3.raw", (), {name: data})
        assert [row["told_by"] for row in found["chain_inputs"]] == [None, *["undo"] * 5]
        assert [row["value"] for row in found["chain_inputs"][1:]] == [out.value for out in spent[0]]
        assert BITCOIN_UNDO.recognise(item_of(data, name))
    assert found["chain_blocks"][0]["network"] == "btc-regtest"


def test_undo_data_of_another_block_are_said_and_not_used():
    """Undo data that do not fit the block give an issue, and no input is told by them."""
    blocks = made.chain()
    found = collect(BITCOIN_BLOCKS, blocks[2].serialised(), "b.raw", (), {"b-undo.raw": undo(made.spent_by(blocks)[1])})
    assert [row["code"] for row in found["issues"]] == ["undo-mismatch"]
    assert "undo" not in {row["told_by"] for row in found["chain_inputs"]}


def bad_root(block: Block) -> bytes:
    data = bytearray(block.serialised())
    data[40] ^= 1
    return bytes(data)


def test_a_block_that_does_not_hold_is_set_aside_with_its_reason():
    """A wrong Merkle root or missing work gives a row that says so, a reason with its place, and no transactions."""
    good, last = made.chain()[0], made.chain()[2]
    lazy = bytearray(good.serialised())
    while int.from_bytes(double(bytes(lazy[:80])), "little") <= 0x7FFFFF << 232:
        lazy[76] += 1
    for data, reason in ((bad_root(last), "Merkle root"), (bytes(lazy), "proof of work")):
        found = read(framed(data) + framed(good.serialised()))
        assert [row["code"] for row in found["quarantine"]] == ["block-invalid"]
        assert reason in found["quarantine"][0]["reason"] and found["quarantine"][0]["locator"] == "byte 8"
        assert len(found["chain_transactions"]) == 1
        assert sum(row["merkle_valid"] and row["work_valid"] for row in found["chain_blocks"]) == 1


def test_a_target_beyond_the_networks_limit_proves_no_work():
    """A block that states the test network's easy target under the main network's magic is set aside."""
    found = read(framed(Block(1).serialised(), bytes.fromhex("f9beb4d9")))
    assert found["chain_blocks"][0]["work_valid"] is False and found["quarantine"][0]["code"] == "block-invalid"


def test_a_witness_commitment_that_is_not_that_of_the_witnesses_is_seen():
    """A witness changed after the block was made leaves the Merkle root right and the commitment wrong: set aside."""
    data = bytearray(made.chain()[2].serialised())
    place = data.rfind(made.SIGNATURE + b"\x21" + made.KEY)
    data[place + 40] ^= 1
    found = read(framed(bytes(data)))
    assert "witness commitment" in found["quarantine"][0]["reason"]


def test_a_mutated_merkle_tree_is_noted():
    """The last transactions repeated leave the root as it was (CVE-2012-2459): the block is set aside and says so."""
    spend = lambda n: Tx((Spend(bytes([n]) * 32, 0, b"\x51"),), (Pay(n, b"\x51"),))  # noqa: E731
    block = Block(1, (spend(1), spend(2)))
    ids = [tx.txid for tx in block.all]
    assert root_of(ids) == root_of([*ids, ids[-1]])
    twice = block.header + b"\x04" + b"".join(tx.serialised() for tx in (*block.all, block.all[-1]))
    assert "CVE-2012-2459" in read(framed(twice))["quarantine"][0]["reason"]
    assert "quarantine" not in read(framed(block.serialised()))


def test_a_file_cut_off_gives_what_came_before():
    """Cut inside its last block, a file gives the blocks before and one reason with its place."""
    data = FILES["blk00000.dat"].rstrip(b"\0")
    found = read(data[:-30])
    assert [row["height"] for row in found["chain_blocks"]] == [1, 3]
    assert [row["code"] for row in found["quarantine"]] == ["block-cut"]


def test_garbage_between_blocks_is_said_once_and_passed():
    """Bytes between blocks that are neither blocks nor zeros become one reason, and the blocks behind them are read."""
    blocks = [framed(block.serialised()) for block in made.chain()]
    found = read(blocks[0] + b"noon" * 50 + blocks[1] + framed(b"x" * 300) + blocks[2])
    assert [row["height"] for row in found["chain_blocks"]] == [1, 2, 3]
    assert [row["code"] for row in found["quarantine"]] == ["not-a-block", "block-damaged"]


def test_a_length_that_swallows_the_next_block_does_not_lose_it():
    """Where a block's length is too large, the search goes on at the next magic inside it."""
    blocks = [block.serialised() for block in made.chain()]
    wrong = framed(blocks[0])[:4] + (len(blocks[0]) + 200).to_bytes(4, "little") + blocks[0]
    found = read(wrong + framed(blocks[1]) + framed(blocks[2]))
    assert [row["height"] for row in found["chain_blocks"]] == [2, 3]


def test_counts_larger_than_the_file_make_no_memory():
    """A transaction count, script length or witness count of 2**62 is a fault, not an array."""
    header = made.chain()[0].serialised()[:80]
    huge = b"\xff" + (1 << 62).to_bytes(8, "little")
    coinbase = (1).to_bytes(4, "little") + b"\x01" + bytes(32) + b"\xff" * 4
    for body in (
        huge + coinbase,
        b"\x01" + coinbase + huge,
        b"\x01" + coinbase[:4] + b"\x00\x01" + coinbase[4:] + huge,
    ):
        found = read(framed(header + body + bytes(60)))
        assert [row["code"] for row in found["quarantine"]] == ["block-damaged"]


@settings(max_examples=150, deadline=None)
@given(
    flips=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=5),
    cut=st.integers(0, 1 << 20),
    undone=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=3),
)
def test_changed_bytes_never_crash(flips, cut, undone):
    """With bytes changed in blocks and undo data and the end cut off, each block is read or set aside, nothing else."""
    files = {name: bytearray(data) for name, data in FILES.items()}
    for name, changes in (("blk00000.dat", flips), ("rev00000.dat", undone)):
        for place, value in changes:
            files[name][place % len(files[name])] = value
    data = bytes(files["blk00000.dat"])[: len(FILES["blk00000.dat"]) - cut % 600]
    found = collect(BITCOIN_BLOCKS, data, "blk00000.dat", (), {"rev00000.dat": bytes(files["rev00000.dat"])})
    assert set(found) <= {*BITCOIN_BLOCKS.tables, "quarantine", "issues"}
    good = {row["block_hash"] for row in found.get("chain_blocks", []) if row["merkle_valid"] and row["work_valid"]}
    assert {row["block_hash"] for row in found.get("chain_transactions", [])} <= good


def test_random_bytes_behind_a_header_never_crash():
    """Random scripts and counts behind a good header end in rows or a reason."""
    dice = random.Random(7)
    header = made.chain()[0].serialised()[:80]
    for _ in range(300):
        data = header + bytes(
            dice.choice((0, 1, 2, 0x51, 0xAE, 0xFD, 0xFF, dice.randrange(256))) for _ in range(dice.randrange(400))
        )
        found = read(framed(data))
        assert found["quarantine"]


def test_the_network_of_a_lone_block_is_told_by_parent_target_and_time():
    """Without magic, the parent of the first block, an easy target or a difficulty below its year's tell the network."""
    of = lambda bits, stamp, previous="": networks.network_of(previous, bits, stamp).name  # noqa: E731
    assert of(EASY, made.chain()[0].stamp) == "btc-regtest"
    assert of(0x1D00FFFF, 1_300_000_000, "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f") == "btc"
    assert of(0x1D00FFFF, 1_231_469_665) == "btc" and of(0x1D00FFFF, 1_400_000_000) == "btc-test"
    assert of(0x17032F14, 1_700_000_000) == "btc" and of(0x1A00FFFF, 1_700_000_000) == "btc-test"
    assert of(0x1E0377AE, 1_600_000_000) == "btc-test"


def test_compiled_loops_give_what_plain_python_gives():
    """The walk over a block, classification and undo data give equal numbers compiled and as plain Python, also on
    hostile bytes."""
    dice = random.Random(3)
    good = made.chain()[2].serialised()
    for number in range(60):
        data = bytearray(good)
        for _ in range(number % 5):
            data[dice.randrange(len(data))] = dice.randrange(256)
        array = np.frombuffer(bytes(data), np.uint8)
        assert block_loops.count_block(array, 0, len(array)) == block_loops.count_block.py_func(array, 0, len(array))
    for script in made.SCRIPTS.values():
        array = np.frombuffer(script, np.uint8)
        assert block_loops.script_of(array, 0, len(array)) == block_loops.script_of.py_func(array, 0, len(array))
    data = np.frombuffer(undo(made.spent_by(made.chain())[2]), np.uint8)
    for end in range(len(data) + 1):
        for plain in (False, True):
            assert undo_loops.count_undo(data, 0, end, plain) == undo_loops.count_undo.py_func(data, 0, end, plain)


def test_heights_that_a_coinbase_states_are_read_in_each_form():
    """Heights up to 16 stand as one sign, others as a number of up to four bytes."""
    for height in (1, 500_000, 900_000):
        assert read(framed(Block(height).serialised()))["chain_blocks"][0]["height"] == height
