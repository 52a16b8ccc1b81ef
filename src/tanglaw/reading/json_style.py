"""How the elements of an array are laid out on lines: where to look for the next one after a damaged one.

A raw newline cannot stand inside a JSON string, so what begins a line is never text. Where elements begin lines
in a way that nothing inside them does, a damaged element costs only itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import msgspec

SAMPLE: Final = 65_536
_TRIED: Final = 64
_OPENING: Final = re.compile(rb'[ \t\r\n]*+(\{[ \t\r\n]*+"[^"\\\n]{1,80}"[ \t]*:)')


@dataclass(frozen=True, slots=True)
class Style:
    """`anchor` matches at the newline before the next element (or before the end of the array); None where
    lines do not tell. `mark` stands between elements, though not only there; empty if nothing is known."""

    anchor: re.Pattern[bytes] | None
    mark: bytes = b""

    def next(self, data: bytes, start: int, end: int) -> int:
        """Index of the newline before the next element at or after `start`, or -1."""
        if self.anchor is None:
            return -1
        found = self.anchor.search(data, start, end)
        return found.start() if found else -1


LINES: Final = Style(re.compile(rb"\n(?=[ \t\r]*+[^ \t\r\n])"), b"\n")


def style_of(sample: bytes) -> Style:
    """The style of the array whose inside begins with `sample` (of up to SAMPLE bytes, more is not looked at)."""
    head, *rest = sample[:SAMPLE].split(b"\n", _TRIED)
    lines = [line for line in rest[:_TRIED] if line.strip()]
    if not lines:
        return _inline(sample)
    indent = _indent(lines[0])
    deeper = sum(_indent(line) != indent and line.startswith(indent) for line in lines)
    whole = sum(_indent(line) == indent and _is_container(line) for line in lines) + _is_container(head)
    if whole and whole >= deeper:
        return LINES
    if not head.strip() and indent and deeper and lines[0][len(indent) :][:1] == b"{":
        return _indented(indent)
    return _inline(sample)


def opening_of(sample: bytes) -> re.Pattern[bytes] | None:
    """What stands between elements of an array of objects: a comma and the first key, if that can be told."""
    found = _OPENING.match(sample)
    return re.compile(rb",[ \t\r\n]*+" + re.escape(found.group(1))) if found else None


def _indent(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip(b" \t"))]


def _is_container(line: bytes) -> bool:
    """True if the line is one whole object or array that is not empty."""
    text = line.strip(b" \t\r,")
    if len(text) < 3 or text[:1] not in (b"{", b"["):
        return False
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True


def _indented(indent: bytes) -> Style:
    outside = rb"[ \t]{0,%d}\]" % (len(indent) - 1)
    return Style(re.compile(rb"\n(?=%s[^ \t\r\n}\]]|%s)" % (re.escape(indent), outside)), b"\n" + indent + b"{")


def _inline(sample: bytes) -> Style:
    found = _OPENING.match(sample)
    if found is None:
        return Style(None)
    # With the blanks that writers put behind commas, as they stand before the second element.
    second = re.search(rb",[ \t\r\n]*+" + re.escape(found.group(1)), sample)
    return Style(None, second.group() if second else b"," + found.group(1))
