"""`tanglaw custody`: is everything still as it was taken in?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tanglaw.cli.shared import json_option, progress_bars, show_json, workspace_option
from tanglaw.store.verify import verify


@click.group("custody")
def command() -> None:
    """Chain of custody: check that nothing was changed, added or cut off."""


@command.command("verify")
@workspace_option
@json_option
def verify_command(folder: Path, as_json: bool) -> None:
    """Check every commit, Parquet file, audit row and still reachable original; exit 1 if anything differs."""
    with progress_bars() as bars:
        faults, checked = verify(folder, lambda done, whole: bars("custody", done, whole, ""))
    if as_json:
        show_json({"faults": faults, "checked": checked})
    else:
        for fault in faults:
            click.echo(fault)
        told = ", ".join(f"{count:,} {name}" for name, count in checked.items())
        click.echo(f"{'FAULTS FOUND' if faults else 'nothing was changed'}: checked {told or 'nothing'}")
    sys.exit(1 if faults else 0)
