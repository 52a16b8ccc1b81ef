"""Examples of every registered reader, and reading one as intake does, with everything looked at on the way."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tanglaw.errors import BadRecord, CheckSettings
from tanglaw.intake.tasks import READERS
from tanglaw.reading.item import Item, Reader
from tanglaw.tables import TABLES
from tanglaw.testing import chain_dumps, small_chain
from tanglaw.testing.documents import file_details_xml, police_json, report_xml
from tanglaw.testing.hashes import pdq_of, tmk_file
from tanglaw.testing.rows import Found, item_of, memory_rows

FOLDER = Path(__file__).parents[1] / "sources" / "examples"
CUSTODY = {"issues", "quarantine"}
MD5, OTHER = (hashlib.md5(text).hexdigest() for text in (b"1", b"2"))


@dataclass(frozen=True)
class Example:
    """A file and what stands beside it; `reader` is the one that intake gives it to."""

    path: str
    data: bytes
    beside: dict[str, bytes] = field(default_factory=dict)
    reader: Reader | None = None

    def item(self, data: bytes | None = None) -> Item:
        return item_of(self.data if data is None else data, f"inbox/{self.path}", (), self.beside)

    def __str__(self) -> str:
        return f"{self.reader.name if self.reader else 'nobody'}-{self.path}"


def _workbook() -> bytes:
    """One sheet of payments, as a spreadsheet program writes it."""
    stated = {
        "reference": "REF000001",
        "paid_at": "2026-06-20T10:00:00Z",
        "amount": "12.50",
        "currency": "EUR",
        "sender_provider": "Example",
        "sender_account": "acc-1",
        "sender_name": "Ana Roe",
        "receiver_account": "acc-2",
        "receiver_name": "Ben Moe",
        "method": "remittance",
        "status": "completed",
        "purpose": "rent",
        "payout_place": "Branch 12",
    }
    rows = [list(stated), list(stated.values())]
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{office}"><sheets>'
        '<sheet name="Payments" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


_VICS = {"odata.metadata": "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media"}
_NCMEC = (
    '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images><image><member id="1">M</member>'
    f"<timestamp>2026-01-01T00:00:00Z</timestamp><id>i</id><classification>A1</classification><fingerprints><md5>{MD5}"
    "</md5></fingerprints></image><deletedImage><member id='1'>M</member><timestamp>2026-02-01T00:00:00Z</timestamp>"
    "<id>j</id></deletedImage></images></queryResult>"
)
_WATCH = "type,value,case_number,placed_by,expires_at\n"
_WATCHED = ["email,a@example.org,C-7,o,2030-01-01T00:00:00Z", "phone,+15550100,C-8,o,2030-01-01"]
_TEXTS: dict[str, bytes | str] = {
    "report.xml": report_xml(),
    "details.xml": file_details_xml(7),
    "answer.xml": "<reportResponse><responseCode>0</responseCode><reportId>4564654</reportId></reportResponse>",
    "tip.json": police_json(7),
    "set.json": json.dumps(_VICS | {"value": [{"MediaID": 1, "MD5": MD5, "Category": 1, "MediaSize": 9}]}),
    "page.xml": _NCMEC,
    "watch.csv": _WATCH + "\n".join(_WATCHED) + "\n",
    "watch.toml": '[[watch]]\ntype = "email"\nvalue = "a@example.org"\ncase_number = "C-7"\nplaced_by = "o"\n'
    "expires_at = 2030-01-01\n",
    "list.csv": f"md5,category,date\n{MD5},1,2026-01-01\n{OTHER},2,2026-01-02\n",
    "list.txt": f"# list: small\n{MD5}\n{OTHER}\n",
    "video.tmk": tmk_file(1),
    "video.txt": "".join(f"{frame},100,{pdq_of(frame)},{frame / 30:.3f}\n" for frame in range(3)),
    "pack.yaml": "title: Desks\ncreator: Team B\ncurrency: BTC\nconfidence: service_data\nlastmod: 2026-01-31\ntags:\n"
    "- address: 1BoatSLRHtKNngkdXEeobR76b53LETtpyT\n  label: North Desk\n  actor: northdesk\n  category: exchange\n"
    "- address: 3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX\n  label: South Desk\n  source: https://example.org\n",
    "tags.csv": "pack,address,currency,label,category,lastmod\na,1BoatSLRHtKNngkdXEeobR76b53LETtpyT,BTC,North Desk,exchange,"
    "2026-01-31\nb,0xde709f2102306220921060314715629080e2fb77,ETH,South Desk,miner,2026-02-01\n",
    "sanctioned_XBT.txt": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT\n3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX\n",
    "payments.xlsx": _workbook(),
}


def _examples() -> list[Example]:
    """Files of tests/sources/examples with their mappings beside them, and small ones made here."""
    files = {file.name: file.read_bytes() for file in sorted(FOLDER.iterdir())}
    found = []
    for name, data in files.items():
        if not name.endswith(".mapping.toml"):
            beside = {f"{name}.mapping.toml": files[f"{name}.mapping.toml"]} if f"{name}.mapping.toml" in files else {}
            found.append(Example(name, data, beside))
    for name, text in _TEXTS.items():
        found.append(Example(name, text if isinstance(text, bytes) else text.encode()))
    blocks = small_chain.files()
    found += [Example(name, data, blocks) for name, data in blocks.items()]
    found += [Example(name, data) for name, data in chain_dumps.examples().items()]
    return [replace(one, reader=reader_of(one.item())) for one in found]


def reader_of(item: Item) -> Reader | None:
    """The reader that intake would ask to read this."""
    return next((reader for reader in READERS if reader.recognise(item)), None)


EXAMPLES = _examples()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the argument `example` runs on each, `reader` on each registered reader."""
    if "example" in metafunc.fixturenames:
        metafunc.parametrize("example", EXAMPLES, ids=str)
    if "reader" in metafunc.fixturenames:
        metafunc.parametrize("reader", READERS, ids=lambda one: one.name)


@cache
def _ready(reader: Reader | None) -> None:
    """Read a good file first: the first one on a machine also compiles loops, which is no time of the file's."""
    good = next((one for one in EXAMPLES if one.reader is reader), None)
    if reader is not None and good is not None:
        reader.read(good.item(), memory_rows()[0])


# CPU seconds that no small file may take, however damaged.
LIMIT = 10.0


def take(example: Example, data: bytes | None = None, reader: Reader | None = None) -> Found:
    """What intake would have of these bytes: rows, or one quarantine row for the whole. Any error but BadRecord and
    CheckSettings, rows of undeclared tables, and more than LIMIT seconds fail."""
    item = example.item(data)
    reader = reader or reader_of(item)
    _ready(reader)
    began = time.process_time()
    rows, sink = memory_rows()
    rows.begin(item.path, item.sha256, item.size)
    if reader is None:
        rows.quarantine("unrecognised", "no reader recognises this content")
    else:
        try:
            reader.read(item, rows)
        except (BadRecord, CheckSettings) as bad:
            rows.undo()
            excerpt = getattr(bad, "excerpt", b"") or item.head
            rows.quarantine(getattr(bad, "code", "mapping-needed"), str(bad), getattr(bad, "locator", ""), excerpt)
    rows.flush()
    found = sink.found()
    assert time.process_time() - began < LIMIT, f"{reader.name if reader else 'no reader'} took too long"
    assert reader is None or set(found) <= {*reader.tables, *CUSTODY}, f"{reader.name} writes undeclared tables"
    return found


@pytest.fixture(name="take")
def take_fixture() -> Callable[..., Found]:
    """take(example, data=None, reader=None) -> rows by table, as intake would have them."""
    return take


@pytest.fixture
def examples() -> list[Example]:
    """Every example."""
    return EXAMPLES


@pytest.fixture
def evidence() -> Callable[[Found], dict[str, list[dict[str, Any]]]]:
    """The rows that are neither issues nor quarantine."""
    return lambda found: {name: rows for name, rows in found.items() if name not in CUSTODY and name in TABLES}
