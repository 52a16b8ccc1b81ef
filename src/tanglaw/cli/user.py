"""`tanglaw user`: who may log in to the workbench."""

from __future__ import annotations

from pathlib import Path

import click

from tanglaw.casework import people, services_people
from tanglaw.casework.models import User
from tanglaw.cli.casework import opened
from tanglaw.cli.shared import examples, json_option, settings_of, workspace_option
from tanglaw.cli.showing import grid, say, show_json
from tanglaw.store.workspace import Workspace

_by = click.option("--by", default="the command line", show_default=True, help="Who says so.")
_reason = click.option("--reason", default="set up", show_default=True, help="Why.")


@click.group("user", epilog=examples("tanglaw user add cruz --role analyst --full-name 'A. Cruz' --team north"))
def command() -> None:
    """People of the workbench: add, list, block, give a new one-time password.

    Each change is a row with who and why. Whoever may run this on the workspace's folder is trusted with it.
    """


@command.command("add", epilog=examples("tanglaw user add cruz --role analyst"))
@click.argument("name")
@workspace_option
@click.option("--role", type=click.Choice(list(people.ROLES)), required=True, help="What they may see and do.")
@click.option("--full-name", default="", help="Name that stands beside what they do.")
@click.option("--team", default="", help="People of a team know each other's cases.")
@_by
@_reason
def add_command(name: str, folder: Path, role: str, by: str, reason: str, **stated: str) -> None:
    """Add a person and print a one-time password.

    At first log-in they set a password of their own and then a second factor (TOTP).
    """
    user, password = services_people.add_user(_using(folder), name, role, {**stated, "by": by}, reason)
    say(f"{user.full_name} may log in as {user.name} ({people.ROLES[role]}) with this password, once:")
    say(password, "bold")


@command.command("list", epilog=examples("tanglaw user list --json"))
@workspace_option
@json_option
def list_command(folder: Path, as_json: bool) -> None:
    """List people with role, team and state."""
    rows = [
        {
            "name": one.name,
            "full_name": one.full_name,
            "role": one.role,
            "team": one.team.name if one.team else "",
            "state": "blocked" if not one.is_active else "has not logged in yet" if one.must_change else "active",
        }
        for one in User.objects.using(_using(folder)).select_related("team").order_by("name")
    ]
    if as_json:
        show_json(rows)
    else:
        grid("", ("name", "full name", "role", "team", "state"), [tuple(row.values()) for row in rows])


@command.command("reset", epilog=examples("tanglaw user reset cruz --reason 'lost the authenticator'"))
@click.argument("name")
@workspace_option
@_by
@_reason
def reset_command(name: str, folder: Path, by: str, reason: str) -> None:
    """Give a new one-time password; the second factor is set up anew, and open sessions end."""
    using = _using(folder)
    user = services_people.found(using, name)
    say(f"{user.full_name} may log in as {user.name} with this password, once:")
    say(services_people.new_password(using, user, by, reason), "bold")


@command.command("block", epilog=examples("tanglaw user block cruz --reason 'left the unit'"))
@click.argument("name")
@workspace_option
@click.option("--again", is_flag=True, help="Let them in again.")
@_by
@_reason
def block_command(name: str, folder: Path, again: bool, by: str, reason: str) -> None:
    """Let a person in no longer; open sessions end at their next page."""
    using = _using(folder)
    user = services_people.found(using, name)
    services_people.block(using, user, by, reason, again)
    say(f"{user.full_name} may log in again" if again else f"{user.full_name} is blocked")


def _using(folder: Path) -> str:
    workspace = Workspace(folder)
    return opened(workspace, settings_of(workspace))
