"""Order, repetition, undo and size: what must not change the result, and what must not blow it up."""

from __future__ import annotations

import random
import time

import pyarrow as pa
import pytest

from tanglaw.tables import TABLES

NOON, DAY = 1_750_000_000_000_000, 86_400_000_000


def small_world(held, seed=3):
    """Sixty accounts that share values, names and births at random, some widely, with four judgements."""
    dice = random.Random(seed)
    names = [f"a{n:02d}" for n in range(60)]
    accounts = [{"account_id": name, "report_id": f"r{dice.randrange(30):02d}", "role": "reported"} for name in names]
    reports = [{"report_id": f"r{n:02d}"} for n in range(30)]
    selectors = [
        held(name, kind, f"{kind}{min(dice.randrange(40), dice.randrange(40))}")
        for name in names
        for kind in ("email", "phone", "handle", "device")
        if dice.random() < 0.6
    ]
    selectors += [held(name, "ipv4", f"192.0.2.{dice.randrange(20)}", table_name="captures") for name in names]
    days = ((name, dice.randrange(20), dice.randrange(9)) for name in names for _ in range(2))
    selectors += [
        held(name, "ipv4", f"192.0.2.{n}", table_name="captures", at=NOON + day * DAY) for name, n, day in days
    ]
    selectors += [held(name, "handle", f"chat:kimbela{dice.randrange(90)}") for name in names if dice.random() < 0.3]
    words = ("Kim", "Ann", "Lee", "Ray", "Bela", "Бела", "Ким")
    persons = [
        {
            "person_id": f"p{name}{n}",
            "account_id": name,
            "name": " ".join(dice.sample(words, 2)),
            "date_of_birth": f"1988-04-{dice.randrange(1, 9):02d}",
            "address": f"{dice.randrange(1, 9)} Mill Road",
        }
        for name in names
        for n in range(dice.randrange(3))
    ]
    judgements = [
        {"decision_id": n, "kind": ("same", "not-same")[n % 2], "a": names[4 * n], "b": names[4 * n + 1 + n]}
        for n in range(4)
    ]
    return {
        "accounts": accounts,
        "reports": reports,
        "selectors": selectors,
        "persons": persons,
        "judgements": judgements,
    }


def test_order_of_rows_does_not_matter(linker, held):
    """The same rows in another order give the same tables."""
    world = small_world(held)
    first = linker(**world)
    assert len({row["actor_id"] for row in first["actors"]}) < 60
    assert {row["grouped"] for row in first["links"]} == {True, False}
    assert {"name", "born", "home", "ip", "skeleton", "other-name", "name-alike", "judged"} <= {
        row["type"] for row in first["link_evidence"]
    }
    shuffled = {name: random.Random(11).sample(rows, len(rows)) for name, rows in world.items()}
    assert linker(**shuffled) == first


def test_second_run_gives_the_same(linker, held):
    """Running again in the same engine, and repeating every selector row, changes nothing."""
    world = small_world(held)
    first = linker(**world)
    assert linker(**world) == first
    assert linker(**world | {"selectors": world["selectors"] * 2}) == first


def test_withdrawn_evidence_leaves_no_trace(linker, held):
    """Taking a selector away gives exactly the state in which it never was."""
    world = small_world(held)
    without = linker(**world)
    bridge = [held("a00", "email", "bridge@example.org"), held("a59", "email", "bridge@example.org")]
    assert linker(**world | {"selectors": world["selectors"] + bridge}) != without
    assert linker(**world) == without


def table(name, **columns):
    """A table of the vocabulary from columns; those left out are empty."""
    length = len(next(iter(columns.values())))
    return pa.table(
        [pa.array(columns.get(f.name, [None] * length), f.type) for f in TABLES[name].schema],
        schema=TABLES[name].schema,
    )


@pytest.mark.slow
def test_hubs_do_not_blow_up(linker):
    """An e-mail of 50,000 accounts, and one report with 100,000 selectors of which 20 others hold most, stay
    linear: no pair comes of the hub, and few of an account's values count."""
    crowd = [f"a{n:05d}" for n in range(50_000)]
    values = [f"+1555{n:07d}" for n in range(100_000)]
    listing = [f"z{n:02d}" for n in range(20)]
    accounts = crowd + [name for name in listing for _ in values]
    total = len(accounts)
    selectors = table(
        "selectors",
        type=["email"] * len(crowd) + ["phone"] * (total - len(crowd)),
        value=["info@example.org"] * len(crowd) + values * len(listing),
        record_id=["r"] * total,
        table_name=["contacts"] * total,
        valid=[True] * total,
        account_id=accounts,
        role=["reported"] * total,
    )
    start = time.perf_counter()
    linker.put(selectors=selectors)
    from_put = time.perf_counter()
    linker.run()
    assert time.perf_counter() - from_put < 60, f"putting took {from_put - start:.0f} s"
    assert linker.count("links") == 190
    assert linker.count("link_evidence") == 190 * 1_000
    assert linker.count("actors") == 50_020


@pytest.mark.slow
def test_many_sightings_stay_linear(linker):
    """Two accounts with 20,000 log-ins each from one address are compared by hours, not log-in by log-in."""
    count = 20_000
    selectors = table(
        "selectors",
        type=["ipv4"] * 2 * count,
        value=["192.0.2.7"] * 2 * count,
        record_id=[f"c{n}" for n in range(2 * count)],
        table_name=["captures"] * 2 * count,
        valid=[True] * 2 * count,
        account_id=["a1"] * count + ["a2"] * count,
        at=[1_750_000_000_000_000 + n * 50_000_000 for n in range(count)] * 2,
    )
    captures = table(
        "captures", capture_id=[f"c{n}" for n in range(2 * count)], port=[1_024 + n % 60_000 for n in range(2 * count)]
    )
    linker.put(selectors=selectors, captures=captures)
    linker.run()
    assert linker.count("link_evidence") == 1
    assert linker.count("link_meetings") < 4 * count * 3
