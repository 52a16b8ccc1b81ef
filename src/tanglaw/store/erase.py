"""Lawful erasure: takes values out of every Parquet part, index and file of a workspace, and leaves a tombstone.

A cell that is a value becomes empty; inside a longer text each of its characters becomes `#`, so that places in the text stay.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.errors import CheckUsage
from tanglaw.store.chain import digest
from tanglaw.store.chain import replace as replace_file
from tanglaw.store.parts import file_digest
from tanglaw.store.tombstones import Rewritten
from tanglaw.store.workspace import Workspace

# A shorter value stands in other words by chance; a name of a service in front of it makes it longer.
SHORTEST = 6
_MARK = "#"
_LINES = ("audit.jsonl",)
# Files that no chain holds and that may quote what was read.
_PLAIN = ("runs/*.json", "workbench.log")


class Eraser:
    """Finds values, in any case of ASCII letters, and puts marks into their place.

    Raises CheckUsage for a value of fewer than SHORTEST characters, or none at all.
    """

    def __init__(self, values: Sequence[str]) -> None:
        given = sorted({value.strip() for value in values if value.strip()}, key=lambda value: (-len(value), value))
        short = [value for value in given if len(value) < SHORTEST]
        if short or not given:
            raise CheckUsage(
                f"a value to erase has at least {SHORTEST} characters: shorter ones stand in other words by chance"
            )
        each = {form for value in given for form in (value, value.casefold(), json.dumps(value)[1:-1])}
        each |= {json.dumps(value, ensure_ascii=False)[1:-1] for value in given}
        self.values = sorted(each, key=lambda value: (-len(value), value))
        self._marks = [_MARK * len(value) for value in self.values]
        self._pattern = re.compile("|".join(map(re.escape, self.values)), re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text with marks in place of values."""
        return self._pattern.sub(lambda found: _MARK * len(found[0]), text)

    def raw(self, raw: bytes) -> bytes:
        """UTF-8 with marks in place of values, as many bytes long as before."""
        text = raw.decode("utf-8", "surrogateescape")
        erased = self._pattern.sub(lambda found: _MARK * len(found[0].encode()), text)
        return erased.encode("utf-8", "surrogateescape")

    def stands_in(self, raw: bytes) -> bool:
        """Whether a value stands in the bytes, read as UTF-8."""
        return self._pattern.search(raw.decode("utf-8", "surrogateescape")) is not None

    def table(self, rows: pa.Table) -> tuple[pa.Table, int]:
        """The rows without the values, and how many cells held one."""
        cells = 0
        for at, field in enumerate(rows.schema):
            if not (pa.types.is_string(field.type) or pa.types.is_large_string(field.type)):
                continue
            column = pl.Series(rows.column(at).to_pylist(), dtype=pl.String)
            found = column.str.contains_any(self.values, ascii_case_insensitive=True)
            count = int(found.sum() or 0)
            if count:
                cells += count
                rows = rows.set_column(at, field, pa.array(self._without(column).to_list(), field.type))
        return rows, cells

    def _without(self, column: pl.Series) -> pl.Series:
        marked = column.str.replace_many(self.values, self._marks, ascii_case_insensitive=True, leftmost=True)
        frame = pl.DataFrame({"was": column, "now": marked})
        whole = (pl.col("was") != pl.col("now")) & (pl.col("now").str.strip_chars(_MARK) == "")
        return frame.select(pl.when(whole).then(None).otherwise(pl.col("now")).alias("now"))["now"]


def planned(
    workspace: Workspace, eraser: Eraser, of_table: Mapping[str, Eraser]
) -> tuple[list[tuple[Rewritten, Path]], list[Rewritten]]:
    """What has to be rewritten: parts with the staged file that takes their place, and lines of chained files.

    Tables named in `of_table` lose what their own eraser finds. The workspace must be held for writing. Parts of earlier
    states are rewritten too.
    """
    staging = workspace.staging("erase")
    parts: list[tuple[Rewritten, Path]] = []
    # Selectors last: an erasure that was cut off finds the spellings there again.
    known = sorted(workspace.state.known, key=lambda name: (name.startswith("selectors/"), name))
    for number, name in enumerate(known):
        path = workspace.folder / "tables" / name
        if not path.is_file():
            continue
        rows, cells = of_table.get(name.partition("/")[0], eraser).table(pq.read_table(path))
        if cells:
            made = staging / f"{number:06d}.parquet"
            pq.write_table(rows, made, compression="zstd", compression_level=1, use_dictionary=False)
            parts.append((Rewritten(name, file_digest(path), file_digest(made), cells), made))
    lines = [one for name in _LINES for one in _lines(workspace.folder / name, eraser)]
    return parts, lines


def carried_out(workspace: Workspace, eraser: Eraser, parts: Sequence[tuple[Rewritten, Path]]) -> None:
    """Put the rewritten parts into place, rewrite lines and plain files, and drop every index. It may be done again."""
    for one, made in parts:
        made.replace(workspace.folder / "tables" / one.name)
    for name in _LINES:
        path = workspace.folder / name
        if path.is_file():
            replace_file(path, eraser.raw(path.read_bytes()))
    for pattern in _PLAIN:
        for path in sorted(workspace.folder.glob(pattern)):
            raw = path.read_bytes()
            if eraser.stands_in(raw):
                mode = path.stat().st_mode
                replace_file(path, eraser.raw(raw))
                path.chmod(mode)
    shutil.rmtree(workspace.folder / "indexes", ignore_errors=True)


def left(folder: Path, eraser: Eraser) -> list[str]:
    """Files of the workspace in which a value still stands: in their bytes, or in a cell of a Parquet part."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        hit = eraser.stands_in(path.read_bytes())
        if not hit and path.suffix == ".parquet":
            hit = eraser.table(pq.read_table(path))[1] > 0
        if hit:
            found.append(path.relative_to(folder).as_posix())
    return found


def spellings(workspace: Workspace, readings: Sequence[tuple[str, str]]) -> list[str]:
    """How selectors of these types and values are written in the evidence, as far as the last run found them; none too short."""
    wanted = set(readings)
    found: set[str] = {value for _, value in readings}
    for file in workspace.files("selectors") if found else ():
        rows: list[dict[str, Any]] = pq.read_table(
            file, columns=["type", "value", "original"], filters=[("value", "in", sorted(found))]
        ).to_pylist()
        found |= {row["original"] for row in rows if (row["type"], row["value"]) in wanted and row["original"]}
    return sorted(one for one in found if len(one) >= SHORTEST)


def _lines(path: Path, eraser: Eraser) -> list[Rewritten]:
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        erased = eraser.raw(line)
        if erased != line:
            found.append(Rewritten(f"{path.name}:{number}", digest(line), digest(erased), 1))
    return found
