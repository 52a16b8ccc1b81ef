"""The stage: fields that are selectors by their meaning, and texts in which selectors are looked for."""

from __future__ import annotations

from pathlib import Path

from tanglaw.crew import Crew
from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.engine.steps import Batches, Sql
from tanglaw.selectors.fields import Fields
from tanglaw.selectors.scan import Scanner
from tanglaw.selectors.spread import Shared
from tanglaw.selectors.terms import load
from tanglaw.tables import TABLES

_COMMON = "{id} as record_id, '{table}' as table_name, '{field}' as field"

# A phone written without its country is read in the countries that report and account state, by weight: the report
# speaks of the reported account, its persons and accounts may be others.
_COUNTRIES = Sql(
    "report_countries",
    """
    select report_id, joined_distinct(country || ':' || cast(weight as varchar)) as country from (
        select report_id, country, sum(weight) as weight from (
            select distinct report_id, country, 3 as weight from reports
            union all
            select distinct report_id, country, 2 as weight from persons
            union all
            select distinct report_id, country, 2 as weight from accounts
        ) s
        where length(country) = 2 and report_id is not null
        group by report_id, country
    ) c
    group by report_id
    """,
    keep=True,
)
_ACCOUNT_COUNTRIES = Sql(
    "account_countries",
    """
    select account_id, joined_distinct(country || ':2') as country from accounts
    where length(country) = 2 and account_id is not null
    group by account_id
    """,
    keep=True,
)


def _field(
    table: str, key: str, field: str, kind: str, more: str = "", at: str = "from_micros(cast(null as bigint))"
) -> str:
    columns = TABLES[table].names
    # One account stands in many reports: its rows are told apart until each has its selector_id.
    record = f"t.{key}"
    if table == "accounts":
        record = "t.account_id || '|' || coalesce(t.report_id, '') || '|' || coalesce(t.role, '')"
    account = "t.account_id" if "account_id" in columns else "cast(null as varchar)"
    role = "t.role" if "role" in columns else "cast(null as varchar)"
    report = "t.report_id" if "report_id" in columns else "cast(null as varchar)"
    return f"""
    select {_COMMON.format(id=record, table=table, field=field)}, {report} as report_id, {account} as account_id,
        {role} as role, {at} as at, c.country as country, {kind} as type, cast(t.{field} as varchar) as text
    from {table} t
    left join report_countries c on c.report_id = {report}
    where t.{field} is not null {more}
    """


_FIELDS = Sql(
    "selector_fields",
    " union all ".join(
        (
            _field("contacts", "contact_id", "value", "t.kind"),
            _field("captures", "capture_id", "ip", "'ip'", at="t.at"),
            _field("devices", "device_id", "value", "'device:' || lower_ascii(coalesce(t.kind, ''))", at="t.at"),
            _field("accounts", "account_id", "handle", "'handle:' || coalesce(t.platform, '')"),
            _field(
                "accounts",
                "account_id",
                "identifier",
                "t.identifier_kind",
                "and t.identifier_kind in ('phone', 'email')",
            ),
            # Two accounts of one payment share its reference: it is nobody's own.
            _field("payments", "payment_id", "reference", "'remittance'", at="t.paid_at"),
            _field("accounts", "account_id", "profile_url", "'url'", "and not contains(t.profile_url, ' ')"),
            _field(
                "web_pages",
                "page_id",
                "url",
                "'url'",
                "and t.kind in ('web-page', 'profile', 'file-location', 'source')",
            ),
            _field("watch_entries", "watch_id", "value", "t.type"),
        )
    ),
)

_TEXTS = Sql(
    "selector_texts",
    f"""
    select {_COMMON.format(id="t.text_id", table="texts", field="text")}, t.report_id, t.account_id, t.role,
        from_micros(cast(null as bigint)) as at, c.country as country, t.text as text
    from texts t
    left join report_countries c on c.report_id = t.report_id
    where t.text is not null
    union all
    select {
        _COMMON.format(
            id="a.account_id || '|' || coalesce(a.report_id, '') || '|' || coalesce(a.role, '')",
            table="accounts",
            field="profile_url",
        )
    }, a.report_id, a.account_id, a.role,
        from_micros(cast(null as bigint)) as at, cast(null as varchar) as country, a.profile_url as text
    from accounts a
    where contains(a.profile_url, ' ')
    union all
    select {_COMMON.format(id="m.message_id", table="messages", field="text")}, cast(null as varchar) as report_id,
        m.sender_account_id as account_id, 'participant' as role, m.sent_at as at, c.country as country,
        m.text as text
    from messages m
    left join account_countries c on c.account_id = m.sender_account_id
    where m.text is not null and m.text <> ''
    union all
    select {_COMMON.format(id="p.payment_id", table="payments", field="purpose")}, cast(null as varchar) as report_id,
        p.from_account_id as account_id, 'sender' as role, p.paid_at as at, c.country as country,
        p.purpose as text
    from payments p
    left join account_countries c on c.account_id = p.from_account_id
    where p.purpose is not null and p.purpose <> ''
    """,
)

_CORRECTED = {
    "record_id": "case when s.table_name = 'accounts' then s.account_id else s.record_id end",
    "value": "coalesce(k.value, s.value)",
    "valid": "s.valid or k.value is not null",
    "reading": "case when k.value is null then s.reading else 'corrected, decision ' || cast(k.decision_id as varchar) end",
    "likelihood": "case when k.value is null then s.likelihood else 1 end",
}
_COLUMNS = ", ".join(
    f"{_CORRECTED[name]} as {name}" if name in _CORRECTED else f's."{name}"' for name in TABLES["selectors"].names
)
_CURRENT = f"""
    select {_COLUMNS} from {{}} s
    left join corrections k on k.selector_id = s.selector_id
    where coalesce(k.value, '-') <> ''
"""
# What a person corrected counts as corrected; a selector corrected to nothing is none.
_SELECTORS = Sql(
    "selectors", f"{_CURRENT.format('selectors_in_fields')} union all {_CURRENT.format('selectors_in_texts')}"
)


def run(engine: Engine, given: Given) -> None:
    """Make `selectors`."""
    schema = TABLES["selectors"].schema
    terms = load(Path(given.terms_file)) if given.terms_file else None
    for step in (_COUNTRIES, _ACCOUNT_COUNTRIES, _FIELDS, _TEXTS):
        engine.run(step)
    fields, scanner = Fields(given.ids, given.default_country), Scanner(given.ids, given.default_country, terms)
    # Where there is little, the engine's threads do it: a crew starts its processes once the work is worth it.
    with Crew((fields.told, scanner.told), given.workers, scanner.prepare) as crew:
        engine.run(Batches("selectors_in_fields", "selector_fields", Shared(fields, crew), schema))
        engine.run(Batches("selectors_in_texts", "selector_texts", Shared(scanner, crew), schema))
    engine.run(_SELECTORS)


EXTRACTION = Stage(
    "selectors",
    "Finds selectors in fields and in running text, each with its place in the original.",
    (
        "reports",
        "persons",
        "accounts",
        "contacts",
        "captures",
        "devices",
        "web_pages",
        "texts",
        "messages",
        "payments",
        "watch_entries",
        "corrections",
    ),
    ("selectors",),
    run,
)
