"""Look-ups of hashes: exact among 10 million, PDQ within 31 bits among 1 and 5 million, beside public indexes.

    uv run --all-extras --all-groups --with threatexchange --with faiss-cpu python benchmarks/hashes.py exact
    uv run --all-extras --all-groups --with threatexchange --with faiss-cpu python benchmarks/hashes.py pdq --entries 1000000

The index is built on disk from Parquet, as a run does it, then opened in a process of its own, memory-mapped. Queries of
`exact` are half listed ones, in random order. Of `pdq` nine in ten are random; the others lie 0 to 40 bits from an entry. In the
same run, on the same hashes: for `exact` a Python dict, which is what threatexchange keeps for MD5; for `pdq` FAISS flat
(comparing all with all, which also tells the recall), FAISS multi-hash and threatexchange's PDQIndex2, on a sample of the
queries. Peers that are not installed are passed over.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measure import load, median, process

from tanglaw.hashes import index
from tanglaw.hashes.words import Words, hexes

THREADS = 2
_STEP = 500_000
_SLICE = 25_000


def made(rows: int, width: int, seed: int) -> Words:
    """Random values."""
    return np.random.default_rng(seed).integers(0, 2**64, (rows, width), dtype=np.uint64)


def listed(folder: Path, values: Words, kind: str) -> list[Path]:
    """The distinct values in ascending order, as a run writes them."""
    path = folder / f"{kind}.parquet"
    ordered = values[np.lexsort(values.T[::-1])]
    with pq.ParquetWriter(path, pa.schema([("value", pa.string())])) as out:
        for at in range(0, len(ordered), _STEP):
            out.write_table(pa.table({"value": hexes(ordered[at : at + _STEP], kind)}))
    return [path]


def planted(values: Words, many: int, seed: int) -> Words:
    """PDQ queries: nine in ten random, the others 0 to 40 bits from an entry."""
    rng = np.random.default_rng(seed)
    queries = made(many, 4, seed)
    rows = rng.choice(many, many // 10, replace=False)
    for row in rows:
        turned = np.zeros(256, np.uint8)
        turned[rng.choice(256, rng.integers(0, 41), replace=False)] = 1
        queries[row] = values[rng.integers(len(values))] ^ np.packbits(turned).view(np.uint64)
    return queries


def split(work: Callable[[Words], object], queries: Words, threads: int) -> list[object]:
    """What `work` gives for slices of the queries, in threads."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, np.array_split(queries, max(threads, len(queries) // _SLICE))))


def timed(name: str, many: int, work: Callable[[], object]) -> dict[str, float]:
    """Queries a second of wall clock and of processor, median of three."""
    walls, cpus = [], []
    for _ in range(3):
        began, cpu = time.monotonic(), time.process_time()
        work()
        walls.append(time.monotonic() - began)
        cpus.append(time.process_time() - cpu)
    found = {"per_second": many / median(walls), "per_cpu_second": many / median(cpus)}
    print(f"{name:34} {found['per_second']:14,.0f}/s {found['per_cpu_second']:14,.0f} per processor second", flush=True)
    return found


def ours(kind: str, folder: Path, queries: Path) -> None:
    """Open the index and search; run in a process of its own, whose memory is watched."""
    asked = np.load(queries)
    began = time.monotonic()
    opened = index.pdq(folder) if kind == "pdq" else index.exact(folder, kind)
    assert opened is not None
    print(f"opened in {1000 * (time.monotonic() - began):.1f} ms")
    for threads in (1, THREADS):
        timed(f"tanglaw, {threads} thread(s)", len(asked), lambda: split(opened.search, asked, threads))  # noqa: B023
    found = split(opened.search, asked, THREADS)
    if kind == "pdq":
        step = np.array_split(np.arange(len(asked)), len(found))
        pairs = [
            (int(rows[q]), int(e))
            for rows, part in zip(step, found, strict=True)
            for q, e in zip(*part[:2], strict=True)
        ]
        (folder.parent / "pairs.json").write_text(json.dumps(pairs))
    else:
        print(f"{sum(int((part >= 0).sum()) for part in found):,} of {len(asked):,} found")


def run(kind: str, entries: int, queries: int, sample: int) -> None:
    """Build, search in another process, then the peers here."""
    width = {"md5": 2, "sha1": 3, "sha256": 4, "pdq": 4}[kind]
    print(f"{kind}: {queries:,} queries against {entries:,}; {load()}", flush=True)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        values = made(entries, width, 1)
        values = values[np.lexsort(values.T[::-1])]
        files = listed(folder, values, kind)
        wrote = time.monotonic()
        built = index.ensure(folder / "room", "benchmark", lambda _: files, (kind,))
        size = sum(path.stat().st_size for path in built.iterdir())
        print(
            f"built in {time.monotonic() - wrote:.1f} s, {size / 1e6:,.0f} MB on disk, {size / entries:.0f} bytes an entry"
        )
        if kind == "pdq":
            asked = planted(values, queries, 2)
        else:
            rng = np.random.default_rng(2)
            asked = np.concatenate(
                [values[rng.integers(0, entries, queries // 2)], made(queries - queries // 2, width, 3)]
            )
            rng.shuffle(asked)
        np.save(folder / "queries.npy", asked)
        done = process(__file__, "ours", kind, built, folder / "queries.npy", out=folder / "said")
        print((folder / "said").read_text(), end="")
        print(
            f"peak memory of the searching process, queries and mapped arrays with it: {done.peak_mb:,.0f} MB",
            flush=True,
        )
        if kind == "pdq":
            pairs = _pairs(built.parent)
            beside_pdq(values, asked[:sample], {pair for pair in pairs if pair[0] < sample})
        else:
            beside_exact(values, asked[: min(len(asked), 1_000_000)], kind)


def _pairs(room: Path) -> set[tuple[int, int]]:
    return {(query, entry) for query, entry in json.loads((room / "pairs.json").read_text())}


def beside_exact(values: Words, asked: Words, kind: str) -> None:
    """A dict from hex text to row, without the time to build it."""
    known = {text: row for row, text in enumerate(hexes(values, kind))}
    texts = hexes(asked, kind)
    timed("dict of hex texts (threatexchange)", len(texts), lambda: [known.get(text) for text in texts])


def beside_pdq(values: Words, asked: Words, found: set[tuple[int, int]]) -> None:
    """FAISS and threatexchange on the sample, and what share of FAISS flat's pairs was found."""
    try:
        import faiss
        from threatexchange.signal_type.pdq.pdq_index2 import PDQIndex2
    except ImportError:
        print("peers are not installed")
        return
    faiss.omp_set_num_threads(THREADS)
    rows, queries = values.view(np.uint8), np.ascontiguousarray(asked).view(np.uint8)
    flat = faiss.IndexBinaryFlat(256)
    flat.add(rows)
    timed("FAISS flat, 2 threads", len(asked), lambda: flat.range_search(queries, 32))
    limits, _, labels = flat.range_search(queries, 32)
    true = {(q, int(e)) for q in range(len(asked)) for e in labels[limits[q] : limits[q + 1]]}
    share = len(true & found) / max(1, len(true))
    print(f"recall against comparing all with all: {share:.4f} of {len(true):,} pairs; {len(found - true)} too many")
    multi = faiss.IndexBinaryMultiHash(256, 16, 16)
    multi.nflip = 1
    multi.add(rows)
    few = queries[: max(1, len(queries) // 10)]
    timed("FAISS multi-hash, 16 x 16, 1 flip", len(few), lambda: multi.range_search(few, 32))
    some = 200_000 if len(values) > 200_000 else len(values)
    peer = PDQIndex2(entries=((text, row) for row, text in enumerate(hexes(values[:some], "pdq"))))
    texts = hexes(asked[:100], "pdq")
    timed(f"threatexchange PDQIndex2 of {some:,}", len(texts), lambda: [peer.query(text) for text in texts])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("exact", "pdq", "ours"))
    parser.add_argument("rest", nargs="*")
    parser.add_argument("--kind", default="sha256", choices=("md5", "sha1", "sha256"))
    parser.add_argument("--entries", type=int)
    parser.add_argument("--queries", type=int)
    parser.add_argument("--sample", type=int, default=2_000)
    given = parser.parse_args()
    if given.what == "ours":
        kind, folder, queries = given.rest
        ours(kind, Path(folder), Path(queries))
    elif given.what == "pdq":
        run("pdq", given.entries or 1_000_000, given.queries or 100_000, given.sample)
    else:
        run(given.kind, given.entries or 10_000_000, given.queries or 10_000_000, given.sample)


if __name__ == "__main__":
    sys.exit(main())
