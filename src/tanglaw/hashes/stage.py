"""The stage: hashes of files against the lists held, and what hashes alone say of series and novelty."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa

from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.engine.steps import Batches
from tanglaw.hashes import index
from tanglaw.hashes.benign import benign_hashes
from tanglaw.hashes.kin import tmk_pairs
from tanglaw.hashes.near import NEAR, NearPdq
from tanglaw.hashes.steps import ASKED, HITS, KIN, SERIES, listed
from tanglaw.tables.base import TEXT

_LISTS = ("hash_entries", "hash_frames")
INDEXED = (*index.EXACT, "pdq")


def index_of(parts: Mapping[str, Sequence[str]]) -> str:
    """The name of the index over the lists that these files, by table, hold."""
    return index.stamp([f"{table}/{part}" for table in _LISTS for part in parts.get(table, ())])


def run(engine: Engine, given: Given) -> None:
    """Make `hash_hits`, `hash_lists`, `hash_kin`, `hash_sightings` and `files_together`."""
    engine.put("benign_hashes", benign_hashes())
    for step in ASKED:
        engine.run(step)
    room = given.room or Path(tempfile.mkdtemp(prefix="tanglaw-hashes-"))
    try:
        values = partial(_listed, engine, room / "listed")
        folder = index.ensure(room / "hashes", index_of(given.parts), values, INDEXED)
        engine.run(Batches("near_pdq", "asked_pdq", NearPdq(folder), NEAR))
        for step in HITS:
            engine.run(step)
        tmk_pairs(engine)
        for step in (*KIN, *SERIES):
            engine.run(step)
    finally:
        shutil.rmtree(room / "listed" if given.room else room, ignore_errors=True)


def _listed(engine: Engine, folder: Path, kind: str) -> Sequence[Path]:
    """The listed hashes of one type as Parquet, each once, in ascending order."""
    step = listed(kind)
    engine.run(step)
    return engine.write(step.name, pa.schema([("value", TEXT)]), ("value",), folder / kind)


HASHES = Stage(
    "hashes",
    "Compares the hashes of files with the lists held, exactly and nearly; says which files travel together.",
    ("hash_entries", "hash_frames", "hash_features", "file_hashes", "files", "reports", "accounts", "actors"),
    ("hash_hits", "hash_lists", "hash_kin", "hash_sightings", "files_together"),
    run,
)
