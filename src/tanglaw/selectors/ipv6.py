"""IPv6 addresses, with a port where one is written in brackets. The value is the shortest form (RFC 5952)."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector
from tanglaw.selectors.web import is_port

_RUN = "[0-9A-Fa-f]{0,64}:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(?:[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3})?"
_CANDIDATE = rf"\[{_RUN}\](?::[0-9]{{1,5}})?|{_RUN}"


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The address without zone, brackets and port; None if it does not hold or is no more than `::`."""
    text = text.strip()
    if text.startswith("["):
        text, _, port = text[1:].partition("]")
        if port and not is_port(port[1:]):
            return None
    text = text.partition("%")[0]
    if not 3 <= len(text) <= 45:
        return None
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    # An IPv4 address in IPv6 spelling is read as the IPv4 address that it is.
    return str(address) if int(address) and address.ipv4_mapped is None else None


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    end = len(candidate)
    if not candidate.endswith("::"):
        end = len(candidate.rstrip(":"))
    text = candidate[:end]
    groups = [group for group in text.strip("[]").split(":") if group]
    # "a::b" and "Ab::De" are names in program code.
    if len(groups) < 2 and text != "::1":
        return ()
    if len(groups) < 3 and (not any(char.isdigit() for char in text) or len(text) < 6) and text != "::1":
        return ()
    value = normalise(text)
    port = text.rpartition("]:")[2] if "]:" in text else ""
    return (Reading("ipv6", value, 0, end, how=f"port {port}" if port else ""),) if value else ()


def fits(before: str, original: str, after: str) -> bool:  # noqa: ARG001
    """True unless a word, a colon or a dot goes on around it."""
    last, first = before[-1:], after[:1]
    if last in (":", ".", "_", "-") and not (last == ":" and before[-3:-2].isalpha()):
        return False
    return not (last.isalnum() or first.isalnum() or first in ("_", ":") or (first == "." and after[1:2].isalnum()))


_TRIGGER = "::|:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:"

SELECTOR = Selector(
    name="ipv6",
    meaning="IPv6 address; the reading keeps the port, the original brackets too",
    recognisers=(Recogniser(_CANDIDATE, _read, _TRIGGER, "hex"),),
    normalise=normalise,
    fits=fits,
    examples=(
        Example("via 2001:DB8:0:0::1.", "2001:DB8:0:0::1", "2001:db8::1"),
        Example("[2001:db8::1]:443 open", "[2001:db8::1]:443", "2001:db8::1"),
        Example("fe80::1ff:fe23:4567:890a%eth0", "fe80::1ff:fe23:4567:890a", "fe80::1ff:fe23:4567:890a"),
    ),
    non_examples=("12:30:45", "std::string", "a::b", "::", "1:2:3:4:5:6:7:8:9", "00:1a:2b:3c:4d:5e", "x2001:db8::1"),
)
