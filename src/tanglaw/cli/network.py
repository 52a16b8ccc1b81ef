"""`tanglaw network`: who pays whom, and what would explain most."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import click

from tanglaw.cli.casework import open_to_read
from tanglaw.cli.graphs import WRITERS
from tanglaw.cli.shared import Who, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import clean, counted, grid, say, show_json
from tanglaw.lookups.sessions import SIMULATED, network


@click.command(
    "network", epilog=examples("tanglaw network", "tanglaw network --out payments.gexf", "tanglaw network --json")
)
@workspace_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the graph: a name that ends in .gexf or .graphml.")
@click.option(
    "--top", default=20, show_default=True, type=click.IntRange(0), help="How many payers' edges to show; 0 for all."
)
@json_option
@who_options
def command(folder: Path, out: Path | None, top: int, as_json: bool, who: Who) -> None:
    """Show the network of payments inside the expansion: edges, recipients run by one hand, what explains most sessions.

    Exit 1 if there is nothing to show.
    """
    if out is not None and out.suffix not in WRITERS:
        raise click.UsageError(f"--out ends in {' or '.join(WRITERS)}")
    workspace, _ = open_to_read(folder, "network", "", who)
    found = network(workspace)
    edges = found["network_edges"]
    if out is not None:
        WRITERS[out.suffix](out, edges)
    if as_json:
        show_json({"note": SIMULATED, **found})
    elif edges:
        shown = edges[:top] if top else edges
        grid(
            f"{len(shown):,} of {counted(len(edges), 'edge')}",
            ("payer", "recipient", "payments", "amount", "", "sessions", "first (UTC)", "last (UTC)"),
            [
                (
                    row["payer_account_id"][:8],
                    row["recipient_account_id"][:8],
                    row["payments"],
                    f"{row['amount'].normalize():f}",
                    row["currency"],
                    row["sessions"],
                    row["first_at"],
                    row["last_at"],
                )
                for row in shown
            ],
            right=("payments", "amount", "sessions"),
        )
        for name, title in (
            ("network_keys", "If identified, these would explain most sessions"),
            ("recipient_groups", "Recipients that money ties together"),
            ("network_countries", "Countries as records state them"),
        ):
            rows = found[name][:top] if top else found[name]
            if rows:
                heads = tuple(rows[0])
                numbers = tuple(
                    head for head in heads if all(isinstance(row[head], int | float | Decimal) for row in rows)
                )
                grid(title, heads, [tuple(row[head] for head in heads) for row in rows], right=numbers)
        say(SIMULATED, "dim")
        if out is not None:
            say(f"graph in {clean(out)}")
    else:
        click.echo("no payment is inside the expansion", err=True)
    sys.exit(0 if edges else 1)
