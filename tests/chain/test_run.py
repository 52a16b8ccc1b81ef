"""A node's folder through the whole intake: keys, undo data too large to travel, media beside, a Parquet dump."""

from __future__ import annotations

import zipfile

import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.config import Settings
from tanglaw.intake.pieces import Piece
from tanglaw.intake.places import InZip, OnDisk, stamp_of
from tanglaw.intake.run import take_in
from tanglaw.intake.tar import Slices
from tanglaw.intake.tasks import file_of
from tanglaw.store.workspace import Workspace
from tanglaw.testing import chain_dumps, small_chain
from tanglaw.testing.blocks import MAGIC, framed

KEY = bytes.fromhex("00112233445566ff")


def rows(workspace: Workspace, name: str) -> list[dict]:
    found = [pq.read_table(file) for file in workspace.files(name)]
    return pa.concat_tables(found).to_pylist() if found else []


def test_a_nodes_folder_and_a_dump_arrive_whole(tmp_path):
    """Blocks and undo data under a key, of more bytes than travel to a worker, give rows told by the undo data; each file
    is accounted for under its reader."""
    inbox, files = tmp_path / "inbox", small_chain.files()
    inbox.mkdir()
    # Padding and an undo file with stale records make both larger than what is handed over in memory.
    stale = b"".join(framed(bytes(60_000)) + bytes(32) for _ in range(80))
    plain = {"blk00000.dat": files["blk00000.dat"] + bytes(5 << 20), "rev00000.dat": files["rev00000.dat"] + stale}
    for name, data in plain.items():
        (inbox / name).write_bytes(small_chain.overlaid(data, KEY))
    (inbox / "xor.dat").write_bytes(KEY)
    (inbox / "dump.parquet").write_bytes(chain_dumps.examples()["btc_etl.parquet"])
    workspace = Workspace.create(tmp_path / "cases", False)
    with workspace.writing():
        taken = take_in(workspace, inbox, Settings(workers=1), "run")
    assert rows(workspace, "quarantine") == []
    assert taken.formats == {"bitcoin-blocks": 1, "bitcoin-undo": 2, "chain-dumps": 1}
    assert rows(workspace, "quarantine") == []
    told = [row["told_by"] for row in rows(workspace, "chain_inputs") if row["network"] == "btc-regtest"]
    assert sorted(told, key=str) == [None, None, None, *["undo"] * 6]
    assert {row["path"] for row in rows(workspace, "sources")} == {*plain, "xor.dat", "dump.parquet"}


def test_small_files_of_a_node_find_each_other_over_tasks(tmp_path):
    """Blocks, undo data and the key over them, each handed to a task of its own as bytes, are read with each other."""
    inbox, files = tmp_path / "inbox", small_chain.files()
    inbox.mkdir()
    for name in ("blk00000.dat", "rev00000.dat"):
        (inbox / name).write_bytes(small_chain.overlaid(files[name] + bytes(5 << 19), KEY))
    (inbox / "xor.dat").write_bytes(KEY)
    workspace = Workspace.create(tmp_path / "cases", False)
    with workspace.writing():
        taken = take_in(workspace, inbox, Settings(workers=1), "run")
    assert len(workspace.files("sources")) == 3
    assert taken.formats == {"bitcoin-blocks": 1, "bitcoin-undo": 2}
    assert sorted((row["told_by"] for row in rows(workspace, "chain_inputs")), key=str) == [None] * 3 + ["undo"] * 6


def beside(tmp_path, limit, names):
    """What a small block on disk finds of each name."""
    block = framed(small_chain.chain()[0].serialised(), MAGIC)
    file = tmp_path / "blk00000.dat"
    file.write_bytes(block)
    piece = Piece(file.name, 1, "d", "0" * 64, "s", len(block), data=block, place=OnDisk(str(file), stamp_of(file)))
    item = file_of(piece, (piece,), Slices()).item
    return [item.beside(name, limit) for name in names]


def test_what_stands_beside_is_found_on_disk_and_no_further(tmp_path):
    """A neighbour is read from disk only by a plain name, if it is a file of its own and not too large."""
    (tmp_path / "rev00000.dat").write_bytes(b"x" * 100)
    (tmp_path / "rev00001.dat").symlink_to(tmp_path / "rev00000.dat")
    assert beside(tmp_path, 100, ["rev00000.dat"]) == [b"x" * 100]
    assert beside(tmp_path, 99, ["rev00000.dat"]) == [None]
    assert set(beside(tmp_path, 100, ["rev00001.dat", "../rev00000.dat", "..", "", "none.dat"])) == {None}


def test_a_member_of_an_archive_has_nothing_beside_it_on_disk(tmp_path, monkeypatch):
    """A block inside a ZIP does not reach for undo data in the folder that the program happens to run in."""
    monkeypatch.chdir(tmp_path)
    block = framed(small_chain.chain()[0].serialised(), MAGIC)
    (tmp_path / "rev00000.dat").write_bytes(b"x")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("blk00000.dat", block)
    piece = Piece("a.zip!/blk00000.dat", 1, "d", "0" * 64, "s", 9, place=InZip(str(tmp_path / "a.zip"), "blk00000.dat"))
    assert file_of(piece, (piece,), Slices()).item.beside("rev00000.dat", 100) is None
