"""Account ids that are equal wherever the same account appears: report, chat, payment or log-in record.

An account is its platform and its most stable identifier. The kind of the identifier is not part of the id.
"""

from __future__ import annotations

from collections.abc import Iterable

from tanglaw.ids import Ids
from tanglaw.reading.values import identifier, platform

NO_IDENTIFIER = ("none", "")


def account_id(ids: Ids, service: str | None, kind: str, text: str) -> str:
    """Id of the account that `text` (an identifier of `kind`) names on `service`.

    `kind` is a value of `accounts.identifier_kind`: esp-id, handle, phone, email, account-number or name.
    Service and identifier are normalised here, so callers pass them as written.
    """
    return ids.of_texts("account", platform(service) if service else "", identifier(kind, text))


def unnamed_account_id(ids: Ids, report_id: str, role: str, ordinal: int) -> str:
    """Id of an account without any identifier: its place in its report, so that it equals no other account."""
    return ids.of("account", None, report_id, role, ordinal)


def choose(candidates: Iterable[tuple[str, str | None]]) -> tuple[str, str]:
    """The first usable `(kind, text)` as `(kind, normalised identifier)`; `("none", "")` if none is.

    Order the candidates from the most to the least stable: esp-id, handle, verified phone, verified email,
    phone, email, name.
    """
    for kind, text in candidates:
        if text:
            value = identifier(kind, text)
            if value:
                return kind, value
    return NO_IDENTIFIER
