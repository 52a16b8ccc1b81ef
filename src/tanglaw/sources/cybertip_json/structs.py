"""What a police-side report may hold. Any object may be null, absent or a text such as "N/A", a list may be
wrapped in an object of the same name or not; a key that is not here makes the record take the slow path.
"""

from __future__ import annotations

from typing import Any

import msgspec

Said = str | int | float | bool | None


class Known(msgspec.Struct, forbid_unknown_fields=True, gc=False, rename="camel"):
    """An object all of whose keys are known; field names are the keys in snake case."""


class Value(Known):
    """A text in an object of its own; e-mail addresses and phones say beside it whether they are verified."""

    value: Said = None
    verified: Said = None
    type: Said = None


Values = list[Value | str | None]


class Emails(Known):
    emails: Values | str | None = None


class Phones(Known):
    phones: Values | str | None = None


class Texts(Known):
    additional_informations: Values | str | None = None


class Address(Known):
    street1: Said = None
    street2: Said = None
    city: Said = None
    state: Said = None
    postal_code: Said = None
    country: Said = None
    type: Said = None


class Addresses(Known):
    addresses: list[Address | str | None] | str | None = None


class Capture(Known):
    capture_type: Said = None
    value: Said = None
    date_time: Said = None
    event_name: Said = None
    port: Said = None
    possible_proxy: Said = None


Captures = list[Capture | str | None]


class SourceInformation(Known):
    source_captures: Captures | str | None = None


class Person(Known):
    """A reported person or intended recipient; the last fields are special categories and never kept."""

    first_name: Said = None
    middle_name: Said = None
    last_name: Said = None
    preferred_name: Said = None
    date_of_birth: Said = None
    approximate_age: Said = None
    vehicle_description: Said = None
    vehicle_tag_number: Said = None
    occupation: Said = None
    esp_service: Said = None
    esp_user_id: Said = None
    ip_address: Said = None
    relationship_to_reporter: Said = None
    relationship_to_child_victim: Said = None
    access_to_child_victim: Said = None
    access_to_children: Said = None
    access_to_firearms: Said = None
    convicted_sex_offender: Said = None
    aware_of_report: Said = None
    gang_affiliation: Said = None
    screen_name: Value | str | None = None
    emails: Emails | Values | str | None = None
    phones: Phones | Values | str | None = None
    addresses: Addresses | list[Address | str | None] | str | None = None
    additional_contact_information: Value | Values | str | None = None
    additional_informations: Texts | Values | str | None = None
    source_information: SourceInformation | Captures | str | None = None
    gender: Any = None
    preferred_pronouns: Any = None
    physical_description: Any = None
    languages: Any = None
    races: Any = None
    disabilities: Any = None
    additional_disability_information: Any = None


class ReportedPeople(Known):
    reported_persons: list[Person | str | None] | str | None = None


class Recipients(Known):
    intended_recipients: list[Person | str | None] | str | None = None


class Tags(Known):
    tags: Values | str | None = None
    name: Said = None


class Groups(Known):
    groups: list[Tags | str | None] | str | None = None


class Pair(Known):
    name: Said = None
    value: Said = None


class Metadatas(Known):
    metadatas: list[Pair | str | None] | str | None = None


class File(Known):
    filename: Said = None
    original_filename: Said = None
    submittal_id: Said = None
    verification_hash: Said = None
    viewed_by_esp: Said = None
    industry_classification: Said = None
    ncmec_tags: Groups | list[Tags | str | None] | str | None = None
    source_information: SourceInformation | Captures | str | None = None
    esp_metadata: Metadatas | list[Pair | str | None] | str | None = None
    additional_informations: Texts | Values | str | None = None


class Files(Known):
    uploaded_files: list[File | str | None] | str | None = None


class WebPage(Known):
    source_information: SourceInformation | Captures | str | None = None
    additional_informations: Texts | Values | str | None = None


class Email(Known):
    contents: Values | Value | str | None = None
    source_information: SourceInformation | Captures | str | None = None
    additional_informations: Texts | Values | str | None = None


class Incidents(Known):
    webpage_incident: list[WebPage | str | None] | WebPage | str | None = None
    email_incident: list[Email | str | None] | Email | str | None = None


class Summary(Known):
    incident_type: Said = None
    incident_date_time: Said = None
    incident_date_time_description: Said = None


class Esp(Known):
    esp_name: Said = None
    first_name: Said = None
    last_name: Said = None


class Information(Known):
    reporting_esp: Esp | str | None = None
    incident_summary: Summary | str | None = None
    incident_details: Incidents | str | None = None
    additional_informations: Texts | Values | str | None = None
    reported_people: ReportedPeople | list[Person | str | None] | str | None = None
    intended_recipients: Recipients | list[Person | str | None] | str | None = None
    uploaded_files: Files | list[File | str | None] | str | None = None


class Report(Known):
    """One report."""

    report_id: Said = None
    date_received: Said = None
    reported_information: Information | str | None = None


WITHHELD = (
    "gender",
    "preferred_pronouns",
    "physical_description",
    "languages",
    "races",
    "disabilities",
    "additional_disability_information",
)
