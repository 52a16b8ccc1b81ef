"""`tanglaw sites`: web sites that take coins, grouped from the URLs of reports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import Who, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import counted, grid, lines_of, say, show_json
from tanglaw.errors import CheckUsage
from tanglaw.lookups.sites import evidence, sites


@click.command("sites", epilog=examples("tanglaw sites --top 50", "tanglaw sites SITE", "tanglaw sites --json"))
@click.argument("site_id", metavar="SITE", required=False)
@workspace_option
@click.option("--top", default=20, show_default=True, type=click.IntRange(0), help="How many to show; 0 for all.")
@json_option
@who_options
def command(site_id: str | None, folder: Path, top: int, as_json: bool, who: Who) -> None:
    """Show sites that reports name beside coin addresses; or of SITE where and when reports name it and its addresses.

    Unrelated hosts that carry the same rare path are one site. Every URL is shown defanged; nothing is opened. Exit 1 if there is
    nothing to show.
    """
    workspace, _ = open_to_read(folder, "sites", site_id or "", who)
    if site_id is not None:
        found = evidence(workspace, site_id)
        if not found:
            raise CheckUsage(f"no site {site_id}: `tanglaw sites` lists them")
        if as_json:
            show_json(found)
        else:
            cells = [(r["seen_at"], r["report_id"], r["kind"], r["value"], r["record_id"]) for r in found]
            grid("", ("seen (UTC)", "report", "what", "value", "evidence"), cells)
        return
    rows, whole = sites(workspace, top)
    if as_json:
        show_json(rows)
    elif rows:
        grid(
            f"{len(rows):,} of {counted(whole, 'site')}",
            ("site", "reports", "hosts", "same path", "addresses", "first (UTC)", "last (UTC)"),
            [_cells(row) for row in rows],
            right=("reports",),
            whole=("site",),
            lines=True,
        )
        say("That hosts carry the same rare path is a sign, not proof, that they are one site.", "dim")
    else:
        click.echo("no site that takes coins", err=True)
    sys.exit(0 if rows else 1)


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    hosts, addresses = (lines_of((row[name] or "").split("; ")[:5]) for name in ("hosts", "addresses"))
    return (row["site_id"], row["reports"], hosts, row["pattern"], addresses, row["first_seen"], row["last_seen"])
