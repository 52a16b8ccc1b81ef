"""Which accounts are linked, how strongly, and whether they become one actor."""

from __future__ import annotations

import math
from ipaddress import AddressValueError, IPv6Address, IPv6Network

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.errors import CheckSettings
from tanglaw.linking import LINKING
from tanglaw.linking.holders import networks
from tanglaw.linking.weights import LEAST_ACCOUNTS
from tanglaw.tables import TABLES

NOON = 1_750_000_000_000_000
MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000


def actors(found):
    return {row["account_id"]: row["actor_id"] for row in found["actors"]}


def test_shared_email_links_and_joins(linker, held):
    """Two accounts that state the same rare e-mail are linked with its bits and become one actor, named after
    the smaller id; a third stays alone."""
    found = linker(
        accounts=[{"account_id": name, "role": "reported"} for name in ("a1", "a2", "a3")],
        selectors=[
            held("a2", "email", "kim@example.org"),
            held("a1", "email", "kim@example.org"),
            held("a3", "email", "lee@example.org"),
        ],
    )
    # An e-mail's m is 0.4; 0.02 of those who share one are strangers, of a million accounts at least.
    bits = round(math.log2(0.40 / (0.02 * 1 / 1_000_000)), 3)
    odds = 2 ** (bits - math.log2(LEAST_ACCOUNTS))
    assert found["links"] == [
        {
            "a": "a1",
            "b": "a2",
            "bits": bits,
            "probability": round(odds / (1 + odds), 4),
            "evidence": f"email kim@example.org {math.floor(bits * 10) / 10}",
            "joins": True,
            "grouped": False,
        }
    ]
    assert found["link_evidence"] == [
        {
            "a": "a1",
            "b": "a2",
            "type": "email",
            "value": "kim@example.org",
            "holders": 2,
            "proposes": True,
            "bits": bits,
            "record_a": "rec-a1-kim@example.org",
            "record_b": "rec-a2-kim@example.org",
        }
    ]
    assert actors(found) == {"a1": "a1", "a2": "a1", "a3": "a3"}


def test_rarer_values_weigh_more(linker, held):
    """An e-mail held by two weighs more than one held by five."""
    found = linker(
        selectors=[held(f"a{n}", "email", "many@example.org") for n in range(5)]
        + [held(f"b{n}", "email", "few@example.org") for n in range(2)]
    )
    bits = {row["value"]: row["bits"] for row in found["link_evidence"]}
    assert bits["few@example.org"] == pytest.approx(bits["many@example.org"] + 2, abs=0.002)


def test_widely_held_value_proposes_nothing(linker, held):
    """A value with more holders than the policy allows links none of them by itself."""
    found = linker(selectors=[held(f"a{n:02d}", "email", "info@example.org") for n in range(21)])
    assert found["links"] == []
    assert len(set(actors(found).values())) == 21


def test_widely_held_value_adds_to_a_proposed_pair(linker, held):
    """The same value adds a smaller weight to a pair that a rarer value proposes, and says that it proposed not."""
    crowd = [held(f"a{n:02d}", "email", "info@example.org") for n in range(40)]
    pair = [held("a00", "phone", "+15550100"), held("a01", "phone", "+15550100")]
    found = linker(selectors=crowd + pair)
    assert [(row["a"], row["b"]) for row in found["links"]] == [("a00", "a01")]
    weights = {row["type"]: (row["proposes"], row["bits"]) for row in found["link_evidence"]}
    assert weights["phone"][0] and not weights["email"][0]
    assert 0 < weights["email"][1] < weights["phone"][1]
    assert found["links"][0]["bits"] == pytest.approx(weights["email"][1] + weights["phone"][1], abs=1e-9)


@pytest.mark.parametrize(
    "change",
    [{"role": "mentioned"}, {"role": "reporter"}, {"valid": False}, {"account_id": None}, {"value": ""}],
)
def test_what_is_not_the_accounts_own_links_nothing(linker, held, change):
    """A value of someone mentioned, of the reporter, an invalid one, or one without an account is no evidence."""
    selectors = [held("a1", "phone", "+15550100"), held("a2", "phone", "+15550100") | change]
    assert linker(selectors=selectors)["links"] == []


def test_mention_in_chat_links_but_does_not_join(linker, held):
    """A number that one account states and another only writes in a chat links both, and is not enough to join."""
    found = linker(
        selectors=[
            held("a1", "phone", "+15550100"),
            held("a2", "phone", "+15550100", table_name="messages", field="text", role="sender"),
        ]
    )
    assert [row["joins"] for row in found["links"]] == [False]


def test_partners_of_a_chat_repeat_each_other(linker, held):
    """Between two accounts that talk to each other, a mentioned number says nothing; a stated e-mail still does."""
    talk = [{"conversation_id": "c1", "account_id": name} for name in ("a1", "a2")]
    mention = [
        held("a1", "phone", "+15550100"),
        held("a2", "phone", "+15550100", table_name="messages", field="text", role="sender"),
    ]
    assert linker(selectors=mention, participants=talk)["links"] == []
    stated = [held("a1", "email", "kim@example.org"), held("a2", "email", "kim@example.org")]
    found = linker(selectors=mention + stated, participants=talk)
    assert {row["type"]: row["bits"] > 0 for row in found["link_evidence"]} == {"phone": False, "email": True}


def test_phone_alone_makes_no_actor(linker, held):
    """One phone in two accounts may be a family's, or a number handed on: linked, not joined; with a name it joins."""
    phone = [held(name, "phone", "+15550100") for name in ("a1", "a2")]
    assert [row["joins"] for row in linker(selectors=phone)["links"]] == [False]
    names = [held(name, "handle", f"{name}:kimbela7") for name in ("a1", "a2")]
    assert [row["joins"] for row in linker(selectors=phone + names)["links"]] == [True]


@pytest.mark.parametrize(("born", "joins"), [("1970-01-02", True), ("1999-01-02", False)])
def test_relatives_are_not_one_hand_by_what_a_home_shares(linker, held, person, born, joins):
    """A phone and a device join two accounts, unless their holders are stated to differ; a rare e-mail joins them still."""
    shared = [held(name, kind, f"{kind}-1") for name in ("a1", "a2") for kind in ("phone", "device")]
    people = [person(name, born=day) for name, day in (("a1", "1970-01-02"), ("a2", born))]
    found = linker(selectors=shared, persons=people)["links"]
    assert [(row["probability"] > 0.99, row["joins"]) for row in found] == [(True, joins)]
    emails = [held(name, "email", "kim@example.org") for name in ("a1", "a2")]
    assert [row["joins"] for row in linker(selectors=shared + emails, persons=people)["links"]] == [True]


@pytest.mark.parametrize(("name", "joins"), [("José Lee", True), ("Ann Lee", False), (None, False)])
def test_stated_home_joins_with_a_name_alone(linker, person, name, joins):
    """One name and one street address, however written, join two accounts; relatives and neighbours live there too."""
    people = [
        person("a1", "Jose LEE", address="12, Müller Str.", city="Leeds"),
        person("a2", name, address="12 Muller Str", city="LEEDS"),
        person("a3", "Jose Lee", address="12 Muller Str", city="Perth"),
    ]
    found = linker(persons=people)
    assert [(row["a"], row["b"], row["joins"]) for row in found["links"]] == [("a1", "a2", True)] * joins


def test_device_alone_makes_no_actor(linker, held):
    """One device in two accounts, also at one address, may be a household: linked, not joined."""
    at = {"table_name": "captures", "at": NOON}
    found = linker(
        selectors=[
            held("a1", "device", "ab12cd"),
            held("a2", "device", "ab12cd"),
            held("a1", "ipv4", "192.0.2.7", **at),
            held("a2", "ipv4", "192.0.2.7", **at),
        ]
    )
    assert [row["joins"] for row in found["links"]] == [False]
    assert found["links"][0]["bits"] > 12
    # What a home shares counts once.
    assert sorted(row["bits"] > 0 for row in found["link_evidence"]) == [False, True]


def test_two_independent_kinds_join(linker, held):
    """A rare device and a rare file together join, though neither does alone."""
    files = [{"file_id": f"f{n}", "report_id": f"r{n}", "account_id": f"a{n}"} for n in (1, 2)]
    hashes = [
        {"file_id": f"f{n}", "report_id": f"r{n}", "hash_type": "md5", "value": "0f" * 16, "valid": True}
        for n in (1, 2)
    ]
    device = [held("a1", "device", "ab12cd"), held("a2", "device", "ab12cd")]
    assert [row["joins"] for row in linker(files=files, file_hashes=hashes)["links"]] == [False]
    assert [row["joins"] for row in linker(selectors=device)["links"]] == [False]
    assert [row["joins"] for row in linker(selectors=device, files=files, file_hashes=hashes)["links"]] == [True]


def test_hashes_of_one_file_count_once(linker):
    """MD5 and SHA-1 of the same file are one fact: the weaker row stays listed with no bits."""
    files = [{"file_id": f"f{n}", "report_id": f"r{n}", "account_id": f"a{n}"} for n in (1, 2)]
    hashes = [
        {"file_id": f"f{n}", "report_id": f"r{n}", "hash_type": kind, "value": kind, "valid": True}
        for n in (1, 2)
        for kind in ("md5", "sha1")
    ]
    rows = linker(files=files, file_hashes=hashes)["link_evidence"]
    assert sorted(row["bits"] > 0 for row in rows) == [False, True]


def test_viral_file_links_nobody(linker, held):
    """A file that very many hold adds nothing, even to a pair that something else proposes."""
    files = [{"file_id": f"f{n:02d}", "report_id": f"r{n:02d}", "account_id": f"a{n:02d}"} for n in range(30)]
    hashes = [{**row, "hash_type": "md5", "value": "0f" * 16, "valid": True} for row in files]
    pair = [held("a00", "email", "kim@example.org"), held("a01", "email", "kim@example.org")]
    found = linker(selectors=pair, files=files, file_hashes=hashes)
    assert [row["type"] for row in found["link_evidence"]] == ["email"]


def test_file_in_five_hands_proposes_nothing(linker):
    """Files travel: one that four accounts hold still proposes pairs, one that five hold does not."""
    files = [{"file_id": f"f{n}", "report_id": f"r{n}", "account_id": f"a{n}"} for n in range(9)]
    hashes = [{**row, "hash_type": "md5", "value": "04"[n > 3] * 32, "valid": True} for n, row in enumerate(files)]
    assert {row["b"] for row in linker(files=files, file_hashes=hashes)["links"]} == {"a1", "a2", "a3"}


def test_file_without_account_belongs_to_the_sole_reported_one(linker):
    """A report's file counts for its reported account if there is exactly one."""
    reported = [
        {"account_id": name, "report_id": report, "role": "reported"}
        for name, report in (("a1", "r1"), ("a2", "r2"), ("a3", "r3"), ("a4", "r3"))
    ]
    files = [{"file_id": f"f{n}", "report_id": f"r{n}"} for n in (1, 2, 3)]
    hashes = [{**row, "hash_type": "md5", "value": "0f" * 16, "valid": True} for row in files]
    found = linker(accounts=reported, files=files, file_hashes=hashes)
    assert [(row["a"], row["b"]) for row in found["links"]] == [("a1", "a2")]


def test_phone_and_its_handle_count_once(linker, held):
    """A phone number and a handle made of it are one fact."""
    found = linker(
        selectors=[
            held(name, kind, value)
            for name in ("a1", "a2")
            for kind, value in (("phone", "+15550100"), ("handle", "chat:+15550100"))
        ]
    )
    weights = {row["type"]: row["bits"] for row in found["link_evidence"]}
    assert weights["handle"] == 0
    assert found["links"][0]["bits"] == weights["phone"]


def test_name_is_kept_over_services(linker, held):
    """The same rare name on two services links, and joins once a shared address adds to it; on one service the
    handle counts once, with its service."""
    names = [held("a1", "handle", "chat:kim_1988"), held("a2", "handle", "mail:kim_1988")]
    found = linker(selectors=names)
    assert [(row["type"], row["value"]) for row in found["link_evidence"]] == [("user-name", "kim1988")]
    assert not found["links"][0]["joins"]
    address = [held(name, "ipv4", "192.0.2.7", table_name="captures") for name in ("a1", "a2")]
    assert [row["joins"] for row in linker(selectors=address)["links"]] == [False]
    assert [row["joins"] for row in linker(selectors=names + address)["links"]] == [True]
    found = linker(selectors=[held(name, "handle", "chat:kim_1988") for name in ("a1", "a2")])
    assert {row["type"]: row["bits"] > 0 for row in found["link_evidence"]} == {"handle": True, "user-name": False}


def test_ids_of_a_service_are_no_names(linker, held):
    """An invitation or a channel id on one service is compared whole, and a mention without a service by its name."""
    ids = [held("a1", "handle", "discord-invite:AbCd12"), held("a2", "handle", "youtube-id:AbCd12")]
    assert linker(selectors=ids)["links"] == []
    mention = [held("a1", "handle", "@kim_1988", table_name="texts"), held("a2", "handle", "mail:kim_1988")]
    found = linker(selectors=mention)
    assert [(row["type"], row["value"]) for row in found["link_evidence"]] == [("user-name", "kim1988")]
    assert not found["links"][0]["joins"]


def test_profile_text_speaks_for_its_account(linker, held):
    """An e-mail in an account's own profile counts as its own; in another text or a payment's purpose as mentioned."""
    email = held("a1", "email", "kim@example.org")
    for table_name, field, joins in (("texts", "profileBio", True), ("texts", "additionalInfo", False)):
        texts = [{"text_id": "t1", "field": field}]
        other = held("a2", "email", "kim@example.org", table_name=table_name, record_id="t1")
        assert [row["joins"] for row in linker(selectors=[email, other], texts=texts)["links"]] == [joins]
    other = held("a2", "email", "kim@example.org", table_name="payments")
    assert [row["joins"] for row in linker(selectors=[email, other])["links"]] == [False]


def addresses(held, *sightings, kind="ipv4", value="192.0.2.7"):
    """Captures with their selectors: one account after another, at a time, from a port."""
    selectors, captures = [], []
    for number, (at, port) in enumerate(sightings):
        record = f"cap{number}"
        selectors.append(held(f"a{number}", kind, value, table_name="captures", field="ip", record_id=record, at=at))
        captures.append({"capture_id": record, "account_id": f"a{number}", "port": port})
    return {"selectors": selectors, "captures": captures}


def bits_of(found):
    return [row["bits"] for row in found["link_evidence"]]


def test_address_counts_by_closeness_in_time(linker, held):
    """One address weighs more the closer in time it is shared, most from the same port; no time counts as far."""
    low = {"linking.min_probability": 1e-6}
    far = bits_of(linker(low, **addresses(held, (NOON, None), (NOON + 30 * DAY, None))))
    untimed = bits_of(linker(low, **addresses(held, (NOON, None), (None, None))))
    day = bits_of(linker(low, **addresses(held, (NOON, None), (NOON + 20 * HOUR, None))))
    hour = bits_of(linker(low, **addresses(held, (NOON, 40_000), (NOON + 5 * MINUTE, 50_000))))
    port = bits_of(linker(low, **addresses(held, (NOON, 40_000), (NOON + 5 * MINUTE, 40_000))))
    assert far == untimed
    assert 0 < far[0] < day[0] < hour[0] < port[0]


def stays(held, *seen):
    """Sightings of accounts, each named by its letter, at addresses named by a number, on days after noon."""
    rows = ((f"a{who}", f"192.0.2.{where}", NOON + day * DAY) for who, where, day in seen)
    return [held(who, "ipv4", where, table_name="captures", at=at) for who, where, at in rows]


@pytest.mark.parametrize("often", [(), range(20, 40)])
def test_address_that_stays_is_told_from_one_handed_on(linker, held, often):
    """An address where one of two was on several days says most, also where he was seen very often; one where neither
    stayed though one was seen for longer says nearly nothing, and one where each was seen once lies between."""
    low = {"linking.min_probability": 1e-9}
    here = [("x", 7, 0), ("y", 7, 50)]
    once = bits_of(linker(low, selectors=stays(held, *here)))
    kept = bits_of(linker(low, selectors=stays(held, *here, ("x", 7, 3), *(("x", 7, day) for day in often))))
    passed = bits_of(linker(low, selectors=stays(held, *here, ("x", 8, 3), *(("x", 8, day) for day in often))))
    assert passed[0] + 3 < once[0] < kept[0] - 3


def test_address_of_who_has_another_one_each_day_says_nothing_days_apart(linker, held):
    """Seen at five addresses, on one day at each, somebody leaves each to strangers: one shared days apart is worth nothing.
    At four, or with one of them on two days, it is worth as much as any that was handed on; on the same day as much as ever."""
    low = {"linking.min_probability": 1e-9}

    def bits(other, *more):
        row = linker(low, selectors=stays(held, ("x", 7, 0), ("y", 7, other), *(("x", *seen) for seen in more)))
        return row["link_evidence"][0]["bits"] if row["link_evidence"] else 0

    four, five = ([(10 + n, n) for n in range(1, many)] for many in (4, 5))
    assert bits(50, *five) == 0 < bits(50, *four)
    assert bits(50, *five[:-1], (11, 9)) == bits(50, *five, (11, 9)) == bits(50, *four)
    assert bits(0, *five) == bits(0, *four) > bits(50, *four)


def test_crowds_address_is_no_line_whoever_stays(linker, held):
    """An address that more hold than may propose weighs no more for who was there on several days."""
    crowd = [(f"{n:02d}", 7, n % 9 * 10) for n in range(24)]
    pair = [held(name, "phone", "+15550100") for name in ("a00", "a01")]

    def bits(*more):
        found = linker(selectors=[*pair, *stays(held, *crowd, *more)])["link_evidence"]
        return {row["type"]: row["bits"] for row in found if (row["a"], row["b"]) == ("a00", "a01")}["ip"]

    assert bits(("00", 7, 5)) == bits()


def test_server_ports_say_nothing(linker, held):
    """The same port below 1024 is a server's: it counts as no port."""
    plain = linker(**addresses(held, (NOON, None), (NOON + MINUTE, None)))
    server = linker(**addresses(held, (NOON, 443), (NOON + MINUTE, 443)))
    assert bits_of(plain) == bits_of(server)


def test_closeness_is_of_the_two_not_of_others(linker, held):
    """A third account near in time does not bring two distant ones together."""
    found = linker(
        {"linking.min_probability": 1e-6},
        **addresses(held, (NOON, None), (NOON + 30 * DAY, None), (NOON + 30 * DAY + MINUTE, None)),
    )
    bits = {(row["a"], row["b"]): row["bits"] for row in found["link_evidence"]}
    assert bits["a0", "a1"] == bits["a0", "a2"] < bits["a1", "a2"]


def test_address_of_many_proposes_who_was_on_it_together(linker, held):
    """On a carrier's address with ninety accounts a month, one port in one hour brings two together; the month does
    not, and neither does an hour in which more than twenty were on it."""
    low = {"linking.min_probability": 1e-9}
    crowd = [(NOON + (n + 2) * 5 * HOUR, None) for n in range(60)] + [(NOON - 9 * DAY, None)] * 30
    both = [(NOON, 40_000), (NOON + 50 * MINUTE, 40_000)]
    assert [(row["a"], row["b"]) for row in linker(low, **addresses(held, *both, *crowd))["links"]] == [("a0", "a1")]
    assert linker(low, **addresses(held, both[0], *crowd))["links"] == []


@pytest.mark.parametrize(("others", "joins"), [(2, True), (4, False)])
def test_address_of_a_crowd_and_a_name_join_nobody(linker, held, person, others, joins):
    """A rare name with an address both were on within the hour joins, unless more use the address than propose a pair."""
    low = {"linking.propose_holders_max": 4}
    seen = [(NOON, 40_000), (NOON + MINUTE, 40_000), *[(NOON - 9 * DAY, None)] * others]
    people = [person(name, "Kim Lee") for name in ("a0", "a1")]
    links = {(row["a"], row["b"]): row for row in linker(low, **addresses(held, *seen), persons=people)["links"]}
    assert links["a0", "a1"]["probability"] > 0.95
    assert links["a0", "a1"]["joins"] == joins


@pytest.mark.parametrize(("others", "joins"), [(2, True), (4, False)])
def test_address_of_a_crowd_and_a_name_that_looks_alike_join_nobody(linker, held, others, joins):
    """User names of the same letters at one address within the hour join, unless more use the address than propose a pair."""
    low = {"linking.propose_holders_max": 4}
    seen = addresses(held, (NOON, 40_000), (NOON + MINUTE, 40_000), *[(NOON - 9 * DAY, None)] * others)
    seen["selectors"] += [held("a0", "handle", "chat:kimbela88"), held("a1", "handle", "mail:kim_bela7")]
    links = {(row["a"], row["b"]): row for row in linker(low, **seen)["links"]}
    assert links["a0", "a1"]["probability"] > 0.95
    assert links["a0", "a1"]["joins"] == joins


@pytest.mark.parametrize(("more", "lost"), [(0, 0.0), (1, 1.0), (3, 2.0)])
def test_who_was_at_several_crowds_addresses_meets_strangers(linker, held, more, lost):
    """A shared crowded address weighs less by how many such addresses one of the two was at."""
    crowd = [held(f"a{n:02d}", "ipv4", "198.51.100.1") for n in range(24)]
    pair = [held(name, "phone", "+15550100") for name in ("a00", "a01")]
    places = [held(name, "ipv4", f"203.0.113.{n}") for n in range(more) for name in ("a00", "b1", "b2", "b3", "b4")]
    found = linker(selectors=[*crowd, *pair, *places])
    bits = {row["type"]: row["bits"] for row in found["link_evidence"] if (row["a"], row["b"]) == ("a00", "a01")}
    # 24 holders beyond the limit of 20 share more than an address; m is 0.25.
    assert bits["ip"] == pytest.approx(math.log2(0.25 / (23 / 1_000)) - lost, abs=0.001)


def test_ipv6_counts_by_its_network(linker, held):
    """Two addresses of one /64 are one line; of two networks they are not."""
    near = [held("a1", "ipv6", "2001:db8:0:7::1"), held("a2", "ipv6", "2001:db8:0:7:ffff::2")]
    apart = [held("a1", "ipv6", "2001:db8:0:7::1"), held("a2", "ipv6", "2001:db8:0:8::1")]
    found = linker({"linking.min_probability": 1e-6}, selectors=near)
    assert [(row["type"], row["value"]) for row in found["link_evidence"]] == [("ip", "2001:db8:0:7::/64")]
    assert linker({"linking.min_probability": 1e-6}, selectors=apart)["links"] == []


@given(st.ip_addresses(v=6).map(str) | st.text("0123456789abcdef:.%/", max_size=24))
def test_network_is_that_of_the_standard_library(text):
    """The /64 network of any address is written as the standard library writes it; what is no address stays."""
    batch = networks(pa.record_batch([pa.array([text], pa.string())], names=["value"]))
    try:
        wanted = str(IPv6Network((int(IPv6Address(text.partition("%")[0])) >> 64 << 64, 64)))
    except AddressValueError:
        wanted = text
    assert batch.to_pylist() == [{"value": text, "network": wanted}]


def test_damaged_ipv6_keeps_its_text(linker, held):
    """A value that is no address is compared as written."""
    rows = [held(name, "ipv6", "not an address") for name in ("a1", "a2")]
    found = linker({"linking.min_probability": 1e-6}, selectors=rows)
    assert [row["value"] for row in found["link_evidence"]] == ["not an address"]


@pytest.mark.parametrize(
    ("value", "joins"), [("Linked", True), ("Billing", True), ("Parent/Guardian", False), ("Other", False)]
)
def test_associated_account_is_stated_evidence(linker, value, joins):
    """An account that the provider itself ties to another is linked; only kinds that mean one holder join."""
    found = linker(
        associations=[
            {
                "association_id": "s1",
                "kind": "associated-account",
                "value": value,
                "account_id": "a2",
                "other_account_id": "a1",
            }
        ]
    )
    assert [(row["a"], row["b"], row["joins"]) for row in found["links"]] == [("a1", "a2", joins)]
    assert found["link_evidence"][0]["type"] == "associated-account"
    assert found["link_evidence"][0]["record_a"] == "s1"


def test_prior_report_ties_the_reported_accounts(linker):
    """A report that names an earlier report on the same user joins their reported accounts, if each has one."""
    accounts = [
        {"account_id": name, "report_id": report, "role": "reported"}
        for name, report in (("a1", "r1"), ("a2", "r2"), ("a3", "r3"), ("a4", "r3"))
    ]
    stated = [
        {"association_id": f"s{n}", "kind": "prior-report", "value": "77", "report_id": "r2", "other_report_id": other}
        for n, other in enumerate(("r1", "r3", "r9"))
    ]
    found = linker(accounts=accounts, associations=stated)
    assert [(row["a"], row["b"], row["joins"]) for row in found["links"]] == [("a1", "a2", True)]


def test_group_membership_does_not_join(linker):
    """Two accounts of one rare organised group are linked and remain two."""
    stated = [{"association_id": f"s{n}", "kind": "group", "value": "lanterns", "account_id": f"a{n}"} for n in (1, 2)]
    assert [row["joins"] for row in linker(associations=stated)["links"]] == [False]


def test_account_tied_to_very_many_proposes_nothing(linker):
    """An account that documents tie to more others than the limit is a hub and joins none of them."""
    stated = [
        {
            "association_id": f"s{n:02d}",
            "kind": "associated-account",
            "value": "Linked",
            "account_id": "hub",
            "other_account_id": f"a{n:02d}",
        }
        for n in range(25)
    ]
    found = linker(associations=stated)
    assert found["links"] == []
    assert len(found["actors"]) == 26


def test_chain_of_joins_is_one_actor(linker, held):
    """Accounts joined one to the next are one actor, named after the smallest id."""
    names = ["a5", "a1", "a9", "a3"]
    selectors = [held(name, "email", f"{n}@example.org") for n in range(3) for name in names[n : n + 2]]
    found = linker(selectors=selectors)
    assert set(actors(found).values()) == {"a1"}


def test_links_are_pairs_of_two_in_order(linker, held):
    """Each link names the smaller account first, once."""
    found = linker(selectors=[held(f"a{n}", "email", "kim@example.org") for n in (3, 1, 2, 2)])
    assert [(row["a"], row["b"]) for row in found["links"]] == [("a1", "a2"), ("a1", "a3"), ("a2", "a3")]


def test_long_evidence_is_shortened_in_the_text_alone(linker, held):
    """A link's text names the twenty strongest values and counts the rest; the evidence table has all."""
    found = linker(selectors=[held(name, "email", f"u{n:02d}@example.org") for name in ("a1", "a2") for n in range(30)])
    assert found["links"][0]["evidence"].endswith("; and 10 more")
    assert len(found["link_evidence"]) == 30


def test_unknown_selector_type_is_weak_evidence(linker, held):
    """A type without a weight of its own links weakly and joins nothing."""
    found = linker(selectors=[held(name, "semaphore", "x7") for name in ("a1", "a2")])
    assert [row["joins"] for row in found["links"]] == [False]


def test_events_and_third_parties_are_no_holders(linker, held):
    """A payment reference names an event that both sides know: it is no evidence of one hand."""
    found = linker(selectors=[held(name, "remittance", "1234567890") for name in ("a1", "a2")])
    assert found["links"] == []


def test_empty_workspace(linker):
    """No rows in, no rows out."""
    assert linker() == {name: [] for name in LINKING.writes}


def test_policy_floor_bounds_rarity(linker, held):
    """A floor of the policy makes every value of the type at least that common."""
    rows = [held(name, "email", "kim@example.org") for name in ("a1", "a2")]
    found = linker({"linking.floors.email": 0.01, "linking.min_probability": 1e-6}, selectors=rows)
    assert found["links"][0]["bits"] == round(math.log2(0.40 / 0.01), 3)
    assert not found["links"][0]["joins"]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("linking.join_probability", None),
        ("linking.join_probability", 1.0),
        ("linking.min_probability", 0.0),
        ("linking.propose_holders_max", 0.0),
    ],
)
def test_policy_must_state_the_numbers(linker, name, number):
    """A policy without a number, or with one out of its bounds, is refused by the number's name."""
    with pytest.raises(CheckSettings, match=name.replace(".", r"\.")):
        linker({name: number})


def test_stage_declares_what_the_vocabulary_has():
    """What linking reads and writes are tables of the vocabulary, and no table is both."""
    assert {*LINKING.reads, *LINKING.writes} <= set(TABLES)
    assert not {*LINKING.reads} & {*LINKING.writes}
