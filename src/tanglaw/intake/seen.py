"""Which files the workspace has read already, by digest and path."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq

from tanglaw.store.workspace import Workspace

# New ids are kept in a Python set up to this many, then merged into the sorted array.
_MERGE_AT = 1_000_000


class Seen:
    """Tells a file that is new from one that is known, a copy elsewhere, or one worth another try.

    Holds about 24 bytes a known file.
    """

    def __init__(self, workspace: Workspace, retry: bool = False) -> None:
        self._workspace = workspace
        self._retry = retry
        self._recent: set[str] = set()
        self._known = np.empty(0, dtype="S24")
        self._pairs: set[int] | None = None
        self._open: set[str] = set()
        self._load()

    def _load(self) -> None:
        known = []
        latest: dict[str, tuple[int, str]] = {}
        taken_aside = {"held", "quarantine"}
        for file in self._workspace.files("sources"):
            table = pq.read_table(file, columns=["source_id", "format", "arrival"])
            known.append(np.asarray(table.column("source_id").to_numpy(), dtype="S24"))
            formats = table.column("format").to_pylist()
            if taken_aside.isdisjoint(formats) and not latest:
                continue
            for row in table.to_pylist():
                source, taken, arrival = row["source_id"], row["format"], row["arrival"]
                if taken in taken_aside or source in latest:
                    latest[source] = max(latest.get(source, (0, "")), (arrival, taken))
        if known:
            self._known = np.unique(np.concatenate(known))
        wanted = ("held", "quarantine") if self._retry else ("held",)
        self._open = {source for source, (_, taken) in latest.items() if taken in wanted}

    @property
    def has_open(self) -> bool:
        """True if some known file waits for another try."""
        return bool(self._open)

    def verdict(self, source_id: str, path: str) -> str:
        """new, known (same bytes, same path), copy (same bytes elsewhere) or again (was set aside)."""
        if source_id in self._recent:
            return "copy"
        if not (len(self._known) and self._is_known(source_id)):
            self._recent.add(source_id)
            if len(self._recent) >= _MERGE_AT:
                self._merge()
            return "new"
        if not self._same_path(source_id, path):
            return "copy"
        return "again" if source_id in self._open else "known"

    def _is_known(self, source_id: str) -> bool:
        key = source_id.encode()
        at = int(np.searchsorted(self._known, key))
        return at < len(self._known) and bool(self._known[at] == key)

    def _merge(self) -> None:
        self._known = np.union1d(self._known, np.array(sorted(self._recent), dtype="S24"))
        self._recent.clear()

    def _same_path(self, source_id: str, path: str) -> bool:
        if self._pairs is None:
            self._pairs = set()
            for file in self._workspace.files("sources"):
                table = pq.read_table(file, columns=["source_id", "path"])
                pairs = zip(table.column("source_id").to_pylist(), table.column("path").to_pylist(), strict=True)
                self._pairs.update(map(hash, pairs))
        return hash((source_id, path)) in self._pairs
