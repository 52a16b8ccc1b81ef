"""Deliveries that go wrong: cut and malformed documents, a page named .xml, a DTD, a table nobody knows, media.

The good reports beside them must all arrive. The bytes with a PNG signature are noise, not a picture.
"""

from __future__ import annotations

import io
from pathlib import Path

from tanglaw.simulate.archives import Zip
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.tabular import unmapped_table

_PNG = b"\x89PNG\r\n\x1a\n"
_HTML = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Please sign in again.</body></html>\n"
_DTD = (
    '<?xml version="1.0"?>\n<!DOCTYPE report [<!ENTITY place "Leeds">]>\n'
    "<report><incidentSummary><platform>&place;</platform></incidentSummary></report>\n"
)


def write_odd(inbox: Path, sample: tuple[int, str] | None, dice: Dice) -> list[str]:
    """Broken files and their like; the paths of those that a run must hold back, relative to the inbox.

    `sample` is number and text of a good report; a damaged copy bears its number.
    """
    folder = inbox / "odd"
    folder.mkdir(parents=True, exist_ok=True)
    text = sample[1] if sample else "<report><incidentSummary></incidentSummary></report>"
    bad = {
        "cut-report.xml": text[: len(text) * 2 // 3],
        "not-closed.json": '[{"reportId": 699999998, "reportedInformation": {"reportingEsp": ',
        "sign-in.xml": _HTML,
        "with-dtd.xml": _DTD,
    }
    if sample:
        bad[f"{sample[0]}/report.xml"] = text[: len(text) // 2] + "<<" + text[len(text) // 2 + 40 :]
    for name, content in bad.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    unmapped_table(folder / "garden-diary.csv", dice)
    return [f"odd/{name}" for name in (*bad, "garden-diary.csv")]


def write_media(inbox: Path, dice: Dice) -> int:
    """Noise with a PNG signature: beside the reports, and inside a ZIP under another name."""
    folder = inbox / "media"
    folder.mkdir(parents=True, exist_ok=True)
    noise = _PNG + dice.token(1_200)
    (folder / "attachment_1.png").write_bytes(noise)
    with Zip(folder / "attachments.zip") as archive:
        archive.add("attachment_2.dat", _PNG + dice.token(900))
        archive.add("readme.txt", b"Two attachments as received.\n")
    return 2


def write_nested(path: Path, members: list[tuple[str, bytes]]) -> int:
    """A ZIP that holds a ZIP that holds the members; how many there are."""
    inner = io.BytesIO()
    with Zip(inner) as archive:
        for name, data in members:
            archive.add(name, data)
    with Zip(path) as archive:
        archive.add("supplements.zip", inner.getvalue())
    return len(members)
