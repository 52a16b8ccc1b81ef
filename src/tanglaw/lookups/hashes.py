"""Which hash lists know a hash, asked of the index on disk: what no list holds is told without reading a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tanglaw.attach import attached
from tanglaw.config import Settings
from tanglaw.errors import CheckWorkspace
from tanglaw.hashes import index
from tanglaw.hashes.benign import benign_hashes
from tanglaw.hashes.near import NEAR, NearPdq
from tanglaw.hashes.stage import index_of
from tanglaw.hashes.steps import ASKED, HITS
from tanglaw.hashes.words import words
from tanglaw.reading.hashes import HashValue
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

_SHOWN = tuple(name for name in TABLES["hash_hits"].names if name not in ("file_id", "report_id", "value", "files"))


def known(workspace: Workspace, settings: Settings, asked: Sequence[HashValue]) -> list[list[dict[str, Any]]]:
    """For each hash its hits in the lists held, as columns of `hash_hits`, in order of list and entry.

    Raises CheckWorkspace if the lists changed since the last run, so that there is no index of them.
    """
    parts = {name: [part.file for part in made] for name, made in workspace.state.parts.items()}
    folder = workspace.folder / "indexes" / "hashes" / index_of(parts)
    if not folder.is_dir():
        raise CheckWorkspace("there is no index of the hash lists as they stand: `tanglaw run` makes it")
    found: list[list[dict[str, Any]]] = [[] for _ in asked]
    there = sorted(_there(folder, asked))
    if not there:
        return found
    with attached(workspace, settings) as engine:
        engine.put("benign_hashes", benign_hashes())
        engine.put("file_hashes", _table(asked, there))
        for step in ASKED:
            engine.run(step)
        pdq = sorted({asked[at].value for at in there if asked[at].type == "pdq"})
        near = NearPdq(folder)(pa.record_batch({"value": pa.array(pdq, pa.string())}))
        engine.put("near_pdq", pa.Table.from_batches([near], NEAR))
        for step in HITS:
            engine.run(step)
        shown = ", ".join(f"h.{name}" for name in _SHOWN)
        order = "h.list_name nulls first, h.entry nulls first, h.hash_type nulls first, h.listed_value nulls first"
        rows = engine.rows(f"select h.file_id, {shown} from hash_hits h order by {order}").to_pylist()
    for row in rows:
        found[int(row.pop("file_id"))].append({name: value for name, value in row.items() if value is not None})
    return found


def _there(folder: Path, asked: Sequence[HashValue]) -> Iterator[int]:
    """Places of the hashes that the index holds, and of those whose type it does not."""
    by_kind: dict[str, list[int]] = {}
    for at, one in enumerate(asked):
        if one.valid:
            by_kind.setdefault(one.type, []).append(at)
    for kind, places in by_kind.items():
        if kind not in (*index.EXACT, "pdq"):
            yield from places
            continue
        values = words(pa.array([asked[at].value for at in places], pa.string()), kind)
        if kind == "pdq":
            near = index.pdq(folder)
            yield from _at(places, np.unique(near.search(values)[0]) if near else ())
        else:
            listed = index.exact(folder, kind)
            yield from _at(places, np.flatnonzero(listed.search(values) >= 0) if listed else ())


def _at(places: list[int], rows: Iterable[int]) -> Iterator[int]:
    return (places[row] for row in rows)


def _table(asked: Sequence[HashValue], places: list[int]) -> pa.Table:
    """The hashes as rows of `file_hashes`, each a file of its own named by its place."""
    schema = TABLES["file_hashes"].schema
    given: dict[str, list[Any]] = {
        "file_id": [str(at) for at in places],
        "hash_type": [asked[at].type for at in places],
        "value": [asked[at].value for at in places],
        "valid": [True] * len(places),
    }
    return pa.table([pa.array(given.get(f.name, [None] * len(places)), f.type) for f in schema], schema=schema)
