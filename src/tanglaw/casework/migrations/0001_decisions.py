"""The table of decisions, as Django writes it from `models.py`."""
# ruff: noqa: RUF012

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):  # type: ignore[misc]
    """The first form."""

    initial = True

    dependencies: ClassVar[list[tuple[str, str]]] = []

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("same", "same"),
                            ("not-same", "not-same"),
                            ("correct", "correct"),
                            ("leave-out", "leave-out"),
                            ("withdraw", "withdraw"),
                        ],
                        max_length=16,
                    ),
                ),
                ("a", models.CharField(blank=True, default="", max_length=64)),
                ("b", models.CharField(blank=True, default="", max_length=64)),
                ("selector_id", models.CharField(blank=True, default="", max_length=64)),
                ("value", models.TextField(blank=True, default="")),
                ("source_id", models.CharField(blank=True, default="", max_length=64)),
                ("stated_by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "withdraws",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawn_by",
                        to="casework.decision",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["a"], name="decision_by_a"),
                    models.Index(fields=["b"], name="decision_by_b"),
                    models.Index(fields=["selector_id"], name="decision_by_selector"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("same", "not-same", "correct", "leave-out", "withdraw"))),
                        name="decision_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ("same", "not-same")),
                                models.Q(("a", ""), _negated=True),
                                ("a__lt", models.F("b")),
                            ),
                            models.Q(models.Q(("kind__in", ("same", "not-same")), _negated=True), ("a", ""), ("b", "")),
                            _connector="OR",
                        ),
                        name="decision_pair_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "correct"), models.Q(("selector_id", ""), _negated=True)),
                            models.Q(models.Q(("kind", "correct"), _negated=True), ("selector_id", ""), ("value", "")),
                            _connector="OR",
                        ),
                        name="decision_corrects_a_selector",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "leave-out"), models.Q(("source_id", ""), _negated=True)),
                            models.Q(models.Q(("kind", "leave-out"), _negated=True), ("source_id", "")),
                            _connector="OR",
                        ),
                        name="decision_leaves_out_a_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "withdraw"), ("withdraws__isnull", False)),
                            models.Q(models.Q(("kind", "withdraw"), _negated=True), ("withdraws__isnull", True)),
                            _connector="OR",
                        ),
                        name="decision_withdraws_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stated_by", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                        ),
                        name="decision_says_who_and_why",
                    ),
                ],
            },
        ),
    ]
