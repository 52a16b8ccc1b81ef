"""`tanglaw run INBOX`: take files in and rebuild the queue."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from tanglaw.cli.casework import decided_for_run
from tanglaw.cli.queue import when
from tanglaw.cli.shared import (
    Who,
    as_of_option,
    examples,
    instant,
    json_option,
    open_workspace,
    policy_of,
    who_options,
    workspace_option,
)
from tanglaw.cli.showing import counted, grid, progress_bars, say, show_json
from tanglaw.errors import CheckUsage
from tanglaw.pipeline import Ran, run

_SOMETHING_SET_ASIDE = 3


@click.command(
    "run",
    epilog=examples(
        "tanglaw run inbox",
        "tanglaw run delivery.zip --brought-by 'unit 3' --authority 'warrant 12/26'",
        "tanglaw run inbox --as-of 2026-06-30T12:00:00Z --strict",
    ),
)
@click.argument("inbox", type=click.Path(path_type=Path), required=False)
@workspace_option
@as_of_option
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), help="Engine for the tables, instead of the settings'."
)
@click.option(
    "--decisions-as-of",
    callback=lambda _context, _option, text: instant(text) if text else None,
    metavar="TIME",
    help="Take over the decisions in force at this instant; default --as-of, and without that all that stand.",
)
@click.option(
    "--relink",
    is_flag=True,
    help="Link all accounts anew, and not only those that new evidence and decisions concern; the result is the same.",
)
@click.option("--brought-by", help="Custody: who brought the files.")
@click.option("--origin", help="Custody: where they come from.")
@click.option("--authority", help="Custody: legal authority under which they are held.")
@click.option("--permitted-use", help="Custody: what they may be used for.")
@click.option("--handling", help="Custody: handling code.")
@click.option("--grading", help="Custody: source grading.")
@click.option("--strict", is_flag=True, help="Exit with 3 if anything was set aside.")
@json_option
@who_options
def command(
    inbox: Path | None,
    folder: Path,
    as_of: datetime,
    decisions_as_of: datetime | None,
    strict: bool,
    relink: bool,
    as_json: bool,
    who: Who,
    **given: str | None,
) -> None:
    """Read everything in INBOX (a folder, ZIP or tar, nested and mixed) and rebuild the queue.

    Each file is recognised by its content. What was read before is passed over; what cannot be read is set aside
    with its reason and the rest goes on. Without INBOX only the tables are rebuilt. The custody facts may also stand
    in a file `delivery.toml` in the inbox.
    """
    if inbox is not None and not inbox.exists():
        raise CheckUsage(f"no such file or folder: {inbox}")
    workspace, settings = open_workspace(folder, "run", str(inbox or ""), who, None, **given)
    with progress_bars() as bars:
        taken = decided_for_run(workspace, settings, as_of, decisions_as_of)
        ran = run(workspace, inbox, settings, policy_of(workspace), as_of, bars, ("links",) * relink, taken)
    if as_json:
        show_json(_facts(ran))
    else:
        show(ran, folder)
    if strict and (ran.intake.formats["quarantine"] or ran.intake.rows["quarantine"]):
        sys.exit(_SOMETHING_SET_ASIDE)


def _facts(ran: Ran) -> dict[str, object]:
    return {
        "run_id": ran.run_id,
        "as_of": ran.as_of,
        "files": dict(ran.intake.formats),
        "read": dict(ran.intake.rows),
        "known": ran.intake.known,
        "set_aside": ran.intake.rows["quarantine"],
        "rows": ran.rows,
        "seconds": ran.seconds,
        "notes": ran.notes,
    }


def show(ran: Ran, folder: Path) -> None:
    """What the run did."""
    files = [(name, f"{count:,}") for name, count in sorted(ran.intake.formats.items())]
    if ran.intake.known:
        files.append(("read before, passed over", f"{ran.intake.known:,}"))
    if files:
        grid("", ("files taken as", "files"), files, right=("files",))
    made = ", ".join(f"{ran.rows[name]:,} {name}" for name in ("reports", "selectors", "links", "findings"))
    say(f"{made}, as of {when(ran.as_of)}, in {sum(ran.seconds.values()):.1f} s")
    if "linking" in ran.notes:
        say(f"linked {ran.notes['linking']}")
    if ran.intake.rows["quarantine"]:
        told = counted(ran.intake.rows["quarantine"], "record or file was", "records or files were")
        say(f"{told} set aside: tanglaw quarantine list --workspace {folder}")
    say(f"next: tanglaw queue --workspace {folder}")
