"""Which blocks count: the branch with most work of each tree of blocks, and where the numbers of their transactions begin.

Blocks hang together by their parents. A block whose parent is not here begins a tree of its own, so that a delivery may
hold any pieces of a ledger. Within a tree the tip with most work since the root wins (ties: the longer branch, then the
smaller hash); every block off its branch is stale. Work that an export does not state counts as none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tanglaw.tables.base import BOOL, INT, TEXT, TIME

Key = tuple[str, str]


@dataclass(slots=True)
class Seen:
    """What the sightings of one block say together."""

    previous: str | None
    height: int | None
    at: Any
    work: int
    places: int
    number: int = -1
    depth: int = 0
    whole: int = 0
    tree: Key = ("", "")
    below: list[Key] = field(default_factory=list)


_FIELDS: list[pa.Field[Any]] = [
    pa.field("network", TEXT),
    pa.field("block_hash", TEXT),
    pa.field("height", INT),
    pa.field("block_at", TIME),
    pa.field("first_t", INT),
    pa.field("places", INT),
    pa.field("tree", INT),
    pa.field("many_tx", BOOL),
    pa.field("many_out", BOOL),
    pa.field("many_in", BOOL),
]
BLOCKS = pa.schema(_FIELDS)


def counted(blocks: pa.Table) -> pa.Table:
    """The counted blocks in order of network, height and hash, as BLOCKS.

    `blocks` has one row per network and hash: previous_hash, height, at, work (digits), places (0 without transactions),
    and many_tx, many_out, many_in, which are handed on. `tree` ranks the trees of a network by work, from 1.
    """
    rows = blocks.to_pylist()
    seen = {
        (row["network"], row["block_hash"]): Seen(
            row["previous_hash"], row["height"], row["at"], int(row["work"] or 0), row["places"] or 0, number
        )
        for number, row in enumerate(rows)
    }
    trees = _trees(seen)
    best = [key for root in trees for key in _branch(seen, root)]
    ranks = {root: rank for _, roots in _by_network(trees, seen) for rank, root in enumerate(roots, 1)}
    best.sort(key=lambda key: (key[0], *_place(seen[key]), key[1]))
    first, found = 1, []
    for key in best:
        block = seen[key]
        if not block.places:
            continue
        row = rows[block.number]
        found.append(
            {
                "network": key[0],
                "block_hash": key[1],
                "height": block.height,
                "block_at": block.at,
                "first_t": first,
                "places": block.places,
                "tree": ranks[block.tree],
                **{name: row[name] for name in ("many_tx", "many_out", "many_in")},
            }
        )
        first += block.places
    return pa.Table.from_pylist(found, BLOCKS)


def _place(block: Seen) -> tuple[bool, int, float]:
    """Where a block stands in its network's order: by height, those without one behind, by time."""
    return block.height is None, block.height or 0, block.at.timestamp() if block.height is None and block.at else 0.0


def _trees(seen: dict[Key, Seen]) -> list[Key]:
    """The roots; every block gets its depth, its work from the root on, its tree and, where one of its tree states a
    height, its own. Blocks that name each other as parents in a ring have no root and are left out."""
    roots = []
    for key, block in seen.items():
        above = seen.get((key[0], block.previous or ""))
        if above is None or above is block:
            roots.append(key)
        else:
            above.below.append(key)
    for root in roots:
        order, stated = [root], None
        seen[root].depth, seen[root].whole = 0, seen[root].work
        for key in order:
            block = seen[key]
            block.tree = root
            if stated is None and block.height is not None:
                stated = block.height - block.depth
            for child in block.below:
                seen[child].depth, seen[child].whole = block.depth + 1, block.whole + seen[child].work
                order.append(child)
        for key in order:
            if stated is not None and seen[key].height is None:
                seen[key].height = stated + seen[key].depth
    return sorted(roots)


def _branch(seen: dict[Key, Seen], root: Key) -> Iterable[Key]:
    """The blocks from the best tip of a tree down to its root."""
    tips, stack = [], [root]
    while stack:
        key = stack.pop()
        stack += seen[key].below
        if not seen[key].below:
            tips.append(key)
    key = min(tips, key=lambda tip: (-seen[tip].whole, -seen[tip].depth, tip[1]))
    seen[root].whole = seen[key].whole
    while True:
        yield key
        if key == root:
            return
        key = (key[0], seen[key].previous or "")


def _by_network(roots: Iterable[Key], seen: dict[Key, Seen]) -> Iterable[tuple[str, list[Key]]]:
    """The roots of each network, that of the tree with most work first. Work of a root is that of its best branch."""
    grouped: dict[str, list[Key]] = {}
    for root in roots:
        grouped.setdefault(root[0], []).append(root)
    for network, mine in sorted(grouped.items()):
        yield network, sorted(mine, key=lambda root: (-seen[root].whole, root[1]))
