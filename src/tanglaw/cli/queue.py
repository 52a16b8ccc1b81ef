"""`tanglaw queue`: what to look at first."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pyarrow.compute as pc
from rich.table import Table

from tanglaw.cli.shared import (
    Who,
    console,
    json_option,
    open_workspace,
    short_time,
    show_json,
    who_options,
    workspace_option,
)
from tanglaw.lookups.tables import derived


@click.command("queue")
@workspace_option
@click.option("--top", default=20, show_default=True, help="How many reports to show; 0 for all.")
@click.option("--lane", help="Only this lane: triage, safeguarding or generated.")
@json_option
@who_options
def command(folder: Path, top: int, lane: str | None, as_json: bool, user: str, case: str, purpose: str) -> None:
    """Show the queue: reports in order of work, with danger, actionability and clock apart, and the reasons."""
    workspace, _ = open_workspace(folder, "queue", lane or "", Who(user, case, purpose))
    rows = derived(workspace, "priorities").sort_by("rank")
    whole = rows.num_rows
    if lane:
        rows = rows.filter(pc.field("lane") == lane)
    shown = (rows.slice(0, top) if top else rows).to_pylist()
    if as_json:
        show_json(shown)
        return
    if not whole:
        click.echo(f"the queue is empty: tanglaw run INBOX --workspace {folder}", err=True)
        sys.exit(1)
    show(shown, whole)


def show(rows: list[dict[str, object]], whole: int) -> None:
    """The rows as a table for the terminal."""
    policy = rows[0]["policy"] if rows else ""
    table = Table(title=f"{len(rows)} of {whole:,} reports, policy {policy}", title_justify="left", show_lines=True)
    for name, justify in (("rank", "right"), ("report", "left"), ("danger", "right"), ("act", "right")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("clock (UTC)", no_wrap=True)
    table.add_column("lane", no_wrap=True)
    table.add_column("why", overflow="fold")
    for row in rows:
        table.add_row(
            str(row["rank"]),
            str(row["report_number"] or "(no number)"),
            f"{row['band']} / {row['danger']:.1f}",
            f"{row['actionability']:.1f}",
            short_time(row["clock_at"]),  # type: ignore[arg-type]
            str(row["lane"]),
            str(row["reasons"] or ""),
        )
    console().print(table)
    console().print(
        "danger: band (1 first) / weight of its reasons; act: what can be acted on. They order work, not people."
    )
