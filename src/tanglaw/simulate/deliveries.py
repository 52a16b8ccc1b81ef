"""Packs reports into what a partner delivers: one tar (or ZIP) of XML a day, police JSON, supplements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tanglaw.simulate.archives import Tar, Zip
from tanglaw.simulate.clock import DAY, WORLD_END, calendar, utc
from tanglaw.simulate.cybertip_xml import file_xml, report_xml
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.drawing import Desk
from tanglaw.simulate.facts import Report
from tanglaw.simulate.odd import write_nested
from tanglaw.simulate.police_json import report_json
from tanglaw.simulate.truth import Truth

_POLICE_BATCH = 1_000
_BOM = "\ufeff"


class Deliveries:
    """Writes every report through its channels; keeps only the day's archive and one JSON batch open."""

    def __init__(self, seed: int, inbox: Path, truth: Truth) -> None:
        self._inbox = inbox
        self._truth = truth
        self._dice = Dice(seed, "writing")
        self._day = -1
        self._tar: Tar | None = None
        self._zip: Zip | None = None
        self._police: list[str] = []
        self._late: list[tuple[str, bytes]] = []
        self.sample: tuple[int, str] | None = None
        self.counts = dict.fromkeys(
            ("reports", "documents", "files", "police_reports", "both_channels", "supplemented", "police_files"), 0
        )

    def write(self, desk: Desk, progress: Callable[[int], None]) -> dict[str, int]:
        """All reports of the desk; the last day comes as a ZIP, all others as tar files."""
        last = WORLD_END // DAY - 1
        for report in desk.reports():
            self._truth.report(report)
            self.counts["reports"] += 1
            self.counts["files"] += len(report.files)
            if report.channel != "police":
                self._xml(report, report.received // DAY, last)
            if report.channel != "xml":
                self._json(report)
            if self.counts["reports"] % 1_000 == 0:
                progress(self.counts["reports"])
        self._close_day()
        self._flush_police()
        if self._late:
            self.counts["documents"] += write_nested(self._inbox / "partner-delivery.zip", self._late)
        progress(self.counts["reports"])
        return self.counts

    def _xml(self, report: Report, day: int, last: int) -> None:
        if day != self._day:
            self._close_day()
            self._day = day
            name = self._inbox / f"cybertips-{calendar(day).replace('-', '')}{'.zip' if day == last else '.tar'}"
            if day == last:
                self._zip = Zip(name)
            else:
                self._tar = Tar(name, (day + 1) * DAY)
            received = f'received_at = "{utc(min((day + 1) * DAY, WORLD_END))}"\n'
            name.with_name(f"{name.name}.delivery.toml").write_text(received, encoding="utf-8")
        text = report_xml(report, self._dice)
        if self.sample is None and report.files:
            self.sample = (report.number, text)
        members = self._members(report, text)
        archive = self._tar or self._zip
        if archive is None:
            raise RuntimeError("no archive is open for the day")
        for name_, data in members:
            archive.add(name_, data)
        self.counts["documents"] += len(members)
        if report.late_note is not None:
            self.counts["supplemented"] += 1
            self._late.extend(self._members(report, report_xml(report, self._dice, report.late_note))[:1])

    @staticmethod
    def _members(report: Report, text: str) -> list[tuple[str, bytes]]:
        members = [(f"{report.number}/report.xml", text.encode())]
        for place, fact in enumerate(report.files, 1):
            members.append((f"{report.number}/fileDetails_{place}.xml", file_xml(report, fact).encode()))
        return members

    def _json(self, report: Report) -> None:
        self._police.append(report_json(report, self._dice))
        self.counts["police_reports"] += 1
        self.counts["both_channels"] += report.channel == "both"
        if len(self._police) >= _POLICE_BATCH:
            self._flush_police()

    def _flush_police(self) -> None:
        if not self._police:
            return
        self.counts["police_files"] += 1
        number = self.counts["police_files"]
        path = self._inbox / "police" / f"export-{number:04d}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write((_BOM if number % 2 else "") + "[\n")
            file.write(",\n".join(self._police))
            file.write("\n]\n")
        self._police.clear()

    def _close_day(self) -> None:
        if self._tar:
            self._tar.close()
        if self._zip:
            self._zip.__exit__(None, None, None)
        self._tar = self._zip = None
