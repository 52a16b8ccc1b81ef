"""Places as latitude and longitude: decimal degrees, degrees with minutes and seconds, `geo:` URIs, links of maps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector
from tanglaw.selectors.web import CANDIDATE, TRIGGER, parse

_NUMBER = r"[+-]?[0-9]{1,3}\.[0-9]{1,15}"
_PAIR = (
    rf"(?:[NSns][ ]?)?{_NUMBER}[ ]?[°º]?[ ]?[NSns]?(?:[ ]{{0,2}}[,;/][ ]{{0,2}}|[ ]{{1,2}})"
    rf"(?:[EWew][ ]?)?{_NUMBER}(?:[ ]?[°º])?(?:[ ]?[EWew])?"
)
_ANGLE = (
    r"[0-9]{1,3}[ ]?[°º˚][ ]?[0-9]{1,2}(?:\.[0-9]{1,8})?[ ]?['′’´]"
    r"(?:[ ]?[0-9]{1,2}(?:\.[0-9]{1,8})?[ ]?(?:[\"″”]|''|’’|′′))?"
)
_DMS = rf"(?:[NSns][ ]?)?{_ANGLE}[ ]?[NSns]?[ ,;/]{{0,3}}(?:[EWew][ ]?)?{_ANGLE}(?:[ ]?[EWew])?"
_PAIR_FORM = re.compile(
    rf"(?P<n>[NS] ?)?(?P<a>{_NUMBER}) ?[°º]? ?(?P<N>[NS])?(?P<j>[ ,;/]+)(?P<e>[EW] ?)?(?P<b>{_NUMBER})(?: ?[°º])?(?P<E> ?[EW])?",
    re.IGNORECASE,
)
_DMS_FORM = re.compile(
    r"(?P<n>[NS] ?)?(?P<a>[0-9].*?)(?P<N>[NS])?[ ,;/]*(?P<e>[EW] ?)?(?P<b>[0-9]+ ?[°º˚][^°º˚]*?)(?P<E>[EW])?",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_IN_URI = re.compile(r"\bgeo:$", re.IGNORECASE)
# Two numbers in a path or query of a map: which host, what stands before them, and whether longitude comes first.
_MAPS: tuple[tuple[re.Pattern[str], re.Pattern[str], bool], ...] = tuple(
    (re.compile(host), re.compile(rf"{lead}({_NUMBER})(?:,|%2C|/|~|&m?lon=)\+?({_NUMBER})", re.IGNORECASE), turned)
    for host, lead, turned in (
        (r"(?:maps\.|www\.)?google\.[a-z.]{2,6}",
         r"(?:@|[?&/](?:q|ll|query|center|destination|daddr)=(?:loc:)?|/(?:place|search|dir)/)", False),
        (r"maps\.apple\.com", r"[?&](?:ll|q|sll|daddr|coordinate)=", False),
        (r"(?:www\.)?openstreetmap\.org", r"(?:map=[0-9.]+/|[?&]mlat=)", False),
        (r"(?:www\.)?bing\.com", r"[?&]cp=", False),
        (r"(?:www\.)?waze\.com|ul\.waze\.com", r"[?&]ll=", False),
        (r"(?:wego\.)?here\.com|share\.here\.com", r"(?:map=|/l/|/r/)", False),
        (r"(?:maps\.)?yandex\.[a-z.]{2,6}", r"[?&]ll=", True),
        (r"2gis\.[a-z]{2,3}", r"[?&]m=|/geo/", True),
    )
)  # fmt: skip

_MAP_HOST = re.compile("|".join(host.pattern for host, _, _ in _MAPS))


def _value(latitude: Decimal, longitude: Decimal) -> str | None:
    """`latitude,longitude` in degrees with at most six decimals (0.1 m); None if off the globe or at its zero."""
    if abs(latitude) > 90 or abs(longitude) > 180 or not (latitude or longitude):
        return None
    return ",".join(f"{round(part, 6):f}".rstrip("0").rstrip(".") for part in (latitude + 0, longitude + 0))


def _signed(number: Decimal, letter: str) -> Decimal:
    return -number if letter.strip().upper() in ("S", "W") else number


def _pair(text: str) -> tuple[str, bool] | None:
    """Value of two decimal numbers, and whether letters say which is which."""
    found = _PAIR_FORM.fullmatch(text)
    if found is None:
        return None
    north, east = found["n"] or found["N"] or "", found["e"] or found["E"] or ""
    if bool(north) != bool(east) or (found["n"] and found["N"]) or (north and (found["a"] + found["b"]).count("-")):
        return None
    value = _value(_signed(Decimal(found["a"]), north), _signed(Decimal(found["b"]), east))
    return (value, bool(north)) if value else None


def _angle(text: str) -> Decimal | None:
    parts = [Decimal(part) for part in _PARTS.findall(text)]
    if not 2 <= len(parts) <= 3 or any(part >= 60 for part in parts[1:]):
        return None
    return parts[0] + parts[1] / 60 + (parts[2] / 3600 if len(parts) == 3 else 0)


def _dms(text: str) -> str | None:
    found = _DMS_FORM.fullmatch(text)
    if found is None:
        return None
    north, east = found["n"] or found["N"], found["e"] or found["E"]
    first, second = _angle(found["a"]), _angle(found["b"])
    if not north or not east or first is None or second is None:
        return None
    return _value(_signed(first, north), _signed(second, east))


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """`latitude,longitude` in decimal degrees; None if it is no such pair or lies off the globe."""
    text = text.strip()
    text = text[4:].partition(";")[0].partition("?")[0] if text[:4].lower() == "geo:" else text
    if len(text) > 120:
        return None
    numbers = text.split(",")
    if len(numbers) == 2 and all(re.fullmatch(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?", one.strip()) for one in numbers):
        return _value(Decimal(numbers[0].strip()), Decimal(numbers[1].strip()))
    pair = _pair(text)
    if pair is not None:
        return pair[0]
    links = _read_link(text, "")
    return links[0].value if links else _dms(text)


def _read_pair(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    return [
        Reading("coordinates", pair[0], start, end, how="decimal degrees")
        for start, end in _edges(candidate)
        if (pair := _pair(candidate[start:end]))
    ]


def _read_dms(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    return [
        Reading("coordinates", value, start, end, how="degrees, minutes, seconds")
        for start, end in _edges(candidate)
        if (value := _dms(candidate[start:end]))
    ]


def _edges(candidate: str) -> Sequence[tuple[int, int]]:
    """The candidate with and without a letter at either end, which may belong to a word beside it."""
    first = len(candidate) - len(candidate[1:].lstrip()) if candidate[0].isalpha() else 0
    last = len(candidate[:-1].rstrip()) if candidate[-1].isalpha() else len(candidate)
    return [(start, end) for start in dict.fromkeys((0, first)) for end in dict.fromkeys((len(candidate), last))]


def _read_link(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    web = parse(candidate)
    if web is None or len(web.path) < 8 or _MAP_HOST.fullmatch(web.host) is None:
        return ()
    for host, form, turned in _MAPS:
        if host.fullmatch(web.host) and (found := form.search(web.path[:2000])):
            numbers = Decimal(found[1]), Decimal(found[2])
            value = _value(*(numbers[::-1] if turned else numbers))
            return (Reading("coordinates", value, 0, web.end, how="link of a map"),) if value else ()
    return ()


def fits(before: str, original: str, after: str) -> bool:
    """Free of words and numbers; two bare numbers need four decimals each, or the `geo:` scheme before them."""
    last, first = before[-1:], after[:1]
    if last.isalnum() or last in ("_", "$", "€", "£", ".", "-") or first.isalnum() or first in ("_", "%"):
        return False
    if "//" in original or ("/" in original and "." in original.partition("/")[0] and original[0].isalpha()):
        return True
    if (first in (".", ",", ":") and after[1:2].isdigit()) or (last in (",", ":", "/") and before[-2:-1].isdigit()):
        return False
    if any(char in original for char in "°º˚NSns") or _IN_URI.search(before):
        return True
    return all(len(one.rpartition(".")[2].rstrip(" ")) >= 4 for one in re.split(r"[ ,;/]+", original))


_PAIR_TRIGGER = r"[0-9]\.[0-9]{1,15}[ °º]{0,2}[NSns]?[ ]{0,2}[ ,;/][ ]{0,2}[EWew]?[ ]?[+-]?[0-9]{1,3}\.[0-9]"

SELECTOR = Selector(
    name="coordinates",
    meaning="place as latitude and longitude in decimal degrees (WGS 84)",
    recognisers=(
        Recogniser(_PAIR, _read_pair, _PAIR_TRIGGER, "dots"),
        Recogniser(_DMS, _read_dms, "[0-9][ ]?[°º˚][ ]?[0-9]", "dots"),
        Recogniser(CANDIDATE, _read_link, TRIGGER, "web", unread="@"),
    ),
    normalise=normalise,
    fits=fits,
    wordy=True,
    examples=(
        Example("meet at 52.520008, 13.404954 ok", "52.520008, 13.404954", "52.520008,13.404954"),
        Example("14.5995° N, 120.9842° E", "14.5995° N, 120.9842° E", "14.5995,120.9842"),
        Example("at 40°26′46″N 79°58′56″W there", "40°26′46″N 79°58′56″W", "40.446111,-79.982222"),
        Example("geo:48.2,16.37", "48.2,16.37", "48.2,16.37"),
        Example(
            "https://www.google.com/maps/@-33.8568,151.2153,17z",
            "https://www.google.com/maps/@-33.8568,151.2153,17z",
            "-33.8568,151.2153",
        ),
        Example(
            "https://yandex.com/maps/?ll=37.6173%2C55.7558&z=12",
            "https://yandex.com/maps/?ll=37.6173%2C55.7558&z=12",
            "55.7558,37.6173",
        ),
    ),
    non_examples=(
        "1.5, 2.5",
        "12.50 13.20",
        "95.1234, 10.1234",
        "version 1.2345.6789, 2.0",
        "10°C 12°C",
        "$12.3456, 13.4567",
        "3.14159",
    ),
    within=frozenset(("url", "email", "ipv4")),
)
