"""What a whole-account export of Telegram says about its owner: profile, address book, sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

import msgspec

from tanglaw.reading.chats import EPOCH, Chats
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import moment, stamped
from tanglaw.sources.telegram.fields import CONTACT, FREQUENT, LISTS, PERSONAL, SESSION

Unknown = Callable[[str, set[str]], None]
_OWNER: Final = "subscriber"


def sender(text: str | int) -> str:
    """Telegram's id of a user as bare digits; chats and channels keep their prefix."""
    return str(text).removeprefix("user")


class Account:
    """Writes what stands around the chats. `unknown(path, keys)` is told of keys nobody knows."""

    def __init__(self, rows: Rows, chats: Chats, unknown: Unknown) -> None:
        self._rows, self._chats, self._unknown = rows, chats, unknown

    def write(self, members: dict[str, bytes]) -> None:
        """The members of the top object, raw."""
        owner = self._personal(self._decoded("personal_information", members.get("personal_information")))
        for name in ("contacts", "frequent_contacts", "sessions", "web_sessions"):
            for place, entry in self._entries(name, members.get(name)):
                if name == "contacts":
                    self._contact(place, entry)
                elif name == "frequent_contacts":
                    self._frequent(place, entry)
                else:
                    self._session(place, entry, owner)

    def _entries(self, name: str, raw: bytes | None) -> Iterator[tuple[str, dict[str, Any]]]:
        whole = self._decoded(name, raw)
        known = {"contacts": CONTACT, "frequent_contacts": FREQUENT}.get(name, SESSION)
        self._unknown(f"/{name}", whole.keys() - LISTS)
        entries = whole.get("list")
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            place = f"/{name}/list/{index}"
            if isinstance(entry, dict):
                self._unknown(f"/{name}/list/*", entry.keys() - known)
                yield place, entry
            else:
                self._rows.quarantine("json-shape", "not an object", place, msgspec.json.encode(entry))

    def _decoded(self, name: str, raw: bytes | None) -> dict[str, Any]:
        try:
            found = msgspec.json.decode(raw) if raw else {}
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
        self._rows.quarantine("json-broken", "not an object that can be read", f"/{name}", raw or b"")
        return {}

    def _personal(self, found: dict[str, Any]) -> str | None:
        self._unknown("/personal_information", found.keys() - PERSONAL)
        if not found.get("user_id"):
            return None
        place = "/personal_information"
        owner = self._chats.account("esp-id", sender(found["user_id"]), _OWNER, name=_name(found), place=place)
        self._chats.handle(owner, _OWNER, _text(found.get("username")))
        self._phone(owner, _OWNER, _text(found.get("phone_number")), place)
        if bio := _text(found.get("bio")):
            self._rows.add(
                "texts",
                {
                    "text_id": self._rows.ids.of("text", owner, "profileBio", bio),
                    "account_id": owner,
                    "role": _OWNER,
                    "field": "profileBio",
                    "text": bio,
                    "locator": f"{place}/bio",
                },
            )
        return owner

    def _contact(self, place: str, entry: dict[str, Any]) -> None:
        phone = _text(entry.get("phone_number"))
        kind, text = ("esp-id", sender(entry["user_id"])) if entry.get("user_id") else ("phone", phone)
        if text:
            account = self._chats.account(kind, text, "mentioned", name=_name(entry), place=place)
            self._phone(account, "mentioned", phone, place)

    def _frequent(self, place: str, entry: dict[str, Any]) -> None:
        if entry.get("type") == "user" and entry.get("id"):
            self._chats.account("esp-id", sender(entry["id"]), "mentioned", name=_text(entry.get("name")), place=place)

    def _phone(self, account: str, role: str, phone: str | None, place: str) -> None:
        if phone:
            self._rows.add(
                "contacts",
                {
                    "contact_id": self._rows.ids.of("contact", account, role, "phone", phone),
                    "account_id": account,
                    "role": role,
                    "kind": "phone",
                    "value": phone,
                    "locator": place,
                },
            )

    def _session(self, place: str, entry: dict[str, Any], owner: str | None) -> None:
        ip = _text(entry.get("last_ip"))
        if not ip:
            return
        unix, local = _text(entry.get("last_active_unixtime")), _text(entry.get("last_active"))
        at = unix_moment("at", unix, local, self._rows.settings.default_zone)
        self._rows.add(
            "captures",
            {
                "capture_id": self._rows.ids.of("capture", owner, ip, at.get("at_original"), place),
                "account_id": owner,
                "role": _OWNER,
                "ip": ip,
                "event": "Other",
                "locator": place,
                **at,
            },
        )


def unix_moment(column: str, unix: str | None, local: str | None, zone: str) -> dict[str, Any]:
    """The columns of an instant: from seconds since 1970 where stated, else from local time in an assumed zone."""
    if unix and unix.isdecimal() and len(unix) < 12:
        return stamped(column, EPOCH + timedelta(seconds=int(unix)), unix)
    return moment(column, local, zone)


def _name(entry: dict[str, Any]) -> str | None:
    parts = (_text(entry.get("first_name")), _text(entry.get("last_name")))
    return " ".join(part for part in parts if part) or None


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None
