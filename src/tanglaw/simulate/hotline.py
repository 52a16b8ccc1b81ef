"""Writes hotline reports as XARF v4 `content/csam` documents, one JSON file each."""

from __future__ import annotations

import json
from pathlib import Path

from tanglaw.simulate.clock import DAY, WORLD_END, utc
from tanglaw.simulate.danger import shows
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.material import Material
from tanglaw.simulate.people import Population
from tanglaw.simulate.truth import Truth

_SENDER = {"org": "Example Hotline", "contact": "reports@hotline.example.org", "domain": "hotline.example.org"}


def write_hotline(folder: Path, count: int, people: Population, material: Material, parts: tuple[Dice, Truth]) -> int:
    """`count` documents; each is a report of its own, numbered by its UUID."""
    dice, truth = parts
    folder.mkdir(parents=True, exist_ok=True)
    for _ in range(count):
        latent = dice.normal()
        at = WORLD_END - int(min(60.0, dice.weibull(0.47, 5.1)) * DAY) - 60
        raw = dice.token(16).hex()
        number = f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:]}"
        fresh = shows("fresh", latent, dice)
        hashes = material.hashes(material.fresh() if fresh else material.viral(dice))
        line = people.network.line(dice)
        seen = people.network.see(line, False, at, dice)
        document = {
            "xarf_version": "4.2.0",
            "report_id": number,
            "timestamp": utc(at),
            "reporter": _SENDER,
            "sender": _SENDER,
            "source_identifier": seen.ip,
            "source_port": seen.port,
            "category": "content",
            "type": "csam",
            "url": f"https://files.example.net/{dice.digits(8)}",
            "domain": "files.example.net",
            "classification": dice.pick(("baseline", "A1", "A2", "B1", "B2")),
            "detection_method": dice.pick(("hash_match", "manual_review", "user_report", "automated_scan")),
            "media_type": dice.pick(("image", "video")),
            "hash_values": {"md5": hashes.md5, "sha256": hashes.sha256},
            "content_removed": dice.chance(0.6),
        }
        text = json.dumps(document, indent=2)
        (folder / f"xarf-{number}.json").write_text(text + "\n", encoding="utf-8")
        truth.report_row(number, latent, (False, False), ("", "", "", "hotline"), (1, at))
    return count
