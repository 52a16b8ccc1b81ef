"""Runs that were asked for and what became of them; and the language of a person's pages."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from tanglaw.casework.appended import guarded

_USER = "casework.user"


class Migration(migrations.Migration):  # type: ignore[misc]
    """Tables, then their guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0012_worklist_and_inferences")]

    operations = [
        migrations.AddField("user", "language", models.CharField(blank=True, default="", max_length=8)),
        migrations.CreateModel(
            name="RunOrder",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("what", models.CharField(choices=[("inbox", "inbox"), ("rebuild", "rebuild")], max_length=16)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=_USER),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(condition=Q(what__in=("inbox", "rebuild")), name="run_order_known"),
                    models.CheckConstraint(condition=~Q(reason=""), name="run_order_says_why"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunStep",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[(one, one) for one in ("taken", "stop", "done", "failed", "stopped")], max_length=16
                    ),
                ),
                ("told", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=_USER
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="casework.runorder"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=("taken", "stop", "done", "failed", "stopped")), name="run_step_known"
                    ),
                    models.CheckConstraint(
                        condition=(Q(kind="stop", by__isnull=False) & ~Q(told=""))
                        | (~Q(kind="stop") & Q(by__isnull=True)),
                        name="run_step_says_who_stops",
                    ),
                    models.UniqueConstraint(
                        fields=["order"],
                        condition=Q(kind__in=("done", "failed", "stopped")),
                        name="run_order_ends_once",
                    ),
                ],
            },
        ),
        guarded("casework_runorder", "casework_runstep"),
    ]
