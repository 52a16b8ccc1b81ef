"""Documents read together give what documents read one by one give: the same rows, ids, issues and quarantine."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.intake.pieces import Piece, Task
from tanglaw.intake.tasks import Done, read_task
from tanglaw.intake.together import Together
from tanglaw.sources.cybertipline_xml import scan_loops
from tanglaw.sources.cybertipline_xml.scan import SCHEMA, Scan
from tanglaw.testing.rows import memory_rows
from tests.sources.odd import changed

Rows = dict[str, Counter[str]]
EXAMPLES = Path(__file__).parents[1] / "sources" / "examples"

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">
 <incidentSummary>
  <incidentType>Misleading Domain Name</incidentType><platform>Pages, Inc.</platform>
  <escalateToHighPriority>please call</escalateToHighPriority>
  <reportAnnotations><spam/><informational>true</informational></reportAnnotations>
  <incidentDateTime>2026-06-15T04:34:42</incidentDateTime>
  <incidentDateTimeDescription>Time of upload</incidentDateTimeDescription>
 </incidentSummary>
 <internetDetails>
  <webPageIncident thirdPartyHostedContent="true"><url>https://pages.example.org/p/1</url>
   <url> https://pages.example.org/2 </url>
   <additionalInfo>The page was open.</additionalInfo></webPageIncident>
  <emailIncident><emailAddress type="Home" verified="true">moon@mail.example.com</emailAddress>
   <content>see you at noon</content></emailIncident>
 </internetDetails>
 <internetDetails><chatImIncident><chatClient>web</chatClient><chatRoomName>garden</chatRoomName>
   <content>at one</content></chatImIncident>
  <onlineGamingIncident><gameName>chess</gameName><console>desk</console></onlineGamingIncident></internetDetails>
 <reporter><reportingPerson><firstName>Pages, Inc.</firstName>
   <email type="Business">reports@pages.example.com</email></reportingPerson>
  <companyTemplate>Records are kept for one year.</companyTemplate>
   <legalURL>https://pages.example.com/legal</legalURL></reporter>
 <personOrUserReported>
  <personOrUserReportedPerson><firstName>Alex</firstName><middleName>M</middleName><lastName>Keller</lastName>
   <phone type="Mobile" verified="true">+4915555000123</phone>
   <email type="Home" verified="false">alex@example.org</email><age>34</age><dateOfBirth>1976-11-25</dateOfBirth>
   <address><address>1 High Street</address><city>Leeds</city><zipCode>LS1</zipCode><state>Yorks</state>
   <country>GB</country></address></personOrUserReportedPerson>
  <espIdentifier>716345</espIdentifier><espService>Pages</espService><compromisedAccount>false</compromisedAccount>
   <screenName>garden1</screenName>
  <displayName>Alex K.</displayName><displayName>A. K.</displayName>
   <profileUrl>https://pages.example.com/u/1</profileUrl><profileBio>likes tea</profileBio>
  <ipCaptureEvent><ipAddress>198.51.100.7</ipAddress><eventName>Login</eventName>
   <dateTime>2026-06-15T05:30:27.25+02:00</dateTime><possibleProxy>false</possibleProxy><port>50123</port>
   </ipCaptureEvent>
  <ipCaptureEvent><ipAddress>2001:db8::4d4</ipAddress><eventName>registration</eventName>
   <dateTime>2025-01-02T03:04:05</dateTime></ipCaptureEvent>
  <deviceId><idType>IMEI</idType><idValue>003803170000001</idValue><eventName>Login</eventName>
   <dateTime>2025-01-02T03:04:05Z</dateTime></deviceId>
  <accountTemporarilyDisabled>false</accountTemporarilyDisabled>
  <accountPermanentlyDisabled userNotified="false" disabledDate="2026-06-16">true</accountPermanentlyDisabled>
  <estimatedLocation><city>Leeds</city><countryCode>GB</countryCode></estimatedLocation><estimatedLocation>
   <city>York</city></estimatedLocation>
  <priorCTReports>123456780</priorCTReports><groupIdentifier>walkers</groupIdentifier>
   <vehicleDescription>a blue van</vehicleDescription>
  <thirdPartyUserReported>true</thirdPartyUserReported><additionalInfo>One account.</additionalInfo>
 </personOrUserReported>
 <personOrUserReported><personOrUserReportedPerson><email verified="true">sam@example.org</email>
   </personOrUserReportedPerson><screenName>@Sam</screenName></personOrUserReported>
 <intendedRecipient><intendedRecipientPerson><firstName>Kim</firstName></intendedRecipientPerson>
   <espIdentifier>99</espIdentifier></intendedRecipient>
 <additionalInfo>Report of a test.</additionalInfo><additionalInfo> and more </additionalInfo>
</report>
"""
FILE = """<?xml version="1.0" encoding="UTF-8"?>
<fileDetails>
 <reportId>100000001</reportId><fileId>f1</fileId><fileName>a.bin</fileName><originalFileName>b.bin</originalFileName>
 <uploadedToEspTimestamp>2026-06-15T04:34:42</uploadedToEspTimestamp><locationOfFile>https://pages.example.com/f/1</locationOfFile>
 <fileViewedByEsp>true</fileViewedByEsp><exifViewedByEsp>0</exifViewedByEsp><publiclyAvailable>no</publiclyAvailable>
 <fileRelevance>Reported</fileRelevance><industryClassification>B2</industryClassification><potentialMeme>true</potentialMeme>
 <fileAnnotations><viral/><generativeAi>true</generativeAi></fileAnnotations>
 <originalFileHash hashType="MD5">900150983CD24FB0D6963F7D28E17F72</originalFileHash>
 <originalFileHash hashType="SHA-1">a9993e364706816aba3e25717850c26c9cd0d89d</originalFileHash>
 <originalFileHash hashType="PhotoDNA">opaque</originalFileHash><originalFileHash>abc</originalFileHash>
 <ipCaptureEvent><ipAddress>198.51.100.7</ipAddress><eventName>Upload</eventName><dateTime>2026-06-15T04:34:42Z</dateTime></ipCaptureEvent>
 <deviceId><idType>IDFA</idType><idValue>x-1</idValue></deviceId><additionalInfo>from the gallery</additionalInfo>
</fileDetails>
"""
# Without what leaves doubt: a hash of an unknown form.
PLAIN_FILE = "\n".join(line for line in FILE.split("\n") if "opaque" not in line)


def task_of(documents: dict[str, bytes]) -> Task:
    """A task with these files, grouped by folder."""
    ids, groups = Ids(DEMO_KEY), dict[str, list[Piece]]()
    for arrival, (path, data) in enumerate(documents.items(), 1):
        digest = hashlib.sha256(data).hexdigest()
        piece = Piece(path, arrival, "delivery", digest, ids.of("source", digest), len(data), data=data)
        groups.setdefault(path.rpartition("/")[0], []).append(piece)
    return Task(1, tuple(tuple(group) for group in groups.values()))


def read(documents: dict[str, bytes], many: bool, given_settings: Settings) -> tuple[Done, Rows]:
    """What a worker gives for these files: every row of every table, in no order."""
    with tempfile.TemporaryDirectory() as folder:
        done = read_task(task_of(documents), Ids(DEMO_KEY), given_settings, Path(folder), many)
        found: Rows = {}
        for path, part in done.parts:
            found.setdefault(part.table, Counter()).update(map(repr, pq.read_table(path).to_pylist()))
    return done, found


def assert_equal(documents: dict[str, bytes], given_settings: Settings | None = None) -> None:
    one_by_one, expected = read(documents, False, given_settings or Settings())
    together, rows = read(documents, True, given_settings or Settings())
    assert rows == expected
    assert (together.formats, together.rows, together.open) == (one_by_one.formats, one_by_one.rows, one_by_one.open)


def taken(documents: dict[str, bytes]) -> int:
    """How many of the files are read together."""
    task = task_of(documents)
    rows, _ = memory_rows()
    plain = Together([piece for group in task.groups for piece in group], rows)
    for group in task.groups:
        stated = [said for said in plain.statements(group) if said]
        numbers = tuple(sorted({number for _, found in stated for number in found}))
        plain.surrounded(group, {"cybertipline-xml": numbers})
    return len(plain.write()[0])


def folder(number: int, report: str, *files: str) -> dict[str, bytes]:
    names = {
        f"in/{number}/report.xml": report,
        **{f"in/{number}/fileDetails_{n}.xml": one for n, one in enumerate(files)},
    }
    return {path: text.encode("utf-8", "surrogatepass") for path, text in names.items()}


def test_plain_documents_are_read_together_and_equal() -> None:
    """A report with nearly everything that is plain and its file are both read together, with the same rows."""
    documents = folder(100000001, REPORT, PLAIN_FILE)
    assert taken(documents) == 2
    assert_equal(documents)


def test_the_examples_of_the_format_are_equal() -> None:
    """The fullest report and fileDetails that the tests have give the same rows on both ways."""
    report, file = ((EXAMPLES / name).read_text() for name in ("report_full.xml", "file_details_full.xml"))
    assert_equal(folder(100000001, report, file, FILE) | folder(100000002, REPORT, PLAIN_FILE))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "", "No/Such"])
def test_zones_are_assumed_alike(zone: str) -> None:
    """A stamp without zone is read in the zone of the settings, with one issue a document at the same place."""
    assert_equal(folder(100000001, REPORT, PLAIN_FILE), Settings(default_zone=zone))


def test_numbers_come_from_neighbours_alike() -> None:
    """A folder's fileDetails, its name, and conflicts between them give each report the same number and source."""
    second = PLAIN_FILE.replace("100000001", "100000002")
    documents = (
        folder(7, REPORT, PLAIN_FILE) | folder(100000003, REPORT) | folder(100000009, REPORT, PLAIN_FILE, second)
    )
    documents |= {
        "in/1/100000004.xml": REPORT.encode(),
        "in/none/a.xml": REPORT.encode(),
        "in/none/b.xml": (REPORT + " ").encode(),
    }
    assert_equal(documents)


def test_what_is_not_plain_takes_nothing_with_it() -> None:
    """Broken and hostile files beside plain ones: both ways quarantine the same ones, and the rest is read together."""
    good = {
        path: data
        for number in range(5)
        for path, data in folder(
            100000001 + number,
            REPORT.replace("716345", str(number)),
            PLAIN_FILE.replace("100000001", str(100000001 + number)),
        ).items()
    }
    bad = {
        "in/100000001/cut.xml": REPORT[:900].encode(), "in/100000002/dtd.xml": b"<!DOCTYPE report><report/>", "in/3/empty.xml": b"",
        "in/100000003/wide.xml": REPORT.replace("UTF-8", "UTF-16").encode("utf-16"), "in/4/nul.xml": b"\x00" * 900,
        "in/5/latin.xml": FILE.replace("a.bin", "\xe9").encode("latin-1"), "in/6/deep.xml": b"<report>" * 3000,
        "in/7/two.xml": (PLAIN_FILE + PLAIN_FILE[39:]).encode(), "in/8/delivery.toml": b"note = 1",
    }  # fmt: skip
    assert taken(good | bad) == 10
    assert_equal(good | bad)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 4))
def test_changed_documents_are_equal(seed: int, changes: int) -> None:
    """Missing, repeated, moved, unknown, blank and odd elements, entities, CDATA, comments and namespaces: whatever is
    changed in a document, both ways give the same."""
    chance = random.Random(seed)
    documents: dict[str, bytes] = {}
    for number in range(6):
        report, file = REPORT, PLAIN_FILE.replace("100000001", str(100000001 + number))
        for _ in range(chance.randint(0, changes)):
            report = changed(report, chance)
        for _ in range(chance.randint(0, changes)):
            file = changed(file, chance)
        documents |= folder(100000001 + number, report, file)
    assert_equal(documents)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_damaged_bytes_are_equal(seed: int) -> None:
    """Bytes changed, cut out or put in anywhere: what one way accepts, the other accepts with the same rows."""
    chance = random.Random(seed)
    documents: dict[str, bytes] = {}
    for number in range(12):
        data = bytearray((REPORT if chance.random() < 0.4 else PLAIN_FILE).encode())
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(data))
            what = chance.randrange(3)
            if what == 0:
                data[place] = chance.choice(b"<>/\"'&=!? \t\r\n\x00\x7f\x80\xc3\xff]ax0")
            elif what == 1:
                del data[place : place + chance.randint(1, 30)]
            else:
                data[place:place] = (
                    data[: chance.randint(1, 60)] if chance.random() < 0.3 else bytes([chance.randrange(256)])
                )
        documents[f"in/{100000001 + number}/x.xml"] = bytes(data)
    assert_equal(documents)


def test_the_compiled_scan_is_that_of_plain_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop that takes documents apart finds the same whether Numba compiled it or Python walks it."""
    chance = random.Random(5)
    documents = [REPORT, PLAIN_FILE, *(changed(chance.choice((REPORT, PLAIN_FILE)), chance) for _ in range(40))]
    raw = [one.encode("utf-8", "surrogatepass") for one in documents]
    ends = np.cumsum([len(one) for one in raw])
    spans = np.stack([ends - [len(one) for one in raw], ends], 1)
    data = np.frombuffer(b"".join(raw), np.uint8).copy()
    compiled = Scan(data, spans)
    for name, loop in list(vars(scan_loops).items()):
        if hasattr(loop, "py_func"):
            monkeypatch.setattr(scan_loops, name, loop.py_func)
    plain = Scan(data, spans)
    assert (compiled.is_report | compiled.is_file).sum() > 10
    assert (plain.is_report.tolist(), plain.is_file.tolist()) == (
        compiled.is_report.tolist(),
        compiled.is_file.tolist(),
    )
    for number in range(len(SCHEMA.nodes)):
        path = SCHEMA.nodes[number].path
        mine, theirs = compiled.of(path), plain.of(path)
        assert (mine.doc.tolist(), mine.parent.tolist()) == (theirs.doc.tolist(), theirs.parent.tolist())
        assert [column.tolist() for column in mine.raw] == [column.tolist() for column in theirs.raw]
