"""`tanglaw demo`: from nothing to an explained queue, on a made-up world."""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from tanglaw.attach import attached
from tanglaw.casework.models import User
from tanglaw.casework.people import ADMINISTRATOR, ANALYST, AUDITOR, ROLES, SUPERVISOR
from tanglaw.casework.services_people import add_user
from tanglaw.cli import explain as explain_verb
from tanglaw.cli import quarantine as quarantine_verb
from tanglaw.cli import queue as queue_verb
from tanglaw.cli.casework import decided, opened
from tanglaw.cli.run import show as show_run
from tanglaw.cli.serve import open_until_stopped
from tanglaw.cli.shared import examples, json_option, policy_of, settings_of, workspace_option
from tanglaw.cli.showing import heading, progress_bars, say, show_json
from tanglaw.errors import CheckUsage
from tanglaw.ids import DEMO_KEY
from tanglaw.lookups.quarantine import set_aside
from tanglaw.lookups.queue import queue
from tanglaw.lookups.report import explain
from tanglaw.pipeline import run
from tanglaw.simulate import Plan, simulate
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.settings import Serving

REPORTS, MESSAGES, BUYERS, SELLERS, SEED = 400, 4_000, 60, 12, 1
# The made-up world ends on this day; read later, every clock in it would have run out.
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
CUSTODY = {"brought_by": "demo", "authority": "made-up data", "handling": "none"}
LOG_INS = {"analyst": ANALYST, "supervisor": SUPERVISOR, "auditor": AUDITOR, "administrator": ADMINISTRATOR}
_FIRST, _ASIDE = 10, 12


@click.command("demo", epilog=examples("tanglaw demo", "tanglaw demo --no-serve --workspace trial"))
@workspace_option
@click.option("--no-serve", is_flag=True, help="End after the queue instead of opening the workbench.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port of the workbench.")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), help="Engine for the tables.")
@json_option
def command(folder: Path, no_serve: bool, port: int, engine: str | None, as_json: bool) -> None:
    """Show everything once, on a small made-up world in files of the real formats.

    It reads the files, shows the queue, explains the first report, lists what was set aside, and on a terminal opens the
    workbench until Ctrl-C, with log-ins printed once. Run again, it finds everything read already. It never touches a
    workspace of your own.
    """
    workspace, world = _prepared(folder)
    settings = settings_of(workspace, engine=engine, **CUSTODY)
    with progress_bars() as bars:
        if not (world / "truth" / "world.json").exists():
            shutil.rmtree(world, ignore_errors=True)
            plan = Plan(REPORTS, MESSAGES, BUYERS, SELLERS, SEED)
            simulate(world, plan, lambda what, done, whole: bars("simulate", done, whole, what))
        taken = decided(workspace, settings)
        ran = run(workspace, world / "inbox", settings, policy_of(workspace), AS_OF, bars, decided=taken)
    found = queue(workspace, _FIRST)
    with attached(workspace, settings) as open_engine:
        explained = explain(open_engine, str(found.rows[0]["report_id"]))
    aside = set_aside(workspace)
    if as_json:
        show_json(
            {
                "queue": found.rows,
                "explained": asdict(explained),
                "quarantine": aside,
                "workspace": str(folder.resolve()),
            }
        )
        return
    heading("The files")
    show_run(ran, folder)
    heading("The queue")
    queue_verb.show(found)
    heading("The first report, explained")
    explain_verb.show(explained)
    heading("What was set aside")
    quarantine_verb.show(aside, _ASIDE)
    heading("Where it is")
    say(f"workspace: {folder.resolve()}")
    say(f"delivered files: {world / 'inbox'}; what is true in that world: {world / 'truth'}")
    at = "" if str(folder) == "tanglaw-workspace" else f" --workspace {folder}"
    handle = next((str(row["handle"]) for row in explained.accounts if row["handle"]), "HANDLE")
    say(f"try: tanglaw search {handle}{at}; tanglaw quarantine list{at}; tanglaw evaluate{at}")
    if no_serve or not sys.stdout.isatty():
        say(f"the workbench opens with: tanglaw demo{at}, on a terminal")
        return
    heading("The workbench")
    _show_log_ins(opened(workspace, settings))
    open_until_stopped(workspace, settings, Serving(port=port))


def _show_log_ins(using: str) -> None:
    """Prepare a log-in for each role that works or checks, and print it; only when there are none yet."""
    if User.objects.using(using).exists():
        say("log-ins were printed when they were made; `tanglaw user reset NAME` gives a new password")
        return
    for name, role in LOG_INS.items():
        stated = {"full_name": f"Demo {ROLES[role]}", "team": "demo", "by": "demo"}
        user, password = add_user(using, name, role, stated, "prepared")
        user.must_change = False
        user.save(using=using, update_fields=["must_change"])
        say(f"log in as {name} with {password} ({ROLES[role]})")


def _prepared(folder: Path) -> tuple[Workspace, Path]:
    """The demo's workspace and its world's folder. Raises CheckUsage for a workspace that is not the demo's."""
    world = folder / "demo"
    own = (folder / "workspace.json").exists()
    if own and (Workspace(folder).facts.operational or not world.is_dir()):
        raise CheckUsage(f"{folder} is a workspace of your own: choose another folder with --workspace")
    workspace = Workspace.create(folder, key=DEMO_KEY)
    # Told by its folder, also if it is interrupted before the world is there.
    world.mkdir(exist_ok=True)
    return workspace, world
