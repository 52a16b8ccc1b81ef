"""A small network of accounts as a picture made on the server: two columns, so that no name covers another; same rows, same
picture. The table beside it says the same in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

WIDTH, ROW, TOP, MIDDLE = 1000, 30, 26, (330, 670)
# More accounts than this in a column are left to the table.
MOST = 24
_LABELS = 10


@dataclass(frozen=True)
class Node:
    """An account: where it stands, on which side its name is, what it is called, whether the case names it (`inside`), and
    the number of its hand; `ours` if that is a hand of the case."""

    account_id: str
    x: int
    y: int
    end: bool
    name: str
    platform: str
    inside: bool
    ours: bool
    hand: int


@dataclass(frozen=True)
class Edge:
    """What two accounts have with each other: the path that is drawn, its kind, width, and what it says."""

    one: str
    other: str
    path: str
    kind: str
    width: float
    text: str
    label: str
    x: int
    y: int


@dataclass(frozen=True)
class Picture:
    """Nodes, edges and height; `left_out` accounts that only the table has; the kinds of edges that are there."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    hands: tuple[tuple[int, int, int], ...] = ()
    height: int = 0
    left_out: int = 0
    kinds: tuple[str, ...] = ()
    width: int = WIDTH


def drawn(
    inside: Iterable[str], edges: list[dict[str, Any]], people: dict[str, dict[str, Any]], hands: dict[str, str]
) -> Picture:
    """The picture of the accounts of a case and of those they are tied to. `hands` is the actor by account."""
    mine = sorted(set(inside))
    weight: dict[str, float] = {}
    for row in edges:
        for end in (row["one"], row["other"]):
            weight[end] = weight.get(end, 0.0) + float(row.get("bits") or row["n"])
    named = {hands[one] for one in mine if one in hands}
    # Accounts of the same hands stand with those that the case names; links inside of a hand are what its bracket says.
    ours = [*mine, *sorted(one for one in weight if hands.get(one) in named and one not in set(mine))]
    others = sorted(set(weight) - set(ours), key=lambda one: (-weight[one], one))
    edges = [row for row in edges if row["kind"] != "link" or hands.get(row["one"], 1) != hands.get(row["other"], 2)]
    if not others:
        # All are of the case: half of them stand on the other side, hands together.
        order = _by_hand(ours, hands)
        left, right = order[: (len(order) + 1) // 2], order[(len(order) + 1) // 2 :]
    else:
        left, right = _by_hand(ours, hands)[:MOST], others[:MOST]
        right = _opposite(left, right, edges)
    placed = {
        one: (column, at) for column, side in enumerate((left[:MOST], right[:MOST])) for at, one in enumerate(side)
    }
    numbers = {hand: number for number, hand in enumerate(sorted({hands[one] for one in placed if one in hands}), 1)}
    nodes = tuple(
        Node(
            one,
            MIDDLE[column],
            TOP + ROW * at + ROW // 2,
            column == 0,
            str(people.get(one, {}).get("account") or one[:8]),
            str(people.get(one, {}).get("platform") or "?"),
            one in set(mine),
            one in set(ours),
            numbers.get(hands.get(one, ""), 0),
        )
        for one, (column, at) in placed.items()
    )
    drawn_edges = _edges(edges, {node.account_id: node for node in nodes})
    rows = max(len(left), len(right), 1)
    return Picture(
        nodes,
        drawn_edges,
        _brackets(nodes),
        TOP + ROW * min(rows, MOST) + 10,
        len({*ours, *others}) - len(nodes),
        tuple(kind for kind in ("link", "messages", "calls", "paid") if any(edge.kind == kind for edge in drawn_edges)),
    )


def said(row: dict[str, Any]) -> str:
    """An edge in words."""
    if row["kind"] == "link":
        return f"{row['bits']:.1f} bit" + (", one hand" if row.get("joins") else "")
    if row["kind"] == "paid":
        amount = (
            f"{row['amount'].normalize():f} {row.get('currency') or ''}".strip()
            if row.get("amount")
            else "amount not stated"
        )
        return f"{row['n']} × paid, {amount}"
    return f"{row['n']} {row['kind']}" if row["n"] != 1 else f"1 {row['kind'].removesuffix('s')}"


def _by_hand(accounts: list[str], hands: dict[str, str]) -> list[str]:
    """Accounts of one hand beside each other, hands in the order of their first account."""
    place = {one: at for at, one in enumerate(accounts)}
    first: dict[str, int] = {}
    for one, at in place.items():
        first.setdefault(hands.get(one) or one, at)
    return sorted(accounts, key=lambda one: (first[hands.get(one) or one], place[one]))


def _opposite(left: list[str], right: list[str], edges: list[dict[str, Any]]) -> list[str]:
    """The right column in the order of the middle of what each is tied to, so that few lines cross."""
    place = {one: at for at, one in enumerate(left)}
    beside: dict[str, list[int]] = {}
    for row in edges:
        for a, b in ((row["one"], row["other"]), (row["other"], row["one"])):
            if b in place:
                beside.setdefault(a, []).append(place[b])

    def middle(one: str) -> tuple[float, str]:
        found = beside.get(one, [])
        return (sum(found) / len(found) if found else len(left) / 2, one)

    return sorted(right, key=middle)


def _edges(rows: list[dict[str, Any]], nodes: dict[str, Node]) -> tuple[Edge, ...]:
    shown = [row for row in rows if row["one"] in nodes and row["other"] in nodes]
    several: dict[tuple[str, str], int] = {}
    made = []
    for row in shown:
        a, b = nodes[row["one"]], nodes[row["other"]]
        ends = (min(row["one"], row["other"]), max(row["one"], row["other"]))
        nth = several[ends] = several.get(ends, -1) + 1
        path, x, y = _path(a, b, nth)
        strong = float(row["bits"]) / 12 if row["kind"] == "link" else row["n"] ** 0.5 / 4
        label = f"{row['bits']:.0f} bit" if row["kind"] == "link" and len(shown) <= _LABELS else ""
        made.append(
            Edge(
                row["one"],
                row["other"],
                path,
                row["kind"],
                round(min(5.0, max(1.2, strong)), 1),
                f"{a.name} – {b.name}: {said(row)}",
                label,
                x,
                y,
            )
        )
    return tuple(made)


def _path(a: Node, b: Node, nth: int) -> tuple[str, int, int]:
    """A line between columns, a bow inside of one; the `nth` of a pair a little beside the others."""
    shift = 5 * nth
    if a.x != b.x:
        return f"M{a.x} {a.y + shift}L{b.x} {b.y + shift}", (a.x + b.x) // 2, (a.y + b.y) // 2 + shift
    bow = min(110, 26 + abs(a.y - b.y) // 3) + 10 * nth
    out = a.x + bow if a.end else a.x - bow
    return f"M{a.x} {a.y}C{out} {a.y} {out} {b.y} {b.x} {b.y}", (a.x + 3 * out) // 4, (a.y + b.y) // 2


def _brackets(nodes: tuple[Node, ...]) -> tuple[tuple[int, int, int], ...]:
    """Where several accounts of one hand stand below each other: x, and the first and last y."""
    runs: list[list[Node]] = []
    for node in sorted(nodes, key=lambda one: (one.x, one.y)):
        if (
            runs
            and node.hand
            and runs[-1][-1].hand == node.hand
            and runs[-1][-1].x == node.x
            and node.y - runs[-1][-1].y == ROW
        ):
            runs[-1].append(node)
        else:
            runs.append([node])
    return tuple((run[0].x, run[0].y, run[-1].y) for run in runs if len(run) > 1)
