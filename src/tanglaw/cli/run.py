"""`tanglaw run INBOX`: take files in and rebuild the queue."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
from rich.table import Table

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
from tanglaw.config import load
from tanglaw.pipeline import Ran, run


@click.command("run")
@click.argument("inbox", type=click.Path(path_type=Path), required=False)
@workspace_option
@click.option("--as-of", help="Instant that clocks are read at, ISO 8601; default now. Recorded with the run.")
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), help="Engine for the tables; default of the settings."
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
    as_of: str | None,
    engine: str | None,
    strict: bool,
    as_json: bool,
    user: str,
    case: str,
    purpose: str,
    **custody: str | None,
) -> None:
    """Read everything in INBOX (a folder, ZIP or tar, nested and mixed) and rebuild the queue.

    Each file is recognised by its content. What was read before is passed over; what cannot be read is set aside
    with its reason and the rest goes on. Without INBOX only the tables are rebuilt.
    """
    workspace, _ = open_workspace(folder, "run", str(inbox or ""), Who(user, case, purpose))
    settings = load(folder / "settings.toml", given={"engine": engine, **custody})
    with progress_bars() as bars:
        ran = run(workspace, inbox, settings, policy_of(workspace), instant(as_of), bars)
    if as_json:
        show_json(
            msgspec.to_builtins(
                {
                    "run_id": ran.run_id,
                    "as_of": ran.as_of,
                    "files": dict(ran.intake.formats),
                    "read": dict(ran.intake.rows),
                    "known": ran.intake.known,
                    "rows": ran.rows,
                    "seconds": ran.seconds,
                }
            )
        )
    else:
        show(ran, folder)
    if strict and (ran.intake.formats["quarantine"] or ran.intake.rows["quarantine"]):
        sys.exit(3)


def show(ran: Ran, folder: Path) -> None:
    """What the run did, as a table."""
    out = console()
    shown = Table(title=f"Run {ran.run_id}, as of {ran.as_of}", title_justify="left")
    shown.add_column("files taken as")
    shown.add_column("files", justify="right")
    for name, count in sorted(ran.intake.formats.items()):
        shown.add_row(name, f"{count:,}")
    if ran.intake.known:
        shown.add_row("read before, passed over", f"{ran.intake.known:,}")
    out.print(shown)
    made = ", ".join(
        f"{ran.rows[name]:,} {name}" for name in ("reports", "selectors", "links", "findings", "priorities")
    )
    out.print(f"{made} in {sum(ran.seconds.values()):.1f} s")
    if ran.intake.rows["quarantine"]:
        out.print(f"{ran.intake.rows['quarantine']:,} set aside: tanglaw quarantine list --workspace {folder}")
    out.print(f"next: tanglaw queue --workspace {folder}")
