"""The field names that a mapping may use, by kind of table."""

from __future__ import annotations

KINDS = ("payments", "logins", "calls", "subscribers", "accounts", "messages")

# Identifier kinds from the most to the least stable: the first that a row states makes the account's id.
IDENTIFIERS = ("esp-id", "account-number", "phone", "email", "handle", "name")
_PARTY = (*IDENTIFIERS, "display_name", "platform", "country")

# Party name in the mapping -> role in `accounts`.
PARTIES: dict[str, dict[str, str]] = {
    "payments": {"from": "sender", "to": "receiver"},
    "logins": {"account": "subscriber"},
    "calls": {"caller": "participant", "callee": "participant"},
    "subscribers": {"account": "subscriber"},
    "accounts": {"account": "unknown"},
    "messages": {"sender": "participant", "recipient": "participant"},
}
# One account's statement of payments: who is `from` and who `to` follows from the direction.
STATEMENT = ("holder", "counterparty")

PERSON = (
    "name",
    "first_name",
    "middle_name",
    "last_name",
    "date_of_birth",
    "age",
    "address",
    "city",
    "region",
    "postal_code",
    "country",
    "occupation",
)
_EVENT = ("event", "ip", "port", "at", "proxy", "device", "device_kind")
_PERSONAL = (*(f"person.{name}" for name in PERSON), "contact.email", "contact.phone")

OWN: dict[str, tuple[str, ...]] = {
    "payments": (
        "reference",
        "paid_at",
        "amount",
        "debit",
        "credit",
        "direction",
        "currency",
        "provider",
        "method",
        "status",
        "purpose",
        "place",
    ),
    "logins": _EVENT,
    "calls": ("reference", "started_at", "seconds", "kind", "outcome", "conversation"),
    "subscribers": (*_PERSONAL, *_EVENT),
    "accounts": (*_PERSONAL, *_EVENT),
    "messages": ("conversation", "sent_at", "text", "kind", "edited_at", "reply_to", "attachments"),
}

# At least one field of each group must be mapped.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "payments": (("amount", "debit", "credit"),),
    "logins": (("ip", "at"),),
    "calls": (("started_at", "seconds"),),
    "subscribers": (("account",),),
    "accounts": (("account",),),
    "messages": (("text",), ("sender",)),
}

INSTANTS = ("paid_at", "at", "started_at", "sent_at")
# Words that a value map may lead to; a field that is not here takes any text.
VOCABULARY: dict[tuple[str, str], tuple[str, ...]] = {
    ("payments", "status"): ("completed", "rejected", "reversed", "pending", "not-stated"),
    ("payments", "direction"): ("debit", "credit"),
    ("logins", "event"): ("Login", "Registration", "Purchase", "Upload", "Other", "Unknown"),
    ("subscribers", "event"): ("Login", "Registration", "Purchase", "Upload", "Other", "Unknown"),
    ("accounts", "event"): ("Login", "Registration", "Purchase", "Upload", "Other", "Unknown"),
    ("calls", "kind"): ("audio", "video", "stream", "call"),
    ("messages", "kind"): ("message", "service", "call", "attachment", "deleted"),
}
NOT_COUNTED = ("rejected", "reversed")


def parties(kind: str) -> tuple[str, ...]:
    """Names of the parties that a table of that kind may state."""
    return (*PARTIES[kind], *STATEMENT) if kind == "payments" else tuple(PARTIES[kind])


def allowed(kind: str) -> frozenset[str]:
    """Every field that a mapping of that kind may use."""
    of_parties = {f"{party}.{name}" for party in parties(kind) for name in _PARTY}
    return frozenset({*OWN[kind], *of_parties, "platform"})
