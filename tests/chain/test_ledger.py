"""The ledger: each block, transaction, output and input once, on the branch with most work, equal on both engines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.chain import best, ledger
from tanglaw.chain.since import STRETCH
from tanglaw.sources.bitcoin_blocks import BITCOIN_BLOCKS
from tanglaw.tables import TABLES
from tanglaw.testing import small_chain
from tanglaw.testing.blocks import Block, Pay, Spend, Tx, framed, p2pkh
from tanglaw.testing.rows import collect

READ = ("chain_blocks", "chain_transactions", "chain_outputs", "chain_inputs")
Given = dict[str, list[dict[str, Any]]]


def read(*blocks: Block | bytes, name: str = "blk00000.dat") -> Given:
    """Rows of blocks in one file."""
    data = b"".join(framed(one if isinstance(one, bytes) else one.serialised()) for one in blocks)
    return collect(BITCOIN_BLOCKS, data, name)


def together(*given: Given) -> Given:
    """Rows of several files together."""
    return {name: [row for one in given for row in one.get(name, [])] for name in READ}


def tables(given: Given) -> dict[str, pa.Table]:
    return {name: pa.Table.from_pylist(given.get(name, []), TABLES[name].schema) for name in READ}


def made(engine, given: Given) -> Given:
    """The ledger's tables, in order."""
    for name, rows in tables(given).items():
        engine.put(name, rows)
    ledger.run(engine)
    order = {"led_tx": "t", "led_addr": "a", "led_out": "t, n", "led_in": "t, n"}
    return {
        name: engine.rows(
            f"select * from {name} order by " + ", ".join(f"{key.strip()} nulls first" for key in keys.split(","))
        ).to_pylist()
        for name, keys in order.items()
    }


def payment(txid: bytes, n: int, value: int, to: int) -> Tx:
    return Tx((Spend(txid, n, b"\x51"),), (Pay(value, p2pkh(bytes([to]) * 20)),))


def shown(tx: Tx) -> str:
    return tx.txid[::-1].hex()


def test_numbers_follow_height_and_place_and_inputs_find_what_they_spend(duck):
    """Blocks out of order in the file are numbered by height; every input has number, value and address of its output."""
    blocks = small_chain.chain()
    found = made(duck, read(blocks[2], blocks[0], blocks[1]))
    assert [row["txid"] for row in found["led_tx"]] == [shown(tx) for block in blocks for tx in block.all]
    assert [row["t"] for row in found["led_tx"]] == list(range(1, 6))
    outs = {(row["t"], row["n"]): row for row in found["led_out"]}
    for row in found["led_in"]:
        if row["prev_t"]:
            spent = outs[row["prev_t"], row["prev_n"]]
            assert (row["value"], row["kind"], row["a"]) == (spent["value"], spent["kind"], spent["a"])
            assert (spent["spent_t"], spent["spent_n"]) == (row["t"], row["n"])
    assert sum(row["prev_t"] is not None for row in found["led_in"]) == 6
    assert [row["a"] for row in found["led_addr"]] == list(range(1, len(found["led_addr"]) + 1))
    assert sorted(row["place"] for row in found["led_addr"]) == [row["place"] for row in found["led_addr"]]


def test_addresses_are_numbered_on_over_stretches_of_the_ledger(duck):
    """Addresses of transactions that lie far apart have numbers without a gap, in the order in which they are seen."""
    given = read(*small_chain.chain())
    near = [(row["address"], row["a"]) for row in made(duck, given)["led_addr"]]
    second = small_chain.chain()[1].digest[::-1].hex()
    for row in (row for rows in given.values() for row in rows):
        if row["block_hash"] == second and row.get("position"):
            row["position"] += 600_000
    found = made(duck, given)
    assert len({row["place"] // STRETCH for row in found["led_addr"]}) == 2
    assert [(row["address"], row["a"]) for row in found["led_addr"]] == near


def test_the_same_block_from_several_files_counts_once(duck):
    """A block in two files, one of them with undo data, gives the ledger of one, and the undo data win."""
    blocks, files = small_chain.chain(), small_chain.files()
    plain = read(*blocks)
    told = collect(BITCOIN_BLOCKS, files["blk00000.dat"], "blk00000.dat", (), {"rev00000.dat": files["rev00000.dat"]})
    found = made(duck, together(plain, told))
    once = made(duck, told)
    without = lambda rows: [{**row, "source_id": "", "locator": ""} for row in rows]  # noqa: E731
    assert {name: without(rows) for name, rows in found.items()} == {name: without(rows) for name, rows in once.items()}
    assert {row["told_by"] for row in found["led_in"]} == {"undo", None}


def test_the_branch_with_most_work_counts_and_stale_blocks_do_not(duck):
    """Of two branches the one with more work counts, though it is shorter; what the stale one spends is not spent."""
    root = Block(1)
    coin = root.all[0].txid
    short = Block(2, (payment(coin, 0, 9, 1),), root.digest, bits=0x1F7FFFFF)
    long = [Block(2, (payment(coin, 0, 8, 2),), root.digest)]
    long.append(Block(3, (), long[0].digest))
    found = made(duck, read(root, *long, short))
    ids = {row["block_hash"] for row in found["led_tx"]}
    assert ids == {block.digest[::-1].hex() for block in (root, short)}
    assert [row["value"] for row in found["led_out"] if row["t"] == 3] == [9]
    assert [(row["spent_t"], row["spent_n"]) for row in found["led_out"] if row["t"] == 1] == [(3, 0)]


def test_pieces_whose_parents_are_not_here_all_count(duck):
    """Blocks from different parts of a ledger do not compete: each piece counts with its heights."""
    far = Block(900, (), b"\x07" * 32)
    found = made(duck, read(Block(1), far))
    assert [row["height"] for row in found["led_tx"]] == [1, 900]


def test_heights_are_found_from_a_neighbour_that_states_one(duck):
    """A block whose coinbase states no height gets it from one that does."""
    blocks = small_chain.chain()
    given = read(*blocks)
    for row in given["chain_blocks"]:
        row["height"] = 2 if row["height"] == 2 else None
    assert [row["height"] for row in made(duck, given)["led_tx"]] == [1, 2, 2, 3, 3]


def test_of_two_coinbases_with_one_id_the_later_stands(duck):
    """As in 2010 a coinbase may repeat an earlier one's id: the earlier can no longer be spent and is left out (BIP 30)."""
    given = read(*small_chain.chain())
    first = min(row["block_hash"] for row in given["chain_blocks"] if row["height"] == 1)
    last = min(row["block_hash"] for row in given["chain_blocks"] if row["height"] == 3)
    coinbases = [row for row in given["chain_transactions"] if row["coinbase"]]
    twin = next(row["txid"] for row in coinbases if row["block_hash"] == last)
    old = next(row["txid"] for row in coinbases if row["block_hash"] == first)
    for name in READ[1:]:
        for row in given[name]:
            if row["txid"] == twin:
                row["txid"] = old
    found = made(duck, given)
    assert [(row["t"], row["height"]) for row in found["led_tx"] if row["txid"] == old] == [(4, 3)]
    assert {row["t"] for row in found["led_out"]} == {2, 3, 4, 5}
    assert len({row["txid"] for row in found["led_tx"]}) == len(found["led_tx"])


def test_blocks_that_do_not_hold_are_not_counted(duck):
    """A block that one file shows to be wrong is not counted, unless another file holds it whole."""
    block = small_chain.chain()[0]
    data = bytearray(block.serialised())
    data[-5] ^= 1
    wrong = read(bytes(data))
    assert wrong["quarantine"] and made(duck, wrong)["led_tx"] == []
    assert len(made(duck, together(wrong, read(block)))["led_tx"]) == 1


def test_an_output_is_spent_once_though_two_pieces_claim_it(duck):
    """Where blocks that do not hang together spend the same output, the first spender stands."""
    root = Block(1)
    coin = root.all[0].txid
    given = read(
        root, Block(5, (payment(coin, 0, 5, 1),), b"\x05" * 32), Block(6, (payment(coin, 0, 6, 2),), b"\x06" * 32)
    )
    found = made(duck, given)
    assert [(row["t"], row["spent_t"]) for row in found["led_out"] if row["t"] == 1] == [(1, 3)]
    assert [row["t"] for row in found["led_in"] if row["prev_t"] == 1] == [3, 5]


def test_rows_without_places_and_from_several_files_are_told_by_their_ids(duck):
    """Dumps that split a block's transactions, outputs and inputs over files and state no places give the same links."""
    given = read(*small_chain.chain())
    plain = made(duck, {name: [dict(row) for row in rows] for name, rows in given.items() if name in READ})
    for name, rows in given.items():
        for number, row in enumerate(rows if name in READ else ()):
            row["source_id"] = f"{name}-{number % 2}"
            if "position" in row and name != "chain_transactions":
                row["position"] = None
    found = made(duck, given)
    for name in ("led_out", "led_in", "led_addr"):
        assert found[name] == plain[name], name
    without = lambda rows: [{**row, "source_id": "", "locator": ""} for row in rows]  # noqa: E731
    assert without(found["led_tx"]) == without(plain["led_tx"])


def test_a_ring_of_parents_is_left_out():
    """Blocks that name each other as parents have no beginning and are not counted; the run ends."""
    rows = [
        {
            "network": "btc",
            "block_hash": one,
            "previous_hash": other,
            "height": 1,
            "at": datetime(2026, 1, 1, tzinfo=UTC),
        }
        | {"work": "2", "places": 1, "many_tx": False, "many_out": False, "many_in": False}
        for one, other in (("a", "b"), ("b", "a"), ("c", "c"), ("d", None))
    ]
    found = best.counted(pa.Table.from_pylist(rows))
    assert [(row["block_hash"], row["first_t"]) for row in found.to_pylist()] == [("c", 1), ("d", 2)]


@pytest.mark.spark
def test_both_engines_make_the_same_ledger(both):
    """Blocks in several files, a stale branch, rows without places: every table of the ledger is equal on both engines."""
    blocks = small_chain.chain()
    stale = Block(3, (payment(blocks[1].all[1].txid, 1, 5, 3),), blocks[1].digest, bits=0x207FFFFE)
    lone = read(Block(7, (), b"\x07" * 32), name="b.raw")
    for name in READ[1:]:
        for row in lone[name]:
            row["position"] = None
    given = tables(together(read(*blocks, stale), read(*blocks[:2], name="copy.raw"), lone))
    for name, rows in given.items():
        both.put(name, rows)
    for engine in (both.duck, both.spark):
        ledger.run(engine)
    for name, order in (("led_tx", ["t"]), ("led_addr", ["a"]), ("led_out", ["t", "n"]), ("led_in", ["t", "n"])):
        assert both.equal(name, order).num_rows
