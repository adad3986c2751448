"""Who stands far from the line of his headquarters: on his way to it, told to go there, or far beyond it."""

from __future__ import annotations

import pytest

from tests.staff.drawn_war import DAY, HOUR, of_side, orders_to, place, war

WIDE = "\n".join([
    ":R:::R::::::::::::::::::::::::::::R::::R",
    ".A.A.A......................C.C.C....B..",
    *["." * 40] * 3,
])  # fmt: skip
CORPS = {
    "one": {"side": "axis", "formations": "AB"},
    "two": {"side": "axis", "formations": "C"},
    "soviet_hq": {"side": "soviet"},
}
STAND = {"hq": "one", "kind": "defend", "line": [(1, 0), (1, 8)], "start_min": 0}


def test_who_was_put_under_a_corps_yesterday_marches_to_it_and_the_corps_stays_where_it_is():
    session = war(WIDE, days=10, depth=2, led=["axis"], headquarters=CORPS, directives=[STAND])
    session.advance(10 * DAY)
    where = {name: place(session, name)[1] for name in of_side(session, "axis")}
    assert max(where[name] for name in ("a1", "a2", "a3", "b1")) < 15, where
    assert min(where[name] for name in ("c1", "c2", "c3")) > 15, "the others shut the gap"


@pytest.mark.parametrize("names", ["AB", "BA"])
def test_two_groups_without_a_line_each_hold_the_front_they_stand_on(names: str):
    text = WIDE.replace("C", ".").replace("A", "x").replace("B", names[1]).replace("x", names[0])
    corps = {"one": {"side": "axis", "formations": "AB"}, "soviet_hq": {"side": "soviet"}}
    session = war(text, days=6, depth=2, led=["axis"], headquarters=corps)
    session.advance(6 * DAY)
    columns = sorted(place(session, name)[1] for name in of_side(session, "axis"))
    assert columns[0] < 8, columns
    assert columns[-1] > 30, columns


STAFFS = {
    "army": {"side": "axis", "echelon": "army"},
    "corps": {"side": "axis", "formations": "A", "parent": "army"},
}


def test_an_army_does_not_call_back_to_its_old_line_those_whose_attack_is_over_far_ahead():
    text = "\n".join([*[":::"] * 12, "A.A", "..."])
    line = {"hq": "army", "kind": "defend", "line": [(12, 0), (12, 2)], "start_min": 0}
    thrust = {"hq": "corps", "kind": "attack", "axis": [(12, 1), (0, 1)], "start_min": 2 * DAY, "end_min": 9 * DAY}
    session = war(text, days=13, led=["axis"], headquarters=STAFFS, directives=[line, thrust])
    session.advance(9 * DAY)
    names = of_side(session, "axis")
    assert max(place(session, name)[0] for name in names) <= 4, "they were meant to get to the other end"
    session.advance(13 * DAY)
    assert max(place(session, name)[0] for name in names) <= 4
    assert "REAR_LINE" not in {reason.name for name in names for _, _, _, reason in orders_to(session, name)}


@pytest.mark.parametrize(("stands", "line"), [(3, 38), (41, 14)])
def test_a_line_that_was_ordered_behind_the_front_is_manned_however_long_the_march(stands: int, line: int):
    rows = [":R:::", *["....."] * 42]
    rows[stands] = "A.A.A"
    others = {"others": {"side": "axis", "formations": "B"}, "corps": {"side": "axis", "formations": "A"},
              "soviet_hq": {"side": "soviet"}}  # fmt: skip
    rows[1] = "B.B.B"
    told = {"hq": "corps", "kind": "defend", "line": [(line, 0), (line, 4)], "start_min": 12 * HOUR}
    session = war("\n".join(rows), days=14, led=["axis"], headquarters=others, directives=[told])
    session.advance(14 * DAY)
    where = [place(session, name)[0] for name in ("a1", "a2", "a3")]
    assert max(abs(row - line) for row in where) <= 3, where
