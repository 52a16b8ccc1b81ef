"""Writes a report as CyberTipline XML: `report.xml` and one fileDetails document per file.

Field names, order and permitted values follow the public schema of November 2025.
"""

from __future__ import annotations

from tanglaw.simulate import spelling
from tanglaw.simulate.clock import iso, utc
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.facts import Event, FileFact, Identity, Report
from tanglaw.simulate.people import Actor

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ROOT = (
    '<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">\n'
)
_BOILERPLATE = (
    "Preservation: records of this account are kept for one year. Legal process: send it to legal@example.com."
    " Please quote the report number."
)
_EXIF = '<details type="EXIF"><nameValuePair><name>Software</name><value>Camera 4.2</value></nameValuePair></details>'
_ESCALATION = "The reporter asks for this report to be looked at first; contact the reporter for details."


def escaped(text: str) -> str:
    """Text with the characters of XML written as entities."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def report_xml(report: Report, dice: Dice, note: str | None = None) -> str:
    """The report document; `note` replaces its additional information (a supplemented version)."""
    extra = note if note is not None else report.note
    return "".join(
        (
            HEAD,
            _ROOT,
            '<batchedReport reason="VIRAL_POTENTIAL_MEME"/>' if report.batched else "",
            _summary(report),
            _details(report, dice),
            _law(report),
            _reporter(report),
            _reported(report, dice),
            _recipient(report, dice),
            _victim(report, dice),
            f"<additionalInfo>{escaped(extra)}</additionalInfo>" if extra else "",
            "</report>\n",
        )
    )


def file_xml(report: Report, fact: FileFact) -> str:
    """The fileDetails document of one file."""
    parts = [
        f"{HEAD}<fileDetails><reportId>{report.number}</reportId><fileId>{fact.token}</fileId>",
        f"<fileName>{fact.name}</fileName>",
    ]
    if fact.original:
        parts.append(f"<originalFileName>{fact.original}</originalFileName>")
    if fact.uploaded is not None:
        parts.append(f"<uploadedToEspTimestamp>{utc(fact.uploaded)}</uploadedToEspTimestamp>")
    if fact.url:
        parts.append(f"<locationOfFile>{fact.url}</locationOfFile>")
    parts.append(_truth("fileViewedByEsp", fact.viewed))
    parts.append(_truth("exifViewedByEsp", fact.exif_viewed))
    parts.append(_truth("publiclyAvailable", fact.public))
    if fact.supplemental:
        parts.append("<fileRelevance>Supplemental Reported</fileRelevance>")
    if fact.old_meme:
        parts.append("<potentialMeme>true</potentialMeme>")
    elif fact.flags:
        parts.append(f"<fileAnnotations>{''.join(f'<{flag}>true</{flag}>' for flag in fact.flags)}</fileAnnotations>")
    if fact.classification:
        parts.append(f"<industryClassification>{fact.classification}</industryClassification>")
    parts.append(_hashes(fact))
    if fact.capture:
        parts.append(_capture(fact.capture))
    if fact.number % 9 == 0:
        parts.append(_EXIF)
    parts.append("</fileDetails>\n")
    return "".join(parts)


def _hashes(fact: FileFact) -> str:
    hashes, turn = fact.hashes, fact.number % 4
    text = f'<originalFileHash hashType="MD5">{hashes.md5}</originalFileHash>'
    if turn != 0:
        text += f'<originalFileHash hashType="SHA1">{hashes.sha1}</originalFileHash>'
    if turn == 2:
        text += f'<originalFileHash hashType="SHA256">{hashes.sha256}</originalFileHash>'
    if turn == 3:
        text += f'<originalFileHash hashType="PDQ">{hashes.pdq}</originalFileHash>'
    return text


def _truth(name: str, value: bool | None) -> str:
    return "" if value is None else f"<{name}>{'true' if value else 'false'}</{name}>"


def _summary(report: Report) -> str:
    flags = "".join(f"<{flag}/>" if report.index % 5 == 0 else f"<{flag}>true</{flag}>" for flag in report.flags)
    stamp = iso(report.incident) if report.index % 11 == 0 else utc(report.incident)
    return "".join(
        (
            f"<incidentSummary><incidentType>{report.incident_type}</incidentType>",
            f"<platform>{report.platform.service}</platform>" if report.index % 3 else "",
            f"<escalateToHighPriority>{_ESCALATION}</escalateToHighPriority>" if report.escalated else "",
            f"<reportAnnotations>{flags}</reportAnnotations>" if flags else "",
            f"<incidentDateTime>{stamp}</incidentDateTime>",
            f"<incidentDateTimeDescription>{report.meaning}</incidentDateTimeDescription>" if report.meaning else "",
            "</incidentSummary>\n",
        )
    )


def _details(report: Report, dice: Dice) -> str:
    account, kind = report.identity.account, report.detail
    if not kind:
        return ""
    inner = ""
    if kind == "webPage":
        page = report.group or dice.digits(8)
        inner = f"<url>https://{report.platform.slug}.example.com/p/{page}</url>"
    elif kind == "chatIm":
        inner = f"<chatClient>{report.platform.service}</chatClient><chatRoomName>room {dice.digits(4)}</chatRoomName>"
    elif kind == "email" and account.email:
        inner = f'<emailAddress type="Home" verified="true">{account.email}</emailAddress>'
    elif kind == "newsgroup":
        inner = "<name>alt.example.group</name>"
    elif kind == "onlineGaming":
        inner = "<gameName>Garden Builder</gameName><console>desktop</console>"
    elif kind == "cellPhone" and account.phone:
        inner = f"<phoneNumber>{account.phone.e164}</phoneNumber>"
    elif kind == "nonInternet":
        inner = "<locationName>Public library</locationName>"
    elif kind == "peer2peer":
        inner = f"<client>example client 2.1</client>{''.join(map(_capture, report.events[:1]))}"
    mark = ' thirdPartyHostedContent="true"' if kind == "webPage" and dice.chance(0.1) else ""
    return f"<internetDetails><{kind}Incident{mark}>{inner}</{kind}Incident></internetDetails>\n"


def _law(report: Report) -> str:
    if report.legal_process is None:
        return ""
    served = "true" if report.legal_process else "false"
    return (
        "<lawEnforcement><agencyName>Example Police Department</agencyName>"
        f"<caseNumber>EX-{report.number % 100_000:05d}</caseNumber>"
        f"<servedLegalProcessDomestic>{served}</servedLegalProcessDomestic></lawEnforcement>\n"
    )


def _reporter(report: Report) -> str:
    slug = report.platform.slug
    return (
        f"<reporter><reportingPerson><firstName>{escaped(report.platform.esp)}</firstName>"
        f'<email type="Business">reports@{slug}.example.com</email></reportingPerson>'
        f"<companyTemplate>{_BOILERPLATE}</companyTemplate>"
        f"<legalURL>https://{slug}.example.com/legal</legalURL></reporter>\n"
    )


def _person(identity: Identity, dice: Dice) -> str:
    actor, account = identity.account.holder, identity.account
    parts = []
    if identity.named:
        parts.append(f"<firstName>{actor.first}</firstName><lastName>{actor.last}</lastName>")
    if identity.phone and account.phone:
        parts.append(_phone(account.phone, dice))
    for address, verified in identity.emails:
        mark = "" if verified is None else f' verified="{"true" if verified else "false"}"'
        parts.append(f"<email{mark}>{address}</email>")
    if identity.addressed:
        parts.append(_address(actor))
    if identity.named and identity.born:
        parts.append(f"<dateOfBirth>{actor.born}</dateOfBirth>")
    return "".join(parts)


def _phone(phone: spelling.Phone, dice: Dice) -> str:
    turn = dice.unit()
    if turn < 0.35:
        return f'<phone type="Mobile" verified="true">{phone.e164}</phone>'
    if turn < 0.65:
        return f'<phone type="Mobile" countryCallingCode="+{phone.calling}">{phone.national}</phone>'
    return f"<phone>{spelling.international(phone, dice)}</phone>"


def _address(actor: Actor) -> str:
    return (
        f'<address type="Home"><address>{actor.street}</address><city>{actor.city}</city>'
        f"<country>{actor.country.code}</country></address>"
    )


def _capture(event: Event) -> str:
    stamp = "" if event.at is None else f"<dateTime>{utc(event.at)}</dateTime>"
    port = "" if event.port is None else f"<port>{event.port}</port>"
    return (
        f"<ipCaptureEvent><ipAddress>{event.seen.ip}</ipAddress><eventName>{event.name}</eventName>"
        f"{stamp}{_truth('possibleProxy', event.seen.proxy)}{port}</ipCaptureEvent>"
    )


def _service(identity: Identity) -> str:
    parts = []
    if identity.identifier is not None:
        parts.append(f"<espIdentifier>{identity.identifier}</espIdentifier>")
    if identity.service:
        parts.append(f"<espService>{identity.service}</espService>")
    return "".join(parts)


def _names(identity: Identity) -> str:
    parts = []
    if identity.handle:
        parts.append(f"<screenName>{identity.handle}</screenName>")
    if identity.display:
        parts.append(f"<displayName>{identity.display}</displayName>")
    parts.append(_profile(identity))
    if identity.bio:
        parts.append(f"<profileBio>{escaped(identity.bio)}</profileBio>")
    return "".join(parts)


def _profile(identity: Identity) -> str:
    account = identity.account
    if not identity.profile:
        return ""
    return f"<profileUrl>https://{account.platform.slug}.example.com/{account.handle}</profileUrl>"


def _device(identity: Identity) -> str:
    if not identity.device:
        return ""
    kind, value = identity.account.device
    return f"<deviceId><idType>{kind}</idType><idValue>{value}</idValue></deviceId>"


def _location(identity: Identity) -> str:
    if not identity.located:
        return ""
    holder = identity.account.holder
    return (
        f"<estimatedLocation><city>{holder.city}</city><countryCode>{holder.country.code}</countryCode>"
        "</estimatedLocation>"
    )


def _reported(report: Report, dice: Dice) -> str:
    identity = report.identity
    person = _person(identity, dice)
    disabled = {
        "permanently": '<accountPermanentlyDisabled userNotified="false">true</accountPermanentlyDisabled>',
        "temporarily": "<accountTemporarilyDisabled>true</accountTemporarilyDisabled>",
        "": "",
    }[report.disabled]
    return "".join(
        (
            "<personOrUserReported>",
            f"<personOrUserReportedPerson>{person}</personOrUserReportedPerson>" if person else "",
            _service(identity),
            "<compromisedAccount>true</compromisedAccount>" if report.compromised else "",
            _names(identity),
            "".join(map(_capture, report.events)),
            _device(identity),
            "<thirdPartyUserReported>true</thirdPartyUserReported>" if report.third_party else "",
            "".join(f"<priorCTReports>{number}</priorCTReports>" for number in report.earlier),
            f"<groupIdentifier>{report.group_identifier}</groupIdentifier>" if report.group_identifier else "",
            disabled,
            _location(identity),
            "".join(_associated(kind, other, dice) for kind, other in report.linked),
            "</personOrUserReported>\n",
        )
    )


def _associated(kind: str, identity: Identity, dice: Dice) -> str:
    account = identity.account
    email = f"<email>{identity.emails[0][0]}</email>" if identity.emails else ""
    phone = f"<phone>{spelling.international(account.phone, dice)}</phone>" if identity.phone and account.phone else ""
    # Unlike elsewhere, the service stands before the identifier and the profile URL before the names.
    service = f"<espService>{identity.service}</espService>" if identity.service else ""
    identifier = f"<espIdentifier>{identity.identifier}</espIdentifier>" if identity.identifier is not None else ""
    screen = f"<screenName>{identity.handle}</screenName>" if identity.handle else ""
    display = f"<displayName>{identity.display}</displayName>" if identity.display else ""
    return (
        f'<associatedAccount type="{kind}"><platform>{account.platform.service}</platform>{phone}{email}'
        f"{service}{identifier}{_profile(identity)}{screen}{display}</associatedAccount>"
    )


def _recipient(report: Report, dice: Dice) -> str:
    identity = report.recipient
    if identity is None:
        return ""
    return (
        f"<intendedRecipient><intendedRecipientPerson>{_person(identity, dice)}</intendedRecipientPerson>"
        f"{_service(identity)}{_names(identity)}{_device(identity)}{_location(identity)}</intendedRecipient>\n"
    )


def _victim(report: Report, dice: Dice) -> str:
    identity = report.child
    if identity is None:
        return ""
    identity.born = False
    school = f"<schoolName>{report.school}</schoolName>" if report.school else ""
    return (
        f"<victim><victimPerson>{_person(identity, dice)}</victimPerson>{_service(identity)}{_names(identity)}"
        f"{_device(identity)}{school}{_location(identity)}</victim>\n"
    )
