"""Rows that are appended and never changed: the model behind them, and the triggers that hold it."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

_SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table}: {why}'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table}: {why}'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION '{table}: {why}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stays()",
    "CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_stays()",
)
_GONE_SQLITE = ("DROP TRIGGER {table}_no_update", "DROP TRIGGER {table}_no_delete")
_GONE_POSTGRESQL = ("DROP FUNCTION {table}_stays() CASCADE",)
_WHY = "rows are appended, never changed or removed"


class Appended(models.Model):  # type: ignore[misc]
    """A row that is written once."""

    class Meta:
        """No table of its own."""

        abstract = True

    def save(self, **given: Any) -> None:
        """Append the row. A row that is there already is never written again."""
        super().save(**{**given, "force_insert": True})


def guard(editor: Any, *tables: str) -> None:
    """Make the triggers that refuse to change or to remove a row of these tables."""
    _each(editor, _POSTGRESQL if editor.connection.vendor == "postgresql" else _SQLITE, tables)


def unguard(editor: Any, *tables: str) -> None:
    """Take these triggers away, for a migration backwards."""
    _each(editor, _GONE_POSTGRESQL if editor.connection.vendor == "postgresql" else _GONE_SQLITE, tables)


def guarded(*tables: str) -> migrations.RunPython:
    """The step of a migration that makes tables of appended rows: their triggers, and their removal on the way back."""
    return migrations.RunPython(
        lambda _apps, editor: guard(editor, *tables), lambda _apps, editor: unguard(editor, *tables), elidable=False
    )


def guard_decisions_again(_apps: Any, editor: Any) -> None:
    """For a migration that alters the table of decisions, both ways: SQLite makes it anew for that, without its guard."""
    if editor.connection.vendor == "sqlite":
        for text in _SQLITE:
            editor.execute(
                text.format(table="casework_decision", why="decisions are appended, never changed or removed")
            )


def _each(editor: Any, texts: tuple[str, ...], tables: tuple[str, ...]) -> None:
    for table in tables:
        for text in texts:
            editor.execute(text.format(table=table, why=_WHY))
