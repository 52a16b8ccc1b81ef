"""How people reach the net: fixed lines, changing addresses, carrier NAT, VPN exits, shared places.

Addresses are of ranges that belong to nobody: 198.18.0.0/15 (RFC 2544), then 240.0.0.0/4 (RFC 1112), and
2001:db8::/32 (RFC 3849). Whether two people share an address says nothing about how dangerous they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tanglaw.simulate.clock import DAY
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.figures import Level

_FIRST_RANGE, _FIRST_SIZE = (198 << 24) + (18 << 16), 1 << 17
_SECOND_RANGE, _SECOND_SIZE = 240 << 24, 1 << 27
_PEOPLE_PER_NAT = 150
_PEOPLE_PER_PLACE = 120
_VPN_EXITS = 24


@dataclass(slots=True)
class Line:
    """One household's or one phone's way to the net."""

    kind: str  # fixed, dynamic, nat
    number: int
    six: int  # number of the IPv6 prefix, 0 for none
    moved: int  # when a fixed line got its second address
    vpn: bool = False  # whoever has it goes through VPN exits, whatever else is drawn


@dataclass(frozen=True, slots=True)
class Seen:
    """One sighting of an address: time or port may be missing."""

    ip: str
    port: int | None
    at: int
    proxy: bool | None


def address(number: int) -> str:
    """The IPv4 address with that number; neighbours in number are no neighbours in address."""
    if number < _FIRST_SIZE:
        value = _FIRST_RANGE + number * 48_271 % _FIRST_SIZE
    else:
        value = _SECOND_RANGE + (number - _FIRST_SIZE) * 48_271 % _SECOND_SIZE
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


class Network:
    """All addresses of a world. Sizes follow the number of people expected."""

    def __init__(self, people: int, level: Level) -> None:
        self._level = level
        self._vpn = 0
        self._places = _VPN_EXITS
        self._place_count = max(4, people // _PEOPLE_PER_PLACE)
        self._nat = self._places + self._place_count
        self._nat_count = max(3, int(people * level.nat) // _PEOPLE_PER_NAT)
        self._pool = self._nat + self._nat_count
        self._pool_size = max(32, int(people * level.dynamic) // 2)
        self._next = self._pool + self._pool_size
        self._sixes = 0

    def line(self, dice: Dice) -> Line:
        """A new line."""
        turn = dice.unit()
        if turn < self._level.nat:
            return Line("nat", self._nat + dice.below(self._nat_count), 0, 0)
        if turn < self._level.nat + self._level.dynamic:
            return Line("dynamic", dice.below(1 << 30), 0, 0)
        self._next += 2
        six = 0
        if dice.chance(0.25):
            self._sixes += 1
            six = self._sixes
        return Line("fixed", self._next - 2, six, dice.below(540) * DAY)

    def see(self, line: Line, vpn: bool, at: int, dice: Dice) -> Seen:
        """Where the holder of `line` shows up at a time: the line, a VPN exit or a shared place."""
        turn = dice.unit()
        port = 1_024 + dice.below(64_000)
        if vpn and turn < 0.5:
            return Seen(address(self._vpn + dice.below(_VPN_EXITS)), port, at, True if turn < 0.3 else None)
        if turn > 0.97:
            return Seen(address(self._places + dice.below(self._place_count)), port, at, None)
        return Seen(self._of_line(line, at, dice), port, at, False if turn > 0.8 else None)

    def _of_line(self, line: Line, at: int, dice: Dice) -> str:
        if line.kind == "nat":
            return address(line.number)
        if line.kind == "dynamic":
            place = line.number * 1_000_003 + at // DAY * 7_919
            return address(self._pool + place % self._pool_size)
        if line.six and dice.chance(0.5):
            return f"2001:db8:{line.six >> 16:x}:{line.six & 0xFFFF:x}::{1 + dice.below(0xFFFE):x}"
        # Most fixed lines keep their address for longer than the reports reach back.
        return address(line.number + (at % (600 * DAY) < line.moved // 6))


class Dealt(Network):
    """Ways to the net dealt to lines in turn instead of drawn: fixed, dynamic, NAT, VPN, a quarter each.

    A turn on, each line has the next way. Lines and sightings draw equally many numbers whatever the way, so that nothing
    else of a world differs between turns.
    """

    _WAYS = ("fixed", "dynamic", "nat", "vpn")
    _EACH = 4  # lines in a row with one way, so that each way meets each of the countries, which are dealt one by one

    def __init__(self, people: int, level: Level, turn: int) -> None:
        super().__init__(people, replace(level, nat=0.25, dynamic=0.25))
        self._turn = turn
        self._lines = 0

    def line(self, dice: Dice) -> Line:
        """The next line."""
        way = self._WAYS[(self._lines // self._EACH + self._turn) % len(self._WAYS)]
        self._lines += 1
        number, six, moved = dice.below(1 << 30), dice.chance(0.25), dice.below(540) * DAY
        if way == "nat":
            return Line(way, self._nat + number % self._nat_count, 0, 0)
        if way == "dynamic":
            return Line(way, number, 0, 0)
        self._next += 2
        self._sixes += six
        return Line("fixed", self._next - 2, self._sixes if six else 0, moved, way == "vpn")

    def see(self, line: Line, vpn: bool, at: int, dice: Dice) -> Seen:
        """As for drawn lines, from a stream of its own for each sighting."""
        return super().see(line, vpn, at, Dice(dice.below(1 << 30)))
