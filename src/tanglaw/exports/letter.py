"""An alert as a letter in PDF, to be checked and signed: who is asked for what, and each transaction of each trail.

The letter's form is `letter.typ` beside this file. The alert comes to it as JSON and is set as text, never read as markup; fonts
are those of the typesetter, no date of making is written, so equal alerts give equal bytes.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import msgspec
import typst

from tanglaw.exports.base import METHOD, Alert


class LetterAlert:
    """Writes a PDF; a draft bears the word DRAFT on each page."""

    name = "pdf"
    ending = ".pdf"

    def write(self, alert: Alert) -> bytes:
        """The letter."""
        form = (resources.files("tanglaw.exports") / "letter.typ").read_bytes()
        given = {"data": json.dumps(facts(alert))}
        made: bytes = typst.compile(form, sys_inputs=given, ignore_system_fonts=True, pdf_tags=False)
        return made


def facts(alert: Alert) -> dict[str, Any]:
    """What the letter's form reads, by name."""
    return {
        **msgspec.to_builtins(alert),
        "status": alert.status,
        "sentences": alert.sentences,
        "way": alert.way,
        "ends": alert.ends,
        "unattributed": alert.unattributed,
        "method": METHOD,
    }
