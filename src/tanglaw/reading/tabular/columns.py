"""From the columns of a table to the fields of its mapping: text, cleaned, nothing dropped unsaid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from tanglaw.errors import BadRecord
from tanglaw.reading.tabular.mapping import Mapping, fold

Issue = Callable[[str, str, str], None]
PLACE = "#place"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of one table make which fields; `wanted` are the indices that must be read."""

    mapping: Mapping
    fields: dict[str, tuple[int, ...]]
    wanted: tuple[int, ...]

    def texts(self, frame: pl.DataFrame) -> pl.DataFrame:
        """One text column per field: blanks trimmed, "not stated" texts empty, columns joined, constants filled in."""
        empty = [text.strip().casefold() for text in self.mapping.empty]
        cleaned = frame.select([_clean(str(index), empty) for index in self.wanted])
        wanted = []
        for name, indices in self.fields.items():
            if len(indices) == 1:
                wanted.append(pl.col(str(indices[0])).alias(name))
            else:
                joined = pl.concat_str([pl.col(str(i)) for i in indices], separator=" ", ignore_nulls=True)
                wanted.append(pl.when(joined != "").then(joined).alias(name))
        constants = [pl.lit(text, pl.String).alias(name) for name, text in sorted(self.mapping.constants.items())]
        return cleaned.select(wanted).with_columns(constants)


def _clean(column: str, empty: Sequence[str]) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    keep = text != ""
    if empty:
        keep &= ~text.str.to_lowercase().is_in(empty)
    return pl.when(keep).then(text).alias(column)


def header_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of all columns: `column N` for one without a name, ` (2)` behind a name that stood before."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column {number}"
        seen[fold(name)] = seen.get(fold(name), 0) + 1
        names.append(name if seen[fold(name)] == 1 else f"{name} ({seen[fold(name)]})")
    return tuple(names)


def resolve(mapping: Mapping, names: Sequence[str], label: str, issue: Issue) -> Columns:
    """Find the mapping's columns among the header's names.

    A column that the mapping neither reads nor ignores becomes an issue `unmapped-column`, one that it reads
    and the table lacks `missing-column`. Raises BadRecord `mapping-mismatch` if a required one is missing.
    """
    places = {fold(name): index for index, name in reversed(list(enumerate(names)))}
    found: dict[str, tuple[int, ...]] = {}
    for field, columns in sorted(mapping.fields().items()):
        missing = [column for column in columns if fold(column) not in places]
        if missing and field in mapping.required:
            raise BadRecord("mapping-mismatch", f"mapping {label}: the table has no column {missing[0]!r}", "header")
        for column in missing:
            issue("missing-column", f"the mapping reads column {column!r}, which the table lacks", "header")
        present = tuple(places[fold(column)] for column in columns if fold(column) in places)
        if present:
            found[field] = present
    if not found:
        raise BadRecord("mapping-mismatch", f"mapping {label}: the table has none of its columns", "header")
    used = {index for indices in found.values() for index in indices}
    ignored = {fold(name) for name in mapping.ignore}
    for index, name in enumerate(names):
        if index not in used and fold(name) not in ignored:
            issue("unmapped-column", f"column {name!r} is neither read nor ignored by the mapping", "header")
    return Columns(mapping, found, tuple(sorted(used)))
