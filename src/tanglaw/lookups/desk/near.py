"""Names and handles that are nearly as somebody typed them, out of millions, in a few sorted blocks.

A name is cut into three parts; whoever changes, adds or leaves out two signs, or swaps two neighbours, leaves one part as it was,
moved by two places at most (the pigeonhole of Li, Deng, Wang, Feng: "Pass-Join", VLDB 2011). So names lie on the shelf under each
part with its number and the length of the name, and only those with a part in common are measured.
"""

from __future__ import annotations

from typing import Any

from tanglaw.engine.shelf import Shelf

PARTS = 3
_SLIPS = PARTS - 1
# Shorter names are near everything; longer ones are no names.
LEAST, LONGEST = 4, 64
# A part in more names of one length than this tells nothing.
CROWD = 2_000
# From this length on two signs may differ, below it one.
_TWO = 8
_MOST = 20


def near(shelf: Shelf, text: str) -> list[dict[str, Any]]:
    """Names that differ from the text, nearest first, at most 20: name, distance (signs changed, added, left out, or neighbours
    swapped; Damerau and Levenshtein), n (occurrences)."""
    name = text.strip().lstrip("@").casefold()
    if not LEAST <= len(name) <= LONGEST:
        return []
    wanted = keys(name)
    # Materialised, so that nothing is measured that has no part in common.
    return shelf.rows(
        f"""
        with candidates as materialized (
            select name, max(n) as n from near where key in ({", ".join("?" * len(wanted))}) group by name
        ),
        measured as (select name, n, damerau_levenshtein(name, ?) as distance from candidates)
        select * from measured where distance between 1 and case when length(name) < {_TWO} then 1 else 2 end
        order by distance, n desc, name limit {_MOST}
        """,
        *wanted,
        name,
    )


def keys(name: str) -> list[str]:
    """Under what names within two signs of this one may lie.

    A part moves by as many places as signs were added or left out before it, or by as many as the lengths differ less those
    after it: the fewest places that miss none ("multi-match-aware" in Pass-Join).
    """
    found = set()
    for size in range(max(LEAST, len(name) - _SLIPS), min(LONGEST, len(name) + _SLIPS) + 1):
        base, short, longer = size // PARTS, PARTS - size % PARTS, len(name) - size
        for part in range(PARTS):
            start = part * base + max(0, part - short)
            length = base + (part >= short)
            low = max(0, start - part, start + longer - (_SLIPS - part))
            high = min(len(name) - length, start + part, start + longer + (_SLIPS - part))
            found |= {f"{size}:{part}:{name[moved : moved + length]}" for moved in range(low, high + 1)}
    return sorted(found)
