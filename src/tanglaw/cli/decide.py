"""`tanglaw decide`: record what a person judged, corrected, left out or takes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tanglaw.casework import services
from tanglaw.casework.models import ACCOUNT_OPEN, RECALL, REFUSE, RELEASE
from tanglaw.cli.casework import opened, records_of
from tanglaw.cli.shared import (
    Who,
    examples,
    instant,
    open_workspace,
    policy_of_run,
    who_options,
    workspace_option,
)
from tanglaw.cli.showing import say
from tanglaw.config import Settings
from tanglaw.errors import CheckUsage
from tanglaw.lookups.alerts import alert, content
from tanglaw.lookups.subjects import normalised, rows_of, unknown
from tanglaw.store.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])


@click.group(
    "decide",
    epilog=examples(
        "tanglaw decide same ACCOUNT_A ACCOUNT_B --by 'A. Cruz' --reason 'both named in return 12/26'",
        "tanglaw decide withdraw 7 --by 'A. Cruz' --reason 'the return was of another case'",
    ),
)
def command() -> None:
    """Record a decision: a row that is never changed or removed. The next run keeps to it (docs/judgements.md)."""


def _signed(function: F) -> F:
    """Adds `--by`, `--reason`, the workspace and who reads."""
    for option in (
        click.option("--reason", required=True, help="Why; kept with the decision."),
        click.option("--by", required=True, help="Who decides; kept with the decision."),
    ):
        function = option(function)
    signed: F = workspace_option(who_options(function))
    return signed


@command.command(
    "same", epilog=examples("tanglaw decide same ACCOUNT_A ACCOUNT_B --by 'A. Cruz' --reason 'return 12/26'")
)
@click.argument("a")
@click.argument("b")
@_signed
def same_command(a: str, b: str, folder: Path, by: str, reason: str, who: Who) -> None:
    """Judge that accounts A and B are one hand. Refused if decisions in force say otherwise; they are named."""
    _judge("same", (a, b), folder, by, reason, who)


@command.command(
    "not-same", epilog=examples("tanglaw decide not-same ACCOUNT_A ACCOUNT_B --by 'A. Cruz' --reason 'interviewed'")
)
@click.argument("a")
@click.argument("b")
@_signed
def not_same_command(a: str, b: str, folder: Path, by: str, reason: str, who: Who) -> None:
    """Judge that accounts A and B are not one hand. Refused if decisions in force say otherwise; they are named."""
    _judge("not-same", (a, b), folder, by, reason, who)


@command.command(
    "correct",
    epilog=examples(
        "tanglaw decide correct SELECTOR_ID +4915550001 --by 'A. Cruz' --reason 'digit misread'",
        "tanglaw decide correct SELECTOR_ID '' --by 'A. Cruz' --reason 'an order number, no phone'",
    ),
)
@click.argument("selector_id")
@click.argument("value")
@_signed
def correct_command(selector_id: str, value: str, folder: Path, by: str, reason: str, who: Who) -> None:
    """Correct a selector that was read wrongly: VALUE counts for it; an empty VALUE says that it is no selector.

    `tanglaw search` and `tanglaw table selectors` show selector ids. What the source says stays as it is.
    """
    workspace, settings = open_workspace(folder, "decide", f"correct {selector_id}", who)
    found = rows_of(workspace, "selectors", "selector_id", [selector_id])
    if not found:
        raise CheckUsage(f"no selector {selector_id} in the last run")
    normal = normalised(str(found[0]["type"]), value, settings.default_country)
    done = services.correct(opened(workspace, settings), selector_id, normal, by, reason)
    _say(done.number, f"selector {selector_id} counts as {normal}" if normal else f"{selector_id} is no selector")


@command.command(
    "leave-out", epilog=examples("tanglaw decide leave-out SOURCE_ID --by 'A. Cruz' --reason 'delivered by mistake'")
)
@click.argument("source_id")
@_signed
def leave_out_command(source_id: str, folder: Path, by: str, reason: str, who: Who) -> None:
    """Leave a source out: from the next run on, nothing that was read from it counts. It stays in custody."""
    workspace, settings = open_workspace(folder, "decide", f"leave-out {source_id}", who)
    if unknown(workspace, "sources", "source_id", [source_id]):
        raise CheckUsage(f"no source {source_id}: `tanglaw table sources --out FILE` lists them")
    _say(services.leave_out(opened(workspace, settings), source_id, by, reason).number, f"{source_id} is left out")


@command.command(
    "verify", epilog=examples("tanglaw decide verify ACCOUNT --by 'A. Cruz' --reason 'charged in case 12/26'")
)
@click.argument("account")
@_signed
def verify_command(account: str, folder: Path, by: str, reason: str, who: Who) -> None:
    """Say that a verified fact ties ACCOUNT to a case: sessions are looked for around it, as around a reported one."""
    workspace, settings = open_workspace(folder, "decide", f"verify {account}", who)
    if unknown(workspace, "accounts", "account_id", [account]):
        raise CheckUsage(f"no account {account} in this workspace")
    _say(services.verify(opened(workspace, settings), account, by, reason).number, f"a fact ties {account} to a case")


def _recording(kind: str, meaning: str) -> None:
    """Adds `tanglaw decide <kind> REQUEST`."""

    @click.argument("request_id", metavar="REQUEST")
    @click.option("--on", required=True, metavar="TIME", help="When it happened: day or instant, ISO 8601, UTC.")
    @_signed
    def recorder(request_id: str, on: str, folder: Path, by: str, reason: str, who: Who) -> None:
        workspace, settings = open_workspace(folder, "decide", f"{kind} {request_id}", who)
        found = rows_of(workspace, "requests", "request_id", [request_id])
        if not found:
            raise CheckUsage(f"no request {request_id}: `tanglaw requests --top 0` lists them")
        asked = services.Asked(request_id, found[0]["from_at"], found[0]["to_at"])
        done = services.record(opened(workspace, settings), kind, asked, instant(on, "--on"), by, reason)
        _say(done.number, f"request {request_id} {kind}")

    recorder.__doc__ = meaning
    line = f"tanglaw decide {kind} REQUEST --on 2026-07-02 --by 'A. Cruz' --reason 'letter 44'"
    command.command(kind, epilog=examples(line))(recorder)


_recording(
    "sent", "Record that REQUEST, of `tanglaw requests`, was sent: with the next run it leaves the queue's clock."
)
_recording("answered", "Record that the holder answered REQUEST, which was sent.")
_recording("lapsed", "Record that the holder of REQUEST says the log is gone.")


@command.command(
    "release-alert",
    epilog=examples(
        "tanglaw decide release-alert ALERT --account-open yes --by 'A. Cruz' --reason 'checked with unit 4'"
    ),
)
@click.argument("alert_id", metavar="ALERT")
@click.option(
    "--account-open",
    type=click.Choice(ACCOUNT_OPEN),
    required=True,
    help="Should the account stay open: yes, no, or asked (of those who investigate). Check it before.",
)
@_signed
def release_command(alert_id: str, account_open: str, folder: Path, by: str, reason: str, who: Who) -> None:
    """Release ALERT, of `tanglaw alerts`, to its service: what is written of it from now on is no draft."""
    workspace, settings = open_workspace(folder, "decide", f"release-alert {alert_id}", who)
    facts = _proposed(workspace, settings, alert_id)
    written = services.Written(alert_id, facts, account_open)
    done = services.alert(opened(workspace, settings), RELEASE, written, by, reason)
    _say(done.number, f"alert {alert_id} is released; `tanglaw alerts {alert_id} --out DIR` writes it")


@command.command(
    "refuse-alert", epilog=examples("tanglaw decide refuse-alert ALERT --by 'A. Cruz' --reason 'account known already'")
)
@click.argument("alert_id", metavar="ALERT")
@_signed
def refuse_command(alert_id: str, folder: Path, by: str, reason: str, who: Who) -> None:
    """Refuse ALERT: it is not sent and not proposed again."""
    workspace, settings = open_workspace(folder, "decide", f"refuse-alert {alert_id}", who)
    written = services.Written(alert_id, _proposed(workspace, settings, alert_id))
    done = services.alert(opened(workspace, settings), REFUSE, written, by, reason)
    _say(done.number, f"alert {alert_id} is refused")


@command.command(
    "recall-alert", epilog=examples("tanglaw decide recall-alert ALERT --by 'A. Cruz' --reason 'the list took it back'")
)
@click.argument("alert_id", metavar="ALERT")
@_signed
def recall_command(alert_id: str, folder: Path, by: str, reason: str, who: Who) -> None:
    """Recall ALERT, which was released: what is written of it from now on is the recall."""
    workspace, settings = open_workspace(folder, "decide", f"recall-alert {alert_id}", who)
    mine = [record for record in records_of(workspace, settings) if record["alert_id"] == alert_id]
    if not mine:
        raise CheckUsage("only a released alert is recalled")
    written = services.Written(alert_id, mine[-1]["content"])
    done = services.alert(opened(workspace, settings), RECALL, written, by, reason)
    _say(done.number, f"alert {alert_id} is recalled; `tanglaw alerts {alert_id} --out DIR` writes the recall")


def _proposed(workspace: Workspace, settings: Settings, alert_id: str) -> str:
    """What a proposed alert says, as JSON to keep. Raises CheckUsage if it is of another state."""
    row = alert(workspace, records_of(workspace, settings), alert_id)
    if row["state"] != "proposed":
        raise CheckUsage(f"alert {alert_id} is {row['state']}: only a proposed one is decided on")
    return json.dumps(content(workspace, row, policy_of_run(workspace).owner))


@command.command("withdraw", epilog=examples("tanglaw decide withdraw 7 --by 'A. Cruz' --reason 'wrong account'"))
@click.argument("decision", type=click.IntRange(1))
@_signed
def withdraw_command(decision: int, folder: Path, by: str, reason: str, who: Who) -> None:
    """Withdraw DECISION, the number of an earlier one: the next run is as if it had not been made."""
    workspace, settings = open_workspace(folder, "decide", f"withdraw {decision}", who)
    done = services.withdraw(opened(workspace, settings), decision, by, reason)
    _say(done.number, f"decision {decision} no longer stands")


def _judge(kind: str, accounts: tuple[str, str], folder: Path, by: str, reason: str, who: Who) -> None:
    workspace, settings = open_workspace(folder, "decide", f"{kind} {' '.join(accounts)}", who)
    missing = unknown(workspace, "accounts", "account_id", list(accounts))
    if missing:
        raise CheckUsage(f"no account {' and no account '.join(missing)} in this workspace")
    done = services.judge(opened(workspace, settings), kind, accounts, by, reason)
    _say(done.number, f"{kind} {done.a} {done.b}")


def _say(number: int, what: str) -> None:
    say(f"decision {number}: {what}; `tanglaw run` takes it over")
