"""Going back before the hour: when known enemies would be first on the next line, and after a line has been manned."""

from __future__ import annotations

import pytest

from engine.model.codes import DirectiveKind, OrderKind
from engine.model.instruction import Instruction
from engine.staff.reasons import EndReason
from tests.staff.drawn_war import DAY, HOUR, cell_at, of_side, orders_to, owner, place, tell, war

BEHIND = [(8, 4), (8, 10)]
FLANK = """
    :::::::::::
    :R::R::R:::
    .A..A..A:::
    ........:::
    ........:::
    .......:T::
    ........:::
    ...........
    ...........
    ...........
    ...........
    """
"""The line of three divisions; thirty kilometres behind it, on its flank, a tank corps of the enemy near the next line."""
QUIET = FLANK.replace("T", ":")


def _told(session, names):
    return {reason.name for name in names for _, _, _, reason in orders_to(session, name)}


def _ahead(session):
    """Rows of the directives that are carried out before their hour."""
    return [row for row in session.world.staff_notes.ahead.tolist() if row >= 0]


def _war(text, lines=(BEHIND,), **first):
    """The line is to be held for three days, then one line after the other behind it is gone back to, each for a day."""
    hold = {"side": "axis", "kind": "defend", "line": [(2, 0), (2, 7)], "start_min": 0, "end_min": 3 * DAY, **first}
    back = [
        {"side": "axis", "kind": "withdraw", "line": line, "start_min": day * DAY, "end_min": (day + 1) * DAY}
        for day, line in enumerate(lines, 3)
    ]
    kinds = {"T": "tank_corps"} if "T" in text else {}
    return war(text, days=8, depth=4, formations=kinds, led=["axis"], directives=[hold, *back])


def test_who_sees_the_enemy_nearer_to_his_next_line_than_himself_goes_back_to_it_at_once():
    session = _war(FLANK)
    session.advance(DAY)
    names = of_side(session, "axis")
    assert _told(session, names) & {"BEFORE_ITS_TIME"}
    session.advance(3 * DAY)
    assert min(place(session, name, 4)[0] for name in names) >= 6, "half a day before he was told to leave"


def test_nobody_goes_before_his_hour_while_no_enemy_is_near_the_way():
    session = _war(QUIET)
    session.advance(2 * DAY)
    assert "BEFORE_ITS_TIME" not in _told(session, of_side(session, "axis"))
    assert max(place(session, name, 4)[0] for name in of_side(session, "axis")) <= 4


def test_who_must_stand_fast_does_not_go_before_his_hour():
    session = _war(FLANK, permission="stand_fast")
    session.advance(2 * DAY)
    assert "BEFORE_ITS_TIME" not in _told(session, of_side(session, "axis"))


def test_who_has_gone_before_his_hour_is_soon_through_with_that_order_when_the_hour_comes():
    session = _war(FLANK)
    session.advance(3 * DAY - 6 * HOUR)
    notes, names = session.world.staff_notes, of_side(session, "axis")
    assert (_ahead(session), notes.end_reason.max()) == ([1], 0), "gone ahead to the first line to come"
    assert min(place(session, name, 4)[0] for name in names) >= 5
    session.advance(4 * DAY)
    assert (_ahead(session), notes.end_reason.max()) == ([], EndReason.ON_THE_LINE)


def test_who_has_gone_ahead_to_a_later_line_is_not_sent_to_the_one_before_it_when_the_hour_comes():
    session = _war(FLANK, [BEHIND, [(10, 4), (10, 10)]])
    session.advance(3 * DAY)
    names = of_side(session, "axis")
    assert _ahead(session) == [2], "gone ahead to the second line to come"
    session.advance(3 * DAY + 18 * HOUR)
    assert _ahead(session) == [2]
    assert min(place(session, name, 4)[0] for name in names) >= 9, "nobody has gone forward to the line before it"


def test_a_withdrawal_that_is_ordered_after_he_has_gone_ahead_waits_for_its_own_hour_and_is_then_made():
    session = _war(FLANK)
    session.advance(36 * HOUR)
    names, leader = of_side(session, "axis"), session.world.statics.headquarters_ids[0]
    assert _ahead(session) == [1]
    far = tuple(cell_at(session, hex_, 4) for hex_ in [(10, 4), (10, 10)])
    session.submit("axis", Instruction(leader, DirectiveKind.WITHDRAW, line=far, start_at=46 * HOUR, by_human=True))
    session.advance(45 * HOUR)
    assert _ahead(session) == [1]
    assert max(place(session, name, 4)[0] for name in names) <= 8, "still on the line to which they went ahead"
    session.advance(70 * HOUR)
    assert _ahead(session) == []
    assert min(place(session, name, 4)[0] for name in names) >= 9


BEYOND = """
    ::::::::
    R:R::R::
    C.C..C..
    ........
    ........
    ........
    .....:::
    .A.A.:::
    .....:R:
    .....:T:
    .....:::
    ........
    ........
    ........
    ........
    """


@pytest.mark.parametrize(("others", "leaves"), [("C", False), (".", True)])
def test_who_stands_near_home_does_not_go_before_his_hour_while_others_are_beyond_him(others: str, leaves: bool):
    corps = {"near": {"side": "axis", "formations": "A"}}
    if others == "C":
        corps["beyond"] = {"side": "axis", "formations": "C"}
    line = {"side": "axis", "hq": "near", "kind": "defend", "line": [(7, 0), (7, 4)], "start_min": 0, "end_min": 3 * DAY}
    then = {"side": "axis", "hq": "near", "kind": "withdraw", "line": [(11, 4), (11, 7)], "start_min": 3 * DAY}
    session = war(BEYOND.replace("C", others), days=5, formations={"T": "tank_corps"}, led=["axis"],
                  headquarters=corps, directives=[line, then])  # fmt: skip
    session.advance(2 * DAY)
    assert ("BEFORE_ITS_TIME" in _told(session, ["a1", "a2"])) == leaves


PRESSED = """
    :RRRRRRRRRRR:
    .A..A..A..A..
    .............
    .............
    .............
    .............
    .............
    """


def test_who_mans_the_line_he_was_told_to_go_back_to_may_still_fall_back_from_it():
    order = {
        "side": "axis", "kind": "withdraw", "line": [(1, 0), (1, 12)], "fall_back": [(5, 0), (5, 12)],
        "permission": "may_fall_back", "reserve_share": 0.0, "end_min": 8 * DAY,
    }  # fmt: skip
    push = {"side": "soviet", "kind": "attack", "axis": [(0, 6), (6, 6)], "start_min": 3 * DAY}
    session = war(PRESSED, days=8, depth=3, directives=[order, push], formations={"A": {"strength": 0.4}})
    session.advance(2 * DAY)
    assert session.world.staff_notes.end_reason.max() == EndReason.ON_THE_LINE, "the picture was meant to have it manned"
    session.advance(8 * DAY)
    assert "FALL_BACK" in _told(session, of_side(session, "axis"))


LOST = """
    R:R:::
    A..A..
    ......
    ......
    ......
    ......
    ......
    ......
    ......
    ......
    ...:T:
    ......
    ......
    """


def test_whose_line_is_lost_before_he_comes_goes_to_what_is_left_beside_it():
    here = {"side": "axis", "kind": "defend", "line": [(1, 0), (1, 5)], "start_min": 0, "end_min": 2 * DAY}
    there = {"side": "axis", "kind": "defend", "line": [(10, 0), (10, 2)], "start_min": 2 * DAY}
    session = war(LOST, days=6, formations={"T": "tank_corps"}, led=["axis"], directives=[here, there])
    tell(session, "soviet", OrderKind.EXPLOIT, ["t1"], cell_at(session, (10, 0)))
    session.advance(2 * DAY)
    assert [owner(session, (10, column)) for column in range(3)].count("soviet") >= 2, "the picture was meant to lose it"
    session.advance(5 * DAY)
    assert min(place(session, name)[0] for name in ("a1", "a2")) >= 6
