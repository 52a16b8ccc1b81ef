"""Users and teams, what was said of them, and the audit."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

from tanglaw.casework.appended import guard, unguard

_APPENDED = ("casework_appointment", "casework_auditrow", "casework_auditseal")


def forbid_changes(_apps: Any, editor: Any) -> None:
    """The tables whose rows stay as they were written."""
    guard(editor, *_APPENDED)


def allow_changes(_apps: Any, editor: Any) -> None:
    """For the way back."""
    unguard(editor, *_APPENDED)


class Migration(migrations.Migration):  # type: ignore[misc]
    """Tables, then their guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0004_alerts")]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("full_name", models.CharField(max_length=200)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("triage", "triage officer"),
                            ("analyst", "analyst"),
                            ("supervisor", "supervisor"),
                            ("administrator", "administrator"),
                            ("auditor", "auditor"),
                        ],
                        max_length=16,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("must_change", models.BooleanField(default=True)),
                ("zone", models.CharField(blank=True, default="UTC", max_length=64)),
                ("theme", models.CharField(blank=True, default="", max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("row", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=128)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["row"],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditRow",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("who", models.CharField(max_length=200)),
                ("role", models.CharField(blank=True, default="", max_length=16)),
                ("verb", models.CharField(max_length=64)),
                ("subject", models.TextField(blank=True, default="")),
                ("case", models.CharField(blank=True, default="", max_length=64)),
                ("purpose", models.TextField(blank=True, default="")),
                ("recipient", models.CharField(blank=True, default="", max_length=200)),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["number"],
                "indexes": [models.Index(fields=["case"], name="audit_by_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("who", ""), _negated=True), models.Q(("verb", ""), _negated=True)),
                        name="audit_says_who_and_what",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="team",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="casework.team"
            ),
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("made", "made"),
                            ("role", "role"),
                            ("team", "team"),
                            ("blocked", "blocked"),
                            ("unblocked", "unblocked"),
                            ("reset", "reset"),
                        ],
                        max_length=16,
                    ),
                ),
                ("value", models.CharField(blank=True, default="", max_length=100)),
                ("stated_by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appointments", to="casework.user"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("made", "role", "team", "blocked", "unblocked", "reset"))),
                        name="appointment_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stated_by", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                        ),
                        name="appointment_says_who_and_why",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["triage", "analyst", "supervisor", "administrator", "auditor"])),
                name="user_role_known",
            ),
        ),
        migrations.RunPython(forbid_changes, allow_changes, elidable=False),
    ]
