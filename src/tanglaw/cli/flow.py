"""`tanglaw flow`: the stages, what each reads and writes."""

from __future__ import annotations

import click

from tanglaw.cli.shared import examples, json_option
from tanglaw.cli.showing import grid, show_json
from tanglaw.pipeline import FLOW


@click.command("flow", epilog=examples("tanglaw flow", "tanglaw flow --json | jq '.[].stage'"))
@json_option
def command(as_json: bool) -> None:
    """Show the stages in order, with the tables that each reads and writes. It needs no workspace."""
    if as_json:
        show_json([{"stage": s.name, "meaning": s.meaning, "reads": s.reads, "writes": s.writes} for s in FLOW])
        return
    grid(
        "",
        ("stage", "what it does", "reads", "writes"),
        ((stage.name, stage.meaning, ", ".join(stage.reads) or "the inbox", ", ".join(stage.writes)) for stage in FLOW),
        whole=("stage",),
        lines=True,
    )
