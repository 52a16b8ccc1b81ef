"""What every service does before it appends: one writer at a time, a clock that never goes back, texts that say something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connections, models, transaction

from tanglaw.errors import CheckUsage

LONGEST = 10_000


@contextmanager
def alone(using: str, *tables: type[models.Model]) -> Iterator[None]:
    """One transaction in which no other writer checks and appends to these tables; SQLite's transactions begin that way."""
    with transaction.atomic(using=using):
        connection = connections[using]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for table in tables:
                    cursor.execute(f"LOCK TABLE {table._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        yield


def stamp(last: datetime | None) -> datetime:
    """Now in UTC, never before `last`, also if the machine's clock was set back."""
    now = datetime.now(UTC)
    return max(now, last) if last else now


def said(name: str, text: str, longest: int = LONGEST, lines: bool = False) -> str:
    """The text in one line, or with its paragraphs if `lines`. Raises CheckUsage if it is empty, too long, or holds signs
    that cannot be seen, such as those that turn the direction of writing."""
    each = [" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n")]
    text = "\n".join(each).strip("\n") if lines else " ".join(each).strip()
    if not text:
        raise CheckUsage(f"{name} is empty")
    if not all(line.isprintable() for line in text.split("\n")):
        raise CheckUsage(f"{name} holds control signs")
    if len(text) > longest:
        raise CheckUsage(f"{name} is longer than {longest:,} characters")
    return text
