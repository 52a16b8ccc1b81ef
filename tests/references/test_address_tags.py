"""Lists of attributed addresses: each address is checked against its ledger, and nothing is passed in silence."""

from __future__ import annotations

import gzip
import string
from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.chain import tags
from tanglaw.references import REFERENCES
from tanglaw.references.address_lists import AddressList
from tanglaw.references.address_tags_csv import AddressTagsCsv
from tanglaw.references.addresses import place_of
from tanglaw.references.tagpack import TagPack
from tanglaw.tables import TABLES
from tanglaw.testing.rows import Found, collect, item_of

A, B = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX"
ETH = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TRX = "TNDzfERDpxLDS2w1q6yaFC7pzqaSQ3Bg3r"
PACK = f"""
title: Desks of the north
creator: Team B
currency: BTC
label: a desk
confidence: service_data
lastmod: 2026-01-31
is_cluster_definer: true
mood: calm
tags:
- address: {A}
  actor: northdesk
  category: exchange
  source: https://example.org/a
- address: {ETH}
  currency: ETH
  label: other desk
  is_cluster_definer: false
  lastmod: 2026-02-01
  colour: red
- address: {A[:-1]}U
- label: without
- tx_hash: 00
- just a text
"""


def takers(data: str | bytes, path: str = "inbox/file") -> list[str]:
    item = item_of(data.encode() if isinstance(data, str) else data, path)
    return [one.name for one in REFERENCES if one.recognise(item)]


def codes(found: Found, table: str = "quarantine") -> list[str]:
    return [row["code"] for row in found.get(table, [])]


@pytest.mark.parametrize(
    ("asset", "network", "text", "place"),
    [
        ("BTC", "", A, ("btc", A)),
        (
            "XBT",
            "",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            ("btc", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ),
        ("ETH", "", ETH, ("eth", ETH.lower())),
        ("USDT", "", ETH, ("eth", ETH.lower())),
        ("USDT", "", TRX, ("trx", TRX)),
        ("USDT", "TRON", TRX, ("trx", TRX)),
        ("BEP20", "", ETH, ("bsc", ETH.lower())),
        (
            "BCH",
            "",
            "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
            ("bch", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"),
        ),
        ("", "", TRX, ("trx", TRX)),
        ("BTC", "", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", ("btc-test", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn")),
        ("DASH", "", "XnPFsRWTaSgiVauosEwQ6dEitGYXgwznz2", ("dash", "XnPFsRWTaSgiVauosEwQ6dEitGYXgwznz2")),
        ("weathercoin", "", "abc123", ("weathercoin", "abc123")),
    ],
)
def test_an_address_has_one_spelling_on_its_ledger(asset: str, network: str, text: str, place: tuple[str, str]) -> None:
    """Asset, network and form tell the ledger; SegWit and Ethereum addresses are in lower case."""
    assert place_of(asset, network, text)[:2] == place


@pytest.mark.parametrize(
    ("asset", "text", "code"),
    [
        ("BTC", A[:-1] + "U", "bad-address"),
        ("BTC", TRX, "other-network"),
        ("ETH", A, "other-network"),
        ("ETH", ETH.replace("A", "a", 1), "bad-address"),
        ("DASH", "XnPFsRWTaSgiVauosEwQ6dEitGYXgwznz3", "bad-address"),
        ("USDT", "see you", "bad-address"),
        ("BTC", "", "bad-address"),
        ("weathercoin", "1" * 201, "bad-address"),
    ],
)
def test_an_address_that_does_not_hold_is_no_tag(asset: str, text: str, code: str) -> None:
    """A wrong checksum, another ledger's address and what is none have a code."""
    assert place_of(asset, "", text).code == code


def test_a_pack_hands_its_header_down() -> None:
    """What the header says holds for tags that do not say it; a bad tag is set aside and the rest goes on."""
    assert takers(PACK) == ["tagpack-yaml"]
    found = collect(TagPack(), PACK.encode(), "inbox/pack.yaml")
    one, two = found["address_tags"]
    assert (one["list_name"], one["network"], one["address"], one["label"]) == (
        "Desks of the north",
        "btc",
        A,
        "a desk",
    )
    assert (one["actor"], one["category"], one["source"]) == ("northdesk", "exchange", "https://example.org/a")
    assert (one["confidence"], one["cluster_definer"], one["withdrawn"]) == ("service_data", True, False)
    assert one["stated_at"] == datetime(2026, 1, 31, tzinfo=UTC)
    assert (two["network"], two["address"], two["label"]) == ("eth", ETH.lower(), "other desk")
    assert (two["cluster_definer"], two["source"], two["locator"]) == (False, "Desks of the north", "line 15")
    assert codes(found) == ["bad-address", "tag-without-address", "tag-without-address", "bad-tag"]
    assert sorted(codes(found, "issues")) == ["unknown-field", "unknown-field", "zone-assumed"]


def test_a_header_behind_its_tags_holds_too() -> None:
    """The order of keys says nothing; a concept stands for a category, an empty value for none."""
    pack = (
        f"tags:\n- address: {A}\n  label: ~\ncreator: B\ntitle: T\ncurrency: BTC\nconcepts: [exchange, organization]\n"
    )
    row = collect(TagPack(), pack.encode())["address_tags"][0]
    assert (row["network"], row["label"], row["category"]) == ("btc", "T", "exchange")


def test_anchors_and_merges_are_references() -> None:
    """An anchor stands for what it names, also merged; a pack that refers to nothing is set aside as a whole."""
    pack = f"title: T\ncreator: B\nbase: &x {{currency: BTC, label: desk}}\ntags:\n- <<: *x\n  address: {A}\n"
    row = collect(TagPack(), pack.encode())["address_tags"][0]
    assert (row["network"], row["label"]) == ("btc", "desk")
    assert codes(collect(TagPack(), pack.replace("*x", "*y").encode())) == ["yaml-aliases"]


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    """Nine levels of nine references each cost nothing, and names of types run nothing."""
    bomb = 'a0: &a0 ["x"]\n' + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    pack = (
        f"title: T\ncreator: B\n{bomb}tags:\n- address: {A}\n  currency: BTC\n  label: !!python/object:os.system desk\n"
    )
    found = collect(TagPack(), pack.encode())
    assert found["address_tags"][0]["label"] == "desk"
    assert "unknown-value" in codes(found, "issues")
    deep = f"title: T\ncreator: B\ntags:\n- address: {A}\n  label: {'[' * 500}{']' * 500}\n"
    assert codes(collect(TagPack(), deep.encode())) == ["yaml-too-deep"]


@pytest.mark.parametrize("tail", ["- address: [", "  label: 'x", "\t- a", "- *", "- {", "\x00"])
def test_a_broken_pack_is_set_aside_as_a_whole(tail: str) -> None:
    """YAML that does not parse gives one quarantine row and no tag."""
    pack = f"title: T\ncreator: B\ncurrency: BTC\ntags:\n- address: {A}\n  label: x\n{tail}"
    found = collect(TagPack(), pack.encode())
    assert set(found) == {"quarantine"}
    assert len(found["quarantine"]) == 1


def test_a_csv_list() -> None:
    """Columns in other words, a line with too few cells, a withdrawal, an unknown column and a bad address."""
    data = (
        f"# list: desks\n# version: 2026-05\naddr;coin;owner;type;deleted;mood\n{A};btc;northdesk;exchange;yes;calm\n"
        f"{B};btc;southdesk;exchange;;\n{TRX};btc;x;y;;\n{B};btc\n"
    )
    assert takers(data) == ["address-tags-csv"]
    found = collect(AddressTagsCsv(), data.encode())
    one, two = found["address_tags"]
    assert (one["list_name"], one["list_version"], one["withdrawn"], one["actor"]) == (
        "desks",
        "2026-05",
        True,
        "northdesk",
    )
    assert (two["label"], two["withdrawn"], two["source"], two["cluster_definer"]) == (
        "southdesk",
        False,
        "desks",
        None,
    )
    assert sorted(codes(found)) == ["bad-row", "other-network"]
    assert codes(found, "issues") == ["unknown-field"]


def test_a_plain_list_of_sanctions() -> None:
    """The asset stands in the file's name, the category in the list's; one address alone is a list if its name says so."""
    name = "inbox/sanctioned_addresses_XBT.txt"
    assert takers(A, name) == ["address-list"]
    assert takers(A, "inbox/note.txt") == []
    found = collect(AddressList(), f"{A} # first\n\n{TRX}\n".encode(), name)
    row = found["address_tags"][0]
    assert (row["list_name"], row["label"], row["category"]) == (*["sanctioned_addresses_XBT"] * 2, "sanctioned")
    assert (row["network"], row["locator"]) == ("btc", "line 1")
    assert codes(found) == ["other-network"]


def test_a_plain_list_says_what_it_knows_in_comments() -> None:
    """Comments give list, version, label and withdrawal; without an asset the form tells the ledger."""
    data = f"# list: desks\n# version: 3\n# label: desk\n# withdrawn: true\n# weather: dull\n{A}\n{TRX}\n"
    assert takers(data) == ["address-list"]
    found = collect(AddressList(), data.encode())
    assert [(row["network"], row["withdrawn"], row["list_version"]) for row in found["address_tags"]] == [
        ("btc", True, "3"),
        ("trx", True, "3"),
    ]
    assert sorted(codes(found, "issues")) == ["network-assumed", "unknown-field"]


@pytest.mark.parametrize(
    "data",
    [
        f"from,to,address,currency,label\na,b,{A},BTC,x\n",
        "address,city,label\nMain Street 1,Springfield,home\n",
        "address,currency,label\nMain Street 1,EUR,home\n" * 3,
        "title: T\ntags:\n- a\n",
        "see you at noon\n",
        f"see you at noon\n{A} is mine\nand so on\n",
    ],
)
def test_other_files_are_not_taken(data: str) -> None:
    """Payments, postal addresses, other YAML and chat are no lists of attributions."""
    assert not {"tagpack-yaml", "address-tags-csv", "address-list"} & set(takers(data))


@pytest.mark.shared
def test_the_public_tags_load_whole(shared_data, duck) -> None:
    """Each of 243,442 public tags is a row or set aside with its reason; conflicts between them are listed."""
    data = gzip.decompress((shared_data / "bitcoin" / "tags.csv.gz").read_bytes())
    found = collect(AddressTagsCsv(), data, "inbox/tags.csv")
    assert (len(found["address_tags"]), codes(found)) == (243_431, ["bad-address"] * 11)
    assert Counter(row["network"] for row in found["address_tags"]).most_common(2) == [("btc", 238_376), ("eth", 4_990)]
    duck.put("address_tags", pa.Table.from_pylist(found["address_tags"], schema=TABLES["address_tags"].schema))
    duck.put("chain_clusters", TABLES["chain_clusters"].schema.empty_table())
    tags.claims(duck)
    tags.conflicts(duck)
    # Claims that differ by their source alone are claims of their own.
    kinds = duck.rows("select kind, count(*) as n from tag_in_force group by kind order by kind nulls last").to_pylist()
    assert {one["kind"]: one["n"] for one in kinds} == {
        "miner": 37_661,
        "mixer": 147,
        "other": 1_483,
        "service": 204_140,
    }
    listed = duck.rows("select * from tag_conflicts order by subject nulls last").to_pylist()
    assert Counter(one["about"] for one in listed) == {"actors": 9, "kinds": 4}
    assert [one["said"] for one in listed if one["subject"].startswith("147SwRQ")] == ["btctop; canoe"]


@pytest.mark.shared
def test_the_public_sanction_lists_load_whole(shared_data) -> None:
    """Of 654 lines two are set aside: an address of another ledger, and a Monero key that is no address."""
    kept, aside = 0, []
    for file in sorted((shared_data / "addresses" / "ofac").glob("*.txt")):
        assert takers(file.read_bytes(), f"inbox/{file.name}") == ["address-list"]
        found = collect(AddressList(), file.read_bytes(), f"inbox/{file.name}")
        kept += len(found["address_tags"])
        aside += [(file.stem[-3:], code) for code in codes(found)]
        assert {row["category"] for row in found["address_tags"]} == {"sanctioned"}
    assert (kept, aside) == (652, [("XBT", "other-network"), ("XMR", "bad-address")])


cells = st.one_of(
    st.sampled_from(["", A, B, ETH, TRX, A[:-1], "BTC", "ETH", '"', "'", "&a", "*a", "[", "{", "- ", ": ", "#"]),
    st.text(max_size=8),
)


@settings(max_examples=60)
@given(st.lists(st.lists(cells, min_size=3, max_size=4), max_size=6))
def test_every_line_of_a_csv_is_a_tag_or_set_aside(lines: list[list[str]]) -> None:
    """Each line ends as a tag or in quarantine, unless it is blank or a comment."""
    bare = [",".join(line).replace("\n", "").replace("\r", "") for line in lines]
    found = collect(AddressTagsCsv(), "\n".join(["address,currency,label", f"{A},BTC,x", *bare]).encode())
    places = {row["locator"] for name in ("address_tags", "quarantine") for row in found.get(name, [])}
    for number, line in enumerate(bare, 3):
        if line.strip(" \t") and not line.strip(" \t").startswith("#"):
            assert f"line {number}" in places
    assert all(place_of("", row["network"], row["address"]).address == row["address"] for row in found["address_tags"])


@settings(max_examples=60)
@given(st.lists(st.lists(cells, min_size=1, max_size=4), max_size=6))
def test_any_pack_gives_tags_or_is_set_aside(parts: list[list[str]]) -> None:
    """Whatever stands behind good tags, the file is read or one row says why not; no other error."""
    text = f"title: T\ncreator: B\ncurrency: BTC\ntags:\n- address: {A}\n" + "\n".join("".join(part) for part in parts)
    found = collect(TagPack(), text.encode("utf-8", "surrogatepass"))
    assert len(found.get("address_tags", [])) >= 1 or len(found["quarantine"]) == 1


@settings(max_examples=60)
@given(st.lists(st.text(string.printable, max_size=40), max_size=8))
def test_every_line_of_a_plain_list_is_a_tag_or_set_aside(lines: list[str]) -> None:
    """Each line with something before a comment ends as a tag or in quarantine."""
    bare = [line.replace("\n", "").replace("\r", "") for line in lines]
    found = collect(AddressList(), "\n".join([A, *bare]).encode(), "inbox/list_BTC.txt")
    places = {row["locator"] for name in ("address_tags", "quarantine") for row in found.get(name, [])}
    assert {f"line {n}" for n, line in enumerate(bare, 2) if line.split("#")[0].strip()} <= places
