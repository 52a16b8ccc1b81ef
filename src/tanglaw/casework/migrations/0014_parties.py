"""Who took part in a session that a person confirmed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

from tanglaw.casework.appended import guard_decisions_again


class Migration(migrations.Migration):  # type: ignore[misc]
    """A column, and what it may hold."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0013_runs")]
    operations: ClassVar[list[Any]] = [
        # On the way back the last step.
        migrations.RunPython(migrations.RunPython.noop, guard_decisions_again, elidable=False),
        migrations.AddField("decision", "parties", models.TextField(blank=True, default="")),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=Q(kind="confirm-session") | Q(parties=""), name="decision_names_parties_of_a_session"
            ),
        ),
        migrations.RunPython(guard_decisions_again, migrations.RunPython.noop, elidable=False),
    ]
