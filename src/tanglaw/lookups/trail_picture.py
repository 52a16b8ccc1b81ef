"""A trail as an SVG picture that a person can follow: time from left to right, amounts as widths, ends told by shape and word.

No script, no style sheet, no reference to anything outside the file. Paths that begin alike share their first hops. Ends beyond
SHOWN are folded into "n more", with their sum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from tanglaw.lookups.tables import exact
from tanglaw.lookups.trails import Trails

SHOWN = 12
_STEP, _ROW, _LEFT, _TOP = 190, 92, 110, 96
_WIDEST = 16.0
# So wide that a heading with the longest address is whole.
_LEAST = 760
# What XML may not hold, and what turns the direction of writing.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]")
_WORDS = {
    "service": "service",
    "beyond": "service, others between",
    "mixer": "mixer",
    "bridge": "bridge to another ledger",
    "miner": "miner",
    "mined": "newly mined coins",
    "unspent": "unspent, owner not known",
    "unknown": "not in the data read",
    "depth": "not followed: depth",
    "value": "not followed: small",
    "time": "not followed: time",
    "hub": "hub: used by many",
}


@dataclass(slots=True)
class Node:
    """A place in the picture: an address reached over one way, and what goes on from it."""

    address: str
    hop: dict[str, Any] | None = None
    end: dict[str, Any] | None = None
    column: int = 0
    row: float = 0.0
    amount: float = 0.0
    after: dict[tuple[str, str], Node] = field(default_factory=dict)


def picture(found: Trails, method: str = "fifo") -> str:
    """The picture of the trails that `method` (fifo, haircut or poison) ranks highest."""
    ends = [one for one in found.trails if found.hops[one["trail_id"]]]
    ends.sort(key=lambda one: (-float(one[method]), one["trail_id"]))
    named = [one for one in ends if one["service"] or one["end_kind"] in ("mixer", "bridge")]
    shown = [*named, *(one for one in ends if one not in named)][:SHOWN]
    seed = Node(found.address)
    for one in shown:
        _grow(seed, one, found, method)
    rows = _placed(seed, 0, 0.0)
    columns = max((_deepest(seed), 1))
    back = found.direction == "backward"
    width, height = max(_LEFT * 2 + columns * _STEP, _LEAST), _TOP + max(rows, 1) * _ROW + 70
    most = max((float(one[method]) for one in shown), default=1.0) or 1.0
    drawn = [_defs(width, height), *_heading(found, method, width)]
    _draw(seed, _View(columns, back, most, method), drawn)
    drawn += _footing(found, [one for one in found.trails if one not in shown], method, height)
    return "\n".join([*drawn, "</svg>", ""])


@dataclass(frozen=True, slots=True)
class _View:
    columns: int
    back: bool
    most: float
    method: str

    def at(self, node: Node) -> tuple[float, float]:
        column = self.columns - node.column if self.back else node.column
        return _LEFT + column * _STEP, _TOP + node.row * _ROW + 30


def _grow(seed: Node, trail: dict[str, Any], found: Trails, method: str) -> None:
    here = seed
    amount = float(trail[method])
    here.amount += amount
    for hop in found.hops[trail["trail_id"]]:
        reached = hop["from_address"] if found.direction == "backward" else hop["to_address"]
        here = here.after.setdefault((hop["txid"], reached or ""), Node(reached or "no address", hop))
        here.amount += amount
    here.end = trail


def _placed(node: Node, column: int, row: float) -> float:
    """Put the node and all after it from `row` on; the rows used."""
    node.column = column
    if not node.after:
        node.row = row
        return 1
    used = 0.0
    for one in sorted(node.after.values(), key=lambda one: (-one.amount, one.address)):
        used += _placed(one, column + 1, row + used)
    if node.end is not None:
        used = max(used, 1)
    node.row = row + (used - 1) / 2
    return used


def _deepest(node: Node) -> int:
    return max((_deepest(one) for one in node.after.values()), default=node.column)


def _draw(node: Node, view: _View, drawn: list[str]) -> None:
    x, y = view.at(node)
    for one in node.after.values():
        drawn.append(_flow((x, y), view.at(one), one, view))
        _draw(one, view, drawn)
    drawn += _shape(node, x, y)


def _flow(start: tuple[float, float], end: tuple[float, float], node: Node, view: _View) -> str:
    """The band of one hop, as wide as the amount, with date, amount, rule and transaction."""
    left, right = (end, start) if view.back else (start, end)
    (x0, y0), (x1, y1) = (left[0] + 16, left[1]), (right[0] - 16, right[1])
    wide = max(1.0, _WIDEST * node.amount / view.most)
    middle = (x0 + x1) / 2
    path = f'<path d="M{x0:.0f} {y0:.1f} C{middle:.0f} {y0:.1f} {middle:.0f} {y1:.1f} {x1:.0f} {y1:.1f}"'
    hop = node.hop or {}
    part = hop["value"] if view.method == "poison" else hop[view.method]
    said = (f"{hop['at']:%Y-%m-%d %H:%M}", f"{exact(part)}", f"{hop['rule']} {_short(hop['txid'], 8, 4)}")
    # Labels stand before the far end, where bands of one fan do not cross, and end where its shape begins.
    at_x, at_y = end[0] + (20 if view.back else -20), end[1]
    anchor = "start" if view.back else "end"
    lift = max(wide / 2, 6.0) + 26
    texts = "".join(
        f'<text x="{at_x:.0f}" y="{at_y - lift + 11 * number:.1f}" font-size="10" text-anchor="{anchor}">{_text(line)}</text>'
        for number, line in enumerate(said)
    )
    return f'{path} fill="none" stroke="#8aa2b8" stroke-opacity="0.75" stroke-width="{wide:.1f}" marker-end="url(#a)"/>{texts}'


def _shape(node: Node, x: float, y: float) -> list[str]:
    """A service is a box with a double rim, a mixer a rhomb, an end without a name a broken circle, an address a dot."""
    end = node.end
    ink = 'fill="#fff" stroke="#22303c" stroke-width="1.5"'
    name = _short(node.address, 8, 5)
    lines = [name]
    if node.hop is None:
        drawn = [f'<circle cx="{x:.0f}" cy="{y:.1f}" r="15" {ink}/>', _label(x, y + 4, "seed", "b")]
    elif end is None:
        drawn = [f'<circle cx="{x:.0f}" cy="{y:.1f}" r="6" {ink}/>']
    elif end["end_kind"] in ("service", "miner"):
        drawn = [
            f'<rect x="{x - 15:.0f}" y="{y - 13:.1f}" width="30" height="26" {ink}/>',
            f'<rect x="{x - 11:.0f}" y="{y - 9:.1f}" width="22" height="18" {ink}/>',
        ]
        lines = [end["service"] or "contradictory tags", end["category"] or "service", name]
    elif end["end_kind"] in ("mixer", "bridge"):
        drawn = [
            f'<path d="M{x:.0f} {y - 16:.1f} L{x + 16:.0f} {y:.1f} L{x:.0f} {y + 16:.1f} L{x - 16:.0f} {y:.1f} Z" {ink}/>'
        ]
        lines = [end["end_kind"], end["service"] or "", name]
    else:
        drawn = [f'<circle cx="{x:.0f}" cy="{y:.1f}" r="13" {ink} stroke-dasharray="4 3"/>', _label(x, y + 4, "?", "b")]
        lines = [_WORDS.get(end["end_kind"], end["end_kind"]), name]
    below = y + 28
    return [*drawn, *(_label(x, below + 12 * number, line) for number, line in enumerate(filter(None, lines)))]


def _label(x: float, y: float, text: str, weight: str = "") -> str:
    heavy = ' font-weight="bold"' if weight else ""
    return f'<text x="{x:.0f}" y="{y:.1f}" font-size="11" text-anchor="middle"{heavy}>{_text(_cut(text, 30))}</text>'


def _defs(width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        'font-family="sans-serif" fill="#17212b" role="img">'
        '<defs><marker id="a" markerUnits="userSpaceOnUse" markerWidth="12" markerHeight="12" refX="10" refY="6" orient="auto">'
        '<path d="M0 0 L12 6 L0 12 Z" fill="#5b7389"/></marker></defs>'
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>'
    )


def _heading(found: Trails, method: str, width: float) -> list[str]:
    way = "Where coins came from" if found.direction == "backward" else "Where coins went"
    asset = ", ".join(sorted({row["asset"] for row in found.trails if row["asset"]}))
    words = {
        "fifo": "first in, first out",
        "haircut": "in proportion",
        "poison": "whole coins touched: reaches, proves nothing",
    }
    title = f"{way}: {found.address}"
    second = f"Time runs from left to right. Widths and amounts ({asset}): {words[method]}."
    return [
        f"<title>{_text(title)}</title>",
        f'<text x="16" y="26" font-size="15" font-weight="bold">{_text(_cut(title, int(width / 8)))}</text>',
        f'<text x="16" y="46" font-size="12">{_text(second)}</text>',
    ]


def _footing(found: Trails, rest: list[dict[str, Any]], method: str, height: float) -> list[str]:
    said = "; ".join(f"{share:.1%} of {asset}" for asset, share in found.uncovered()) or "everything"
    lines = [f"Without attribution: {said}."]
    if rest:
        lines.insert(
            0, f"{len(rest)} more, not drawn: {exact(sum((one[method] for one in rest), Decimal(0)))} together."
        )
    return [
        f'<text x="16" y="{height - 30 + 16 * number:.0f}" font-size="12">{_text(line)}</text>'
        for number, line in enumerate(lines)
    ]


def _short(text: str, head: int, tail: int) -> str:
    return text if len(text) <= head + tail + 1 else f"{text[:head]}…{text[-tail:]}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _text(value: object) -> str:
    return escape(_UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}", str(value)))
