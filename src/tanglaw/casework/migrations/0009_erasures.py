"""Erasures as people asked for and signed them."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

from tanglaw.casework.appended import guard, unguard

_APPENDED = ("casework_erasure",)


def forbid_changes(_apps: Any, editor: Any) -> None:
    """The tables whose rows stay as they were written."""
    guard(editor, *_APPENDED)


def allow_changes(_apps: Any, editor: Any) -> None:
    """For the way back."""
    unguard(editor, *_APPENDED)


class Migration(migrations.Migration):  # type: ignore[misc]
    """Tables, then their guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0008_requests")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("ask", "ask"), ("sign", "sign")], max_length=8)),
                ("values", models.TextField(blank=True, default="")),
                ("stated_by", models.CharField(max_length=200)),
                ("ground", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "about",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signature",
                        to="casework.erasure",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stated_by", ""), _negated=True), models.Q(("ground", ""), _negated=True)
                        ),
                        name="erasure_says_who_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about__isnull", True), ("kind", "ask"), models.Q(("values", ""), _negated=True)),
                            models.Q(("about__isnull", False), ("kind", "sign"), ("values", "")),
                            _connector="OR",
                        ),
                        name="erasure_asks_or_signs",
                    ),
                ],
            },
        ),
        migrations.RunPython(forbid_changes, allow_changes, elidable=False),
    ]
