"""Real blocks, repeated to a million transactions, into tables; beside python-bitcoinlib's parsing of the same bytes.

    uv run --with python-bitcoinlib python benchmarks/chain_read.py DATA [--transactions 1000000] [--workers 2] [--which all]

DATA is the folder of the public test data (`bitcoin/blocks`). The blocks are written into `blk*.dat` files of 64 MB in a
scratch folder and read by the real reader into Parquet, by `--workers` processes and by one. The peer parses blocks into
its objects and computes transaction ids, on the same blocks, in one process. Prints one JSON object. `--which typical`
takes one block of 461 payments; `all` are five, most of them of many inputs or outputs (20 a transaction).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tanglaw.config import Settings
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.item import HEAD_BYTES, Item
from tanglaw.reading.rows import Rows
from tanglaw.sources.bitcoin_blocks import BITCOIN_BLOCKS
from tanglaw.store.parts import PartWriter

MAGIC = bytes.fromhex("f9beb4d9")
FILE_BYTES = 64 << 20
HEIGHTS = {"all": ("300025", "426884", "928816", "928831", "928848"), "typical": ("300025",)}


def blocks_of(data: Path, which: str) -> list[bytes]:
    """The blocks' bytes."""
    return [(data / "bitcoin" / "blocks" / f"block{height}.raw").read_bytes() for height in HEIGHTS[which]]


def write_files(blocks: list[bytes], wanted: int, folder: Path) -> tuple[list[Path], int, int]:
    """`blk*.dat` files of the blocks repeated, one network a file; how many transactions and bytes."""
    counts = [int.from_bytes(block[81:83], "little") for block in blocks]
    made, files, size, number = 0, [], 0, 0
    while made < wanted:
        for block, count in zip(blocks, counts, strict=True):
            magic = MAGIC if block[4:36].endswith(bytes(8)) else bytes.fromhex("0b110907")
            name = folder / f"{magic.hex()}" / f"blk{number // 8:05d}.dat"
            name.parent.mkdir(exist_ok=True)
            if name not in files:
                files.append(name)
            with name.open("ab") as stream:
                stream.write(magic + len(block).to_bytes(4, "little") + block)
                number += stream.tell() >= FILE_BYTES
            made, size = made + count, size + len(block)
    return files, made, size


def read_file(file: str) -> tuple[float, int, int, float]:
    """One file into Parquet: processor seconds, rows, bytes written, peak memory in MB."""
    path, out = Path(file), Path(tempfile.mkdtemp())
    item = Item(
        path.name,
        hashlib.sha256(file.encode()).hexdigest(),
        path.stat().st_size,
        path.open("rb").read(HEAD_BYTES),
        lambda: path.open("rb"),
    )
    began = time.process_time()
    writer = PartWriter(out, "x")
    rows = Rows(Ids(DEMO_KEY), Settings(), writer)
    rows.begin(item.path, item.sha256, item.size)
    BITCOIN_BLOCKS.read(item, rows)
    rows.flush()
    spent = time.process_time() - began
    found = sum(part.rows for part in writer.parts), sum(part.size for part in writer.parts)
    shutil.rmtree(out)
    return spent, *found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def peer(blocks: list[bytes], seconds: float) -> dict[str, float]:
    """python-bitcoinlib: blocks into objects, and the id of each transaction. Processor seconds."""
    from bitcoin.core import CBlock

    began, done, size = time.process_time(), 0, 0
    while time.process_time() - began < seconds:
        for block in blocks:
            found = CBlock.deserialize(block)
            done, size = done + len([tx.GetTxid() for tx in found.vtx]), size + len(block)
    spent = time.process_time() - began
    return {"transactions_per_second": round(done / spent), "mb_per_second": round(size / spent / 1e6, 2)}


def ours(files: list[Path], made: int, size: int, workers: int) -> dict[str, float]:
    """Every file by so many processes, compiled code loaded before."""
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(read_file, [str(min(files, key=lambda one: one.stat().st_size))] * workers))
        began = time.monotonic()
        done = list(pool.map(read_file, map(str, files)))
        wall = time.monotonic() - began
    cpu = sum(one[0] for one in done)
    return {
        "wall_seconds": round(wall, 2),
        "processor_seconds": round(cpu, 2),
        "transactions_per_second": round(made / wall),
        "transactions_per_processor_second": round(made / cpu),
        "mb_per_processor_second": round(size / cpu / 1e6, 1),
        "rows": sum(one[1] for one in done),
        "parquet_mb": round(sum(one[2] for one in done) / 1e6, 1),
        "peak_mb_a_process": round(max(one[3] for one in done)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--transactions", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--which", choices=sorted(HEIGHTS), default="all")
    given = parser.parse_args()
    blocks = blocks_of(given.data, given.which)
    scratch = Path(tempfile.mkdtemp())
    try:
        files, made, size = write_files(blocks, given.transactions, scratch)
        one = ours(files, made, size, 1)
        found = {"transactions": made, "mb": round(size / 1e6, 1), "one_process": one}
        if given.workers > 1:
            found["processes"] = {"workers": given.workers, **ours(files, made, size, given.workers)}
        found["python_bitcoinlib"] = peer(blocks, 10)
        found["ratio_a_core"] = round(
            one["transactions_per_processor_second"] / found["python_bitcoinlib"]["transactions_per_second"], 1
        )
        found["load"] = [round(value, 2) for value in os.getloadavg()]
        print(json.dumps(found, indent=2))
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
