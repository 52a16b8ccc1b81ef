"""Cases: opened by people, changed by appended acts, closed by two; on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError, IntegrityError

from tanglaw.casework import queries, queries_cases, queries_statistics, services_cases, services_children
from tanglaw.casework.models import Act, Case, User
from tanglaw.errors import CheckUsage
from tests.casework.people import MEMBERS, case, person

DAY = date(2026, 6, 1)
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def analyst(using: str) -> User:
    return person(using, "cruz", "analyst")


@pytest.fixture
def supervisor(using: str) -> User:
    return person(using, "lim", "supervisor")


def members(using: str, number: int) -> list[tuple[str, str]]:
    return sorted(queries_cases.opened(using, number).members)


def test_a_case_says_who_opened_it_and_why_each_member_is_in(using: str, analyst: User) -> None:
    """A new case has its members with a reason each, and is assigned to who opened it."""
    made = case(using, analyst)
    found = queries_cases.opened(using, made.number)
    assert sorted(found.members) == sorted(MEMBERS)
    assert {act.reason for act in found.members.values()} == {"one hand by their links"}
    assert set(found.standing.assigned) == {analyst.pk}
    assert (found.status, found.case.opened_by.full_name, found.case.origin_id) == ("open", "Cruz", "p1")


def test_members_come_and_go_by_rows(using: str, analyst: User) -> None:
    """Adding and removing are acts; undoing a removal brings the member back, and all rows stay."""
    number = case(using, analyst).number
    services_cases.add(using, analyst, number, ("report", "r3"), "same device")
    gone = services_cases.remove(using, analyst, number, ("report", "r1"), "another household")
    assert members(using, number) == [("actor", "a1"), ("report", "r2"), ("report", "r3")]
    services_cases.undo(using, analyst, number, gone.number, "it was the same household")
    assert ("report", "r1") in members(using, number)
    kinds = [act.kind for act in queries_cases.opened(using, number).acts]
    assert kinds == ["add", "add", "add", "assign", "add", "remove", "undo"]
    with pytest.raises(CheckUsage, match="undone already"):
        services_cases.undo(using, analyst, number, gone.number, "again")


def test_merging_joins_members_and_undoing_parts_them_as_they_were(using: str, analyst: User) -> None:
    """A merged case has the members of both; the other says into which it went; undo restores both."""
    one = case(using, analyst).number
    other = case(using, analyst, (("report", "r9"),)).number
    act = services_cases.merge(using, analyst, one, other, "the same two people")
    assert ("report", "r9") in members(using, one)
    assert queries_cases.opened(using, other).status == "merged"
    with pytest.raises(CheckUsage, match=f"merged into case {one}"):
        services_cases.add(using, analyst, other, ("report", "r3"), "late")
    with pytest.raises(CheckUsage, match="part of this one"):
        services_cases.merge(using, analyst, one, other, "twice")
    services_cases.undo(using, analyst, one, act.number, "two households")
    assert members(using, other) == [("report", "r9")]
    assert ("report", "r9") not in members(using, one)


def test_cases_do_not_swallow_each_other(using: str, analyst: User) -> None:
    """A case cannot be merged into itself, nor into one that is part of it."""
    one, other = case(using, analyst).number, case(using, analyst).number
    services_cases.merge(using, analyst, one, other, "the same")
    for number, inner in ((one, one), (other, one)):
        with pytest.raises(CheckUsage):
            services_cases.merge(using, analyst, number, inner, "round")


def test_splitting_moves_members_into_a_new_case(using: str, analyst: User) -> None:
    """Members chosen leave for a case of their own, both sides on record; not all can leave."""
    one = case(using, analyst).number
    new = services_cases.split(using, analyst, one, [("report", "r2")], "Second hand", "other device").number
    assert members(using, one) == [("actor", "a1"), ("report", "r1")]
    assert members(using, new) == [("report", "r2")]
    with pytest.raises(CheckUsage, match="nothing would stay"):
        services_cases.split(using, analyst, one, members(using, one), "All", "all")
    with pytest.raises(CheckUsage, match="by themselves"):
        services_cases.split(using, analyst, one, [("report", "unknown")], "None", "none")


def test_the_next_run_reads_who_stands_together(using: str, analyst: User) -> None:
    """Merges and splits reach the table `case_members` as they stood at the run's instant."""
    one = case(using, analyst).number
    other = case(using, analyst, (("report", "r9"),)).number
    services_cases.merge(using, analyst, one, other, "the same")
    new = services_cases.split(using, analyst, one, [("report", "r2")], "Apart", "other device").number
    rows = queries.tables(using)["case_members"].to_pylist()
    assert [(row["case_number"], row["kind"], row["member_id"]) for row in rows] == [
        (one, "actor", "a1"),
        (one, "report", "r1"),
        (one, "report", "r9"),
        (new, "report", "r2"),
    ]
    assert {row["stated_by"] for row in rows} == {"Cruz"}
    before = datetime(2026, 1, 1, tzinfo=UTC)
    assert queries.tables(using, before)["case_members"].num_rows == 0


def test_a_decision_that_weighs_counts_once_a_second_person_signed(using: str, analyst: User, supervisor: User) -> None:
    """Closing waits for a supervisor who is somebody else; then the case is closed and takes no members."""
    number = case(using, analyst).number
    act = services_cases.decide(using, analyst, number, "close", "all is done")
    assert queries_cases.opened(using, number).status == "open"
    with pytest.raises(CheckUsage, match="waits for a second"):
        services_cases.decide(using, analyst, number, "close", "again")
    with pytest.raises(CheckUsage, match="sign is for supervisor"):
        services_cases.sign(using, analyst, number, act.number, "seen")
    services_cases.sign(using, supervisor, number, act.number, "seen")
    assert queries_cases.opened(using, number).status == "closed"
    with pytest.raises(CheckUsage, match="closed: reopen"):
        services_cases.add(using, analyst, number, ("report", "r3"), "late")
    services_cases.decide(using, analyst, number, "reopen", "a new report")
    assert queries_cases.opened(using, number).status == "open"


def test_nobody_signs_their_own(using: str, supervisor: User) -> None:
    """A supervisor's decision needs another supervisor."""
    number = case(using, supervisor).number
    act = services_cases.decide(using, supervisor, number, "refer", "lives there", value="Region 7")
    with pytest.raises(CheckUsage, match="not the one who decided"):
        services_cases.sign(using, supervisor, number, act.number, "seen")
    other = person(using, "reyes", "supervisor")
    services_cases.sign(using, other, number, act.number, "seen")
    assert queries_cases.opened(using, number).standing.waiting == ()


def test_a_case_with_an_open_child_does_not_close(using: str, analyst: User, supervisor: User) -> None:
    """While a child is unidentified or identified, closing and signing are refused by its pseudonym; also for a child of
    a case that was merged in."""
    one, other = case(using, analyst).number, case(using, analyst, (("report", "r9"),)).number
    child = services_children.enter(using, analyst, other, "Child A", ("Region 7", DAY), "named in a report")
    early = services_cases.decide(using, analyst, one, "close", "done")
    services_cases.merge(using, analyst, one, other, "the same")
    with pytest.raises(CheckUsage, match="Child A"):
        services_cases.sign(using, supervisor, one, early.number, "seen")
    services_cases.undo(using, analyst, one, early.number, "too early")
    services_children.restate(using, analyst, child, "identified", ("Region 7", DAY), "school found")
    with pytest.raises(CheckUsage, match="Child A"):
        services_cases.decide(using, analyst, one, "close", "done")
    services_children.restate(using, analyst, child, "safeguarded", ("Region 7", None), "confirmed by Region 7")
    act = services_cases.decide(using, analyst, one, "close", "done")
    services_cases.sign(using, supervisor, one, act.number, "seen")
    assert queries_cases.opened(using, one).status == "closed"


def test_a_child_states_who_acts_next_and_until_when(using: str, analyst: User) -> None:
    """Open statuses demand a day; states are appended; a referral holds authority and reference only."""
    number = case(using, analyst).number
    child = services_children.enter(using, analyst, number, "Child A", ("Region 7", DAY), "named")
    with pytest.raises(CheckUsage, match="next step"):
        services_children.restate(using, analyst, child, "identified", ("Region 7", None), "found")
    with pytest.raises(CheckUsage, match="already"):
        services_children.enter(using, analyst, number, "Child A", ("Region 7", DAY), "named")
    services_children.restate(using, analyst, child, "identified", ("Region 7", DAY), "found")
    found = queries_cases.opened(using, number).children[0]
    assert [state.status for state in found.states] == ["unidentified", "identified"]
    referral = services_children.refer(using, analyst, child, "Region 7", "R-12")
    fields = {field.name for field in referral._meta.get_fields()}
    assert fields == {"number", "child", "authority", "reference", "by", "at"}


def test_the_second_of_two_sees_what_the_first_did(using: str, analyst: User, supervisor: User) -> None:
    """A decision made on an older state is refused, and the refusal says who acted and how."""
    number = case(using, analyst).number
    seen = queries_cases.opened(using, number).standing.last
    services_cases.decide(using, supervisor, number, "escalate", "a child is in danger", seen=seen)
    with pytest.raises(CheckUsage, match=r"Lim has acted meanwhile \(escalate\)"):
        services_cases.decide(using, analyst, number, "insufficient", "nothing in it", seen=seen)


def test_a_case_is_known_to_its_people_only(using: str, analyst: User) -> None:
    """Another team's analyst is told that there is no case, as for a number that there is not, until they are put on it;
    an auditor sees it, an administrator does not."""
    number = case(using, analyst).number
    stranger = person(using, "diaz", "analyst", "south")
    for asked in (number, 999):
        with pytest.raises(CheckUsage, match=f"^there is no case {asked}$"):
            queries_cases.visible(using, stranger, asked)
    with pytest.raises(CheckUsage, match="no case"):
        services_cases.note(using, stranger, number, "see you at noon")
    assert queries_cases.cases_of(using, stranger) == []
    services_cases.assign(using, analyst, number, stranger, "knows the harbour")
    assert queries_cases.visible(using, stranger, number).case.number == number
    assert queries_cases.visible(using, person(using, "ng", "auditor"), number)
    with pytest.raises(CheckUsage):
        queries_cases.visible(using, person(using, "ong", "administrator"), number)


@pytest.mark.parametrize("role", ("auditor", "administrator"))
def test_who_works_no_cases_writes_nothing(using: str, analyst: User, role: str) -> None:
    """Auditors and administrators can neither open nor change a case, also by taking acts back."""
    number = case(using, analyst).number
    other = person(using, "ng", role)
    with pytest.raises(CheckUsage, match="open is for"):
        case(using, other)
    for kind in ("close", "escalate", "refer"):
        with pytest.raises(CheckUsage, match=f"{kind} is for"):
            services_cases.decide(using, other, number, kind, "why", value="x")
    with pytest.raises(CheckUsage, match="add is for"):
        services_cases.undo(using, other, number, queries_cases.opened(using, number).acts[0].number, "why")


def test_notes_and_tasks(using: str, analyst: User) -> None:
    """Notes keep paragraphs, tasks have a day and are done once; hidden signs and a megabyte of text are refused."""
    number = case(using, analyst).number
    services_cases.note(using, analyst, number, "first  line\r\n\r\nsecond <script>alert(1)</script> =1+1")
    task = services_cases.task(using, analyst, number, "ask for the log", DAY)
    services_cases.done(using, analyst, number, task.number, "sent")
    found = queries_cases.opened(using, number).standing
    assert found.notes[0].value == "first line\n\nsecond <script>alert(1)</script> =1+1"
    assert set(found.done) == {task.number}
    with pytest.raises(CheckUsage, match="no open task"):
        services_cases.done(using, analyst, number, task.number, "sent")
    for text, told in (("a\u202eb", "control"), ("x" * 1_000_000, "longer"), (" \n ", "empty")):
        with pytest.raises(CheckUsage, match=told):
            services_cases.note(using, analyst, number, text)


def test_outcomes_feed_the_backtest(using: str, analyst: User) -> None:
    """Outcomes of reports are listed with their day; one taken back is not; a day ahead is refused."""
    number = case(using, analyst).number
    services_cases.outcome(using, analyst, number, "arrest", "letter of 2 June", on=DAY, subject="700000101")
    wrong = services_cases.outcome(using, analyst, number, "conviction", "misread", on=DAY, subject="700000101")
    services_cases.undo(using, analyst, number, wrong.number, "misread")
    assert queries_statistics.outcomes_by_report(using) == [("700000101", "arrest", DAY)]
    with pytest.raises(CheckUsage, match="ahead"):
        services_cases.outcome(using, analyst, number, "arrest", "soon", on=LATER.date() + timedelta(days=2))


@pytest.mark.parametrize("table", ("act", "case", "child", "childstate", "referral", "appointment", "auditrow"))
def test_the_database_refuses_to_change_what_was_appended(using: str, analyst: User, table: str) -> None:
    """UPDATE and DELETE past all code fail on every appended table."""
    number = case(using, analyst).number
    child = services_children.enter(using, analyst, number, "Child A", ("Region 7", DAY), "named")
    services_children.refer(using, analyst, child, "Region 7")
    with connections[using].cursor() as cursor:
        if table == "auditrow":
            cursor.execute(
                'insert into casework_auditrow (number, at, who, role, verb, subject, "case", purpose, recipient, previous, '
                "digest) values (1, '2026-01-01 00:00:00+00:00', 'x', '', 'y', '', '', '', '', '', '')"
            )
        key = "at"
        for text in (
            f"update casework_{table} set {key} = '2020-01-01 00:00:00+00:00'",
            f"delete from casework_{table}",
        ):
            with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(using=using):
                cursor.execute(text)


def test_people_acting_at_once_lose_nothing(using: str, analyst: User) -> None:
    """Twenty notes from four threads are twenty rows, in an order of numbers and times that agree."""
    number = case(using, analyst).number
    failed: list[BaseException] = []

    def write(thread: int) -> None:
        try:
            for note in range(5):
                services_cases.note(using, analyst, number, f"note {thread} {note}")
        except BaseException as error:
            failed.append(error)
        finally:
            connections[using].close()

    threads = [threading.Thread(target=write, args=(one,)) for one in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    rows = list(Act.objects.using(using).filter(kind="note").order_by("number").values_list("at", flat=True))
    assert len(rows) == 20
    assert rows == sorted(rows)
    assert Case.objects.using(using).count() == 1
