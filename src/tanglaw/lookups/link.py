"""Two accounts: are they said to be one hand, what speaks for and against it, and over which links."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tanglaw.engine import Engine
from tanglaw.errors import CheckUsage
from tanglaw.linking import weigh_pair

Rows = list[dict[str, Any]]


@dataclass
class ExplainedLink:
    """`accounts` are the two; `evidence` what they share or state against each other, in bits, by source row;
    `sources` where these rows stand; `path` the links over which they came to one actor, if they did; `judged` the
    decisions on them; `verdict` one sentence."""

    accounts: Rows
    same_actor: bool
    probability: float | None
    bits: float
    prior: float
    evidence: Rows
    sources: Rows
    path: Rows
    judged: Rows
    verdict: str


def account_of(engine: Engine, named: str) -> str:
    """The account_id that is meant: by itself, by its first six digits or more as lists show them, or by
    PLATFORM:IDENTIFIER (or handle). Raises CheckUsage for none and for several."""
    platform, _, name = named.partition(":")
    found = _ask(
        engine,
        "asked_accounts",
        pa.table({"named": [named], "platform": [platform], "name": [name]}),
        """
        select distinct t.account_id from accounts t cross join asked_accounts n
        where t.account_id = n.named
            or (length(n.named) >= 6 and substr(t.account_id, 1, length(n.named)) = n.named) or (t.platform = n.platform
            and n.name <> '' and lower_ascii(n.name) in (lower_ascii(t.identifier), lower_ascii(t.handle)))
        order by t.account_id nulls last
        """,
    )
    if len(found) != 1:
        raise CheckUsage(
            f"{named} is no account here: give an account_id, the six digits it begins with, or PLATFORM:IDENTIFIER"
            if not found
            else f"{named} may be any of {', '.join(row['account_id'] for row in found[:5])}: give more of it"
        )
    return str(found[0]["account_id"])


def explain_link(engine: Engine, a: str, b: str) -> ExplainedLink:
    """Everything about two accounts. The engine has the tables of the last run and the policy's. Raises CheckUsage."""
    one, other = sorted((account_of(engine, a), account_of(engine, b)))
    if one == other:
        raise CheckUsage("both name the same account")
    asked = pa.table({"account_id": [one, other]})
    accounts = _ask(engine, "asked_two", asked, _ACCOUNTS)
    actors = {row["actor_id"] for row in accounts}
    same = len(actors) == 1 and None not in actors
    path = _path(engine, accounts[0]["actor_id"], one, other) if same else []
    judged = _ask(engine, "asked_two", asked, _JUDGED)
    bits, whole = (table.to_pylist() for table in weigh_pair(engine, one, other))
    records = sorted({row[side] for row in bits for side in ("record_a", "record_b") if row[side]})
    total = round(sum(row["bits"] for row in bits), 3)
    found = ExplainedLink(
        accounts,
        same,
        whole[0]["probability"],
        total,
        whole[0]["prior"],
        bits,
        _sources(engine, records),
        path,
        judged,
        "",
    )
    found.verdict = _verdict(found, whole[0])
    return found


_ACCOUNTS = """
    select n.account_id, min(t.platform) as platform, min(t.identifier) as identifier, min(t.handle) as handle,
        min(c.actor_id) as actor_id
    from asked_two n
    left join accounts t on t.account_id = n.account_id
    left join actors c on c.account_id = n.account_id
    group by n.account_id
    order by n.account_id nulls last
"""
_JUDGED = """
    select j.* from judgements j
    join asked_two x on x.account_id = j.a
    join asked_two y on y.account_id = j.b
    order by j.decision_id nulls last
"""


def _ask(engine: Engine, name: str, given: pa.Table, sql: str) -> Rows:
    engine.put(name, given)
    return [dict(row) for row in engine.rows(sql).to_pylist()]


def _path(engine: Engine, actor: str, start: str, goal: str) -> Rows:
    """The fewest links of the actor that lead from one account to the other; ties go to the smaller ids."""
    links = _ask(
        engine,
        "asked_actor",
        pa.table({"actor_id": [actor]}),
        """
        select l.a, l.b, l.bits, l.probability, l.evidence, l.grouped
        from links l
        join actors c on c.account_id = l.a
        join asked_actor n on n.actor_id = c.actor_id
        where l.joins
        order by l.a nulls last, l.b nulls last
        """,
    )
    beside: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for link in links:
        beside.setdefault(link["a"], []).append((link["b"], link))
        beside.setdefault(link["b"], []).append((link["a"], link))
    came: dict[str, tuple[str, dict[str, Any]] | None] = {start: None}
    waiting = deque([start])
    while waiting and goal not in came:
        here = waiting.popleft()
        for there, link in beside.get(here, ()):
            if there not in came:
                came[there] = (here, link)
                waiting.append(there)
    path: Rows = []
    step = came.get(goal)
    while step is not None:
        path.append(step[1])
        step = came[step[0]]
    return path[::-1]


def _sources(engine: Engine, records: list[str]) -> Rows:
    if not records:
        return []
    return _ask(
        engine,
        "asked_records",
        pa.table({"record_id": records}),
        """
        select distinct s.record_id, s.table_name, f.path, f.sha256, s.locator
        from (
            select contact_id as record_id, 'contacts' as table_name, source_id, locator from contacts
            union all select capture_id, 'captures', source_id, locator from captures
            union all select device_id, 'devices', source_id, locator from devices
            union all select person_id, 'persons', source_id, locator from persons
            union all select account_id, 'accounts', source_id, locator from accounts
            union all select file_id, 'files', source_id, locator from files
            union all select text_id, 'texts', source_id, locator from texts
            union all select message_id, 'messages', source_id, locator from messages
            union all select association_id, 'associations', source_id, locator from associations
        ) s
        join asked_records n on n.record_id = s.record_id
        left join sources f on f.source_id = s.source_id and f.format <> 'copy'
        order by s.record_id nulls last, f.path nulls last, s.locator nulls last
        """,
    )


def _verdict(found: ExplainedLink, whole: dict[str, Any]) -> str:
    judged = {row["kind"]: row["decision_id"] for row in found.judged}
    if "not-same" in judged:
        return f"kept apart: decision {judged['not-same']} says that they are not one hand"
    if "same" in judged:
        return f"one actor: decision {judged['same']} says that they are one hand"
    if found.same_actor:
        over = f", over {len(found.path)} links" if len(found.path) > 1 else ""
        return f"one actor{over}"
    missing = f"their evidence adds up to {found.bits:.1f} bits, and chance alone asks for {found.prior:.1f}"
    if not found.evidence:
        return "not linked: they share nothing that is known"
    if found.probability is None:
        return f"not linked: {missing}"
    if found.probability < whole["join_probability"]:
        return f"not joined: {missing}; the policy joins from a probability of {whole['join_probability']:.2f}"
    if not whole["joins"]:
        if any(row["bits"] < 0 for row in found.evidence):
            return (
                "not joined: what they share may be shared by relatives, and what is known of the holders differs; nothing of it"
                " belongs to one hand alone"
            )
        users = max((row["holders"] for row in found.evidence if row["type"] == "ip" and row["bits"] > 0), default=0)
        if users > whole["propose_holders_max"]:
            return (
                f"not joined: about {users:,} accounts use the address that they share, as a carrier's or a VPN's exit is"
                " used, so it counts as no kind of evidence of its own; nothing else of what they share belongs to one hand alone"
            )
        return "not joined: what they share may be shared in a household; nothing of it belongs to one hand alone"
    return "not joined: other accounts of the two groups speak against it, or a decision keeps these apart"
