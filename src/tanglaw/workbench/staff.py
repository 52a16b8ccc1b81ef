"""Searches for oneself or a colleague: the auditor sees them by themselves in the audit."""

from __future__ import annotations

from django.http import HttpRequest

from tanglaw.casework.models import User
from tanglaw.casework.queries_withheld import own_digests
from tanglaw.ids import Ids
from tanglaw.lookups.search import readings_of
from tanglaw.workbench.guard import record
from tanglaw.workbench.state import USING, desk

OWN, COLLEAGUE = "search for oneself", "search for a colleague"


def digests(text: str, ids: Ids, country: str) -> set[str]:
    """Keyed digests of what the text is as a selector: they reveal nothing without the workspace's key."""
    return {ids.of("own", kind, value) for kind, value in readings_of(text, ids, country)} if text.strip() else set()


def whose(request: HttpRequest, text: str) -> None:
    """Write a row of its own into the audit if the text is a name or selector of somebody who works here."""
    here = desk()
    asked = digests(text, here.workspace.ids, here.settings.default_country)
    known = own_digests(USING)
    found = {user.pk for one in asked for user in known.get(one, ())}
    plain = " ".join(text.casefold().lstrip("@").split())
    users = User.objects.using(USING).values_list("pk", "name", "full_name")
    found |= {pk for pk, name, full in users if plain in (name.casefold(), " ".join(full.casefold().split()))}
    if found:
        record(request, OWN if request.user.pk in found else COLLEAGUE, "see the next row")
