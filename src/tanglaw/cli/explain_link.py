"""`tanglaw explain-link A B`: what speaks for and against two accounts being one hand."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from tanglaw.attach import attached
from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import (
    Who,
    at_option,
    examples,
    json_option,
    policy_of_run,
    who_options,
    workspace_option,
)
from tanglaw.cli.showing import grid, heading, say, show_json
from tanglaw.lookups.link import ExplainedLink, explain_link


@click.command(
    "explain-link",
    epilog=examples(
        "tanglaw explain-link instagram:71634521 harbour-pay:HA-2741533077", "tanglaw explain-link A B --json"
    ),
)
@click.argument("a")
@click.argument("b")
@workspace_option
@at_option
@json_option
@who_options
def command(a: str, b: str, folder: Path, at: datetime | None, as_json: bool, who: Who) -> None:
    """Explain two accounts: are they one actor, by which evidence in bits, and what argues against it.

    A and B are account ids as the tables have them, or PLATFORM:IDENTIFIER. Pairs that no run linked are weighed too,
    and it is said why they are not linked.
    """
    workspace, settings = open_to_read(folder, "explain-link", f"{a} {b}", who, at)
    with attached(workspace, settings) as engine:
        for name, rows in policy_of_run(workspace).tables().items():
            engine.put(name, rows)
        found = explain_link(engine, a, b)
    if as_json:
        show_json(asdict(found))
    else:
        show(found)


def show(found: ExplainedLink) -> None:
    """The explained pair for the terminal."""
    heading("Two accounts")
    grid(
        "",
        ("account", "platform", "identifier", "handle", "actor"),
        [
            tuple(str(row[name] or "") for name in ("account_id", "platform", "identifier", "handle", "actor_id"))
            for row in found.accounts
        ],
        whole=("account", "actor"),
    )
    say(found.verdict)
    chance = "" if found.probability is None else f", probability {found.probability:.4f}"
    say(f"evidence {found.bits:.1f} bits; chance asks for {found.prior:.1f}{chance}")
    places = {row["record_id"]: f"{row['path']} {row['locator'] or ''}".strip() for row in found.sources}
    for title, rows in (
        ("For", [row for row in found.evidence if row["bits"] >= 0]),
        ("Against", [row for row in found.evidence if row["bits"] < 0]),
    ):
        if rows:
            grid(
                title,
                ("bits", "type", "value", "holders", "stands in"),
                [
                    (
                        f"{row['bits']:.1f}",
                        row["type"],
                        row["value"],
                        str(row["holders"] or ""),
                        "; ".join(
                            dict.fromkeys(places.get(row[side], "") for side in ("record_a", "record_b") if row[side])
                        ),
                    )
                    for row in rows
                ],
            )
    if len(found.path) > 1:
        grid(
            "Over these links",
            ("account", "account", "probability", "evidence"),
            [(row["a"], row["b"], f"{row['probability']:.4f}", row["evidence"]) for row in found.path],
        )
    for row in found.judged:
        say(f"decision {row['decision_id']}: {row['kind']}, by {row['stated_by']}, {row['reason']}")
