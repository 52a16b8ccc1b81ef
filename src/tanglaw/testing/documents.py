"""Small neutral documents of the real formats, for tests."""

from __future__ import annotations

import json
from typing import Any

FILE_ID = "0123456789abcdef0123456789abcdef"


def report_xml(
    account: str = "acc-1", screen_name: str = "river.stone", extra: str = "", ip: str = "203.0.113.7"
) -> bytes:
    """A schema-valid CyberTipline report about one account; `extra` goes into personOrUserReported's end."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<report>
  <incidentSummary>
    <incidentType>Misleading Domain Name</incidentType>
    <incidentDateTime>2026-06-20T10:00:00Z</incidentDateTime>
  </incidentSummary>
  <reporter><reportingPerson><firstName>Example</firstName><lastName>Service</lastName></reportingPerson></reporter>
  <personOrUserReported>
    <personOrUserReportedPerson><email>{account}@example.org</email></personOrUserReportedPerson>
    <espIdentifier>{account}</espIdentifier>
    <espService>Example</espService>
    <screenName>{screen_name}</screenName>
    <ipCaptureEvent>
      <ipAddress>{ip}</ipAddress><eventName>Login</eventName><dateTime>2026-06-20T09:58:11Z</dateTime><port>50123</port>
    </ipCaptureEvent>{extra}
  </personOrUserReported>
</report>""".encode()


def file_details_xml(number: int, file_id: str = FILE_ID, md5: str = "5d41402abc4b2a76b9719d911017c592") -> bytes:
    """A schema-valid fileDetails document."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<fileDetails>
  <reportId>{number}</reportId>
  <fileId>{file_id}</fileId>
  <originalFileName>holiday.jpg</originalFileName>
  <fileViewedByEsp>false</fileViewedByEsp>
  <originalFileHash hashType="MD5">{md5}</originalFileHash>
</fileDetails>""".encode()


def police_json(number: int, **more: Any) -> bytes:
    """A police-side CyberTip with BOM, nulls and "N/A" as they occur."""
    document = {
        "reportId": number,
        "dateReceived": "2026-06-21T08:00:00Z",
        "reportedInformation": {
            "reportingEsp": {"espName": "Example, Inc."},
            "incidentSummary": {"incidentType": "Misleading Domain Name", "incidentDateTime": "2026-06-20T10:00:00Z"},
            "uploadedFiles": "N/A",
            "intendedRecipients": None,
            "reportedPeople": {
                "reportedPersons": [{"espUserId": f"user-{number}", "screenName": {"value": "river.stone"}}],
            },
            **more,
        },
    }
    return b"\xef\xbb\xbf" + json.dumps(document).encode()


# Not a picture: the first bytes of one and then a fixed pattern, which no test may find anywhere again.
PLANTED = b"\x89PNG\r\n\x1a\n" + bytes((7 * n * n + 3 * n + 11) % 251 for n in range(6_000))
