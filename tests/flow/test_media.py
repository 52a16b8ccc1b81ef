"""A planted neutral picture, renamed, packed or written as text, leaves no byte anywhere after a whole run."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanglaw.testing.documents import PLANTED, file_details_xml, police_json, report_xml
from tests.cli.conftest import tanglaw
from tests.flow.conftest import Place, new_place

BARE = base64.b64encode(PLANTED).decode()
URL_SAFE = base64.urlsafe_b64encode(PLANTED).decode()
DATA_URI = "data:image/png;base64," + BARE
FOLDED = "\n".join(BARE[at : at + 76] for at in range(0, len(BARE), 76))
# This many bytes in a row of the picture would be a trace of it.
_TRACE = 12
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
Note = "purpose"
Payer = "from.account-number"
[constants]
provider = "Example Pay"
"""


def traces() -> set[bytes]:
    """Every run of some bytes of the picture: as it stands, as text, in hex, in base64 at each shift."""
    found = set()
    for at in range(len(PLANTED) - _TRACE):
        piece = PLANTED[at : at + _TRACE]
        # The pattern repeats, and its first bytes are those of any such file.
        found |= {piece, piece.decode("latin-1").encode(), piece.hex().encode(), piece.hex().upper().encode()}
        found |= {base64.b64encode(bytes(shift) + piece)[4:-4] for shift in range(3)}
        found |= {base64.urlsafe_b64encode(bytes(shift) + piece)[4:-4] for shift in range(3)}
    return found


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def chat(text: str) -> bytes:
    message = {
        "id": 1,
        "type": "message",
        "date": "2026-05-01T10:00:00",
        "date_unixtime": "1777629600",
        "from": "Ana",
        "from_id": "user111",
        "text": text,
    }
    return json.dumps({"name": "Ana", "type": "personal_chat", "id": 111, "messages": [message]}, indent=1).encode()


def deliver(place: Place) -> None:
    """The picture in every place that a delivery has for it."""
    for name in ("holiday.png", "report.xml", "700000009.json", "list.csv", "bare"):
        place.put(f"loose-{name}/{name}", PLANTED + name.encode())
    place.put("a.zip", packed({"x/notes.txt": PLANTED + b"1", "inner.zip": packed({"result.json": PLANTED + b"2"})}))
    place.put("junk.bin", b"\x01\x02\x03" + PLANTED)
    for number, text in enumerate((BARE, URL_SAFE, DATA_URI, FOLDED, PLANTED.hex(), f"see {BARE} at noon")):
        place.put(
            f"xml-{number}/{number}.xml", report_xml(f"acc-{number}", extra=f"<additionalInfo>{text}</additionalInfo>")
        )
        place.put(f"xml-{number}/file.xml", file_details_xml(700_000_100 + number))
        place.put(
            f"tip-{number}.json",
            police_json(700_000_200 + number, additionalInformations=[{"value": text}], unheardOf=text),
        )
        place.put(f"chat-{number}/result.json", chat(text))
        quoted = text.replace("\n", " ")
        place.put(f"pay-{number}.csv.mapping.toml", f"# {number}\n{MAPPING}".encode())
        place.put(
            f"pay-{number}.csv", f'Ref,Day,Sum,Cur,Note,Payer\nR{number},2026-05-01,10,EUR,"{quoted}",A1\n'.encode()
        )
        place.put(f"bad-{number}.csv.mapping.toml", f"# bad {number}\n{MAPPING}".encode())
        place.put(f"bad-{number}.csv", f'Ref,Day,Sum,Cur,Note,Payer\nR{number},no day,10,EUR,"{quoted}",A1\n'.encode())
        place.put(f"held-{number}.csv", f'When,What,{quoted}\n1,2,"{quoted}"\n'.encode())
        place.put(f"cut-{number}.json", b'{"reportId": "' + text.encode())
        place.put(f"cut-{number}.xml", f"<report><incidentSummary>{text}".encode())
        place.put(
            f"words-{number}.txt", f"10.05.26, 10:00 - Ana: {text}\n10.05.26, 10:01 - Ben: see you at noon\n".encode()
        )


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, bytes]:
    """The workspace after a whole run, and all that was printed by it and by the verbs that show what it kept."""
    place = new_place(tmp_path_factory.mktemp("media"))
    deliver(place)
    told = [place.run(), place.run("--json"), tanglaw("quarantine", "retry", "--workspace", place.folder)]
    told += [tanglaw("queue", "--json", "--top", "0", "--workspace", place.folder)]
    told += [tanglaw("explain", str(n), "--json", "--workspace", place.folder) for n in (700_000_100, 700_000_200)]
    told += [tanglaw("quarantine", "list", *more, "--workspace", place.folder) for more in ((), ("--json",))]
    return place, "".join(one.out + one.err for one in told).encode()


def cells(folder: Path) -> bytes:
    """Every value of every Parquet file as text, one after the other: compressed, a trace would not show."""
    out = io.BytesIO()
    for file in sorted(folder.rglob("*.parquet")):
        for column in pq.read_table(file).columns:
            text = column.cast(pa.string()) if not pa.types.is_string(column.type) else column
            out.write("\n".join(value for value in text.to_pylist() if value).encode() + b"\n")
    return out.getvalue()


def test_everything_was_read(after: tuple[Place, bytes]) -> None:
    """The records around the picture arrived: reports, chats, payments, and what is broken in quarantine."""
    place, _ = after
    assert len(place.rows("reports")) == 12
    assert len([row for row in place.rows("messages") if row["platform"] == "telegram"]) == 6
    assert len(place.rows("payments")) == 6
    aside = {row["file"] for row in place.set_aside()}
    assert {
        f"{kind}-{n}.{end}" for n in range(6) for kind, end in (("bad", "csv"), ("held", "csv"), ("cut", "xml"))
    } <= aside
    assert "junk.bin" in aside


def test_the_picture_is_on_record_by_its_digests(after: tuple[Place, bytes]) -> None:
    """Loose, renamed and in archives, each copy is a row of `sources` with its SHA-256 and MD5."""
    place, _ = after
    media = {row["sha256"]: row["md5"] for row in place.rows("sources") if row["format"] == "media"}
    ends = ["holiday.png", "report.xml", "700000009.json", "list.csv", "bare", "1", "2"]
    whole = [PLANTED + end.encode() for end in ends]
    assert media == {hashlib.sha256(one).hexdigest(): hashlib.md5(one).hexdigest() for one in whole}


def test_no_byte_is_left(after: tuple[Place, bytes]) -> None:
    """No run of its bytes is in any file, table cell, log, run record or line printed."""
    place, printed = after
    kept = b"\n".join(path.read_bytes() for path in sorted(place.folder.rglob("*")) if path.is_file())
    held = b"\n".join((kept, cells(place.folder), printed))
    assert len(held) > 100_000
    assert [piece for piece in traces() if piece in held] == []


def test_the_search_for_traces_finds_one(after: tuple[Place, bytes]) -> None:
    """The check itself works: traces are found in each form that the picture was delivered in."""
    for text in (BARE, URL_SAFE, PLANTED.hex(), "see " + BARE[3:60]):
        assert any(piece in text.encode() for piece in traces())
    assert any(piece in PLANTED[100:200] for piece in traces())
