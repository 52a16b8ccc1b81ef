"""`tanglaw alerts`: what services could be asked, what was released, and what must be taken back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from tanglaw.cli.casework import open_to_read, records_of
from tanglaw.cli.shared import (
    Who,
    examples,
    json_option,
    policy_of_run,
    who_options,
    workspace_option,
)
from tanglaw.cli.showing import clean, counted, grid, say, show_json
from tanglaw.errors import CheckUsage
from tanglaw.exports import Alert, package
from tanglaw.lookups.alerts import STATES, alert, alerts, content, written
from tanglaw.store.workspace import Workspace

_SHOWN = ("alert_id", "state", "service")


@click.command(
    "alerts",
    epilog=examples(
        "tanglaw alerts",
        "tanglaw alerts --state recall-due",
        "tanglaw alerts ALERT",
        "tanglaw alerts ALERT --out letters",
    ),
)
@click.argument("alert_id", metavar="ALERT", required=False)
@workspace_option
@click.option("--state", type=click.Choice(STATES), help="Only alerts of this state.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for ALERT as CSV, JSON, STIX, MISP and PDF.")
@json_option
@who_options
def command(alert_id: str | None, folder: Path, state: str | None, out: Path | None, as_json: bool, who: Who) -> None:
    """Show alerts to services that can name an owner, what must be taken back first; or ALERT with each transaction.

    What --out writes says DRAFT until a person released it (`tanglaw decide release-alert`); of an alert that is due for
    recall or recalled it is the recall. Exit 1 if there is nothing to show.
    """
    workspace, settings = open_to_read(folder, "alerts", alert_id or "", who)
    records = records_of(workspace, settings)
    if alert_id is None:
        if out is not None:
            raise CheckUsage("--out writes one alert: name it")
        rows = alerts(workspace, records, state or "")
        if as_json:
            show_json(rows)
        elif rows:
            _list(rows)
        else:
            click.echo(f"no {f'{state} ' if state else ''}alert", err=True)
        sys.exit(0 if rows else 1)
    row = alert(workspace, records, alert_id)
    found = _facts(workspace, records, row)
    if out is not None:
        _write(found, row, out)
    elif as_json:
        show_json(row | {"written": msgspec.to_builtins(found)})
    else:
        _show(row, found)


def _facts(workspace: Workspace, records: list[dict[str, Any]], row: dict[str, Any]) -> Alert:
    """What is written: of a decided alert as it stood then, of a proposed one from the last run."""
    mine = [record for record in records if record["alert_id"] == row["alert_id"]]
    if not mine:
        return msgspec.convert(content(workspace, row, policy_of_run(workspace).owner), Alert)
    last = mine[-1]
    signed = {"signed_by": last["stated_by"], "signed_at": f"{last['at']:%Y-%m-%dT%H:%M:%SZ}"}
    more: dict[str, str] = {}
    if row["state"] == "released":
        more = {"account_open": last["account_open"], **signed}
    elif row["state"] in ("recall-due", "recalled"):
        more = {"purpose": "recall", **(signed if row["state"] == "recalled" else {})}
    return msgspec.convert(written(last) | more, Alert)


def _write(found: Alert, row: dict[str, Any], out: Path) -> None:
    if row["state"] == "refused":
        raise CheckUsage(f"alert {row['alert_id']} was refused: nothing is written")
    if out.exists() and not out.is_dir():
        raise CheckUsage(f"{out} is no folder")
    files = package(found)
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)
    say(f"{counted(len(files), 'file')} of the {found.purpose} ({found.status}) in {clean(out)}")


def _list(rows: list[dict[str, Any]]) -> None:
    grid(
        counted(len(rows), "alert"),
        ("alert", "state", "service", "why", "last (UTC)"),
        [
            (*(r[name] for name in _SHOWN), r["reason"], f"{r['last_at']:%Y-%m-%d}" if r["last_at"] else "")
            for r in rows
        ],
        whole=("alert", "last (UTC)"),
    )
    say("An attribution is what a list claims; a named person checks and releases an alert.", "dim")


def _show(row: dict[str, Any], found: Alert) -> None:
    say(f"{row['state']}: {row['reason']}", "bold")
    say(
        f"{found.fifo} {found.asset} by first in, first out, {found.haircut} in proportion, {found.way} {found.service}"
    )
    say(f"attribution: {found.basis}")
    if found.unattributed:
        say(f"of the seed's coins {found.unattributed} % end where no list names an owner")
    for trail in found.trails:
        grid(
            f"{trail.seed_address} to {trail.end_address}, {trail.amount} {found.asset}",
            ("hop", "at (UTC)", "transaction", "from", "to", "value", "rule"),
            [(h.hop, h.at, h.txid, h.from_address, h.to_address, h.value, h.rule) for h in trail.hops],
            right=("hop", "value"),
        )
