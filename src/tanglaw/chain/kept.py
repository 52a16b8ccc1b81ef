"""Clusters of an earlier run, taken again where nothing that they rest on has changed since.

Kept in the workspace's folder for what can be made again: the three tables under a digest of what they were made of, that is, the
files behind blocks and tags, the sources left out, and the policy's figures. Blocks that came since make them anew.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tanglaw import __version__
from tanglaw.engine.base import Engine, Given
from tanglaw.tables.chain import CHAIN_CLUSTERS, CHAIN_JOINS, CHAIN_REFUSED

_MADE = (CHAIN_CLUSTERS, CHAIN_JOINS, CHAIN_REFUSED)
_OF = ("chain_blocks", "chain_transactions", "chain_outputs", "chain_inputs", "address_tags")
# Raise when the rules change what they join.
_FORM = 3


def taken(engine: Engine, given: Given) -> bool:
    """Make the three tables those of an earlier run; False if there is none over the same."""
    folder = _folder(engine, given)
    if folder is None or not folder.is_dir():
        return False
    for table in _MADE:
        engine.attach(table.name, sorted((folder / table.name).glob("*.parquet")), table.schema)
    return True


def keep(engine: Engine, given: Given) -> None:
    """Write the three tables down and read them from there."""
    folder = _folder(engine, given)
    if folder is None:
        return
    shutil.rmtree(folder.parent, ignore_errors=True)
    # Under another name until it is whole: a run that breaks off leaves nothing that counts.
    begun = folder.with_name("begun")
    for table in _MADE:
        engine.write(table.name, table.schema, table.key, begun / table.name)
    begun.rename(folder)
    taken(engine, given)


def _folder(engine: Engine, given: Given) -> Path | None:
    if given.room is None or not given.parts.get("chain_blocks"):
        return None
    figures = engine.rows(
        "select name, number from policy_numbers where starts_with(name, 'clusters.') order by name nulls first"
    ).to_pylist()
    files = [(name, sorted(given.parts.get(name, []))) for name in _OF]
    basis = repr((_FORM, __version__, figures, files))
    return given.room / "clusters" / hashlib.sha256(basis.encode()).hexdigest()
