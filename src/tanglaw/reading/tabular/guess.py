"""From the columns of an unknown table to the kind of table and a field for each column: proposals only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tanglaw.reading.tabular import fields
from tanglaw.reading.tabular.roles import role_of
from tanglaw.reading.tabular.shapes import shape_of

_IDENTIFYING = {"account": "account-number", "phone": "phone", "email": "email", "name": "name"}
# Role of a column -> field, by kind of table. Roles that a kind lacks stay without a field.
_FIELDS: dict[str, dict[str, str]] = {
    "payments": {
        **{
            f"{p}.{r}": f"{p}.{f}"
            for p in ("from", "to")
            for r, f in {**_IDENTIFYING, "name": "display_name", "platform": "platform"}.items()
        },
        **{name: name for name in ("reference", "amount", "debit", "credit", "currency", "status", "method")},
        **{name: name for name in ("purpose", "place", "provider")},
        "text": "purpose",
        "kind": "method",
        "platform": "provider",
        "sender": "from.display_name",
        "recipient": "to.display_name",
        "date": "paid_at",
    },
    "logins": {
        "account": "account.esp-id",
        "email": "account.email",
        "phone": "account.phone",
        "handle": "account.handle",
        "name": "account.display_name",
        **{name: name for name in ("ip", "port", "event", "device", "platform")},
        "provider": "platform",
        "kind": "event",
        "date": "at",
    },
    "calls": {
        "caller": "caller.phone",
        "callee": "callee.phone",
        "from.phone": "caller.phone",
        "to.phone": "callee.phone",
        "from.account": "caller.esp-id",
        "to.account": "callee.esp-id",
        "sender": "caller.phone",
        "recipient": "callee.phone",
        **{name: name for name in ("reference", "seconds", "outcome", "kind", "platform", "conversation")},
        "status": "outcome",
        "date": "started_at",
    },
    "messages": {
        "from.account": "sender.esp-id",
        "to.account": "recipient.esp-id",
        "from.name": "sender.name",
        "to.name": "recipient.name",
        "from.phone": "sender.phone",
        "to.phone": "recipient.phone",
        "from.email": "sender.email",
        "to.email": "recipient.email",
        "sender": "sender.name",
        "handle": "sender.handle",
        "account": "sender.esp-id",
        "recipient": "recipient.name",
        **{name: name for name in ("text", "conversation", "platform", "kind")},
        "date": "sent_at",
    },
    "subscribers": {
        "account": "account.esp-id",
        "handle": "account.handle",
        "name": "person.name",
        "birth": "person.date_of_birth",
        "email": "contact.email",
        "phone": "contact.phone",
        **{name: f"person.{name}" for name in fields.PERSON if name not in ("name", "date_of_birth", "age")},
        **{name: name for name in ("ip", "port", "event", "device", "platform")},
        "provider": "platform",
        "date": "at",
    },
}
_FIELDS["accounts"] = _FIELDS["subscribers"]
_SHAPE_ROLES = {
    "ip": "ip",
    "email": "email",
    "currency": "currency",
    "clock": "clock",
    "date": "date",
    "phone": "phone",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """One column: its name, sampled values, what they look like and the role its name or values suggest."""

    name: str
    values: tuple[str, ...]
    shape: str
    role: str


def look(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Guess]:
    """A guess for each column, from its name first and its values second."""
    found = []
    for index, name in enumerate(names):
        values = tuple(row[index].strip() for row in rows if index < len(row) and row[index].strip())
        shape = shape_of(values)
        role = role_of(name)
        if role in ("date", "clock") and shape in ("date", "clock"):
            role = shape
        if role == "clock" and shape != "clock":
            role = "date"
        if not role or (role == "address" and shape == "ip"):
            role = _SHAPE_ROLES.get(shape, "")
        if role == "address" and shape == "email":
            role = "email"
        if role == "ip" and shape not in ("ip", "empty"):
            role = ""
        found.append(Guess(name, values, shape, role))
    return found


def kind_of(guesses: Sequence[Guess]) -> str:
    """The kind of table that the roles suggest."""
    roles = {guess.role for guess in guesses}
    if roles & {"amount", "debit", "credit"}:
        return "payments"
    ends = {"sender", "from.name", "from.account", "from.phone", "from.email", "handle", "account"}
    if "text" in roles and roles & ends:
        return "messages"
    if roles & {"caller", "callee"} or "seconds" in roles:
        return "calls"
    if roles & {"birth", "address", "first_name", "last_name", "city", "postal_code"}:
        return "subscribers"
    if "ip" in roles:
        return "logins"
    return "subscribers" if roles & {"name", "email", "phone"} and len(guesses) > 1 else "accounts"


def assign(kind: str, guesses: Sequence[Guess]) -> dict[str, str]:
    """Field -> column name. The first column with a role has it; what a kind cannot do without is filled in."""
    found: dict[str, str] = {}
    for guess in guesses:
        field = _FIELDS[kind].get(guess.role, "")
        if field and field not in found:
            found[field] = guess.name
    if kind in ("subscribers", "accounts") and not any(field.startswith("account.") for field in found):
        _identify(found, guesses)
    return found


def _identify(found: dict[str, str], guesses: Sequence[Guess]) -> None:
    for contact, field in (("contact.email", "account.email"), ("contact.phone", "account.phone")):
        if contact in found:
            found[field] = found.pop(contact)
            return
    taken = set(found.values())
    free = next((guess.name for guess in guesses if guess.name not in taken), "")
    if free:
        found["account.esp-id"] = free
    elif "person.name" in found:
        found["account.name"] = found.pop("person.name")
