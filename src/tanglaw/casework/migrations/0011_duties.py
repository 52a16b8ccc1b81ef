"""Reviews of cases and restriction of accounts."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

from tanglaw.casework.appended import guard, unguard

_APPENDED = (
    "casework_review",
    "casework_restriction",
)


def forbid_changes(_apps: Any, editor: Any) -> None:
    """The tables whose rows stay as they were written."""
    guard(editor, *_APPENDED)


def allow_changes(_apps: Any, editor: Any) -> None:
    """For the way back."""
    unguard(editor, *_APPENDED)


class Migration(migrations.Migration):  # type: ignore[misc]
    """Tables, then their guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0010_watches")]

    operations = [
        migrations.CreateModel(
            name="Restriction",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("restrict", "restrict"), ("lift", "lift")], max_length=8)),
                ("account_id", models.CharField(max_length=64)),
                ("stated_by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("restrict", "lift"))), name="restriction_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account_id", ""), _negated=True),
                            models.Q(("stated_by", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="restriction_says_who_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("due", models.DateField()),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="casework.case"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="review_says_why")
                ],
            },
        ),
        migrations.RunPython(forbid_changes, allow_changes, elidable=False),
    ]
