"""Cases with their acts, and children; every row is appended for good."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

from tanglaw.casework.appended import guard, unguard

_APPENDED = tuple(f"casework_{name}" for name in ("case", "act", "child", "childstate", "referral"))


def forbid_changes(_apps: Any, editor: Any) -> None:
    """The tables whose rows stay as they were written."""
    guard(editor, *_APPENDED)


def allow_changes(_apps: Any, editor: Any) -> None:
    """For the way back."""
    unguard(editor, *_APPENDED)


class Migration(migrations.Migration):  # type: ignore[misc]
    """Tables, then their guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0005_people_and_audit")]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200)),
                (
                    "origin",
                    models.CharField(
                        choices=[("proposal", "proposal"), ("report", "report"), ("split", "split")], max_length=16
                    ),
                ),
                ("origin_id", models.CharField(max_length=64)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.user"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="casework.team"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Child",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("pseudonym", models.CharField(max_length=100)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="children", to="casework.case"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="ChildState",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unidentified", "unidentified"),
                            ("identified", "identified"),
                            ("safeguarded", "safeguarded"),
                        ],
                        max_length=16,
                    ),
                ),
                ("authority", models.CharField(max_length=200)),
                ("due", models.DateField(blank=True, null=True)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.user"
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="states", to="casework.child"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("authority", models.CharField(max_length=200)),
                ("reference", models.CharField(blank=True, default="", max_length=100)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.user"
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="casework.child"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Act",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("add", "add"),
                            ("remove", "remove"),
                            ("merge", "merge"),
                            ("assign", "assign"),
                            ("unassign", "unassign"),
                            ("note", "note"),
                            ("task", "task"),
                            ("done", "done"),
                            ("escalate", "escalate"),
                            ("refer", "refer"),
                            ("duplicate", "duplicate"),
                            ("insufficient", "insufficient"),
                            ("safeguarding", "safeguarding"),
                            ("close", "close"),
                            ("reopen", "reopen"),
                            ("sign", "sign"),
                            ("outcome", "outcome"),
                            ("undo", "undo"),
                        ],
                        max_length=16,
                    ),
                ),
                ("what", models.CharField(blank=True, default="", max_length=16)),
                ("subject", models.CharField(blank=True, default="", max_length=64)),
                ("value", models.TextField(blank=True, default="")),
                ("on", models.DateField(blank=True, null=True)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "about",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="casework.act",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.user"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.user",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="casework.case"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_by",
                        to="casework.case",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["case", "kind"], name="act_by_case"),
                    models.Index(fields=["what", "subject"], name="act_by_subject"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "add",
                                    "remove",
                                    "merge",
                                    "assign",
                                    "unassign",
                                    "note",
                                    "task",
                                    "done",
                                    "escalate",
                                    "refer",
                                    "duplicate",
                                    "insufficient",
                                    "safeguarding",
                                    "close",
                                    "reopen",
                                    "sign",
                                    "outcome",
                                    "undo",
                                ),
                            )
                        ),
                        name="act_kind_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="act_says_why"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("add", "remove")), _negated=True),
                            models.Q(("what__in", ("report", "actor")), models.Q(("subject", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="act_on_a_member",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "merge"),
                                ("other__isnull", False),
                                models.Q(("other", models.F("case")), _negated=True),
                            ),
                            models.Q(models.Q(("kind", "merge"), _negated=True), ("other__isnull", True)),
                            _connector="OR",
                        ),
                        name="act_merges_another_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("assign", "unassign")), ("person__isnull", False)),
                            models.Q(
                                models.Q(("kind__in", ("assign", "unassign")), _negated=True), ("person__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="act_on_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about__isnull", False), ("kind__in", ("done", "sign", "undo"))),
                            models.Q(
                                models.Q(("kind__in", ("done", "sign", "undo")), _negated=True), ("about__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="act_about_an_act",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("note", "task", "refer", "duplicate", "outcome")), _negated=True),
                            models.Q(("value", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="act_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "outcome"), _negated=True),
                            models.Q(
                                ("on__isnull", False),
                                ("value__in", ("unlocatable", "referred", "child safeguarded", "arrest", "conviction")),
                            ),
                            _connector="OR",
                        ),
                        name="act_outcome_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "undo")), fields=("about",), name="act_undone_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "sign")), fields=("about",), name="act_signed_once"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="child",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("pseudonym", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                name="child_has_a_pseudonym",
            ),
        ),
        migrations.AddConstraint(
            model_name="child",
            constraint=models.UniqueConstraint(fields=("case", "pseudonym"), name="child_once_in_a_case"),
        ),
        migrations.AddConstraint(
            model_name="childstate",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("unidentified", "identified", "safeguarded"))),
                name="child_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="childstate",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "safeguarded"), ("due__isnull", False), _connector="OR"),
                name="child_open_has_next_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="childstate",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("authority", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                name="child_state_says_who_acts_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("authority", ""), _negated=True), name="referral_names_an_authority"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ("proposal", "report", "split"))), name="case_origin_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("origin_id", ""), _negated=True),
                ),
                name="case_says_what_and_why",
            ),
        ),
        migrations.RunPython(forbid_changes, allow_changes, elidable=False),
    ]
