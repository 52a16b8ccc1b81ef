"""One hand-made world with every kind of evidence, on both engines, with the links that must come of it."""

from __future__ import annotations

import pytest

NOON = 1_750_000_000_000_000
MINUTE, DAY = 60_000_000, 86_400_000_000


def world(held):
    """a1-a2 share an e-mail, a2-a3 are stated as linked, b1-b2 share device and file, c1-c2 an address alone,
    d1-d2 a number that d2 only mentions to d1, e00 to e24 a help desk's e-mail; e00-e01 a handle beside it. f1-f2
    and g1-g2 are two groups with one name and one address between them; h1-h2 share a phone, and are other people;
    i1-i2 were judged one hand, and i1 has a name and a user name of h1; j1-j2 share an e-mail and were judged two,
    j3 shares it too. k1 and k2 kept an address, which k3 passed through; all who are named live in one home."""
    capture = {"table_name": "captures", "field": "ip"}
    selectors = [
        held("a1", "email", "kim@example.org"),
        held("a2", "email", "kim@example.org"),
        held("b1", "device", "ab12"),
        held("b2", "device", "ab12"),
        held("c1", "ipv6", "2001:db8:0:7::1", record_id="cap1", at=NOON, **capture),
        held("c2", "ipv6", "2001:db8:0:7::2", record_id="cap2", at=NOON + MINUTE, **capture),
        held("c3", "ipv4", "192.0.2.1", record_id="cap3", at=NOON, **capture),
        held("c4", "ipv4", "192.0.2.1", record_id="cap4", at=NOON - 40 * DAY, **capture),
        *(held("k1", "ipv4", "192.0.2.9", at=NOON + day * DAY, **capture) for day in (0, 2, *range(20, 30))),
        *(held("k2", "ipv4", "192.0.2.9", at=NOON + day * DAY, **capture) for day in (50, 60)),
        *(held("k3", "ipv4", f"192.0.2.{8 + day}", at=NOON + day * DAY, **capture) for day in (1, 2)),
        held("d1", "phone", "+15550100"),
        held("d2", "phone", "+15550100", table_name="messages", role="sender"),
        held("e00", "handle", "chat:+15550123"),
        held("e01", "handle", "chat:+15550123"),
        held("e00", "phone", "+15550123"),
        held("e01", "phone", "+15550123"),
        *(held(f"e{n:02d}", "email", "help@example.org") for n in range(25)),
        *(held(name, "esp-id", f"{name[0]}-7") for name in ("f1", "f2", "g1", "g2")),
        *(held(name, "ipv4", "198.51.100.7", **capture) for name in ("f2", "g2")),
        *(held(name, "phone", "+15550177") for name in ("h1", "h2")),
        *(held(name, "handle", f"{name}:Kim_Bela{name[1]}") for name in ("i1", "h1")),
        *(held(name, "email", "shared@example.org") for name in ("j1", "j2", "j3")),
    ]
    files = [{"file_id": f"f{n}", "report_id": f"r{n}", "account_id": f"b{n}"} for n in (1, 2)]
    return {
        "selectors": selectors,
        "captures": [{"capture_id": f"cap{n}", "port": 40_000 if n < 3 else None} for n in (1, 2, 3, 4)],
        "accounts": [
            {"account_id": account, "report_id": report, "role": "reported"}
            for account, report in (("a1", "r1"), ("a3", "r2"), ("b1", "r3"), ("b2", "r4"), ("d1", "r5"), ("d1", "r6"))
        ]
        + [{"account_id": name, "role": "recipient", "display_name": "Kim Lee"} for name in ("i1", "i2")],
        "reports": [{"report_id": f"r{n}"} for n in range(1, 8)],
        "persons": [
            {
                "person_id": f"p-{account}",
                "account_id": account,
                "name": name,
                "date_of_birth": born,
                "address": "1 Elm St",
            }
            for account, name, born in (
                ("f1", "José Lee", None),
                ("g1", "LEE, Jose", None),
                ("h1", "Kim Lee", "1988-04-05"),
                ("h2", "Ann Ray", "1990-01-02"),
            )
        ],
        "judgements": [
            {"decision_id": 1, "kind": "same", "a": "i1", "b": "i2"},
            {"decision_id": 2, "kind": "not-same", "a": "j1", "b": "j2"},
        ],
        "files": files,
        "file_hashes": [
            {**row, "hash_type": kind, "value": kind * 4, "valid": True} for row in files for kind in ("md5", "sha1")
        ],
        "associations": [
            {
                "association_id": "s1",
                "kind": "associated-account",
                "value": "Linked",
                "account_id": "a3",
                "other_account_id": "a2",
            },
            {"association_id": "s2", "kind": "group", "value": "lanterns", "account_id": "c1"},
            {"association_id": "s3", "kind": "group", "value": "lanterns", "account_id": "d2"},
            {"association_id": "s4", "kind": "prior-report", "value": "5", "report_id": "r7", "other_report_id": "r5"},
        ],
        "participants": [{"conversation_id": "k1", "account_id": name} for name in ("d1", "d2", "c1")],
    }


EXPECTED = {
    ("a1", "a2"): True,
    ("a2", "a3"): True,
    ("b1", "b2"): True,
    ("c1", "c2"): False,
    ("c3", "c4"): False,
    ("c1", "d2"): False,
    ("e00", "e01"): True,
    ("f1", "f2"): True,
    ("f1", "g1"): True,
    ("f2", "g2"): False,
    ("g1", "g2"): True,
    ("h1", "h2"): False,
    ("h1", "i1"): True,
    ("i1", "i2"): True,
    ("j1", "j2"): False,
    ("j1", "j3"): True,
    ("j2", "j3"): False,
    ("k1", "k2"): False,
    ("k1", "k3"): False,
    ("k2", "k3"): False,
}


def test_world_links_as_intended(linker, held):
    """Exactly the intended pairs are linked, those strong enough are actors, their reports proposals."""
    found = linker(**world(held))
    assert {(row["a"], row["b"]): row["joins"] for row in found["links"]} == EXPECTED
    actors = {row["account_id"]: row["actor_id"] for row in found["actors"]}
    assert {name: actor for name, actor in actors.items() if name != actor} == {
        "a2": "a1",
        "a3": "a1",
        "b2": "b1",
        "e01": "e00",
        "f2": "f1",
        "g1": "f1",
        "g2": "f1",
        "i1": "h1",
        "i2": "h1",
        "j3": "j1",
    }
    assert {row["report_id"]: row["proposal_id"] for row in found["proposals"]} == {
        "r1": "r1",
        "r2": "r1",
        "r3": "r3",
        "r4": "r3",
        "r5": "r5",
        "r6": "r5",
        "r7": "r7",
    }


@pytest.mark.spark
@pytest.mark.slow
def test_both_engines_give_equal_rows(linker, spark_linker, held):
    """Every table that linking writes is equal on DuckDB and Spark, bit for bit."""
    rows = world(held)
    assert spark_linker(**rows) == linker(**rows)
