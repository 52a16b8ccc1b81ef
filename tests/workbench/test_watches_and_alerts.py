"""Pages of watch lists and of alerts."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.test import Client

from tanglaw.casework.models import Decision
from tanglaw.config import Settings
from tanglaw.lookups.alerts import alert
from tanglaw.lookups.tables import derived
from tanglaw.pipeline import run
from tanglaw.policy import demo
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.state import USING, desk
from tests.cli.conftest import tanglaw
from tests.workbench.conftest import LogIn, open_case

SOON = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()


def page(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


def test_an_entry_is_placed_met_and_withdrawn(
    log_in: LogIn, report_id: str, workspace: Workspace, tmp_path: Path
) -> None:
    """It shows the reports in which it is met, for its case's people only; the verb writes it for the next run, which watches."""
    found = desk().run.shelf.rows(
        "select value, report_number from occurrences where report_id = ? and type = 'email'", report_id
    )
    client = log_in("analyst")
    number = open_case(client, report_id)
    client.post(
        "/watches/place/", {"selector": found[0]["value"], "case": number, "expires": SOON, "reason": "of the return"}
    )
    text = page(client, "/watches/")
    assert "of the return" in text and f"/report/{report_id}/" in text
    assert "of the return" not in page(log_in("stranger"), "/watches/")
    told = html.unescape(
        client.post(
            "/watches/place/", {"selector": "x y", "case": number, "expires": SOON, "reason": "r"}, follow=True
        ).content.decode()
    )
    assert "write a selector" in told
    lists = tmp_path / "inbox"
    assert tanglaw("watch", "--workspace", workspace.folder, "--out", lists / "desk.toml").code == 0
    ran = run(Workspace.create(tmp_path / "w"), lists, Settings(), demo(), datetime.now(UTC))
    assert dict(ran.intake.formats) == {"watch-list": 1}
    entries = derived(Workspace(tmp_path / "w"), "watch_entries").to_pylist()
    assert [(one["value"], one["case_number"], one["placed_by"]) for one in entries] == [
        (found[0]["value"], str(number), "Analyst")
    ]
    place = text.index("of the return")
    entry = text[place:].split("/watches/")[1].split("/")[0]
    client.post(f"/watches/{entry}/withdraw/", {"reason": "of another household"})
    assert "of another household" in page(client, "/watches/")


def test_an_alert_is_released_and_recalled_by_named_people(log_in: LogIn) -> None:
    """A supervisor releases after saying whether the account should stay open; who did what and when stands on its page."""
    analyst, supervisor = log_in("analyst"), log_in("supervisor")
    assert "alert1" in page(analyst, "/alerts/?state=proposed")
    assert "seed-address" in page(analyst, "/alerts/alert1/")
    given = {"account_open": "asked", "reason": "checked with unit 4"}
    refused = html.unescape(analyst.post("/alerts/alert1/release-alert/", given, follow=True).content.decode())
    assert "for supervisor" in refused
    assert (
        "check first" in supervisor.post("/alerts/alert1/release-alert/", {"reason": "x"}, follow=True).content.decode()
    )
    supervisor.post("/alerts/alert1/release-alert/", given)
    assert "alert1" in page(analyst, "/alerts/?state=released")
    supervisor.post("/alerts/alert1/recall-alert/", {"reason": "the list took it back"})
    text = page(log_in("auditor"), "/alerts/alert1/")
    assert "checked with unit 4" in text and "the list took it back" in text
    rows = Decision.objects.using(USING).filter(alert_id="alert1").order_by("number")
    assert [(row.kind, row.stated_by) for row in rows] == [
        ("release-alert", "Supervisor"),
        ("recall-alert", "Supervisor"),
    ]
    analyst.post("/alerts/alert2/refuse-alert/", {"reason": "a namesake"})
    records = [
        {
            "alert_id": "alert2",
            "decision_id": 10**9,
            "kind": "refuse-alert",
            "stated_by": "Analyst",
            "reason": "a namesake",
        }
    ]
    assert alert(desk().workspace, records, "alert2")["state"] == "refused"
    assert analyst.get("/alerts/nothing/").status_code == 404
