"""Erasing: asked for by one named person, signed by another; and taking values out of the casework database itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, transaction

from tanglaw.casework import erasures
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.audit import digest_of
from tanglaw.casework.models import AuditRow, AuditSeal, Erasure, Team, User
from tanglaw.errors import CheckUsage
from tanglaw.store.tombstones import Rewritten

Erase = Callable[[str], str]
_NAME = 200
# Users and their names are no evidence; seals hold digests only.
_KEPT = (User, Team, AuditSeal, Erasure)
# Columns that say who and what, of a fixed vocabulary, or that other rows hang on.
_FIXED = frozenset({"who", "role", "verb", "previous", "digest", "kind", "what", "stated_by"})
_SESSIONS = "django_session"


def ask(using: str, values: list[str], by: str, ground: str) -> Erasure:
    """Append that `by` asks to erase values (keyed digests) on a ground."""
    with alone(using, Erasure):
        row = Erasure(
            kind=erasures.ASK,
            values=" ".join(sorted(values)),
            stated_by=said("--by", by, _NAME),
            ground=said("--ground", ground),
            at=stamp(None),
        )
        row.save(using=using)
    return row


def sign(using: str, number: int, values: list[str], by: str, reason: str) -> tuple[Erasure, Erasure]:
    """The erasure that was asked for and its signature, which is appended unless the same person signed before (an erasure that
    was cut off is gone on with).

    Raises CheckUsage if nobody asked, if these are other values, or if the person who asked would sign, or a third one again.
    """
    name = said("--by", by, _NAME)
    with alone(using, Erasure):
        asked = Erasure.objects.using(using).filter(kind=erasures.ASK, number=number).first()
        if asked is None:
            raise CheckUsage(f"nobody asked for erasure {number}")
        if asked.values != " ".join(sorted(values)):
            raise CheckUsage(f"erasure {number} was asked for other values")
        if asked.stated_by.casefold() == name.casefold():
            raise CheckUsage("a second person signs, not the one who asked")
        signed = Erasure.objects.using(using).filter(about=asked).first()
        if signed is not None and signed.stated_by.casefold() != name.casefold():
            raise CheckUsage(f"{signed.stated_by} has signed erasure {number}")
        if signed is None:
            signed = Erasure(
                kind=erasures.SIGN, about=asked, stated_by=name, ground=said("--reason", reason), at=stamp(asked.at)
            )
            signed.save(using=using)
    return asked, signed


def asked(using: str) -> list[Erasure]:
    """Every erasure that was asked for, in order, with its signature if there is one."""
    return list(Erasure.objects.using(using).select_related("signature").filter(kind=erasures.ASK))


def planned(using: str, erase: Erase) -> list[Rewritten]:
    """Rows in which a value stands, as `table:key`; of rows of the audit with their digests before and after."""
    return [one for _, _, one in _each(using, erase)]


def carried_out(using: str, erase: Erase) -> None:
    """Take the values out of every row. The tables that refuse changes are opened for it alone, in one transaction."""
    connection = connections[using]
    with transaction.atomic(using=using):
        for row, changed, _ in list(_each(using, erase)):
            with _opened(connection, row._meta.db_table), connection.cursor() as cursor:
                fields = {field.name: field.column for field in row._meta.concrete_fields}
                sets = ", ".join(f"{connection.ops.quote_name(fields[name])} = %s" for name in changed)
                key = connection.ops.quote_name(row._meta.pk.column)
                table = connection.ops.quote_name(row._meta.db_table)
                cursor.execute(f"UPDATE {table} SET {sets} WHERE {key} = %s", [*changed.values(), row.pk])
        with connection.cursor() as cursor:
            if _SESSIONS in connection.introspection.table_names(cursor):
                # Purposes and filters of sessions are packed and cannot be searched.
                cursor.execute(f"DELETE FROM {_SESSIONS}")
    _compacted(connection)


def _each(using: str, erase: Erase) -> Iterator[tuple[models.Model, dict[str, str], Rewritten]]:
    """Rows with a value in them, what their columns become, and the rewriting."""
    for model in User._meta.apps.get_app_config("casework").get_models():
        if model in _KEPT:
            continue
        columns = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField)) and field.name not in _FIXED
        ]
        for row in model._base_manager.using(using).order_by("pk").iterator(chunk_size=2_000) if columns else ():
            now = {name: erase(getattr(row, name)) for name in columns}
            changed = {name: text for name, text in now.items() if text != getattr(row, name)}
            if changed:
                name = f"{model._meta.db_table}:{row.pk}"
                before = digest_of(row) if model is AuditRow else ""
                for column, text in changed.items():
                    setattr(row, column, text)
                after = digest_of(row) if model is AuditRow else ""
                yield row, changed, Rewritten(name, before, after, len(changed))


@contextmanager
def _opened(connection: Any, table: str) -> Iterator[None]:
    """The table without the triggers that refuse changes, which stand again afterwards."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, text in triggers:
            cursor.execute(text)


def _compacted(connection: Any) -> None:
    """Pages that held the values are written anew, so that no byte of them stays in the database's files."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM FULL")
        else:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
