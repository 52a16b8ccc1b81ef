"""Watch entries that people place for a case."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

from tanglaw.casework.appended import guard, unguard

_APPENDED = ("casework_watch",)


def forbid_changes(_apps: Any, editor: Any) -> None:
    """The tables whose rows stay as they were written."""
    guard(editor, *_APPENDED)


def allow_changes(_apps: Any, editor: Any) -> None:
    """For the way back."""
    unguard(editor, *_APPENDED)


class Migration(migrations.Migration):  # type: ignore[misc]
    """Tables, then their guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0009_erasures")]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("place", "place"), ("withdraw", "withdraw")], max_length=8)),
                ("type", models.CharField(blank=True, default="", max_length=16)),
                ("value", models.TextField(blank=True, default="")),
                ("expires", models.DateField(blank=True, null=True)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "about",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawn",
                        to="casework.watch",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.user"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="watches", to="casework.case"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="watch_says_why"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("about__isnull", True),
                                ("expires__isnull", False),
                                ("kind", "place"),
                                models.Q(("type", ""), _negated=True),
                                models.Q(("value", ""), _negated=True),
                            ),
                            models.Q(
                                ("about__isnull", False),
                                ("expires__isnull", True),
                                ("kind", "withdraw"),
                                ("type", ""),
                                ("value", ""),
                            ),
                            _connector="OR",
                        ),
                        name="watch_is_or_has_an_entry",
                    ),
                ],
            },
        ),
        migrations.RunPython(forbid_changes, allow_changes, elidable=False),
    ]
