"""Verified facts and what became of requests; SQLite makes the table anew for it, so its guard is made again."""
# ruff: noqa: RUF012

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

_KINDS = ("same", "not-same", "correct", "leave-out", "verify", "sent", "answered", "lapsed", "withdraw")
_ON_REQUESTS = ("sent", "answered", "lapsed")
_TIMES = ("happened_at", "covers_from", "covers_to")


def guard_again(apps: Any, editor: Any) -> None:
    """The triggers of migration 0002, which went with the old table."""
    if editor.connection.vendor == "sqlite":
        import_module("tanglaw.casework.migrations.0002_append_only").forbid_changes(apps, editor)


class Migration(migrations.Migration):  # type: ignore[misc]
    """Columns, then what a row of each kind must have."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0002_append_only")]

    operations = [
        migrations.RemoveConstraint(model_name="decision", name="decision_kind_known"),
        *(
            migrations.AddField("decision", name, models.CharField(blank=True, default="", max_length=64))
            for name in ("account_id", "request_id")
        ),
        *(migrations.AddField("decision", name, models.DateTimeField(blank=True, null=True)) for name in _TIMES),
        migrations.AlterField(
            "decision", "kind", models.CharField(choices=[(kind, kind) for kind in _KINDS], max_length=16)
        ),
        migrations.AddConstraint(
            "decision", models.CheckConstraint(condition=Q(kind__in=_KINDS), name="decision_kind_known")
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=(Q(kind="verify") & ~Q(account_id="")) | (~Q(kind="verify") & Q(account_id="")),
                name="decision_verifies_an_account",
            ),
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=(
                    Q(
                        kind__in=_ON_REQUESTS,
                        happened_at__isnull=False,
                        covers_from__isnull=False,
                        covers_to__isnull=False,
                    )
                    & ~Q(request_id="")
                )
                | (
                    ~Q(kind__in=_ON_REQUESTS)
                    & Q(request_id="", happened_at__isnull=True, covers_from__isnull=True, covers_to__isnull=True)
                ),
                name="decision_records_a_request",
            ),
        ),
        migrations.RunPython(guard_again, elidable=False),
    ]
