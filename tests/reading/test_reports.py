"""Report numbers, report ids and account ids are the same wherever they are met."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.accounts import NO_IDENTIFIER, account_id, choose, unnamed_account_id
from tanglaw.reading.report_rows import country_of, sentence, service_label
from tanglaw.reading.reports import clean_number, numbers_in, report_id

IDS = Ids(DEMO_KEY)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (123, "123"),
        ("00123", "123"),
        (" 123\n", "123"),
        ("", ""),
        (None, ""),
        (True, ""),
        (1.5, ""),
        (-1, ""),
        ("12a", ""),
        ("١٢٣", ""),
        ("²", ""),
        ("0", ""),
        ("9" * 19, "9" * 19),
        ("9" * 20, ""),
        (10**40, ""),
    ],
)
def test_a_number_is_digits_without_leading_zeros(value: object, number: str) -> None:
    """Texts and integers give one spelling, anything else none."""
    assert clean_number(value) == number


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("report_1234567.xml", ("1234567",)),
        ("1234567-fileDetails-1234567.xml", ("1234567",)),
        ("1234567_7654321", ("1234567", "7654321")),
        ("2026-04-01 1234567", ("1234567",)),
        ("20260401", ()),
        ("20261399", ("20261399",)),
        ("1234", ()),
        ("1234567890123", ()),
        ("A1234567", ()),
        ("550e8400-e29b-41d4-a716-446655440000", ()),
        ("00000", ()),
        ("", ()),
    ],
)
def test_numbers_in_names(name: str, numbers: tuple[str, ...]) -> None:
    """Runs of 5 to 12 digits that stand alone, each once; no days, no UUIDs."""
    assert numbers_in(name) == numbers


def test_report_ids_depend_on_scheme_and_number_only() -> None:
    """The digest counts only where there is no number."""
    assert report_id(IDS, "ncmec", "1", "a") == report_id(IDS, "ncmec", "1", "b")
    assert report_id(IDS, "ncmec", "1", "a") != report_id(IDS, "xarf", "1", "a")
    assert report_id(IDS, "ncmec", "", "a") == report_id(IDS, "xarf", "", "a")
    assert report_id(IDS, "ncmec", "", "a") != report_id(IDS, "ncmec", "", "b")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("Telegram", "handle", "@Bo"), ("telegram", "handle", "bo")),
        (("Twitter", "handle", "bo"), ("X Corp", "handle", "@bo")),
        (("WhatsApp Inc.", "phone", "+63 917 555 0101"), ("whatsapp", "phone", "0063-917-5550101")),
        (("Example", "email", "Bo@Example.org"), ("example", "email", " bo@example.org ")),
    ],
)
def test_spellings_of_one_account(one: tuple[str, str, str], two: tuple[str, str, str]) -> None:
    """The same account in two spellings has one id."""
    assert account_id(IDS, *one) == account_id(IDS, *two)


def test_different_accounts_have_different_ids() -> None:
    """Platform and case of an ESP id count; an unnamed account equals no named one."""
    ids = {
        account_id(IDS, "a", "esp-id", "x"),
        account_id(IDS, "b", "esp-id", "x"),
        account_id(IDS, "a", "esp-id", "X"),
        account_id(IDS, None, "esp-id", "x"),
        unnamed_account_id(IDS, "r", "reported", 1),
        unnamed_account_id(IDS, "r", "reported", 2),
        unnamed_account_id(IDS, "q", "reported", 1),
    }
    assert len(ids) == 7


def test_the_first_usable_candidate_is_chosen() -> None:
    """Blank ones and those that vanish on normalising are passed over."""
    assert choose([("esp-id", None), ("handle", " @ "), ("phone", "no digits"), ("email", "A@b.org")]) == (
        "email",
        "a@b.org",
    )
    assert choose([]) == NO_IDENTIFIER


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["handle", "email", "phone", "esp-id"]))
def test_any_text_gives_an_id(service: str, text: str, kind: str) -> None:
    """No service or identifier fails, and the id says nothing of them."""
    assert len(account_id(IDS, service, kind, text)) == 24


@pytest.mark.parametrize(
    ("domain", "label"),
    [
        ("example.com", "example"),
        ("a.b.example.com", "example"),
        ("mail.example.co.uk", "example"),
        ("example", "example"),
        ("Example.ORG.", "example"),
        ("", ""),
    ],
)
def test_the_service_in_a_domain(domain: str, label: str) -> None:
    """The registered name, also under second-level labels."""
    assert service_label(domain) == label


@pytest.mark.parametrize(
    ("code", "country"),
    [("ph", "PH"), (" DE ", "DE"), ("A1", None), ("O1", None), ("Philippines", None), ("", None), (None, None)],
)
def test_countries_are_two_letters(code: str | None, country: str | None) -> None:
    """Pseudo-codes and names are no country."""
    assert country_of(code) == country


def test_a_value_and_what_stands_beside_it_as_one_text() -> None:
    """Attributes follow in the order of their names."""
    assert sentence("true", {"b": "2", "a": "1"}) == "true; a=1; b=2"
    assert sentence("", {"a": "1"}) == "a=1"
