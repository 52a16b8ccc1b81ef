"""`tanglaw evaluate WORLD`: how right is the queue, and who is one hand, against a simulated world's truth."""

from __future__ import annotations

from pathlib import Path

import click
import pyarrow as pa

from tanglaw.attach import attached
from tanglaw.cli.shared import Who, examples, json_option, open_workspace, policy_of, who_options, workspace_option
from tanglaw.cli.showing import grid, show_json
from tanglaw.engine import Given
from tanglaw.evaluate import READS, evaluate
from tanglaw.evaluate.chain import evaluate_chain, has_chain
from tanglaw.evaluate.coin_tied import tied
from tanglaw.evaluate.coin_trails import evaluate_trails, has_trails
from tanglaw.evaluate.session_truth import has_sessions
from tanglaw.evaluate.sessions import evaluate_sessions
from tanglaw.tables import TABLES


@click.command("evaluate", epilog=examples("tanglaw evaluate", "tanglaw evaluate world --workspace trial --json"))
@click.argument("world", type=click.Path(path_type=Path), required=False)
@workspace_option
@json_option
@who_options
def command(world: Path | None, folder: Path, as_json: bool, who: Who) -> None:
    """Score the last run against the truth of WORLD (made by `tanglaw simulate`), beside naive baselines.

    Without WORLD the demo's own world is used. Simulated worlds only: an agency validates on its own outcomes.
    """
    workspace, settings = open_workspace(folder, "evaluate", str(world or ""), who)
    truth = (world or folder / "demo") / "truth"
    with attached(workspace, settings) as engine:
        tables: dict[str, pa.Table] = {}
        for name in READS:
            columns = ", ".join(f'"{column}"' for column in TABLES[name].names)
            tables[name] = engine.rows(f"select {columns} from {name}")
        found = evaluate(tables, truth)
        sessions = None
        if has_sessions(truth):
            given = Given(workspace.ids, settings.default_country)
            sessions = evaluate_sessions(engine, truth, policy_of(workspace), given)
        chain = evaluate_chain(engine, truth) if has_chain(truth) else None
        trails = None
        if has_trails(truth):
            found_trails, tags = (engine.rows(f"select * from {name}") for name in ("chain_trails", "address_tags"))
            spent, paid = (
                engine.rows(f"select txid, address from {name}") for name in ("chain_inputs", "chain_outputs")
            )
            tracing = policy_of(workspace).tracing
            trails = evaluate_trails(
                found_trails, tags, tied(spent, paid, tags, truth), truth, tracing.least_share if tracing else 0.0
            )
    parts = (("sessions", sessions), ("chain", chain), ("trails", trails))
    more = {name: part for name, part in parts if part is not None}
    if as_json:
        show_json(found.as_dict() | {name: part.as_dict() for name, part in more.items()})
        return
    for section in (*found.render(), *(section for part in more.values() for section in part.render())):
        grid(section.title, section.heads, section.rows, right=section.heads[1:])
