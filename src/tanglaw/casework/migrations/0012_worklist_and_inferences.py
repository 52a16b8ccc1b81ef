"""Views of the queue, acts on single reports, and decisions on sessions and roles."""
# ruff: noqa: RUF012

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import PROTECT, Q

from tanglaw.casework.appended import guard, unguard

_APPENDED = ("casework_savedview", "casework_reportact")
_BEFORE = ("same", "not-same", "correct", "leave-out", "verify", "sent", "answered", "lapsed")
_ALERTS = ("release-alert", "refuse-alert", "recall-alert")
_SESSIONS, _ROLES = ("confirm-session", "reject-session"), ("confirm-role", "reject-role")
_KINDS = (*_BEFORE, *_ALERTS, *_SESSIONS, *_ROLES, "withdraw")
_ON_REPORTS, _ON_PEOPLE = ("assign", "unassign", "escalate", "undo"), ("assign", "unassign")


def forbid_changes(apps: Any, editor: Any) -> None:
    """Rows that stay as they were written; SQLite made the table of decisions anew, so its guard is made again."""
    guard(editor, *_APPENDED)
    if editor.connection.vendor == "sqlite":
        import_module("tanglaw.casework.migrations.0002_append_only").forbid_changes(apps, editor)


def allow_changes(_apps: Any, editor: Any) -> None:
    """For the way back."""
    unguard(editor, *_APPENDED)


def _one(to: str, name: str = "+", kind: type[models.ForeignKey] = models.ForeignKey, **given: Any) -> Any:
    return kind(on_delete=PROTECT, related_name=name, to=f"casework.{to}", **given)


_MAYBE: dict[str, Any] = {"blank": True, "null": True}


class Migration(migrations.Migration):  # type: ignore[misc]
    """Tables and columns, then what a row of each kind must have."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0011_duties")]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("keep", "keep"), ("drop", "drop")], max_length=8)),
                ("name", models.CharField(blank=True, default="", max_length=80)),
                ("query", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField()),
                ("about", _one("savedview", "dropped_by", models.OneToOneField, **_MAYBE)),
                ("by", _one("user")),
                ("team", _one("team", **_MAYBE)),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=(Q(kind="keep", about__isnull=True) & ~Q(name=""))
                        | Q(kind="drop", about__isnull=False, name=""),
                        name="saved_view_kept_or_dropped",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportAct",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("report_id", models.CharField(max_length=64)),
                ("kind", models.CharField(choices=[(kind, kind) for kind in _ON_REPORTS], max_length=16)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("about", _one("reportact", "answers", **_MAYBE)),
                ("by", _one("user")),
                ("person", _one("user", **_MAYBE)),
            ],
            options={
                "ordering": ["number"],
                "indexes": [models.Index(fields=["report_id"], name="report_act_by_report")],
                "constraints": [
                    models.CheckConstraint(condition=Q(kind__in=_ON_REPORTS), name="report_act_kind_known"),
                    models.CheckConstraint(condition=~Q(reason="") & ~Q(report_id=""), name="report_act_says_why"),
                    models.CheckConstraint(
                        condition=Q(kind__in=_ON_PEOPLE, person__isnull=False)
                        | ~Q(kind__in=_ON_PEOPLE) & Q(person__isnull=True),
                        name="report_act_on_a_person",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="undo", about__isnull=False) | ~Q(kind="undo") & Q(about__isnull=True),
                        name="report_act_undoes_one",
                    ),
                    models.UniqueConstraint(fields=["about"], condition=Q(kind="undo"), name="report_act_undone_once"),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="decision", name="decision_kind_known"),
        migrations.AddField("decision", "inference", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("decision", "role", models.CharField(blank=True, default="", max_length=32)),
        migrations.AlterField(
            "decision", "kind", models.CharField(choices=[(kind, kind) for kind in _KINDS], max_length=16)
        ),
        migrations.AddIndex("decision", models.Index(fields=["inference"], name="decision_by_inference")),
        migrations.AddConstraint(
            "decision", models.CheckConstraint(condition=Q(kind__in=_KINDS), name="decision_kind_known")
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=(Q(kind__in=_SESSIONS, role="") & ~Q(inference=""))
                | (Q(kind__in=_ROLES) & ~Q(inference="") & ~Q(role=""))
                | (~Q(kind__in=(*_SESSIONS, *_ROLES)) & Q(inference="", role="")),
                name="decision_is_on_an_inference",
            ),
        ),
        migrations.RunPython(forbid_changes, allow_changes, elidable=False),
    ]
