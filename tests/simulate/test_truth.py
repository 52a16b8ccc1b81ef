"""The truth agrees with the files, and what is hidden cannot be read from who somebody is."""

from __future__ import annotations

import json
import re
from collections import defaultdict

import numpy as np

from tanglaw.simulate.danger import SIGNS, danger_of, shows
from tanglaw.simulate.dice import Dice


def test_every_report_in_the_inbox_has_a_truth(small) -> None:
    """Each report number of a file stands in the truth, and each number of the truth in a file."""
    written = {name.split("/")[0] for name, _ in small.documents()}
    written |= {str(report["reportId"]) for report in small.police()}
    assert written == {row["report_number"] for row in small.truth("reports") if row["channel"] != "hotline"}


def test_the_folder_bears_the_number_of_its_file_details(small) -> None:
    """fileDetails state the number of the folder that they lie in."""
    for name, data in small.documents():
        if "fileDetails" in name:
            assert f"<reportId>{name.split('/')[0]}</reportId>".encode() in data


def test_every_stated_account_has_a_hand(small) -> None:
    """The identifier of each account in reports and tables is in accounts.csv; the handle where there is none."""
    known = {row["identifier"] for row in small.truth("accounts")}
    for name, data in small.documents():
        if not name.endswith("report.xml"):
            continue
        for block in re.findall(r"<(?:personOrUserReported|victim|intendedRecipient)>.*?</", data.decode(), re.S):
            assert block
        for tag in ("personOrUserReported", "victim", "intendedRecipient", "associatedAccount"):
            for block in re.findall(rf"<{tag}(?: type=\"[^\"]*\")?>(.*?)</{tag}>", data.decode(), re.S):
                own = block.split("<associatedAccount")[0]
                stated = re.search(r"<espIdentifier>(.*?)<", own)
                handle = re.search(r"<screenName>(.*?)<", own)
                assert stated or handle
                assert (stated[1] if stated else handle[1].casefold()) in known
    for row in small.table("payments/*.csv"):
        assert {row["sender_account"], row["receiver_account"]} <= known
    assert {row["account"] for row in small.table("records/logins.csv")} <= known
    assert {row["account"] for row in small.table("records/subscribers.csv")} <= known
    assert {row[side] for row in small.table("records/calls.csv") for side in ("caller", "callee")} <= known


def test_an_identifier_has_one_hand(middle) -> None:
    """On one platform an identifier belongs to one actor only."""
    rows = middle.truth("accounts")
    hands = defaultdict(set)
    for row in rows:
        hands[row["platform"], row["identifier"].casefold()].add(row["actor"])
    assert {len(found) for found in hands.values()} == {1}
    assert len({(row["platform"], row["identifier"]) for row in rows}) == len(rows)


def test_some_actors_come_back_over_other_services(middle) -> None:
    """Several hundred actors hold accounts on more than one service."""
    services = defaultdict(set)
    for row in middle.truth("accounts"):
        if row["kind"] == "esp-id":
            services[row["actor"]].add(row["platform"])
    assert sum(len(found) > 1 for found in services.values()) > 300


def test_sessions_name_payments_that_exist(middle) -> None:
    """Each session is paid by payments of its buyer to its seller or arranger."""
    payments = {row["reference"]: row for row in middle.truth("payments")}
    for row in middle.truth("sessions"):
        assert row["start"] < row["end"]
        for reference in row["payments"].split():
            payment = payments[reference]
            assert payment["kind"] == "session"
            assert payment["sender"] == row["buyer"]
            assert payment["receiver"] in (row["seller"], row["facilitator"]) or len(row["payments"].split()) > 1


def test_references_do_not_tell_the_kind(middle) -> None:
    """The numbers in references of sessions lie like those of all others."""
    numbers = defaultdict(list)
    for row in middle.truth("payments"):
        numbers[row["kind"] == "session"].append(int(row["reference"][2:10]))
    for quantile in (0.25, 0.5, 0.75):
        mine, rest = np.quantile(numbers[True], quantile), np.quantile(numbers[False], quantile)
        assert abs(mine - rest) < 400_000


def test_planted_selectors_are_where_the_truth_says(small) -> None:
    """Path, place in the file and offsets in code points lead to the selector as written."""
    texts = dict(small.chat_texts())
    plants = small.truth("selectors")
    assert len(plants) > 60
    for row in plants:
        message = texts[row["path"]][int(row["source_index"])]
        assert message[int(row["start"]) : int(row["end"])] == row["original"], row["path"]
    assert {"email", "phone", "handle", "url", "reference"} <= {row["type"] for row in plants}


def test_danger_is_independent_of_country_and_birth(middle) -> None:
    """Mean true danger differs between countries and between ages by no more than chance."""
    danger = {row["report_number"]: float(row["danger_true"]) for row in middle.truth("reports")}
    groups = defaultdict(list)
    for name, data in middle.documents():
        if name.endswith("report.xml"):
            text = data.decode()
            country = re.search(r"<countryCode>(..)<", text)
            birth = re.search(r"<dateOfBirth>(\d{3})", text)
            groups[country[1] if country else ""].append(danger[name.split("/")[0]])
            groups[birth[1] if birth else ""].append(danger[name.split("/")[0]])
    every = np.array(list(danger.values()))
    for name, values in groups.items():
        if len(values) >= 60:
            assert abs(np.mean(values) - every.mean()) < 4.5 * every.std() / np.sqrt(len(values)), name


def test_only_the_top_is_dangerous(middle) -> None:
    """2 % of the reports are dangerous, those with the highest hidden value."""
    rows = [row for row in middle.truth("reports") if row["channel"] != "hotline"]
    top = [float(row["danger_true"]) for row in rows if row["dangerous"] == "1"]
    rest = [float(row["danger_true"]) for row in rows if row["dangerous"] == "0"]
    assert len(top) == round(0.02 * len(rows))
    assert min(top) >= max(rest)
    assert np.mean(rest) < 0.1


def test_signs_are_noisy() -> None:
    """Every sign appears more often where danger is higher, never always and never only there."""
    dice = Dice(1, "signs")
    for sign in SIGNS:
        low, high = (np.mean([shows(sign, latent, dice) for _ in range(60_000)]) for latent in (0.0, 3.0))
        assert low < high < 0.95, sign


def test_danger_rises_with_the_latent() -> None:
    """The truth is between 0 and 1 and rises with the hidden variable."""
    values = [danger_of(latent) for latent in (-3, -1, 0, 1, 2, 3, 5)]
    assert values == sorted(values)
    assert 0 < values[0] < values[-1] < 1


def test_visible_signs_tell_something_but_not_all(middle) -> None:
    """Reports with a sign of danger are more dangerous on average, and most dangerous reports show none."""
    danger = {row["report_number"]: float(row["danger_true"]) for row in middle.truth("reports")}
    with_sign, without = [], []
    signs = re.compile(
        "<(?:csamSolicitation|victim|groupIdentifier|escalateToHighPriority|servedLegalProcessDomestic>true)"
    )
    for name, data in middle.documents():
        if name.endswith("report.xml"):
            (with_sign if signs.search(data.decode()) else without).append(danger[name.split("/")[0]])
    assert np.mean(with_sign) > 1.8 * np.mean(without)
    assert sum(value > 0.69 for value in without) > sum(value > 0.69 for value in with_sign)


def test_signs_are_those_the_files_state(small) -> None:
    """What the truth lists as stated stands in the report's files, by the field that its channel has for it."""
    listed = defaultdict(set)
    for row in small.truth("signs"):
        listed[row["sign"]].add(row["report_number"])
    channel = {row["report_number"]: row["channel"] for row in small.truth("reports")}
    stated = defaultdict(set)
    for name, data in small.documents():
        for sign, mark in (
            ("liveStreaming", b"<liveStreaming>"),
            ("earlier", b"<priorCTReports>"),
            ("urgent", b"<escalate"),
        ):
            if mark in data:
                stated[sign].add(name.split("/")[0])
    for report in small.police():
        if '"liveStreaming"' in json.dumps(report):
            stated["liveStreaming"].add(str(report["reportId"]))
    for sign in ("liveStreaming", "earlier", "urgent"):
        assert stated[sign] == listed[sign], sign
    assert {channel[number] for number in listed["child-access"]} <= {"police", "both"}
    assert {channel[number] for number in listed["earlier"]} <= {"xml", "both"}
    assert listed["watched"] and listed["paid"]
    assert {number for numbers in listed.values() for number in numbers} <= set(channel)
