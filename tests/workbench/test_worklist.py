"""The queue's own acts: views kept and dropped, marked rows assigned, escalated or put into a case at once."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from tanglaw.casework import queries_cases, queries_worklist
from tanglaw.casework.models import ReportAct
from tanglaw.lookups.desk.queue import Wanted, marked, part
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.state import USING, desk
from tests.workbench.conftest import LogIn, user


def post(client: Client, kind: str, **fields: object) -> str:
    """Post one act of the queue; what the page that follows tells."""
    answer = client.post(f"/queue/{kind}/", {"reason": "night shift", **fields}, follow=True)
    assert answer.status_code == 200
    told = re.search(r'<ul class="told".*?</ul>', answer.content.decode(), re.DOTALL)
    return html.unescape(told[0]) if told else ""


@pytest.fixture
def rows(served: Workspace) -> list[str]:
    """Ids of three rows far down the queue."""
    return [row["report_id"] for row in part(desk().run.shelf, Wanted(), most=40).rows[-3:]]


def test_marked_reports_are_assigned_each_by_a_row(log_in: LogIn, rows: list[str]) -> None:
    """All marked reports, and those that a row stands for, get the person; again is passed over; `mine` then shows them."""
    client = log_in("triage")
    whole = [row["report_id"] for row in marked(desk().run.shelf, rows, True)]
    assert set(rows) <= set(whole)
    assert f"on {len(whole)} more of {len(whole)}" in post(client, "assign", report=rows, person="triage", equal="1")
    assert f"on 0 more of {len(whole)}" in post(client, "assign", report=rows, person="triage", equal="1")
    assert set(whole) <= set(queries_worklist.reports_on(USING, user("triage")))
    assert all(f"/report/{one}/" in client.get("/queue/?mine=1").content.decode() for one in rows)
    assert "is not on this report" not in post(client, "unassign", report=rows[0], person="triage")
    assert "is not on this report" in post(client, "unassign", report=rows[0], person="triage")


def test_escalating_is_said_in_the_queue_and_taken_back_by_a_row(log_in: LogIn, rows: list[str]) -> None:
    """Escalated reports have a lane of their own until the act is undone; the row stays."""
    client = log_in("triage")
    assert "are escalated" in post(client, "escalate", report=rows[:1])
    assert f"/report/{rows[0]}/" in client.get("/queue/?up=1").content.decode()
    act = ReportAct.objects.using(USING).filter(report_id=rows[0], kind="escalate").order_by("-number").first()
    assert act is not None
    assert post(client, "undo", act=str(act.number)) == ""
    assert "undone already" in post(client, "undo", act=str(act.number))
    assert f"/report/{rows[0]}/" not in client.get("/queue/?up=1").content.decode()
    assert ReportAct.objects.using(USING).filter(report_id=rows[0]).count() >= 2
    assert "night shift" in client.get(f"/report/{rows[0]}/").content.decode()


def test_one_case_is_opened_with_the_marked_reports(log_in: LogIn, rows: list[str]) -> None:
    """The case has the marked reports as members, best rank first as its origin, and leads to its page."""
    client = log_in("triage")
    answer = client.post("/queue/open/", {"report": rows, "title": "Three", "reason": "alike"})
    found = re.fullmatch(r"/case/(\d+)/", answer.headers["Location"])
    assert found is not None
    members = {subject for what, subject in queries_cases.opened(USING, int(found[1])).members if what == "report"}
    assert members == set(rows)
    assert "title is empty" in post(client, "open", report=rows)


def test_nothing_marked_unknown_or_without_reason_is_refused(log_in: LogIn, rows: list[str]) -> None:
    """The refusal stands on the queue, and nothing is written."""
    client = log_in("triage")
    before = ReportAct.objects.using(USING).count()
    assert "mark at least one" in post(client, "assign", person="triage")
    assert "mark at least one" in post(client, "escalate", report=["nothing"])
    assert "reason is empty" in post(client, "escalate", report=rows, reason=" ")
    assert "only who works" in post(client, "assign", report=rows, person="administrator")
    assert client.post("/queue/everything/", {}).status_code == 404
    assert log_in("auditor").post("/queue/assign/", {"report": rows}).status_code == 403
    assert ReportAct.objects.using(USING).count() == before


def test_an_auditor_sees_no_boxes(log_in: LogIn) -> None:
    """Who does nothing in the queue has nothing to mark."""
    assert "data-mark" not in log_in("auditor").get("/queue/").content.decode()


def test_views_are_kept_for_oneself_or_the_team_and_dropped_by_a_row(log_in: LogIn) -> None:
    """A view of the team is there for its people and nobody else; own ones for oneself; unknown filters are left out."""
    client, colleague, stranger = log_in("analyst"), log_in("supervisor"), log_in("stranger")
    post(client, "keep", name="Hot", query="band=1&role=x&hours=24", team="1")
    post(client, "keep", name="Own", query="lane=triage")
    assert "band=1&amp;hours=24" in client.get("/queue/").content.decode()
    assert "there is a view of that name" in post(client, "keep", name="hot", query="band=2")
    assert "choose filters first" in post(client, "keep", name="All", query="x=1")
    assert "<bdi>Hot</bdi>" in colleague.get("/queue/").content.decode()
    assert "<bdi>Own</bdi>" not in colleague.get("/queue/").content.decode()
    assert "<bdi>Hot</bdi>" not in stranger.get("/queue/").content.decode()
    views = {one.name: str(one.number) for one in queries_worklist.views_of(USING, user("analyst"))}
    assert "no such view" in post(stranger, "drop", view=views["Hot"])
    assert "who kept a view" in post(log_in("triage"), "drop", view=views["Hot"])
    assert post(colleague, "drop", view=views["Hot"]) == ""
    assert "<bdi>Hot</bdi>" not in client.get("/queue/").content.decode()
    post(client, "drop", view=views["Own"])
