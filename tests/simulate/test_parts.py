"""The parts: chance, spellings, checksums, addresses, archives."""

from __future__ import annotations

import io
import ipaddress
import tarfile
from pathlib import Path

import numpy as np
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.simulate import coins, spelling
from tanglaw.simulate.archives import Tar, Zip
from tanglaw.simulate.clock import WORLD_END, iso, utc
from tanglaw.simulate.cybertip_xml import escaped
from tanglaw.simulate.dice import Dice, Weighted, zeta
from tanglaw.simulate.figures import level
from tanglaw.simulate.material import Material
from tanglaw.simulate.network import Network, address

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), max_size=80)


def test_streams_are_independent() -> None:
    """Streams of other names or seeds differ; the same name and seed repeats."""
    first = [Dice(1, "a").unit() for _ in range(3)]
    assert [Dice(1, "a").unit() for _ in range(3)] == first
    assert Dice(1, "b").unit() != first[0] != Dice(2, "a").unit()
    assert Dice(1, "a", "b").unit() != Dice(1, "ab").unit()


@given(st.integers(0, 2**32), st.integers(1, 10**6))
def test_below_stays_below(seed: int, limit: int) -> None:
    """A whole number is never its limit."""
    dice = Dice(seed, "below")
    assert all(0 <= dice.below(limit) < limit for _ in range(5))


def test_weights_are_kept() -> None:
    """Items come as often as their weights say; weight zero never."""
    dice, drawn = Dice(1, "w"), Weighted("abc", (1.0, 0.0, 3.0))
    found = [drawn.draw(dice) for _ in range(8_000)]
    assert found.count("b") == 0
    assert abs(found.count("c") / 8_000 - 0.75) < 0.02


def test_distributions() -> None:
    """Zeta, Weibull, lognormal, normal and geometric have the moments asked for."""
    dice, draws = Dice(1, "d"), 20_000
    assert abs(np.mean([zeta(1.64, 400).draw(dice) == 1 for _ in range(4_000)]) - 0.465) < 0.03
    assert abs(np.median([dice.weibull(0.47, 5.1) for _ in range(draws)]) - 2.34) < 0.2
    assert abs(np.median([dice.lognormal(51.0, 0.45) for _ in range(draws)]) - 51) < 1.5
    assert abs(np.std([dice.normal() for _ in range(draws)]) - 1) < 0.02
    assert abs(np.mean([dice.geometric(2.0) for _ in range(draws)]) - 2) < 0.07
    assert dice.geometric(0.0) == 0


def test_known_checksums() -> None:
    """Addresses and account numbers equal the published examples (Bitcoin wiki, BIP 173, ISO 13616)."""
    assert coins.base58check(0, bytes.fromhex("010966776006953D5567439E5E39F86A0D273BEE")) == (
        "16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvM"
    )
    assert coins.segwit("bc", bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")) == (
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    )
    assert coins.iban("GB", "WEST12345698765432") == "GB82WEST12345698765432"


@pytest.mark.parametrize("country", ["US", "CA", "GB", "FR", "AU", "DE"])
def test_phones_are_valid_in_every_spelling(country: str) -> None:
    """A number is valid, is given out once, and each spelling reads back to it with its country as hint."""
    book, dice, seen = spelling.PhoneBook(), Dice(1, country), set()
    for _ in range(120):
        phone = book.new(country)
        assert phone is not None
        parsed = phonenumbers.parse(phone.e164)
        assert phonenumbers.is_valid_number(parsed), phone
        assert phone.e164 not in seen
        seen.add(phone.e164)
        for text in (spelling.national(phone, dice), spelling.international(phone, dice)):
            again = phonenumbers.parse(text, country if country not in ("US", "CA") else "US")
            if not text.startswith("00"):
                assert phonenumbers.format_number(again, phonenumbers.PhoneNumberFormat.E164) == phone.e164, text


def test_the_phone_book_ends() -> None:
    """When a country's fiction range is used up nobody else gets a number; countries without one give none."""
    book = spelling.PhoneBook()
    assert book.new("PH") is None
    given = [book.new("DE") for _ in range(1_001)]
    assert len({phone for phone in given if phone}) == 1_000
    assert given[-1] is None


@given(st.integers(0, 10_000))
def test_spelling_variants_keep_the_mailbox(seed: int) -> None:
    """A variant of an e-mail differs only in tag or capitals."""
    dice = Dice(seed, "mail")
    plain = spelling.email("kite_stone", dice)
    variant = spelling.email_variant(plain, dice)
    local, _, domain = variant.lower().partition("@")
    assert f"{local.split('+')[0]}@{domain}" == plain
    assert "example." in plain
    assert spelling.email_apart(plain).replace(" at ", "@").replace(" dot ", ".") == plain


def test_handles_vary() -> None:
    """Variants of a handle are others but keep its words."""
    dice = Dice(3, "handles")
    for _ in range(200):
        name = spelling.handle(dice)
        near = spelling.near_handle(name, dice)
        assert near != name
        assert near.casefold().strip("_").replace("the_", "")[:3] == name.casefold()[:3]


@given(st.integers(0, 1 << 22))
def test_addresses_belong_to_nobody(number: int) -> None:
    """Every address lies in a range that is not routed."""
    assert not ipaddress.ip_address(address(number)).is_global


def test_addresses_differ() -> None:
    """Numbers give distinct addresses over both ranges."""
    assert len({address(number) for number in range(0, 400_000)}) == 400_000


def test_lines_are_shared_as_their_kind_says() -> None:
    """Carrier NAT puts many people behind one address; fixed lines put one."""
    dice, network = Dice(1, "net"), Network(3_000, level("middle"))
    lines = [network.line(dice) for _ in range(3_000)]
    by_kind = {kind: [line for line in lines if line.kind == kind] for kind in ("nat", "fixed", "dynamic")}
    assert len({line.number for line in by_kind["nat"]}) * 100 < len(by_kind["nat"])
    assert len({line.number for line in by_kind["fixed"]}) == len(by_kind["fixed"])
    moving = by_kind["dynamic"][0]
    assert len({network.see(moving, False, WORLD_END - day * 86_400, dice).ip for day in range(30)}) > 5
    still = next(line for line in by_kind["fixed"] if not line.six)
    assert len({network.see(still, False, WORLD_END - day * 86_400, dice).ip for day in range(30)}) < 12


def test_file_hashes_fit_their_file() -> None:
    """The same file always has the same hashes; PDQ has half of its bits set; other files have others."""
    material = Material(1, 100)
    one, again, other = material.hashes(5), Material(1, 100).hashes(5), material.hashes(6)
    assert one == again != other
    assert int(one.pdq, 16).bit_count() == 128
    assert [len(value) for value in one] == [32, 40, 64, 64]


@given(st.lists(st.tuples(st.integers(0, 10**8), st.binary(max_size=1_500)), max_size=6))
def test_tar_files_read_back(tmp_path_factory: pytest.TempPathFactory, members: list[tuple[int, bytes]]) -> None:
    """What goes into a tar comes out of it, for any sizes."""
    path = tmp_path_factory.mktemp("tar") / "x.tar"
    tar = Tar(path, 1_000)
    for place, (number, data) in enumerate(members):
        tar.add(f"{number}/{place}.xml", data)
    tar.close()
    with tarfile.open(path) as archive:
        found = [(member.name, archive.extractfile(member).read()) for member in archive]
        assert {member.mtime for member in archive} <= {1_000}
    assert found == [(f"{number}/{place}.xml", data) for place, (number, data) in enumerate(members)]


def test_long_tar_names_are_refused(tmp_path: Path) -> None:
    """A name that a header cannot hold raises and is not cut."""
    tar = Tar(tmp_path / "x.tar", 0)
    with pytest.raises(ValueError, match="bytes"):
        tar.add("x" * 101, b"")
    tar.close()


def test_zip_files_are_the_same_each_time() -> None:
    """Two ZIP files with the same members have the same bytes."""
    made = []
    for _ in range(2):
        target = io.BytesIO()
        with Zip(target) as archive:
            archive.add("a.xml", b"<a/>")
        made.append(target.getvalue())
    assert made[0] == made[1]


@given(PRINTABLE)
def test_escaped_text_reads_back(text: str) -> None:
    """No text breaks out of its element."""
    inside = escaped(text)
    assert "<" not in inside
    assert inside.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_times() -> None:
    """Times are written in UTC with and without their mark."""
    assert utc(WORLD_END) == "2026-06-30T00:00:00Z"
    assert iso(86_399) == "1970-01-01T23:59:59"
