"""Keyed ids of a whole column: the same ids as `Ids.of`, one hash state copied per row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import polars as pl

from tanglaw.ids import ID_BYTES, Ids

_NONE = "\x00"


def many(ids: Ids, kind: str, parts: Sequence[pl.Series]) -> pl.Series:
    """`ids.of(kind, *row)` for every row of the parts (text, empty for None)."""
    joined = pl.select(pl.concat_str([part.fill_null(_NONE) for part in parts], separator="\x1f")).to_series()
    base = hashlib.blake2b(f"{kind}\x1f".encode(), digest_size=ID_BYTES, key=ids.key)
    found = []
    for text in joined.to_list():
        state = base.copy()
        state.update(text.encode())
        found.append(state.hexdigest())
    return pl.Series(found, dtype=pl.String)
