"""What one report says: the facts from which every format is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from tanglaw.simulate.figures import INCIDENT_TYPES, SIGN_TYPES
from tanglaw.simulate.material import FRESH_FROM, Hashes
from tanglaw.simulate.network import Seen
from tanglaw.simulate.people import Account, Actor
from tanglaw.simulate.platforms import Platform


@dataclass(slots=True)
class Event:
    """A sighting of an address with what the account did; `at` None means that no time is stated."""

    name: str
    seen: Seen
    at: int | None
    port: int | None


@dataclass(slots=True)
class FileFact:
    """One file as the report lists it."""

    token: str
    number: int
    name: str
    original: str | None
    hashes: Hashes
    uploaded: int | None
    viewed: bool | None
    exif_viewed: bool | None
    public: bool | None
    supplemental: bool
    old_meme: bool
    flags: list[str]
    classification: str
    capture: Event | None
    url: str | None


@dataclass(slots=True)
class Identity:
    """What the report states of its account; None where it is missing."""

    account: Account
    identifier: str | None
    service: str | None
    handle: str | None
    display: str | None
    emails: list[tuple[str, bool | None]] = field(default_factory=list)
    phone: bool = False
    named: bool = False
    addressed: bool = False
    born: bool = False
    located: bool = False
    device: bool = False
    profile: bool = False
    bio: str | None = None


@dataclass(slots=True)
class Report:
    """One report with what is hidden about it."""

    index: int
    number: int
    received: int
    incident: int
    meaning: str | None
    actor: Actor
    platform: Platform
    latent: float
    urgent: bool
    escalated: bool
    dangerous: bool
    lane: str
    group: str
    incident_type: str
    flags: list[str]
    batched: bool
    identity: Identity
    events: list[Event]
    files: list[FileFact]
    earlier: list[int]
    group_identifier: str | None
    disabled: str
    compromised: bool
    third_party: bool
    linked: list[tuple[str, Identity]]
    recipient: Identity | None
    child: Identity | None
    school: str | None
    child_access: str | None
    legal_process: bool | None
    detail: str
    note: str | None
    channel: str
    late_note: str | None = None

    def signs(self) -> list[str]:
        """Names of the signs of danger that its files state, as in `danger.SIGNS`, and `urgent`.

        Police JSON has no field for most, XML none for access to children.
        """
        flags = {*self.flags, *(flag for file in self.files for flag in file.flags)}
        xml, police = self.channel != "police", self.channel != "xml"
        only_xml = {
            "urgent": self.escalated,
            "csamSolicitation": "csamSolicitation" in flags,
            "sadistic": "sadisticOnlineExploitation" in flags,
            "child-named": self.child is not None,
            "earlier": bool(self.earlier),
            "group": self.group_identifier is not None,
            "legal-process": bool(self.legal_process),
        }
        stated = {
            **{sign: self.incident_type == INCIDENT_TYPES[place] for sign, place in SIGN_TYPES.items()},
            **{sign: xml and here for sign, here in only_xml.items()},
            "child-access": police and self.child_access == "Yes",
            "liveStreaming": "liveStreaming" in flags,
            "physicalHarm": "physicalHarm" in flags,
            "fresh": any(file.number > FRESH_FROM for file in self.files),
            "rank-one": any(file.classification.endswith("1") for file in self.files),
        }
        return [sign for sign, here in stated.items() if here]
