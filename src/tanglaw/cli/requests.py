"""`tanglaw requests`: which log to ask for before it is gone, and what became of asking."""

from __future__ import annotations

import sys
from pathlib import Path
from string import Template
from typing import Any

import click

from tanglaw.casework import services
from tanglaw.cli.casework import decided, opened
from tanglaw.cli.shared import Who, examples, instant, json_option, open_workspace, who_options, workspace_option
from tanglaw.cli.showing import clean, counted, grid, say, short_time, show_json
from tanglaw.errors import CheckSettings, CheckUsage
from tanglaw.lookups.sessions import SIMULATED, STATUSES, requests
from tanglaw.lookups.subjects import rows_of
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


@click.group(
    "requests",
    invoke_without_command=True,
    epilog=examples(
        "tanglaw requests --top 50",
        "tanglaw requests --drafts letters --top 0",
        "tanglaw requests sent REQUEST --by 'A. Cruz' --on 2026-07-02",
    ),
)
@click.pass_context
@workspace_option
@click.option(
    "--status", type=click.Choice(STATUSES), default="open", show_default=True, help="Which requests to show."
)
@click.option("--drafts", type=click.Path(path_type=Path), help="Folder for a draft of each request that is shown.")
@click.option("--top", default=20, show_default=True, type=click.IntRange(0), help="How many to show; 0 for all.")
@json_option
@who_options
def command(
    context: click.Context, folder: Path, status: str, drafts: Path | None, top: int, as_json: bool, who: Who
) -> None:
    """Show which holder keeps which log about the parties of sessions, and until when: what lapses first leads.

    Drafts are made from `policy/templates/preservation.txt` of the workspace, with $holder, $data, $account, $from_at,
    $to_at, $due, $request_id and $source. Exit 1 if there is nothing to show.
    """
    if context.invoked_subcommand is not None:
        return
    workspace, settings = open_workspace(folder, "requests", "", who)
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


def _recording(kind: str, meaning: str) -> None:
    """Adds `tanglaw requests <kind> REQUEST`."""

    @click.argument("request_id", metavar="REQUEST")
    @click.option("--by", required=True, help="Who records it; kept.")
    @click.option("--on", "on", required=True, metavar="TIME", help="When it happened: day or instant, ISO 8601, UTC.")
    @click.option("--reason", default="as recorded", show_default=True, help="What there is to say; kept.")
    @workspace_option
    @who_options
    def recorder(request_id: str, by: str, on: str, reason: str, folder: Path, who: Who) -> None:
        workspace, settings = open_workspace(folder, "requests", f"{kind} {request_id}", who)
        found = rows_of(workspace, "requests", "request_id", [request_id])
        if not found:
            raise CheckUsage(f"no request {request_id}: `tanglaw requests --top 0` lists them")
        asked = services.Asked(request_id, found[0]["from_at"], found[0]["to_at"])
        done = services.record(opened(workspace, settings), kind, asked, instant(on, "--on"), by, reason)
        say(f"decision {done.number}: {kind}; `tanglaw decide withdraw {done.number}` takes it back")

    recorder.__doc__ = meaning
    line = f"tanglaw requests {kind} REQUEST --by 'A. Cruz' --on 2026-07-02"
    command.command(kind, epilog=examples(line))(recorder)


_recording("sent", "Record that a request was sent. It leaves the queue's clock with the next run.")
_recording("answered", "Record that the holder answered a request that was sent.")
_recording("lapsed", "Record that the holder says the log is gone.")


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
