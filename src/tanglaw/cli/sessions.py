"""`tanglaw sessions`: paid sessions rebuilt from what they left behind."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import Who, examples, json_option, policy_of, who_options, workspace_option
from tanglaw.cli.showing import counted, grid, lines_of, say, short_time, show_json
from tanglaw.lookups.sessions import SIMULATED, protected, sessions

_SIGNS, _WIDTH = 4, 24
_WEIGHT = re.compile(r"\(([+-]\d+\.\d+)\)$")


@click.command(
    "sessions",
    epilog=examples(
        "tanglaw sessions --top 50", "tanglaw sessions --from 0.5 --json", "tanglaw sessions --safeguarding --top 0"
    ),
)
@workspace_option
@click.option(
    "--from", "least", type=click.FloatRange(0, 1), help="Least probability; default is the policy pack's `shown_from`."
)
@click.option("--account", default="", help="Only sessions of this account id.")
@click.option("--safeguarding", is_flag=True, help="Episodes with an account that may be a child's, instead.")
@click.option("--top", default=20, show_default=True, type=click.IntRange(0), help="How many to show; 0 for all.")
@json_option
@who_options
def command(
    folder: Path, least: float | None, account: str, safeguarding: bool, top: int, as_json: bool, who: Who
) -> None:
    """Show rebuilt sessions, likeliest first, with what speaks for and against each and what is missing.

    Exit 1 if there is nothing to show. `tanglaw explain SESSION_ID` shows one as a time line.
    """
    workspace, _ = open_to_read(folder, "sessions", account, who)
    floor = 0.0
    if safeguarding:
        rows, whole = protected(workspace, top)
    else:
        pack = policy_of(workspace).sessions
        floor = least if least is not None else pack.shown_from if pack else 1.0
        rows, whole = sessions(workspace, floor, account, top)
    if as_json:
        show_json({"note": SIMULATED, "rows": rows})
    elif rows:
        (_show_protected if safeguarding else _show)(rows, whole)
    elif safeguarding:
        click.echo("no episode for safeguarding", err=True)
    else:
        less = sessions(workspace, 0.0, account, 1)[1]
        more = f"; {counted(less, 'less likely one')}: --from 0 shows them" if less else ""
        click.echo(f"no session reaches a probability of {floor:g}{more}", err=True)
    sys.exit(0 if rows else 1)


def _show(rows: list[dict[str, Any]], whole: int) -> None:
    grid(
        f"{len(rows):,} of {counted(whole, 'session')}",
        ("start (UTC)", "min", "prob.", "payer", "recipient", "arranger", "amount", "why", "missing"),
        [
            (
                row["start_at"],
                _minutes(row),
                f"{row['probability']:.3f}",
                row["buyer_account_id"][:8],
                row["seller_account_id"][:8],
                (row["facilitator_account_id"] or "")[:8],
                _money(row),
                lines_of(_strongest(row)[:_SIGNS]),
                row["missing"],
            )
            for row in rows
        ],
        right=("min", "prob."),
        whole=("start (UTC)",),
        lines=True,
    )
    say(SIMULATED, "dim")


def _show_protected(rows: list[dict[str, Any]], whole: int) -> None:
    grid(
        f"{len(rows):,} of {counted(whole, 'episode')} for safeguarding",
        ("start (UTC)", "min", "prob.", "protected account", "other account", "why protected"),
        [
            (
                short_time(row["start_at"]),
                _minutes(row),
                f"{row['probability']:.3f}",
                row["protected_account_id"],
                row["other_account_id"],
                row["reason"],
            )
            for row in rows
        ],
        right=("min", "prob."),
        whole=("start (UTC)",),
    )
    say(SIMULATED, "dim")


def _strongest(row: dict[str, Any]) -> list[str]:
    """The parts of the evidence, what weighs most first, ids of payments and call last."""
    parts = str(row["evidence"] or "").split("; ")
    weights = [_WEIGHT.search(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda place: -abs(float(found[1])) if (found := weights[place]) else 1.0)
    return [parts[place] for place in order]


def _minutes(row: dict[str, Any]) -> int:
    return int((row["end_at"] - row["start_at"]).total_seconds() // 60)


def _money(row: dict[str, Any]) -> str:
    return f"{row['amount'].normalize():f} {row['currency'] or ''}" if row["amount"] is not None else ""


def show_story(session: dict[str, Any], events: list[dict[str, Any]], as_json: bool) -> None:
    """One session as a time line: what the traces show around it, with the estimated start and end."""
    if as_json:
        show_json({"note": SIMULATED, "session": session, "events": events})
        return
    marks = [
        {"at_time": session["start_at"], "what": "start", "who": "", "detail": "estimated"},
        {"at_time": session["end_at"], "what": "end", "who": "", "detail": "estimated"},
    ]
    rows = sorted([*events, *marks], key=lambda row: (row["at_time"], row["what"] == "end"))
    first, last = rows[0]["at_time"], rows[-1]["at_time"]
    span = max((last - first).total_seconds(), 1.0)
    grid(
        f"Session {session['session_id']}, probability {session['probability']:.3f}",
        ("time (UTC)", "", "what", "who", "detail"),
        [
            (
                row["at_time"],
                " " * round(_WIDTH * (row["at_time"] - first).total_seconds() / span) + "|",
                row["what"],
                row["who"],
                row["detail"],
            )
            for row in rows
        ],
        whole=("time (UTC)", ""),
    )
    for part in _strongest(session):
        say(f"- {part}")
    say(f"missing: {session['missing'] or 'nothing'}")
    say(SIMULATED, "dim")
