"""On a terminal the demo ends in the workbench, with log-ins printed once, and ends cleanly on Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path


def test_the_demo_opens_the_workbench_on_a_terminal(tmp_path: Path) -> None:
    """It prints a log-in for each role and the address, answers there, and Ctrl-C ends it with exit code 0."""
    ours, theirs = pty.openpty()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "tanglaw", "demo", "--workspace", str(tmp_path / "w"), "--port", str(port)]
    demo = subprocess.Popen(words, stdout=theirs, stderr=theirs, stdin=theirs, start_new_session=True)
    os.close(theirs)
    told = ""
    while "is open at" not in told:
        told += os.read(ours, 65_536).decode(errors="replace")
    logins = re.findall(r"log in as (\w+) with ((?:[a-z2-9]{4}-){3}[a-z2-9]{4})", told)
    assert [name for name, _ in logins] == ["analyst", "supervisor", "auditor", "administrator"]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/in/", timeout=60) as answer:
        assert "Log in" in answer.read().decode()
    demo.send_signal(signal.SIGINT)
    assert demo.wait(timeout=120) == 0
    os.close(ours)
