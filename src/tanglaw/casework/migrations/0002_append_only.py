"""The database itself refuses to change or to remove a decision."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

_SQLITE = (
    """
    CREATE TRIGGER casework_decision_no_update BEFORE UPDATE ON casework_decision
    BEGIN SELECT RAISE(ABORT, 'decisions are appended, never changed'); END
    """,
    """
    CREATE TRIGGER casework_decision_no_delete BEFORE DELETE ON casework_decision
    BEGIN SELECT RAISE(ABORT, 'decisions are appended, never removed'); END
    """,
)
_POSTGRESQL = (
    """
    CREATE FUNCTION casework_decision_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        RAISE EXCEPTION 'decisions are appended, never changed or removed' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER casework_decision_stays BEFORE UPDATE OR DELETE ON casework_decision
    FOR EACH ROW EXECUTE FUNCTION casework_decision_stays()
    """,
    """
    CREATE TRIGGER casework_decision_stays_whole BEFORE TRUNCATE ON casework_decision
    FOR EACH STATEMENT EXECUTE FUNCTION casework_decision_stays()
    """,
)


def forbid_changes(_apps: Any, editor: Any) -> None:
    """Make the triggers of this database's kind."""
    for text in _POSTGRESQL if editor.connection.vendor == "postgresql" else _SQLITE:
        editor.execute(text)


class Migration(migrations.Migration):  # type: ignore[misc]
    """After the table, its guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("casework", "0001_decisions")]
    operations: ClassVar[list[Any]] = [migrations.RunPython(forbid_changes, elidable=False)]
