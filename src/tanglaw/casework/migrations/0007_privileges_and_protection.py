"""Locks of privileged conversations, the protected list, and the roles that keep them."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

from tanglaw.casework.appended import guard, unguard

_APPENDED = (
    "casework_lock",
    "casework_protection",
    "casework_ownselector",
)


def forbid_changes(_apps: Any, editor: Any) -> None:
    """The tables whose rows stay as they were written."""
    guard(editor, *_APPENDED)


def allow_changes(_apps: Any, editor: Any) -> None:
    """For the way back."""
    unguard(editor, *_APPENDED)


class Migration(migrations.Migration):  # type: ignore[misc]
    """Tables, then their guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0006_cases_and_children")]

    operations = [
        migrations.CreateModel(
            name="Lock",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("lock", "lock"), ("lift", "lift")], max_length=8)),
                (
                    "what",
                    models.CharField(
                        choices=[("conversation", "conversation"), ("account", "account"), ("report", "report")],
                        max_length=16,
                    ),
                ),
                ("subject", models.CharField(max_length=64)),
                ("profession", models.CharField(blank=True, default="", max_length=16)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="OwnSelector",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Protection",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("enter", "enter"), ("withdraw", "withdraw"), ("let", "let"), ("hold", "hold")],
                        max_length=8,
                    ),
                ),
                ("type", models.CharField(blank=True, default="", max_length=16)),
                ("value", models.TextField(blank=True, default="")),
                ("subject", models.CharField(blank=True, default="", max_length=64)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="user",
            name="user_role_known",
        ),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("triage", "triage officer"),
                    ("analyst", "analyst"),
                    ("supervisor", "supervisor"),
                    ("administrator", "administrator"),
                    ("auditor", "auditor"),
                    ("filter", "privilege filter"),
                    ("keeper", "keeper of the protected list"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["triage", "analyst", "supervisor", "administrator", "auditor", "filter", "keeper"])
                ),
                name="user_role_known",
            ),
        ),
        migrations.AddField(
            model_name="lock",
            name="by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.user"),
        ),
        migrations.AddField(
            model_name="ownselector",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="own_selectors", to="casework.user"
            ),
        ),
        migrations.AddField(
            model_name="protection",
            name="about",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="casework.protection",
            ),
        ),
        migrations.AddField(
            model_name="protection",
            name="by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.user"),
        ),
        migrations.AddIndex(
            model_name="lock",
            index=models.Index(fields=["what", "subject"], name="lock_by_subject"),
        ),
        migrations.AddConstraint(
            model_name="lock",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("lock", "lift")), ("what__in", ("conversation", "account", "report"))),
                name="lock_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="lock",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("subject", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                name="lock_says_what_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="lock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "lock"), ("profession__in", ("lawyer", "doctor", "clergy", "journalist"))),
                    models.Q(("kind", "lift"), ("profession", "")),
                    _connector="OR",
                ),
                name="lock_names_a_profession",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownselector",
            constraint=models.UniqueConstraint(fields=("user", "digest"), name="own_selector_once"),
        ),
        migrations.AddConstraint(
            model_name="protection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("enter", "withdraw", "let", "hold")), models.Q(("reason", ""), _negated=True)
                ),
                name="protection_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="protection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("about__isnull", True),
                        ("kind", "enter"),
                        models.Q(("type", ""), _negated=True),
                        models.Q(("value", ""), _negated=True),
                    ),
                    models.Q(
                        ("about__isnull", False), ("kind__in", ("withdraw", "let", "hold")), ("type", ""), ("value", "")
                    ),
                    _connector="OR",
                ),
                name="protection_is_or_has_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="protection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("let", "hold")), models.Q(("subject", ""), _negated=True)),
                    models.Q(("kind__in", ("enter", "withdraw")), ("subject", "")),
                    _connector="OR",
                ),
                name="protection_decides_on_what_is_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="protection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "withdraw")), fields=("about",), name="protection_withdrawn_once"
            ),
        ),
        migrations.RunPython(forbid_changes, allow_changes, elidable=False),
    ]
