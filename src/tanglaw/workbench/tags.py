"""Filters and tags of templates: instants in the viewer's zone, clocks, defanged URLs, texts without hidden signs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from json import dumps
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tanglaw.lookups.suppression import Published
from tanglaw.lookups.tables import exact
from tanglaw.workbench.words import word

register = template.Library()
_SCHEME = re.compile(r"\bh(?i:ttp)(s?)://")
_HOST = re.compile(r"(?<=hxxp://)[^/\s]+|(?<=hxxps://)[^/\s]+")
_BARE = re.compile(r"\b(?:[\w-]+\.)+[a-z]{2,}\b", re.IGNORECASE)
_HIDDEN = {"Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"}


@register.filter  # type: ignore[untyped-decorator]
def plain(value: Any) -> str:
    """A value for reading: instants and amounts as text, three-valued facts as words, hidden signs as their code points."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Decimal):
        return str(exact(value))
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    if text.isprintable():
        return text
    return "".join(
        f"‹U+{ord(sign):04X}›" if unicodedata.category(sign) in _HIDDEN and sign not in "\n\t" else sign
        for sign in text
    )


@register.filter  # type: ignore[untyped-decorator]
def defanged(value: Any) -> str:
    """A URL, host or mail address that no program takes for a link."""
    text = _SCHEME.sub(r"hxxp\1://", plain(value))
    text = _HOST.sub(lambda found: found[0].replace(".", "[.]"), text)
    return _BARE.sub(lambda found: found[0].replace(".", "[.]"), text)


@register.simple_tag(takes_context=True)  # type: ignore[untyped-decorator]
def when(context: Any, value: datetime | None) -> SafeString:
    """An instant in the viewer's zone, with UTC beside it."""
    if value is None:
        return format_html('<span class="none">{}</span>', "–")
    at = value.astimezone(UTC)
    zone = zone_of(context["frame"].user)
    local = at.astimezone(zone)
    utc = f"{at:%Y-%m-%d %H:%M} UTC"
    if zone is UTC or local.utcoffset() == timedelta():
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), utc)
    return format_html(
        '<time datetime="{}">{} <span class="utc">{}</span></time>',
        at.isoformat(),
        f"{local:%Y-%m-%d %H:%M} {local.tzname()}",
        f"{at:%H:%M} UTC" if local.date() == at.date() else utc,
    )


@register.simple_tag(takes_context=True)  # type: ignore[untyped-decorator]
def hour(context: Any, value: datetime | None) -> SafeString:
    """The time of a day that is named already, in the viewer's zone with UTC beside it; the whole instant to the pointer."""
    if value is None:
        return format_html('<span class="none">{}</span>', "–")
    at = value.astimezone(UTC)
    local = at.astimezone(zone_of(context["frame"].user))
    utc = (
        "" if local.utcoffset() == timedelta() else f"{at:%H:%M}" if local.date() == at.date() else f"{at:%m-%d %H:%M}"
    )
    return format_html(
        '<time datetime="{}" title="{}">{}{}</time>',
        at.isoformat(),
        f"{at:%Y-%m-%d %H:%M:%S} UTC",
        f"{local:%H:%M}" if utc else f"{local:%H:%M} UTC",
        format_html(' <span class="utc">{} UTC</span>', utc) if utc else "",
    )


@register.simple_tag(takes_context=True)  # type: ignore[untyped-decorator]
def clock(context: Any, value: datetime | None) -> SafeString:
    """How long until evidence lapses; a script counts it down."""
    run = context["frame"].run
    # A report that no run knows yet has no clock.
    if not value or run is None:
        return format_html('<span class="none">{}</span>', "–")
    left = value.astimezone(UTC) - run.now
    level = "over" if left <= timedelta() else "soon" if left < timedelta(days=2) else "calm"
    return format_html(
        '<time class="clock {}" datetime="{}" data-now="{}" title="{}">{}</time>',
        level,
        value.astimezone(UTC).isoformat(),
        run.now.isoformat(),
        f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        span(left),
    )


def span(left: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = int(abs(left).total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    text = f"{days} d {hours} h" if days else f"{hours} h {rest} min"
    return _("%(span)s ago") % {"span": text} if left <= timedelta() else text


@register.filter  # type: ignore[untyped-decorator]
def spaced(name: str) -> str:
    """The name of a column as words."""
    return name.replace("_", " ")


@register.filter  # type: ignore[untyped-decorator]
def share(value: float | None) -> str:
    """A share as per cent."""
    return "–" if value is None else f"{value:.0%}"


@register.filter  # type: ignore[untyped-decorator]
def item(values: Any, key: Any) -> Any:
    """One value of a mapping; nothing if it has none."""
    return values.get(key, "") if values else ""


@register.filter  # type: ignore[untyped-decorator]
def rests_on(evidence: str | None, labels: dict[str, str]) -> str:
    """What a reason rests on, by label: `file 1, capture 2, and 5 more`."""
    counts = Counter(labels[one] for one in str(evidence or "").split("; ") if one in labels)
    order = sorted(counts, key=lambda label: (label.rstrip("0123456789"), len(label), label))
    named = [label if counts[label] == 1 else f"{label} ({counts[label]})" for label in order]
    more = len(named) - 4
    told = ", ".join(named[:4])
    return f"{told} {ngettext('and %(n)d more', 'and %(n)d more', more) % {'n': more}}" if more > 0 else told


def zone_of(user: Any) -> tzinfo:
    """The zone that a person chose; UTC if none or an unknown one."""
    try:
        return ZoneInfo(user.zone) if user is not None and user.zone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


@register.filter  # type: ignore[untyped-decorator]
def lines(table: Published) -> list[tuple[str, tuple[int | None, ...]]]:
    """The rows of a published table with their names."""
    return list(zip(table.rows, table.cells, strict=True))


@register.filter  # type: ignore[untyped-decorator]
def json(value: Any) -> str:
    """A value as JSON, for an attribute that a script reads."""
    return dumps(value, cls=DjangoJSONEncoder)


register.filter("word", word)


@register.filter  # type: ignore[untyped-decorator]
def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.filter  # type: ignore[untyped-decorator]
def side(number: int) -> str:
    """Who takes part in a conversation, by a letter: A, B ... Z, then by number; `?` for who is not known."""
    return "?" if number < 1 else chr(64 + number) if number <= 26 else str(number)


@register.filter  # type: ignore[untyped-decorator]
def kinds(rows: Iterable[dict[str, Any]]) -> str:
    """How many events there are of each kind."""
    counts = Counter(row["kind"] for row in rows)
    return ", ".join(f"{n} × {kind}" for kind, n in counts.most_common())


@register.filter  # type: ignore[untyped-decorator]
def alone(one: Any) -> list[Any]:
    """A list of the one."""
    return [one]


@register.filter  # type: ignore[untyped-decorator]
def minus(one: int, other: int) -> int:
    """The difference."""
    return one - other
