"""Selectors as people write them into a form, read as the extraction reads them."""

from __future__ import annotations

from tanglaw.errors import CheckUsage
from tanglaw.lookups.search import readings_of
from tanglaw.workbench.state import desk


def entered(text: str) -> list[tuple[str, str]]:
    """Types and normalised values of what was written. Raises CheckUsage if it is no selector."""
    here = desk()
    read = sorted(readings_of(text, here.workspace.ids, here.settings.default_country)) if text.strip() else []
    if "://" not in text:
        # A mail address could be the user and host of a link, which nobody means who writes no scheme.
        read = [one for one in read if one[0] != "url"] or read
    if not read:
        raise CheckUsage("write a selector: a phone in international form, an e-mail, service:handle, a wallet, …")
    return read
