"""The files are of the real formats, with their quirks."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tanglaw.simulate import words

POLICE_KEYS = words.listed(
    "reportId dateReceived reportedInformation reportingEsp espName incidentSummary incidentType incidentDateTime"
    " incidentDateTimeDescription additionalInformations value incidentDetails webpageIncident sourceInformation"
    " sourceCaptures captureType dateTime eventName port reportedPeople reportedPersons intendedRecipients firstName"
    " lastName dateOfBirth espService espUserId screenName emails verified phones addresses street1 city country"
    " accessToChildren uploadedFiles filename originalFilename submittalId verificationHash viewedByEsp"
    " industryClassification ncmecTags groups tags"
)


def all_keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from all_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from all_keys(inner)


@pytest.mark.shared
def test_documents_are_valid_by_the_official_schema(shared: Path, middle, small) -> None:
    """Every shape of report and fileDetails validates against the public schema."""
    schema = etree.XMLSchema(etree.parse(shared / "cybertipline" / "cyber_tipline.xsd"))
    seen: set[frozenset[str]] = set()
    for world in (small, middle):
        for name, data in world.documents():
            tree = etree.fromstring(data)
            shape = frozenset(f"{element.tag} {sorted(element.keys())}" for element in tree.iter())
            if shape not in seen:
                seen.add(shape)
                assert schema.validate(tree), (name, schema.error_log.last_error)
    assert len(seen) > 300
    every = set().union(*seen)
    for tag in (
        "batchedReport",
        "victim",
        "associatedAccount",
        "intendedRecipient",
        "lawEnforcement",
        "peer2peerIncident",
    ):
        assert any(one.startswith(f"{tag} ") for one in every), tag


@pytest.mark.shared
def test_hotline_reports_are_valid_by_the_xarf_schema(shared: Path, middle) -> None:
    """Required members, constants, enumerations and patterns of XARF v4 hold."""
    folder = shared / "formats" / "xarf" / "schemas" / "v4"
    files = sorted((middle.inbox / "hotline").glob("*.json"))
    assert len(files) == middle.counts["hotline_reports"] == 40
    for path in files:
        check(json.loads(path.read_text()), folder / "types" / "content-csam.json", None)


def check(value: object, file: Path, schema: dict | None) -> None:
    """A small part of JSON Schema: $ref, allOf, required, properties, const, enum, pattern, type of objects."""
    schema = json.loads(file.read_text()) if schema is None else schema
    reference = schema.get("$ref", "")
    if reference.startswith("#/$defs/"):
        return check(value, file, json.loads(file.read_text())["$defs"][reference.rsplit("/", 1)[1]])
    if reference:
        return check(value, (file.parent / reference).resolve(), None)
    for part in schema.get("allOf", ()):
        check(value, file, part)
    if "const" in schema:
        assert value == schema["const"]
    if "enum" in schema:
        assert value in schema["enum"]
    if "pattern" in schema:
        assert re.search(schema["pattern"], value)
    if "properties" in schema:
        assert set(schema.get("required", ())) <= set(value)
        if schema.get("additionalProperties", True) is False:
            assert set(value) <= set(schema["properties"])
        for name, inner in schema["properties"].items():
            if name in value:
                check(value[name], file, inner)
    return None


def test_police_json_has_its_quirks(middle) -> None:
    """Byte order marks, nulls and "N/A", wrapped lists, upper-case events, numbers as text."""
    files = sorted((middle.inbox / "police").glob("*.json"))
    marks = [path.read_bytes().startswith(b"\xef\xbb\xbf") for path in files]
    assert True in marks
    assert False in marks
    text = "".join(path.read_text(encoding="utf-8-sig") for path in files)
    for quirk in ('"N/A"', ": null", '"UPLOAD"', '"uploadedFiles": {"uploadedFiles": [', '"reportId": "'):
        assert quirk in text
    assert {type(report["reportId"]) for report in middle.police()} == {int, str}


def test_police_json_uses_known_names_only(middle) -> None:
    """Every key is one that the published parsers name."""
    assert set(all_keys(middle.police())) <= set(POLICE_KEYS)


def test_some_reports_come_twice(middle) -> None:
    """Some numbers arrive as XML and as police JSON, some again with a supplement."""
    xml = [name for name, _ in middle.documents() if name.endswith("report.xml")]
    police = {str(report["reportId"]) for report in middle.police()}
    assert len(police & {name.split("/")[0] for name in xml}) == middle.counts["both_channels"] > 100
    assert len(xml) - len(set(xml)) == middle.counts["supplemented"] > 50
    late = [data.decode() for name, data in middle.documents()][-5:]
    assert all("Supplement:" in text for text in late)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        (
            "payments/payments-harbour-pay.csv",
            "reference,paid_at,amount,currency,sender_provider,sender_account,sender_name,receiver_account,receiver_name,"
            "method,status,purpose,payout_place",
        ),
        ("records/logins.csv", "account,platform,event,ip,port,at"),
        ("records/calls.csv", "call_id,platform,caller,callee,started_at,seconds,kind,outcome"),
        ("records/subscribers.csv", "account,platform,handle,full_name,date_of_birth,email,phone,address,city,country"),
        ("references/watch-list.csv", "type,value,case_number,placed_by,expires_at,note"),
    ],
)
def test_tables_have_the_agreed_headers(small, name: str, header: str) -> None:
    """The header row is exactly the agreed one and rows follow."""
    lines = (small.inbox / name).read_text(encoding="utf-8").split("\n")
    assert lines[0] == header
    assert len(lines) > 2


def test_chats_of_three_services_and_of_both_sides(middle) -> None:
    """Telegram (one chat and full), WhatsApp and Discord files occur; some chats were exported by both sides."""
    rows = middle.truth("messages")
    assert {row["platform"] for row in rows} == {"telegram", "whatsapp", "discord"}
    copies = [row for row in rows if row["copy"] == "1"]
    assert sum(int(row["messages"]) for row in copies) == middle.counts["copies"] > 0
    assert any("DataExport" in row["path"] for row in rows)


def test_both_sides_of_a_chat_tell_the_same(middle) -> None:
    """The copy of a chat has the same senders, instants and texts under other message numbers."""
    paths = [row["path"] for row in middle.truth("messages")]
    place = next(i for i, row in enumerate(middle.truth("messages")) if row["copy"] == "1")
    one, two = (json.loads((middle.inbox / paths[i]).read_text(encoding="utf-8")) for i in (place - 1, place))
    key = [(m["date_unixtime"], m.get("from_id"), m["text"]) for m in one["messages"]]
    assert key == [(m["date_unixtime"], m.get("from_id"), m["text"]) for m in two["messages"]]
    assert one["id"] != two["id"]


def test_message_counts_agree_with_the_files(small) -> None:
    """Each chat file holds as many messages as the truth says; WhatsApp adds its own notice in front."""
    texts = dict(small.chat_texts())
    rows = small.truth("messages")
    assert set(texts) == {row["path"] for row in rows}
    for row in rows:
        notice = 1 if row["platform"] == "whatsapp" else 0
        assert len(texts[row["path"]]) == int(row["messages"]) + notice


def test_chat_is_made_of_neutral_sentences_only(small) -> None:
    """Every text is a sentence of the fixed list, or a fixed template with a selector, an hour or a reference."""
    templates = [*words.BEFORE_MEETING, *words.AFTER_PAYING, *(t for given in words.GIVE.values() for t in given)]
    shapes = [re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(t)) + r"\Z") for t in templates]
    fixed = {*words.SMALL_TALK, *words.THANKS, ""}
    for path, texts in small.chat_texts():
        for text in texts[1:] if "whatsapp" in path else texts:
            call = "Voice call," in text or text.startswith("Started a call")
            assert text in fixed or call or any(shape.match(text) for shape in shapes), text


def test_discord_counts_its_messages(small) -> None:
    """DiscordChatExporter's own count is right and every author has an id."""
    for path in sorted((small.inbox / "chats" / "discord").glob("*.json")):
        export = json.loads(path.read_text(encoding="utf-8"))
        assert export["messageCount"] == len(export["messages"])
        assert all(message["author"]["id"].isdigit() for message in export["messages"])


def test_hash_lists(middle) -> None:
    """The VICS set, the NCMEC page and the plain list are well-formed and overlap with the reported files."""
    folder = middle.inbox / "references"
    vics = json.loads((folder / "project-vic-2.0.json").read_text())
    assert vics["@odata.context"].endswith("$metadata#Media")
    page = etree.parse(folder / "ncmec-hash-sharing.xml").getroot()
    spaces = {"n": "https://hashsharing.ncmec.org/hashsharing/v2"}
    assert page.xpath("count(//n:deletedImage)", namespaces=spaces) > 0
    assert page.xpath("count(//n:negativeFeedback)", namespaces=spaces) > 0
    plain = (folder / "md5-list.txt").read_text().split()
    listed = {entry["MD5"].lower() for entry in vics["value"]} | set(plain)
    listed |= set(page.xpath("//n:md5/text()", namespaces=spaces))
    assert hashlib.md5(b"").hexdigest() in listed
    reported = {re.search(rb'"MD5">(\w+)<', data)[1].decode() for name, data in middle.documents() if "fileD" in name}
    assert 0 < len(listed & reported) < len(reported) / 2


def test_archives_carry_fixed_times_and_one_is_nested(small) -> None:
    """No member bears the time of the machine; the partner's delivery holds a ZIP in a ZIP."""
    with zipfile.ZipFile(small.inbox / "partner-delivery.zip") as outer:
        assert outer.namelist() == ["supplements.zip"]
        assert {info.date_time[0] for info in outer.infolist()} == {2026}
        with zipfile.ZipFile(io.BytesIO(outer.read("supplements.zip"))) as inner:
            assert all(name.endswith(".xml") for name in inner.namelist())


def test_broken_files_are_broken(small) -> None:
    """What must be held back is not well-formed, or bears a DTD, or is a table nobody knows."""
    held = small.world()["held_back"]
    assert len(held) == small.counts["broken"] == 6
    for name in held:
        data = (small.inbox / name).read_bytes()
        if name.endswith(".xml") and b"<!DOCTYPE" not in data:
            with pytest.raises(etree.XMLSyntaxError):
                etree.fromstring(data)
        if name.endswith(".json"):
            with pytest.raises(json.JSONDecodeError):
                json.loads(data)
    numbers = {row["report_number"] for row in small.truth("reports")}
    assert any(name.split("/")[1] in numbers for name in held)


def test_without_broken_files(middle) -> None:
    """`broken=False` leaves them out."""
    assert not (middle.inbox / "odd").exists()
    assert middle.counts["broken"] == 0


def test_media_are_noise(small) -> None:
    """What bears a PNG signature has no picture behind it: no image header follows."""
    data = (small.inbox / "media" / "attachment_1.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert b"IHDR" not in data
