"""Writes reference files: a VICS 2.0 hash set, an NCMEC hash-sharing page, a plain MD5 list, a watch list."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from tanglaw.simulate import coins
from tanglaw.simulate.clock import DAY, WORLD_END, utc
from tanglaw.simulate.danger import shows
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.material import Material
from tanglaw.simulate.people import Actor
from tanglaw.simulate.tabular import write_rows

WATCH_HEADER = ("type", "value", "case_number", "placed_by", "expires_at", "note")
_DECOYS = 5_000_000
_VICS = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
_NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"


def write_hash_lists(folder: Path, material: Material, dice: Dice) -> dict[str, int]:
    """The three lists; most of the viral files stand in at least one, with entries that no report has."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = material.listed
    decoys = [_DECOYS + i for i in range(len(listed))]
    vics = [*listed[::2], *decoys[::3]]
    ncmec = [*listed[1::2], *listed[:: max(1, len(listed) // 20)], *decoys[1::3]]
    plain = [*listed[::5], *decoys[2::3]]
    with (folder / "project-vic-2.0.json").open("w", encoding="utf-8") as file:
        file.writelines(_vics(vics, material, dice))
    with (folder / "ncmec-hash-sharing.xml").open("w", encoding="utf-8") as file:
        file.writelines(_ncmec(ncmec, material, dice))
    with (folder / "md5-list.txt").open("w", encoding="utf-8") as file:
        file.writelines(f"{material.hashes(number).md5}\n" for number in plain)
    return {"vics_entries": len(vics), "ncmec_entries": len(ncmec), "md5_entries": len(plain)}


def _vics(numbers: Iterable[int], material: Material, dice: Dice) -> Iterator[str]:
    yield f'{{"@odata.context": "{_VICS}", "value": [\n'
    empty = hashlib.md5(b"", usedforsecurity=False).hexdigest()
    yield json.dumps({"MediaID": 0, "Category": 0, "MD5": empty, "MediaSize": 0, "IsSuspected": "false"})
    for place, number in enumerate(numbers, 1):
        hashes = material.hashes(number)
        entry = {
            "MediaID": place,
            "Category": 1 + dice.below(2),
            "MD5": hashes.md5.upper() if place % 2 else hashes.md5,
            "SHA1": hashes.sha1 if place % 3 else None,
            "MediaSize": str(material.size(number)) if place % 4 == 0 else material.size(number),
            "VictimIdentified": ("true", "false", False)[dice.below(3)],
            "IsDistributed": True,
            "Series": f"S-{dice.below(40):03d}" if dice.chance(0.1) else None,
            "DateUpdated": utc(WORLD_END - dice.below(900) * DAY),
        }
        yield ",\n" + json.dumps(entry)
    yield "\n]}\n"


def _ncmec(numbers: list[int], material: Material, dice: Dice) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<queryResult xmlns="{_NAMESPACE}">\n'
    yield f'<images count="{len(numbers)}" maxTimestamp="{utc(WORLD_END)}">\n'
    for place, number in enumerate(numbers, 1):
        member = f'<member id="{dice.below(6) + 1}">Member {place % 6 + 1}</member>'
        stamp = f"<timestamp>{utc(WORLD_END - dice.below(600) * DAY)}</timestamp><id>image{place}</id>"
        if dice.chance(0.02):
            yield f"<deletedImage>{member}{stamp}</deletedImage>\n"
            continue
        hashes = material.hashes(number)
        pdna = base64.b64encode(hashlib.shake_128(hashes.md5.encode()).digest(144)).decode()
        prints = f"<md5>{hashes.md5}</md5><sha1>{hashes.sha1}</sha1><pdq>{hashes.pdq}</pdq><pdna>{pdna}</pdna>"
        yield (
            f"<image>{member}{stamp}<classification>{dice.pick('AB')}{dice.below(2) + 1}</classification>"
            f"<fingerprints>{prints}</fingerprints>{_feedback(dice)}</image>\n"
        )
    yield "</images>\n</queryResult>\n"


def _feedback(dice: Dice) -> str:
    if not dice.chance(0.3):
        return ""
    members = "".join(f'<member id="{i + 1}">Member {i + 1}</member>' for i in range(1 + dice.below(4)))
    if dice.chance(0.85):
        inner = f'<affirmativeFeedback type="MD5"><members>{members}</members></affirmativeFeedback>'
    else:
        reason = '<reason guid="00000000-0000-4000-8000-000000000001" name="Example reason" type="MD5">'
        reasons = f"<reasons>{reason}<members>{members}</members></reason></reasons>"
        inner = f'<negativeFeedback type="MD5">{reasons}</negativeFeedback>'
    return f"<feedback>{inner}</feedback>"


def write_watch_list(path: Path, actors: Iterable[Actor], dice: Dice) -> tuple[int, list[Actor]]:
    """Selectors of actors whom somebody already watches, more often of truly dangerous ones, and strangers'.

    Returns how many, and the actors whose entry has not expired at the end.
    """
    watched: list[Actor] = []
    rows: list[tuple[object, ...]] = []
    for actor in actors:
        if shows("watched", actor.danger, dice):
            rows.append(_watch_row(*_selector(actor, dice), dice))
            if str(rows[-1][4]) >= utc(WORLD_END):
                watched.append(actor)
    for _ in range(len(rows) // 3 + 3):
        rows.append(_watch_row("email", f"nobody{dice.digits(6)}@mail.example.com", dice))
    return write_rows(path, WATCH_HEADER, rows), watched


def _selector(actor: Actor, dice: Dice) -> tuple[str, str]:
    turn = dice.unit()
    if turn < 0.35 and actor.phones:
        return "phone", actor.phones[0].e164
    if turn < 0.6 and actor.accounts:
        return "handle", actor.accounts[0].handle
    if turn < 0.7:
        actor.wallet = actor.wallet or coins.wallet(dice)
        return actor.wallet
    return "email", actor.emails[0]


def _watch_row(type_: str, value: str, dice: Dice) -> tuple[object, ...]:
    expires = WORLD_END + (dice.below(400) - 40) * DAY
    return (
        type_,
        value,
        f"EX-2026-{dice.below(900) + 100}",
        f"unit {dice.below(9) + 1}",
        utc(expires),
        "named in an open case",
    )
