"""How much a shared value says: one row per selector type, per kind of place, per closeness in time.

The bits of a value that two accounts share are log2(m / u). `m` is how often accounts of one hand share such a
value, `u` how often two strangers do (Fellegi and Sunter 1969). `u` is measured in the data as
stranger * (holders - 1) / (accounts - 1), where `stranger` is the part of such sharing that is chance: nearly none for
an e-mail address, all of it for a network address and for any value that too many hold to propose a pair. Two guards
keep a small data set from making a common thing look rare: the number of accounts counts as at least `population`,
and `u` is at least `floor`. All of it is set by hand here, from no agency's data.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import pyarrow as pa

# Of this many accounts, at least, one is taken to be of the same hand by chance.
LEAST_ACCOUNTS = 10_000


@dataclass(frozen=True, slots=True)
class Type:
    """What a selector type says about two accounts that share a value of it.

    `family` counts as one independent kind of evidence: a phone and the wallet opened with it are two, an address
    and a device in one home are one. `hand` types are held by one person and can join accounts by themselves;
    the others (device, address, material) may be shared in a household, a café or a group. `common_adds` is false
    for what travels widely by itself; above `holders_max` holders a value proposes nothing, if the policy's own
    limit is not lower: a file in five hands already travels, a name never proposes. m = 0 keeps a type out: it names
    an event or a third party, no holder.
    """

    type: str
    family: str
    m: float
    stranger: float
    floor: float
    population: int
    hand: bool
    common_adds: bool = True
    holders_max: int = 1_000_000


TYPES = (
    Type("email", "email", 0.40, 0.02, 1e-8, 1_000_000, True),
    Type("phone", "phone", 0.40, 0.04, 1e-8, 1_000_000, False),
    Type("handle", "handle", 0.40, 0.02, 1e-8, 1_000_000, True),
    Type("user-name", "handle", 0.30, 1.0, 1e-7, 10_000, True),
    # A name that only looks like another is nobody's own: at a crowd's address strangers have such names too.
    Type("skeleton", "handle", 0.06, 1.0, 1e-5, 10_000, False),
    Type("esp-id", "esp-id", 0.30, 0.05, 1e-8, 1_000_000, True),
    Type("iban", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("account-number", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("card", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("btc", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("eth", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("tron", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("ltc", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("bch", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("doge", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("xmr", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("xrp", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("sol", "payment", 0.20, 0.05, 1e-8, 1_000_000, True),
    Type("device", "household", 0.30, 0.50, 1e-7, 1_000_000, False),
    Type("imei", "household", 0.30, 0.50, 1e-7, 1_000_000, False),
    Type("mac", "household", 0.20, 0.50, 1e-6, 100_000, False),
    Type("ip", "household", 0.25, 1.0, 2e-5, 1_000, False, True, 3),
    Type("home", "household", 0.20, 1.0, 1e-6, 10_000, False, True, 1),
    Type("hash", "material", 0.05, 1.0, 1e-6, 100_000, False, False, 4),
    Type("url", "web", 0.05, 1.0, 1e-5, 50_000, False, False),
    Type("group", "group", 0.20, 1.0, 1e-5, 10_000, False),
    Type("name", "name", 0.50, 1.0, 2e-5, 10_000, False, True, 1),
    Type("born", "born", 0.60, 1.0, 5e-5, 10_000, False, True, 1),
    Type("domain", "web", 0.0, 1.0, 1.0, 1, False, False),
    Type("remittance", "payment", 0.0, 1.0, 1.0, 1, False, False),
    Type("cybertip", "reports", 0.0, 1.0, 1.0, 1, False, False),
    # A payment handle repeats a handle or a phone; places and terms belong to nobody.
    Type("payment", "payment", 0.0, 1.0, 1.0, 1, False, False),
    Type("coordinates", "place", 0.0, 1.0, 1.0, 1, False, False),
    Type("term", "term", 0.0, 1.0, 1.0, 1, False, False),
)
OTHER = Type("*", "other", 0.05, 1.0, 1e-5, 50_000, False, False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: `share` is how far standing there means holding, `stated` that the account states it
    as its own. People also write other people's numbers: what is only mentioned never joins by itself."""

    place: str
    share: float
    stated: bool


PLACES = (
    Place("field", 1.0, True),
    Place("display", 0.8, True),
    Place("profile", 0.8, True),
    Place("text", 0.4, False),
    Place("message", 0.3, False),
)


@dataclass(frozen=True, slots=True)
class Near:
    """Two accounts on one network address: how close in time, and what that says instead of the type's own row."""

    near: int
    meaning: str
    m: float
    stranger: float
    floor: float
    population: int


# Addresses are handed on: the further apart in time, the more strangers share one by chance, unless it stays with one of
# the two: a line's address that is kept is a home's, which few strangers share however many accounts it has.
NEAR = (
    Near(0, "days apart, and neither was there for long, though seen for longer", 0.01, 1.0, 2e-5, 1_000),
    Near(1, "days apart, or no times", 0.25, 1.0, 2e-5, 1_000),
    Near(2, "within a day", 0.20, 0.50, 1e-5, 5_000),
    Near(3, "one of the two was there on several days", 0.25, 0.10, 2e-6, 10_000),
    Near(4, "within the hour", 0.15, 0.05, 2e-6, 20_000),
    Near(5, "within the hour from the same port", 0.10, 0.001, 1e-7, 1_000_000),
)


@dataclass(frozen=True, slots=True)
class Tail:
    """How many digits end a user name, and which share of those who chose its letters end it alike."""

    digits: int
    share: float


# Digits behind a name are years, ages and counts more often than chance numbers.
TAILS = (Tail(0, 0.5), Tail(1, 0.12), Tail(2, 0.02), Tail(3, 0.0025), Tail(4, 0.0015), Tail(5, 0.0003), Tail(6, 0.0001))


@dataclass(frozen=True, slots=True)
class Differs:
    """What two accounts state of their holders in other words: bits below zero where it does not agree, above where names do."""

    type: str
    meaning: str
    bits: float


DIFFERS = (
    Differs("other-name", "both holders are named, and no word of the names is the same", -4.0),
    Differs("part-of-name", "both holders are named, and only one word is the same: relatives, or a short form", -2.0),
    Differs("name-alike", "both holders are named, and the names are one in other scripts or spellings", 8.0),
    Differs("other-birth", "both holders' dates of birth are stated and differ", -4.0),
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A link that a document states itself: `bits` are what it is worth beyond chance. `value` is the association's
    type in lower case, empty for any other."""

    kind: str
    value: str
    family: str
    bits: float
    hand: bool


STATED = (
    Stated("associated-account", "linked", "stated", 7.0, True),
    Stated("associated-account", "billing", "stated", 5.0, True),
    Stated("associated-account", "creator", "stated", 5.0, True),
    Stated("associated-account", "business", "stated", 1.0, False),
    Stated("associated-account", "parent/guardian", "household", -2.0, False),
    Stated("associated-account", "", "household", -3.0, False),
    Stated("prior-report", "", "stated", 7.0, True),
)


Weights = (
    tuple[Type, ...]
    | tuple[Place, ...]
    | tuple[Near, ...]
    | tuple[Tail, ...]
    | tuple[Differs, ...]
    | tuple[Stated, ...]
)


def as_table(rows: Weights) -> pa.Table:
    """The rows of one kind as a table with their field names as columns."""
    names = [field.name for field in fields(rows[0])]
    return pa.table(dict(zip(names, map(list, zip(*map(astuple, rows), strict=True)), strict=True)))
