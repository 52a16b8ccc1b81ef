"""Report numbers and report ids: one number gives one id, whichever document or channel states it."""

from __future__ import annotations

import re
from datetime import date

from tanglaw.ids import Ids

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_ALONE = re.compile(r"(?<![0-9A-Za-z])[0-9]{5,12}(?![0-9A-Za-z])")
_FIVE = re.compile(r"[0-9]{5}")
_MAX_DIGITS = 19


def report_id(ids: Ids, scheme: str, number: str, digest: str) -> str:
    """Id of the report `number` of `scheme` (ncmec, xarf, other); of the document's SHA-256 if it has none."""
    return ids.of("report", scheme, number) if number else ids.of("report", "sha256", digest)


def clean_number(value: object) -> str:
    """A report number as digits without blanks and leading zeros; empty if the value is none."""
    if type(value) is int:
        text = str(value)
    elif isinstance(value, str):
        text = value.strip()
    else:
        return ""
    if len(text) > _MAX_DIGITS or not (text.isdigit() and text.isascii()):
        return ""
    return text.lstrip("0")


def numbers_in(name: str) -> tuple[str, ...]:
    """Runs of 5 to 12 digits that stand alone in a file or folder name, without UUIDs and calendar days."""
    if not _FIVE.search(name):
        return ()
    found = (match.group() for match in _ALONE.finditer(_UUID.sub("-", name) if "-" in name else name))
    return tuple(dict.fromkeys(clean_number(run) for run in found if run.strip("0") and not _is_day(run)))


def _is_day(run: str) -> bool:
    # 20260401 in a file name is a day far more often than a report number, and would merge reports.
    if len(run) != 8 or run[:2] not in ("19", "20"):
        return False
    try:
        date(int(run[:4]), int(run[4:6]), int(run[6:]))
    except ValueError:
        return False
    return True
