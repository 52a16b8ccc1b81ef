"""Names and handles with a slip: found, told as near, and never taken for the name itself."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from tanglaw.lookups.desk.near import LEAST, LONGEST, PARTS, keys, near
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.state import desk
from tests.workbench.conftest import LogIn

names = st.text("abcdefgh_0123é", min_size=LEAST, max_size=20)


def lying_under(name: str) -> set[str]:
    """The keys under which a name lies, said anew: three parts, the later ones longer."""
    base, more = divmod(len(name), PARTS)
    sizes = [base + (part >= PARTS - more) for part in range(PARTS)]
    starts = [sum(sizes[:part]) for part in range(PARTS)]
    return {f"{len(name)}:{part}:{name[start : start + sizes[part]]}" for part, start in enumerate(starts)}


def slipped(name: str, at: int, how: str, sign: str) -> str:
    """The name with one slip."""
    if how == "swap":
        return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]
    if how == "drop":
        return name[:at] + name[at + 1 :]
    return name[:at] + sign + name[at + (how == "change") :]


@given(names, st.integers(0, 19), st.sampled_from(("swap", "drop", "add", "change")), st.sampled_from("abz9"))
def test_one_slip_always_leaves_a_part_to_find_it_by(name: str, at: int, how: str, sign: str) -> None:
    """A sign changed, added, left out or swapped with its neighbour, anywhere: the name lies under a key that is asked for."""
    typed = slipped(name, at % len(name), how, sign)
    assume(LEAST <= len(typed) <= LONGEST)
    assert lying_under(name) & set(keys(typed))


@given(st.text("abcdefgh_0123", min_size=8, max_size=20), st.tuples(st.integers(0, 19), st.integers(0, 19)))
def test_two_changed_signs_leave_a_part_too(name: str, places: tuple[int, int]) -> None:
    """With two signs changed in a longer name one of its three parts is as it was."""
    typed = name
    for at in places:
        typed = slipped(typed, at % len(name), "change", "z")
    assert lying_under(name) & set(keys(typed))


def test_the_shelf_cuts_as_the_question_does(served: Workspace) -> None:
    """Each name on the shelf lies under its three parts, save those that too many share."""
    for row in desk().run.shelf.rows("select name, list(key) as keys from near group by name order by name limit 300"):
        assert set(row["keys"]) <= lying_under(row["name"]), row["name"]


def test_a_slip_is_found_and_the_name_itself_is_not_near(served: Workspace) -> None:
    """Nearest first, with how far; what is equal is no near name, and short or endless texts have none."""
    shelf = desk().run.shelf
    row = shelf.rows("select name from near where length(name) >= 9 order by name limit 1")[0]
    name = row["name"]
    for typed in (f"{name[:3]}{name[4:]}", f"{name[1]}{name[0]}{name[2:]}", f"{name}q"):
        found = near(shelf, typed)
        assert name in [one["name"] for one in found if one["distance"] == 1], typed
        assert typed not in [one["name"] for one in found]
    assert name not in [one["name"] for one in near(shelf, name)]
    assert near(shelf, "abc") == near(shelf, "x" * 65) == near(shelf, "") == []
    assert near(shelf, "' or 1=1 {these} --") == []


def test_the_page_says_that_near_is_not_the_same(log_in: LogIn) -> None:
    """A slip shows what is near in a list of its own that leads to a search for it; names of people are found too."""
    client = log_in("analyst")
    shelf = desk().run.shelf
    name = shelf.rows("select name from near where length(name) >= 9 and name not like '% %' order by name limit 1")[0][
        "name"
    ]
    text = client.get("/search/", {"q": f"{name}q"}).content.decode()
    assert "Near it" in text
    assert f"?q={name}" in text
    person = shelf.rows("select * from occurrences where type = 'name' and report_id is not null order by all limit 1")[
        0
    ]
    assert (
        f"/report/{person['report_id']}/" in client.get("/search/", {"q": person["original"].upper()}).content.decode()
    )
