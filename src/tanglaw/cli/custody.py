"""`tanglaw custody`: is everything still as it was taken in?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tanglaw.cli.shared import examples, json_option, workspace_option
from tanglaw.cli.showing import progress_bars, say, show_json
from tanglaw.store.verify import told_erasures, verify


@click.group("custody", epilog=examples("tanglaw custody verify"))
def command() -> None:
    """Chain of custody: check that nothing was changed, added or cut off."""


@command.command("verify", epilog=examples("tanglaw custody verify --json | jq .faults"))
@workspace_option
@json_option
def verify_command(folder: Path, as_json: bool) -> None:
    """Check every commit, Parquet file, audit row and still reachable original; exit 1 if anything differs.

    It compares digests and shows no evidence, so an operational workspace asks nothing for it.
    """
    with progress_bars() as bars:
        faults, checked = verify(folder, lambda done, whole: bars("custody", done, whole, ""))
    if as_json:
        show_json({"faults": faults, "checked": checked, "erasures": told_erasures(folder)})
    else:
        for fault in faults:
            say(fault)
        for one in told_erasures(folder):
            say(one, "dim")
        told = ", ".join(f"{count:,} {name}" for name, count in checked.items())
        say(f"{'FAULTS FOUND' if faults else 'nothing was changed'}: checked {told or 'nothing'}")
    sys.exit(1 if faults else 0)
