"""`tanglaw flow`: the stages, what each reads and writes."""

from __future__ import annotations

import click
from rich.table import Table

from tanglaw.cli.shared import console, json_option, show_json
from tanglaw.pipeline import FLOW


@click.command("flow")
@json_option
def command(as_json: bool) -> None:
    """Show the stages in order, with the tables that each reads and writes."""
    if as_json:
        show_json([{"stage": s.name, "meaning": s.meaning, "reads": s.reads, "writes": s.writes} for s in FLOW])
        return
    table = Table(show_lines=True)
    for name in ("stage", "what it does", "reads", "writes"):
        table.add_column(name, overflow="fold")
    for stage in FLOW:
        table.add_row(stage.name, stage.meaning, ", ".join(stage.reads) or "the inbox", ", ".join(stage.writes))
    console().print(table)
