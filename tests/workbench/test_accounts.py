"""Accounts, pairs and sessions on pages of their own, and the decisions that are made there."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from tanglaw.casework import queries
from tanglaw.casework.models import Decision
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.pages.accounts import weighed
from tanglaw.workbench.state import USING, desk
from tests.workbench.conftest import LogIn


def one(sql: str, *values: object) -> dict[str, Any]:
    """The first row of a question to the shelf."""
    return desk().run.shelf.rows(sql, *values)[0]


def decide(client: Client, kind: str, **fields: str) -> str:
    """Post a decision; what the page that follows tells."""
    answer = client.post(f"/decide/{kind}/", {"reason": "return 12/26", "next": "/queue/", **fields}, follow=True)
    assert answer.status_code == 200
    told = re.search(r'<ul class="told".*?</ul>', answer.content.decode(), re.DOTALL)
    return html.unescape(told[0]) if told else ""


def newest() -> Decision:
    """The last decision."""
    row = Decision.objects.using(USING).order_by("-number").first()
    assert row is not None
    return row


@pytest.fixture
def link(served: Workspace) -> dict[str, Any]:
    """The weakest link of the run."""
    return one("select * from account_links where one = a order by bits, a, b limit 1")


def test_two_accounts_show_what_speaks_for_and_against(log_in: LogIn, link: dict[str, Any]) -> None:
    """Each row of evidence of the pair stands there with its bits, whichever of the two is named first."""
    rows = desk().run.shelf.rows("select * from link_evidence where a = ? and b = ?", link["a"], link["b"])
    assert rows
    client = log_in("analyst")
    for a, b in ((link["a"], link["b"]), (link["b"], link["a"])):
        text = html.unescape(client.get(f"/accounts/{a}/{b}/").content.decode()).replace("[.]", ".")
        assert all(str(row["value"]) in text for row in rows)
    assert client.get(f"/accounts/{link['a']}/{link['a']}/").status_code == 404
    assert client.get(f"/accounts/{link['a']}/nobody/").status_code == 404


def test_same_and_not_same_from_the_page(log_in: LogIn, link: dict[str, Any]) -> None:
    """An analyst judges, what contradicts is refused with the decision named, and taking back is a row; the next run reads it."""
    client = log_in("analyst")
    pair = {"a": link["a"], "b": link["b"]}
    assert "the next run links by it" in decide(client, "not-same", **pair)
    made = newest()
    assert (made.kind, made.a, made.b, made.stated_by) == ("not-same", link["a"], link["b"], "Analyst")
    assert queries.tables(USING)["judgements"].num_rows >= 1
    assert f"decision {made.number}" in decide(client, "same", **pair)
    assert newest().number == made.number
    assert f"Decision {made.number}" in client.get(f"/accounts/{link['a']}/{link['b']}/").content.decode()
    assert "no longer stands" in decide(client, "withdraw", decision=str(made.number))
    assert "name two accounts" in decide(client, "same", a=link["a"], b="nobody")


def test_who_may_not_judge_sees_no_form_and_is_refused(log_in: LogIn, link: dict[str, Any]) -> None:
    """A triage officer reads a pair but does not judge it; an auditor cannot even post."""
    client = log_in("triage")
    assert "/decide/same/" not in client.get(f"/accounts/{link['a']}/{link['b']}/").content.decode()
    assert "is for" in decide(client, "same", a=link["a"], b=link["b"])
    assert log_in("auditor").post("/decide/same/", {"a": link["a"], "b": link["b"]}).status_code == 403
    assert client.post("/decide/everything/", {}).status_code == 404
    assert client.get("/decide/same/").status_code == 404


def test_an_account_shows_its_reports_links_and_conversations(log_in: LogIn) -> None:
    """Everything that the shelf has of an account leads on from its page."""
    row = one(
        "select a.account_id, a.report_id from accounts a join account_links l on l.one = a.account_id order by all limit 1"
    )
    text = log_in("analyst").get(f"/accounts/{row['account_id']}/").content.decode()
    assert f"/report/{row['report_id']}/" in text
    for link in desk().run.shelf.rows("select other from account_links where one = ?", row["account_id"]):
        assert f"/accounts/{row['account_id']}/{link['other']}/" in text
    talk = one("select account_id, conversation_id from talks_of order by all limit 1")
    text = log_in("analyst").get(f"/accounts/{talk['account_id']}/").content.decode()
    assert f"/conversation/{talk['conversation_id']}/" in text


def test_a_session_is_confirmed_and_rejected(log_in: LogIn) -> None:
    """The page has features, payments that the evidence names and the parties; one decision stands at a time."""
    row = one(
        "select * from episodes where kind = 'session' and evidence like '%; payments %' "
        "order by probability desc, session_id limit 1"
    )
    client = log_in("analyst")
    where = f"/session/{row['session_id']}/"
    text = html.unescape(client.get(where).content.decode())
    assert all(words in text for words, _ in weighed(row["evidence"]))
    assert f"/accounts/{row['payer']}/" in text
    assert 'chip t-payment">payment' in text
    assert "stands" in decide(client, "confirm-session", session=row["session_id"])
    made = newest()
    assert (made.kind, made.inference, made.role) == ("confirm-session", row["session_id"], "")
    assert f"decided by decision {made.number}" in decide(client, "reject-session", session=row["session_id"])
    assert f"Decision {made.number}" in client.get(where).content.decode()
    decide(client, "withdraw", decision=str(made.number))
    assert "stands" in decide(client, "reject-session", session=row["session_id"])
    assert "no such session" in decide(client, "confirm-session", session="nothing")
    assert client.get("/session/nothing/").status_code == 404


def test_a_role_is_confirmed_or_rejected(log_in: LogIn) -> None:
    """The role of an account is decided on its page, by role; one that the run does not assess is refused."""
    row = one("select account_id, role from roles order by all limit 1")
    client = log_in("supervisor")
    assert "stands" in decide(client, "reject-role", account=row["account_id"], role=row["role"])
    assert (newest().inference, newest().role) == (row["account_id"], row["role"])
    assert "reject-role" in client.get(f"/accounts/{row['account_id']}/").content.decode()
    assert "no such role" in decide(client, "confirm-role", account=row["account_id"], role="conductor")


def test_a_selector_is_corrected_in_every_place_of_its_report(log_in: LogIn) -> None:
    """Each place gets a decision of its own; the report then says what counts; nonsense is refused."""
    row = one("select report_id, type, value from selectors where type = 'email' and valid order by all limit 1")
    client = log_in("analyst")
    fields = {"report": row["report_id"], "type": "email", "old": row["value"]}
    assert "no valid email" in decide(client, "correct", **fields, value="none at all")
    ids = {
        found["selector_id"]
        for found in desk().run.shelf.rows(
            "select * from selectors where report_id = ? and type = 'email' and value = ?",
            row["report_id"],
            row["value"],
        )
    }
    assert "corrected" in decide(client, "correct", **fields, value="Other@Example.org")
    made = Decision.objects.using(USING).filter(kind="correct", selector_id__in=ids)
    assert {found.selector_id for found in made} == ids
    assert {found.value for found in made} == {"other@example.org"}
    assert "corrected to" in client.get(f"/report/{row['report_id']}/").content.decode()
    assert "no such selector" in decide(client, "correct", **{**fields, "old": "x"}, value="")


def test_weights_are_told_apart_from_ids() -> None:
    """A feature keeps brackets of its own; ids have no weight."""
    told = weighed("length: 20-35 min (+0.510); trace: call (log) (-1.000); payments ab12; cd34")
    assert told == [
        ("length: 20-35 min", "+0.510"),
        ("trace: call (log)", "-1.000"),
        ("payments ab12", ""),
        ("cd34", ""),
    ]
