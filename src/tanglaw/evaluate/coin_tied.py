"""Which addresses of services anybody could name: those that the service's own transactions tie to an address that a list names
for it.

An address is tied if one follows, knowing of each transaction whether a service made it and which outputs returned to that
service, a way from it to a listed one: coins spent together, and change. That is more than any reader of a ledger knows. An
address that is not tied, one that was never spent from or whose coins met no listed one's before the ledger ends, cannot be
told from a stranger's by anything that the ledger and the lists hold.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from tanglaw.evaluate.clusters import joined


def tied(inputs: pa.Table, outputs: pa.Table, tags: pa.Table, truth: Path) -> set[str]:
    """Addresses of services that are tied. `inputs` and `outputs` have txid and address; wrong tags do not count."""
    owned = (
        pl.read_csv(truth / "chain_addresses.csv", infer_schema_length=0)
        .filter(pl.col("service").is_not_null() & (pl.col("service") != ""))
        .select("address", "owner", "service")
        .with_row_index("i")
    )
    spent, paid = (_owned(rows, owned) for rows in (inputs, outputs))
    both = pl.concat([spent, paid.join(spent.select("txid", "owner").unique(), on=["txid", "owner"], how="semi")])
    first = both.group_by("txid", "owner").agg(pl.col("i").min().alias("low"))
    edges = both.join(first, on=["txid", "owner"])
    root = joined(len(owned), *(edges[side].to_numpy().astype(np.int64) for side in ("low", "i")))
    listed = _frame(tags.select(["address", "actor"])).join(owned, on="address")
    right = listed.filter((pl.col("actor") == pl.col("owner")) | (pl.col("actor") == pl.col("service")))
    roots = set(root[right["i"].to_numpy().astype(np.int64)].tolist())
    return {address for address, one in zip(owned["address"], root.tolist(), strict=True) if one in roots}


def _owned(rows: pa.Table, owned: pl.DataFrame) -> pl.DataFrame:
    return _frame(rows.select(["txid", "address"])).join(owned, on="address").select("txid", "owner", "i").unique()


def _frame(rows: pa.Table) -> pl.DataFrame:
    found = pl.from_arrow(rows)
    assert isinstance(found, pl.DataFrame)
    return found
