"""CSV hash lists: a header with at least one hash column, one entry a line, each hash its own row.

Columns are told by their names (docs of the class). An entry without an id of its own takes its first hash.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import polars as pl

from tanglaw.errors import BadRecord
from tanglaw.reading.hashes import EMPTY_FILE, EMPTY_LISTED, SIZES, kind_of, normal
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import moment, truth
from tanglaw.references.base import ListReader, Noted, Repeats
from tanglaw.references.lines import Header, cells_of, chunks, directives, head_lines, header, table

_ROLES = {
    "entry": "id entry entry_id media_id mediaid record_id",
    "list_name": "list list_name hash_set set",
    "list_version": "list_version version",
    "category": "category class classification severity rating",
    "category_model": "category_model category_system model scheme",
    "votes_for": "votes_for upvotes affirmations",
    "votes_against": "votes_against downvotes objections",
    "contributor": "contributor member contributed_by provider source",
    "series": "series series_name",
    "quality": "quality pdq_quality",
    "listed_at": "listed_at date timestamp date_added added added_at updated date_updated created",
    "withdrawn": "withdrawn deleted retracted",
    "type": "type hash_type algorithm hash_algorithm",
}
ROLES = {name: role for role, names in _ROLES.items() for name in names.split()}
_ANY_HASH = ("hash", "hash_value", "value", "digest", "fingerprint", "checksum")
# Known, and of no use in comparing.
_IGNORED = ("comment", "comments", "note", "notes", "description", "size", "file_size", "media_size", "mime_type")
# A table that names files, accounts or money is evidence or a manifest, whatever hashes it has beside.
_NOT_A_LIST = frozenset(
    (
        *("file", "filename", "file_name", "path", "filepath", "file_path", "name", "url", "uri", "ip", "device"),
        *("account", "user", "username", "email", "phone", "amount", "currency", "from", "to", "sender", "receiver"),
        *("case_number", "placed_by", "expires", "expires_at", "report_id"),
    )
)
_TEXTS = ("list_name", "list_version", "category", "category_model", "contributor", "series")
_NUMBERS = ("votes_for", "votes_against", "quality")


class CsvHashList(ListReader):
    """Reads a CSV hash list (comma, semicolon, tab or bar) into `hash_entries`.

    Hash columns: md5, sha1, sha256, pdq, photodna, or hash with an optional type column. Others: id, list,
    version, category, category_model, votes_for, votes_against, contributor, series, quality, date, withdrawn,
    and common other names of these.
    """

    name = "hash-list-csv"
    tables: tuple[str, ...] = ("hash_entries",)

    def recognise(self, item: Item) -> bool:
        """True for a header with a hash column that holds hashes and mostly columns that a list has."""
        lines = head_lines(item)
        shape = header(lines)
        if shape is None or _NOT_A_LIST.intersection(shape.columns):
            return False
        hashes = _hash_columns(shape)
        known = sum(name in ROLES or name in _IGNORED or name in hashes for name in shape.columns)
        return bool(hashes) and known * 2 > len(shape.columns) and _holds_hashes(lines, shape, hashes)

    def read(self, item: Item, rows: Rows) -> None:
        """One row a hash, locator `line N`; bad hashes and rows of another width are quarantined."""
        noted = Noted()
        lines = head_lines(item)
        shape = header(lines)
        if shape is None or not _hash_columns(shape):
            raise BadRecord("not-this-format", "no header line with a column of hashes")
        _audit(shape, noted)
        same = directives(lines)
        same["list_name"] = same.get("list") or item.name.rsplit(".", 1)[0]
        same["list_version"] = same.get("version", "")
        repeats = Repeats()
        for first, part in chunks(item, rows):
            given = _give(table(part, first, shape, rows), shape, same, rows, noted)
            if given is not None:
                repeats.add(given)
        repeats.note(noted)
        noted.write(rows)


def _audit(shape: Header, noted: Noted) -> None:
    """An issue for each column that is not read: unknown, or a second one of the same meaning."""
    taken: set[str] = set()
    for name in shape.columns:
        role = ROLES.get(name, "")
        place = f"line {shape.line}"
        if name in _hash_columns(shape) or name in _IGNORED:
            continue
        if not role:
            noted.note("unknown-field", f"column {name[:80]} is not known in hash lists", place)
        elif role in taken:
            noted.note("unused-column", f"column {name} says {role} a second time; the first one stands", place)
        taken.add(role)


def _hash_columns(shape: Header) -> dict[str, str]:
    """Hash columns and the type that each one's name states; empty if the name is general."""
    found = {name: kind_of(name) for name in shape.columns if kind_of(name) in (*SIZES, "photodna")}
    if not found:
        found = {name: "" for name in shape.columns if name in _ANY_HASH}
    return found


def _holds_hashes(lines: list[str], shape: Header, hashes: dict[str, str]) -> bool:
    """True if nine in ten of the head's filled hash cells hold hashes, or if there are no entries."""
    good = filled = 0
    for line in lines[shape.line :]:
        cells = cells_of(line, shape.separator) if line and not line.startswith("#") else None
        if cells and len(cells) == len(shape.columns):
            for name, kind in hashes.items():
                cell = cells[shape.columns.index(name)].strip()
                filled += bool(cell)
                good += bool(cell) and normal(cell, kind).valid
    return good * 10 >= filled * 9


def _give(frame: pl.DataFrame, shape: Header, same: dict[str, str], rows: Rows, noted: Noted) -> pl.DataFrame | None:
    """Write the entries of these lines; the rows written, None if there are none."""
    if not len(frame):
        return None
    by_role = {ROLES[name]: frame[name] for name in reversed(shape.columns) if name in ROLES}
    found = [
        hashes
        for name, kind in _hash_columns(shape).items()
        if len(hashes := _hashes(frame, name, kind, by_role.get("type"), rows, noted))
    ]
    without = frame.filter(pl.all_horizontal(pl.col(*_hash_columns(shape)).is_null()))
    for cells in without.iter_rows():
        said = shape.separator.join(cell or "" for cell in cells[1:])
        rows.quarantine("no-hash", "entry has no hash", f"line {cells[0]}", said)
    if not found:
        return None
    hashes = pl.concat(found).sort("line", maintain_order=True)
    first = hashes.group_by("line", maintain_order=True).agg(first=pl.col("value").first())
    entries = (
        hashes.join(_about(frame, by_role, same, rows, noted), on="line")
        .join(first, on="line")
        .sort("line", maintain_order=True)
    )
    filled = entries.with_columns(
        entry=pl.coalesce("entry", "first"),
        locator=pl.format("line {}", "line"),
        quality=pl.when(pl.col("hash_type") == "pdq").then("quality"),
    ).drop("line", "first")
    rows.add_columns("hash_entries", {name: filled[name].to_arrow() for name in filled.columns})
    return filled


def _hashes(
    frame: pl.DataFrame, name: str, kind: str, types: pl.Series | None, rows: Rows, noted: Noted
) -> pl.DataFrame:
    """Columns line, hash_type, value of the column's good hashes; empty-file ones counted, bad ones quarantined."""
    kinds = pl.lit(kind, pl.String) if kind or types is None else _kinds(types)
    cells = frame.select("line", text=pl.col(name), kind=kinds).filter(pl.col("text").is_not_null())
    digits = pl.col("kind").replace_strict(
        {k: 2 * size for k, size in SIZES.items()}, default=0, return_dtype=pl.UInt32
    )
    plain = cells.select((pl.col("text").str.len_bytes() == digits) & pl.col("text").str.contains("^[0-9A-Fa-f]+$"))
    good = plain.to_series()
    quick = cells.filter(good).select("line", hash_type="kind", value=pl.col("text").str.to_lowercase())
    slow: list[tuple[int, str, str]] = []
    for line, text, stated in cells.filter(~good).iter_rows():
        found = normal(text, stated)
        if found.valid:
            slow.append((line, found.type, found.value))
            if not stated and found.type == "sha256":
                noted.note("hash-type-assumed", "64 digits without a stated type are read as sha256", f"line {line}")
        else:
            rows.quarantine(
                "bad-hash", f"{name} is no {stated or 'hash'}: {len(text)} characters", f"line {line}", text
            )
    both = pl.concat([quick, pl.DataFrame(slow, quick.schema, orient="row")])
    empty = both.select(pl.col("value") == pl.col("hash_type").replace_strict(EMPTY_FILE, default="")).to_series()
    if empty.any():
        place = f"line {both.filter(empty)['line'][0]}"
        noted.note("empty-file-hash", EMPTY_LISTED, place, int(empty.sum()))
    return both


def _kinds(types: pl.Series) -> pl.Series:
    names = {name: kind_of(name) for name in types.unique().drop_nulls()}
    return types.replace_strict(names, default="", return_dtype=pl.String).fill_null("")


def _about(
    frame: pl.DataFrame, by_role: dict[str, pl.Series], same: dict[str, str], rows: Rows, noted: Noted
) -> pl.DataFrame:
    """One row a line: entry (null where it has none), texts, numbers, time and withdrawal."""
    columns: dict[str, Any] = {"line": frame["line"]}
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(frame))
    columns["entry"] = by_role.get("entry", nothing)
    for name in _TEXTS:
        columns[name] = (
            by_role.get(name, nothing).fill_null(same[name]) if same.get(name) else by_role.get(name, nothing)
        )
    for name in _NUMBERS:
        written = by_role.get(name, nothing)
        columns[name] = number = written.cast(pl.Int64, strict=False)
        _doubt(number, written, frame, noted, "bad-number", f"{name} is no whole number and is left empty")
    stamps = by_role.get("listed_at", nothing)
    columns["listed_at"] = _times(stamps, frame, rows, noted)
    gone = by_role.get("withdrawn", nothing)
    truths = {text: truth(text) for text in gone.unique().drop_nulls()}
    columns["withdrawn"] = truth_of = gone.replace_strict(truths, default=None, return_dtype=pl.Boolean)
    _doubt(truth_of, gone, frame, noted, "unknown-value", "withdrawn is neither true nor false and is read as false")
    columns["withdrawn"] = truth_of.fill_null(False)
    return pl.DataFrame(columns)


def _times(stamps: pl.Series, frame: pl.DataFrame, rows: Rows, noted: Noted) -> pl.Series:
    found = [_instant(text, rows.settings.default_zone) for text in stamps]
    times = pl.Series([instant for instant, _ in found], dtype=pl.Datetime("us", "UTC"))
    _doubt(times, stamps, frame, noted, "time-unreadable", "date is no ISO 8601 date and is left empty")
    assumed = sum(bool(zone) for _, zone in found)
    noted.note("zone-assumed", f"dates without a zone are read in {rows.settings.default_zone}", "", assumed)
    return times


def _doubt(read: pl.Series, written: pl.Series, frame: pl.DataFrame, noted: Noted, code: str, reason: str) -> None:
    """An issue for cells that are filled but could not be read."""
    bad = read.is_null() & written.is_not_null()
    if bad.any():
        noted.note(code, reason, f"line {frame.filter(bad)['line'][0]}", int(bad.sum()))


@lru_cache(maxsize=65_536)
def _instant(text: str | None, default_zone: str) -> tuple[Any, Any]:
    """The instant and the zone assumed for it."""
    found = moment("at", text, default_zone)
    return found.get("at"), found.get("at_assumed")
