"""Names, birth dates and user names: what they say for and against a pair, and what never suffices alone."""

from __future__ import annotations

import pytest

from tanglaw.linking.weights import DIFFERS

AGAINST = {row.type: row.bits for row in DIFFERS}
LOW = {"linking.min_probability": 1e-6}
# So many accounts that an e-mail of two just suffices: chance asks for 17.6 bits, and the e-mail is worth 24.3.
CROWD = [{"account_id": f"n{n:06d}", "role": "reported"} for n in range(200_000)]


def joined(found):
    return [(row["a"], row["b"]) for row in found["links"] if row["joins"]]


def weights(found):
    return {row["type"]: row["bits"] for row in found["link_evidence"]}


def address(held, *accounts):
    return [held(name, "ipv4", "192.0.2.7", table_name="captures", field="ip") for name in accounts]


def test_name_and_rare_address_join_though_neither_does_alone(linker, held, person):
    """A name alone links nothing, a rare address alone does not join; together they are one hand."""
    people = [person("a1", "Kim Lee"), person("a2", "LEE, Kim")]
    where = address(held, "a1", "a2")
    assert linker(persons=people)["links"] == []
    assert joined(linker(selectors=where)) == []
    found = linker(persons=people, selectors=where)
    assert joined(found) == [("a1", "a2")]
    assert set(weights(found)) == {"name", "ip"}


def test_name_alone_never_proposes(linker, person):
    """However rare, a name that two accounts state makes no pair; only something else beside it does."""
    people = [person("a1", "Xanthippe Zymurgy"), person("a2", "Xanthippe Zymurgy")]
    assert linker(LOW, persons=people)["links"] == []
    assert linker.count("link_pairs") == 0


def test_rare_combination_proposes_though_both_parts_are_common(linker, held, person):
    """Thirty hold the name and thirty others the address, too many to propose; the two that hold both are compared."""
    both = ["b1", "b2"]
    named = [f"n{n:02d}" for n in range(30)] + both
    housed = [f"h{n:02d}" for n in range(30)] + both
    found = linker(LOW, persons=[person(name, "Kim Lee") for name in named], selectors=address(held, *housed))
    assert [(row["a"], row["b"]) for row in found["links"]] == [("b1", "b2")]
    assert {row["type"]: (row["holders"], row["proposes"]) for row in found["link_evidence"]} == {
        "name": (32, False),
        "ip": (32, False),
    }


def test_common_combination_proposes_nothing(linker, held, person):
    """A combination that more hold than the policy allows is common too: an address of thirty of one name."""
    names = [f"b{n:02d}" for n in range(30)]
    found = linker(LOW, persons=[person(name, "Kim Lee") for name in names], selectors=address(held, *names))
    assert found["links"] == []


def test_name_and_birth_date_propose_and_join(linker, person):
    """Name and date of birth together are rare, though each by itself proposes nothing."""
    people = [person(name, "Kim Lee", "1988-04-05") for name in ("a1", "a2")]
    found = linker(persons=people)
    assert joined(found) == [("a1", "a2")]
    assert set(weights(found)) == {"name", "born"}
    assert linker(persons=[person(name, None, "1988-04-05") for name in ("a1", "a2")])["links"] == []


def test_other_names_argue_against_one_email(linker, held, person):
    """An e-mail that joins two accounts in a crowd no longer does if their holders have other names."""
    selectors = [held(name, "email", "m@example.org") for name in ("a1", "a2")]
    assert joined(linker(accounts=CROWD, selectors=selectors)) == [("a1", "a2")]
    found = linker(accounts=CROWD, selectors=selectors, persons=[person("a1", "Kim Lee"), person("a2", "Ann Ray")])
    assert joined(found) == []
    against = next(row for row in found["link_evidence"] if row["type"] == "other-name")
    assert (against["bits"], against["record_a"], against["record_b"]) == (
        AGAINST["other-name"],
        "person-a1-Kim Lee-None",
        "person-a2-Ann Ray-None",
    )
    assert f"other-name {AGAINST['other-name']:.1f}" in found["links"][0]["evidence"]


@pytest.mark.parametrize("kind", ("device", "phone"))
def test_other_holders_of_one_device_or_phone_do_not_join(linker, held, person, kind):
    """A device or a phone with a user name makes one hand of two accounts; with holders of other names and other
    births they are two in one home."""
    floor = {f"linking.floors.{kind}": 1e-4}
    selectors = [held(name, kind, "+15550100") for name in ("a1", "a2")]
    selectors += [held(name, "handle", f"{name}:kimbela") for name in ("a1", "a2")]
    assert joined(linker(floor, selectors=selectors)) == [("a1", "a2")]
    people = [person("a1", "Kim Lee", "1988-04-05"), person("a2", "Ann Ray", "1990-01-02")]
    assert joined(linker(floor, selectors=selectors, persons=people)) == []


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Kim Lee", "Ann Ray", "other-name"),
        ("Kim Lee", "Ann Lee", "part-of-name"),
        ("Kim Lee", "Lee Kim", None),
        ("Kim Maria Lee", "Kim Lee", None),
        ("Kim", "Ann Ray", None),
        (None, "Ann Ray", None),
        ("Ким Ли", "Анна Рей", "other-name"),
        ("Ким Ли", "Kim Lee", None),
        ("Ким Ли", "Ann Ray", None),
        ("Sergei Ivanov", "Sergey Ivanov", None),
        ("José García", "Pepe García", "part-of-name"),
        ("Lea Keller", "Leo Keller", "part-of-name"),
    ],
)
def test_names_differ_in_no_word_in_one_or_not_at_all(linker, held, person, one, other, kind):
    """No word in common speaks against more than one; order and middle names do not; a single word says nothing,
    nor do names in two scripts, of which one may be the other."""
    found = linker(
        LOW,
        selectors=[held(name, "phone", "+15550100") for name in ("a1", "a2")],
        persons=[person("a1", one), person("a2", other)],
    )
    against = {row["type"]: row["bits"] for row in found["link_evidence"] if row["bits"] < 0}
    assert against == ({kind: AGAINST[kind]} if kind else {})
    assert AGAINST["other-name"] < AGAINST["part-of-name"] < 0


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("Сергей Иванов", "Sergey Ivanov", "name-alike"),
        ("IVANOV, Sergei", "Сергей Иванов", "name-alike"),
        ("Sergei Ivanov", "Sergey Ivanov", "name-alike"),
        ("Sergei Ivanov", "Ivanov Sergei", "name"),
        ("Сергей Иванов", "Ann Ray", None),
        ("Lea Keller", "Leo Keller", "part-of-name"),
        ("Bill Gates", "William Gates", "part-of-name"),
    ],
)
def test_one_name_in_other_letters_counts_as_a_name(linker, held, person, one, other, says):
    """A name in another script or spelling is evidence of a kind of its own: with a phone it makes one hand. Names of which a
    word differs are not; a name that is equal as written counts by how rare it is."""
    phones = [held(name, "phone", "+15550100") for name in ("a1", "a2")]
    found = linker(persons=[person("a1", one), person("a2", other)], selectors=phones)
    assert set(weights(found)) - {"phone"} == ({says} if says else set())
    assert (joined(found) != []) == (says in ("name", "name-alike"))
    assert weights(found).get("name-alike", AGAINST["name-alike"]) == AGAINST["name-alike"] > 0


@pytest.mark.parametrize("names", [("Sergei Ivanov", "Сергей Иванов"), ("Sergey Ivanov", "Sergei Ivanov")])
@pytest.mark.parametrize("turned", [False, True])
def test_a_user_name_made_of_either_name_counts_once(linker, held, person, names, turned):
    """The user name sergeiivanov says the name already of two called so in two scripts or spellings, whoever comes first."""
    accounts = ("a2", "a1") if turned else ("a1", "a2")
    people = [person(account, name) for account, name in zip(accounts, names, strict=True)]
    handles = [held("a1", "handle", "chat:sergeiivanov7"), held("a2", "handle", "mail:sergei.ivanov5")]
    found = linker(LOW, persons=people, selectors=handles)
    assert weights(found)["skeleton"] > 0
    assert not {"name-alike", "part-of-name"} & set(weights(found))


def test_one_agreeing_name_settles_it(linker, held, person):
    """Of several names stated for a holder one that agrees is enough: nothing speaks against the pair."""
    found = linker(
        selectors=[held(name, "phone", "+15550100") for name in ("a1", "a2")],
        persons=[person("a1", "Kim Lee"), person("a1", "Kim Ray"), person("a2", "Kim Ray")],
    )
    assert min(row["bits"] for row in found["link_evidence"]) >= 0


@pytest.mark.parametrize("role", ("mentioned", "reporter"))
def test_names_of_others_say_nothing(linker, held, person, role):
    """A person who is only mentioned, or who reported, does not name the account's holder."""
    found = linker(
        selectors=[held(name, "phone", "+15550100") for name in ("a1", "a2")],
        persons=[person("a1", "Kim Lee"), person("a2", "Ann Ray", "1990-01-02", role=role)],
    )
    assert set(weights(found)) == {"phone"}


def test_display_names_do_not_contradict(linker, held):
    """A display name may be anything: two that differ say nothing, two that agree count."""
    shown = [{"account_id": "a1", "display_name": "Kim Lee"}, {"account_id": "a2", "display_name": "Ann Ray"}]
    selectors = [held(name, "phone", "+15550100") for name in ("a1", "a2")]
    assert set(weights(linker(accounts=shown, selectors=selectors))) == {"phone"}
    same = [row | {"display_name": "Kim Lee"} for row in shown]
    assert set(weights(linker(accounts=same, selectors=selectors))) == {"phone", "name"}


def test_birth_dates_that_differ_speak_against(linker, held, person):
    """Two full dates that differ take bits away; a year alone or no date takes nothing."""
    selectors = [held(name, "phone", "+15550100") for name in ("a1", "a2")]
    told = {
        other: weights(
            linker(selectors=selectors, persons=[person("a1", None, "1988-04-05"), person("a2", None, other)])
        )
        for other in ("1988-04-05", "1988-05-04", "1988", None)
    }
    assert told["1988-05-04"]["other-birth"] == AGAINST["other-birth"] < 0
    assert told["1988-04-05"]["born"] > 0
    assert set(told["1988"]) == set(told[None]) == {"phone"}


def test_digits_make_a_user_name_rare(linker, held):
    """The more digits end a name that two services have, the more it weighs; chance numbers weigh most."""
    bits = []
    for tail in ("", "7", "88", "1988", "198807"):
        pair = [held("a1", "handle", f"chat:kimbela{tail}"), held("a2", "handle", f"mail:Kim.Bela{tail}")]
        found = linker(LOW, selectors=pair)
        assert [row["value"] for row in found["link_evidence"] if row["bits"] > 0] == [f"kimbela{tail}"]
        bits.append(weights(found)["user-name"])
    assert bits == sorted(bits) and len(set(bits)) == len(bits)


def test_what_people_put_before_a_name_is_no_digit(linker, held):
    """Prefixes that fall away do not make a name look rare."""
    plain = [held(name, "handle", f"{name}:kimbela88") for name in ("a1", "a2")]
    decked = [held(name, "handle", f"{name}:the_real_kimbela88") for name in ("a1", "a2")]
    assert weights(linker(LOW, selectors=plain)) == weights(linker(LOW, selectors=decked))


def test_common_letters_make_a_user_name_common(linker, held):
    """The same name and digits weigh less where very many names have these letters."""
    pair = [held(name, "handle", f"{name}:kimbela88") for name in ("a1", "a2")]
    others = [held(f"o{n:03d}", "handle", f"chat:kimbela{100 + n}") for n in range(200)]
    rare, common = (weights(linker(LOW, selectors=rows))["user-name"] for rows in (pair, pair + others))
    assert common < rare


def test_changed_digits_and_joints_still_link(linker, held):
    """A user name with other digits, joints and letters as digits is the same skeleton, and joins nothing alone."""
    pair = [held("a1", "handle", "chat:Kim_Bela88"), held("a2", "handle", "mail:kimb3la7")]
    found = linker(LOW, selectors=pair)
    assert {row["type"]: row["value"] for row in found["link_evidence"]} == {"skeleton": "kimbela"}
    assert joined(found) == []


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("Светлячок_885", "светлячок٨٨٥", {"user-name": "светлячок885"}),
        ("светлячок88", "svetlyachok77", {"skeleton": "svetlyachok"}),
        ("김철수88", "gimcheolsu", {"skeleton": "gimcheolsu"}),
        ("светлячок88", "светлячок77", {"skeleton": "svetlyachok"}),
    ],
)
def test_user_names_of_every_script_link(linker, held, one, other, shared):
    """What holds of a user name in Latin letters holds in any script: whole it joins, its letters link, also spelled in Latin."""
    found = linker(LOW, selectors=[held("a1", "handle", f"chat:{one}"), held("a2", "handle", f"mail:{other}")])
    bits = weights(found)
    assert {row["type"]: row["value"] for row in found["link_evidence"] if bits[row["type"]] > 0} == shared
    assert (joined(found) != []) == ("user-name" in shared)


def test_local_part_of_an_email_is_a_user_name_too(linker, held):
    """The name before the @ links to a user name of the same letters; an e-mail shared whole counts once."""
    found = linker(LOW, selectors=[held("a1", "email", "kim.bela@example.org"), held("a2", "handle", "chat:kimbela88")])
    assert [row["type"] for row in found["link_evidence"]] == ["skeleton"]
    found = linker(selectors=[held(name, "email", "kim.bela@example.org") for name in ("a1", "a2")])
    assert {row["type"]: row["bits"] > 0 for row in found["link_evidence"]} == {"email": True, "skeleton": False}


def test_user_name_that_is_the_holders_name_counts_once(linker, held, person):
    """The user name kimbela of Kim Bela, or Bela Kim, repeats the name that is shared already."""
    for name in ("Kim Bela", "Bela Kim"):
        people = [person(account, name) for account in ("a1", "a2")]
        handles = [held("a1", "handle", "chat:kimbela7"), held("a2", "handle", "mail:kimbela5")]
        found = weights(linker(LOW, persons=people, selectors=handles))
        assert found["name"] > 0 == found["skeleton"]


def test_display_name_that_repeats_the_user_name_counts_once(linker, held):
    """Two who chose the same two words show them as user name and as display name: one fact, which joins nobody."""
    accounts = [
        {"account_id": name, "role": "reported", "display_name": shown}
        for name, shown in (("a1", "Amber Lake"), ("a2", "Lake Amber"))
    ]
    handles = [held(name, "handle", f"{service}:amber.lake") for name, service in (("a1", "chat"), ("a2", "mail"))]
    found = linker(LOW, accounts=accounts, selectors=handles)
    bits = weights(found)
    assert bits["user-name"] > 0 == bits["name"]
    others = [person_like | {"display_name": "Kim Bela"} for person_like in accounts]
    assert weights(linker(LOW, accounts=others, selectors=handles))["name"] > 0
