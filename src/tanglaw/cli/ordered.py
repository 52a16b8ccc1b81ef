"""`tanglaw ordered`: one run that the worker started; not for people."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from tanglaw.casework import runs
from tanglaw.casework.models import RunOrder
from tanglaw.cli.casework import decided, opened
from tanglaw.cli.shared import OTHER_RUN, end_with_input, policy_of, settings_of, workspace_option
from tanglaw.cli.showing import counted, say
from tanglaw.config import Settings
from tanglaw.errors import CheckSettings, WaitForOtherRun
from tanglaw.ids import DEMO_KEY
from tanglaw.lookups.desk.layout import lay_out
from tanglaw.pipeline import Ran, run
from tanglaw.store.working import Teller
from tanglaw.store.workspace import Workspace


@click.command("ordered", hidden=True)
@click.argument("number", type=int)
@workspace_option
def command(number: int, folder: Path) -> None:
    """Run what order NUMBER asks for, and lay its tables out for pages. Ends when its standard input does."""
    end_with_input()
    os.nice(5)
    workspace = Workspace(folder)
    settings = settings_of(workspace)
    order = RunOrder.objects.using(opened(workspace, settings)).select_related("by").get(number=number)
    inbox = inbox_of(workspace, settings) if order.what == runs.INBOX else None
    if workspace.facts.operational:
        workspace.audit(order.by.full_name, "", order.reason, "run", order.what)
    tell, as_of = Teller(folder, number), _as_of(workspace)
    # As they stand now, also where clocks stand still: what was decided today changes tomorrow's links.
    taken = decided(workspace, settings)
    try:
        ran = run(workspace, inbox, settings, policy_of(workspace), as_of, tell, decided=taken)
    except WaitForOtherRun:
        sys.exit(OTHER_RUN)
    tell("pages", 0, 1)
    lay_out(Workspace(folder), settings)
    tell("done", 1, 1)
    say(_told(ran))


def inbox_of(workspace: Workspace, settings: Settings) -> Path:
    """The folder that the setting `inbox_folder` names, from the workspace's own. Raises CheckSettings if it is not there."""
    found = workspace.folder / settings.inbox_folder
    if not settings.inbox_folder or not found.is_dir():
        raise CheckSettings("set inbox_folder in settings.toml to a folder that is there")
    return found


def _told(ran: Ran) -> str:
    read = sum(count for name, count in ran.intake.formats.items() if name != "quarantine")
    return (
        f"{counted(read, 'file')} read, {ran.intake.known:,} known before, {ran.intake.rows['quarantine']:,} set aside; "
        f"{ran.rows['reports']:,} reports in {sum(ran.seconds.values()):.0f} s"
    )


def _as_of(workspace: Workspace) -> datetime:
    """Now; in the demo the instant of its last run, for its clocks stand still."""
    stated = str(workspace.run_record().get("as_of", ""))
    demo = (workspace.folder / "key").read_bytes() == DEMO_KEY
    return datetime.fromisoformat(stated) if demo and stated else datetime.now(UTC).replace(microsecond=0)
