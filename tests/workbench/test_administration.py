"""Administration: people, runs that are asked for, progress, and what a run changed under an open case page."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path

import pytest
from django.test import Client

from tanglaw.casework import runs, services_cases, services_people, services_runs
from tanglaw.casework.models import Appointment, AuditRow, RunStep
from tanglaw.errors import CheckUsage, WaitForOtherRun
from tanglaw.store import working
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.settings import IDLE_SECONDS
from tanglaw.workbench.state import USING, desk
from tests.workbench.conftest import LogIn, user

_PASSWORD = r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}"


def told(answer_text: str) -> str:
    found = re.search(r'<ul class="told".*?</ul>', answer_text, re.DOTALL)
    return html.unescape(found[0]) if found else ""


def post(client: Client, where: str, **fields: str) -> str:
    answer = client.post(where, fields, follow=True)
    assert answer.status_code == 200, where
    return str(answer.content.decode())


# People


def test_a_person_is_added_moved_reset_and_blocked(log_in: LogIn) -> None:
    """Each change is a row with who and why; a one-time password stands on one answer only; nobody changes themselves."""
    client = log_in("administrator")
    fields = {"name": "lim", "full_name": "B. Lim", "role": "triage", "team": "north", "reason": "new"}
    first = re.findall(_PASSWORD, post(client, "/people/add/", **fields))
    assert len(first) == 1
    assert re.findall(_PASSWORD, client.get("/people/").content.decode()) == []
    assert "already" in told(post(client, "/people/add/", **fields))
    where = f"/people/{user('lim').pk}"
    post(client, f"{where}/role/", role="analyst", reason="grown")
    post(client, f"{where}/team/", team="south", reason="moved")
    post(client, f"{where}/blocked/", reason="leave")
    found = user("lim")
    assert (found.role, str(found.team), found.is_active) == ("analyst", "south", False)
    post(client, f"{where}/unblocked/", reason="back")
    second = re.findall(_PASSWORD, post(client, f"{where}/reset/", reason="lost"))
    assert len(second) == 1
    assert second != first
    kinds = list(Appointment.objects.using(USING).filter(user=found).order_by("number").values_list("kind", flat=True))
    assert kinds == ["made", "role", "team", "blocked", "unblocked", "reset"]
    assert {row.stated_by for row in Appointment.objects.using(USING).filter(user=found)} == {"Administrator"}
    own = f"/people/{user('administrator').pk}"
    assert "nobody changes" in told(post(client, f"{own}/role/", role="auditor", reason="curious"))
    assert user("administrator").role == "administrator"
    assert "empty" in told(post(client, f"{where}/blocked/", reason=" "))
    assert "a role is" in told(post(client, f"{where}/role/", role="king", reason="x"))
    assert client.post(f"{where}/nonsense/", {"reason": "x"}).status_code == 404
    assert client.post("/people/99999/role/", {"reason": "x"}).status_code == 404
    rows = AuditRow.objects.using(USING).filter(verb__in=("add_person act", "person_act act"))
    assert any(row.subject == "lim role analyst" for row in rows)
    assert not any(re.search(_PASSWORD, row.subject) for row in rows)
    services_people.block(USING, found, "set-up", "end of the test")


# Runs


def test_a_run_is_asked_for_shown_and_stopped(log_in: LogIn) -> None:
    """One order at a time; its progress stands on the page; stopping needs a reason; what came of it stays."""
    client = log_in("administrator")
    assert "no inbox is configured" in told(post(client, "/administration/run/", what="inbox", reason="x"))
    assert "a run is one of" in told(post(client, "/administration/run/", what="/etc", reason="x"))
    post(client, "/administration/run/", what="rebuild", reason="decisions of today")
    assert "asked for already" in told(post(client, "/administration/run/", what="rebuild", reason="again"))
    order = services_runs.take(USING)
    assert order is not None
    folder = desk().folder
    working.Teller(folder, order.number)("linking", 3, 9)
    text = client.get("/administration/runs/").content.decode()
    assert "linking, 3 / 9" in text
    assert 'value="33"' in text
    assert "No worker is there" in text
    with working.alone(folder):
        assert "No worker is there" not in client.get("/administration/runs/").content.decode()
        with pytest.raises(WaitForOtherRun), working.alone(folder):
            pass
    assert "empty" in told(post(client, "/administration/stop/", order=str(order.number), reason=""))
    assert services_runs.wanted(USING, order.number)
    post(client, "/administration/stop/", order=str(order.number), reason="wrong files")
    assert not services_runs.wanted(USING, order.number)
    services_runs.end(USING, order.number, runs.STOPPED, "what was committed stays")
    services_runs.end(USING, order.number, runs.DONE, "twice")
    assert [step.kind for step in RunStep.objects.using(USING).filter(order=order)] == ["taken", "stop", "stopped"]
    assert "has ended" in told(post(client, "/administration/stop/", order=str(order.number), reason="x"))


def test_an_order_that_fells_its_worker_ends(passwords: dict[str, str]) -> None:
    """A worker that dies leaves its order to the next; after three the order fails instead of felling a fourth."""
    order = services_runs.order(USING, user("administrator"), runs.REBUILD, "x")
    for _ in range(services_runs.TRIES):
        taken = services_runs.take(USING)
        assert taken is not None
        assert taken.number == order.number
    assert services_runs.take(USING) is None
    assert services_runs.ordered(USING)[0].state == runs.FAILED


def test_an_order_is_stopped_before_it_begins(passwords: dict[str, str]) -> None:
    """No worker is needed to take an order back."""
    order = services_runs.order(USING, user("administrator"), runs.REBUILD, "x")
    services_runs.stop(USING, user("administrator"), order.number, "not now")
    assert services_runs.take(USING) is None


def test_only_administrators_ask_for_runs(passwords: dict[str, str]) -> None:
    """Also where a service is called past the page."""
    with pytest.raises(CheckUsage, match="run is for administrator"):
        services_runs.order(USING, user("supervisor"), runs.REBUILD, "x")


def test_progress_is_told_in_whole_files(tmp_path: Path) -> None:
    """Whoever reads while it is written sees the last that was told whole, and nonsense is no fault."""
    assert working.told(tmp_path) is None
    tell = working.Teller(tmp_path, 7)
    tell("intake", 1, 2)
    tell("intake", 2, 2)
    found = working.told(tmp_path)
    assert found is not None
    assert (found.order, found.stage, found.done) == (7, "intake", 1)
    (tmp_path / working.PROGRESS).write_text("{")
    assert working.told(tmp_path) is None


# What came since a page was opened


def test_who_has_a_case_open_is_told_what_came_since(
    log_in: LogIn, case: int, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing while nothing happened; then acts of others, and what a newer run says of the case differently."""
    client = log_in("analyst")
    client.post(f"/purpose/?kind=case-{case}", {"purpose": "x"})
    text = client.get(f"/case/{case}/").content.decode()
    asked = re.search(rf'hx-get="(/case/{case}/since/[^"]*)"', text)
    assert asked is not None
    where = html.unescape(asked[1])
    rows = AuditRow.objects.using(USING).count()
    assert client.get(where).status_code == 204
    services_cases.note(USING, user("analyst"), case, "mine")
    assert client.get(where).status_code == 204
    services_cases.note(USING, user("supervisor"), case, "see you at noon")
    assert "Supervisor" in client.get(where).content.decode()
    newer = where.replace(f"run={desk().run.run_id}", "run=older")
    assert "something else" not in client.get(newer).content.decode()
    changed = re.sub("values=[0-9a-f]+", "values=0", newer)
    assert "danger, lane or clock" in client.get(changed).content.decode()
    assert AuditRow.objects.using(USING).count() == rows
    assert log_in("stranger").get(where).status_code in (302, 404)


def test_polling_keeps_no_idle_session_open(log_in: LogIn) -> None:
    """What a script asks for by itself is no sign that somebody sits there."""
    client = log_in("administrator")
    client.get("/administration/")
    session = client.session
    session["seen"] = long_ago = time.time() - IDLE_SECONDS + 60
    session.save()
    assert client.get("/administration/runs/").status_code == 200
    assert client.session["seen"] == long_ago
    client.get("/administration/")
    assert client.session["seen"] > long_ago


def test_the_page_tells_what_the_doctor_finds(log_in: LogIn) -> None:
    """Disk, memory, packages, workspace and policy pack each have their line."""
    text = log_in("administrator").get("/administration/").content.decode()
    for name in ("free disk", "duckdb", "workspace", "policy pack"):
        assert f"<td>{name}</td>" in text
