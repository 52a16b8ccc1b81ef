"""JSON of a node: the same rows as from raw blocks, checks of what is stated, and bad records."""

from __future__ import annotations

import json

from tanglaw.sources.bitcoin_blocks import BITCOIN_BLOCKS
from tanglaw.sources.bitcoin_node import BITCOIN_NODE
from tanglaw.testing import small_chain
from tanglaw.testing.blocks import framed, node_json
from tanglaw.testing.rows import collect, item_of

BLOCKS = small_chain.chain()
SPENT = small_chain.spent_by(BLOCKS)


def read(*records, lines: bool = False):
    data = "\n".join(map(json.dumps, records)) if lines else json.dumps(records[0] if len(records) == 1 else records)
    assert BITCOIN_NODE.recognise(item_of(data.encode(), "block.json"))
    return collect(BITCOIN_NODE, data.encode(), "block.json")


def same(rows, *left_out: str):
    passed = {"source_id", "locator", "at_original", *left_out}
    return sorted(str({key: value for key, value in row.items() if key not in passed}) for row in rows)


def test_a_nodes_json_gives_the_rows_of_the_raw_blocks():
    """Blocks of verbosity 2 and 3 give the same rows as their bytes without and with undo data."""
    raw = b"".join(framed(block.serialised()) for block in BLOCKS)
    plain = collect(BITCOIN_BLOCKS, raw, "blk00000.dat")
    found = read(*map(node_json, BLOCKS))
    for name in BITCOIN_NODE.tables:
        assert same(found[name]) == same(plain[name]), name
    told = read(*(node_json(block, spent) for block, spent in zip(BLOCKS[1:], SPENT[1:], strict=True)))
    files = small_chain.files()
    undone = collect(BITCOIN_BLOCKS, files["blk00000.dat"], "blk00000.dat", (), files)
    wanted = {row["txid"] for row in told["chain_transactions"]}
    assert same(told["chain_inputs"]) == same(row for row in undone["chain_inputs"] if row["txid"] in wanted)
    assert "issues" not in told and "quarantine" not in told


def test_lines_arrays_and_answers_are_read():
    """One object, lines, an array and the RPC interface's answer around them give the same transactions."""
    records = [node_json(block) for block in BLOCKS]
    plain = read(*records)
    for found in (
        read(*records, lines=True),
        read({"result": records, "error": None, "id": 1}),
        read(*({"result": one, "error": None, "id": 1} for one in records), lines=True),
    ):
        assert same(found["chain_transactions"]) == same(plain["chain_transactions"])


def test_a_lone_transaction_brings_the_block_it_names():
    """`getrawtransaction` with a block hash gives a row for the block; without one it is kept and said not to count."""
    tx = node_json(BLOCKS[1])["tx"][1]
    found = read({**tx, "blockhash": "ab" * 32, "blocktime": BLOCKS[1].stamp, "confirmations": 3})
    assert [(row["block_hash"], row["work"]) for row in found["chain_blocks"]] == [("ab" * 32, None)]
    assert [row["code"] for row in read(tx)["issues"]] == ["unconfirmed"]


def test_a_block_whose_ids_do_not_make_its_root_is_set_aside():
    """A changed transaction id or header leaves a row that says so and no transactions."""
    changed = node_json(BLOCKS[1])
    changed["tx"][1]["txid"] = "ab" * 32
    lazy = {**node_json(BLOCKS[1]), "nonce": 123456}
    for record in (changed, lazy):
        found = read(record)
        assert [row["code"] for row in found["quarantine"]] == ["block-invalid"]
        assert "chain_transactions" not in found


def test_amounts_are_exact():
    """Amounts beyond what a float holds are exact, and an amount of less than one smallest unit is set aside."""
    record = node_json(BLOCKS[0])
    text = json.dumps(record).replace('"value": 50.0', '"value": 20999999.99999999')
    found = collect(BITCOIN_NODE, text.encode(), "b.json")
    assert found["chain_outputs"][0]["value"] == 2_099_999_999_999_999
    for wrong in ("0.000000001", "21000001", "-1", "1e99999"):
        bad = collect(BITCOIN_NODE, text.replace("20999999.99999999", wrong).encode(), "b.json")
        assert [row["locator"] for row in bad["quarantine"]] == ["/tx/0"], wrong


def test_one_bad_transaction_does_not_lose_the_others():
    """A transaction without its outputs is set aside with its place; those beside it are read."""
    record = node_json(BLOCKS[2])
    del record["tx"][1]["vout"]
    found = read(record)
    assert [(row["code"], row["locator"]) for row in found["quarantine"]] == [("ledger-value", "/tx/1")]
    assert len(found["chain_transactions"]) == 1


def test_blocks_of_verbosity_1_say_what_to_ask_for():
    """A block that lists ids alone gives its row and, for each id, what to ask the node for."""
    record = node_json(BLOCKS[2])
    record["tx"] = [one["txid"] for one in record["tx"]]
    found = read(record)
    assert len(found["chain_blocks"]) == 1 and "verbosity 2" in found["quarantine"][0]["reason"]
