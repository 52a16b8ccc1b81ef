"""Drafts of requests to providers and carriers."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

from tanglaw.casework.appended import guard, unguard

_APPENDED = ("casework_draft",)


def forbid_changes(_apps: Any, editor: Any) -> None:
    """The tables whose rows stay as they were written."""
    guard(editor, *_APPENDED)


def allow_changes(_apps: Any, editor: Any) -> None:
    """For the way back."""
    unguard(editor, *_APPENDED)


class Migration(migrations.Migration):  # type: ignore[misc]
    """Tables, then their guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0007_privileges_and_protection")]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("request_id", models.CharField(max_length=64)),
                ("holder", models.CharField(max_length=200)),
                ("data", models.TextField()),
                ("covers_from", models.DateTimeField()),
                ("covers_to", models.DateTimeField()),
                ("due", models.DateTimeField(blank=True, null=True)),
                ("report_id", models.CharField(blank=True, default="", max_length=64)),
                ("account_id", models.CharField(blank=True, default="", max_length=64)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.user"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="casework.case",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("request_id", ""), _negated=True),
                            models.Q(("holder", ""), _negated=True),
                            models.Q(("data", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="draft_says_what_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("covers_to__gte", models.F("covers_from"))), name="draft_window_in_order"
                    ),
                    models.UniqueConstraint(
                        fields=("request_id", "covers_from", "covers_to"), name="draft_once_for_a_window"
                    ),
                ],
            },
        ),
        migrations.RunPython(forbid_changes, allow_changes, elidable=False),
    ]
