"""Views and acts on single reports are rows that nobody changes; on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.utils import DatabaseError, IntegrityError

from tanglaw.casework import queries, queries_decisions, queries_worklist, services, services_worklist
from tanglaw.casework.models import ReportAct, SavedView
from tanglaw.errors import CheckUsage
from tests.casework.people import person

BY = ("A. Cruz", "return 12/26")


def test_people_come_and_go_by_rows(using: str) -> None:
    """Assigning, taking off and undoing are rows; what stands is their fold, and a blocked person is put on nothing."""
    cruz, lim = person(using, "cruz", "triage"), person(using, "lim", "analyst")
    made = services_worklist.assign_reports(using, cruz, ["r2", "r1", "r1"], lim, "knows the region")
    assert [row.report_id for row in made] == ["r1", "r2"]
    assert services_worklist.assign_reports(using, cruz, ["r1"], lim, "again") == []
    services_worklist.unassign_report(using, cruz, "r1", lim, "on leave")
    assert queries_worklist.reports_on(using, lim) == ["r2"]
    services_worklist.undo_report_act(using, cruz, made[1].number, "mistaken")
    assert queries_worklist.reports_on(using, lim) == []
    assert ReportAct.objects.using(using).count() == 4
    auditor = person(using, "reyes", "auditor")
    with pytest.raises(CheckUsage, match="only who works"):
        services_worklist.assign_reports(using, cruz, ["r1"], auditor, "x")
    with pytest.raises(CheckUsage, match="is for"):
        services_worklist.escalate_reports(using, auditor, ["r1"], "x")
    with pytest.raises(CheckUsage, match="at most"):
        services_worklist.escalate_reports(using, cruz, map(str, range(501)), "x")


def test_an_escalation_stands_once_until_it_is_undone(using: str) -> None:
    """The second is passed over; after undoing it can be said again."""
    cruz = person(using, "cruz", "triage")
    (first,) = services_worklist.escalate_reports(using, cruz, ["r1"], "a child is named")
    assert services_worklist.escalate_reports(using, cruz, ["r1"], "again") == []
    services_worklist.undo_report_act(using, cruz, first.number, "read again")
    assert queries_worklist.escalated(using) == []
    assert len(services_worklist.escalate_reports(using, cruz, ["r1"], "after all")) == 1


def test_rows_stay_as_they_were_written(using: str) -> None:
    """The database refuses to change or remove a view or an act, and refuses rows that say nothing."""
    cruz = person(using, "cruz", "triage")
    services_worklist.keep_view(using, cruz, "Hot", "band=1", False)
    services_worklist.escalate_reports(using, cruz, ["r1"], "x")
    for rows, change in (
        (SavedView.objects.using(using), {"name": "x"}),
        (ReportAct.objects.using(using), {"reason": "x"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(using=using):
            rows.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic(using=using):
            rows.all()._raw_delete(using)
    bad = ReportAct(report_id="r1", kind="assign", by=cruz, reason="x", at=ReportAct.objects.using(using).get().at)
    with pytest.raises(IntegrityError), transaction.atomic(using=using):
        bad.save(using=using)


def test_sessions_and_roles_are_assessed_once_at_a_time(using: str) -> None:
    """A second assessment names the first; of another role it stands beside; withdrawing frees the place."""
    made = services.assess(using, "confirm-session", services.Inference("s1"), *BY)
    with pytest.raises(CheckUsage, match=f"decision {made.number}"):
        services.assess(using, "reject-session", services.Inference("s1"), *BY)
    services.withdraw(using, made.number, *BY)
    services.assess(using, "reject-session", services.Inference("s1"), *BY)
    services.assess(using, "confirm-role", services.Inference("a1", "payer"), *BY)
    services.assess(using, "reject-role", services.Inference("a1", "arranger"), *BY)
    found = queries_decisions.on_inferences(using, ["s1", "a1"])
    assert {key: row.kind for key, row in found.items()} == {
        ("s1", ""): "reject-session",
        ("a1", "payer"): "confirm-role",
        ("a1", "arranger"): "reject-role",
    }
    for wrong in (
        ("same", "s1", ""),
        ("confirm-session", "", ""),
        ("confirm-role", "a1", ""),
        ("reject-session", "s1", "payer"),
    ):
        with pytest.raises(CheckUsage):
            services.assess(using, wrong[0], services.Inference(*wrong[1:]), *BY)


def test_parties_of_a_confirmed_session_are_verified_facts(using: str) -> None:
    """Each party once, with who confirmed it; withdrawn, none is; a rejected session has none."""
    services.verify(using, "a1", *BY)
    made = services.assess(using, "confirm-session", services.Inference("s1", parties=("a1", "a2")), *BY)
    services.assess(using, "confirm-session", services.Inference("s2", parties=("a2", "a3")), *BY)
    services.assess(using, "reject-session", services.Inference("s3", parties=("a4",)), *BY)
    rows = queries.tables(using)["verified"].to_pylist()
    assert [(row["decision_id"], row["account_id"]) for row in rows] == [(1, "a1"), (made.number, "a2"), (3, "a3")]
    assert {row["stated_by"] for row in rows} == {BY[0]}
    services.withdraw(using, made.number, *BY)
    rows = queries.tables(using)["verified"].to_pylist()
    assert [(row["decision_id"], row["account_id"]) for row in rows] == [(1, "a1"), (3, "a2"), (3, "a3")]
    kinds = [(row["kind"], row["inference"]) for row in queries.tables(using)["assessments"].to_pylist()]
    assert kinds == [("confirm-session", "s2"), ("reject-session", "s3")]
