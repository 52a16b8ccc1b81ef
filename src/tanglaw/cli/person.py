"""`tanglaw person ACCOUNT`: what a person's rights ask for, in one call: access, rectification, restriction."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tanglaw.casework import services, services_duties
from tanglaw.cli.casework import opened
from tanglaw.cli.shared import Who, examples, open_workspace, who_options, workspace_option
from tanglaw.cli.showing import clean, counted, say
from tanglaw.errors import CheckUsage
from tanglaw.lookups.person import hand_of, held
from tanglaw.lookups.subjects import rows_of
from tanglaw.selectors import SELECTORS


@click.command(
    "person",
    epilog=examples(
        "tanglaw person ACCOUNT --export held.jsonl --by 'A. Cruz' --reason 'request 12/26'",
        "tanglaw person ACCOUNT --rectify SELECTOR_ID +4915550001 --by 'A. Cruz' --reason 'digit misread'",
        "tanglaw person ACCOUNT --restrict --by 'A. Cruz' --reason 'accuracy is disputed'",
    ),
)
@click.argument("account")
@workspace_option
@click.option(
    "--export", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write every row held, as JSON lines."
)
@click.option(
    "--rectify", nargs=2, metavar="SELECTOR_ID VALUE", help="Correct a selector of the account from the next run on."
)
@click.option("--restrict", is_flag=True, help="Keep what is held, and show it to nobody on the workbench.")
@click.option("--lift", is_flag=True, help="Show it again.")
@click.option("--one-account", is_flag=True, help="This account alone, not the others of its hand.")
@click.option("--by", required=True, help="Who acts; kept.")
@click.option("--reason", required=True, help="Request or ground; kept.")
@who_options
def command(
    account: str,
    folder: Path,
    out: Path | None,
    rectify: tuple[str, str] | None,
    who: Who,
    **given: str | bool,
) -> None:
    """Export, rectify or restrict what is held of the person behind ACCOUNT: it, and the accounts of one hand with it.

    A lawful limit of these rights is a decision of a person, made before this is called. `tanglaw erase` erases.
    """
    workspace, settings = open_workspace(folder, "person", account, who)
    accounts = [account] if given["one_account"] else hand_of(workspace, account)
    if not rows_of(workspace, "accounts", "account_id", accounts):
        raise CheckUsage(f"no account {account} in this workspace")
    if not (out or rectify or given["restrict"] or given["lift"]):
        raise CheckUsage("say what is asked for: --export, --rectify, --restrict or --lift")
    using, by, reason = opened(workspace, settings), str(given["by"]), str(given["reason"])
    if out is not None:
        rows = list(held(workspace, accounts))
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        say(f"{counted(len(rows), 'row')} of {counted(len(accounts), 'account')} in {clean(out)}")
    if rectify:
        found = [
            row for row in rows_of(workspace, "selectors", "selector_id", [rectify[0]]) if row["account_id"] in accounts
        ]
        if not found:
            raise CheckUsage(f"no selector {rectify[0]} of this person in the last run")
        normal = (
            SELECTORS[found[0]["type"]].normalise(rectify[1].strip(), settings.default_country) if rectify[1] else ""
        )
        if normal is None:
            raise CheckUsage(f"the value is no valid {found[0]['type']}")
        services.correct(using, rectify[0], normal, by, reason)
        say(f"selector {rectify[0]} is corrected from the next run on")
    if given["restrict"] or given["lift"]:
        done = services_duties.restrict(using, accounts, by, reason, bool(given["lift"]))
        say(f"{counted(len(done), 'account')} {'shown again' if given['lift'] else 'restricted'}")
