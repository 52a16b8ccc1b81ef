"""Plain police-side reports into rows, thousands at a time: what `report`, `people` and `files` write one by one.

It covers what `scan` knows, and of that what gives no issue; it says of every record whether it was sure of it. Rows, ids
and places are those of the reader record by record, which tests hold it to.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tanglaw.reading.elements import Elements, first, up
from tanglaw.reading.report_blocks import Blocks, Reach
from tanglaw.reading.report_columns import Cells, ReportColumns, report_numbers, taken
from tanglaw.reading.report_rows import country_of
from tanglaw.reading.rows import Rows
from tanglaw.reading.scan_loops import spans_of
from tanglaw.reading.texts import Arena, Bytes, Texts, Whole
from tanglaw.reading.values import platform
from tanglaw.sources.cybertip_json.people import TEXT_FIELDS
from tanglaw.sources.cybertip_json.report import FORMAT
from tanglaw.sources.cybertip_json.scan import FILES, INFORMATION, PEOPLE, REPORT, Scan

__all__ = ["Records", "spans_of"]

_SUMMARY = f"{INFORMATION}/incidentSummary"
_ESP = f"{INFORMATION}/reportingEsp"
_IP = frozenset(("ip address", "ip", "ipaddress"))
_STAGE = 1 << 50
_NOTES = "additionalInformations"


class Records:
    """Some records of one file, read together: `unsure` are those that are left to be read one by one. `spans` are
    where each begins and ends in `data`."""

    def __init__(self, rows: Rows, data: Bytes, spans: Whole, places: Sequence[str]) -> None:
        self._arena = arena = Arena(data, rows.ids)
        scan = Scan(arena.data[: len(data)], spans)
        found = scan.of(REPORT)
        # Every plain record has one row at the top; numbers that are none leave it to the other reader.
        codes = np.full(len(spans), -1, np.int64)
        codes[found.doc] = np.arange(len(found))
        number = report_numbers(arena, found.get("reportId")).take(codes)
        self._out = out = ReportColumns(
            arena,
            rows.settings,
            arena.constant(rows.source_id, len(spans)),
            arena.ids("report", len(spans), "ncmec", number),
        )
        out.unsure |= ~(scan.plain & number.stated)
        _Columns(scan, out, arena.texts(places)).reports(found, number)
        self.tables = out.finish()
        self.unsure = out.unsure.tolist()

    def assumed(self) -> dict[int, tuple[str, str]]:
        """Place and reason of the issue of each record that has a stamp without zone."""
        doc, place, reason = self._out.assumed()
        said = zip(self._arena.listed(place), self._arena.listed(reason), strict=True)
        return {one: (str(at), str(why)) for one, (at, why) in zip(doc.tolist(), said, strict=True)}


class _Columns(Blocks):
    def __init__(self, found: Scan, out: ReportColumns, prefix: Texts) -> None:
        super().__init__(found, out)
        self._prefix = prefix

    def at(self, doc: Whole, pattern: str, *ordinals: Whole) -> Texts:
        """Places below each record: `pattern` with its `{}` filled."""
        below = self.places(pattern, *ordinals) if ordinals else self.arena.constant(pattern, len(doc))
        return self.arena.joined([self._prefix.take(doc), below])

    def reports(self, found: Elements, number: Texts) -> None:
        """Rows of all records."""
        doc, out, arena = found.doc, self.out, self.arena
        zero = np.zeros(len(doc), np.int64)
        received = out.times("received_at", doc, found.get("dateReceived"), zero - 2, self.at(doc, "/dateReceived"))
        info, summary = self.of(INFORMATION), self.of(_SUMMARY)
        esp = self._provider(info).take(first(found, info))
        which = self._inside(found, info, summary)
        stated = summary.get("incidentDateTime").take(which)
        incident = out.times("incident_at", doc, stated, zero - 1, self.at(doc, _SUMMARY))
        shown = country = self.nothing(found)
        for stage, role in enumerate(PEOPLE):
            people = _People(self, role, stage, found, esp)
            used, home = people.rows()
            if role == "reported":
                shown, country = (self.first_stated(found, people.report, texts) for texts in (used, home))
        self._files()
        notes, above = self._notes(INFORMATION, info)
        out.texts(
            notes.doc, self.at(notes.doc, f"{INFORMATION}/{_NOTES}/{{}}", notes.ordinal), _NOTES, notes.get("value")
        )
        text = self.lines(info, above, notes.get("value"), "\n")
        place = self._prefix.take(doc)
        out.put(
            "report_documents", doc, report_id=out.reports.take(doc), report_number=number.take(doc),
            number_source="document", scheme="ncmec", format=FORMAT, locator=place.filled().otherwise(self.same("/", found)),
            esp=esp, platform=shown.otherwise(arena.mapped(esp, platform)), country=country,
            incident_type=summary.get("incidentType").take(which),
            incident_meaning=summary.get("incidentDateTimeDescription").take(which), text=text.take(first(found, info)),
            **incident.named("incident_at"), **received.named("received_at"),
        )  # fmt: skip

    def _inside(self, found: Elements, outer: Elements, inner: Elements) -> Whole:
        """For each record the place of the object that stands in its `outer` one."""
        which, below = first(found, outer), first(outer, inner)
        return np.where(which < 0, -1, below[which]) if len(below) else np.full(len(found), -1, np.int64)

    def _provider(self, info: Elements) -> Texts:
        """The provider as written; names beside it are texts."""
        esp = self.of(_ESP)
        names = [esp.get("firstName"), esp.get("lastName")]
        for name, said in zip(("firstName", "lastName"), names, strict=True):
            mine = np.flatnonzero(said.stated)
            place = self.at(esp.doc[mine], f"{_ESP}/{name}")
            self.out.texts(esp.doc[mine], place, f"reportingEsp.{name}", said.take(mine))
        named = esp.get("espName").otherwise(names[1])
        return info.get("reportingEsp").otherwise(named.take(first(info, esp)))

    def _notes(self, path: str, owner: Elements) -> tuple[Elements, Whole]:
        """The free texts of objects that state one, and the place of each one's owner."""
        outer, notes = self.of(f"{path}/{_NOTES}"), self.of(f"{path}/{_NOTES}/{_NOTES}/*")
        above = up(owner, outer)[up(outer, notes)]
        mine = np.flatnonzero(notes.get("value").stated)
        return notes.only(mine), above[mine]

    def captures(
        self, path: str, here: str, owners: Elements, owner: dict[str, Cells], page: str, rank: Whole, *ordinals: Whole
    ) -> tuple[Texts, Texts]:
        """Source captures: addresses become captures, URLs pages; returns the URLs of profiles and of kind `page`,
        joined for each owner."""
        source = self.of(f"{path}/sourceInformation")
        found = self.of(f"{path}/sourceInformation/sourceCaptures/*")
        above = up(owners, source)[up(source, found)]
        codes, words = self.arena.distinct(found.get("captureType"))
        kinds = np.array([*(self._kind(word) for word in words), 0])[codes]
        value = found.get("value")
        self.out.doubt(found.doc, (kinds == 0) & value.stated)
        place = self.at(
            found.doc, f"{here}/sourceInformation/sourceCaptures/{{}}", *(one[above] for one in ordinals), found.ordinal
        )
        mine = np.flatnonzero(kinds == 1)
        events = found.only(mine)
        stated = {"ip": "value", "event": "eventName", "at": "dateTime", "port": "port", "proxy": "possibleProxy"}
        whose = {name: cells.take(above[mine]) if isinstance(cells, Texts) else cells for name, cells in owner.items()}
        said = {name: events.get(field) for name, field in stated.items()}
        self.out.captures(events.doc, place.take(mine), whose, said, rank[above[mine]] + events.ordinal)
        urls = []
        for number, kind in ((2, "profile"), (3, page)):
            mine = np.flatnonzero((kinds == number) & value.stated)
            self.out.pages(found.doc[mine], place.take(mine), kind, value.take(mine))
            urls.append(self.lines(owners, above[mine], value.take(mine), " "))
        return urls[0], urls[1]

    def _kind(self, word: str) -> int:
        return 1 if word.casefold() in _IP else {"profile url": 2, "url": 3}.get(word.casefold(), 0)

    def _files(self) -> None:
        """Rows of the uploaded files."""
        files, out = self.of(f"{FILES}/*"), self.out
        doc, get = files.doc, files.get
        number, md5 = get("submittalId"), get("verificationHash")
        out.doubt(doc, ~number.stated)
        report = out.reports.take(doc)
        key = self.arena.ids("file", len(doc), report, number)
        # A number that stands twice in a report names no file.
        self.once(files, key)
        owner: dict[str, Cells] = {"file_id": key, "role": "unknown"}
        rank = 2 * _STAGE + (files.ordinal << 24)
        _, urls = self.captures(f"{FILES}/*", f"{FILES}/{{}}", files, owner, "file-location", rank, files.ordinal)
        place = self.at(doc, f"{FILES}/{{}}", files.ordinal)
        out.put(
            "files", doc, file_id=key, report_id=report, esp_file_id=number, name=get("filename"),
            original_name=get("originalFilename"), viewed_by_esp=out.truth(doc, get("viewedByEsp")),
            classification=get("industryClassification"), location=urls, locator=place,
        )  # fmt: skip
        mine = np.flatnonzero(md5.stated)
        where = self.at(doc[mine], f"{FILES}/{{}}/verificationHash", files.ordinal[mine])
        out.hashes(doc[mine], where, key.take(mine), self.arena.constant("md5", len(mine)), md5.take(mine))
        notes, above = self._notes(f"{FILES}/*", files)
        where = self.at(notes.doc, f"{FILES}/{{}}/{_NOTES}/{{}}", files.ordinal[above], notes.ordinal)
        out.texts(notes.doc, where, f"uploadedFiles.{_NOTES}", notes.get("value"))


class _People:
    """Reported persons or intended recipients."""

    def __init__(self, columns: _Columns, role: str, stage: int, found: Elements, esp: Texts) -> None:
        self.columns, self.role = columns, role
        self.list = PEOPLE[role]
        self.path = f"{self.list}/*"
        self.people = columns.of(self.path)
        # Records are in the order of their documents, one row each.
        self.report = np.searchsorted(found.doc, self.people.doc)
        self.used = self.people.get("espService").otherwise(esp.take(self.report))
        self.rank = stage * _STAGE + (self.people.ordinal << 24)

    def at(self, above: Whole | None, below: str, *ordinals: Whole) -> Texts:
        """Places below each person, or below the persons at the places `above`."""
        people = self.people
        above = np.arange(len(people)) if above is None else above
        return self.columns.at(people.doc[above], f"{self.list}/{{}}{below}", people.ordinal[above], *ordinals)

    def rows(self) -> tuple[Texts, Texts]:
        """All rows; returns the platform and the country of each person."""
        columns, people, out, arena = self.columns, self.people, self.columns.out, self.columns.arena
        get = people.get
        reach = [*self._reach("phone", "phones"), *self._reach("email", "emails")]
        box = columns.of(f"{self.path}/screenName")
        handle = get("screenName").otherwise(box.get("value").take(first(people, box)))
        kind, shown, keyed = columns.chosen(people, get("espUserId"), handle, reach)
        out.doubt(people.doc, ~shown.stated)
        name = arena.mapped(self.used, platform)
        account = arena.ids("account", len(people), name.otherwise(columns.same("", people)), keyed)
        columns.once(people, account)
        owner = {"account_id": account, "role": columns.same(self.role, people)}
        here: dict[str, Cells] = dict(owner)
        profiles, _ = columns.captures(
            self.path, f"{self.list}/{{}}", people, here, "source", self.rank, people.ordinal
        )
        facts: dict[str, Cells] = {"platform": name, "identifier": shown, "identifier_kind": kind, "handle": handle}
        out.accounts(people.doc, self.at(None, ""), account, owner["role"], {**facts, "profile_url": profiles})
        person, home = self._human(owner)
        columns.reached(reach, person, owner)
        self._facts(owner)
        return name, home

    def _reach(self, kind: str, name: str) -> list[Reach]:
        columns, people = self.columns, self.people
        outer, found = columns.of(f"{self.path}/{name}"), columns.of(f"{self.path}/{name}/{name}/*")
        mine = np.flatnonzero(found.get("value").stated)
        above = up(people, outer)[up(outer, found)][mine]
        found = found.only(mine)
        verified = columns.out.truth(found.doc, found.get("verified"))
        place = self.at(above, f"/{name}/{name}/{{}}", found.ordinal)
        return [Reach(above, kind, found.doc, place, found.get("value"), found.get("type"), verified)]

    def _human(self, owner: dict[str, Texts]) -> tuple[Texts, Texts]:
        """Persons of whom anything is said; returns id and country for each."""
        columns, people, arena = self.columns, self.people, self.columns.arena
        get = people.get
        names = [get(name) for name in ("firstName", "middleName", "lastName")]
        born, age = get("dateOfBirth"), get("approximateAge")
        occupation, relation = get("occupation"), get("relationshipToChildVictim")
        outer, homes = columns.of(f"{self.path}/addresses"), columns.of(f"{self.path}/addresses/addresses/*")
        above = up(people, outer)[up(outer, homes)]
        columns.out.doubt(people.doc, np.bincount(above, minlength=len(people)) > 1)
        which = np.full(len(people), -1, np.int64)
        which[above] = np.arange(len(homes))
        fields = {"city": "city", "region": "state", "postal_code": "postalCode", "country": "country"}
        home = {column: homes.get(name).take(which) for column, name in fields.items()}
        home["address"] = arena.joined([homes.get("street1"), homes.get("street2")], ", ").take(which)
        said = (which >= 0) | born.stated | age.stated | occupation.stated | relation.stated
        for name in names:
            said |= name.stated
        mine = np.flatnonzero(said)
        day = arena.mapped(born, lambda text: text[:10] if text[10:11] == "T" else text)
        facts: dict[str, Cells] = {
            "name": arena.joined(names, " ").take(mine), "first_name": names[0].take(mine), "middle_name": names[1].take(mine),
            "last_name": names[2].take(mine), "date_of_birth": day.take(mine), "occupation": occupation.take(mine),
            "relationship": relation.take(mine), "age": taken(columns.out.age(people.doc, age), mine),
            **{column: texts.take(mine) for column, texts in home.items()},
        }  # fmt: skip
        whose = {name: texts.take(mine) for name, texts in owner.items()}
        ordinal = columns.places("{}", people.ordinal[mine] + 1)
        key = columns.out.persons(people.doc[mine], self.at(mine, ""), whose, ordinal, facts)
        back = np.full(len(people), -1, np.int64)
        back[mine] = np.arange(len(mine))
        return key.take(back), arena.mapped(home["country"], country_of)

    def _facts(self, owner: dict[str, Texts]) -> None:
        """Statements that have no column, and free texts."""
        for field in TEXT_FIELDS:
            said = self.people.get(field)
            self._text(np.flatnonzero(said.stated), field, said, f"/{field}", owner)
        notes, above = self.columns._notes(self.path, self.people)
        whose = {name: texts.take(above) for name, texts in owner.items()}
        self.columns.out.texts(
            notes.doc, self.at(above, f"/{_NOTES}/{{}}", notes.ordinal), _NOTES, notes.get("value"), whose
        )

    def _text(self, mine: Whole, field: str, said: Texts, below: str, owner: dict[str, Texts]) -> None:
        whose = {name: texts.take(mine) for name, texts in owner.items()}
        self.columns.out.texts(self.people.doc[mine], self.at(mine, below), field, said.take(mine), whose)
