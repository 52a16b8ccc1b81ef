"""`tanglaw queue`: what to look at first."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from tanglaw.cli.shared import Who, at_option, examples, json_option, open_workspace, who_options, workspace_option
from tanglaw.cli.showing import counted, grid, lines_of, say, show_json
from tanglaw.lookups.queue import LANES, Queue, queue

_REASONS = 3


@click.command(
    "queue",
    epilog=examples(
        "tanglaw queue --top 50",
        "tanglaw queue --lane safeguarding",
        "tanglaw queue --json --top 0 | jq -r '.[].report_number'",
    ),
)
@workspace_option
@at_option
@click.option(
    "--top", default=20, show_default=True, type=click.IntRange(0), help="How many reports to show; 0 for all."
)
@click.option("--lane", type=click.Choice(LANES), help="Only this lane.")
@json_option
@who_options
def command(folder: Path, at: datetime | None, top: int, lane: str | None, as_json: bool, who: Who) -> None:
    """Show the queue: reports in order of work, with danger, actionability and clock apart, and the reasons.

    Exit 1 if there is nothing to show.
    """
    workspace, _ = open_workspace(folder, "queue", lane or "", who, at)
    found = queue(workspace, top, lane or "")
    if as_json:
        show_json(found.rows)
    elif found.rows:
        show(found)
    elif found.whole:
        click.echo(f"no report is in the lane {lane}", err=True)
    else:
        click.echo(f"the queue is empty: tanglaw run INBOX --workspace {folder}", err=True)
    sys.exit(0 if found.rows else 1)


def show(found: Queue) -> None:
    """The queue for the terminal: the heaviest reasons of each report, a line each."""
    head = f"{len(found.rows):,} of {counted(found.whole, 'report')}, policy {found.policy}, as of {when(found.as_of)}"
    grid(
        head,
        ("rank", "report", "band", "danger", "act", "clock (UTC)", "lane", "why"),
        (
            (
                row["rank"],
                row["report_number"] or row["report_id"],
                row["band"],
                f"{row['danger']:.1f}",
                f"{row['actionability']:.1f}",
                row["clock_at"],
                row["lane"],
                _why(row["why"]),
            )
            for row in found.rows
        ),
        right=("rank", "band", "danger", "act"),
        whole=("clock (UTC)", "lane"),
        lines=True,
    )
    say("band: 1 first; danger: weight of its reasons; act: what can be acted on. They order work, not people.", "dim")


def _why(reasons: list[dict[str, str]]) -> object:
    if not reasons:
        return "no sign of danger is stated"
    told = [f"- {row['text']}" for row in reasons[:_REASONS]]
    more = len(reasons) - len(told)
    return lines_of([*told, *([f"  and {counted(more, 'more reason')}"] if more else [])])


def when(as_of: str) -> str:
    """An as-of as an officer reads it."""
    return f"{as_of[:16].replace('T', ' ')} UTC" if as_of else "no run"
