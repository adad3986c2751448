"""Who stands far from the others of his headquarters, or far beyond the line that it was given."""

from __future__ import annotations

import numpy as np

from engine.staff.claims import bodies
from tests.staff.drawn_war import DAY, of_side, orders_to, place, war

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


def test_who_was_put_under_a_corps_yesterday_marches_to_it_and_the_corps_stays_where_it_is():
    session = war(WIDE, days=10, depth=2, led=["axis"], headquarters=CORPS)
    session.advance(10 * DAY)
    where = {name: place(session, name)[1] for name in of_side(session, "axis")}
    assert max(where[name] for name in ("a1", "a2", "a3")) < 15, where
    assert where["b1"] < 20, where
    assert min(where[name] for name in ("c1", "c2", "c3")) > 20, where


def test_the_body_of_a_headquarters_lies_round_its_most_central_place():
    """Places on one row of hexes, two columns a step apart being two steps; each group for itself."""
    cell = np.array([0, 2, 4, 30, 7, 7, 8])
    axial = np.stack([np.arange(40), -(np.arange(40) // 2)], axis=1).astype(np.int64)
    inside = np.empty(len(cell), np.bool_)
    bodies(axial, cell, np.array([0, 4, 7]), 12, inside)
    assert inside.tolist() == [True, True, True, False, True, True, True]


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
