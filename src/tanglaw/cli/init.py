"""`tanglaw init DIR`: make a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from tanglaw.store.workspace import Workspace


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--operational", is_flag=True, help="For real evidence: own policy pack, and user, case and purpose asked."
)
def command(folder: Path, operational: bool) -> None:
    """Make a workspace in DIR. It gets a key of its own, so ids in it say nothing elsewhere."""
    workspace = Workspace.create(folder, operational)
    kind = "operational workspace" if workspace.facts.operational else "workspace"
    click.echo(f"{kind} in {folder}")
    if workspace.facts.operational:
        click.echo(f"put your policy pack into {folder / 'policy'} before the first run (docs/policy.md)")
    click.echo(f"next: tanglaw run INBOX --workspace {folder}")
