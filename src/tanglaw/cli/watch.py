"""`tanglaw watch`: what cases watch for, and the list of it for the next run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from tanglaw.casework.models import Watch
from tanglaw.casework.queries_watches import last_instant
from tanglaw.casework.services_watches import placed
from tanglaw.cli.casework import open_to_read, opened
from tanglaw.cli.shared import Who, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import clean, counted, grid, say, show_json


@click.command("watch", epilog=examples("tanglaw watch", "tanglaw watch --out inbox/desk.toml"))
@workspace_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the watch list, for an inbox of `tanglaw run`.",
)
@json_option
@who_options
def command(folder: Path, out: Path | None, as_json: bool, who: Who) -> None:
    """Show what people watch for on the pages of the workbench, with case, who placed it and until when.

    What --out writes is a watch list as `run` reads it; an entry that was withdrawn stands in it as expired then, so that it ends
    with the next run. Exit 1 if nothing was ever placed.
    """
    workspace, settings = open_to_read(folder, "watch", str(out or ""), who)
    newest = {(one.type, one.value, one.case_id): one for one in placed(opened(workspace, settings))}
    rows = workspace.gate.passed([_row(one) for one in newest.values()])
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        # JSON's texts are texts of TOML too.
        tables = ("\n".join(f"{name} = {json.dumps(value)}" for name, value in row.items()) for row in rows)
        out.write_text("".join(f"[[watch]]\n{table}\n\n" for table in tables), encoding="utf-8")
        say(f"{counted(len(rows), 'entry')} in {clean(out)}")
    elif as_json:
        show_json(rows)
    elif rows:
        grid(counted(len(rows), "entry"), tuple(rows[0]), [tuple(row.values()) for row in rows], whole=("value",))
    else:
        click.echo("nothing was placed yet", err=True)
    sys.exit(0 if rows else 1)


def _row(one: Watch) -> dict[str, str]:
    return {
        "type": one.type,
        "value": one.value,
        "case_number": str(one.case_id),
        "placed_by": one.by.full_name,
        "expires_at": last_instant(one).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "note": one.reason,
    }
