"""Decisions in force on one thing, for the page that shows it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from tanglaw.casework.models import ON_PAIRS, Decision


def on_accounts(using: str, account_id: str) -> list[Decision]:
    """Judgements in force on an account and another, in the order of deciding."""
    rows = Decision.objects.using(using).filter(Q(a=account_id) | Q(b=account_id), kind__in=ON_PAIRS)
    return list(rows.filter(withdrawn_by__isnull=True))


def on_inferences(using: str, ids: Iterable[str]) -> dict[tuple[str, str], Decision]:
    """Assessments in force on sessions and roles, by session or account id and role (empty for sessions)."""
    rows = (
        Decision.objects.using(using).filter(inference__in=list(ids), withdrawn_by__isnull=True).exclude(inference="")
    )
    return {(row.inference, row.role): row for row in rows}


def on_selectors(using: str, ids: Iterable[str]) -> dict[str, Decision]:
    """Corrections in force by selector id."""
    rows = Decision.objects.using(using).filter(selector_id__in=list(ids), withdrawn_by__isnull=True)
    return {row.selector_id: row for row in rows if row.selector_id}
