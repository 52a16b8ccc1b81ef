"""`tanglaw serve`: the workbench in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from tanglaw.cli.shared import examples, settings_of, workspace_option
from tanglaw.cli.showing import say
from tanglaw.config import Settings
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.settings import Serving
from tanglaw.workbench.start import serve


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
def command(folder: Path, names: tuple[str, ...], **given: str | int | bool) -> None:
    """Open the workbench of a workspace for browsers, until Ctrl-C.

    Without more words only this machine can reach it. An operational workspace is served only with names, TLS and users;
    each refusal says its reason. Nothing is asked of any other address.
    """
    workspace = Workspace(folder)
    serving = Serving(names=names, **given)  # type: ignore[arg-type]
    open_until_stopped(workspace, settings_of(workspace), serving)


def open_until_stopped(workspace: Workspace, settings: Settings, serving: Serving) -> None:
    """Serve, saying where once it listens."""
    serve(workspace, settings, serving, lambda address: say(f"the workbench is open at {address} (Ctrl-C ends it)"))
    say("the workbench is closed; the audit is sealed")
