"""`tanglaw evaluate WORLD`: how right is the queue, and who is one hand, against a simulated world's truth."""

from __future__ import annotations

from pathlib import Path

import click
import pyarrow as pa
from rich.table import Table

from tanglaw.cli.shared import Who, console, json_option, open_workspace, show_json, who_options, workspace_option
from tanglaw.evaluate import READS, evaluate
from tanglaw.pipeline import attached
from tanglaw.tables import TABLES


@click.command("evaluate")
@click.argument("world", type=click.Path(path_type=Path), required=False)
@workspace_option
@json_option
@who_options
def command(world: Path | None, folder: Path, as_json: bool, user: str, case: str, purpose: str) -> None:
    """Score the last run against the truth of WORLD (made by `tanglaw simulate`), beside naive baselines.

    Without WORLD the demo's own world is used. Simulated worlds only: an agency validates on its own outcomes.
    """
    workspace, settings = open_workspace(folder, "evaluate", str(world or ""), Who(user, case, purpose))
    truth = (world or folder / "demo") / "truth"
    with attached(workspace, settings) as engine:
        tables: dict[str, pa.Table] = {}
        for name in READS:
            columns = ", ".join(f'"{column}"' for column in TABLES[name].names)
            tables[name] = engine.rows(f"select {columns} from {name}")
        found = evaluate(tables, truth)
    if as_json:
        show_json(found.as_dict())
        return
    for section in found.render():
        table = Table(title=section.title, title_justify="left")
        for number, head in enumerate(section.heads):
            table.add_column(head, justify="left" if number == 0 else "right")
        for row in section.rows:
            table.add_row(*row)
        console().print(table)
