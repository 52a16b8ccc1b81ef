"""Makes the application of a workspace, after refusing what must not be served so; and serves it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
from collections.abc import Callable, Iterable
from typing import Any

import uvicorn
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils.module_loading import import_string

from tanglaw.casework import audit, database
from tanglaw.casework.models import User
from tanglaw.config import Settings
from tanglaw.errors import CheckSettings, InstallExtra
from tanglaw.ids import DEMO_KEY
from tanglaw.store.workspace import Workspace
from tanglaw.workbench import catalogues, oidc
from tanglaw.workbench.settings import Serving, secret_key, values
from tanglaw.workbench.state import USING, Desk, serve_from

LOG = "workbench.log"


def refusals(workspace: Workspace, serving: Serving) -> list[str]:
    """Why this workspace must not be served so; empty if it may be."""
    found = []
    if not serving.loopback and not serving.names:
        found.append("others can reach this address: say by which name their browsers do, with --name")
    if bool(serving.certificate) != bool(serving.private_key):
        found.append("TLS needs both --certificate and --private-key")
    if not workspace.facts.operational:
        return found
    if (workspace.folder / "key").read_bytes() == DEMO_KEY:
        found.append("the workspace has the demo's key, which everybody knows")
    if not serving.names:
        found.append("name the hosts by which browsers reach it, with --name")
    if not serving.tls and not serving.loopback:
        found.append("passwords would travel in the clear: give --certificate and --private-key, or --behind-tls")
    return found


def prepared(workspace: Workspace, settings: Settings, serving: Serving) -> Callable[..., Iterable[bytes]]:
    """The WSGI application of the workspace, its database brought up and its shelf laid out.

    Raises CheckSettings with every reason for which it must not be served so. One workspace a process.
    """
    found = refusals(workspace, serving)
    if found:
        raise CheckSettings("not served: " + "; ".join(found))
    demo = (workspace.folder / "key").read_bytes() == DEMO_KEY
    provider = oidc.stated(workspace.folder)
    if provider is not None and importlib.util.find_spec("jwt") is None:
        raise InstallExtra("an identity provider needs an optional part: pip install 'tanglaw[oidc]'")
    connect(workspace, settings, values(secret_key(workspace), serving, not demo, provider))
    if workspace.facts.operational and not User.objects.using(USING).filter(is_active=True).exists():
        raise CheckSettings("not served: nobody could log in; add a user with `tanglaw user add`")
    # Known to allauth only once its applications are there.
    import_string("tanglaw.workbench.access.listen")()
    serve_from(Desk(workspace, settings))
    _log_faults(workspace)
    return _tidy(get_wsgi_application())


def _tidy(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Django writes cookies with a blank before them, which the server takes for a fault."""

    def answered(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def started(status: str, headers: list[tuple[str, str]], *fault: Any) -> Any:
            return start(status, [(name, value.strip()) for name, value in headers], *fault)

        return application(environ, started)

    return answered


def _log_faults(workspace: Workspace) -> None:
    """Faults go to a file of the workspace, which its owner alone may read: their text may quote what a page showed."""
    path = workspace.folder / LOG
    path.touch(mode=0o600, exist_ok=True)
    logger = logging.getLogger("django")
    for old in logger.handlers[:]:
        logger.removeHandler(old)
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.setLevel(logging.ERROR)
    logger.addHandler(handler)
    logger.propagate = False


def connect(workspace: Workspace, settings: Settings, given: dict[str, Any]) -> None:
    """Take Django's settings over and open the casework database as `default`, with every table that pages need."""
    _translated()
    install(given)
    database.opened(workspace.folder, settings.casework_database)
    stated = {
        **database.settings_of(workspace.folder, settings.casework_database),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
    if USING in connections.settings:
        connections[USING].close()
        del connections[USING]
    connections.settings[USING] = connections.configure_settings({USING: stated})[USING]
    call_command("migrate", database=USING, verbosity=0, interactive=False)


def _translated() -> None:
    """Packages bring compiled translations; run from source they are compiled once, where somebody may write."""
    with contextlib.suppress(OSError):
        if any(not source.with_suffix(".mo").is_file() for source in catalogues.LOCALE.glob("*/LC_MESSAGES/*.po")):
            catalogues.compiled()


def install(given: dict[str, Any]) -> None:
    """Take settings over, and make the applications they name known to Django."""
    for name, value in given.items():
        setattr(django_settings, name, value)
    apps.set_installed_apps(django_settings.INSTALLED_APPS)


def serve(workspace: Workspace, settings: Settings, serving: Serving, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C, then seal the audit. `ready` is told the address once it listens."""
    application = prepared(workspace, settings, serving)
    audit.seal(USING, workspace.folder)
    server = _Server(_config(application, serving), ready, _address(serving))
    try:
        asyncio.run(server.serve())
    except KeyboardInterrupt:
        pass
    finally:
        audit.seal(USING, workspace.folder)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None], address: str) -> None:
        super().__init__(config)
        self._ready, self._address = ready, address

    async def startup(self, sockets: Any = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready(self._address)


def _config(application: Any, serving: Serving) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        host=serving.host,
        port=serving.port,
        interface="wsgi",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=serving.behind_tls,
        ssl_certfile=serving.certificate or None,
        ssl_keyfile=serving.private_key or None,
    )


def _address(serving: Serving) -> str:
    name = serving.names[0] if serving.names else "127.0.0.1" if serving.loopback else serving.host
    return f"{'https' if serving.tls else 'http'}://{name}:{serving.port}/"
