"""The statistics page, and outcomes on their way to `backtest`."""

from __future__ import annotations

import re
from pathlib import Path

from tanglaw.backtest.outcomes import read_outcomes
from tanglaw.lookups.desk import statistics
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.state import desk
from tests.cli.conftest import tanglaw
from tests.workbench.conftest import LogIn, open_case


def test_reports_incidents_and_actors_are_counted_apart(log_in: LogIn) -> None:
    """The three differ, each is what the tables say, and no number below the pack's least is on the page."""
    shelf = desk().run.shelf
    year = statistics.years(shelf)[0]
    reports = sum(statistics.reports(shelf, year).values())
    assert reports > statistics.incidents(shelf, year) > 0
    assert 0 < statistics.actors(shelf, year) <= reports
    text = log_in("administrator").get("/statistics/", {"year": year}).content.decode()
    main = text[text.index("<main") :]
    cells = [int(one) for one in re.findall(r'<td class="num">(\d+)</td>', main)] + [
        int(one) for one in re.findall(r"<dd>(\d+)</dd>", main)
    ]
    assert reports in cells
    assert not [cell for cell in cells if 0 < cell < 5]
    assert log_in("analyst").get("/statistics/?year=x").status_code == 200


def test_outcomes_of_cases_are_read_by_backtest(
    log_in: LogIn, report_id: str, workspace: Workspace, tmp_path: Path
) -> None:
    """What analysts recorded is written in the form that `tanglaw backtest` reads, by report number, one date for each."""
    client = log_in("analyst")
    number = open_case(client, report_id)
    for value, day in (("arrest", "2026-07-01"), ("child safeguarded", "2026-07-03")):
        client.post(f"/case/{number}/outcome/", {"value": value, "on": day, "reason": "known now"})
    file = tmp_path / "outcomes.csv"
    ended = tanglaw("outcomes", file, "--workspace", workspace.folder)
    assert ended.code == 0, ended.err
    found = read_outcomes(file)
    mine = desk().run.shelf.rows("select report_number from reports where report_id = ?", report_id)[0]["report_number"]
    assert found[mine].outcomes == {"arrest", "child"}
    assert f"{found[mine].closed_at:%Y-%m-%d}" == "2026-07-04"
