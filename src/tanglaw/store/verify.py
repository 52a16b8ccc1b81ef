"""Custody check: is every part, commit and audit row as it was written, and is the end still there?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from tanglaw.errors import CheckWorkspace
from tanglaw.store.chain import FIRST, check_lines, digest
from tanglaw.store.commits import Commit, Part
from tanglaw.store.parts import file_digest
from tanglaw.store.tombstones import digests, erased_lines
from tanglaw.store.workspace import Workspace

Progress = Callable[[int, int], None]


def verify(folder: Path, progress: Progress | None = None, originals: bool = True) -> tuple[list[str], dict[str, int]]:
    """Every fault as one sentence, and what was checked.

    Checks the chain of commits, the sealed end, each Parquet part (digest and row count, also of earlier
    states), stray files, the audit chain, and delivered files that are still where they were taken in from.
    """
    faults: list[str] = []
    try:
        workspace = Workspace(folder)
    except CheckWorkspace as error:
        return [str(error)], {}
    commits = _check_log(workspace, faults)
    parts = {part.file: part for commit in commits for part in commit.parts}
    stones, broken = workspace.tombstones()
    faults.extend(broken)
    erased = digests(stones, "parts")
    for number, part in enumerate(parts.values(), 1):
        faults.extend(_check_part(folder / "tables" / part.file, part, erased.get(part.file)))
        if progress:
            progress(number, len(parts))
    for path in sorted((folder / "tables").rglob("*.parquet")):
        name = path.relative_to(folder / "tables").as_posix()
        if name not in parts:
            faults.append(f"tables/{name}: no commit knows this file (left by an interrupted run, or put there)")
    faults.extend(check_lines(folder / "audit.jsonl", erased_lines(stones, "audit.jsonl")))
    checked, changed = _check_originals(workspace) if originals else (0, [])
    return [*faults, *changed], {
        "commits": len(commits),
        "parts": len(parts),
        "rows": sum(part.rows for part in parts.values()),
        "originals": checked,
        **({"erasures": len(stones)} if stones else {}),
    }


def told_erasures(folder: Path) -> list[str]:
    """Each erasure in a sentence; none where the workspace cannot be opened."""
    try:
        return [one.told for one in Workspace(folder).tombstones()[0]]
    except CheckWorkspace:
        return []


def _check_log(workspace: Workspace, faults: list[str]) -> list[Commit]:
    commits: list[Commit] = []
    head = FIRST
    for number in workspace.log.numbers():
        raw = workspace.log.path(number).read_bytes()
        commits.append(msgspec.json.decode(raw, type=Commit))
        head = digest(raw)
    try:
        sealed = workspace.log.sealed()
    except CheckWorkspace as error:
        faults.append(str(error))
        return commits
    if sealed is None and commits:
        faults.append("head.json is missing: the end of the log is not sealed")
    elif sealed is not None and sealed[0] > len(commits):
        faults.append(f"the log ends at commit {len(commits)} but {sealed[0]} were sealed: its tail was cut")
    elif sealed is not None and sealed[0] == len(commits) and sealed[1] != head:
        faults.append(f"log/{sealed[0]:08d}.json is not the commit that was sealed")
    return commits


def _check_part(path: Path, part: Part, erased: list[str] | None = None) -> list[str]:
    """`erased` has the part's digests as committed and after each erasure out of it."""
    name = f"tables/{part.file}"
    if not path.is_file():
        return [f"{name}: missing ({part.rows} rows of {part.table})"]
    found, expected = file_digest(path), erased or [part.sha256]
    if expected[0] != part.sha256:
        return [f"{name}: a tombstone names another part than was committed"]
    if found != expected[-1] and found in expected:
        return [f"{name}: an erasure out of it did not end: sign it again"]
    if found != expected[-1]:
        return [f"{name}: changed since it was committed ({part.rows} rows of {part.table})"]
    rows = pq.read_metadata(path).num_rows
    return [] if rows == part.rows else [f"{name}: {rows} rows, {part.rows} were committed"]


def _check_originals(workspace: Workspace) -> tuple[int, list[str]]:
    """Delivered files that are still where they were taken in from: how many, and those that changed."""
    checked, faults = 0, []
    for file in workspace.files("deliveries"):
        rows = pq.read_table(file, columns=["path", "place", "sha256"]).to_pylist()
        for row in rows:
            path = Path(row["place"] or "")
            if not path.is_file():
                continue
            checked += 1
            if file_digest(path) != row["sha256"]:
                faults.append(f"{row['path']}: the delivered file has changed since it was taken in")
    return checked, faults
