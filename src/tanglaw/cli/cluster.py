"""`tanglaw cluster ADDRESS`: which addresses are said to be under one control, and by what."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from tanglaw.attach import attached
from tanglaw.chain.coins import asset_of, in_coins
from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import Who, at_option, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import counted, grid, say, short_time, show_json
from tanglaw.lookups.cluster import MOST, Cluster, cluster_of
from tanglaw.lookups.tables import exact

_SHOWN = 20


@click.command(
    "cluster",
    epilog=examples(
        "tanglaw cluster bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "tanglaw cluster btc-test:2N... --json"
    ),
)
@click.argument("address")
@workspace_option
@at_option
@json_option
@who_options
def command(address: str, folder: Path, at: datetime | None, as_json: bool, who: Who) -> None:
    """Show the cluster of ADDRESS: its size, the rules that made it, balance, tags with their source, refused joins.

    Nothing is asked of any network: it says what the blocks and lists in the workspace say. A cluster is a statement
    about addresses, not about a person.
    """
    workspace, settings = open_to_read(folder, "cluster", address, who, at)
    with attached(workspace, settings) as engine:
        found = cluster_of(engine, address)
    if as_json:
        show_json(asdict(found))
    else:
        show(found)


def show(found: Cluster) -> None:
    """The cluster for the terminal."""
    say(f"{found.network} {found.address}: cluster of {counted(found.addresses, 'address', 'addresses')}", "bold")
    say(f"called by one of its addresses, {found.cluster_id}")
    seen = f"{short_time(found.first_at)} to {short_time(found.last_at)} UTC"
    received, holds = (exact(in_coins(units)) for units in (found.received, found.balance))
    say(
        f"{counted(found.transactions, 'transaction')}, {seen}; received {received}, holds {holds} {asset_of(found.network)}"
        " by the blocks read"
    )
    for title, heads, rows in (
        ("Joined by", ("rule", "joins", "first_at"), found.rules),
        (
            "Tags",
            ("label", "actor", "category", "confidence", "stated_at", "list_name", "source", "address"),
            found.tags,
        ),
        ("Joins refused", ("reason", "rule", "addresses", "txid"), found.refused),
    ):
        if rows:
            more = f" (first {_SHOWN} of {len(rows)}{' or more' if len(rows) == MOST else ''})"
            named = tuple(head.replace("_", " ") for head in heads)
            grid(
                title + (more if len(rows) > _SHOWN else ""),
                named,
                [tuple(row[head] for head in heads) for row in rows[:_SHOWN]],
            )
    if found.conflicts:
        say(f"lists name several owners: {', '.join(found.conflicts)}")
    some = found.members[:_SHOWN]
    grid(f"Addresses (first {len(some)} of {found.addresses:,})", ("address",), [(name,) for name in some])
