"""`tanglaw table NAME`: any table as a file, or what its columns mean."""

from __future__ import annotations

from pathlib import Path

import click

from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import Who, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import clean, counted, grid, show_json
from tanglaw.errors import CheckUsage
from tanglaw.lookups.tables import FORMATS, export_table
from tanglaw.pipeline import WRITER
from tanglaw.tables import TABLES


@click.command(
    "table",
    epilog=examples(
        "tanglaw table",
        "tanglaw table payments",
        "tanglaw table payments --format csv --out payments.csv",
    ),
)
@click.argument("name", required=False)
@workspace_option
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help="Format of the file."
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; replaced if it exists.")
@json_option
@who_options
def command(name: str | None, folder: Path, form: str, out: Path | None, as_json: bool, who: Who) -> None:
    """Write the current rows of table NAME to a file, or explain its columns, or list all tables.

    CSV puts an apostrophe before cells that a spreadsheet would run as a formula; JSON lines and Parquet are exact.
    """
    if name is not None and name not in TABLES:
        raise CheckUsage(f"no table {name!r}; `tanglaw table` lists them")
    if out is None:
        _describe(name, as_json)
        return
    if name is None:
        raise CheckUsage("name the table to write; `tanglaw table` lists them")
    workspace, settings = open_to_read(folder, "table", name, who)
    rows = export_table(workspace, settings, name, form, out)
    if as_json:
        show_json({"table": name, "format": form, "rows": rows, "out": str(out)})
    else:
        click.echo(f"{counted(rows, 'row')} of {name} in {clean(out)}")


def _describe(name: str | None, as_json: bool) -> None:
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    if name is None:
        heads = ("table", "kind", "written by", "meaning")
        rows = [(table.name, table.group.lower(), WRITER[table.name], table.meaning) for table in TABLES.values()]
    else:
        heads = ("column", "type", "meaning")
        rows = [(column.name, str(column.type), column.meaning) for column in TABLES[name].columns]
    if as_json:
        show_json([dict(zip(heads, row, strict=True)) for row in rows])
    else:
        grid(f"{name}: {TABLES[name].meaning}" if name else "Tables", heads, rows, whole=heads[:-1])
