"""Rights of persons and review of cases, on pages and by the verb."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tanglaw.lookups.person import hand_of
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.gate import gate
from tanglaw.workbench.state import desk
from tests.cli.conftest import tanglaw
from tests.workbench.conftest import LogIn, user

WHO = ("--by", "A. Cruz", "--reason", "request 12/26")


def test_one_call_exports_rectifies_or_restricts(log_in: LogIn, workspace: Workspace, tmp_path: Path) -> None:
    """Everything held of the accounts of a hand comes out; a selector is corrected; what is restricted is on no page."""
    row = desk().run.shelf.rows(
        "select account_id, report_id, handle from accounts where role = 'reported' and handle is not null "
        "order by report_id limit 1"
    )[0]
    base = ("person", row["account_id"], "--workspace", workspace.folder, *WHO)
    out = tmp_path / "held.jsonl"
    assert tanglaw(*base, "--export", out).code == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    hand = set(hand_of(workspace, row["account_id"]))
    assert {"accounts", "selectors"} <= {one["table"] for one in rows}
    assert all(hand & {cell for cell in one.values() if isinstance(cell, str)} for one in rows)
    selector = next(one for one in rows if one["table"] == "selectors" and one["type"] == "email")
    assert tanglaw(*base, "--rectify", selector["selector_id"], "other@example.org").code == 0
    assert tanglaw(*base, "--rectify", selector["selector_id"], "nothing of the kind").code != 0
    path = f"/report/{row['report_id']}/"
    assert row["handle"] in html.unescape(log_in("analyst").get(path).content.decode())
    assert tanglaw(*base, "--restrict").code == 0
    assert hand <= gate(user("analyst")).held
    section = html.unescape(log_in("analyst").get(path).content.decode())
    assert f">{row['handle']}<" not in section
    assert tanglaw(*base, "--lift").code == 0
    assert not hand & gate(user("analyst")).held
    assert tanglaw(*base).code != 0


def test_a_case_is_reviewed_on_its_page(log_in: LogIn, case: int) -> None:
    """The page says when it is looked at again; who looked says why it is still needed."""
    client = log_in("analyst")
    client.post(f"/purpose/?kind=case-{case}", {"purpose": "return 12/26"})
    day = (datetime.now(UTC).date() + timedelta(days=20)).isoformat()
    client.post(f"/case/{case}/review/", {"due": day, "reason": "the return is out"})
    assert day in client.get(f"/case/{case}/").content.decode()
    assert client.get("/cases/?status=review").status_code == 200
