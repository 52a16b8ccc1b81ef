"""Does a text look like a table? Decided on the first 64 KiB, by its shape alone."""

from __future__ import annotations

import re

from tanglaw.reading.item import Item
from tanglaw.reading.media import is_media
from tanglaw.reading.tabular.dialect import Sample, delimiter_of

_LABEL = re.compile(r"[^\W\d_]")
_CONTROL = bytes(range(1, 9)) + bytes(range(14, 32))
_MOST = 5_000


def looks_tabular(item: Item) -> bool:
    """True for lines of the same number of cells under a header, or three columns and more without one."""
    head = item.head
    if not head or is_media(head) or head[:4] == b"PK\x03\x04" or _is_binary(head):
        return False
    text = item.text_head
    if text.lstrip()[:1] in ("{", "[", "<"):
        return False
    newline = "\r" if "\n" not in text and "\r" in text else "\n"
    lines = text.replace("\r\n", "\n").split(newline)
    if len(lines) > 1:
        lines.pop()
    found = Sample("utf-8", False, newline, tuple(lines), len(head) >= item.size)
    delimiter, width, first = delimiter_of(found, '"', _MOST)
    if not delimiter:
        return False
    rows = found.rows(delimiter, '"', _MOST, 0, 200)
    sizes = [len(row.cells) for row in rows[first:] if row.cells != [""]]
    share = sum(size == width for size in sizes) / len(sizes)
    if is_header(rows[first].cells):
        return share >= 0.5 and (len(sizes) > 1 or width >= 3)
    return width >= 3 and share >= 0.9 and len(sizes) > 1


def is_header(cells: list[str]) -> bool:
    """True if the cells read like column names: short, different, with letters, no values of their own."""
    names = [cell.strip() for cell in cells]
    stated = [name for name in names if name]
    if len(stated) * 2 < len(names) or len({name.casefold() for name in stated}) < len(stated):
        return False
    short = all(len(name) <= 80 and "@" not in name and "\n" not in name for name in stated)
    return short and sum(bool(_LABEL.match(name)) for name in stated) * 10 >= len(stated) * 7


def _is_binary(head: bytes) -> bool:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:2]:
        return False
    control = len(head) - len(head.translate(None, _CONTROL + b"\x00"))
    return control * 20 > len(head)
