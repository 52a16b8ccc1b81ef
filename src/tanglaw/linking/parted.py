"""Joins weighed against each other: an account between two groups that contradict each other does not merge them.

Greedy agglomeration of one component at a time: what people judged comes first, then the strongest evidence. Two groups
are joined if what ties them outweighs what their holders' names and dates of birth say against it; a pair that people
judged apart is never brought together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tanglaw.linking.spelled import sound_key
from tanglaw.linking.weights import DIFFERS

_AGAINST = {row.type: round(1000 * row.bits) for row in DIFFERS}


@dataclass(slots=True)
class Stated:
    """What is stated of a holder: names as (latin letters, first word, last word), how they sound, and dates of birth."""

    names: set[tuple[bool, str, str]] = field(default_factory=set)
    sounds: set[str] = field(default_factory=set)
    born: set[str] = field(default_factory=set)

    def against(self, other: Stated) -> int:
        """Thousandths of a bit, zero or less: what the two statements say against one hand, as for a pair."""
        bits = _AGAINST["other-birth"] if self.born and other.born and not self.born & other.born else 0
        if self.sounds & other.sounds:
            return bits
        compared = [(x, y) for x in self.names for y in other.names if x[0] == y[0]]
        if any({*x[1:]} & {*y[1:]} for x, y in compared):
            return bits + _AGAINST["part-of-name"]
        return bits + (_AGAINST["other-name"] if compared else 0)


@dataclass(slots=True)
class _Group:
    members: set[str]
    stated: Stated


def stated(rows: Iterable[Mapping[str, Any]]) -> dict[str, Stated]:
    """Account -> what is stated of its holder, from rows of account_id, kind (name, born) and value."""
    found: dict[str, Stated] = {}
    for row in rows:
        one = found.setdefault(row["account_id"], Stated())
        if row["kind"] == "born":
            one.born.add(row["value"])
        else:
            first, _, last = row["value"].partition(" ")
            one.names.add((row["value"].isascii(), first, last))
            one.sounds.add(sound_key(row["value"]) or row["value"])
    return found


def parted(
    edges: Iterable[Mapping[str, Any]], apart: Iterable[tuple[str, str]], of: Mapping[str, Stated]
) -> dict[str, str]:
    """Node -> root, without the roots. Edges (a, b, margin in thousandths of a bit above what joins) in their order."""
    nobody = Stated()
    group: dict[str, _Group] = {}
    against: dict[str, set[str]] = {}
    ties: dict[str, list[tuple[str, int]]] = {}
    for a, b in apart:
        against.setdefault(a, set()).add(b)
        against.setdefault(b, set()).add(a)
    for edge in edges:
        a, b = edge["a"], edge["b"]
        one, other = (group.setdefault(node, _Group({node}, of.get(node, nobody))) for node in (a, b))
        # What the edge says for one hand, without what its own two accounts say against it.
        margin = edge["margin"] - of.get(a, nobody).against(of.get(b, nobody))
        ties.setdefault(a, []).append((b, margin))
        ties.setdefault(b, []).append((a, margin))
        small, large = sorted((one, other), key=lambda found: len(found.members))
        if one is other or any(against.get(node, set()) & large.members for node in small.members):
            continue
        tied = sum(bits for node in small.members for end, bits in ties.get(node, ()) if end in large.members)
        if tied + small.stated.against(large.stated) < 0:
            continue
        large.members |= small.members
        large.stated = Stated(
            large.stated.names | small.stated.names,
            large.stated.sounds | small.stated.sounds,
            large.stated.born | small.stated.born,
        )
        for node in small.members:
            group[node] = large
    roots = {node: min(found.members) for node, found in sorted(group.items())}
    return {node: root for node, root in roots.items() if node != root}
