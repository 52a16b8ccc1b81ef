"""Pages of requests: proposed, drafted, sent, answered; on the case and on the report."""

from __future__ import annotations

import html

from django.test import Client

from tanglaw.casework.models import AuditRow
from tanglaw.casework.queries_requests import tracked
from tanglaw.lookups.desk.requests import proposed, proposed_for
from tanglaw.workbench.state import USING, desk
from tests.workbench.conftest import LogIn, ask, open_case, user


def page(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


def test_a_proposal_is_drafted_sent_and_answered(log_in: LogIn) -> None:
    """The list has what lapses first with its counting clock; a draft leaves the proposals and moves on by what is recorded."""
    client = log_in("analyst")
    row = proposed(desk().run.shelf, desk().run.now)[0]
    text = page(client, "/requests/")
    assert row["request_id"] in text and 'class="clock' in text
    client.post("/requests/draft/", {"request": row["request_id"], "reason": "lapses first"})
    assert row["request_id"] not in page(client, "/requests/")
    assert "lapses first" in page(client, "/requests/?status=draft")
    number = next(
        one.draft.number for one in tracked(USING, user("analyst")) if one.draft.request_id == row["request_id"]
    )
    client.post(f"/requests/{number}/sent/", {"on": "2026-07-01T10:00", "reason": "letter 44"})
    assert "2026-07-01 10:00" in page(client, "/requests/?status=sent")
    told = html.unescape(
        client.post(f"/requests/{number}/answered/", {"on": "x", "reason": "y"}, follow=True).content.decode()
    )
    assert "day and time" in told
    client.post(f"/requests/{number}/answered/", {"on": "2026-07-02T10:00", "reason": "return 12/26"})
    assert [one.status for one in tracked(USING, user("analyst"), number=number)] == ["answered"]
    verbs = AuditRow.objects.using(USING).filter(subject__startswith=f"request {number}").values_list("verb", flat=True)
    assert list(verbs) == ["request_record act"] * 3


def test_requests_stand_on_the_case_and_on_the_report(log_in: LogIn) -> None:
    """A report whose account a request is about offers it, a draft made for a case stands on the case, for its people only."""
    shelf = desk().run.shelf
    reports = shelf.rows(
        "select distinct report_id, account_id from accounts where role = 'reported' order by report_id"
    )
    found = next(row for row in reports if len(proposed_for(shelf, [row["account_id"]], desk().run.now)) > 1)
    row = proposed_for(shelf, [found["account_id"]], desk().run.now)[1]
    client = log_in("analyst")
    assert row["request_id"] in page(client, f"/report/{found['report_id']}/")
    number = open_case(client, found["report_id"])
    assert row["request_id"] in page(client, f"/case/{number}/")
    client.post("/requests/draft/", {"request": row["request_id"], "case": number, "reason": "for the harbour case"})
    assert "for the harbour case" in page(client, f"/case/{number}/")
    stranger = log_in("stranger")
    assert "for the harbour case" not in page(stranger, "/requests/?status=draft")
    other = log_in("auditor")
    ask(other, number)
    assert "for the harbour case" in page(other, f"/case/{number}/")
    assert other.post("/requests/draft/", {"holder": "x"}).status_code == 403
