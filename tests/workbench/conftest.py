"""The workbench over the demo's world, asked through Django's test client."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.core.cache import cache
from django.test import Client
from lxml import etree

from tanglaw.casework import services_people
from tanglaw.casework.models import User
from tanglaw.cli.shared import instant
from tanglaw.config import Settings
from tanglaw.ids import DEMO_KEY
from tanglaw.lookups.desk.queue import Wanted, part
from tanglaw.lookups.subjects import rows_of
from tanglaw.lookups.tables import derived
from tanglaw.pipeline import run
from tanglaw.policy import demo
from tanglaw.simulate import Plan, simulate
from tanglaw.simulate.week import Size, action_week
from tanglaw.store.parts import PartWriter
from tanglaw.store.workspace import Batch, Workspace
from tanglaw.tables import TABLES
from tanglaw.workbench import catalogues
from tanglaw.workbench.settings import Serving, values
from tanglaw.workbench.start import install, prepared
from tanglaw.workbench.state import USING, desk
from tests.cli.conftest import AS_OF

# Test modules import views, which Django must know the applications of.
catalogues.compiled()
install(values("k" * 50, Serving(), second_factor=False))
ROLES = ("triage", "analyst", "supervisor", "administrator", "auditor", "filter", "keeper")
LogIn = Callable[..., Client]
EXAMPLES = Path(__file__).parents[1] / "sources" / "examples"
ODD = "700000077"
FORMULA = "=1+1"


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the demo's key and one run over a small world, with paid sessions in it."""
    folder = tmp_path_factory.mktemp("desk")
    simulate(folder / "world", Plan(120, 600, 20, 5, 1))
    _odd_report(folder / "world" / "inbox" / "odd" / ODD)
    action_week(folder / "week", 7, Size(12, 2, None, None, None, 12))
    (folder / "week" / "inbox").rename(folder / "world" / "inbox" / "week")
    made = Workspace.create(folder / "workspace", key=DEMO_KEY)
    run(made, folder / "world" / "inbox", Settings(), demo(), instant(AS_OF))
    _propose_requests(Workspace(made.folder))
    _propose_alerts(Workspace(made.folder))
    return Workspace(folder / "workspace")


def _propose_requests(workspace: Workspace) -> None:
    """Requests as the sessions stage proposes them: so small a world has none of its own."""
    accounts = derived(workspace, "priorities").sort_by("rank").column("report_id").to_pylist()[:3]
    about = rows_of(workspace, "accounts", "report_id", accounts)
    reported = sorted({row["account_id"] for row in about if row["role"] == "reported"})
    as_of = instant(AS_OF)
    rows = [
        {
            "request_id": f"q{number}{account[:8]}",
            "holder": "carrier of 192.0.2.7",
            "data": "subscriber of 192.0.2.7 port 40000",
            "instrument": "preservation request",
            "account_id": account,
            "from_at": as_of - timedelta(days=5),
            "to_at": as_of - timedelta(days=4),
            "due": as_of + timedelta(days=number - 1, hours=5),
            "lapsed": number == 0,
            "sessions": 1,
            "source": "a table for tests",
        }
        for account in reported
        for number in range(4)
    ]
    _replace(workspace, {"requests": rows})


def _propose_alerts(workspace: Workspace) -> None:
    """Alerts as the chain stage proposes them, one with a trail of one transaction."""
    as_of = instant(AS_OF)
    alerts = [
        {
            "alert_id": f"alert{number}",
            "service": f"Exchange {number}",
            "network": "bitcoin",
            "asset": "BTC",
            "direction": "forward",
            "haircut": Decimal("0.4"),
            "fifo": Decimal("0.5"),
            "first_at": as_of - timedelta(days=9),
            "last_at": as_of - timedelta(days=8),
            "state": "proposed",
            "reason": "the floor is reached",
            "basis": "a list for tests",
            "trails": "trail1",
        }
        for number in (1, 2)
    ]
    trail = {
        "trail_id": "trail1",
        "network": "bitcoin",
        "asset": "BTC",
        "direction": "forward",
        "seed_address": "seed-address",
        "end_address": "end-address",
        "haircut": Decimal("0.4"),
        "fifo": Decimal("0.5"),
    }
    _replace(workspace, {"chain_alerts": alerts, "chain_trails": [trail]})


def _replace(workspace: Workspace, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Put these rows into the place of what the run left."""
    staging = workspace.staging("test")
    writer = PartWriter(staging, "test")
    for name, rows in tables.items():
        writer.write(name, pa.Table.from_pylist(rows, schema=TABLES[name].schema))
    staged = [(staging / part.file, part) for part in writer.parts]
    workspace.commit(workspace.state.run_id, Batch("test", staged, replaces=tuple(tables)))


def _odd_report(folder: Path) -> None:
    """A report in which every text has markup, a formula and a sign that turns the direction; the longest has 1 MB."""
    tree = etree.parse(EXAMPLES / "report_full.xml")
    for one in tree.iter(etree.Element):
        text = (one.text or "").strip()
        if text and not len(one) and not re.fullmatch(r"true|false|\d[\d.:TZ-]*", text):
            one.text = f"{text} \u202e=1+1 <script>alert(1)</script><img src=x onerror=alert(2)>{{{{ 7|add:7 }}}}"
    own = next(one for one in tree.getroot() if one.tag == "additionalInfo")
    own.text = f"{FORMULA} \u202e<b>see you at noon</b> " + "see you at noon " * 65_536
    for one in tree.iter("reportId"):
        one.text = ODD
    folder.mkdir(parents=True)
    tree.write(folder / "report.xml", encoding="UTF-8", xml_declaration=True)


@pytest.fixture(scope="session")
def served(workspace: Workspace) -> Workspace:
    """The same, with the workbench prepared over it in this process."""
    prepared(workspace, Settings(), Serving(names=("testserver", "127.0.0.1")))
    return workspace


@pytest.fixture(scope="session")
def passwords(served: Workspace) -> dict[str, str]:
    """A user of each role in team north, ready to work, and an analyst `stranger` of another team."""
    made = {}
    for name in (*ROLES, "stranger"):
        role = "analyst" if name == "stranger" else name
        stated = {"full_name": name.title(), "team": "south" if name == "stranger" else "north", "by": "set-up"}
        user, made[name] = services_people.add_user(USING, name, role, stated, "new")
        user.must_change = False
        user.save(using=USING)
    return made


@pytest.fixture(autouse=True)
def fresh() -> None:
    """No test waits for the tries of another."""
    cache.clear()


@pytest.fixture
def log_in(passwords: dict[str, str]) -> LogIn:
    """log_in(role, purposes=True) -> a client of that user, who stated purposes for work and search."""

    def made(role: str, purposes: bool = True) -> Client:
        client = Client()
        answer = client.post("/in/", {"login": role, "password": passwords[role]})
        assert answer.status_code == 302, role
        for kind in ("work", "search") if purposes else ():
            client.post(f"/purpose/?kind={kind}", {"purpose": "return 12/26"})
        return client

    return made


@pytest.fixture
def report_id(served: Workspace) -> str:
    """The report that leads the queue."""
    return str(part(desk().run.shelf, Wanted(), most=1).rows[0]["report_id"])


@pytest.fixture
def case(log_in: LogIn, report_id: str) -> int:
    """A case of team north that the analyst opened from the first report's proposal."""
    return open_case(log_in("analyst"), report_id)


def open_case(client: Client, report_id: str, **fields: str) -> int:
    """Open a case and state a purpose for it; its number."""
    given = {"title": "Harbour", "reason": "one hand", "whole": "1", **fields}
    answer = client.post(f"/report/{report_id}/case/", given)
    found = re.fullmatch(r"/case/(\d+)/", answer.headers["Location"])
    assert found is not None, answer.headers["Location"]
    ask(client, int(found[1]))
    return int(found[1])


def ask(client: Client, number: int) -> None:
    """State a purpose for a case."""
    client.post(f"/purpose/?kind=case-{number}", {"purpose": "return 12/26"})


def user(name: str) -> User:
    """A user by name."""
    return services_people.found(USING, name)


__all__ = ["FORMULA", "ODD", "ROLES", "LogIn", "ask", "open_case", "user"]
