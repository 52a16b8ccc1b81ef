"""Plain CyberTipline documents into rows, thousands at a time: what `report`, `people`, `files` write one by one.

It covers the elements that `scan` knows, and of them what gives no issue; it says of every document whether it was sure
of it. Rows, ids and places are those of the readers row by row, which tests hold it to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tanglaw.reading.elements import Elements, first, up
from tanglaw.reading.report_blocks import Blocks, Reach
from tanglaw.reading.report_columns import Cells, taken
from tanglaw.reading.report_rows import country_of
from tanglaw.reading.texts import Mask, Texts, Whole
from tanglaw.reading.values import platform, truth
from tanglaw.sources.cybertipline_xml.people import PARTIES
from tanglaw.sources.cybertipline_xml.report import FORMAT, organisation
from tanglaw.sources.cybertipline_xml.scan import FILE, REPORT
from tanglaw.sources.cybertipline_xml.shapes import SHAPES

_FLAGS_OF_FILES = "fileDetails/fileAnnotations"
_FLAGS_OF_REPORTS = "report/incidentSummary/reportAnnotations"
_FAR = 1 << 40


class Columns(Blocks):
    """Rows of the plain documents of one scan."""

    # ---- shared by all elements

    def captures(self, elements: Elements, place: Texts, owner: dict[str, Cells], rank: Whole) -> None:
        stated = {"ip": elements.get("ipAddress"), "event": elements.get("eventName"), "at": elements.get("dateTime")}
        stated |= {"port": elements.get("port"), "proxy": elements.get("possibleProxy")}
        self.out.doubt(elements.doc, ~stated["ip"].stated)
        self.out.captures(elements.doc, place, owner, stated, rank)

    def devices(self, elements: Elements, place: Texts, owner: dict[str, Cells], rank: Whole) -> None:
        stated = {"kind": elements.get("idType"), "value": elements.get("idValue")}
        stated |= {"event": elements.get("eventName"), "at": elements.get("dateTime")}
        self.out.devices(elements.doc, place, owner, stated, rank)

    def flags(self, path: str, names: Sequence[str], place: str, file: Callable[[Elements], Texts] | None) -> None:
        """Presence flags below `path`; one with a text that is not "true" leaves doubt."""
        for name in names:
            found = self.of(f"{path}/{name}")
            if not len(found):
                continue
            self.out.checked(found.doc, found.text, lambda word: word if truth(word) else None)
            at = self.same(f"{place}/{name}", found)
            self.out.flags(found.doc, at, self.same(name, found), file(found) if file else None)

    # ---- files

    def files(self) -> None:
        """Rows of the fileDetails documents."""
        found = self.of(FILE)
        doc, out, arena = found.doc, self.out, self.arena
        get = found.get
        report, number, place = out.reports.take(doc), get("fileId"), self.same(f"/{FILE}", found)
        out.doubt(doc, ~number.stated)
        file = arena.ids("file", len(doc), report, number)
        hashes = self.of(f"{FILE}/originalFileHash")
        above = up(found, hashes)
        stated = hashes.text.stated
        captures, devices = self.of(f"{FILE}/ipCaptureEvent"), self.of(f"{FILE}/deviceId")
        rank = np.zeros(len(doc), np.int64)
        uploaded = out.times("uploaded_at", doc, get("uploadedToEspTimestamp"), rank, place)
        location = get("locationOfFile")
        answers = {
            column: out.truth(doc, get(name))
            for column, name in (
                ("viewed_by_esp", "fileViewedByEsp"),
                ("exif_viewed_by_esp", "exifViewedByEsp"),
                ("public", "publiclyAvailable"),
            )
        }
        out.put(
            "files", doc, file_id=file, report_id=report, report_number=get("reportId"), esp_file_id=number,
            name=get("fileName"), original_name=get("originalFileName"), **answers, relevance=get("fileRelevance"),
            classification=get("industryClassification"), location=location, locator=place,
            **uploaded.named("uploaded_at"),
        )  # fmt: skip
        kind = hashes.get("hashType")
        kind = kind.otherwise(self.same("", hashes))
        where = self.places(f"/{FILE}/originalFileHash[{{}}]", hashes.ordinal)
        mine = np.flatnonzero(stated)
        out.hashes(hashes.doc[mine], where.take(mine), file.take(above[mine]), kind.take(mine), hashes.text.take(mine))
        shown = np.flatnonzero(location.stated)
        if len(shown):
            out.pages(
                doc[shown], arena.constant(f"/{FILE}/locationOfFile", len(shown)), "file-location", location.take(shown)
            )
        self._file_flags(found, file)
        where = self.places(f"/{FILE}/ipCaptureEvent[{{}}]", captures.ordinal)
        owner: dict[str, Cells] = {"file_id": file.take(up(found, captures)), "role": "unknown"}
        self.captures(captures, where, owner, captures.ordinal)
        where = self.places(f"/{FILE}/deviceId[{{}}]", devices.ordinal)
        self.devices(
            devices, where, {"file_id": file.take(up(found, devices)), "role": "unknown"}, devices.ordinal + _FAR
        )
        notes = self.of(f"{FILE}/additionalInfo")
        out.texts(notes.doc, self.same(f"/{FILE}/additionalInfo", notes), "fileDetails.additionalInfo", notes.raw)

    def _file_flags(self, found: Elements, file: Texts) -> None:
        blocks, memes = self.of(_FLAGS_OF_FILES), self.of(f"{FILE}/potentialMeme")
        above = file.take(up(found, blocks))
        names = [path.rpartition("/")[2] for path in self.found.schema.below(_FLAGS_OF_FILES)]
        self.flags(_FLAGS_OF_FILES, names, f"/{_FLAGS_OF_FILES}", lambda flag: above.take(up(blocks, flag)))
        if len(memes):
            # The older form is a boolean; beside the newer one it says nothing more.
            newer = np.isin(memes.doc, self.of(f"{_FLAGS_OF_FILES}/potentialMeme").doc)
            answer = self.out.truth(memes.doc, memes.text)
            yes = np.flatnonzero(~newer & (~memes.text.stated | answer.fill_null(False).to_numpy(zero_copy_only=False)))
            place = self.arena.constant(f"/{FILE}/potentialMeme", len(yes))
            name = self.arena.constant("potentialMeme", len(yes))
            self.out.flags(memes.doc[yes], place, name, file.take(up(found, memes)[yes]))

    # ---- reports

    def reports(self, number: Texts, source: Texts) -> None:
        """Rows of the report documents; `number` and how it is known, by document."""
        found = self.of(REPORT)
        doc, out, arena = found.doc, self.out, self.arena
        summary = self.of(f"{REPORT}/incidentSummary")
        which = first(found, summary)
        self.alone(summary)
        out.doubt(doc, which < 0)
        place = self.same(f"/{REPORT}/incidentSummary", found)
        stated = {name: summary.get(name).take(which) for name in ("incidentType", "platform", "incidentDateTime")}
        meaning = summary.get("incidentDateTimeDescription").take(which)
        incident = out.times("incident_at", doc, stated["incidentDateTime"], np.full(len(doc), -_FAR), place)
        escalation = self._escalations(found, summary)
        names = [path.rpartition("/")[2] for path in self.found.schema.below(_FLAGS_OF_REPORTS)]
        self.flags(_FLAGS_OF_REPORTS, names, f"/{_FLAGS_OF_REPORTS}", None)
        esp, own = self._reporter(found)
        self._incidents()
        service = stated["platform"].otherwise(own)
        used, country = self._parties(found, service)
        texts = self.of(f"{REPORT}/additionalInfo")
        out.texts(texts.doc, self.same(f"/{REPORT}/additionalInfo", texts), "additionalInfo", texts.raw)
        service = stated["platform"].otherwise(used).otherwise(own)
        out.put(
            "report_documents", doc, report_id=out.reports.take(doc), report_number=number.take(doc),
            number_source=source.take(doc), scheme="ncmec", format=FORMAT, locator=self.same(f"/{REPORT}", found),
            esp=esp, platform=arena.mapped(service, platform), incident_type=stated["incidentType"],
            incident_meaning=meaning, escalation=escalation, country=country,
            text=self.lines(found, up(found, texts), texts.raw, "\n"), **incident.named("incident_at"),
        )  # fmt: skip

    def _escalations(self, found: Elements, summary: Elements) -> Texts:
        urgent = self.of(f"{REPORT}/incidentSummary/escalateToHighPriority")
        self.alone(urgent)
        said = urgent.text
        self.out.doubt(urgent.doc, ~said.stated)
        self.out.checked(urgent.doc, said, lambda word: None if word.casefold() in ("false", "0") else word)
        place = self.same(f"/{REPORT}/incidentSummary/escalateToHighPriority", urgent)
        self.out.texts(urgent.doc, place, "escalateToHighPriority", said)
        return said.take(first(summary, urgent)).take(first(found, summary))

    def _reporter(self, found: Elements) -> tuple[Texts, Texts]:
        """The ESP as written and the name of its platform; rows of the person who reports."""
        path = f"{REPORT}/reporter"
        reporter, person = self.of(path), self.of(f"{path}/reportingPerson")
        self.alone(reporter)
        self.alone(person)
        nobody = self.nothing(person)
        reach = self._contacts(f"{path}/reportingPerson", person, f"/{path}/reportingPerson", None)
        owner = {"account_id": nobody, "role": self.same("reporter", person)}
        key, _ = self._persons(
            person, person.doc, self.same(f"/{path}/reportingPerson", person), owner, self.same("11", person)
        )
        self.reached(reach, key, owner)
        values: list[list[str]] = [[] for _ in range(len(person))]
        for one in reach:
            for place, value in zip(one.above.tolist(), self.arena.listed(one.value), strict=True):
                values[place].append(str(value))
        parts = zip(*(self.arena.listed(person.get(name)) for name in ("firstName", "lastName")), values, strict=True)
        made: dict[tuple[str | None, ...], tuple[str, str]] = {}
        esp, own = [], []
        for given, family, known in parts:
            asked = (given, family, *known)
            if asked not in made:
                made[asked] = organisation([([name for name in (given, family) if name], known)])
            esp.append(made[asked][0] or None)
            own.append(made[asked][1] or None)
        inner, outer = first(reporter, person), first(found, reporter)
        which = np.where(outer < 0, -1, inner[outer]) if len(inner) else outer
        return self.arena.texts(esp).take(which), self.arena.texts(own).take(which)

    def _incidents(self) -> None:
        """Pages, contacts and texts of the places where it happened."""
        out, details = self.out, self.of(f"{REPORT}/internetDetails")
        for path in self.found.schema.below(f"{REPORT}/internetDetails"):
            tag = path.rpartition("/")[2]
            found = self.of(path)
            if not len(found):
                continue
            index = details.ordinal[up(details, found)]
            here = f"/{REPORT}/internetDetails[{{}}]/{tag}"
            for name, kind in (("chatRoomName", "chat-room"), ("gameName", "game")):
                doc, at, said = self._fact(found, index, here, name)
                out.pages(doc, at, kind, said)
            for name in ("chatClient", "console"):
                doc, at, said = self._fact(found, index, here, name)
                out.texts(doc, at, f"{tag}.{name}", said)
            for name in ("content", "additionalInfo"):
                texts = self.of(f"{path}/{name}")
                at = self.places(f"{here}/{name}", index[up(found, texts)])
                out.texts(texts.doc, at, name if name == "content" else f"{tag}.{name}", texts.raw)
            if tag == "webPageIncident":
                urls = self.of(f"{path}/url")
                above = up(found, urls)
                third = taken(out.truth(found.doc, found.get("thirdPartyHostedContent")), above)
                out.pages(
                    urls.doc, self.places(f"{here}/url[{{}}]", index[above], urls.ordinal), "web-page", urls.text, third
                )
            if tag == "emailIncident":
                reach = self._contacts(path, found, here, index, ("emailAddress",))
                nobody = self.nothing(found)
                self.reached(reach, nobody, {"account_id": nobody, "role": self.same("unknown", found)})

    def _fact(self, found: Elements, index: Whole, here: str, name: str) -> tuple[Whole, Texts, Texts]:
        """Document, place and text of a value, where an incident of this kind states it."""
        said = found.get(name) if self.found.has(f"{found.path}/{name}") else self.nothing(found)
        mine = np.flatnonzero(said.stated)
        return found.doc[mine], self.places(f"{here}/{name}", index[mine]), said.take(mine)

    # ---- people

    def _contacts(
        self, path: str, owner: Elements, here: str, index: Whole | None, tags: Sequence[str] = ("phone", "email")
    ) -> list[Reach]:
        """Phones, then e-mail addresses."""
        result = []
        for tag in tags:
            found = self.of(f"{path}/{tag}")
            mine = np.flatnonzero(found.text.stated)
            above = up(owner, found)
            verified = taken(self.out.truth(found.doc, found.get("verified")), mine)
            ordinals = [found.ordinal] if index is None else [index[above], found.ordinal]
            place = self.places(f"{here}/{tag}[{{}}]", *ordinals).take(mine)
            kind = "phone" if tag == "phone" else "email"
            said, use = found.text.take(mine), found.get("type").take(mine)
            result.append(Reach(above[mine], kind, found.doc[mine], place, said, use, verified))
        return result

    def _persons(
        self, found: Elements, doc: Whole, place: Texts, owner: dict[str, Texts], ordinal: Texts
    ) -> tuple[Texts, Texts]:
        """Persons of whom anything is said; returns id and country of the address for each element."""
        names = [found.get(name) for name in ("firstName", "middleName", "lastName")]
        born, age = found.get("dateOfBirth"), found.get("age")
        homes = self.of(f"{found.path}/address")
        self.alone(homes)
        which = first(found, homes)
        home = {
            column: homes.get(name).take(which)
            for column, name in (
                ("address", "address"),
                ("city", "city"),
                ("region", "state"),
                ("postal_code", "zipCode"),
                ("country", "country"),
            )
        }
        home["region"] = home["region"].otherwise(homes.get("nonUsaState").take(which))
        said = born.stated | age.stated | (which >= 0)
        for name in names:
            said |= name.stated
        mine = np.flatnonzero(said)
        facts: dict[str, Cells] = {
            "name": self.arena.joined(names, " ").take(mine), "first_name": names[0].take(mine),
            "middle_name": names[1].take(mine), "last_name": names[2].take(mine), "date_of_birth": born.take(mine),
            "age": taken(self.out.age(doc, age), mine), **{name: texts.take(mine) for name, texts in home.items()},
        }  # fmt: skip
        whose = {name: texts.take(mine) for name, texts in owner.items()}
        key = self.out.persons(doc[mine], place.take(mine), whose, ordinal.take(mine), facts)
        back = np.full(len(found), -1, np.int64)
        back[mine] = np.arange(len(mine))
        return key.take(back), home["country"]

    def _parties(self, found: Elements, service: Texts) -> tuple[Texts, Texts]:
        """Rows of reported persons, recipients and victims; returns for each report the first service that a reported
        person's block names and the first country it states."""
        used = country = self.nothing(found)
        for stage, tag in enumerate(PARTIES):
            blocks = self.of(f"{REPORT}/{tag}")
            if not len(blocks):
                continue
            named, stated = _Party(self, blocks, tag, service.take(up(found, blocks)), stage).rows()
            if tag == "personOrUserReported":
                used, country = (self.first_stated(found, up(found, blocks), texts) for texts in (named, stated))
        return used, country


class _Party:
    """The blocks of one name: reported persons, recipients or victims."""

    def __init__(self, columns: Columns, blocks: Elements, tag: str, service: Texts, stage: int) -> None:
        self.columns, self.blocks, self.tag = columns, blocks, tag
        self.role, person = PARTIES[tag]
        self.person = columns.of(f"{blocks.path}/{person}")
        self.person_place = f"/{blocks.path}[{{}}]/{person}"
        self.named = blocks.get("espService")
        self.service = self.named.otherwise(service)
        self.rank = (stage << 50) + (blocks.ordinal << 25)
        self.place = columns.places(f"/{blocks.path}[{{}}]", blocks.ordinal)

    def below(self, name: str) -> tuple[Elements, Whole]:
        """Elements of the blocks, and the place of each one's block."""
        found = self.columns.of(f"{self.blocks.path}/{name}")
        return found, up(self.blocks, found)

    def rows(self) -> tuple[Texts, Texts]:
        """All rows; returns for each block the service it names and the country it states."""
        columns, blocks, out = self.columns, self.blocks, self.columns.out
        columns.alone(self.person)
        above = up(blocks, self.person)
        reach = columns._contacts(self.person.path, self.person, self.person_place, blocks.ordinal[above])
        own = [one._replace(above=above[one.above]) for one in reach]
        kind, shown, keyed_by = columns.chosen(blocks, blocks.get("espIdentifier"), blocks.get("screenName"), own)
        out.doubt(blocks.doc, ~shown.stated)
        name = columns.arena.mapped(self.service, platform)
        account = columns.arena.ids("account", len(blocks), name.otherwise(columns.same("", blocks)), keyed_by)
        columns.once(blocks, account)
        role = columns.same(self.role, blocks)
        owner = {"account_id": account, "role": role}
        country = self._account(owner, {"platform": name, "identifier": shown, "identifier_kind": kind})
        mine = {key: texts.take(above) for key, texts in owner.items()}
        ordinal = columns.places("{}", blocks.ordinal)
        place = columns.places(self.person_place, blocks.ordinal[above])
        key, home = columns._persons(self.person, self.person.doc, place, mine, ordinal.take(above))
        columns.reached(reach, key, mine)
        self._notes(owner)
        stated = columns.arena.mapped(country, country_of)
        home = home.take(first(blocks, self.person))
        return self.named, stated.otherwise(columns.arena.mapped(home, country_of))

    def _account(self, owner: dict[str, Texts], facts: dict[str, Cells]) -> Texts:
        """The account's row and what hangs on it; returns the country of the ESP's estimate."""
        columns, blocks, out = self.columns, self.blocks, self.columns.out
        get = blocks.get
        profiles, profile_of = self.below("profileUrl")
        names, name_of = self.below("displayName")
        locations, location_of = self.below("estimatedLocation")
        estimate = first(blocks, locations)
        group = get("groupIdentifier")
        country = locations.get("countryCode").take(estimate)
        third = get("thirdPartyUserReported") if self.role == "reported" else columns.nothing(blocks)
        out.accounts(
            blocks.doc, self.place, owner["account_id"], owner["role"],
            {
                **facts, "handle": get("screenName"), "display_name": columns.lines(blocks, name_of, names.text, " | "),
                "compromised": out.truth(blocks.doc, get("compromisedAccount")), "third_party": out.truth(blocks.doc, third),
                "profile_url": columns.lines(blocks, profile_of, profiles.text, " "), "group_identifier": group,
                "country": country, "region": locations.get("region").take(estimate), "city": locations.get("city").take(estimate),
                "disabled": self._disabled(owner),
            },
        )  # fmt: skip
        more = np.flatnonzero(locations.ordinal > 1)
        if len(more):
            said = columns.arena.joined(
                [locations.get(name).take(more) for name in ("city", "region", "countryCode")], ", "
            )
            where = columns.places(
                f"/{blocks.path}[{{}}]/estimatedLocation[{{}}]",
                blocks.ordinal[location_of[more]],
                locations.ordinal[more],
            )
            self._texts("estimatedLocation", locations.doc[more], where, location_of[more], said, owner)
        out.pages(profiles.doc, self.place.take(profile_of), "profile", profiles.text)
        grouped = np.flatnonzero(group.stated)
        if len(grouped):
            out.association(
                blocks.doc[grouped],
                self.place.take(grouped),
                owner["account_id"].take(grouped),
                "group",
                group.take(grouped),
            )
        for tag in ("priorCTReports", "priorCTReport"):
            numbers, above = self.below(tag)
            where = columns.places(f"/{blocks.path}[{{}}]/{tag}", blocks.ordinal[above])
            out.earlier(numbers.doc, where, owner["account_id"].take(above), numbers.text)
        for tag, write, later in (("ipCaptureEvent", columns.captures, 0), ("deviceId", columns.devices, 1 << 24)):
            events, above = self.below(tag)
            where = columns.places(f"/{blocks.path}[{{}}]/{tag}[{{}}]", blocks.ordinal[above], events.ordinal)
            whose: dict[str, Cells] = {name: texts.take(above) for name, texts in owner.items()}
            write(events, where, whose, self.rank[above] + events.ordinal + later)
        return country

    def _disabled(self, owner: dict[str, Texts]) -> Texts:
        """permanently, temporarily or not stated; dates and notices beside it are a text of the account."""
        columns = self.columns
        result = columns.nothing(self.blocks)
        for tag, word in (("accountTemporarilyDisabled", "temporarily"), ("accountPermanentlyDisabled", "permanently")):
            found, above = self.below(tag)
            if not len(found):
                continue
            answer = columns.out.truth(found.doc, found.text).fill_null(True).to_numpy(zero_copy_only=False)
            yes: Mask = np.zeros(len(self.blocks), np.bool_)
            yes[above[answer]] = True
            result = columns.same(word, self.blocks).only(yes).otherwise(result)
            self._beside(tag, found, above, owner)
        return result

    def _beside(self, tag: str, found: Elements, above: Whole, owner: dict[str, Texts]) -> None:
        arena, parts = self.columns.arena, [found.text]
        some: Mask = np.zeros(len(found), np.bool_)
        for name in sorted(SHAPES[tag].attributes):
            value = found.get(name)
            some |= value.stated
            parts.append(arena.joined([self.columns.same(f"{name}=", found), value]).only(value.stated))
        mine = np.flatnonzero(some)
        where = self.columns.places(f"/{self.blocks.path}[{{}}]/{tag}", self.blocks.ordinal[above[mine]])
        self._texts(tag, found.doc[mine], where, above[mine], arena.joined(parts, "; ").take(mine), owner)

    def _texts(self, field: str, doc: Whole, where: Texts, above: Whole, said: Texts, owner: dict[str, Texts]) -> None:
        mine = np.flatnonzero(said.stated)
        whose = {name: texts.take(above[mine]) for name, texts in owner.items()}
        self.columns.out.texts(doc[mine], where.take(mine), field, said.take(mine), whose)

    def _notes(self, owner: dict[str, Texts]) -> None:
        """Free texts of the blocks."""
        blocks = self.blocks
        for name in ("profileBio", "additionalInfo"):
            found, above = self.below(name)
            where = self.columns.places(f"/{blocks.path}[{{}}]/{name}", blocks.ordinal[above])
            self._texts(name, found.doc, where, above, found.raw, owner)
        if self.columns.found.has(f"{blocks.path}/vehicleDescription"):
            every = np.arange(len(blocks))
            self._texts("vehicleDescription", blocks.doc, self.place, every, blocks.get("vehicleDescription"), owner)
