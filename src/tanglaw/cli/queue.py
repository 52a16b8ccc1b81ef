"""`tanglaw queue`: what to look at first."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import Who, at_option, examples, json_option, who_options, workspace_option
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
@click.option("--each", is_flag=True, help="A row for every report, also of viral material.")
@json_option
@who_options
def command(folder: Path, at: datetime | None, top: int, lane: str | None, each: bool, as_json: bool, who: Who) -> None:
    """Show the queue: reports in order of work, with danger, actionability and clock apart, and the reasons.

    Reports on the same viral material with equal danger and lane stand in one row that says how many they are and whose
    came first; `--json` names them all in `like`. Exit 1 if there is nothing to show.
    """
    workspace, _ = open_to_read(folder, "queue", lane or "", who, at)
    found = queue(workspace, top, lane or "", each)
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
    shown = len(found.rows) + sum(len(row["like"]) for row in found.rows)
    head = f"{shown:,} of {counted(found.whole, 'report')}, policy {found.policy}, as of {when(found.as_of)}"
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
                _why(row),
            )
            for row in found.rows
        ),
        right=("rank", "band", "danger", "act"),
        whole=("clock (UTC)", "lane"),
        lines=True,
    )
    say("band: 1 first; danger: weight of its reasons; act: what can be acted on. They order work, not people.", "dim")


def _why(row: dict[str, Any]) -> object:
    reasons = row["why"]
    told = [f"- {one['text']}" for one in reasons[:_REASONS]] or ["no sign of danger is stated"]
    more = len(reasons) - _REASONS
    return lines_of([*_group(row), *told, *([f"  and {counted(more, 'more reason')}"] if more > 0 else [])])


def _group(row: dict[str, Any]) -> list[str]:
    """What is said of a viral group: its size, its first sender, and for how many this row stands."""
    group = row["group"]
    if group is None:
        return []
    at = f" on {group['first_at']:%Y-%m-%d}" if group["first_at"] else ""
    first = f"first {group['first_report']} by {group['first_sender'] or 'an account not stated'}{at}"
    stands = f"; this row stands for {counted(1 + len(row['like']), 'report')}" if row["like"] else ""
    return [f"viral group of {counted(group['reports'], 'report')}, {first}{stands}"]


def when(as_of: str) -> str:
    """An as-of as an officer reads it."""
    return f"{as_of[:16].replace('T', ' ')} UTC" if as_of else "no run"
