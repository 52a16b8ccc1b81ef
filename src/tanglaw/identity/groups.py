"""Groups out of pairs, so that one weak bridge joins no two strong groups."""

from __future__ import annotations

import pyarrow as pa

# What a pair that nothing proposed counts when groups are weighed, in bits.
_UNPROPOSED = -6.0


def grouped(rows: int, pairs: pa.Table, same: float) -> tuple[int, ...]:
    """Each row's group: the smallest row in it.

    Pairs of probability `same` or more join, strongest first, two groups whose members agree on the whole: the mean over all
    pairs across, with pairs that nothing proposed counting against, is above 0 bits (average linkage).
    """
    across = {(row["a"], row["b"]): row["bits"] for row in pairs.to_pylist()}
    group = {at: [at] for at in range(rows)}
    strong = [row for row in pairs.to_pylist() if row["probability"] >= same]
    for row in sorted(strong, key=lambda one: (-one["bits"], one["a"], one["b"])):
        one, other = group[row["a"]], group[row["b"]]
        if one is other:
            continue
        bits = sum(across.get((min(x, y), max(x, y)), _UNPROPOSED) for x in one for y in other)
        if bits > 0:
            whole = one + other
            for at in whole:
                group[at] = whole
    return tuple(min(group[at]) for at in range(rows))
