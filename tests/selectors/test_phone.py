"""Telephone numbers of every country, in national and international spellings, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import phonenumbers
import pytest

from tanglaw.selectors import numberplan, phone

Found = Callable[..., list[tuple[str, str]]]
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def numbers(region: str) -> list[phonenumbers.PhoneNumber]:
    """The library's own example numbers of a region."""
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    return [number for kind in kinds if (number := phonenumbers.example_number_for_type(region, kind)) is not None]


@pytest.mark.parametrize("region", REGIONS)
def test_international_spellings_of_every_country_are_found(region: str, found: Found) -> None:
    """With `+` no hint is needed, whatever groups the country writes."""
    for number in numbers(region):
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        assert found(f"see you, {written}.", "phone") == [(written, e164)]
        assert found(f"see you, {e164}!", "phone") == [(e164, e164)]


@pytest.mark.parametrize("region", REGIONS)
def test_national_spellings_normalise_by_their_country(region: str, found: Found) -> None:
    """The national spelling with the country as hint gives the number; in text from seven digits on."""
    for number in numbers(region):
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        wanted = phonenumbers.format_number(phonenumbers.parse(written, region), phonenumbers.PhoneNumberFormat.E164)
        digits = sum(char.isdigit() for char in written)
        assert phone.normalise(written, region) == wanted
        if digits >= 7 and (digits >= 9 or not written.isdigit()):
            assert found(f"my number {written} ok", "phone", region) == [(written, wanted)]


def test_the_plan_agrees_with_the_library() -> None:
    """Where the plan answers, the library reads the same digits, and finds them as valid and as possible."""
    random = Random(7)
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        for _ in range(40):
            digits = f"{code}{random.randrange(10**5, 10**11)}"
            answer = numberplan.standing(digits)
            if answer is not None:
                number = phonenumbers.parse(f"+{digits}")
                assert phonenumbers.is_valid_number(number) is answer.valid
                assert phonenumbers.is_possible_number(number) is answer.possible
                assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == f"+{digits}"


def test_what_the_plan_refuses_the_library_refuses() -> None:
    """Digits that are surely no number of a region's plan are read as no valid number there."""
    random = Random(8)
    refused = 0
    for region in phonenumbers.SUPPORTED_REGIONS:
        code = phonenumbers.country_code_for_region(region)
        for _ in range(40):
            digits = str(random.randrange(10**6, 10**11))
            if numberplan.refuses(digits, code) and not numberplan.local(region).abroad.match(digits):
                refused += 1
                assert not phonenumbers.is_valid_number(phonenumbers.parse(digits, region))
    assert refused > 1000


@pytest.mark.parametrize(
    "text",
    [
        "on 2024-01-15 12:30", "it was 12/05/2024", "1,234,567.89", "12.345.678", "order 4155552671", "ref: 4155552671",
        "$4155552671",
        "#4155552671", "id 4155552671", "192.0.2.10", "(192.0.2.10)", "10-20-130-240", "20120514-1.1",
        "1 2 3 4 5 6 7 8 9", "15753215 512", "4155552671%", "x4155552671", "4155552671abc", "score 11-9 11-7 11-5",
    ],
)  # fmt: skip
def test_numbers_that_are_no_phones_are_left(text: str, found: Found) -> None:
    """Dates, amounts, orders, addresses and scores are no phones, even with a country hint."""
    assert found(text, "phone", "US") == []


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("+1 415-555-2671 or 415-555-2672", "US", ["+14155552671", "+14155552672"]),
        ("415-555-2671 415-555-2672", "US", ["+14155552671", "+14155552672"]),
        ("+44 20 7946 0958/+44 20 7946 0959", "", ["+442079460958", "+442079460959"]),
        ("tel:+49-30-901820", "", ["+4930901820"]),
        ("call 4930901820", "", ["+4930901820"]),
        ("hotel 4930901820", "", []),
        ("4930901820", "", []),
        ("(0)917 1234567", "PH", ["+639171234567"]),
        ("+63 (0) 917 123 4567", "", ["+639171234567"]),
        ("9171234567", "PH", []),
        ("917 123 4567", "PH", []),
        ("98765-43210", "IN", ["+919876543210"]),
        ("11 91234-5678", "BR", ["+5511912345678"]),
        ("612 34 56 78", "ES", ["+34612345678"]),
        ("0151 23456789", "de", ["+4915123456789"]),
        ("0151 23456789", "XX", []),
    ],
)
def test_messy_spellings(text: str, country: str, expected: list[str], found: Found) -> None:
    """Two numbers in a row, labels, trunk zeros and national prefixes are read as people write them."""
    assert [value for _, value in found(text, "phone", country)] == expected


def test_an_unassigned_number_is_kept_as_not_valid(found: Found) -> None:
    """A possible number with `+` that no plan assigns is a row that says so."""
    assert found("+1 555 555 0100", "phone", valid=False) == [("+1 555 555 0100", "+15555550100")]
