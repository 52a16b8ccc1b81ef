"""What verbs share about decisions: the workspace's casework database, and the tables a run takes over."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
from click.core import ParameterSource

from tanglaw.casework import database, queries
from tanglaw.cli.shared import Who, open_workspace
from tanglaw.config import Settings
from tanglaw.lookups.withheld import gate_for
from tanglaw.store.workspace import Workspace


def opened(workspace: Workspace, settings: Settings) -> str:
    """The casework database of the workspace, made if it is not there."""
    return database.opened(workspace.folder, settings.casework_database)


def open_to_read(
    folder: Path, verb: str, subject: str, who: Who, at: datetime | None = None
) -> tuple[Workspace, Settings]:
    """As `open_workspace`, for a verb that shows evidence: no role is proved on the command line, so that what the pages
    withhold from most people is withheld here from all. That words are is said on standard error; what is held is not there.
    """
    workspace, settings = open_workspace(folder, verb, subject, who, at)
    gate = gate_for(workspace, settings)
    if gate.locked or gate.locked_reports:
        click.echo("privileged words are withheld here: the filter role reads them in the workbench", err=True)
    return (workspace if gate.open else workspace.behind(gate)), settings


def decided(workspace: Workspace, settings: Settings, as_of: datetime | None = None) -> dict[str, pa.Table]:
    """Decisions in force at `as_of` as tables; nothing where nobody ever decided. Makes no database."""
    if not database.exists(workspace.folder, settings.casework_database):
        return {}
    return queries.tables(opened(workspace, settings), as_of, workspace.ids)


def decided_for_run(
    workspace: Workspace, settings: Settings, as_of: datetime, instant: datetime | None = None
) -> dict[str, pa.Table]:
    """Decisions in force at `instant`, or at `as_of` if the call states `--as-of`; otherwise all that stand, also those whose
    stamp lies ahead of now: after a clock that ran fast was set right, later decisions keep its last stamp."""
    if instant is None and click.get_current_context().get_parameter_source("as_of") is not ParameterSource.DEFAULT:
        instant = as_of
    return decided(workspace, settings, instant)


def records_of(workspace: Workspace, settings: Settings) -> list[dict[str, Any]]:
    """Decisions on alerts as they stand now, in the order of deciding."""
    found = decided(workspace, settings).get("alert_records")
    return [] if found is None else found.to_pylist()
