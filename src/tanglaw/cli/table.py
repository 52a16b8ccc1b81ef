"""`tanglaw table NAME`: any table, as a file or described."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from tanglaw.cli.shared import Who, console, open_workspace, who_options, workspace_option
from tanglaw.errors import CheckUsage
from tanglaw.lookups.tables import FORMATS, export_table
from tanglaw.pipeline import WRITER
from tanglaw.tables import TABLES


@click.command("table")
@click.argument("name", required=False)
@workspace_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write. Without it the columns are explained.")
@who_options
def command(name: str | None, folder: Path, form: str, out: Path | None, user: str, case: str, purpose: str) -> None:
    """Write the current rows of table NAME to a file, or explain its columns, or list all tables."""
    if name is None or out is None:
        _describe(name)
        return
    workspace, settings = open_workspace(folder, "table", name, Who(user, case, purpose))
    rows = export_table(workspace, settings, name, form, out)
    click.echo(f"{rows:,} rows of {name} in {out}")


def _describe(name: str | None) -> None:
    shown = Table(title="Tables" if name is None else name, title_justify="left")
    if name is None:
        for heading in ("table", "kind", "written by", "meaning"):
            shown.add_column(heading)
        for table in TABLES.values():
            shown.add_row(table.name, table.group, WRITER[table.name], table.meaning)
    elif name in TABLES:
        for heading in ("column", "type", "meaning"):
            shown.add_column(heading)
        for column in TABLES[name].columns:
            shown.add_row(column.name, str(column.type), column.meaning)
    else:
        raise CheckUsage(f"no table {name!r}; `tanglaw table` lists them")
    console().print(shown)
