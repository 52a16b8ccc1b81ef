"""What most people may not read: privileged words and protected people, on every page; and searches for staff."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tanglaw.casework import queries_withheld, services_withheld
from tanglaw.casework.models import AuditRow, Lock
from tanglaw.lookups.desk import search as asked
from tanglaw.lookups.desk import statistics
from tanglaw.lookups.desk.lessened import less, lessened
from tanglaw.lookups.desk.queue import Wanted, part
from tanglaw.lookups.subjects import rows_of
from tanglaw.workbench.gate import Gate, gate
from tanglaw.workbench.staff import digests
from tanglaw.workbench.state import USING, desk
from tests.workbench.conftest import LogIn, user

ROLES = ("triage", "analyst", "supervisor", "auditor")


@pytest.fixture(autouse=True)
def lifted(served: object) -> Iterator[None]:
    """What a test locked or protected is open again after it."""
    yield
    for lock in queries_withheld.locks(USING):
        services_withheld.lift(USING, user("filter"), (lock.what, lock.subject), "the test is over")
    for entry in queries_withheld.entries(USING):
        services_withheld.withdraw(USING, user("keeper"), entry.number, "the test is over")


def row(sql: str, *values: str) -> dict[str, Any]:
    return desk().run.shelf.rows(sql, *values)[0]


def test_a_locked_conversation_is_the_filter_roles_alone(log_in: LogIn) -> None:
    """Once locked, a selector of its words is found by nobody but the filter role, which reads the words and lifts the lock."""
    where = "table_name = 'messages' and conversation_id is not null"
    found = row(f"select * from occurrences where {where} order by value limit 1")
    client = log_in("triage")
    before = client.get("/search/", {"q": found["value"]}).content.decode()
    assert found["conversation_id"] and "messages.text" in before
    given = {"what": "conversation", "subject": found["conversation_id"], "profession": "lawyer", "reason": "counsel"}
    client.post("/privileged/lock/", given)
    assert gate(user("analyst")).reads(found["conversation_id"]) is False
    for role in ROLES:
        ids = desk().workspace.ids
        rows, whole = asked.found(desk().run.shelf, found["value"], ids, "", gate(user(role)).occurrences())
        assert found["conversation_id"] not in {one["conversation_id"] for one in rows}
        assert len(rows) == whole or whole > asked.MOST
        assert log_in(role).get("/privileged/").status_code == 403
    number = queries_withheld.locks(USING)[0].number
    filters = log_in("filter")
    words = rows_of(desk().workspace, "messages", "conversation_id", [found["conversation_id"]])
    text = html.unescape(filters.get(f"/privileged/{number}/").content.decode())
    assert any(one["text"] and one["text"] in text for one in words)
    assert str(number) in filters.get("/privileged/").content.decode()
    filters.post("/privileged/lift/", {"what": given["what"], "subject": given["subject"], "reason": "a namesake"})
    assert gate(user("analyst")).reads(found["conversation_id"]) is True
    assert Lock.objects.using(USING).filter(subject=found["conversation_id"]).count() == 2


def test_a_locked_account_locks_every_conversation_it_takes_part_in(served: object) -> None:
    """Locking a lawyer's account locks what is delivered of it later too: conversations are looked up at each run."""
    one = row("select account_id from taking_part group by account_id order by count(*) desc, account_id limit 1")
    talks = desk().run.shelf.rows("select conversation_id from taking_part where account_id = ?", one["account_id"])
    services_withheld.lock(USING, user("analyst"), ("account", one["account_id"]), "lawyer", "counsel")
    mine = gate(user("supervisor"))
    assert not any(mine.reads(each["conversation_id"]) for each in talks)
    messages = rows_of(desk().workspace, "messages", "conversation_id", [talks[0]["conversation_id"]])
    shown = mine.passed(messages)
    assert len(shown) == len(messages) and all(each["text"] is None and each["locked"] for each in shown)
    assert gate(user("filter")).passed(messages) == messages


def test_a_locked_report_shows_no_words_on_its_page(log_in: LogIn) -> None:
    """Texts of a locked report and selectors out of them are on no page of it; its other facts stay."""
    found = row(
        "select t.report_id, t.text from texts t join ranks r on r.report_id = t.report_id order by length(t.text) desc limit 1"
    )
    path = f"/report/{found['report_id']}/"
    words = html.unescape(log_in("analyst").get(path).content.decode())
    assert "These words are privileged" in words
    log_in("analyst").post(
        "/privileged/lock/",
        {"what": "report", "subject": found["report_id"], "profession": "doctor", "reason": "a practice", "next": path},
    )
    for role in ROLES:
        text = html.unescape(log_in(role).get(path).content.decode())
        assert "filter role's alone" in text
        assert found["text"][:40] not in text
        assert "texts.text" not in text


def test_what_the_protected_list_holds_is_not_there(log_in: LogIn, report_id: str) -> None:
    """A report with a protected selector answers as one that does not exist, for every role and on every page, until the keeper
    lets it through; the audit does not say what stands on the list."""
    found = row(
        "select type, value, original from occurrences where report_id = ? and type = 'email' limit 1", report_id
    )
    number = row("select report_number from reports where report_id = ?", report_id)["report_number"]
    whole = part(desk().run.shelf, Wanted()).whole
    keeper = log_in("keeper")
    keeper.post("/protected/enter/", {"selector": found["value"], "reason": "an officer's"})
    held = gate(user("analyst")).held
    assert report_id in held
    for role in ROLES:
        client = log_in(role)
        assert client.get(f"/report/{report_id}/").status_code == 404
        assert client.get("/report/", {"number": number}).status_code == 404
        assert f"/report/{report_id}/" not in client.get("/queue/").content.decode()
        assert "0 occurrences" in client.get("/search/", {"q": found["value"]}).content.decode()
        assert client.get("/protected/").status_code == 403
    assert part(desk().run.shelf, Wanted(without=sorted(held))).whole < whole
    assert log_in("analyst").post(f"/report/{report_id}/case/", {"title": "x", "reason": "y"}).status_code == 404
    assert number in keeper.get("/protected/").content.decode()
    assert (
        not AuditRow.objects.using(USING)
        .filter(verb__startswith="protected", subject__contains=found["value"])
        .exists()
    )
    entry = queries_withheld.entries(USING)[0].number
    for one in sorted(held):
        keeper.post("/protected/let/", {"entry": entry, "subject": one, "reason": "over"})
    assert log_in("analyst").get(f"/report/{report_id}/").status_code == 200
    keeper.post("/protected/hold/", {"entry": entry, "subject": report_id, "reason": "again"})
    assert log_in("analyst").get(f"/report/{report_id}/").status_code == 404


def test_a_held_leader_does_not_take_its_group_along(served: object) -> None:
    """Reports that stand behind a held one in the queue stand by themselves."""
    found = row("select report_id, rank from queue where leads order by stands_for desc, rank limit 1")
    followers = desk().run.shelf.rows("select report_id from queue where lead_rank = ?", found["rank"])
    rows = part(desk().run.shelf, Wanted(without=[found["report_id"]]), most=1_000).rows
    assert len(followers) > 1
    assert {one["report_id"] for one in followers} - {found["report_id"]} <= {one["report_id"] for one in rows}


def test_counts_leave_out_what_is_held(served: object) -> None:
    """Lanes and bands count the rows that are shown, a filter that only a held report has is not offered, and a year counts as
    if the held reports had never come."""
    shelf = desk().run.shelf
    leader = row("select report_id from queue order by stands_for desc, rank limit 1")
    lone = row(
        "select report_id from queue where esp in (select esp from queue group by esp order by count(*), esp limit 1)"
    )
    esp = shelf.rows(
        "select report_id, esp from queue where esp = (select esp from queue where report_id = ?)", *lone.values()
    )
    held = {leader["report_id"], *(one["report_id"] for one in esp)}
    found = lessened(shelf, part(shelf, Wanted(without=sorted(held))), held)
    rows = part(shelf, Wanted(without=sorted(held)), most=5_000).rows
    assert found.lanes == Counter(one["lane"] for one in rows)
    assert found.bands == Counter(one["band"] for one in rows)
    assert esp[0]["esp"] not in found.esps
    assert found.criteria == sorted(
        {
            name
            for one in part(shelf, Wanted(each=True, without=sorted(held)), most=5_000).rows
            for name in one["criteria"] or ()
        }
    )
    year = statistics.years(shelf)[0]
    each = f"from queue where year(received_at) = {year} and report_id not in ({', '.join('?' * len(held))})"
    taken = less(shelf, year, held)
    stated = row(
        f"select count(*) as n, count(distinct coalesce(group_id, report_id)) as incidents {each}", *sorted(held)
    )
    assert sum(statistics.reports(shelf, year).values()) - sum(taken.reports.values()) == stated["n"]
    assert statistics.incidents(shelf, year) - taken.incidents == stated["incidents"]
    hands = row(
        "select count(distinct coalesce(t.actor_id, a.account_id)) as n from accounts a left join actors t on t.account_id = "
        f"a.account_id where a.role = 'reported' and a.report_id in (select report_id {each})",
        *sorted(held),
    )
    assert statistics.actors(shelf, year) - taken.actors == hands["n"]


def test_rows_without_anything_withheld_pass_as_they_are() -> None:
    """A gate that withholds nothing gives the very rows; a short protected value is compared whole."""
    rows = [{"text": "see you at noon", "conversation_id": "c"}]
    assert Gate().passed(rows) is rows
    assert Gate(held=frozenset({"x"}), values=frozenset({"noon"})).passed(rows) == rows
    assert Gate(held=frozenset({"x"}), values=frozenset({"at noon"})).passed(rows) == []


def test_a_search_for_oneself_or_a_colleague_reaches_the_auditor(log_in: LogIn) -> None:
    """Names, and selectors that people gave as their own, make a row that the auditor sees apart; the number is kept nowhere."""
    client = log_in("analyst")
    client.post("/account/", {"zone": "UTC", "own": "+63 917 555 0123"})
    assert not any("917" in one for one in queries_withheld.own_digests(USING))
    assert digests("+639175550123", desk().workspace.ids, "") <= set(queries_withheld.own_digests(USING))
    client.get("/search/", {"q": "+63 917 555 0123"})
    log_in("triage").get("/search/", {"q": "+639175550123"})
    log_in("triage").get("/search/", {"q": "Supervisor"})
    text = log_in("auditor").get("/audit/", {"staff": "1"}).content.decode()
    assert text.count("search for a colleague") == 2
    assert text.count("search for oneself") == 1
    before = AuditRow.objects.using(USING).filter(verb__startswith="search for").count()
    client.get("/search/", {"q": "+49 30 5550001"})
    assert AuditRow.objects.using(USING).filter(verb__startswith="search for").count() == before
