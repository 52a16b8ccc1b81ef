"""Decisions: appended, never changed, never in contradiction; on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError, IntegrityError

from tanglaw.casework import database, queries, services
from tanglaw.casework.models import Decision
from tanglaw.errors import CheckSettings, CheckUsage, CheckWorkspace
from tanglaw.tables import TABLES
from tests.casework.conftest import BY

LATER = datetime.now(UTC) + timedelta(days=400)


def pairs(using: str, as_of: datetime | None = None) -> list[tuple[str, str, str]]:
    """Judgements in force."""
    return [(row["kind"], row["a"], row["b"]) for row in queries.tables(using, as_of)["judgements"].to_pylist()]


def test_a_judgement_is_in_force_at_once(using: str) -> None:
    """What is decided stands in the table, accounts in order, with who, why and when, whole seconds in UTC."""
    made = services.judge(using, "same", ("b", "a"), *BY)
    row = queries.tables(using)["judgements"].to_pylist()[0]
    assert (row["kind"], row["a"], row["b"], row["stated_by"], row["reason"]) == ("same", "a", "b", *BY)
    assert row["decision_id"] == made.number
    assert row["at"].microsecond == 0
    assert row["at"].utcoffset() == timedelta(0)
    assert queries.tables(using)["judgements"].schema == TABLES["judgements"].schema


def test_withdrawing_leaves_the_state_without_it(using: str) -> None:
    """After a withdrawal the tables are those before the decision, and both rows stay on record."""
    services.judge(using, "same", ("a", "b"), *BY)
    before = queries.tables(using)
    second = services.judge(using, "not-same", ("b", "c"), *BY)
    services.withdraw(using, second.number, *BY)
    assert queries.tables(using) == before
    assert [row["withdrawn_by"] for row in queries.decisions(using)] == [None, 3, None]


def test_any_instant_can_be_asked_for(using: str) -> None:
    """As of an instant, decisions made later do not count, and later withdrawals have not happened."""
    first = services.judge(using, "same", ("a", "b"), *BY)
    services.withdraw(using, first.number, *BY)
    # Rows of another day, written past the guard of services as a restored backup would.
    early = datetime(2026, 1, 5, tzinfo=UTC)
    old = Decision(kind="not-same", a="c", b="d", stated_by="x", reason="y", at=early)
    old.save(using=using)
    assert pairs(using, early - timedelta(seconds=1)) == []
    assert pairs(using, early) == [("not-same", "c", "d")]
    Decision(kind="withdraw", withdraws=old, stated_by="x", reason="y", at=early + timedelta(days=2)).save(using=using)
    assert pairs(using, early + timedelta(days=1)) == [("not-same", "c", "d")]
    assert pairs(using, early + timedelta(days=2)) == []
    assert [row["number"] for row in queries.decisions(using, early)] == [old.number]


def test_contradictions_are_refused_and_named(using: str) -> None:
    """A judgement against one in force is refused, directly and through a chain, and the message names each."""
    services.judge(using, "same", ("a", "b"), *BY)
    services.judge(using, "same", ("b", "c"), *BY)
    with pytest.raises(CheckUsage, match=r"decision 1 \(same a b\)"):
        services.judge(using, "not-same", ("a", "b"), *BY)
    with pytest.raises(CheckUsage, match=r"decision 1 .*decision 2 .*chain"):
        services.judge(using, "not-same", ("a", "c"), *BY)
    services.judge(using, "not-same", ("c", "d"), *BY)
    with pytest.raises(CheckUsage, match=r"decision 1 .*decision 2 .*decision 3 \(not-same c d\)"):
        services.judge(using, "same", ("a", "d"), *BY)
    assert len(queries.decisions(using)) == 3
    services.withdraw(using, 2, *BY)
    services.judge(using, "same", ("a", "d"), *BY)


def test_the_same_may_be_said_twice(using: str) -> None:
    """Two people may judge alike; taking one judgement back leaves the other."""
    services.judge(using, "same", ("a", "b"), *BY)
    services.judge(using, "same", ("a", "b"), "B. Lim", "interview")
    services.withdraw(using, 1, *BY)
    assert pairs(using) == [("same", "a", "b")]


def test_a_selector_has_one_correction(using: str) -> None:
    """A second correction is refused until the first is withdrawn; an empty value says that it is no selector."""
    services.correct(using, "s1", "+4915550001", *BY)
    with pytest.raises(CheckUsage, match="decision 1"):
        services.correct(using, "s1", "+4915550002", *BY)
    services.withdraw(using, 1, *BY)
    services.correct(using, "s1", "", *BY)
    rows = queries.tables(using)["corrections"].to_pylist()
    assert [(row["selector_id"], row["value"], row["decision_id"]) for row in rows] == [("s1", "", 3)]


def test_a_source_is_left_out_once(using: str) -> None:
    """A source that is left out is named; leaving it out again is refused."""
    services.leave_out(using, "f1", *BY)
    with pytest.raises(CheckUsage, match="decision 1"):
        services.leave_out(using, "f1", *BY)
    assert queries.tables(using)["left_out"].column("source_id").to_pylist() == ["f1"]


@pytest.mark.parametrize(
    ("by", "reason"), [("", "x"), ("  ", "x"), ("x", ""), ("x\x1b[1m", "x"), ("x", "\x00"), ("x" * 201, "x")]
)
def test_who_and_why_are_said(using: str, by: str, reason: str) -> None:
    """Without a name and a reason, or with control signs in them, nothing is written."""
    with pytest.raises(CheckUsage):
        services.judge(using, "same", ("a", "b"), by, reason)
    assert queries.decisions(using) == []


def test_what_cannot_be_withdrawn(using: str) -> None:
    """A decision that is not there, a withdrawal, and one that is withdrawn already."""
    services.judge(using, "same", ("a", "b"), *BY)
    services.withdraw(using, 1, *BY)
    for number in (1, 2, 99):
        with pytest.raises(CheckUsage, match=str(number)):
            services.withdraw(using, number, *BY)
    with pytest.raises(CheckUsage):
        services.judge(using, "same", ("a", "a"), *BY)
    with pytest.raises(CheckUsage):
        services.judge(using, "perhaps", ("a", "b"), *BY)


def test_rows_can_neither_be_changed_nor_removed(using: str) -> None:
    """The database itself refuses: through the model, a queryset, and plain SQL."""
    services.judge(using, "same", ("a", "b"), *BY)
    row = Decision.objects.using(using).get()
    row.reason = "another"

    def sql(text: str) -> Callable[[], None]:
        return lambda: connections[using].cursor().execute(text)

    for change in (
        lambda: row.save(using=using),
        lambda: Decision.objects.using(using).update(reason="another"),
        lambda: Decision.objects.using(using).all().delete(),
        row.delete,
        sql("update casework_decision set stated_by = 'x'"),
        sql("delete from casework_decision"),
    ):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic(using=using):
            change()
    assert [one["reason"] for one in queries.decisions(using)] == [BY[1]]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "perhaps", "a": "a", "b": "b"},
        {"kind": "same", "a": "b", "b": "a"},
        {"kind": "same", "a": "", "b": "b"},
        {"kind": "same", "a": "a", "b": "b", "selector_id": "s"},
        {"kind": "correct", "value": "x"},
        {"kind": "leave-out"},
        {"kind": "withdraw"},
        {"kind": "leave-out", "source_id": "f", "stated_by": ""},
        {"kind": "release-alert", "alert_id": "x", "content": "{}"},
        {"kind": "release-alert", "alert_id": "x", "content": "{}", "account_open": "perhaps"},
        {"kind": "release-alert", "alert_id": "x", "account_open": "yes"},
        {"kind": "refuse-alert", "alert_id": "x", "content": "{}", "account_open": "yes"},
        {"kind": "recall-alert", "content": "{}"},
        {"kind": "leave-out", "source_id": "f", "alert_id": "x"},
    ],
)
def test_rows_that_make_no_sense_are_refused(using: str, fields: dict[str, str]) -> None:
    """Constraints of the database hold the form of each kind, whoever writes."""
    given = {"stated_by": "x", "reason": "y", "at": LATER, **fields}
    with pytest.raises(IntegrityError), transaction.atomic(using=using):
        Decision(**given).save(using=using)


def test_time_never_goes_back(using: str) -> None:
    """A decision after one that a fast clock stamped keeps that stamp, so that each instant has one state."""
    Decision(kind="same", a="a", b="b", stated_by="x", reason="y", at=LATER.replace(microsecond=0)).save(using=using)
    services.judge(using, "same", ("c", "d"), *BY)
    stamps = [row["at"] for row in queries.decisions(using)]
    assert stamps[0] == stamps[1]


def test_writers_at_once_cannot_contradict_each_other(using: str) -> None:
    """Of twenty writers that judge the two ends of one chain at once, either sort may win, never both."""
    services.judge(using, "same", ("a", "b"), *BY)
    gate = threading.Barrier(10)
    refused = []

    def write(number: int) -> None:
        gate.wait()
        try:
            for _ in range(2):
                services.judge(using, "same" if number % 2 else "not-same", ("b", "c"), f"writer {number}", "y")
        except CheckUsage as error:
            refused.append(error)
        finally:
            connections[using].close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kinds = {kind for kind, _, b in pairs(using) if b == "c"}
    assert len(kinds) == 1
    assert len(refused) == 5


def test_opening_again_changes_nothing(setting: str, tmp_path: Path) -> None:
    """A database that is there is opened as it is."""
    services.judge(database.opened(tmp_path, setting), "same", ("a", "b"), *BY)
    assert pairs(database.opened(tmp_path, setting)) == [("same", "a", "b")]


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    """SQLite's file may be read by its owner alone, and keeps a write-ahead log."""
    using = database.opened(tmp_path)
    services.judge(using, "same", ("a", "b"), *BY)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob(f"{database.FILE}*")} == {0}
    with connections[using].cursor() as cursor:
        assert cursor.execute("pragma journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("text", ["mysql://x/y", "postgresql://host", "postgresql://host:port/x", "nonsense"])
def test_another_kind_of_database_is_refused(tmp_path: Path, text: str) -> None:
    """The setting is empty or names a PostgreSQL database; the message does not repeat it, it may hold a password."""
    with pytest.raises(CheckSettings) as refused:
        database.opened(tmp_path, text)
    assert text not in str(refused.value)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """A database that cannot be opened is one clear error without the password."""
    with pytest.raises(CheckWorkspace) as refused:
        database.opened(tmp_path, "postgresql://ana:hidden@127.0.0.1:1/none")
    assert "hidden" not in str(refused.value)


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """A form that this version does not know is not written to."""
    using = database.opened(tmp_path)
    with connections[using].cursor() as cursor:
        cursor.execute(
            "insert into django_migrations (app, name, applied) values ('casework', '0999_later', '2030-01-01')"
        )
    with pytest.raises(CheckWorkspace, match="newer"):
        database.opened(tmp_path)


ASKED = services.Asked("r1", datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 3, tzinfo=UTC))
SENT_ON = datetime(2026, 6, 10, tzinfo=UTC)


def test_a_request_is_sent_once_and_answered_after(using: str) -> None:
    """Sent, then answered; a second time, or an answer before it was sent, is refused; a longer window is another asking."""
    with pytest.raises(CheckUsage, match="nobody recorded"):
        services.record(using, "answered", ASKED, SENT_ON, *BY)
    services.record(using, "sent", ASKED, SENT_ON, *BY)
    with pytest.raises(CheckUsage, match="decision 1"):
        services.record(using, "sent", ASKED, SENT_ON, *BY)
    with pytest.raises(CheckUsage, match="nobody recorded"):
        services.record(using, "answered", ASKED, SENT_ON - timedelta(days=1), *BY)
    services.record(using, "answered", ASKED, SENT_ON + timedelta(days=9), *BY)
    services.record(using, "sent", ASKED._replace(covers_to=SENT_ON), SENT_ON, *BY)
    rows = queries.tables(using)["request_records"].to_pylist()
    assert [(row["kind"], row["request_id"]) for row in rows] == [("sent", "r1"), ("answered", "r1"), ("sent", "r1")]
    assert rows[0]["covers_from"] == ASKED.covers_from


def test_nothing_is_recorded_ahead_of_time(using: str) -> None:
    """What has not happened yet is refused."""
    with pytest.raises(CheckUsage, match="ahead"):
        services.record(using, "sent", ASKED, datetime.now(UTC) + timedelta(days=1), *BY)


def test_undo_of_a_record_and_of_a_fact_is_a_row(using: str) -> None:
    """Withdrawn, they are gone from what a run takes over, and both rows stay."""
    services.record(using, "lapsed", ASKED, SENT_ON, *BY)
    services.verify(using, "a1", *BY)
    with pytest.raises(CheckUsage, match="decision 2"):
        services.verify(using, "a1", *BY)
    assert [row["account_id"] for row in queries.tables(using)["verified"].to_pylist()] == ["a1"]
    services.withdraw(using, 1, *BY)
    services.withdraw(using, 2, *BY)
    found = queries.tables(using)
    assert found["request_records"].num_rows == found["verified"].num_rows == 0
    assert [row["kind"] for row in queries.decisions(using)] == ["withdraw", "withdraw", "verify", "lapsed"]


RELEASED = services.Written("x1", '{"service": "North Desk"}', "asked")


def test_an_alert_is_released_once_after_a_check(using: str) -> None:
    """Without an answer on the account it is refused, as is a second release and a refusal of what was released."""
    for answer in ("", "perhaps"):
        with pytest.raises(CheckUsage, match="stay open"):
            services.alert(using, "release-alert", RELEASED._replace(account_open=answer), *BY)
    with pytest.raises(CheckUsage, match="not 'send'"):
        services.alert(using, "send", RELEASED, *BY)
    services.alert(using, "release-alert", RELEASED, *BY)
    for kind in ("release-alert", "refuse-alert"):
        more = RELEASED if kind == "release-alert" else RELEASED._replace(account_open="")
        with pytest.raises(CheckUsage, match="decision 1"):
            services.alert(using, kind, more, *BY)
    row = queries.tables(using)["alert_records"].to_pylist()[0]
    assert (row["kind"], row["alert_id"], row["account_open"], row["content"]) == (
        "release-alert",
        "x1",
        *RELEASED[2:0:-1],
    )
    assert queries.decisions(using)[0]["subject"] == "x1"


def test_only_what_was_released_is_recalled(using: str) -> None:
    """A recall follows a release; after it the alert may be released anew; what was refused is not recalled."""
    bare = RELEASED._replace(account_open="")
    with pytest.raises(CheckUsage, match="only a released"):
        services.alert(using, "recall-alert", bare, *BY)
    services.alert(using, "release-alert", RELEASED, *BY)
    services.alert(using, "recall-alert", bare, *BY)
    with pytest.raises(CheckUsage, match="only a released"):
        services.alert(using, "recall-alert", bare, *BY)
    services.alert(using, "release-alert", RELEASED, *BY)
    services.alert(using, "refuse-alert", bare._replace(alert_id="x2"), *BY)
    with pytest.raises(CheckUsage, match="only a released"):
        services.alert(using, "recall-alert", bare._replace(alert_id="x2"), *BY)
    kinds = [row["kind"] for row in queries.tables(using)["alert_records"].to_pylist()]
    assert kinds == ["release-alert", "recall-alert", "release-alert", "refuse-alert"]
