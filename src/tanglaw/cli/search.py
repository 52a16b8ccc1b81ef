"""`tanglaw search SELECTOR`: where a selector occurs."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path

import click

from tanglaw.attach import attached
from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import Who, at_option, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import counted, grid, say, show_json
from tanglaw.lookups.search import masked, search

_MOST = 200
_LOCAL_NUMBER = re.compile(r"[(\s]*0?\d[\d\s()/.-]{5,}")


@click.command(
    "search",
    epilog=examples(
        "tanglaw search +441174960838",
        'tanglaw search "0117 496 0838" --country GB',
        "tanglaw search @lantern.thistle",
        "tanglaw search 'hxxps://example[.]com/p/1'",
    ),
)
@click.argument("selector")
@workspace_option
@at_option
@click.option("--country", default="", metavar="XX", help="Country (ISO 3166) of a phone number without calling code.")
@json_option
@who_options
def command(selector: str, folder: Path, at: datetime | None, country: str, as_json: bool, who: Who) -> None:
    """Find every occurrence of SELECTOR (e-mail, phone, handle, link, IP, wallet, hash, ...) in any spelling.

    A handle is found on every service. Exit 1 if nothing is found.
    """
    workspace, settings = open_to_read(folder, "search", masked(selector), who, at)
    country = (country or settings.default_country).strip().upper()
    with attached(workspace, settings) as engine:
        rows = search(engine, selector, workspace.ids, country)
    if as_json:
        show_json(rows)
    elif rows:
        hands = _hands(rows)
        more = f", the first {_MOST} shown" if len(rows) > _MOST else ""
        grid(
            f"{counted(len(rows), 'occurrence')} in {counted(len({r['report_id'] for r in rows} - {None}), 'report')}{more}",
            ("rank", "report", "type", "value", "as written", "where", "role", "account", "hand"),
            [
                (
                    row["rank"],
                    row["report_number"] or row["report_id"],
                    row["type"] if row["valid"] else f"{row['type']} (not valid)",
                    row["value"],
                    "" if row["original"] == row["value"] else row["original"],
                    f"{row['table_name']}.{row['field']}",
                    row["role"],
                    " ".join(part for part in (row["platform"], row["account"]) if part),
                    hands.get(row["actor_id"], ""),
                )
                for row in rows[:_MOST]
            ],
            right=("rank",),
        )
        if hands:
            say("accounts with the same letter are one hand by the evidence: a proposal, not a person", "dim")
    else:
        click.echo("nothing found", err=True)
        if not country and _LOCAL_NUMBER.fullmatch(selector):
            click.echo("a phone number without calling code needs its country: --country XX", err=True)
    sys.exit(0 if rows else 1)


def _hands(rows: list[dict[str, str]]) -> dict[str, str]:
    """A letter for each actor that has several of the accounts found."""
    accounts: dict[str, set[str]] = {}
    for row in rows:
        if row["actor_id"]:
            accounts.setdefault(row["actor_id"], set()).add(row["account_id"])
    several = [actor for actor, held in accounts.items() if len(held) > 1]
    return {actor: chr(ord("A") + n) if n < 26 else str(n + 1) for n, actor in enumerate(several)}
