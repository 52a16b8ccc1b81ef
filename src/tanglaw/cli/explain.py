"""`tanglaw explain REPORT_NUMBER`: why a report stands where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tanglaw.attach import attached
from tanglaw.cli.casework import open_to_read
from tanglaw.cli.sessions import show_story
from tanglaw.cli.shared import Who, at_option, examples, json_option, who_options, workspace_option
from tanglaw.cli.showing import counted, grid, heading, lines_of, say, short_time, show_json, shown
from tanglaw.engine import Engine
from tanglaw.lookups.beside import beside as compare
from tanglaw.lookups.report import KINDS, Explained, explain, reports_of
from tanglaw.lookups.sessions import session_story

_MOST = 30
_EVIDENCE = 6
_KIND_NAMES = frozenset(KINDS.values())
_TIES = {
    "contact": "a conversation with one of its actors ({})",
    "payment": "payments between actors ({})",
    "household": "a shared address or device ({})",
    "material": "a rarely seen file ({})",
}
# The order in which an officer asks, and the word for it.
_VALUES = ("danger", "lane", "order", "actionability", "clock", "gate")
_WORDS = {"gate": "legal gate", "order": "order in band"}
_CUSTODY = (
    ("brought_by", "brought by"),
    ("origin", "from"),
    ("authority", "authority"),
    ("permitted_use", "may be used for"),
    ("handling", "handling"),
    ("grading", "grading"),
)


@click.command(
    "explain",
    epilog=examples(
        "tanglaw explain 700002721",
        "tanglaw explain 700002721 --json | jq .reasons",
        "tanglaw explain 700002721 --beside 700002733",
    ),
)
@click.argument("report_number")
@workspace_option
@at_option
@click.option("--beside", metavar="NUMBER", help="Show only what differs between the two reports, side by side.")
@json_option
@who_options
def command(report_number: str, folder: Path, at: datetime | None, beside: str | None, as_json: bool, who: Who) -> None:
    """Explain one report: its three values with their reasons, what is missing, findings, links, and sources.

    REPORT_NUMBER is the number of the receiving office; a report without one is asked for by the id that the
    queue shows. The id of a session shows that session as a time line. `--json` gives all rows with their ids and places.
    """
    workspace, settings = open_to_read(folder, "explain", f"{report_number} {beside or ''}".strip(), who, at)
    with attached(workspace, settings) as engine:
        if beside is not None:
            show_beside(engine, report_number, beside, as_json)
            return
        story = session_story(engine, report_number)
        if story is not None:
            show_story(*story, as_json)
            return
        found = explain(engine, report_number)
    if as_json:
        show_json(asdict(found))
    else:
        show(found)


def show(found: Explained) -> None:
    """The explained report for the terminal."""
    labels = {row["id"]: row["label"] for row in found.evidence}
    _head(found)
    _why(found, labels)
    _stated(found, labels)
    _around(found)
    _near(found)
    _origin(found)


def show_beside(engine: Engine, number: str, other: str, as_json: bool) -> None:
    """Two reports side by side: what they differ in, for the terminal or as JSON."""
    one, two = reports_of(engine, number)[0], reports_of(engine, other)[0]
    found = compare(engine, one["report_id"], two["report_id"])
    if as_json:
        show_json(asdict(found))
        return
    heads = tuple(str(row["report_number"] or row["report_id"]) for row in (one, two))
    heading(f"Reports {heads[0]} and {heads[1]}")
    say(
        f"{counted(found.same, 'fact')} stated by both, {found.share:.0%} of all that they state; times are not compared"
    )
    rows = [(row["field"], _these(row["one"]), _these(row["other"])) for row in found.differing]
    if rows:
        grid("What differs", ("field", f"only {heads[0]}", f"only {heads[1]}"), rows, whole=("field",), lines=True)


def _these(values: Sequence[str]) -> object:
    more = len(values) - _EVIDENCE
    return lines_of([*values[:_EVIDENCE], *([f"and {more} more"] if more > 0 else [])]) if values else "-"


def _head(found: Explained) -> None:
    report, queued = found.report, found.priority
    heading(f"Report {report['report_number'] or report['report_id']}")
    service = [report["esp"] or "ESP not stated", report["incident_type"] or "type not stated"]
    say(" | ".join(service))
    times = [f"{word} {_at(report[name])}" for word, name in (("incident", "incident_at"), ("received", "received_at"))]
    say(" | ".join([*times, f"number from {report['number_source']}", counted(report["version"], "document")]))
    if queued:
        say(
            f"rank {queued['rank']} | danger band {queued['band']} ({queued['danger']:.1f}) | actionability "
            f"{queued['actionability']:.1f} | clock {_at(queued['clock_at'])} | lane {queued['lane']}",
            "bold",
        )
    for other in found.same_number:
        say(f"another report bears this number: {other['esp'] or 'ESP not stated'}, ask for {other['report_id']}")
    say("")


def _at(value: Any) -> str:
    return f"{short_time(value)} UTC" if value else "not stated"


def _why(found: Explained, labels: dict[str, str]) -> None:
    reasons = [row for value in _VALUES for row in found.reasons if row["value"] == value]
    grid(
        "Why it stands there",
        ("counts for", "weight", "reason", "evidence"),
        [
            (
                _WORDS.get(row["value"], row["value"]),
                f"{row['weight']:+.2f}" if row["weight"] else "",
                row["text"],
                _rests_on(row["evidence"], labels),
            )
            for row in reasons
        ],
        right=("weight",),
    )
    missing = [row for row in found.reasons if row["value"] == "missing"]
    _part("What is missing", missing, {"text": "what", "weight": "costs"})
    told = [str(row["text"]) for row in found.reasons]
    more = [row for row in found.findings if not any(text.startswith(str(row["reason"])) for text in told)]
    grid_rows = [(row["reason"], row["due_at"], _rests_on(row["evidence"], labels)) for row in more]
    if grid_rows:
        grid("Also found", ("finding", "by (UTC)", "evidence"), grid_rows, whole=("by (UTC)",))


def _rests_on(evidence: str | None, labels: dict[str, str]) -> str:
    """`file 1, capture 2, 92 payments`: what the report states by its label, everything else counted."""
    found = Counter(labels[one] for one in str(evidence or "").split("; ") if one in labels)
    told = []
    for label in sorted(found, key=lambda label: (label.rstrip("0123456789"), len(label), label)):
        count, bare = found[label], label in _KIND_NAMES
        told.append(label if count == 1 else counted(count, label) if bare else f"{label} ({count})")
    more = len(told) - _EVIDENCE
    return ", ".join([*told[:_EVIDENCE], *([f"{more} more"] if more > 0 else [])])


def _stated(found: Explained, labels: dict[str, str]) -> None:
    def numbered(rows: Sequence[dict[str, Any]], key: str) -> list[dict[str, Any]]:
        return [{**row, "as": labels.get(row[key], "")} for row in rows]

    _part(
        "Accounts",
        numbered(found.accounts, "account_id"),
        {
            "as": "",
            "role": "",
            "platform": "",
            "identifier": "",
            "handle": "",
            "display_name": "name",
            "locator": "place",
        },
    )
    _part(
        "People",
        numbered(found.persons, "person_id"),
        {
            "as": "",
            "role": "",
            "name": "",
            "age": "",
            "date_of_birth": "born",
            "city": "",
            "country": "",
            "locator": "place",
        },
    )
    flags: dict[str | None, list[str]] = {}
    for row in found.flags:
        flags.setdefault(row["file_id"], []).append(row["name"])
    _part(
        "Files",
        [{**row, "flags": ", ".join(flags.get(row["file_id"], []))} for row in numbered(found.files, "file_id")],
        {
            "as": "",
            "esp_file_id": "file id",
            "viewed_by_esp": "viewed by ESP",
            "classification": "class",
            "flags": "",
            "uploaded_at": "uploaded (UTC)",
            "locator": "place",
        },
    )
    if flags.get(None):
        say(f"Flags of the report itself: {', '.join(flags[None])}\n".rstrip())
        say("")
    _part(
        "Captures",
        numbered(found.captures, "capture_id"),
        {"as": "", "at": "at (UTC)", "event": "", "ip": "", "port": "", "role": "", "locator": "place"},
    )
    _part("Selectors", _distinct(found.selectors), {"type": "", "value": "", "valid": "", "where": ""})


def _distinct(selectors: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each selector once, with the fields it stands in."""
    where: dict[tuple[str, str, bool], Counter[str]] = {}
    for row in selectors:
        field = f"{row['table_name']}.{row['field']}"
        where.setdefault((row["type"], row["value"], row["valid"]), Counter())[field] += 1
    return [
        {
            "type": kind,
            "value": value,
            "valid": valid,
            "where": ", ".join(name if count == 1 else f"{name} ({count})" for name, count in fields.items()),
        }
        for (kind, value, valid), fields in where.items()
    ]


def _around(found: Explained) -> None:
    _part(
        "Linked accounts",
        [{**row, "handle": row["handle"] or row["identifier"], "evidence": _weighty(row)} for row in found.links],
        {
            "bits": "",
            "probability": "",
            "joins": "one hand",
            "platform": "",
            "handle": "account",
            "report_number": "report",
            "reports": "",
            "evidence": "shares",
        },
    )
    if len(found.proposal) > 1:
        numbers = [str(row["report_number"] or row["report_id"]) for row in found.proposal]
        more = f" and {len(numbers) - _MOST} more" if len(numbers) > _MOST else ""
        say(f"Same case proposal, {counted(len(numbers), 'report')}", "bold")
        say(", ".join(numbers[:_MOST]) + more)
        for tie in found.ties[:_EVIDENCE]:
            say(f"  joined because of {_TIES[tie['kind']].format(counted(tie['facts'], 'fact'))}: {tie['example']}")
        say("")


def _near(found: Explained) -> None:
    rows = [
        {
            "report": row["report_number"] or row["report_id"],
            "share": f"{row['share']:.0%}",
            "differs": ", ".join(row["differing"]) or "nothing but times",
        }
        for row in found.near
    ]
    columns = {"report": "", "share": "equal", "differs": "differs in"}
    _part("Nearly the same reports (--beside shows one of them side by side)", rows, columns)


def _weighty(link: dict[str, Any]) -> str:
    return "; ".join(part for part in str(link["evidence"] or "").split("; ") if not part.endswith(" 0.0"))


def _origin(found: Explained) -> None:
    _part(
        "What later documents changed", found.versions, {"version": "document", "field": "", "before": "", "after": ""}
    )
    rows = []
    for row in found.sources:
        custody = "; ".join(f"{word} {row[name]}" for name, word in _CUSTODY if row[name])
        rows.append({**row, "custody": custody})
    _part(
        "Read from",
        rows,
        {
            "path": "file",
            "locator": "place",
            "format": "",
            "sha256": "SHA-256",
            "taken_in_at": "taken in",
            "custody": "",
        },
    )


def _part(title: str, rows: Sequence[dict[str, Any]], columns: dict[str, str]) -> None:
    """One part as a table; columns that no row fills are left out. `columns` gives their headings, if others."""
    if not rows:
        return
    kept = [name for name in columns if any(row.get(name) not in (None, "") for row in rows[:_MOST])]
    grid(
        f"{title} (first {_MOST} of {len(rows)})" if len(rows) > _MOST else title,
        [columns[name] or name for name in kept],
        [[shown(row.get(name)) for name in kept] for row in rows[:_MOST]],
        right=("bits", "port", "age", "reports", "costs"),
        whole=("as", "at (UTC)", "role", "type", "valid"),
    )
