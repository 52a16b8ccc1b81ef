"""Where a selector occurs, whatever its spelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from tanglaw.engine import Engine
from tanglaw.ids import Ids
from tanglaw.lookups.tables import ask
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.hosts import ascii_host, refang
from tanglaw.selectors.scan import Scanner

# A link or a mailbox is asked for, not all that its domain ever hosted.
_MORE_THAN_DOMAIN = {"url", "email", "handle"}
# What `kind` of the table `sought` may say beside a selector type.
_ANY, _NAME, _HOST = "any", "name", "host"


def search(engine: Engine, text: str, ids: Ids, country: str = "") -> list[dict[str, Any]]:
    """Every occurrence of the selector that `text` is, with report, rank, account and place, best rank first.

    `text` is read as the extraction reads it, so that any spelling of a phone finds all of them. Beside that,
    handles are found by their name on any service, and values and originals as they are written, without case. A host
    below a registrable domain gives the links and names in which it stands.
    """
    readings = readings_of(text, ids, country)
    bare = text.strip()
    spellings = {bare, bare.casefold(), bare.lstrip("@").casefold()}
    names = {bare.lstrip("@").casefold(), *(value for kind, value in readings if kind == "phone")}
    sought = sorted({*readings, *((_ANY, one) for one in spellings), *((_NAME, one) for one in names)})
    engine.put(
        "sought",
        pa.table(
            {
                "kind": pa.array([kind for kind, _ in sought], pa.string()),
                "value": pa.array([value for _, value in sought], pa.string()),
            }
        ),
    )
    kinds = {kind for kind, _ in readings}
    no_domain = "where x.type <> 'domain'" if kinds & _MORE_THAN_DOMAIN else ""
    return ask(
        engine,
        f"""
        select s.type, s.value, s.original, s.table_name, s.field, s.start, s."end", s.valid, s.role, s.at,
            s.report_id, r.report_number, s.account_id, c.platform, c.account, t.actor_id, s.record_id, q.rank
        from known_selectors s
        join (
            select x.selector_id from known_selectors x join sought v on v.kind = x.type and v.value = x.value
            union
            select x.selector_id from known_selectors x
            join sought v on v.kind = '{_ANY}' and v.value = lower_ascii(x.original) {no_domain}
            union
            select x.selector_id from known_selectors x join sought v on v.kind = '{_ANY}' and v.value = x.value
            union
            select x.selector_id from known_selectors x
            join sought v on v.kind = '{_NAME}' and v.value = substr(x.value, strpos(x.value, ':') + 1)
            where x.type = 'handle'
            union
            select x.selector_id from known_selectors x join sought v on v.kind = '{_HOST}'
                and strpos(replace(replace(lower_ascii(x.original), '[', ''), ']', ''), v.value) > 0
            where x.type in ('url', 'domain')
        ) f on f.selector_id = s.selector_id
        left join reports r on r.report_id = s.report_id
        left join actors t on t.account_id = s.account_id
        left join (
            select account_id, max(platform) as platform, max(coalesce(handle, identifier)) as account
            from known_accounts group by account_id
        ) c on c.account_id = s.account_id
        left join priorities q on q.report_id = s.report_id
        order by q.rank nulls last, s.table_name nulls last, s.record_id nulls last, s.start nulls last,
            s.selector_id nulls last
        """,
        text=text,
    )


def masked(text: str) -> str:
    """The text as it may be written down in an audit: digits of payment cards in it as `*`."""
    card = SELECTORS["card"]
    digits = card.normalise(text, "")
    if card.mask is not None and digits is not None and digits.isdigit():
        return card.mask(text)
    return masked_within([text])[0]


def masked_within(texts: Sequence[str]) -> list[str]:
    """Texts as they may be shown: digits of payment cards that stand in them as `*`."""
    made = list(texts)
    for one in Scanner(Ids(b"")).find(pl.Series(texts, dtype=pl.String), [None] * len(texts)):
        if SELECTORS[one.type].mask is not None:
            made[one.row] = made[one.row][: one.start] + one.original + made[one.row][one.end :]
    return made


def readings_of(text: str, ids: Ids, country: str) -> set[tuple[str, str]]:
    """Types and normalised values that the text is; where it is none by itself, those that stand in it."""
    bare = text.strip()
    whole = {
        (name, value)
        for name, selector in SELECTORS.items()
        if (value := selector.normalise(bare, country)) is not None
    }
    kinds = {kind for kind, _ in whole}
    if "domain" in kinds:
        # A bare host: the domain itself, or what stands on that host of it.
        host = str(ascii_host(refang(bare).removesuffix(".")))
        return {("domain", host) if ("domain", host) in whole else (_HOST, host)}
    found = Scanner(ids, country).find(pl.Series([bare], dtype=pl.String), [country or None])
    whole |= {(one.type, one.value) for one in found if one.start == 0 and one.end == len(bare)}
    if not whole:
        return {(one.type, one.value) for one in found}
    more = kinds & _MORE_THAN_DOMAIN
    return {(kind, value) for kind, value in whole if kind != "domain" or not more}
