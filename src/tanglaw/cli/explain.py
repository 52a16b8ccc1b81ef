"""`tanglaw explain REPORT_NUMBER`: why a report stands where it stands."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tanglaw.cli.shared import (
    Who,
    console,
    json_option,
    open_workspace,
    short_time,
    show_json,
    who_options,
    workspace_option,
)
from tanglaw.lookups.report import Explained, explain
from tanglaw.pipeline import attached


@click.command("explain")
@click.argument("report_number")
@workspace_option
@json_option
@who_options
def command(report_number: str, folder: Path, as_json: bool, user: str, case: str, purpose: str) -> None:
    """Explain one report: its three values with their reasons, what is missing, findings, links, and sources."""
    workspace, settings = open_workspace(folder, "explain", report_number, Who(user, case, purpose))
    with attached(workspace, settings) as engine:
        found = explain(engine, report_number)
    if as_json:
        show_json(asdict(found))
    else:
        show(found, console())


def show(found: Explained, out: Console) -> None:
    """The explained report for the terminal. Text of reports is shown as it is, never as markup."""
    report, queued = found.report, found.priority
    out.rule(Text(f"Report {report['report_number'] or report['report_id']}"), align="left")
    out.print(
        Text(
            f"{report['esp'] or 'ESP not stated'} | {report['incident_type'] or 'type not stated'} | incident "
            f"{short_time(report['incident_at'])} | number known from {report['number_source']} | "
            f"{report['version']} document(s)"
        )
    )
    if queued:
        out.print(
            Text(
                f"rank {queued['rank']} | danger band {queued['band']} ({queued['danger']:.1f}) | actionability "
                f"{queued['actionability']:.1f} | clock {short_time(queued['clock_at'])} UTC | lane {queued['lane']}"
            )
        )
    _table(out, "Why it stands there", found.reasons, ("value", "criterion", "weight", "text", "evidence"))
    _table(out, "Findings", found.findings, ("detector", "outcome", "reason", "due_at", "evidence"))
    _table(out, "Accounts", found.accounts, ("role", "platform", "identifier", "handle", "account_id", "locator"))
    _table(out, "Linked accounts", found.links, ("bits", "joins", "platform", "handle", "report_number", "evidence"))
    _table(out, "Same case proposal", found.proposal, ("report_number", "reports", "proposal_id"))
    _table(out, "Captures", found.captures, ("at", "event", "ip", "port", "role", "locator"))
    _table(out, "Files", found.files, ("esp_file_id", "viewed_by_esp", "classification", "public", "locator"))
    _table(out, "Selectors", found.selectors, ("type", "value", "original", "field", "start", "end", "valid"))
    _table(out, "What later documents changed", found.versions, ("version", "field", "before", "after"))
    _table(out, "Read from", found.sources, ("path", "format", "locator", "sha256", "brought_by", "authority"))


def _table(out: Console, title: str, rows: list[dict[str, Any]], columns: tuple[str, ...], most: int = 30) -> None:
    if not rows:
        return
    more = f" (first {most} of {len(rows)})" if len(rows) > most else ""
    table = Table(title=f"{title}{more}", title_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows[:most]:
        table.add_row(*(Text(_shown(row.get(name))) for name in columns))
    out.print(table)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    if hasattr(value, "strftime"):
        return short_time(value)
    # Ids of evidence rows are for `--json` and scripts; three show where to look.
    parts = str(value).split("; ")
    return "; ".join(parts[:3]) + (f"; +{len(parts) - 3} more" if len(parts) > 3 else "")
