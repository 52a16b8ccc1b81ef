"""`tanglaw decisions`: what people decided, and what of it stands."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from tanglaw.casework import database, queries
from tanglaw.cli.casework import open_to_read, opened
from tanglaw.cli.shared import Who, as_of_option, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import grid, show_json

_HEADS = ("number", "kind", "subject", "value", "by", "reason", "at", "withdrawn by")


@click.command("decisions", epilog=examples("tanglaw decisions", "tanglaw decisions --as-of 2026-06-30 --json"))
@workspace_option
@as_of_option
@json_option
@who_options
def command(folder: Path, as_of: datetime, as_json: bool, who: Who) -> None:
    """List every decision, newest first, with the one that withdrew it. Exit 1 if there is none."""
    workspace, settings = open_to_read(folder, "decisions", "", who)
    there = database.exists(workspace.folder, settings.casework_database)
    rows = queries.decisions(opened(workspace, settings), as_of) if there else []
    rows = [row for row in rows if all(map(workspace.gate.there, row["subject"].split()))]
    if as_json:
        show_json(rows)
    elif rows:
        cells = ((row | {"withdrawn_by": row["withdrawn_by"] or "stands"}).values() for row in rows)
        grid("", _HEADS, (tuple(row) for row in cells), right=("number",))
    else:
        click.echo("nobody has decided anything yet: tanglaw decide --help", err=True)
    sys.exit(0 if rows else 1)
