"""What the verbs share: where the workspace is, who asks and why, and how things are shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tanglaw.config import Settings, load
from tanglaw.errors import CheckSettings, CheckUsage, StatePurpose
from tanglaw.lookups.tables import plain
from tanglaw.policy import Policy
from tanglaw.policy import demo as demo_policy
from tanglaw.policy import load as load_policy
from tanglaw.store.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_WORKSPACE = "tanglaw-workspace"


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
        help="Folder of the workspace.",
    )(function)


def who_options(function: F) -> F:
    """Adds `--user`, `--case` and `--purpose`, which an operational workspace demands."""
    for name, text in (
        ("purpose", "Why you read this; an operational workspace demands and records it."),
        ("case", "Case you work on; likewise."),
        ("user", "Who you are; likewise."),
    ):
        function = click.option(f"--{name}", default="", envvar=f"TANGLAW_{name.upper()}", help=text)(function)
    return function


def json_option(function: F) -> F:
    """Adds `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")(function)


def open_workspace(folder: Path, verb: str, subject: str, who: Who) -> tuple[Workspace, Settings]:
    """The workspace and its settings. An operational one demands user, case and purpose and records the reading."""
    workspace = Workspace(folder)
    if workspace.facts.operational:
        missing = [f"--{name}" for name in ("user", "case", "purpose") if not getattr(who, name).strip()]
        if missing:
            raise StatePurpose(f"this workspace is operational: `{verb}` needs {', '.join(missing)}")
        workspace.audit(who.user, who.case, who.purpose, verb, subject)
    return workspace, load(folder / "settings.toml")


def policy_of(workspace: Workspace) -> Policy:
    """The workspace's own policy pack, or the demo pack where it has none and is not operational."""
    folder = workspace.folder / "policy"
    if (folder / "policy.toml").is_file():
        return load_policy(folder)
    if workspace.facts.operational:
        raise CheckSettings(f"put your agency's policy pack into {folder} (docs/policy.md describes it)")
    return demo_policy()


def instant(text: str | None) -> datetime:
    """An instant from ISO 8601 text, UTC if it states no zone; now if there is none."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError as error:
        raise CheckUsage(f"--as-of is an ISO 8601 instant such as 2026-11-21T08:00:00Z, not {text!r}") from error
    return stamp.astimezone(UTC) if stamp.tzinfo else stamp.replace(tzinfo=UTC)


def show_json(value: Any) -> None:
    """Print a value as JSON, instants as ISO 8601 and amounts as exact text."""
    click.echo(json.dumps(value, default=plain, ensure_ascii=False, indent=2))


def console() -> Console:
    """Where tables are shown: as wide as the terminal, 120 where there is none."""
    out = Console()
    return out if out.is_terminal else Console(width=140)


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int, str], None]]:
    """A function (stage, done, all, what) that shows progress on standard error."""
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        known: dict[str, Any] = {}

        def show(stage: str, done: int, whole: int, what: str) -> None:
            name = "reading" if stage == "intake" else "working"
            if name not in known:
                known[name] = bars.add_task(name, total=max(whole, 1), what="")
            bars.update(
                known[name], completed=done, total=max(whole, 1), what=what[-60:] if stage == "intake" else stage
            )

        yield show


def short_time(value: datetime | None) -> str:
    """Minutes in UTC, or a dash."""
    return f"{value:%Y-%m-%d %H:%M}" if value else "-"
