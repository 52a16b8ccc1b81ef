"""`tanglaw search SELECTOR`: where a selector occurs."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from tanglaw.cli.shared import Who, console, json_option, open_workspace, show_json, who_options, workspace_option
from tanglaw.lookups.search import search
from tanglaw.pipeline import attached

_COLUMNS = ("rank", "report_number", "type", "value", "original", "table_name", "role", "actor_id", "valid")


@click.command("search")
@click.argument("selector")
@workspace_option
@click.option("--country", default="", help="Country (ISO 3166) to read a phone number without calling code in.")
@json_option
@who_options
def command(selector: str, folder: Path, country: str, as_json: bool, user: str, case: str, purpose: str) -> None:
    """Find every occurrence of SELECTOR (e-mail, phone, handle, IP, wallet, hash, ...) in any spelling."""
    workspace, settings = open_workspace(folder, "search", selector, Who(user, case, purpose))
    with attached(workspace, settings) as engine:
        rows = search(engine, selector, workspace.ids, country or settings.default_country)
    if as_json:
        show_json(rows)
    else:
        table = Table(title=f"{len(rows)} occurrences", title_justify="left")
        for name in _COLUMNS:
            table.add_column(name, overflow="fold")
        for row in rows[:200]:
            table.add_row(*(Text("-" if row[name] is None else str(row[name])) for name in _COLUMNS))
        console().print(table)
    if not rows:
        sys.exit(1)
