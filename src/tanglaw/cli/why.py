"""`tanglaw why ADDRESS ADDRESS`: which transactions and rules joined two addresses."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from tanglaw.attach import attached
from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import Who, at_option, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import grid, say, short_time, show_json
from tanglaw.lookups.cluster import why

_SHOWN = 20


@click.command("why", epilog=examples("tanglaw why ADDRESS ADDRESS", "tanglaw why ADDRESS ADDRESS --json"))
@click.argument("first")
@click.argument("second")
@workspace_option
@at_option
@json_option
@who_options
def command(first: str, second: str, folder: Path, at: datetime | None, as_json: bool, who: Who) -> None:
    """Say which transaction and which rule joined two addresses, step by step, or that nothing does.

    Where joins between the two were refused, it says which and for what reason. Exit 1 if nothing joins them.
    """
    workspace, settings = open_to_read(folder, "why", f"{first} {second}", who, at)
    with attached(workspace, settings) as engine:
        found = why(engine, first, second)
    if as_json:
        show_json(asdict(found))
    else:
        say(found.verdict)
        for number, step in enumerate(found.steps, 1):
            say(f"{number}. {step['from']}")
            say(f"   with {step['to']}: {step['said']}")
            say(
                f"   transaction {step['txid']}, {short_time(step['at'])} UTC; {step['rule']}, weight {step['weight']:.2f}"
            )
        if found.refused:
            cells = _cells(found.refused[:_SHOWN], ("reason", "rule", "addresses", "txid"))
            grid("Joins refused", ("reason", "rule", "addresses", "transaction"), cells)
    sys.exit(0 if found.joined else 1)


def _cells(rows: list[dict[str, object]], heads: tuple[str, ...]) -> list[tuple[object, ...]]:
    return [tuple(row[head] for head in heads) for row in rows]
