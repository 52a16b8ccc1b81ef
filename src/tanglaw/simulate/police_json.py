"""Writes reports as the police-side JSON that investigators' parsers describe, with its known quirks.

A byte order mark on some files, absent objects as null or "N/A", upper-case event names, lists wrapped in an object
of the same name. Escalation, victims and report flags have no known field there, so they are not written.
"""

from __future__ import annotations

import json
from typing import Any

from tanglaw.simulate import spelling
from tanglaw.simulate.clock import utc
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.facts import Event, FileFact, Identity, Report


def report_json(report: Report, dice: Dice) -> str:
    """One report as a JSON object."""
    information: dict[str, Any] = {
        "reportingEsp": {"espName": report.platform.esp},
        "incidentSummary": {
            "incidentType": report.incident_type,
            "incidentDateTime": utc(report.incident),
            "incidentDateTimeDescription": report.meaning,
        },
        "additionalInformations": [{"value": report.note}] if report.note else _nothing(dice),
        "reportedPeople": {"reportedPersons": [_person(report.identity, report.events, dice, report.child_access)]},
        "intendedRecipients": {"intendedRecipients": [_person(report.recipient, [], dice, None)]}
        if report.recipient
        else _nothing(dice),
        "uploadedFiles": {"uploadedFiles": [_file(fact, dice) for fact in report.files]}
        if report.files
        else _nothing(dice),
    }
    if report.detail == "webPage":
        url = f"https://{report.platform.slug}.example.com/p/{report.group or dice.digits(8)}"
        information["incidentDetails"] = {
            "webpageIncident": [{"sourceInformation": {"sourceCaptures": [{"captureType": "URL", "value": url}]}}]
        }
    number: int | str = report.number if report.index % 2 else str(report.number)
    document = {"reportId": number, "dateReceived": utc(report.received), "reportedInformation": information}
    return json.dumps(document, ensure_ascii=False)


def _nothing(dice: Dice) -> str | None:
    return "N/A" if dice.chance(0.4) else None


def _person(identity: Identity, events: list[Event], dice: Dice, child_access: str | None) -> dict[str, Any]:
    account, holder = identity.account, identity.account.holder
    person: dict[str, Any] = {
        "firstName": holder.first if identity.named else None,
        "lastName": holder.last if identity.named else _nothing(dice),
        "dateOfBirth": holder.born if identity.named and identity.born else None,
        "espService": identity.service,
        "espUserId": identity.identifier,
        "screenName": {"value": identity.handle} if identity.handle else _nothing(dice),
        "emails": {"emails": [{"value": address, "verified": known} for address, known in identity.emails]}
        if identity.emails
        else _nothing(dice),
        "phones": {"phones": [{"value": spelling.international(account.phone, dice), "verified": None}]}
        if identity.phone and account.phone
        else None,
        "accessToChildren": child_access if child_access is not None else _nothing(dice),
        "sourceInformation": {"sourceCaptures": [_capture(event, dice) for event in events]} if events else "N/A",
    }
    if identity.addressed:
        address = {"street1": holder.street, "city": holder.city, "country": holder.country.code}
        person["addresses"] = {"addresses": [address]}
    if identity.bio:
        person["additionalInformations"] = [{"value": identity.bio}]
    return person


def _capture(event: Event, dice: Dice) -> dict[str, Any]:
    return {
        "captureType": "IP Address",
        "value": event.seen.ip,
        "dateTime": None if event.at is None else utc(event.at),
        "eventName": event.name.upper() if dice.chance(0.5) else event.name,
        "port": event.port,
    }


def _file(fact: FileFact, dice: Dice) -> dict[str, Any]:
    tags = [{"value": flag} for flag in fact.flags]
    return {
        "filename": fact.name,
        "originalFilename": fact.original,
        "submittalId": fact.token,
        "verificationHash": fact.hashes.md5 if fact.number % 3 else fact.hashes.md5.upper(),
        "viewedByEsp": fact.viewed,
        "industryClassification": fact.classification or None,
        "ncmecTags": {"groups": [{"tags": tags}]} if tags else _nothing(dice),
        "sourceInformation": {"sourceCaptures": [_capture(fact.capture, dice)]} if fact.capture else None,
    }
