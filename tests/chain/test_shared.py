"""Real blocks and address vectors of the public test data: every block holds, every row is as it was derived elsewhere."""

from __future__ import annotations

import csv
import gzip
import json
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from tanglaw.chain import ledger
from tanglaw.reading.chain.addresses import address_of
from tanglaw.reading.chain.networks import NETWORKS
from tanglaw.selectors.btc import normalise
from tanglaw.selectors.checksums import segwit
from tanglaw.sources.bitcoin_blocks import BITCOIN_BLOCKS, BITCOIN_UNDO
from tanglaw.tables import TABLES
from tanglaw.testing.rows import Found, collect, item_of

pytestmark = pytest.mark.shared
READ = ("chain_blocks", "chain_transactions", "chain_outputs", "chain_inputs")
# The derived files' words for kinds.
KINDS = {"p2wpkh": "wit0", "p2wsh": "wit0", "op-return": "opreturn", "multisig": "other"}
NETWORK = {"main": "btc", "test": "btc-test", "regtest": "btc-regtest"}


@cache
def blocks(folder: Path, undo: bool = True) -> Found:
    """Rows of all real blocks, with what lies beside them."""
    found: Found = {}
    for file in sorted(folder.glob("*.raw")):
        beside = {one.name: one.read_bytes() for one in folder.glob(f"{file.stem}-undo.raw")} if undo else {}
        item = item_of(file.read_bytes(), file.name, (), beside)
        assert BITCOIN_BLOCKS.recognise(item) is not file.stem.endswith("-undo")
        assert BITCOIN_UNDO.recognise(item) is file.stem.endswith("-undo")
        if BITCOIN_BLOCKS.recognise(item):
            for name, rows in collect(BITCOIN_BLOCKS, file.read_bytes(), file.name, (), beside).items():
                found.setdefault(name, []).extend(rows)
    return found


@cache
def derived(file: Path) -> list[dict[str, str]]:
    """Rows of a derived file."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "bitcoin"


def test_every_real_block_holds(folder):
    """Merkle root, witness commitment and proof of work of each block hold, and its network and height are told."""
    found = blocks(folder / "blocks")
    assert "quarantine" not in found and "issues" not in found
    assert all(row["merkle_valid"] and row["work_valid"] for row in found["chain_blocks"])
    wanted = {
        (row["block_hash"], NETWORK[row["network"]], int(row["height"]))
        for row in derived(folder / "derived/outputs.csv.gz")
    }
    told = {(row["block_hash"], row["network"], row["height"]) for row in found["chain_blocks"]}
    assert wanted < told and len(told) == 6
    assert len(found["chain_transactions"]) == 3_351


def test_outputs_are_as_derived(folder):
    """Value, kind and address of all 28,634 outputs are those derived by other means."""
    wanted = derived(folder / "derived/outputs.csv.gz")
    told = {(row["txid"], row["n"]): row for row in blocks(folder / "blocks")["chain_outputs"]}
    assert len(wanted) == 28_634
    for row in wanted:
        ours = told[row["txid"], int(row["n"])]
        assert (ours["value"], ours["address"]) == (int(row["value_sat"]), row["address"] or None)
        assert KINDS.get(ours["kind"], ours["kind"]) == row["type"]


def test_inputs_are_as_derived_where_undo_data_tell(folder):
    """What inputs spend, and from which address, is that of the derived file wherever undo data are there."""
    wanted = derived(folder / "derived/inputs.csv.gz")
    told = {(row["txid"], row["n"]): row for row in blocks(folder / "blocks")["chain_inputs"]}
    compared = 0
    for row in wanted:
        ours = told[row["txid"], int(row["n"])]
        if row["height"] == "426884":
            continue
        assert (ours["address"] or "") == row["prev_address"]
        assert ("" if ours["value"] is None else str(ours["value"])) == row["prev_value_sat"]
        assert (ours["previous_txid"] or "coinbase") == row["prev_txid"]
        compared += 1
    assert compared == len(wanted) - 6_032


def test_the_ledger_tells_inputs_of_the_block_without_undo_data(duck, folder):
    """Where there are no undo data, keys and earlier outputs tell the same addresses as the derived file, and values where
    the output is there."""
    found = blocks(folder / "blocks")
    for name in READ:
        duck.put(name, pa.Table.from_pylist(found[name], TABLES[name].schema))
    ledger.run(duck)
    rows = duck.rows(
        "select t.txid, i.n, a.address, i.value from led_in i join led_tx t on t.t = i.t left join led_addr a on a.a = i.a"
    ).to_pylist()
    told = {(row["txid"], row["n"]): row for row in rows}
    for row in derived(folder / "derived/inputs.csv.gz"):
        ours = told[row["txid"], int(row["n"])]
        assert (ours["address"] or "") == row["prev_address"]
        assert row["prev_value_sat"] in ("" if ours["value"] is None else str(ours["value"]), "")


def test_keys_tell_what_undo_data_tell(folder):
    """Every address that a spending key tells is the one that undo data state for the same input."""
    keyed = blocks(folder / "blocks", False)["chain_inputs"]
    proved = {
        (row["txid"], row["n"]): row for row in blocks(folder / "blocks")["chain_inputs"] if row["told_by"] == "undo"
    }
    both = [
        (row, proved[row["txid"], row["n"]])
        for row in keyed
        if row["told_by"] == "key" and (row["txid"], row["n"]) in proved
    ]
    assert len(both) > 31_000
    assert [
        (row, other) for row, other in both if (row["kind"], row["address"]) != (other["kind"], other["address"])
    ] == []


def test_scripts_of_bitcoin_core_get_their_addresses(shared_data):
    """Scripts of key_io_valid.json give the addresses beside them and the selector takes these; the three that differ are
    SegWit versions above 0 spelled in Bech32, which BIP 350 replaced by Bech32m with the same program."""
    older = []
    for text, script, about in json.loads(
        (shared_data / "addresses" / "key_io_valid.json").read_text(encoding="utf-8")
    ):
        if about["isPrivkey"]:
            continue
        network = NETWORKS[NETWORK[about["chain"]]]
        _, ours = address_of(bytes.fromhex(script), network)
        if ours != text:
            older.append(text)
            assert segwit(text, frozenset((network.prefix,))) is None
            version, program = segwit(ours, frozenset((network.prefix,)))
            assert script == f"{version + 0x50:02x}{len(program):02x}{program.hex()}"
        if network.prefix != "bcrt" or not ours.startswith("bcrt"):
            assert normalise(ours) == ours
    assert len(older) == 3 and all(text.startswith("bc1") for text in older)
