"""`tanglaw demo`: from nothing to an explained queue, on a made-up world."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from tanglaw.cli import explain as explain_verb
from tanglaw.cli import queue as queue_verb
from tanglaw.cli.run import show as show_run
from tanglaw.cli.shared import console, policy_of, progress_bars, show_json, workspace_option
from tanglaw.config import load
from tanglaw.errors import CheckUsage
from tanglaw.ids import DEMO_KEY
from tanglaw.lookups.quarantine import set_aside
from tanglaw.lookups.report import explain
from tanglaw.lookups.tables import derived
from tanglaw.pipeline import attached, run
from tanglaw.simulate import simulate
from tanglaw.store.workspace import Workspace

REPORTS, MESSAGES, BUYERS, SELLERS, SEED = 400, 4_000, 60, 12, 1
# The made-up world ends on this day; read later, every clock in it would have run out.
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)


@click.command("demo")
@workspace_option
@click.option("--no-serve", is_flag=True, help="Stop after the queue instead of opening the workbench.")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), help="Engine for the tables.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
def command(folder: Path, no_serve: bool, engine: str | None, as_json: bool) -> None:  # noqa: ARG001
    """Show everything once: makes a small content-free world in files of the real formats, reads it, shows the
    queue, explains one report and lists what was set aside."""
    out = console()
    world = folder / "demo"
    if (folder / "workspace.json").exists() and not world.exists():
        raise CheckUsage(f"{folder} is a workspace of your own: choose another folder with --workspace")
    workspace = Workspace.create(folder, key=DEMO_KEY)
    with progress_bars() as bars:
        if not (world / "truth" / "world.json").exists():
            simulate(world, REPORTS, MESSAGES, BUYERS, SELLERS, SEED, progress=lambda w, d, n: bars("simulate", d, n, w))
        settings = load(given={"engine": engine, "brought_by": "demo", "authority": "made-up data", "handling": "none"})
        ran = run(workspace, world / "inbox", settings, policy_of(workspace), AS_OF, bars)
    queue = derived(workspace, "priorities").sort_by("rank")
    first = queue.slice(0, 10).to_pylist()
    with attached(workspace, settings) as open_engine:
        explained = explain(open_engine, str(first[0]["report_id"]))
    aside = set_aside(workspace)
    if as_json:
        show_json({"queue": first, "explained": asdict(explained), "quarantine": aside, "workspace": str(folder)})
        return
    out.rule("The files", align="left")
    show_run(ran, folder)
    out.rule("The queue", align="left")
    queue_verb.show(first, queue.num_rows)
    out.rule("One report, explained", align="left")
    explain_verb.show(explained, out)
    out.rule("What was set aside", align="left")
    for row in aside[:12]:
        out.print(f"{row['code']:<20} {row['file']} {row['locator'] or ''}: {row['reason']}", markup=False)
    out.rule("Where it is", align="left")
    out.print(f"workspace {folder}, delivered files {world / 'inbox'}, their truth {world / 'truth'}", markup=False)
    out.print(f"try: tanglaw queue --workspace {folder}; tanglaw evaluate {world} --workspace {folder}", markup=False)
