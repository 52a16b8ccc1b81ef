"""Evidence together with what public ledgers add to it: the views `known_payments`, `known_accounts`, `known_selectors`.

A stage writes its own tables; who asks for payments, accounts or selectors wherever they come from reads these. A service stands
between its customers, so that its accounts are neither payer nor payee here, and hold no selectors.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.tables import TABLES
from tanglaw.tables.base import BOOL, FLOAT, INT, TEXT

# What a reader of the views reads.
# What has a view: `known_<name>`.
SEEN = ("payments", "accounts", "selectors")
BEHIND = ("payments", "accounts", "selectors", "chain_payments", "chain_accounts")
_EMPTY = {TEXT: "varchar", INT: "bigint", FLOAT: "double", BOOL: "boolean"}
_SELECTOR_TYPES = "case when network = 'trx' then 'tron' when starts_with(network, 'btc') then 'btc' else network end"


def _columns(table: str, **said: str) -> str:
    """The table's columns in order, from `said` or empty."""
    return ", ".join(
        f'{said.get(column.name) or f"cast(null as {_EMPTY[column.type]})"} as "{column.name}"'
        for column in TABLES[table].columns
        if column.type in _EMPTY or column.name in said
    )


def _named(table: str) -> str:
    return ", ".join(f'"{name}"' for name in TABLES[table].names)


_HANDS = "select account_id from chain_accounts group by account_id having count(service) > 0"
_PAID = ", ".join(
    {"from_account_id": "case when f.account_id is null then p.from_account_id end as from_account_id"}.get(name)
    or {"to_account_id": "case when t.account_id is null then p.to_account_id end as to_account_id"}.get(name)
    or f'p."{name}"'
    for name in TABLES["payments"].names
)
VIEWS = (
    Sql(
        "known_payments",
        f"""
        select {_named("payments")} from payments
        union all
        select {_PAID}
        from chain_payments p
        left join ({_HANDS}) f on f.account_id = p.from_account_id
        left join ({_HANDS}) t on t.account_id = p.to_account_id
        """,
    ),
    Sql(
        "known_accounts",
        f"""
        select {_named("accounts")} from accounts
        union all
        select {
            _columns(
                "accounts",
                account_id="account_id",
                platform="min(platform)",
                identifier="min(identifier)",
                identifier_kind="'account-number'",
                role="'unknown'",
                source_id="min(source_id)",
                locator="min(locator)",
            )
        }
        from chain_accounts group by account_id having count(service) = 0
        """,
    ),
    Sql(
        "known_selectors",
        f"""
        select {_named("selectors")} from selectors
        union all
        select {
            _columns(
                "selectors",
                selector_id="c.account_id || ' ' || c.address",
                type=_SELECTOR_TYPES,
                value="c.address",
                original="c.address",
                record_id="c.account_id",
                table_name="'chain_accounts'",
                field="'address'",
                start="0",
                end="length(c.address)",
                valid="true",
                likelihood="cast(1 as double)",
                account_id="c.account_id",
                role="'unknown'",
                at="from_micros(cast(null as bigint))",
            )
        }
        from chain_accounts c
        anti join ({_HANDS}) s on s.account_id = c.account_id
        """,
    ),
)


def views(engine: Engine) -> None:
    """Make the three views over the tables of BEHIND."""
    for view in VIEWS:
        engine.run(view)
