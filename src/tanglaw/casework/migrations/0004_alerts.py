"""Alerts released, refused and recalled; SQLite makes the table anew for it, so its guard is made again."""
# ruff: noqa: RUF012

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

_BEFORE = ("same", "not-same", "correct", "leave-out", "verify", "sent", "answered", "lapsed")
_ON_ALERTS = ("release-alert", "refuse-alert", "recall-alert")
_KINDS = (*_BEFORE, *_ON_ALERTS, "withdraw")
_RELEASE = "release-alert"


def guard_again(apps: Any, editor: Any) -> None:
    """The triggers of migration 0002, which went with the old table."""
    if editor.connection.vendor == "sqlite":
        import_module("tanglaw.casework.migrations.0002_append_only").forbid_changes(apps, editor)


class Migration(migrations.Migration):  # type: ignore[misc]
    """Columns, then what a row of each kind must have."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0003_facts_and_requests")]

    operations = [
        migrations.RemoveConstraint(model_name="decision", name="decision_kind_known"),
        migrations.AddField("decision", "alert_id", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("decision", "account_open", models.CharField(blank=True, default="", max_length=8)),
        migrations.AddField("decision", "content", models.TextField(blank=True, default="")),
        migrations.AlterField(
            "decision", "kind", models.CharField(choices=[(kind, kind) for kind in _KINDS], max_length=16)
        ),
        migrations.AddConstraint(
            "decision", models.CheckConstraint(condition=Q(kind__in=_KINDS), name="decision_kind_known")
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=(Q(kind__in=_ON_ALERTS) & ~Q(alert_id="") & ~Q(content=""))
                | (~Q(kind__in=_ON_ALERTS) & Q(alert_id="", content="")),
                name="decision_is_on_an_alert",
            ),
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=Q(kind=_RELEASE, account_open__in=("yes", "no", "asked"))
                | (~Q(kind=_RELEASE) & Q(account_open="")),
                name="decision_releases_after_a_check",
            ),
        ),
        migrations.RunPython(guard_again, elidable=False),
    ]
