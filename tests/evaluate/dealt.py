"""Worlds with turns, drawn and linked in memory: who bears wrong links when the same people live and connect otherwise.

Only what linking weighs is made, without files: accounts, names, dates of birth, e-mails, phones, devices, user names and
addresses with times and ports, as reports state them. What reading files may lose is not seen here.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from tanglaw.config import Settings
from tanglaw.engine import Given
from tanglaw.engine.open import open_engine
from tanglaw.evaluate.fairness import Borne, borne
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.linking import LINKING
from tanglaw.policy import demo
from tanglaw.simulate import Plan, figures
from tanglaw.simulate.drawing import Desk
from tanglaw.simulate.facts import Report
from tanglaw.simulate.people import Population
from tanglaw.tables import TABLES

_MADE = ("accounts", "persons", "selectors", "captures")
Rows = list[dict[str, Any]]


def dealt(plan: Plan) -> Borne:
    """Draw the reports of a plan, link their accounts with the demo pack's numbers, and tell who bears wrong links."""
    level = figures.level(plan.difficulty)
    people = Population(plan.seed, plan.reports, level, plan.turn)
    desk = Desk(plan.seed, plan.reports, people, level)
    desk.staff(plan.buyers, plan.sellers)
    rows: dict[str, Rows] = {name: [] for name in _MADE}
    holders: dict[tuple[str, str], str] = {}
    for report in desk.reports():
        holders[_stated(report, rows)] = report.actor.key
    truth = pl.DataFrame([(*key, actor) for key, actor in holders.items()], _TRUTH, orient="row")
    actors = pl.DataFrame([actor.traits for actor in people.actors], ("actor", "country", "network"), orient="row")
    return borne(_linked(rows), truth, actors)


_TRUTH = ("platform", "identifier", "actor")


def _stated(report: Report, rows: dict[str, Rows]) -> tuple[str, str]:
    """Add what a report states of its account; returns the account's platform and identifier."""
    told, actor = report.identity, report.actor
    platform = report.platform.slug
    identifier = told.identifier or (told.handle or told.account.handle).casefold()
    account = f"{platform}:{identifier}"
    display = {"display_name": told.display, "role": "reported", "report_id": str(report.number)}
    rows["accounts"].append({"account_id": account, "platform": platform, "identifier": identifier} | display)
    if told.named:
        person = {"person_id": f"p{report.number}", "account_id": account, "role": "reported", "name": actor.name}
        rows["persons"].append(person | {"date_of_birth": actor.born if told.born else None})
    kind, device = told.account.device
    values = [("email", address.lower()) for address, _ in told.emails]
    values += [("phone", told.account.phone.e164)] if told.phone and told.account.phone else []
    values += [("handle", f"{platform}:{told.handle.casefold()}")] if told.handle else []
    values += [("imei" if kind == "IMEI" else "device", device)] if told.device else []
    for type_, value in values:
        rows["selectors"].append(_selector(account, type_, value, f"{report.number}", "contacts"))
    for number, event in enumerate(report.events):
        capture, at = f"{report.number}-{number}", None if event.at is None else datetime.fromtimestamp(event.at, UTC)
        kind = "ipv6" if ":" in event.seen.ip else "ipv4"
        rows["captures"].append({"capture_id": capture, "account_id": account, "port": event.port, "at": at})
        rows["selectors"].append(_selector(account, kind, event.seen.ip, capture, "captures") | {"at": at})
    return platform, identifier


def _selector(account: str, type_: str, value: str, record: str, table: str) -> dict[str, Any]:
    row = {"type": type_, "value": value, "record_id": record, "table_name": table, "account_id": account}
    return row | {"selector_id": f"{record} {type_} {value}", "field": "value", "valid": True, "role": "reported"}


def _linked(rows: dict[str, Rows]) -> dict[str, pa.Table]:
    """The tables `accounts` and `links` once these rows are linked."""
    with tempfile.TemporaryDirectory() as place:
        engine = open_engine(Settings(), Path(place))
        try:
            for name in (*LINKING.reads, "files"):
                if name in TABLES:
                    engine.put(name, pa.Table.from_pylist(rows.get(name, []), TABLES[name].schema))
            for name, table in demo().tables().items():
                engine.put(name, table)
            assert LINKING.run is not None
            LINKING.run(engine, Given(Ids(DEMO_KEY)))
            return {name: engine.rows(f"select * from {name}") for name in ("accounts", "links")}
        finally:
            engine.close()
