"""`tanglaw serve`: the workbench in a browser."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import click

from tanglaw.cli.shared import examples, settings_of, workspace_option
from tanglaw.cli.showing import say
from tanglaw.config import Settings
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.settings import Serving
from tanglaw.workbench.start import serve

_LOG = "worker.log"
_LOOK = 1.0


@click.command(
    "serve",
    epilog=examples(
        "tanglaw serve",
        "tanglaw serve --workspace cases --host 0.0.0.0 --port 8443 --name desk.example.org "
        "--certificate desk.pem --private-key desk.key",
    ),
)
@workspace_option
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; this machine alone by default."
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--name", "names", multiple=True, help="Host name by which browsers reach it; may be given several times."
)
@click.option("--certificate", default="", help="TLS certificate (PEM), with the chain.")
@click.option("--private-key", default="", help="Key of the certificate (PEM).")
@click.option("--behind-tls", is_flag=True, help="A server in front ends TLS and sets X-Forwarded-Proto.")
@click.option("--no-worker", is_flag=True, help="Start no worker for runs; `tanglaw worker` is one.")
def command(folder: Path, names: tuple[str, ...], no_worker: bool, **given: str | int | bool) -> None:
    """Open the workbench of a workspace for browsers, until Ctrl-C.

    Without more words only this machine can reach it. An operational workspace is served only with names, TLS and users;
    each refusal says its reason. Nothing is asked of any other address.
    """
    workspace = Workspace(folder)
    serving = Serving(names=names, **given)  # type: ignore[arg-type]
    open_until_stopped(workspace, settings_of(workspace), serving, not no_worker)


def open_until_stopped(workspace: Workspace, settings: Settings, serving: Serving, worker: bool = True) -> None:
    """Serve, saying where once it listens, with a worker beside it that is started again whenever it ends."""
    over = threading.Event()
    beside = threading.Thread(target=_keep_working, args=(workspace.folder, over))

    def ready(address: str) -> None:
        if worker:
            beside.start()
        say(f"the workbench is open at {address} (Ctrl-C ends it)")

    try:
        serve(workspace, settings, serving, ready)
    finally:
        over.set()
        if beside.is_alive():
            beside.join()
    say("the workbench is closed; the audit is sealed")


def _keep_working(folder: Path, over: threading.Event) -> None:
    """Have a worker until it is over. It ends when its input does, so also when this process is killed."""
    words = [sys.executable, "-m", "tanglaw", "worker", "--until-closed", "--wait", "--workspace", str(folder)]
    log = folder / _LOG
    log.touch(mode=0o600)
    while not over.is_set():
        with (
            log.open("ab") as told,
            subprocess.Popen(  # noqa: S603 - our own words
                words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=told
            ) as worker,
        ):
            while worker.poll() is None and not over.wait(_LOOK):
                pass
            # Leaving closes its input and waits for it.
        over.wait(_LOOK)
