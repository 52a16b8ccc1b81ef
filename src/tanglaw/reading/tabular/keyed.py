"""Keyed ids of a whole column: the same ids as `Ids.of`, one hash state copied per row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from tanglaw.ids import ID_BYTES, Ids

_NONE = "\x00"


def many(ids: Ids, kind: str, parts: Sequence[pl.Series]) -> pl.Series:
    """`ids.of(kind, *row)` for every row of the parts (text, empty for None)."""
    joined = pl.select(pl.concat_str([part.fill_null(_NONE) for part in parts], separator="\x1f")).to_series()
    copy = hashlib.blake2b(f"{kind}\x1f".encode(), digest_size=ID_BYTES, key=ids.key).copy
    found = []
    for text in joined.cast(pl.Binary).to_list():
        state = copy()
        state.update(text)
        found.append(state.digest())
    offsets = np.arange(len(found) + 1, dtype=np.int32) * (2 * ID_BYTES)
    hexes = pa.py_buffer(b"".join(found).hex().encode())
    return pl.Series(pa.StringArray.from_buffers(len(found), pa.py_buffer(offsets.tobytes()), hexes))
