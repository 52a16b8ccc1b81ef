"""Pass counts on public suites; every case that is refused is named here with the reason."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS, hosts
from tanglaw.selectors.scan import Scanner

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="public test data not beside the repository"),
]

Batch = Callable[..., pa.RecordBatch]
# Case number in its suite -> why the reading differs.
TWITTER_URLS = {
    "41": "it.so alone: a word after a full stop, as in 'do it.so what'",
    "86": "it.so alone, as above",
    "79": "a URL with its scheme is evidence, whatever sign stands before it",
    "85": "a bare Latin name under a suffix in another script, in text without spaces",
}
LINKS = {
    "7": "the mailto behind the link is an e-mail and is found as one",
    "22": "no scheme and no top-level domain",
    "23": "no scheme and no top-level domain",
    "37": "bare name under a long suffix that is rare in text",
    "44": "a double quote ends a link, as in JSON",
    "85": "quoted local part",
    "94": "mailbox without top-level domain",
    "101": "a symbol as bare host name",
    "102": "a path ends where a script without spaces begins",
}
# The suite comes from other metadata: the current number plans do not assign these.
PHONES = {
    "+22920211234", "+22990011234", "+22985751234", "+22981123456", "+55300123456", "+385611234", "+989601", "+9668110123456",
    "+2631312345",
}  # fmt: skip
# BIP 173 spellings of witness versions above 0, which BIP 350 withdrew, and one address of another coin.
NO_BITCOIN = {
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx", "bc1sw50qa3jx3s",
    "bc1zw508d6qejxtdg4y5r3zarvaryvg6kdaj",
    "GSa5espVLNseXEfKt46zEdS6jrPkmFghBU", "TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq",
    # Dogecoin's test network shares Bitcoin's version; a transaction among the Monero addresses.
    "2MxKEf2su6FGAUfCEAHreGFQvEYrfYNHvL7", "5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320",
}  # fmt: skip


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """All cases of the public file."""
    lines = (DATA / "selectors" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


@pytest.fixture(scope="module")
def rows(batch: Batch, ids: Ids) -> dict[int, list[dict[str, Any]]]:
    """What one scan finds in every case, by the case's place in the file."""
    found = defaultdict(list)
    for row in Scanner(ids)(batch([case["text"] for case in cases()])).to_pylist():
        found[int(row["record_id"][1:])].append(row)
    return found


def of(suite: str, *kinds: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Cases of a suite with their places in the file."""
    for place, case in enumerate(cases()):
        if case["suite"] == suite and (not kinds or case["kind"] in kinds):
            yield place, case


def links(rows: list[dict[str, Any]], valid_only: bool) -> list[tuple[int, int, str]]:
    """URLs, and bare hosts outside them: what the suites call URLs."""
    urls = [row for row in rows if row["type"] == "url" and (row["valid"] or not valid_only)]
    found = [(row["start"], row["end"], row["original"]) for row in urls]
    for row in rows:
        inside = any(start <= row["start"] and row["end"] <= end for start, end, _ in found)
        if row["type"] in ("domain", "ipv4") and not inside:
            found.append((row["start"], row["end"], row["original"]))
    return sorted(found)


def test_urls_of_twitter_text(rows: dict[int, list[dict[str, Any]]]) -> None:
    """URLs in running text, in texts of many scripts; those refused are the four named."""
    failed = set()
    for place, case in of("twitter_text.extract", "urls", "tco_urls_with_params"):
        if [link[2] for link in links(rows[place], True)] != case["expect"]:
            failed.add(case["id"])
    assert failed == set(TWITTER_URLS)


def test_places_of_urls_of_twitter_text(rows: dict[int, list[dict[str, Any]]]) -> None:
    """Offsets are those of the suite, also with direction marks around the URL."""
    for place, case in of("twitter_text.extract", "urls_with_indices", "urls_with_directional_markers"):
        found = [{"url": link[2], "indices": [link[0], link[1]]} for link in links(rows[place], True)]
        assert found == case["expect"]


def test_mentions_of_twitter_text(rows: dict[int, list[dict[str, Any]]]) -> None:
    """Every mention, none refused."""
    for place, case in of("twitter_text.extract", "mentions"):
        mentions = [row["original"][1:] for row in rows[place] if row["type"] == "handle"]
        assert [name for name in mentions if "@" not in name] == case["expect"]
    for place, case in of("twitter_text.extract", "mentions_with_indices"):
        found = [{"screen_name": row["original"][1:], "indices": [row["start"], row["end"]]} for row in rows[place]]
        assert found == case["expect"]


def test_links_of_linkify(rows: dict[int, list[dict[str, Any]]]) -> None:
    """URLs, bare hosts and e-mails; those refused are the nine named."""
    failed = set()
    for place, case in of("linkify_it.links"):
        mails = [row["original"] for row in rows[place] if row["type"] == "email"]
        wanted = sorted(text if text[:7].lower() != "mailto:" else text[7:] for text in case["expect"])
        if sorted([link[2] for link in links(rows[place], False)] + mails) != wanted:
            failed.add(case["id"])
    assert failed == set(LINKS)


def test_what_linkify_takes_for_no_link(rows: dict[int, list[dict[str, Any]]]) -> None:
    """No link and no mailbox in any of them."""
    for place, _ in of("linkify_it.not_links"):
        assert links(rows[place], False) == []
        assert [row for row in rows[place] if row["type"] == "email"] == []


def test_registrable_domains_of_the_public_suffix_list() -> None:
    """Every case, in A-label form."""
    for _, case in of("psl"):
        host = hosts.ascii_host(case["text"] or "")
        wanted = hosts.ascii_host(case["expect"]) if case["expect"] else None
        assert (hosts.registrable(host) if host else None) == wanted


def test_example_numbers_of_every_country(rows: dict[int, list[dict[str, Any]]]) -> None:
    """Each is found in text and normalises to itself, but for nine that the number plans no longer assign."""
    failed = set()
    for place, case in of("libphonenumber.example"):
        found = [row["value"] for row in rows[place] if row["type"] == "phone" and row["valid"]]
        normal = SELECTORS["phone"].normalise(case["text"], "")
        if found != [case["text"]] or normal != case["text"]:
            failed.add(case["text"])
    assert failed == PHONES


def test_addresses_of_many_coins() -> None:
    """Valid and invalid addresses are told apart."""
    types = {
        "bitcoin": "btc", "ltc": "ltc", "eth": "eth", "trx": "tron", "bch": "bch", "dogecoin": "doge", "solana": "sol",
    }  # fmt: skip
    for case in json.loads((DATA / "addresses" / "multicoin_cases.json").read_text(encoding="utf-8")):
        if case["currency"] in types and case["address"] not in NO_BITCOIN:
            valid = SELECTORS[types[case["currency"]]].validate(case["address"])
            assert valid is (case["expect"] == "valid")


def test_bitcoin_core_addresses_and_keys() -> None:
    """Addresses of all networks hold; private keys are no addresses."""
    for text, _, about in json.loads((DATA / "addresses" / "key_io_valid.json").read_text(encoding="utf-8")):
        if text not in NO_BITCOIN:
            assert SELECTORS["btc"].validate(text) is not about["isPrivkey"]


@pytest.mark.parametrize(
    ("coin", "kind"),
    [
        ("XBT", "btc"),
        ("ETH", "eth"),
        ("LTC", "ltc"),
        ("TRX", "tron"),
        ("USDC", "eth"),
        ("ARB", "eth"),
        ("BSC", "eth"),
        ("XMR", "xmr"),
        ("XRP", "xrp"),
        ("BCH", "bch"),
    ],
)
def test_listed_addresses_are_found_in_text(coin: str, kind: str, found: Callable[..., list[tuple[str, str]]]) -> None:
    """Every published address of a coin is found in a sentence, as written."""
    path = DATA / "addresses" / "ofac" / f"sanctioned_addresses_{coin}.txt"
    for text in path.read_text(encoding="utf-8").split():
        if text not in NO_BITCOIN:
            bare = text.removeprefix("bitcoincash:")
            assert [original for original, _ in found(f"pay {coin}: {text}, ok", kind)] == [bare]
