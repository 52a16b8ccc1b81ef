"""The rows of one report document: ids from what a statement says, so that two channels give the same ids.

Callers hand over what they read; report id, row id, times and provenance are filled in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from tanglaw.ids import NOTHING
from tanglaw.reading.hashes import kind_of, normal, plain_hex
from tanglaw.reading.reports import clean_number, report_id
from tanglaw.reading.rows import Row, Rows, columns
from tanglaw.reading.values import Instant, instant, truth, whole

# Second-level labels under which organisations register.
_SECOND_LEVEL = frozenset(("co", "com", "net", "org", "gov", "ac", "edu", "go", "or", "ne"))
# Country codes that name no country: anonymous proxy, satellite provider, other.
_PSEUDO_COUNTRIES = frozenset(("A1", "A2", "O1"))
_EVENTS = {name.lower(): name for name in ("Login", "Registration", "Purchase", "Upload", "Other", "Unknown")}
_OFFICIAL = frozenset(_EVENTS.values())
_TRUTH = {"true": True, "false": False}
_NEVER = Instant(None, None, None)
Times: TypeAlias = "tuple[int | None, str | None, str | None]"
NO_TIMES = (None, None, None)
_MAX_AGE = 150
_MAX_PORT = 65_535


class PersonFacts(NamedTuple):
    """What is stated of a person, by the columns of `persons`."""

    name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    date_of_birth: str | None = None
    age: int | None = None
    address: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    occupation: str | None = None
    school: str | None = None
    child_access: str | None = None
    relationship: str | None = None


class AccountFacts(NamedTuple):
    """What is stated of an account, by the columns of `accounts`."""

    platform: str | None
    identifier: str | None
    identifier_kind: str
    handle: str | None = None
    display_name: str | None = None
    association: str | None = None
    compromised: bool | None = None
    third_party: bool | None = None
    profile_url: str | None = None
    group_identifier: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    disabled: str | None = None


_PERSON = columns("persons", " ".join(("person_id report_id account_id role locator", *PersonFacts._fields)))
_ACCOUNT = columns("accounts", " ".join(("account_id report_id role locator", *AccountFacts._fields)))
_CONTACT = columns("contacts", "contact_id report_id person_id account_id role kind value use verified locator")
_CAPTURE = columns(
    "captures",
    "capture_id report_id account_id file_id role ip port event at at_original at_assumed proxy locator",
)
_DEVICE = columns("devices", "device_id report_id account_id role kind value event at at_original at_assumed locator")
_TEXT = columns("texts", "text_id report_id account_id role field text locator")
_PAGE = columns("web_pages", "page_id report_id kind url third_party locator")
_FLAG = columns("flags", "report_id file_id name locator")
_HASH = columns("file_hashes", "file_id report_id hash_type value original valid locator")


class Contact(NamedTuple):
    """An e-mail address or phone: as written, and as the identifier of an account would be made of it."""

    kind: str
    value: str
    identifier: str
    use: str | None
    verified: bool | None
    place: str


class Owner(NamedTuple):
    """Whom a capture event or device is stated for."""

    account: str | None
    file: str | None
    role: str | None


class ReportRows:
    """Writes the evidence rows of one report document (see `tables/evidence.py` for every column).

    `report_id` may be None for statements outside any report. Each row given must carry its `locator`.
    """

    __slots__ = ("_assumed", "_report", "_seen", "add", "issue", "of", "of_texts", "put", "report_id", "rows", "zone")

    def __init__(self, rows: Rows, report: str | None) -> None:
        self.rows = rows
        self.add = rows.add
        self.put = rows.put
        self.issue = rows.issue
        self.of = rows.ids.of
        # No part of an id below is a blank text, so blank and None need not be told apart.
        self.of_texts = rows.ids.of_texts
        self.zone = rows.settings.default_zone
        self.report_id = report
        self._report = report or NOTHING
        self._assumed = False
        self._seen: set[str] = set()

    def when(self, name: str, text: str | None, place: str) -> Row:
        """The three columns of an instant by name; empty if none is stated."""
        if not text:
            return {}
        at, original, assumed = self.times(name, text, place)
        return {name: at, f"{name}_original": original, f"{name}_assumed": assumed}

    def times(self, name: str, text: str | None, place: str) -> Times:
        """The instant in microseconds, its text and the zone assumed for it: the values of its three columns.

        Issues for a stamp that cannot be read and for an assumed zone.
        """
        if not text:
            return NO_TIMES
        at, assumed, _ = self._instant(name, text, place)
        return at, text, assumed

    def _instant(self, name: str, text: str, place: str) -> Instant:
        found = instant(text, self.zone)
        if found.at is None:
            self.issue("time-unreadable", f"{name} is no time between 1970 and 2100; the text is kept", place)
        elif found.assumed and not self._assumed:
            self._assumed = True
            self.issue("zone-assumed", f"{name} states no zone and is read in {self.zone}", place)
        return found

    def truth(self, value: object, name: str, place: str) -> bool | None:
        """Yes, no or not stated; an issue for a word that is neither."""
        if value is None:
            return None
        known = _TRUTH.get(value) if isinstance(value, str) else None
        if known is None:
            known = truth(value)
            if known is None and str(value).strip():
                self.issue("not-boolean", f"{name} is neither true nor false", place)
        return known

    def number(self, value: object, name: str, place: str, high: int = _MAX_PORT) -> int | None:
        """A whole number from 0 (ages) or 1 (ports) to `high`; an issue and None beyond."""
        if value is None or value == "":
            return None
        found = whole(value, 1 if high == _MAX_PORT else 0, high)
        if found is None:
            self.issue("out-of-range", f"{name} is no whole number up to {high}", place)
        return found

    def age(self, value: object, place: str) -> int | None:
        return self.number(value, "age", place, _MAX_AGE)

    def event(self, name: str | None, place: str) -> str | None:
        """Event name in the official spelling; another one as written, with an issue."""
        if not name:
            return None
        if name in _OFFICIAL:
            return name
        known = _EVENTS.get(name.strip().lower())
        if known is None:
            self.issue("unknown-value", "an event name that is not in the list", place)
            return name
        return known

    def person(self, facts: PersonFacts, account: str | None, role: str, ordinal: int, place: str) -> str:
        """One person; the id is that of report, role and account, else of the place in the role."""
        key = self.of_texts("person", self._report, role, account or str(ordinal))
        if key in self._seen:
            key = self.of("person", self.report_id, role, account, ordinal)
        self._seen.add(key)
        self.put(_PERSON, (key, self.report_id, account, role, place, *facts))
        return key

    def account(self, facts: AccountFacts, account: str | None, role: str, place: str) -> None:
        """One account; an issue if the document states the same one twice in one role (both rows are kept)."""
        key = f"{role} {account}"
        if key in self._seen:
            self.issue("duplicate-account", "the same account stands twice in this role", place)
        self._seen.add(key)
        self.put(_ACCOUNT, (account, self.report_id, role, place, *facts))

    def contact(self, contact: Contact, person: str | None, account: str | None, role: str) -> None:
        """One e-mail address or phone of a person or account."""
        kind, value, _, use, verified, place = contact
        key = self.of_texts("contact", self._report, account or person or NOTHING, role, kind, value)
        self.put(_CONTACT, (key, self.report_id, person, account, role, kind, value, use, verified, place))

    def seen_at(
        self,
        owner: Owner,
        place: str,
        ip: str | None,
        event: str | None,
        at: str | None,
        more: tuple[int | None, bool | None] = (None, None),
    ) -> None:
        """One IP capture event of `owner`; `more` is source port and whether it may be a proxy."""
        account, file, role = owner
        port, proxy = more
        if event not in _OFFICIAL:
            event = self.event(event, place)
        stamp, assumed, when = self._instant("at", at, place) if at else _NEVER
        # A part that is not stated counts as NOTHING in the id.
        stated = (account or NOTHING, file or NOTHING, ip or NOTHING, when or NOTHING, event or NOTHING)
        key = self.of_texts("capture", self._report, *stated, NOTHING if port is None else str(port))
        self.put(
            _CAPTURE,
            (key, self.report_id, account, file, role, ip, port, event, stamp, at or None, assumed, proxy, place),
        )

    def device(
        self, owner: Owner, place: str, kind: str | None, value: str | None, event: str | None, at: str | None
    ) -> None:
        """One device identifier of `owner`; `at` is the time of its event as written."""
        account, file, role = owner
        if event not in _OFFICIAL:
            event = self.event(event, place)
        stamp, assumed, when = self._instant("at", at, place) if at else _NEVER
        stated = (account or file or NOTHING, kind or NOTHING, value or NOTHING, event or NOTHING, when or NOTHING)
        key = self.of_texts("device", self._report, *stated)
        report = self.report_id
        self.put(_DEVICE, (key, report, account, role, kind, value, event, stamp, at or None, assumed, place))

    def text(self, field: str, text: str, place: str, account: str | None = None, role: str | None = None) -> None:
        """One free text; `field` is the name of the field it stood in."""
        report = self.report_id
        key = self.of_texts("text", self._report, account or NOTHING, role or NOTHING, field, text)
        self.put(_TEXT, (key, report, account, role, field, text, place))

    def page(self, kind: str, url: str, place: str, third_party: bool | None = None) -> None:
        """One URL or host that the report is about."""
        report = self.report_id
        self.put(_PAGE, (self.of_texts("page", self._report, kind, url), report, kind, url, third_party, place))

    def flag(self, name: str, place: str, file: str | None = None) -> None:
        """One presence flag, of the report or of a file."""
        self.put(_FLAG, (self.report_id, file, name, place))

    def file_hash(self, file: str, hash_type: str, value: str, place: str) -> None:
        """One stated hash of a file; an issue if it has not the form of its type."""
        kind = kind_of(hash_type)
        if (one := plain_hex(value, kind)) is not None:
            self.put(_HASH, (file, self.report_id, kind, one, value, True, place))
            return
        found = normal(value, kind)
        if not found.valid:
            self.issue("hash-form", "a hash without the length and alphabet of its type; it is kept", place)
        kind, one, original, valid = found
        self.put(_HASH, (file, self.report_id, kind or None, one, original, valid, place))

    def association(self, kind: str, value: str, place: str, account: str | None, **other: str | None) -> None:
        """A link that the document states; `other_report_id` or `other_account_id` where it names one."""
        self.add(
            "associations",
            {
                "association_id": self.of(
                    "association", self.report_id, account, kind, value, other.get("other_account_id")
                ),
                "report_id": self.report_id,
                "account_id": account,
                "kind": kind,
                "value": value,
                "locator": place,
                **other,
            },
        )

    def prior_report(self, number: str, place: str, account: str | None) -> None:
        """An earlier CyberTipline report of the same account."""
        digits = clean_number(number)
        if not digits:
            self.issue("number-unusable", "an earlier report's number is no number; it is kept as written", place)
        other = report_id(self.rows.ids, "ncmec", digits, "") if digits else None
        self.association("prior-report", number, place, account, other_report_id=other)


def country_of(code: str | None) -> str | None:
    """An ISO 3166 code in upper case, or None for pseudo-codes and anything longer or shorter."""
    text = (code or "").strip().upper()
    return text if len(text) == 2 and text.isascii() and text.isalpha() and text not in _PSEUDO_COUNTRIES else None


def sentence(value: str, attributes: Mapping[str, Any]) -> str:
    """A value and what stood beside it as one text: `true; disabledDate=2026-01-01`."""
    return "; ".join([*([value] if value else []), *(f"{name}={text}" for name, text in sorted(attributes.items()))])


def service_label(domain: str) -> str:
    """The registered name in a domain, as a service would be called: `example` of `mail.example.co.uk`."""
    labels = domain.lower().strip(".").split(".")
    at = -3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else -2
    return labels[max(at, -len(labels))]
