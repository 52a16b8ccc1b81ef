"""What a detector is: named steps that end in one table of findings."""

from __future__ import annotations

from dataclasses import dataclass

from tanglaw.engine.steps import Sql, Step

# Columns of a detector's last step; the stage adds detector and finding_id. A finding whose criterion is empty is
# shown and counts for nothing.
FOUND = ("report_id", "account_id", "subject", "criterion", "outcome", "reason", "lane", "due_at", "evidence")
NO_TEXT = "cast(null as varchar)"
NO_TIME = "from_micros(cast(null as bigint))"


@dataclass(frozen=True, slots=True)
class Detector:
    """One detector. `sentence` is what the analyst reads about it (its module's docstring); the last of `steps`
    is named `found_<name>` and has the columns FOUND, in any order. Every finding names its evidence rows."""

    name: str
    sentence: str
    reads: tuple[str, ...]
    steps: tuple[Step, ...]


# Over `captures c`: the time of the event is known to the second, as far as its text shows.
TO_THE_SECOND = (
    "(c.at is not null and (c.at_original is null"
    " or regexp_matches(c.at_original, '[0-9]:[0-9][0-9]:[0-9][0-9]|[T ][0-9]{6}|[0-9]{9}')))"
)

# What open cases watch for, as selectors. A watched link also names a host and an account: its account is watched,
# the host, which thousands share, is not.
WATCHED = Sql(
    "watched_values",
    """
    select distinct s.type, s.value, w.watch_id, w.case_number, w.placed_by
    from selectors s
    join watch_entries w on w.watch_id = s.record_id
    cross join run_facts r
    where s.table_name = 'watch_entries' and s.value <> '' and (s.type <> 'domain' or w.type = 'domain')
        and (w.expires_at is null or w.expires_at >= r.as_of)
    """,
    keep=True,
)
