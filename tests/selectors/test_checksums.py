"""Checksums against published vectors, and that one changed character breaks them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tanglaw.selectors import SELECTORS
from tanglaw.selectors.checksums import BASE58, base58check, eip55, luhn, mod97, segwit

HRP = frozenset(("bc", "tb"))
ADDRESS = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"


def test_published_addresses_hold() -> None:
    """Version and program come out as the standards' examples state them."""
    assert base58check(ADDRESS) is not None
    version, program = segwit("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", HRP) or (-1, b"")
    assert (version, program.hex()) == (0, "751e76e8199196d454941c45d1b3a323f1433bd6")
    version, program = segwit(TAPROOT, HRP) or (-1, b"")
    assert (version, program.hex()) == (1, "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")


def test_mixed_case_and_foreign_prefixes_are_refused() -> None:
    """BIP 173 allows one case; a prefix must be one of those asked for."""
    assert segwit(TAPROOT[:-1] + TAPROOT[-1].upper() + "Q", HRP) is None
    assert segwit(TAPROOT, frozenset(("ltc",))) is None


@given(place=st.integers(0, len(ADDRESS) - 1), char=st.sampled_from(BASE58))
def test_one_changed_character_breaks_base58check(place: int, char: str) -> None:
    """Any single substitution is caught."""
    changed = ADDRESS[:place] + char + ADDRESS[place + 1 :]
    assert (base58check(changed) is not None) == (changed == ADDRESS)


@given(place=st.integers(4, len(TAPROOT) - 1), char=st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_one_changed_character_breaks_bech32m(place: int, char: str) -> None:
    """Any single substitution in the data is caught."""
    changed = TAPROOT[:place] + char + TAPROOT[place + 1 :]
    assert (segwit(changed, HRP) is not None) == (changed == TAPROOT)


@given(digits=st.text("0123456789", min_size=1, max_size=18))
def test_exactly_one_check_digit_holds(digits: str) -> None:
    """Of ten last digits one satisfies Luhn."""
    assert sum(luhn(digits + last) for last in "0123456789") == 1


def test_mod97_of_a_published_iban() -> None:
    """The standard's example leaves 1."""
    assert mod97("WEST12345698765432GB82") == 1


def test_eip55_of_published_addresses() -> None:
    """Capitals come out as in the standard's examples."""
    for address in ("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"):
        assert eip55(address.lower()) == address
        assert SELECTORS["eth"].show("0x" + address.lower()) == "0x" + address
