"""`tanglaw quarantine`: what was set aside, and another try."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tanglaw.cli.casework import decided_for_run, open_to_read
from tanglaw.cli.shared import (
    Who,
    as_of_option,
    examples,
    json_option,
    open_workspace,
    policy_of,
    who_options,
    workspace_option,
)
from tanglaw.cli.showing import clean, counted, grid, progress_bars, say, show_json
from tanglaw.lookups.quarantine import inboxes, set_aside
from tanglaw.pipeline import run

_MOST = 500
_SHORT_ID = 8


@click.group("quarantine", epilog=examples("tanglaw quarantine list", "tanglaw quarantine retry"))
def command() -> None:
    """Records and files that could not be read: list, show, retry."""


@command.command("list", epilog=examples("tanglaw quarantine list --json | jq -r '.[].file'"))
@workspace_option
@json_option
@who_options
def list_command(folder: Path, as_json: bool, who: Who) -> None:
    """List what is set aside, with place and reason. Codes are explained in docs/operations.md."""
    workspace, _ = open_to_read(folder, "quarantine list", "", who)
    rows = set_aside(workspace)
    if as_json:
        show_json(rows)
    elif rows:
        show(rows, _MOST)
    else:
        say("nothing is set aside")


def show(rows: list[dict[str, Any]], most: int) -> None:
    """What is set aside as a table; `id` is as much of quarantine_id as `quarantine show` needs."""
    ids = [str(row["quarantine_id"]) for row in rows]
    length = next(n for n in range(_SHORT_ID, 25) if n == 24 or len({one[:n] for one in ids}) == len(set(ids)))
    grid(
        f"{len(rows):,} set aside" + (f", the first {most} shown" if len(rows) > most else ""),
        ("id", "file", "place", "code", "reason"),
        [
            (row["quarantine_id"][:length], row["file"], row["locator"], row["code"], row["reason"])
            for row in rows[:most]
        ],
        whole=("id", "code"),
    )


@command.command("show", epilog=examples("tanglaw quarantine show 3be76a51"))
@click.argument("quarantine_id")
@workspace_option
@json_option
@who_options
def show_command(quarantine_id: str, folder: Path, as_json: bool, who: Who) -> None:
    """Show one entry whole, with its digest and the bounded excerpt. The start of its id is enough."""
    workspace, _ = open_to_read(folder, "quarantine show", quarantine_id, who)
    rows = [row for row in set_aside(workspace) if str(row["quarantine_id"]).startswith(quarantine_id)]
    if as_json:
        show_json(rows)
    for row in rows if not as_json else ():
        for name, value in row.items():
            say(f"{name:>14}  {'-' if value is None else value}")
    if not rows:
        click.echo(f"nothing is set aside under {clean(quarantine_id)}", err=True)
        sys.exit(1)


@command.command(
    "retry", epilog=examples("tanglaw quarantine retry", "tanglaw quarantine retry --as-of 2026-06-30T12:00:00Z")
)
@workspace_option
@as_of_option
@json_option
@who_options
def retry_command(folder: Path, as_of: datetime, as_json: bool, who: Who) -> None:
    """Read again, from where they were delivered, the files that were set aside whole.

    Use it after a mapping was added, or with a newer version of Tanglaw. What still cannot be read stays as it is on
    record. Exit 1 if something could not be tried because it is no longer where it was delivered.
    """
    workspace, settings = open_workspace(folder, "quarantine retry", "", who)
    before = len(set_aside(workspace))
    places, gone = inboxes(workspace)
    with progress_bars() as bars:
        for place in places:
            run(
                workspace,
                place,
                settings,
                policy_of(workspace),
                as_of,
                bars,
                ("files",),
                decided_for_run(workspace, settings, as_of),
            )
    after = len(set_aside(workspace))
    if as_json:
        show_json({"before": before, "after": after, "tried": [str(one) for one in places], "gone": gone})
    else:
        say(f"{counted(before, 'entry', 'entries')} before, {after:,} now")
    for path in gone:
        click.echo(f"no longer where it was delivered: {clean(path)}", err=True)
    sys.exit(1 if gone else 0)
