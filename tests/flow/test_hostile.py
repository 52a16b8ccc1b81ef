"""Hostile and broken files beside good ones: `run` ends with 0, the good arrive, the rest is set aside."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from tanglaw.testing.documents import file_details_xml, police_json, report_xml
from tests.cli.conftest import tanglaw
from tests.flow.conftest import Place, new_place

MIB = 1 << 20
GOOD = 12
MAPPING = """confirmed = true
kind = "payments"
zone = "UTC"
dates = ["%Y-%m-%d"]
[match]
columns = ["Ref", "Day"]
[columns]
Ref = "reference"
Day = "paid_at"
Sum = "amount"
Cur = "currency"
Payer = "from.account-number"
[constants]
provider = "Example Pay"
"""


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes], links: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, target in links.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return out.getvalue()


def nested(depth: int) -> bytes:
    data = zipped({"tip.json": police_json(900_000_999)})
    for _ in range(depth):
        data = zipped({"inner.zip": data})
    return data


def report(number: int) -> dict[str, bytes]:
    """A good report as a folder of documents."""
    return {f"{number}/report.xml": report_xml(f"acc-{number}"), f"{number}/file.xml": file_details_xml(number)}


ENTITY_BOMB = report_xml("acc-bomb", "&i;").replace(
    b"<report>",
    b'<!DOCTYPE report [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8))
    + b"]>\n<report>",
    1,
)
OUTSIDE = report_xml("acc-out", "&x;").replace(
    b"<report>", b'<!DOCTYPE report [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n<report>', 1
)
# name -> bytes; none of them may be read as a record.
HOSTILE = {
    "sign-in.xml": b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Please sign in</p></body></html>",
    "page.xml": b"<html><body>moved</body></html>",
    "bomb.xml": ENTITY_BOMB,
    "outside.xml": OUTSIDE,
    "outside-16.xml": OUTSIDE.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
    "cut.xml": report_xml()[:700],
    "cut.json": police_json(900_000_998)[:300],
    "deep.json": b"[" * 200_000,
    "deep.xml": b"<a>" * 100_000,
    "nothing.xml": b"",
    "zeros.json": bytes(4096),
    "line.txt": b"see you at noon " * (50 * MIB // 16),
    "wide.csv": ",".join(f"c{n}" for n in range(1_000_000)).encode() + b"\n" + b"1," * 999_999 + b"1\n",
    "deep.zip": nested(8),
    "bomb.zip": zipped({"big.json": bytes(300 * MIB)}),
    "cut.zip": zipped(report(900_000_997))[:-60],
    "up.zip": zipped({"../../escaped.xml": report_xml("acc-up"), "/abs/escaped.xml": report_xml("acc-abs")}),
    "up.tar": tarred({"../escaped.xml": report_xml("acc-tar")}, {"link.xml": "/etc/hostname"}),
}


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A workspace after a whole run over good and hostile files, loose and in one archive."""
    place = new_place(tmp_path_factory.mktemp("hostile"))
    for number in range(GOOD // 2):
        for name, data in report(900_000_000 + number).items():
            place.put(f"loose/{name}", data)
    whole = {name: data for number in range(GOOD // 2, GOOD) for name, data in report(900_000_000 + number).items()}
    small = {
        f"bad/{name}": data + b" "
        for name, data in HOSTILE.items()
        if len(data) < MIB and name.endswith(("xml", "json"))
    }
    place.put("delivery.zip", zipped(whole | small))
    for name, data in HOSTILE.items():
        place.put(f"hostile/{name}", data)
    place.put(
        "payments.csv",
        b"Ref,Day,Sum,Cur,Payer\nA,2026-05-01,10.00,EUR,acc\nB,2026-02-31,1,EUR,acc\nC,9999-99-99,x,EUR,acc\n",
    )
    place.put("payments.csv.mapping.toml", MAPPING.encode())
    place.run()
    return place


def test_every_good_record_arrives(after: Place) -> None:
    """All good reports arrive with their numbers and files, loose and packed, and the good row of a bad table."""
    assert sorted(row["report_number"] for row in after.rows("reports")) == [str(900_000_000 + n) for n in range(GOOD)]
    assert len(after.rows("files")) == GOOD
    assert len(after.rows("priorities")) == GOOD
    assert [row["reference"] for row in after.rows("payments")] == ["A"]


def test_every_hostile_file_is_set_aside(after: Place) -> None:
    """Each hostile file is in quarantine with code, reason, place and digest, and with a bounded excerpt at most."""
    aside = after.set_aside()
    files = {row["file"].split("!/")[0].removeprefix("hostile/") for row in aside}
    assert set(HOSTILE) - files == set()
    assert len([row for row in aside if row["file"] == "payments.csv"]) == 2
    for row in aside:
        assert row["code"]
        assert row["reason"]
        assert len(row["sha256"]) == 64
        assert len(row["excerpt"] or "") <= 200


def test_codes_say_what_is_wrong(after: Place) -> None:
    """The reason names the kind of attack."""
    codes: dict[str, set[str]] = {}
    for row in after.set_aside():
        codes.setdefault(row["file"].split("!/")[0].removeprefix("hostile/"), set()).add(row["code"])
    assert codes["up.zip"] == codes["up.tar"] - {"not-a-file"} == {"path-traversal"}
    assert [codes[f"{name}.xml"] for name in ("bomb", "outside", "outside-16")] == [{"xml-dtd"}] * 3
    assert codes["bomb.zip"] == {"archive-bomb"}
    assert codes["deep.zip"] == {"nested-too-deep"}
    assert codes["nothing.xml"] == {"empty-file"}


def test_nothing_is_unpacked_or_fetched(after: Place) -> None:
    """No member lies on the disk, and nothing out of another file of the machine stands in a table."""
    assert list(after.inbox.parent.rglob("escaped.xml")) == []
    assert list(after.inbox.parent.parent.glob("escaped.xml")) == []
    host = Path("/etc/hostname")
    if host.exists() and len(host.read_text().strip()) > 3:
        told = tanglaw("quarantine", "list", "--json", "--workspace", after.folder).out
        assert host.read_text().strip() not in told


def test_verified_and_read_once(after: Place) -> None:
    """The workspace is whole afterwards; a second run adds nothing."""
    assert tanglaw("custody", "verify", "--workspace", after.folder).code == 0
    before = after.set_aside()
    told = after.run("--json").json
    assert set(told["files"]) <= {"unchanged"}
    assert after.set_aside() == before


def test_an_unreadable_file_and_odd_names(place: Place) -> None:
    """Links, pipes, names that are not UTF-8 and names with control signs stop nothing."""
    for name, data in report(900_000_001).items():
        place.put(name, data)
    (place.inbox / "link.xml").symlink_to("/etc/hostname")
    (place.inbox / "loop").symlink_to(place.inbox)
    (place.inbox / os.fsdecode(b"odd-\xff-name.json")).write_bytes(police_json(900_000_002))
    place.put("new\nline.json", police_json(900_000_003))
    place.run()
    numbers = sorted(row["report_number"] for row in place.rows("reports"))
    assert numbers == ["900000001", "900000002", "900000003"]
    assert {row["file"]: row["code"] for row in place.set_aside()} == {"link.xml": "not-a-file", "loop": "not-a-file"}


def test_damaged_copy_of_a_good_report(place: Place) -> None:
    """A damaged copy that bears a good report's number takes nothing from it, whichever comes first."""
    for name, data in report(900_000_001).items():
        place.put(f"b-good/{name}", data)
    place.put("a-bad/900000001/report.xml", report_xml("acc-900000001")[:-40])
    place.put("c-bad/900000001/report.xml", report_xml("acc-900000001")[:-30])
    place.run()
    (row,) = place.rows("reports")
    assert (row["report_number"], row["esp"]) == ("900000001", "Example Service")
    assert len(place.set_aside()) == 2
