"""Sites that take coins: URLs of reports by host, and unrelated hosts that carry one rare path as one disguised site.

A pattern is one part of a path (folder or file) with digits as #. It joins hosts where it is long enough, common in no software
(`wp-content` and its like never), and carried by two or more unrelated hosts but by no more than the policy pack allows.
Hosts of platforms, and hosts in very many reports, are passed over. Makes `sites` and `site_evidence` from `selectors`, `reports`
and the policy's numbers. URLs are kept defanged; nothing is ever opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pyarrow as pa

from tanglaw.engine.base import Engine, Given
from tanglaw.engine.steps import Batches, Sql
from tanglaw.ids import Ids
from tanglaw.selectors.base import words
from tanglaw.selectors.platforms import PROFILES

COINS = ("btc", "eth", "tron", "ltc", "bch", "doge", "xmr", "xrp", "sol")
# Parts that software and habit give to paths everywhere.
_COMMON = words(
    """
    index home about contact login logout signin signup register account accounts user users profile profiles member members
    admin administrator wp-admin wp-content wp-includes wp-login wp-json uploads upload download downloads plugins themes
    images image img pictures picture photos photo gallery galleries album albums media video videos watch embed player
    files file static assets public content contents category categories tag tags topic topics thread threads forum forums
    viewtopic viewforum showthread showtopic posts post article articles news blog blogs page pages search results sitemap
    privacy terms policy help support faq default main welcome products product shop store cart checkout payment payments
    order orders channel channels playlist group groups messages message invite invites joinchat share shared folder folders
    attachments attachment thumbnail thumbnails javascript scripts styles stylesheet stylesheets fonts cgi-bin robots favicon
    community communities comments
    """
)
_DIGITS = re.compile("[0-9]+")
_ENDING = re.compile(r"\.[a-z0-9]{1,5}\Z")
_WORD = re.compile(r"[a-z0-9._~+-]{1,80}\Z")
_URL = re.compile(r"([a-z][a-z0-9+.-]*)://(?:[^/?#@]*@)?([^/?#:]+|\[[^\]]*\])(?::[0-9]+)?([^?#]*)", re.IGNORECASE)
_SCHEME = re.compile("(?:http|ftp)(?=s?:)", re.IGNORECASE)
_PARTED = pa.schema(
    [(name, pa.string()) for name in ("value", "url", "host", "shown", "base", "part", "site_id")]
    + [("letters", pa.int64())]
)


def defanged(text: str) -> str:
    """A URL or host that nothing turns into a link: hxxp for http, also behind the host, and [.] for each dot of the host."""
    found = _URL.match(text)
    start, end = found.span(2) if found else (0, len(text))
    broken = text[:start] + text[start:end].replace(".", "[.]") + text[end:]
    return _SCHEME.sub(lambda one: one[0].lower().replace("tt", "xx").replace("ft", "fx"), broken)


def _base(host: str) -> str:
    """What hosts of one owner share: the last two labels, three under a short second level as in co.uk; an IP address whole."""
    labels = host.split(".")
    if host.startswith("[") or labels[-1].isdigit() or len(labels) < 3:
        return host
    short = len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if short else -2 :])


def _parts(path: str) -> Iterator[str]:
    """Parts of a path that may tell a site, digits as #."""
    for raw in path.lower().split("/"):
        bare = _ENDING.sub("", raw)
        if raw in _COMMON or bare in _COMMON or not _WORD.match(raw):
            continue
        yield _DIGITS.sub("#", raw)


def parted(ids: Ids, batch: pa.RecordBatch) -> pa.RecordBatch:
    """One row for each URL and part of its path, and one without a part; URLs of platforms have none."""
    rows = []
    for value in batch.column("value").to_pylist():
        found = _URL.match(value)
        host = found[2].lower() if found else ""
        if found is None or PROFILES.keys() & {host.removeprefix("www."), _base(host)}:
            continue
        known = (value, defanged(value), host, defanged(host), _base(host))
        rows.append((*known, "", ids.of("site", "host", host), 0))
        for part in sorted(set(_parts(found[3]))):
            rows.append((*known, part, ids.of("site", "pattern", part), sum(c.isalpha() for c in part)))
    columns = zip(*rows, strict=True) if rows else [[] for _ in _PARTED]
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, _PARTED, strict=True)]
    return pa.record_batch(arrays, schema=_PARTED)


_NUMBER = "(select max(number) from policy_numbers where name = 'sites.{}')"
STEPS = (
    Sql(
        "site_rows",
        """
        select distinct s.report_id, s.value, s.record_id, coalesce(r.incident_at, r.received_at) as seen_at
        from selectors s
        left join reports r on r.report_id = s.report_id
        where s.type = 'url' and coalesce(s.valid, false) and s.report_id is not null and coalesce(s.role, '') <> 'reporter'
        """,
        keep=True,
    ),
    Sql(
        # Hosts that everybody uses are no site of anybody's.
        "site_parts",
        f"""
        select u.* from site_urls u
        join (
            select p.base from (select distinct value, base from site_urls) p
            join site_rows r on r.value = p.value
            group by p.base having count(distinct r.report_id) <= {_NUMBER.format("host_reports_max")}
        ) b on b.base = u.base
        """,
        keep=True,
    ),
    Sql(
        "site_patterns",
        f"""
        select part, count(distinct base) as hosts from site_parts
        where part <> '' and letters >= {_NUMBER.format("part_letters_min")}
        group by part
        having count(distinct base) between 2 and {_NUMBER.format("hosts_max")}
        """,
        keep=True,
    ),
    Sql(
        # The longest telling part names the site of a URL; a URL without one belongs to its host.
        "site_of_url",
        """
        select value, url, host, shown, base, part, site_id
        from (
            select u.*, row_number() over (
                partition by u.value order by case when p.part is null then 1 else 0 end nulls last,
                    u.letters desc nulls last, u.part nulls last) as place
            from site_parts u
            left join site_patterns p on p.part = u.part
            where u.part = '' or p.part is not null
        ) x
        where place = 1
        """,
        keep=True,
    ),
    Sql(
        "site_named",
        """
        select s.site_id, s.part, s.shown, s.base, s.url, r.report_id, r.record_id, r.seen_at
        from site_rows r
        join site_of_url s on s.value = r.value
        """,
        keep=True,
    ),
    Sql(
        "site_coins",
        f"""
        select distinct n.site_id, n.report_id, s.type, s.value, s.record_id, n.seen_at
        from (select distinct site_id, report_id, seen_at from site_named) n
        join selectors s on s.report_id = n.report_id
        where s.type in ({", ".join(f"'{name}'" for name in COINS)}) and coalesce(s.valid, false)
            and coalesce(s.role, '') <> 'reporter'
        """,
        keep=True,
    ),
    Sql(
        "site_addresses",
        """
        select site_id, joined(said) as addresses, count(*) as address_count
        from (
            select site_id, type || ' ' || value || case when min(seen_at) is null then ''
                else ' (' || iso_day(min(seen_at)) || ' to ' || iso_day(max(seen_at)) || ')' end as said
            from site_coins group by site_id, type, value
        ) x
        group by site_id
        """,
    ),
    Sql(
        "sites",
        """
        select n.site_id, nullif(n.part, '') as pattern, n.hosts, n.host_count,
            case when n.part = '' then cast(null as double)
                else cast(cast(floor(n.host_count * 1000000e0 / nullif(w.hosts, 0) + 0.5e0) as bigint) as double) / 1000000
                end as host_share,
            n.reports, n.first_seen, n.last_seen, a.addresses, coalesce(a.address_count, 0) as address_count
        from (
            select site_id, part, joined_distinct(shown) as hosts, count(distinct base) as host_count,
                count(distinct report_id) as reports, min(seen_at) as first_seen, max(seen_at) as last_seen
            from site_named group by site_id, part
        ) n
        cross join (select count(distinct base) as hosts from site_urls) w
        left join site_addresses a on a.site_id = n.site_id
        where a.site_id is not null or n.host_count > 1
        """,
        keep=True,
    ),
    Sql(
        "site_evidence",
        """
        select n.site_id, n.report_id, 'url' as kind, n.url as value, n.record_id, min(n.seen_at) as seen_at
        from site_named n
        join sites s on s.site_id = n.site_id
        group by n.site_id, n.report_id, n.url, n.record_id
        union all
        select c.site_id, c.report_id, c.type as kind, c.value, c.record_id, min(c.seen_at) as seen_at
        from site_coins c
        join sites s on s.site_id = c.site_id
        group by c.site_id, c.report_id, c.type, c.value, c.record_id
        """,
        keep=True,
    ),
)
_VALUES = Sql("site_values", "select distinct value from site_rows", keep=True)


def run(engine: Engine, given: Given) -> None:
    """Make what the module's docstring names."""
    engine.run(STEPS[0])
    engine.run(_VALUES)
    engine.run(Batches("site_urls", "site_values", partial(parted, given.ids), _PARTED))
    for step in STEPS[1:]:
        engine.run(step)
