"""What a detector is: named steps that end in one table of findings."""

from __future__ import annotations

from dataclasses import dataclass

from tanglaw.engine.steps import Sql, Step

# Columns of a detector's last step; the stage adds detector and finding_id.
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


# Entries of hash lists that their list has not withdrawn; a tombstone without a date withdraws whatever its date.
STANDING = Sql(
    "standing_hashes",
    """
    select e.list_name, e.list_version, e.entry, e.hash_type, e.value, e.category, e.category_model,
        e.votes_for, e.votes_against, e.series
    from hash_entries e
    left join (
        select list_name, entry, max(coalesce(micros(listed_at), 9223372036854775807)) as withdrawn_at
        from hash_entries where withdrawn group by list_name, entry
    ) w on w.list_name = e.list_name and w.entry = e.entry and w.withdrawn_at >= coalesce(micros(e.listed_at), 0)
    where not coalesce(e.withdrawn, false) and w.entry is null and e.value <> ''
    """,
    keep=True,
)
