"""`tanglaw doctor`: is everything here that Tanglaw needs, and how to get what is not."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tanglaw.cli.shared import examples, json_option, workspace_option
from tanglaw.cli.showing import grid, show_json
from tanglaw.lookups.fitness import MISSING, checks_of


@click.command("doctor", epilog=examples("tanglaw doctor", "tanglaw doctor --workspace cases"))
@workspace_option
@json_option
def command(folder: Path, as_json: bool) -> None:
    """Check this machine and the workspace: what is there, what is missing and how to get it. Exit 1 if unfit."""
    checks = checks_of(folder)
    if as_json:
        show_json([{"check": name, "state": state, "found": found} for name, state, found in checks])
    else:
        grid("", ("check", "state", "found"), checks, whole=("check", "state"))
    sys.exit(1 if any(state == MISSING for _, state, _ in checks) else 0)
