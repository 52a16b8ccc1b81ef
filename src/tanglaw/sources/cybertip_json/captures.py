"""Source captures and free texts, which people, files and incidents share."""

from __future__ import annotations

from typing import Any

from tanglaw.reading.report_rows import Owner, ReportRows
from tanglaw.sources.cybertip_json.words import listed, said, values


def captures(doc: ReportRows, source: Any, place: str, owner: Owner, page: str) -> list[tuple[str, str]]:
    """Source captures: addresses become captures, URLs pages of kind `page`; returns kind and URL of each."""
    urls: list[tuple[str, str]] = []
    for index, capture in listed(source, "source_captures"):
        where = f"{place}/sourceInformation/sourceCaptures/{index}"
        kind, value = said(capture.capture_type) or "", said(capture.value)
        if kind == "IP Address" or kind.casefold() in ("ip address", "ip", "ipaddress"):
            port = doc.number(said(capture.port), "port", where) if capture.port is not None else None
            proxy = capture.possible_proxy
            proxy = doc.truth(said(proxy), "possibleProxy", where) if proxy is not None else None
            doc.seen_at(owner, where, value, said(capture.event_name), said(capture.date_time), (port, proxy))
        elif value is None:
            continue
        elif kind.casefold() == "profile url":
            urls.append(("profile", value))
            doc.page("profile", value, where)
        elif kind.casefold() == "url":
            urls.append((page, value))
            doc.page(page, value, where)
        else:
            doc.issue("unknown-value", "a capture type that is not known; its value is kept as a text", where)
            doc.text(f"sourceCaptures.{kind}", value, where, owner.account, owner.role)
    return urls


def texts(doc: ReportRows, given: Any, field: str, place: str, owner: tuple[str, str] | None) -> None:
    """Free texts under the name of the field; `owner` is account and role."""
    account, role = owner or (None, None)
    name = field.rsplit(".", 1)[-1]
    for index, one in values(given, "additional_informations"):
        if said(one.value):
            doc.text(field, str(one.value), f"{place}/{name}/{index}", account, role)
