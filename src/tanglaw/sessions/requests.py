"""Which holder keeps which log about a party of a shown session, and until when, by the pack's retention table.

What people recorded of a request (sent, answered, lapsed) counts while the window that was asked for covers the one wanted.
"""

from __future__ import annotations

from functools import partial

import pyarrow as pa

from tanglaw.engine.base import Engine, Given
from tanglaw.engine.steps import Batches, Sql
from tanglaw.ids import Ids
from tanglaw.sessions.pairs import DAY

_TEXT = pa.string()
_COLUMNS: list[tuple[str, pa.DataType]] = [("r", pa.int64()), ("request_id", _TEXT)]
_KEYED = pa.schema(_COLUMNS)

STEPS = (
    Sql(
        # Of several accounts of a hand: those that the traces of its sessions name.
        "ses_windows",
        f"""
        select n, min(start) - {DAY} as from_ts, max(finish) + {DAY} as to_ts, count(distinct session_id) as sessions from (
            select p.n, p.session_id, micros(l.start_at) as start, micros(l.end_at) as finish
            from ses_parts p join ses_listed l on l.session_id = p.session_id
        ) w
        group by n
        """,
        keep=True,
    ),
    Sql(
        "ses_places",
        """
        select account_id, min(platform) as platform, min(country) as country from (
            select account_id, platform, country from known_accounts
            union all
            select account_id, cast(null as varchar) as platform, country from persons where account_id is not null
        ) a
        group by account_id
        """,
        keep=True,
    ),
    Sql(
        "ses_financial",
        """
        select distinct account_id from (
            select from_account_id as account_id from known_payments union select to_account_id from known_payments
        ) p
        where account_id is not null
        """,
    ),
    Sql(
        "ses_logs",
        """
        select coalesce(a.platform, 'service not stated') as holder,
            case when f.account_id is not null then 'financial' else 'esp-content' end as kind,
            case when f.account_id is not null then 'payments and identification of the holder'
                else 'log-ins with address and port, calls, messages'' times, holder' end as data,
            s.account_id, w.from_ts, w.to_ts, w.to_ts as newest, w.sessions, a.country
        from ses_windows w
        join ses_parties s on s.n = w.n
        left join ses_places a on a.account_id = s.account_id
        left join ses_financial f on f.account_id = s.account_id
        union all
        select 'carrier of ' || c.ip as holder, 'isp-ip-log' as kind,
            'subscriber of ' || c.ip || case when c.port is null then ', port not stated' else ' port '
                || cast(c.port as varchar) end || ' at ' || iso_second(c.at) as data,
            s.account_id, micros(c.at) as from_ts, micros(c.at) as to_ts, micros(c.at) as newest,
            w.sessions, a.country
        from ses_windows w
        join ses_parties s on s.n = w.n
        join captures c on c.account_id = s.account_id
        left join ses_places a on a.account_id = s.account_id
        where c.at is not null and c.ip is not null and c.ip <> '' and micros(c.at) between w.from_ts and w.to_ts
        """,
    ),
    Sql(
        "ses_kept_days",
        f"""
        select l.holder, l.kind, l.data, l.account_id, l.from_ts, l.to_ts, l.sessions,
            coalesce(c.days, d.days) as days, coalesce(c.source, d.source) as source,
            l.newest + coalesce(c.days, d.days) * {DAY} as due, micros(r.as_of) as now
        from ses_logs l
        cross join run_facts r
        left join policy_retention c on c.country = l.country and c.holder = l.kind
        left join policy_retention d on d.country = '*' and d.holder = l.kind
        where coalesce(c.days, d.days) is not null
        """,
    ),
    Sql(
        "ses_wanted",
        """
        select holder, data, account_id, min(from_ts) as from_ts, max(to_ts) as to_ts, min(due) as due, max(now) as now,
            max(sessions) as sessions, min(source) as source,
            row_number() over (order by holder nulls last, data nulls last, account_id nulls last) as r
        from ses_kept_days
        group by holder, data, account_id
        """,
        keep=True,
    ),
)


LAST = (
    Sql(
        "ses_recorded",
        """
        select i.request_id, min(case when k.kind = 'sent' then micros(k.happened_at) end) as sent,
            min(case when k.kind = 'answered' then micros(k.happened_at) end) as answered,
            max(case when k.kind = 'lapsed' then 1 else 0 end) as gone
        from request_records k
        join ses_request_ids i on i.request_id = k.request_id
        join ses_wanted w on w.r = i.r
        where micros(k.covers_from) <= w.from_ts and micros(k.covers_to) >= w.to_ts
        group by i.request_id
        """,
    ),
    Sql(
        "requests",
        """
        select request_id, holder, data, case when lapsed then 'none' else 'preservation request' end as instrument, account_id,
            from_at, to_at, sent, due, answered, lapsed, sessions, source
        from (
            select i.request_id, w.holder, w.data, w.account_id, from_micros(w.from_ts) as from_at,
                from_micros(w.to_ts) as to_at, from_micros(k.sent) as sent, from_micros(w.due) as due,
                from_micros(k.answered) as answered, coalesce(k.gone, 0) = 1
                    or (w.due < w.now and coalesce(k.sent > w.due, true)) as lapsed, w.sessions, w.source
            from ses_wanted w
            join ses_request_ids i on i.r = w.r
            left join ses_recorded k on k.request_id = i.request_id
        ) r
        """,
        keep=True,
    ),
)


def keyed(batch: pa.RecordBatch, ids: Ids) -> pa.RecordBatch:
    """The keyed id of each request."""
    columns = ("holder", "data", "account_id")
    parts = zip(*(batch.column(name).to_pylist() for name in columns), strict=True)
    return pa.record_batch(
        [batch.column("r"), pa.array([ids.of("request", *row) for row in parts], _TEXT)], schema=_KEYED
    )


def run(engine: Engine, given: Given) -> None:
    """Make `requests`. `sent` and `answered` are what people recorded."""
    for step in STEPS:
        engine.run(step)
    engine.run(Batches("ses_request_ids", "ses_wanted", partial(keyed, ids=given.ids), _KEYED))
    for step in LAST:
        engine.run(step)
