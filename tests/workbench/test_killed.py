"""Server, worker and run are killed while people decide: real processes, over HTTP."""

from __future__ import annotations

import csv
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tanglaw.attach import attached
from tanglaw.casework import audit, database, services_cases, services_people, services_runs
from tanglaw.casework.models import Act, User
from tanglaw.config import Settings
from tanglaw.ids import DEMO_KEY
from tanglaw.simulate import Plan, simulate
from tanglaw.store import working
from tanglaw.store.workspace import Workspace

pytestmark = pytest.mark.slow
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Served:
    """`tanglaw serve` over a workspace, in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self, *more: str) -> None:
        words = [
            sys.executable,
            "-m",
            "tanglaw",
            "serve",
            "--workspace",
            str(self.folder),
            "--port",
            str(self.port),
            *more,
        ]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert "is open at" in self.process.stdout.readline()

    def kill(self) -> int:
        """Kill -9 of the server and everything under it, the topmost first; how many processes there were."""
        all_ = below(self.process.pid)
        for pid in all_:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()
        return len(all_)

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


def below(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task")
    found = [pid]
    for task in children.glob("*/children"):
        for child in task.read_text().split():
            found += below(int(child))
    return found


class Person:
    """Somebody in a browser."""

    def __init__(self, served: Served, name: str, password: str) -> None:
        self.session, self.served = requests.Session(), served
        self.post("/in/", "/in/", login=name, password=password)
        self.post("/purpose/?kind=work", "/purpose/?kind=work", purpose="return 12/26")

    def post(self, form: str, to: str, **fields: str) -> requests.Response:
        token = TOKEN.search(self.session.get(self.served.address + form, timeout=30).text)
        assert token is not None
        given = {"csrfmiddlewaretoken": token[1], **fields}
        return self.session.post(self.served.address + to, given, timeout=30, allow_redirects=False)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes."""
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_killed_in_the_midst_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """Every note that was acknowledged stands once, the run is taken up again by itself and reads every report once, and the
    audit is whole."""
    simulate(tmp_path / "world", Plan(20, 30, 4, 2, 1))
    workspace = Workspace.create(tmp_path / "w", key=DEMO_KEY)
    (workspace.folder / "settings.toml").write_text('inbox_folder = "../world/inbox"\n')
    using = database.opened(workspace.folder)
    people = {role: ready(using, role) for role in ("analyst", "administrator")}
    opened = services_cases.open_case(
        using, people["analyst"][0], "Harbour", ("report", "r1"), [("report", "r1")], "one hand"
    )
    case, stands, over = f"/case/{opened.number}/", [], threading.Event()
    served = Served(workspace.folder)
    served.start()
    try:
        administrator = Person(served, "administrator", people["administrator"][1])
        analyst = Person(served, "analyst", people["analyst"][1])
        purpose = f"/purpose/?kind=case-{opened.number}"
        analyst.post(purpose, purpose, purpose="return 12/26")

        def decide() -> None:
            number = 0
            while not over.is_set():
                number += 1
                try:
                    answer = analyst.post(case, f"{case}note/", text=f"note {number}")
                    if answer.status_code == 302 and answer.headers["Location"] == case:
                        stands.append(f"note {number}")
                except requests.RequestException:
                    time.sleep(0.1)
                time.sleep(0.3)

        deciding = threading.Thread(target=decide)
        deciding.start()
        administrator.post("/administration/", "/administration/run/", what="inbox", reason="the day's delivery")
        until(lambda: (told := working.told(workspace.folder)) is not None and told.stage != "intake")
        before = len(stands)
        assert served.kill() >= 3
        assert services_runs.ordered(using)[0].state == "running"
        served.start()
        until(lambda: services_runs.ordered(using)[0].state == "done")
        until(lambda: len(stands) > before)
        assert "try 2" in administrator.session.get(f"{served.address}/administration/", timeout=30).text
    finally:
        over.set()
        deciding.join()
        served.end()
    assert before > 0
    notes = [act.value for act in Act.objects.using(using).filter(kind="note")]
    assert len(notes) == len(set(notes))
    assert set(stands) <= set(notes)
    assert audit.verify(using, workspace.folder) == []
    with (tmp_path / "world" / "truth" / "reports.csv").open() as file:
        stated = {row["report_number"] for row in csv.DictReader(file)}
    read = [row["report_number"] for row in rows(workspace.folder, "reports")]
    assert stated <= set(read)
    assert len(read) == len(set(read))
    assert len(rows(workspace.folder, "messages")) == 30


def ready(using: str, role: str) -> tuple[User, str]:
    """A user of that role who may begin, and their password."""
    stated = {"full_name": role, "team": "north", "by": "set-up"}
    user, password = services_people.add_user(using, role, role, stated, "new")
    user.must_change = False
    user.save(using=using)
    return user, password


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    """Rows of a table as the last run left them."""
    with attached(Workspace(folder), Settings()) as engine:
        return engine.rows(f"select * from {table}").to_pylist()


def test_a_run_fails_with_its_reason_and_another_is_stopped(tmp_path: Path) -> None:
    """What the run itself says stands with its order; a stopped one ends at once, and the worker with its input."""
    workspace = Workspace.create(tmp_path / "w", key=DEMO_KEY)
    using = database.opened(workspace.folder)
    administrator = ready(using, "administrator")[0]
    services_runs.order(using, administrator, "inbox", "no such folder")
    words = [sys.executable, "-m", "tanglaw", "worker", "--until-closed", "--workspace", str(workspace.folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as worker:
        until(lambda: not services_runs.ordered(using)[0].open)
        failed = services_runs.ordered(using)[0]
        assert failed.state == "failed"
        assert "set inbox_folder" in failed.steps[-1].told
        order = services_runs.order(using, administrator, "rebuild", "all of it")
        until(lambda: (told := working.told(workspace.folder)) is not None and told.order == order.number)
        services_runs.stop(using, administrator, order.number, "not now")
        until(lambda: services_runs.ordered(using)[0].state == "stopped")
        assert worker.stdin is not None
        worker.stdin.close()
        assert worker.wait(60) == 130
