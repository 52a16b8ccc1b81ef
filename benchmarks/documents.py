"""Made-up, content-free documents of fixed size: the same number gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILES_A_REPORT = 3
_STAMP = "2026-06-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}Z"

_REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">
 <incidentSummary>
  <incidentType>Misleading Domain Name</incidentType>
  <platform>{service}</platform>
  <incidentDateTime>{at}</incidentDateTime>
  <incidentDateTimeDescription>Time of upload</incidentDateTimeDescription>
 </incidentSummary>
 <internetDetails>
  <webPageIncident>
   <url>https://pages.example.org/p/{number}</url>
   <additionalInfo>The page was open to everybody.</additionalInfo>
  </webPageIncident>
 </internetDetails>
 <reporter>
  <reportingPerson>
   <firstName>{service}</firstName>
   <email type="Business">reports@service{which}.example.com</email>
  </reportingPerson>
  <companyTemplate>Records of this account are kept for one year. Please quote the report number.</companyTemplate>
  <legalURL>https://service{which}.example.com/legal</legalURL>
 </reporter>
 <personOrUserReported>
  <personOrUserReportedPerson>
   <firstName>Alex</firstName>
   <lastName>Keller{which}</lastName>
   <phone type="Mobile" verified="true">+4915555{number:06d}</phone>
   <email type="Home" verified="false">person{person}@example.org</email>
   <dateOfBirth>1976-11-25</dateOfBirth>
  </personOrUserReportedPerson>
  <espIdentifier>{identifier}</espIdentifier>
  <espService>{service}</espService>
  <screenName>garden{person}</screenName>
  <displayName>Alex K.</displayName>
  <profileUrl>https://service{which}.example.com/u/garden{person}</profileUrl>
  <ipCaptureEvent>
   <ipAddress>198.51.{octet}.7</ipAddress>
   <eventName>Login</eventName>
   <dateTime>{at}</dateTime>
   <port>50123</port>
  </ipCaptureEvent>
  <ipCaptureEvent>
   <ipAddress>2001:db8:0:{octet:x}::4d4</ipAddress>
   <eventName>Registration</eventName>
   <dateTime>2025-01-02T03:04:05Z</dateTime>
  </ipCaptureEvent>
  <deviceId>
   <idType>IMEI</idType>
   <idValue>00380317{number:07d}</idValue>
  </deviceId>
  <estimatedLocation>
   <city>Leeds</city>
   <countryCode>GB</countryCode>
  </estimatedLocation>
  <additionalInfo>One account, in use since 2025.</additionalInfo>
 </personOrUserReported>
 <additionalInfo>Report {number} of a benchmark.</additionalInfo>
</report>
"""

_FILE = """<?xml version="1.0" encoding="UTF-8"?>
<fileDetails>
 <reportId>{number}</reportId>
 <fileId>{md5}</fileId>
 <fileName>attachment_{number}_{index}.bin</fileName>
 <originalFileName>IMG_{number}_{index}.bin</originalFileName>
 <uploadedToEspTimestamp>{at}</uploadedToEspTimestamp>
 <fileViewedByEsp>true</fileViewedByEsp>
 <publiclyAvailable>false</publiclyAvailable>
 <industryClassification>B2</industryClassification>
 <originalFileHash hashType="MD5">{md5}</originalFileHash>
 <originalFileHash hashType="SHA1">{sha1}</originalFileHash>
 <originalFileHash hashType="SHA256">{sha256}</originalFileHash>
 <ipCaptureEvent>
  <ipAddress>198.51.{octet}.7</ipAddress>
  <eventName>Upload</eventName>
  <dateTime>{at}</dateTime>
 </ipCaptureEvent>
</fileDetails>
"""


def _facts(number: int) -> dict[str, Any]:
    which, person = number % 7, number % 50_000
    at = _STAMP.format(day=1 + number % 28, hour=number % 24, minute=number % 60, second=number % 59)
    return {
        "number": 100_000_000 + number,
        "which": which,
        "service": f"Service {which}, Inc.",
        "person": person,
        "identifier": 71_634_521_000_000 + person,
        "octet": number % 200,
        "at": at,
    }


def report_documents(number: int) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of report `number` and its fileDetails: four documents, about 5 kB together."""
    facts = _facts(number)
    yield "report.xml", _REPORT.format(**facts).encode()
    for index in range(1, FILES_A_REPORT + 1):
        seed = f"{number}/{index}".encode()
        hashes = {kind: hashlib.new(kind, seed).hexdigest() for kind in ("md5", "sha1", "sha256")}
        yield f"fileDetails_{index}.xml", _FILE.format(**facts, **hashes, index=index).encode()


def write_tar(path: Path, reports: int) -> int:
    """Write the documents of `reports` reports into one tar, a folder each; returns their bytes."""
    size = 0
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for number in range(reports):
            for name, data in report_documents(number):
                info = tarfile.TarInfo(f"{100_000_000 + number}/{name}")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
                size += len(data)
    return size


def write_loose(folder: Path, reports: int) -> int:
    """Write the documents of `reports` reports as loose files, a folder each; returns their bytes."""
    size = 0
    for number in range(reports):
        inside = folder / f"{number // 1000:03d}" / str(100_000_000 + number)
        inside.mkdir(parents=True)
        for name, data in report_documents(number):
            (inside / name).write_bytes(data)
            size += len(data)
    return size


def police_report(number: int) -> dict[str, Any]:
    """One police-side report as JSON values, about 1.2 kB."""
    facts = _facts(number)
    capture = {
        "captureType": "IP Address",
        "value": f"198.51.{facts['octet']}.7",
        "dateTime": facts["at"],
        "eventName": "LOGIN",
        "port": "50123",
    }
    person = {
        "firstName": "Alex",
        "lastName": f"Keller{facts['which']}",
        "approximateAge": "34",
        "espService": facts["service"],
        "espUserId": str(facts["identifier"]),
        "screenName": {"value": f"garden{facts['person']}"},
        "emails": {"emails": [{"value": f"person{facts['person']}@example.org", "verified": True}]},
        "phones": "N/A",
        "sourceInformation": {"sourceCaptures": [capture]},
    }
    file = {
        "filename": f"attachment_{number}.bin",
        "submittalId": hashlib.md5(f"{number}/1".encode()).hexdigest(),
        "verificationHash": hashlib.md5(f"{number}/1".encode()).hexdigest(),
        "viewedByEsp": None,
        "industryClassification": "B2",
    }
    return {
        "reportId": facts["number"],
        "dateReceived": facts["at"],
        "reportedInformation": {
            "reportingEsp": {"espName": facts["service"]},
            "incidentSummary": {"incidentType": "Misleading Domain Name", "incidentDateTime": facts["at"]},
            "reportedPeople": {"reportedPersons": [person]},
            "intendedRecipients": "N/A",
            "uploadedFiles": {"uploadedFiles": [file]},
        },
    }


def write_police(folder: Path, reports: int, files: int = 8) -> int:
    """Write `reports` police-side reports as `files` JSON arrays; returns their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    size = 0
    for index in range(files):
        data = json.dumps([police_report(number) for number in range(index, reports, files)]).encode()
        (folder / f"tips-{index:02d}.json").write_bytes(data)
        size += len(data)
    return size
