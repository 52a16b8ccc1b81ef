"""`tanglaw init DIR`: make a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from tanglaw.cli.shared import examples
from tanglaw.cli.showing import say
from tanglaw.errors import CheckUsage
from tanglaw.store.workspace import Workspace


@click.command("init", epilog=examples("tanglaw init cases --operational", "tanglaw init trial"))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--operational", is_flag=True, help="For real evidence: own policy pack, and user, case and purpose asked."
)
def command(folder: Path, operational: bool) -> None:
    """Make a workspace in DIR. It gets a key of its own, so ids in it say nothing elsewhere."""
    if folder.exists() and not folder.is_dir():
        raise CheckUsage(f"{folder} is not a folder")
    there = (folder / "workspace.json").exists()
    workspace = Workspace.create(folder, operational)
    kind = "operational workspace" if workspace.facts.operational else "workspace"
    if operational and not workspace.facts.operational:
        raise CheckUsage(f"{folder} is a workspace already, and not an operational one: choose another folder")
    say(f"{kind} in {folder}" + (" (it was there already)" if there else ""))
    if workspace.facts.operational:
        say(f"put your policy pack into {folder / 'policy'} before the first run (docs/policy.md)")
    say(f"next: tanglaw run INBOX --workspace {folder}")
