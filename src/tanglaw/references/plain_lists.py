"""Plain hash lists: one MD5, SHA-1, SHA-256 or PDQ a line, comments behind `#`.

Leading comments may state what the list itself cannot, as in `# list: NAME`, `# version: 2026-05`,
`# type: pdq`, `# category: 1`, `# category_model: vics-uk`, `# contributor: NAME`, `# series: NAME`.
"""

from __future__ import annotations

import re

import polars as pl

from tanglaw.errors import BadRecord
from tanglaw.reading.hashes import EMPTY_FILE, EMPTY_LISTED, SIZES, kind_of, looks_like_pdq, normal
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.references.base import ListReader, Noted, Repeats
from tanglaw.references.lines import chunks, directives, head_lines

_STATED = ("category", "category_model", "contributor", "series")
_SIDECAR = re.compile(r"\.(?:md5|sha1|sha256|sha512)(?:sum)?\Z", re.IGNORECASE)
_PDQ_NAME = re.compile(r"(?<![a-z])pdq(?![a-z])", re.IGNORECASE)


class PlainHashList(ListReader):
    """Reads a plain hash list into `hash_entries`; the hash itself is the entry."""

    name = "hash-list-plain"
    tables: tuple[str, ...] = ("hash_entries",)

    def recognise(self, item: Item) -> bool:
        """True if nine in ten of the head's lines are hashes of one type and nothing else."""
        return bool(_kind(item))

    def read(self, item: Item, rows: Rows) -> None:
        """One row a hash, locator `line N`; what is no hash of the list's type is quarantined as `bad-hash`."""
        noted = Noted()
        head = head_lines(item)
        stated = directives(head)
        kind = _kind(item)
        if not kind:
            raise BadRecord("not-this-format", "fewer than nine in ten lines are hashes of one type")
        if _is_sidecar(item, head):
            rows.issue("checksum-file", "the one hash is the checksum of the file beside it, no list")
            return
        if kind in ("sha256", "pdq") and not _stated_kind(stated, item):
            noted.note("hash-type-assumed", f"64 digits without a stated type are read as {kind}")
        same = {
            "list_name": stated.get("list") or item.name.rsplit(".", 1)[0],
            "list_version": stated.get("version") or stated.get("date"),
            **{name: stated.get(name) for name in _STATED},
            "hash_type": kind,
        }
        repeats = Repeats()
        for first, lines in chunks(item, rows):
            hashes = _hashes(lines, first, kind, rows)
            repeats.add(hashes.with_columns(entry="value", hash_type=pl.lit(kind), category=pl.lit(None, pl.String)))
            _give(hashes, same, rows, noted)
        repeats.note(noted)
        noted.write(rows)


def _hashes(text: pl.Series, first: int, kind: str, rows: Rows) -> pl.DataFrame:
    """Columns `line` and `value` of the lines that are hashes of this kind; bad ones are quarantined."""
    if text.str.contains("#", literal=True).any():
        text = text.str.replace(r"#.*$", "")
    frame = pl.DataFrame({"text": text.str.strip_chars()}).with_row_index("line", first)
    frame = frame.filter(pl.col("text") != "")
    good = frame["text"].str.contains(f"^[0-9A-Fa-f]{{{2 * SIZES[kind]}}}$")
    hashes = frame.filter(good).select("line", value=pl.col("text").str.to_lowercase())
    if len(hashes) == len(frame):
        return hashes
    mended: list[tuple[int, str]] = []
    for line, written in frame.filter(~good).iter_rows():
        found = normal(written, kind)
        if found.valid:
            mended.append((line, found.value))
        else:
            rows.quarantine("bad-hash", f"line is no {kind}: {len(written)} characters", f"line {line}", written)
    return pl.concat([hashes, pl.DataFrame(mended, hashes.schema, orient="row")]).sort("line")


def _give(hashes: pl.DataFrame, same: dict[str, str | None], rows: Rows, noted: Noted) -> None:
    empty = hashes["value"] == EMPTY_FILE.get(str(same["hash_type"]), "")
    if empty.any():
        place = f"line {hashes.filter(empty)['line'][0]}"
        noted.note("empty-file-hash", EMPTY_LISTED, place, int(empty.sum()))
    filled = hashes.select(
        value="value",
        entry="value",
        locator=pl.format("line {}", "line"),
        **{name: pl.lit(value, pl.String) for name, value in same.items()},
        withdrawn=pl.lit(False),
    )
    if len(filled):
        rows.add_columns("hash_entries", {name: filled[name].to_arrow() for name in filled.columns})


def _kind(item: Item) -> str:
    """The one hash type of nine in ten of the head's lines, else empty."""
    lines = head_lines(item)
    stated = _stated_kind(directives(lines), item)
    bare = [text for line in lines if (text := line.split("#", 1)[0].strip())]
    if not bare or len(bare[0]) > 256:
        return ""
    kind = normal(bare[0]).type or (normal(bare[1]).type if len(bare) > 1 else "")
    if kind == "sha256":
        kind = stated or ("pdq" if looks_like_pdq(text for text in bare if _is_hex64(text)) else kind)
    if kind not in SIZES:
        return ""
    fitting = sum(len(text) <= 128 and normal(text, kind).valid for text in bare)
    return kind if fitting * 10 >= len(bare) * 9 else ""


def _stated_kind(stated: dict[str, str], item: Item) -> str:
    for name in ("type", "hash_type", "hash", "algorithm"):
        kind = kind_of(stated.get(name, ""))
        if kind in SIZES:
            return kind
    return "pdq" if _PDQ_NAME.search(item.name) else ""


def _is_hex64(text: str) -> bool:
    return len(text) == 64 and all(digit in "0123456789abcdefABCDEF" for digit in text)


def _is_sidecar(item: Item, head: list[str]) -> bool:
    """`file.zip.sha256` with one hash and `file.zip` beside it is a checksum, and a hit on it means nothing."""
    bare = _SIDECAR.sub("", item.name)
    if bare == item.name or len([line for line in head if line and not line.startswith("#")]) != 1:
        return False
    return item.beside(bare) is not None
