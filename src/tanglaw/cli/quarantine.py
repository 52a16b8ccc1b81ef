"""`tanglaw quarantine`: what was set aside, and another try."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from tanglaw.cli.shared import (
    Who,
    console,
    instant,
    json_option,
    open_workspace,
    policy_of,
    progress_bars,
    show_json,
    who_options,
    workspace_option,
)
from tanglaw.lookups.quarantine import inboxes, set_aside
from tanglaw.pipeline import run

_COLUMNS = ("quarantine_id", "file", "locator", "code", "reason", "size")


@click.group("quarantine")
def command() -> None:
    """Records and files that could not be read: list, show, retry."""


@command.command("list")
@workspace_option
@json_option
@who_options
def list_command(folder: Path, as_json: bool, user: str, case: str, purpose: str) -> None:
    """List what is set aside, with place and reason."""
    workspace, _ = open_workspace(folder, "quarantine list", "", Who(user, case, purpose))
    rows = set_aside(workspace)
    if as_json:
        show_json(rows)
        return
    table = Table(title=f"{len(rows):,} set aside", title_justify="left")
    for name in _COLUMNS:
        table.add_column(name, overflow="fold")
    for row in rows[:500]:
        table.add_row(*(Text(str(row[name] if row[name] is not None else "")) for name in _COLUMNS))
    console().print(table)


@command.command("show")
@click.argument("quarantine_id")
@workspace_option
@json_option
@who_options
def show_command(quarantine_id: str, folder: Path, as_json: bool, user: str, case: str, purpose: str) -> None:
    """Show one entry whole, with its digest and the bounded excerpt."""
    workspace, _ = open_workspace(folder, "quarantine show", quarantine_id, Who(user, case, purpose))
    rows = [row for row in set_aside(workspace) if str(row["quarantine_id"]).startswith(quarantine_id)]
    if as_json:
        show_json(rows)
    for row in rows if not as_json else ():
        for name, value in row.items():
            console().print(Text(f"{name:>14}  {'' if value is None else value}"))
    if not rows:
        click.echo(f"nothing set aside under {quarantine_id}", err=True)
        sys.exit(1)


@command.command("retry")
@workspace_option
@click.option("--as-of", help="Instant that clocks are read at, ISO 8601; default now.")
@who_options
def retry_command(folder: Path, as_of: str | None, user: str, case: str, purpose: str) -> None:
    """Read again, from where they were delivered, the files that were set aside whole."""
    workspace, settings = open_workspace(folder, "quarantine retry", "", Who(user, case, purpose))
    before = len(set_aside(workspace))
    places, gone = inboxes(workspace)
    with progress_bars() as bars:
        for place in places:
            run(workspace, place, settings, policy_of(workspace), instant(as_of), bars, retry=True)
    after = len(set_aside(workspace))
    click.echo(f"{before} were set aside, {after} still are")
    for path in gone:
        click.echo(f"no longer where it was delivered: {path}", err=True)
