"""`tanglaw requests`: which log to ask for before it is gone, and what became of asking."""

from __future__ import annotations

import sys
from pathlib import Path
from string import Template
from typing import Any

import click

from tanglaw.cli.casework import decided, open_to_read
from tanglaw.cli.shared import Who, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import clean, counted, grid, say, short_time, show_json
from tanglaw.errors import CheckSettings
from tanglaw.lookups.sessions import SIMULATED, STATUSES, requests
from tanglaw.store.workspace import Workspace

TEMPLATE = "preservation.txt"
_DEMO = """DRAFT, made by Tanglaw, to be checked and signed by a person. Demonstration template.

To: $holder
Please preserve, until legal process reaches you: $data
Account (internal reference): $account
From $from_at to $to_at, UTC.
By our retention table these records lapse on $due.
"""
_HEADS = ("lapses (UTC)", "holder", "data", "account", "sessions", "sent", "answered", "request")


@click.command(
    "requests",
    epilog=examples(
        "tanglaw requests --top 50",
        "tanglaw requests --drafts letters --top 0",
        "tanglaw requests --status sent",
    ),
)
@workspace_option
@click.option(
    "--status", type=click.Choice(STATUSES), default="open", show_default=True, help="Which requests to show."
)
@click.option("--drafts", type=click.Path(path_type=Path), help="Folder for a draft of each request that is shown.")
@click.option("--top", default=20, show_default=True, type=click.IntRange(0), help="How many to show; 0 for all.")
@json_option
@who_options
def command(folder: Path, status: str, drafts: Path | None, top: int, as_json: bool, who: Who) -> None:
    """Show which holder keeps which log about the parties of sessions, and until when: what lapses first leads.

    Drafts are made from `policy/templates/preservation.txt` of the workspace, with $holder, $data, $account, $from_at,
    $to_at, $due, $request_id and $source. `tanglaw decide sent`, `answered` and `lapsed` record what became of one. Exit 1
    if there is nothing to show.
    """
    workspace, settings = open_to_read(folder, "requests", "", who)
    recorded = decided(workspace, settings).get("request_records")
    rows, whole = requests(workspace, status, recorded.to_pylist() if recorded is not None else [], top)
    if drafts is not None:
        _draft(rows, drafts, _template(workspace))
    if as_json:
        show_json({"note": SIMULATED, "rows": rows})
    elif rows:
        grid(
            f"{len(rows):,} of {counted(whole, f'{status} request')}",
            tuple(head for head in _HEADS if status != "open" or head not in ("sent", "answered")),
            [_cells(row, status) for row in rows],
            right=("sessions",),
            whole=("lapses (UTC)", "request"),
        )
        say(f"Drafts are to be checked and signed by a person. {SIMULATED}", "dim")
        if drafts is not None:
            say(f"{counted(len(rows), 'draft')} in {clean(drafts)}")
    else:
        click.echo(f"no {status} request", err=True)
    sys.exit(0 if rows else 1)


def _cells(row: dict[str, Any], status: str) -> tuple[object, ...]:
    """One row of the list; the window of the log stands in JSON and drafts."""
    dates = () if status == "open" else (row["sent"], row["answered"])
    first = (row["due"], row["holder"], row["data"], row["account_id"][:8], row["sessions"])
    return (*first, *dates, row["request_id"])


def _template(workspace: Workspace) -> Template:
    """The agency's own template; the demonstration one only where the workspace is not operational."""
    file = workspace.folder / "policy" / "templates" / TEMPLATE
    if file.is_file():
        return Template(file.read_text(encoding="utf-8"))
    if workspace.facts.operational:
        raise CheckSettings(f"put your agency's template into {file}")
    return Template(_DEMO)


def _draft(rows: list[dict[str, Any]], folder: Path, template: Template) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        times = {name: short_time(row[name]) for name in ("from_at", "to_at", "due")}
        words = {name: clean(row[name] or "") for name in ("request_id", "holder", "data", "source")}
        text = template.safe_substitute(words, account=row["account_id"], **times)
        (folder / f"{row['request_id']}.txt").write_text(text, encoding="utf-8")
