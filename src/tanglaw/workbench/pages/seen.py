"""What of the evidence one person may read: every page about accounts and conversations asks here, and nowhere else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

Rows = list[dict[str, Any]]


def passed(_request: HttpRequest, rows: Rows) -> Rows:
    """The rows that are this person's to see, in their order."""
    return rows


def there(_request: HttpRequest, _one: str) -> bool:
    """Whether a report, conversation or account is there for this person."""
    return True


def reads(_request: HttpRequest, _conversation_id: str) -> bool:
    """Whether the text of a conversation is this person's to read."""
    return True
