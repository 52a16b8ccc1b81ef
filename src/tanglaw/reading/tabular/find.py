"""Which mapping a table is read with: beside the data, in the workspace's folder, then the built-in ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from tanglaw.errors import BadRecord, CheckSettings
from tanglaw.reading.item import Item
from tanglaw.reading.tabular.mapping import Mapping, Named, fold, parse
from tanglaw.reading.tabular.records import Line

SUFFIX = ".mapping.toml"
MAX_MAPPING_BYTES = 1024 * 1024
# Gives the rows at the start of the table, as a mapping's own layout makes them: one list per delimiter tried.
Preview = Callable[[Mapping], Sequence[Sequence[Line]]]


def has_beside(item: Item) -> bool:
    """True if a mapping lies beside the data, whatever it says."""
    return any(item.beside(name) is not None for name in _names(item))


def _names(item: Item) -> tuple[str, ...]:
    stem = item.name.rsplit(".", 1)[0]
    return tuple(dict.fromkeys((item.name + SUFFIX, stem + SUFFIX)))


def beside(item: Item) -> Named | None:
    """The mapping that lies beside the data: `NAME.mapping.toml`, NAME with or without its extension.

    Raises BadRecord `mapping-invalid` if it does not hold, `mapping-needed` if nobody confirmed it.
    """
    for name in _names(item):
        data = item.beside(name)
        if data is None:
            continue
        if len(data) > MAX_MAPPING_BYTES:
            raise BadRecord("mapping-invalid", f"mapping {name} is larger than {MAX_MAPPING_BYTES} bytes")
        try:
            mapping = parse(data, name)
        except CheckSettings as error:
            raise BadRecord("mapping-invalid", str(error), "header") from error
        if not mapping.confirmed:
            raise BadRecord("mapping-needed", f"mapping {name} is not confirmed: set `confirmed = true`", "header")
        return Named(name, "beside", mapping)
    return None


def in_folder(folder: str | Path, place: str) -> tuple[Named, ...]:
    """Confirmed mappings of a folder (`*.toml`), in order of name. Raises CheckSettings for one that does not hold."""
    if not folder or not Path(folder).is_dir():
        return ()
    files = sorted(file for file in Path(folder).iterdir() if file.suffix == ".toml" and file.is_file())
    return _loaded(tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files), place)


@lru_cache(maxsize=16)
def _loaded(files: tuple[tuple[str, int, int], ...], place: str) -> tuple[Named, ...]:
    found = []
    for path, _, _ in files:
        data = Path(path).read_bytes()
        mapping = parse(data, Path(path).name)
        if mapping.confirmed:
            if not mapping.match.columns and not mapping.match.file:
                raise CheckSettings(f"mapping {Path(path).name}: `match` must say which tables it is for")
            found.append(Named(Path(path).name, place, mapping, hashlib.sha256(data).hexdigest()))
    return tuple(found)


def choose(named: Iterable[Named], item: Item, preview: Preview) -> Named | None:
    """The mapping that matches best: exact before contained, more columns before fewer, then by name."""
    fitting = [one for one in named if _fits(one.mapping, item, preview)]
    return min(fitting, key=_rank, default=None)


def _rank(one: Named) -> tuple[bool, int, bool, str]:
    match = one.mapping.match
    return not match.exact, -len(match.columns), not match.file, one.name


def _fits(mapping: Mapping, item: Item, preview: Preview) -> bool:
    match = mapping.match
    if match.file and not fnmatchcase(item.name.casefold(), match.file.casefold()):
        return False
    if not match.columns:
        return True
    wanted = {fold(name) for name in match.columns}
    for rows in preview(mapping):
        for row in rows:
            names = {fold(cell) for cell in row.cells} - {""}
            if names == wanted if match.exact else names >= wanted:
                return True
    return False


def header_row(rows: Sequence[Line], mapping: Mapping) -> tuple[int, int]:
    """Index of the row that names the mapping's columns, and how many it names; (-1, 0) if no row does.

    With `file.skip` it is the first row given; else the first of those that name the most columns.
    """
    must = {fold(name) for name in mapping.match.columns}
    known = must | {fold(column) for columns in mapping.fields().values() for column in columns}
    best, index = 0, -1
    for position, row in enumerate(rows[:1] if mapping.file.skip is not None else rows):
        names = {fold(cell) for cell in row.cells}
        score = len(names & known)
        if names >= must and score > best:
            best, index = score, position
    return index, best
