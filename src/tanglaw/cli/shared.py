"""What the verbs share: their options, where the workspace is, who asks and why, its settings and policy."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from tanglaw.config import Settings
from tanglaw.errors import CheckUsage, StatePurpose
from tanglaw.lookups.own import policy_of, settings_of
from tanglaw.policy import Policy, restored
from tanglaw.store.workspace import Workspace

__all__ = [
    "DEFAULT_WORKSPACE",
    "OTHER_RUN",
    "Who",
    "as_of_option",
    "at_option",
    "end_with_input",
    "examples",
    "instant",
    "json_option",
    "open_workspace",
    "past",
    "policy_of",
    "policy_of_run",
    "settings_of",
    "who_options",
    "workspace_option",
]

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_WORKSPACE = "tanglaw-workspace"
# Exit code of a run of the worker: another process writes to the workspace, try again.
OTHER_RUN = 75


@dataclass(frozen=True)
class Who:
    """Who asks, for which case, to which purpose."""

    user: str = ""
    case: str = ""
    purpose: str = ""


def workspace_option(function: F) -> F:
    """Adds `--workspace DIR`."""
    return click.option(
        "--workspace",
        "folder",
        type=click.Path(path_type=Path),
        default=DEFAULT_WORKSPACE,
        envvar="TANGLAW_WORKSPACE",
        show_default=True,
        metavar="DIR",
        help="Folder of the workspace.",
    )(function)


def who_options(function: F) -> F:
    """Adds `--user`, `--case` and `--purpose`, which an operational workspace demands; they come as one `who`."""

    @wraps(function)
    def with_who(*given: Any, user: str, case: str, purpose: str, **options: Any) -> Any:
        return function(*given, who=Who(user, case, purpose), **options)

    command: Any = with_who
    for name, text in (
        ("purpose", "Why you read this. An operational workspace demands and records all three."),
        ("case", "Case you work on."),
        ("user", "Who you are."),
    ):
        command = click.option(f"--{name}", default="", envvar=f"TANGLAW_{name.upper()}", help=text)(command)
    found: F = command
    return found


def json_option(function: F) -> F:
    """Adds `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")(function)


def as_of_option(function: F) -> F:
    """Adds `--as-of`, as an instant in UTC."""
    return click.option(
        "--as-of",
        callback=lambda _context, _option, text: instant(text),
        metavar="TIME",
        help="Instant that clocks are read at, ISO 8601, UTC if it states no zone; default now. Recorded with the run.",
    )(function)


def at_option(function: F) -> F:
    """Adds `--at`: a past instant, None for now."""
    return click.option(
        "--at",
        callback=lambda _context, _option, text: past(text),
        metavar="TIME",
        help="Show it as the last run by then left it: a day (its end, UTC) or an ISO 8601 instant.",
    )(function)


def past(text: str | None) -> datetime | None:
    """The end of the day or the instant that `text` names, UTC if it states no zone; None if there is no text."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.max, UTC)
    except ValueError:
        return instant(text, "--at")


def examples(*lines: str) -> str:
    """The examples at the end of a verb's help, each on a line of its own."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def open_workspace(
    folder: Path, verb: str, subject: str, who: Who, at: datetime | None = None, **given: object
) -> tuple[Workspace, Settings]:
    """The workspace and its settings, `at` a past instant if one is given, which is said on standard error.

    An operational one demands user, case and purpose and records the reading.
    """
    workspace = Workspace(folder)
    settings = settings_of(workspace, **given)
    if workspace.facts.operational:
        missing = [f"--{name}" for name in ("user", "case", "purpose") if not getattr(who, name).strip()]
        if missing:
            raise StatePurpose(f"this workspace is operational: `{verb}` needs {', '.join(missing)}")
        asked = f"{subject} at {at.isoformat()}".strip() if at else subject
        workspace.audit(who.user, who.case, who.purpose, verb, asked)
    if at is not None:
        workspace = workspace.at(at)
        click.echo(f"as the run that ended {workspace.state.derived_at[:16].replace('T', ' ')} UTC left it", err=True)
    return workspace, settings


def policy_of_run(workspace: Workspace) -> Policy:
    """The pack that the run whose tables stand went by; the present one where it was not kept."""
    kept = workspace.kept_policy()
    return policy_of(workspace) if kept is None else restored(kept)


def instant(text: str | None, option: str = "--as-of") -> datetime:
    """An instant from ISO 8601 text, UTC if it states no zone; now if there is none."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        stamp = datetime.fromisoformat(text)
        return stamp.astimezone(UTC) if stamp.tzinfo else stamp.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise CheckUsage(f"{option} is an ISO 8601 instant such as 2026-11-21T08:00:00Z, not {text!r}") from error


def end_with_input() -> None:
    """Interrupt this process when its standard input is closed: whoever started it wants it to end, or is no more."""

    def wait() -> None:
        # Not through Python's buffer, whose lock would hold the end of this process up.
        while os.read(0, 1 << 10):
            pass
        os.kill(os.getpid(), signal.SIGINT)

    # What a shell starts in the background ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=wait, daemon=True).start()
