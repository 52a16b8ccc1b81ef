"""What linking keeps between runs: tables on disk in which the rows of a key are found without reading the rest.

A table is an Arrow file that is memory-mapped, and for each of its keys the hashes of the key's columns, sorted, each once,
with the rows where they stand. A run that changes something adds a segment: new rows, and which owners' rows of earlier
segments no longer stand. Nothing of it is the only truth; it is made again by the next whole run.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from tanglaw.tables.base import BOOL, FLOAT, INT, TEXT

Found = pl.DataFrame
_SEED = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """A kept table: its columns, the keys it is asked by, and the keys by which its rows are taken back."""

    columns: Mapping[str, pa.DataType]
    keys: Mapping[str, tuple[str, ...]]
    owners: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        return pa.schema(list(self.columns.items()))


_ACCOUNT = {"account": ("account_id",)}
_ENDS = {"a": ("a",), "b": ("b",)}
_TIED = {"one": ("one",), "other": ("other",)}
_TREE = Shape({"node": TEXT, "root": TEXT}, {"node": ("node",), "root": ("root",)}, ("node",))
_PAIRS = Shape(
    {"a": TEXT, "b": TEXT, "milli": INT, "shared": INT, "probability": FLOAT, "joins": BOOL, "core": BOOL},
    _ENDS | {"pair": ("a", "b")},
    ("pair",),
)
SHAPES: dict[str, Shape] = {
    "accounts": Shape({"account_id": TEXT}, _ACCOUNT),
    "reported": Shape({"report_id": TEXT, "account_id": TEXT}, {"report": ("report_id",)}),
    "held": Shape(
        {"account_id": TEXT, "type": TEXT, "value": TEXT, "share": FLOAT, "stated": INT, "record_id": TEXT},
        _ACCOUNT | {"value": ("type", "value")},
        ("account",),
    ),
    "sighted": Shape(
        {"account_id": TEXT, "value": TEXT, "hour": INT, "port": INT},
        _ACCOUNT | {"spot": ("value", "hour"), "port": ("value", "hour", "port")},
    ),
    # Hours in which too many were on an address for it to propose them, and how many.
    "crowds": Shape(
        {"look": INT, "value": TEXT, "slot": INT, "exact": INT}, {"spot": ("look", "value", "slot")}, ("spot",)
    ),
    "names": Shape({"account_id": TEXT, "value": TEXT, "place": TEXT, "record_id": TEXT}, _ACCOUNT),
    "born": Shape({"account_id": TEXT, "value": TEXT, "record_id": TEXT}, _ACCOUNT),
    "members": Shape({"account_id": TEXT, "conversation_id": TEXT}, _ACCOUNT | {"conversation": ("conversation_id",)}),
    "statements": Shape(
        {"kind": TEXT, "value": TEXT, "one": TEXT, "other": TEXT, "association_id": TEXT},
        {"one": ("one",), "other": ("other",)},
    ),
    "beyond": Shape({"account_id": TEXT, "type": TEXT, "value": TEXT}, _ACCOUNT, ("account",)),
    # Accounts with more values of a type than count.
    "listing": Shape({"account_id": TEXT}, _ACCOUNT, ("account",)),
    "counts": Shape(
        {"look": INT, "type": TEXT, "value": TEXT, "exact": INT}, {"value": ("look", "type", "value")}, ("value",)
    ),
    "combined": Shape(
        {"look": INT, "account_id": TEXT, "value": TEXT},
        {"account": ("look", "account_id"), "value": ("look", "value")},
        ("account",),
    ),
    "roots1": _TREE,
    "roots2": _TREE,
    "pairs1": _PAIRS,
    "pairs2": _PAIRS,
    # What case proposals are made of, and the proposal of each report.
    "reports": Shape({"report_id": TEXT}, {"report": ("report_id",)}),
    "named": Shape({"report_id": TEXT, "account_id": TEXT}, _ACCOUNT | {"report": ("report_id",)}),
    "paid": Shape({"one": TEXT, "other": TEXT, "fact": TEXT}, _TIED),
    "shared": Shape(
        {"one": TEXT, "other": TEXT, "kind": TEXT, "fact": TEXT}, _TIED | {"pair": ("one", "other")}, ("pair",)
    ),
    "proposed": Shape({"report_id": TEXT, "proposal_id": TEXT}, {"report": ("report_id",)}, ("report",)),
    "judgements": Shape({"decision_id": INT, "kind": TEXT, "a": TEXT, "b": TEXT}, {"a": ("a",)}, ("a",)),
}


def numbering(count: int) -> type[np.uint32 | np.int64]:
    """The type for numbers up to `count`: the narrow one only where it holds them, for beyond it numbers would begin anew."""
    return np.uint32 if count <= np.iinfo(np.uint32).max else np.int64


def hashes(rows: pl.DataFrame, columns: Iterable[str]) -> Any:
    """One number for the values of these columns in each row."""
    return rows.select(list(columns)).hash_rows(_SEED).to_numpy()


@dataclass
class _Kept:
    """One table of one segment."""

    folder: Path
    name: str
    # By key the hashes that were asked for, and the rows found: the same accounts are asked for again and again.
    asked: dict[str, tuple[Any, pl.DataFrame]] = field(default_factory=dict)

    @cached_property
    def batches(self) -> list[pa.RecordBatch]:
        source = pa.ipc.open_file(pa.memory_map(str(self.folder / f"{self.name}.arrow")))
        return [source.get_batch(number) for number in range(source.num_record_batches)]

    @cached_property
    def starts(self) -> Any:
        return np.cumsum([0, *(batch.num_rows for batch in self.batches)])

    def array(self, what: str) -> Any:
        return np.load(self.folder / f"{self.name}.{what}.npy", mmap_mode="r", allow_pickle=False)

    @cached_property
    def keys(self) -> dict[str, tuple[Any, ...]]:
        parts = ("hashes", "starts", "rows")
        return {key: tuple(self.array(f"{key}.{part}") for part in parts) for key in SHAPES[self.name].keys}

    @cached_property
    def gone(self) -> dict[str, Any]:
        return {key: self.array(f"{key}.gone") for key in SHAPES[self.name].owners}

    def places(self, key: str, wanted: Any) -> Any:
        """Numbers of the rows with one of the wanted hashes (sorted)."""
        known, starts, rows = self.keys[key]
        at = np.searchsorted(known, wanted)
        at = at[at < len(known)]
        at = at[known[at] == wanted[: len(at)]]
        low, high = (starts[at + step].astype(np.int64) for step in (0, 1))
        sizes = high - low
        before = np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.sort(rows[np.repeat(low, sizes) + np.arange(sizes.sum()) - before])

    def near(self, key: str, wanted: Any) -> pl.DataFrame:
        """All rows with one of the wanted hashes (sorted), and of key `account` those that were asked for before."""
        if key != "account":
            return self.take(self.places(key, wanted))
        known, found = self.asked.get(key, (wanted[:0], empty(self.name)))
        more = np.setdiff1d(wanted, known, assume_unique=True)
        if len(more):
            found = pl.concat([found, self.take(self.places(key, more))])
            self.asked[key] = np.union1d(known, more), found
        return found

    def take(self, rows: Any) -> pl.DataFrame:
        """These rows (ascending)."""
        cuts = np.searchsorted(rows, self.starts)
        parts = [
            self.batches[number].take(pa.array(rows[cuts[number] : cuts[number + 1]] - self.starts[number]))
            for number in range(len(self.batches))
            if cuts[number] < cuts[number + 1]
        ]
        table = pa.Table.from_batches(parts, schema=SHAPES[self.name].schema)
        return pl.DataFrame(pl.from_arrow(table))


@dataclass
class Kept:
    """Segments of kept tables in their order, and above them what the run under way puts."""

    folder: Path
    segments: list[str] = field(default_factory=list)
    over: dict[str, tuple[pl.DataFrame, dict[str, Any]]] = field(default_factory=dict)

    def again(self) -> Kept:
        """The same segments, with nothing above them."""
        kept = Kept(self.folder, self.segments)
        kept._opened = self._opened
        return kept

    @cached_property
    def _opened(self) -> dict[str, list[_Kept]]:
        return {
            name: [
                _Kept(self.folder / segment, name)
                for segment in self.segments
                if (self.folder / segment / f"{name}.arrow").exists()
            ]
            for name in SHAPES
        }

    def put(self, table: str, rows: pl.DataFrame, gone: Mapping[str, pl.DataFrame] | None = None) -> None:
        """Add rows, and say by key whose earlier rows no longer stand. Rows put before stay."""
        shape = SHAPES[table]
        before, lost = self.over.get(table, (empty(table), {}))
        for key, owners in (gone or {}).items():
            more = np.unique(hashes(owners, shape.keys[key]))
            lost[key] = np.union1d(lost[key], more) if key in lost else more
        self.over[table] = (pl.concat([before, rows.select(before.columns).cast(before.schema)]), lost)

    def find(self, table: str, key: str, wanted: pl.DataFrame) -> pl.DataFrame:
        """The rows that stand whose key columns equal a row of `wanted` (with these columns)."""
        columns = list(SHAPES[table].keys[key])
        asked = wanted.select(columns)
        if not asked.height:
            return empty(table)
        numbers = np.sort(hashes(asked, columns))
        numbers = numbers[np.concatenate(([True], numbers[1:] != numbers[:-1]))]
        parts = self._opened[table]
        found = [self.over[table][0].join(asked, on=columns, how="semi")] if table in self.over else [empty(table)]
        for place, part in enumerate(parts):
            rows = part.near(key, numbers).join(asked, on=columns, how="semi")
            if rows.height:
                found.append(self._standing(table, rows, parts[place + 1 :]))
        return pl.concat(found)

    def all(self, table: str) -> pl.DataFrame:
        """Every row that stands: for small tables."""
        parts = self._opened[table]
        found = [self.over[table][0] if table in self.over else empty(table)]
        for place, part in enumerate(parts):
            found.append(self._standing(table, part.take(np.arange(part.starts[-1])), parts[place + 1 :]))
        return pl.concat(found)

    def _standing(self, table: str, rows: pl.DataFrame, later: list[_Kept]) -> pl.DataFrame:
        lost = self.over[table][1] if table in self.over else {}
        for key in SHAPES[table].owners:
            gone = [part.gone[key] for part in later] + ([lost[key]] if key in lost else [])
            if gone and rows.height:
                owners = hashes(rows, SHAPES[table].keys[key])
                rows = rows.filter(~np.isin(owners, np.concatenate(gone)))
        return rows

    def sizes(self) -> tuple[int, int]:
        """How many rows the first segment has, and how many the later ones."""
        found = dict.fromkeys(self.segments, 0)
        for parts in self._opened.values():
            for part in parts:
                found[part.folder.name] += int(part.starts[-1])
        whole = list(found.values())
        return sum(whole[:1]), sum(whole[1:])


def empty(table: str) -> pl.DataFrame:
    """No rows of a kept table."""
    return pl.DataFrame(pl.from_arrow(SHAPES[table].schema.empty_table()))


class Writer:
    """Writes one segment: for each table its rows in batches, and the owners whose earlier rows no longer stand.

    Tables may be written in several threads at once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def write(self, name: str, batches: Iterable[pa.RecordBatch], gone: Mapping[str, Any] | None = None) -> int:
        """Write one table, and give its number of rows; `gone` has hashes of owners by key."""
        shape = SHAPES[name]
        known: dict[str, list[Any]] = {key: [] for key in shape.keys}
        with (
            pa.OSFile(str(self.folder / f"{name}.arrow"), "wb") as sink,
            pa.ipc.new_file(sink, shape.schema) as out,
        ):
            for batch in batches:
                if not batch.num_rows:
                    continue
                out.write_batch(batch)
                rows = pl.DataFrame(pl.from_arrow(batch))
                for key, columns in shape.keys.items():
                    known[key].append(hashes(rows, columns))
        count = 0
        for key, parts in known.items():
            numbers = np.concatenate(parts) if parts else np.empty(0, np.uint64)
            count = len(numbers)
            # In which order rows of one hash stand means nothing.
            order = np.argsort(numbers)
            numbers = numbers[order]
            firsts = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1]))[: len(numbers)])
            made = {
                "hashes": numbers[firsts],
                "starts": np.append(firsts, count).astype(numbering(count)),
                "rows": order.astype(numbering(count)),
            }
            for part, array in made.items():
                np.save(self.folder / f"{name}.{key}.{part}.npy", array)
        for key in shape.owners:
            np.save(self.folder / f"{name}.{key}.gone.npy", (gone or {}).get(key, np.empty(0, np.uint64)))
        return count

    def over(self, kept: Kept) -> None:
        """Write what a run put above its segments."""
        for name, (rows, gone) in kept.over.items():
            self.write(name, rows.to_arrow().cast(SHAPES[name].schema).to_batches(max_chunksize=1 << 16), gone)
