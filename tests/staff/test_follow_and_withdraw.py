"""Pursuit and withdrawal: the line goes forward abreast when the enemy has gone, and back in two bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.model.codes import OrderKind, StaffRole, Status, Task
from engine.run.session import Session
from engine.staff.reasons import Reason
from tests.staff.drawn_war import (
    DAY,
    HOUR,
    captures,
    cell_at,
    events,
    men,
    of_side,
    orders_to,
    owner,
    place,
    reasons,
    row,
    run,
    seeds,
    tell,
    war,
)

EMPTY = """
    :::::::::::::::::::
    :::::::::::::::::::
    .A...A...A...A...A.
    """


def test_when_the_enemy_has_gone_the_line_follows_abreast():
    session = run(EMPTY, days=4, depth=8, led=["axis"], formations={})
    rows = [place(session, name, 8)[0] for name in of_side(session, "axis")]
    assert max(rows) <= 0, "everybody has gone forward by two hexes at least"
    assert max(rows) - min(rows) <= 2
    columns = [place(session, name)[1] for name in of_side(session, "axis")]
    assert columns == sorted(columns)


LEFT_BEHIND = """
    :::::::::::::::::::
    .A...A...A...A...A.
    ...................
    ...................
    ...................
    ...................
    ...................
    ...................
    ...................
    ...................
    .....B.......B.....
    """


def test_who_was_left_behind_comes_up_to_the_line_that_follows():
    session = run(LEFT_BEHIND, days=4, depth=8, led=["axis"], formations={})
    rows = [place(session, name, 8)[0] for name in of_side(session, "axis")]
    assert min(rows) <= -2, "the line has gone on"
    roles = session.world.formation_notes.role
    stragglers = [place(session, name, 8)[0] for name in ("b1", "b2") if roles[row(session, name)] == StaffRole.LINE]
    assert stragglers, "one of the two is the reserve"
    assert max(stragglers) - min(rows) <= 4


def test_nobody_follows_while_the_enemy_stands_before_the_line():
    session = run(":R::R::R::R:\n.A...A...A..", days=3, depth=4, led=["axis"])
    assert captures(session) == []


LINE = [(5, 0), (5, 12)]
BACK = """
    ::R:::R:::R::
    .A..A..A..A..
    .............
    .............
    .............
    .............
    .............
    """


def _withdrawal(seed: int = 1, led=("axis",)):
    order = {"side": "axis", "kind": "withdraw", "line": LINE, "start_min": 12 * HOUR}
    return war(BACK, days=6, depth=3, seed=seed, led=list(led), directives=[order])


def test_a_withdrawal_goes_in_two_bounds_and_ends_on_the_line():
    session = _withdrawal()
    session.advance(4 * DAY)
    names = of_side(session, "axis")
    assert {place(session, name, 3)[0] for name in names} == {5}
    first = {name: min(at for at, kind, _, _ in orders_to(session, name) if kind == "WITHDRAW") for name in names}
    assert sorted({(at - min(first.values())) // (6 * HOUR) for at in first.values()}) == [0, 2]
    assert {reasons(session)[name].name for name in names} == {"ON_THE_NEW_LINE"}


def test_the_orders_of_each_bound_are_written_so_that_the_troops_leave_at_its_hour():
    session = _withdrawal()
    session.advance(2 * DAY)
    orders = session.world.orders
    for bound, hour in (("WITHDRAW_FIRST", 12), ("WITHDRAW_SECOND", 24)):
        told = (orders.reason == Reason[bound]) & (orders.kind == OrderKind.WITHDRAW)
        assert told.any()
        assert orders.issued_at[told].min() < hour * HOUR
        assert abs(float(np.median(orders.arrives_at[told])) - hour * HOUR) <= 3 * HOUR, "the clock of the staffs"


def test_the_two_ends_of_the_line_are_manned_in_the_first_bound():
    session = _withdrawal()
    session.advance(DAY)
    ends = {"a1", "a4"}
    reason = {name: orders_to(session, name)[0][3].name for name in ends}
    assert set(reason.values()) == {"WITHDRAW_FIRST"}
    columns = sorted(place_of(session, orders_to(session, name)[0][2]) for name in ends)
    assert [column for _, column in columns] == [0, 12]


def test_who_is_on_his_way_back_is_not_stopped_by_the_next_withdrawal():
    first = {"side": "axis", "kind": "withdraw", "line": [(15, 0), (15, 12)], "start_min": 12 * HOUR, "end_min": 33 * HOUR}
    then = {"side": "axis", "kind": "withdraw", "line": [(18, 0), (18, 12)], "start_min": 33 * HOUR}
    session = war(BACK, days=3, depth=14, led=["axis"], directives=[first, then])
    session.advance(2 * DAY)
    told = {(name, kind) for name in of_side(session, "axis") for _, kind, _, _ in orders_to(session, name)}
    assert {kind for _, kind in told} == {"WITHDRAW"}, "nobody is told to hold on the way"


def place_of(session, cell):
    columns = session.world.statics.grid.columns
    return divmod(cell, columns)


def test_a_withdrawal_under_attack_costs_few_men_and_leaves_nobody_behind():
    push = {"side": "soviet", "kind": "attack", "axis": [(0, 6), (6, 6)], "start_min": 0}
    order = {"side": "axis", "kind": "withdraw", "line": LINE, "start_min": 30 * HOUR}
    text = BACK.replace("::R:::R:::R::", "::R:RRRRR:R::")
    left = []
    for seed in seeds(6):
        session = war(text, days=6, depth=3, seed=seed, directives=[order, push])
        names = of_side(session, "axis")
        start = men(session, names)
        session.advance(3 * DAY)
        assert {place(session, name, 3)[0] for name in names} == {5}
        session.advance(5 * DAY)
        left.append(men(session, names) / start)
        assert events(session, "Engaged"), "there was an enemy to shake off"
    # Who steps back from an attack fights in the open for a part of the way: once in a while that is dear.
    assert sum(left) / len(left) >= 0.92
    assert min(left) >= 0.85


def test_the_enemy_takes_the_land_that_was_given_up():
    session = _withdrawal(led=("axis", "soviet"))
    session.advance(6 * DAY)
    taken = [owner(session, (r, c), 3) for r in (1, 2) for c in range(13)]
    assert taken.count("soviet") >= 13


def _pressed(permission: str = "may_fall_back", days: float = 6, **options: Any) -> Session:
    """A weak line without a reserve, days after eleven divisions began to attack it."""
    order = {
        "side": "axis", "kind": "defend", "line": [(1, 0), (1, 12)], "fall_back": LINE, "permission": permission,
        "reserve_share": 0.0,
    }  # fmt: skip
    push = {"side": "soviet", "kind": "attack", "axis": [(0, 6), (6, 6)], "start_min": 0}
    text = BACK.replace("::R:::R:::R::", ":RRRRRRRRRRR:")
    return run(text, days=days, depth=3, directives=[order, push], formations={"A": {"strength": 0.4}}, **options)


def test_who_may_fall_back_does_so_under_pressure_with_no_reserve_left():
    session = _pressed()
    assert session.world.staff_notes.fell_back.max() == 1
    assert any(r.name == "FALL_BACK" for n in of_side(session, "axis") for _, _, _, r in orders_to(session, n))
    assert (session.world.formation_notes.role != StaffRole.MOBILE).all()


def test_who_must_stand_fast_does_not_fall_back():
    session = _pressed("stand_fast", days=5)
    kinds = {kind for n in of_side(session, "axis") for _, kind, _, _ in orders_to(session, n)}
    assert "WITHDRAW" not in kinds


def test_who_has_gone_back_before_an_enemy_that_does_not_follow_needs_no_help():
    """The need of the front it left is gone with it, or all the army's reserves would be lent to a corps at rest."""
    order = {"side": "axis", "kind": "withdraw", "line": LINE, "start_min": 12 * HOUR}
    session = war(BACK, days=8, depth=3, led=["axis"], directives=[order])
    session.advance(13 * HOUR)
    world, name = session.world, of_side(session, "axis")[0]
    corps = world.formations.hq[world.statics.formation_rows[name]]
    session._pen["staff_notes"]["need"][corps] = 20000
    session.advance(4 * DAY)
    assert reasons(session)[name].name == "ON_THE_NEW_LINE"
    assert world.staff_notes.need[corps] == 0


ASIDE = "\n".join(["::.............", "::..........A..", "::.............", "::..........A..", "::............."] * 2)
"""The enemy's ground in the west, the troops sixty kilometres to the east of it."""


def test_a_withdrawal_is_not_over_before_those_who_withdraw_have_come():
    order = {"side": "axis", "kind": "withdraw", "line": [(0, 2), (9, 2)], "start_min": 12 * HOUR}
    session = war(ASIDE, days=8, depth=3, led=["axis"], directives=[order])
    session.advance(7 * DAY)
    assert max(place(session, name, 3)[1] for name in of_side(session, "axis")) <= 4


def test_whose_place_on_the_new_line_is_taken_goes_to_another_of_its_places():
    order = {"side": "axis", "kind": "withdraw", "line": [(0, 2), (9, 2)], "start_min": 12 * HOUR}
    taken = ASIDE.replace("::.............", "T:.............", 1)
    session = war(taken, days=8, depth=3, led=["axis"], formations={"T": "tank_corps"}, directives=[order])
    session.advance(DAY)
    lost = cell_at(session, (0, 2), 3)
    tell(session, "soviet", OrderKind.EXPLOIT, ["t1"], lost)
    session.advance(7 * DAY)
    assert owner(session, (0, 2), 3) == "soviet", "the picture was meant to lose a place"
    withdrawn = [
        [goal for _, kind, goal, _ in orders_to(session, name) if kind == "WITHDRAW"] for name in of_side(session, "axis")
    ]
    (turned_off,) = [goals for goals in withdrawn if lost in goals]
    others = {goal for goals in withdrawn for goal in goals} - {lost}
    assert turned_off[-1] in others, "to the place of a neighbour"



def test_who_joins_a_withdrawal_on_its_way_is_given_a_place_on_the_new_line():
    session = _withdrawal()
    session.advance(DAY)
    late = of_side(session, "axis")[-1]
    who = session.world.statics.formation_rows[late]
    session._pen["formation_notes"]["slot"][who] = cell_at(session, (1, 10), 3)
    session.advance(4 * DAY)
    assert reasons(session)[late].name == "ON_THE_NEW_LINE"
    assert place(session, late, 3)[0] >= 4, "the line bends by a hex there"


def test_nobody_goes_back_to_a_line_that_his_attack_has_left_behind():
    """All of the enemy's land is taken: there is no front any more, and no reason to march home."""
    text = "\n".join([*[":::::"] * 4, "AA.AA", "....."])
    line = {"side": "axis", "kind": "defend", "line": [(4, 0), (4, 4)], "start_min": 0}
    thrust = {"side": "axis", "kind": "attack", "axis": [(4, 2), (0, 2)], "start_min": 6 * HOUR}
    session = war(text, days=9, led=["axis"], directives=[line, thrust])
    session.advance(9 * DAY)
    assert {owner(session, (0, c)) for c in range(5)} == {"axis"}, "the picture was meant to be taken whole"
    names = of_side(session, "axis")
    assert "REAR_LINE" not in {reason.name for name in names for _, _, _, reason in orders_to(session, name)}
    assert min(place(session, name)[0] for name in names) <= 1


NECK = """
    ::R:::::R::
    :::::::::::
    ...........
    ~~~~...~~~~
    ~~~~...~~~~
    ~~~~A.A~~~~
    ~~~~.A.~~~~
    ~~~~...~~~~
    ~~~~...~~~~
    """
ACROSS = [(5, 4), (5, 6)]


def _at_the_neck(line: list[tuple[int, int]], **order: str | int) -> set[int]:
    """Rows of the drawing in which three divisions stand after eight days, told to go back to a line or to hold it."""
    told = {"side": "axis", "line": line, "start_min": 12 * HOUR, **order}
    session = run(NECK, days=8, led=["axis"], directives=[told])
    return {place(session, name)[0] for name in of_side(session, "axis")}


def test_who_has_gone_back_to_a_neck_of_land_leaves_the_ground_before_it_to_the_enemy():
    assert min(_at_the_neck(ACROSS, kind="withdraw")) >= 5


def test_who_must_stand_fast_at_a_neck_of_land_is_not_drawn_out_of_it():
    assert min(_at_the_neck(ACROSS, kind="defend", permission="stand_fast")) >= 5


def test_who_may_choose_his_ground_holds_what_is_still_his_before_the_neck():
    assert min(_at_the_neck(ACROSS, kind="defend")) < 5


def test_who_is_named_for_an_attack_far_ahead_holds_the_line_till_then():
    attack = {"side": "axis", "kind": "attack", "axis": [(1, 4), (-3, 4)], "assault": ["A", "B"], "start_min": 6 * DAY}
    text = "::R:::R::\n..A...A..\n.........\n.........\n...B....."
    session = war(text, days=8, depth=4, directives=[attack])
    roles, front = session.world.formation_notes.role, [row(session, name) for name in ("a1", "a2")]
    session.advance(2 * DAY)
    assert StaffRole.ASSAULT not in roles[front].tolist(), "they stand before the enemy"
    assert roles[row(session, "b1")] == StaffRole.ASSAULT, "he waits behind the front"
    session.advance(5 * DAY)
    assert roles[front].tolist() == [StaffRole.ASSAULT] * 2, "two days before the hour"


@pytest.mark.parametrize(("group", "gap"), [("assault", True), ("mobile", False), ("mobile", True)])
def test_so_does_who_is_named_for_its_mobile_group_or_has_an_empty_hex_before_him(group: str, gap: bool):
    attack = {"side": "axis", "kind": "attack", "axis": [(1, 4), (-3, 4)], group: ["A"], "start_min": 6 * DAY}
    text = ("::R:::R::\n:::::::::\n" if gap else "::R:::R::\n") + "..A...A..\n.........\n.........\n........."
    session = war(text, days=8, depth=4, formations={"A": "panzer"}, directives=[attack], led=["axis"])
    roles, front = session.world.formation_notes.role, [row(session, name) for name in ("a1", "a2")]
    for day in (1, 2):
        session.advance(day * DAY)
        assert roles[front].tolist() == [StaffRole.LINE] * 2, day


def test_nobody_steps_unasked_onto_a_remnant():
    text = ":::::::::\n:::R:::::\n..A.A.A..\n.........\n........."
    session = war(text, days=4, depth=4, formations={"R": {"kind": "rifle", "strength": 0.05}}, led=["axis"])
    formations, remnant = session.world.formations, row(session, "r1")
    there, looks, goals = int(formations.hex[remnant]), 0, set[int]()
    while session.now < 3 * DAY and formations.status[remnant] == Status.ON_MAP:
        session.advance(session.now + 6 * HOUR)
        following = (formations.side == 0) & (formations.task == Task.FOLLOW)
        goals |= set(formations.goal[following].tolist())
        looks += 1
    assert looks >= 4, "he stands there long enough to be stepped on"
    assert there not in goals


def test_who_is_pressed_fights_for_a_day_before_he_falls_back():
    def first_back(hours: float) -> int:
        """Minute of the first order to fall back under the same pressure."""
        session = _pressed(sets={"staff.fall_back_h": hours})
        given = [at for n in of_side(session, "axis") for at, _, _, why in orders_to(session, n) if why.name == "FALL_BACK"]
        return min(given)

    soon, late = first_back(12), first_back(48)
    assert late >= 48 * HOUR
    assert soon < late


def test_nobody_is_drawn_from_his_trenches_at_the_very_beginning():
    """A scenario says who is in the line and who in reserve; the staff changes that no sooner than any other time."""
    session = war(":R:::::R:\n.AAAAAAA.", days=4, depth=4, led=["axis"], formations={"R": {"strength": 0.2}})
    rows = [row(session, name) for name in of_side(session, "axis")]
    session.advance(DAY)
    assert (session.world.formation_notes.role[rows] == StaffRole.LINE).all()
    session.advance(3 * DAY)
    assert (session.world.formation_notes.role[rows] == StaffRole.RESERVE).sum() == 1
