"""Loans between headquarters, orders by hand, what a staff may know, and orders that say nothing new."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engine.model.codes import SIDES, OrderKind, StaffRole
from engine.model.commander import Notes
from engine.staff import lending
from engine.staff.control import control_of
from engine.staff.plain import Plain
from engine.staff.reasons import Reason, reason_sentence
from engine.staff.staff import Staff
from tests.staff.drawn_war import (
    DAY,
    HOUR,
    cell_at,
    of_side,
    orders_to,
    place,
    plan,
    reasons,
    row,
    run,
    tell,
    war,
)

# Loans.

TWO_CORPS = """
    :R::TTRTTR::R:::R:::R:::R:
    .A..A..A..A..B...B...B..B.
    ..........................
    ..............BB..........
    """
PUSH = {"hq": "soviet_hq", "kind": "attack", "axis": [(0, 6), (8, 6)], "assault": ["t1", "t2", "t3", "t4", "r2", "r3"]}
STAFFS = {
    "axis_army": {"side": "axis", "echelon": "army"},
    "one": {"side": "axis", "formations": "A", "parent": "axis_army"},
    "two": {"side": "axis", "formations": "B", "parent": "axis_army"},
    "soviet_hq": {"side": "soviet"},
}
KINDS = {"A": {"strength": 0.5}, "T": "tank_corps", "R": "rifle"}


def loans(session, until):
    """(minute, formation) of every loan up to a minute."""
    found = set()
    notes = session.world.formation_notes
    for hour in range(session.now // HOUR + 6, until // HOUR + 1, 6):
        session.advance(hour * HOUR)
        for i in np.flatnonzero(notes.lent_at >= 0):
            found.add((int(notes.lent_at[i]), session.world.statics.formation_ids[i]))
    return sorted(found)


def test_a_corps_in_need_is_lent_a_reserve_and_no_giver_gives_twice_in_two_days():
    session = war(TWO_CORPS, days=8, depth=6, formations=KINDS, headquarters=STAFFS, directives=[PUSH])
    found = loans(session, 7 * DAY)
    assert found, "the attacked corps was meant to need help"
    assert all(name.startswith("b") for _, name in found)
    assert all(b - a >= 48 * HOUR for (a, _), (b, _) in pairwise(found))
    assert len({name for _, name in found}) == len(found), "nobody is lent twice in so short a time"


def test_without_fighting_nobody_is_lent():
    session = war(TWO_CORPS.replace("T", ":"), days=8, depth=6, formations=KINDS, headquarters=STAFFS)
    assert loans(session, 6 * DAY) == []


@pytest.mark.parametrize(("far", "lends"), [(True, False), (False, True)])
def test_a_corps_on_its_way_to_another_part_of_the_front_leaves_nobody_behind(far, lends):
    text = "\n".join(line + line[-1] * 60 * (i > 0) + ":" * 60 * (i == 0) for i, line in enumerate(TWO_CORPS.split()))
    line = [(1, 80), (1, 85)] if far else [(1, 13), (1, 25)]
    moves = {"hq": "two", "kind": "defend", "line": line, "start_min": 0}
    session = war(text, days=4, depth=6, formations=KINDS, headquarters=STAFFS, directives=[PUSH, moves])
    assert bool(loans(session, 3 * DAY)) == lends


def test_who_was_lent_goes_home_some_days_after_the_fighting():
    fought = PUSH | {"end_day": 4}
    sets = {"staff.loan_back_h": 120.0}
    session = war(TWO_CORPS, days=20, depth=6, formations=KINDS, headquarters=STAFFS, directives=[fought], sets=sets)
    notes, names = session.world.formation_notes, session.world.statics.formation_ids
    session.advance(4 * DAY)
    lent = [names[i] for i in np.flatnonzero(notes.lent_to >= 0)]
    assert lent
    assert all(name.startswith("b") for name in lent)
    session.advance(20 * DAY)
    assert [names[i] for i in np.flatnonzero(notes.lent_to >= 0)] == []


def test_a_corps_whose_front_has_no_room_is_lent_nobody(monkeypatch):
    monkeypatch.setattr(lending, "LEAST_KM", 60)
    session = war(TWO_CORPS, days=8, depth=6, formations=KINDS, headquarters=STAFFS, directives=[PUSH])
    assert loans(session, 7 * DAY) == []


def test_a_corps_in_need_gives_back_what_its_front_has_no_room_for(monkeypatch):
    sets = {"staff.loan_back_h": 120.0}
    session = war(TWO_CORPS, days=14, depth=6, formations=KINDS, headquarters=STAFFS, directives=[PUSH], sets=sets)
    notes = session.world.formation_notes
    session.advance(5 * DAY)
    lent = int((notes.lent_to >= 0).sum())
    assert lent, "the attacked corps was meant to borrow"
    monkeypatch.setattr(lending, "LEAST_KM", 60)
    session.advance(13 * DAY)
    assert int((notes.lent_to >= 0).sum()) < lent


def test_an_assault_group_is_not_lent_before_its_hour():
    coming = {"hq": "two", "kind": "attack", "axis": [(1, 16), (-4, 16)], "assault": ["b5", "b6"], "start_day": 7}
    share = {"hq": "two", "kind": "defend", "reserve_share": 0.0, "id": "two_holds"}
    session = war(TWO_CORPS, days=8, depth=6, formations=KINDS, headquarters=STAFFS, directives=[PUSH, coming, share])
    found = loans(session, 6 * DAY)
    assert not {"b5", "b6"} & {name for _, name in found}
    roles = session.world.formation_notes.role
    assert {int(roles[row(session, name)]) for name in ("b5", "b6")} == {StaffRole.ASSAULT}


# Orders by hand.


def test_an_order_by_hand_is_left_alone_for_two_days_and_the_others_plan_round_it():
    text = ":R:::R:::R:::R::\n................\n.A...A...A...A.."
    session = war(text, days=6, depth=3, led=["axis"])
    there = cell_at(session, (5, 5), 3)
    tell(session, "axis", OrderKind.MARCH, ["a2"], there)
    session.advance(45 * HOUR)
    assert [by for at, kind, by, _ in orders_to(session, "a2") if at > 0] == []
    assert reasons(session)["a2"] is Reason.LOCKED_BY_HUMAN
    assert place(session, "a2", 3) == (5, 5)
    assert "by hand" in reason_sentence(session.world, "a2")
    session.advance(5 * DAY)
    assert orders_to(session, "a2")[-1][3] is not Reason.NONE, "after two days the staff has it again"
    assert place(session, "a2", 3)[0] <= 2


# Fog.


def test_what_is_not_seen_changes_no_order():
    text = ":R:::R:::R:::R::\n................\n.A...A...A...A.."
    hidden = text.replace(":R:::R:::R:::R::", ":::::XX:XX::::::\n::::::::::::::::\n::::::::::::::::\n:R:::R:::R:::R::")
    seen = text.replace(":R:::R:::R:::R::", "::::::::::::::::\n::::::::::::::::\n::::::::::::::::\n:R:::R:::R:::R::")
    orders = []
    for picture in (hidden, seen):
        session = war(picture, days=3, depth=2, led=["axis"], formations={"X": {"kind": "tank_corps", "side": "soviet"}})
        blind = [e for e in session.view("axis").enemies.hex.tolist() if e // session.world.statics.grid.columns < 4]
        assert blind == []
        orders.append([order.record() for order in plan(session, "axis")])
    assert orders[0] == orders[1]


# The same for both sides.

MIRRORED = {
    "quiet": (":R::R::R::R::\n.A....A....A.", []),
    "attack": (":R:::R::R:::R:\n....AAAA......\n.A..........A.", [
        {"kind": "attack", "axis": [(2, 6), (-3, 6)], "assault": ["a1", "a2", "a3", "a4"]}]),
    "withdraw": (":R::R::R::R::\n.A..A..A..A..\n.............\n.............\n.............", [
        {"kind": "withdraw", "line": [(4, 0), (4, 12)]}]),
    "pocket": ("..............\n..A...A...A...\n.....::::.....\n..A.::R:R:.A..\n.....::R::....\n..A...::...A..\n"
               "......A.......\n..............\n::::::::::::::", []),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(MIRRORED))
def test_both_sides_are_led_alike(name):
    text, given = MIRRORED[name]
    found = []
    for own, other in (SIDES, SIDES[::-1]):
        kinds = {"A": {"kind": "rifle", "side": own}, "R": {"kind": "rifle", "side": other}}
        orders = [{**one, "side": own, "id": "told"} for one in given]
        session = war(text, days=3, depth=3, own=own, led=[], formations=kinds, directives=orders, supply=False)
        session.advance(HOUR)
        found.append([(o.kind, o.formation, o.goal, o.reason) for o in plan(session, own)])
    assert found[0] == found[1]


# Nothing new.


def _planned_while_something_happened(session):
    """Give what the staffs want and wait a quarter of an hour; whether there was news in it: a battle decided, a hex
    entered or taken.
    """
    before = _known(session)
    for side in SIDES:
        session.submit(side, *plan(session, side))
    session.advance(session.now + 15)
    return before != _known(session)


def _known(session):
    world = session.world
    return world.battles.outcome.tolist(), world.hexes.owner.tobytes(), world.formations.hex.tolist()


@pytest.mark.parametrize("hour", [1, 25, 50, 69, 75])
def test_looking_again_gives_no_orders(hour):
    attack = {"side": "axis", "kind": "attack", "axis": [(1, 6), (-5, 6)], "assault": "A", "mobile": "B"}
    text = ":R::R::R::R::\n...AAA....C..\n....B........"
    kinds = {"A": "panzer", "B": "panzer", "C": "infantry", "R": {"kind": "rifle", "strength": 0.6}}
    session = war(text, days=5, depth=6, formations=kinds, directives=[attack])
    session.advance(hour * HOUR)
    while _planned_while_something_happened(session):
        session.advance(session.now + HOUR)
    # Everything the staffs wanted is on its way: the same notes and the same situation ask for nothing more.
    for side in SIDES:
        assert plan(session, side) == []


def test_staff_notes_and_orders_are_the_same_when_asked_twice():
    session = war(":R::R::R::R::\n.A....A....A.", days=2, depth=3)
    session.advance(12 * HOUR)
    answers = []
    for _ in range(2):
        notes = Notes(*session.world.note_tables())
        orders = Staff().plan(session.view("axis"), notes, session.dice(session.now), [0])
        answers.append((orders, notes.changes()))
    assert answers[0] == answers[1]


# Everybody has a reason.


def test_every_formation_has_a_reason_that_can_be_said():
    attack = {"side": "axis", "kind": "attack", "axis": [(1, 6), (-5, 6)], "assault": ["a1", "a2"], "mobile": "B"}
    text = ":R::R::R::R::\n...AAA....C..\n....B...Q...."
    kinds: dict[str, Any] = {"A": "panzer", "B": "panzer", "C": "infantry", "Q": {"role": "reserve"}}
    session = run(text, days=3, depth=6, formations=kinds, directives=[attack])
    for name, reason in reasons(session).items():
        if session.world.formations.hex[row(session, name)] >= 0:
            assert reason is not Reason.NONE, name
            assert len(reason_sentence(session.world, name)) > 10


def test_every_front_side_of_manned_land_has_one_headquarters_and_places_are_own_with_at_most_two():
    session = run(TWO_CORPS, days=3, depth=6, formations=KINDS, headquarters=STAFFS, directives=[PUSH])
    notes, world = session.world.formation_notes, session.world
    for side, name in enumerate(SIDES):
        control = control_of(session.view(name))
        lines = [row(session, f) for f in of_side(session, name) if notes.role[row(session, f)] == StaffRole.LINE]
        slots = [int(notes.slot[i]) for i in lines if notes.slot[i] >= 0]
        own = [slot for slot in slots if world.hexes.owner[slot] == side]
        looked_at = int(world.staff_notes.full_at[world.headquarters.side == side].max())
        lost = [slot for slot in slots if slot not in own and world.hexes.owner_since[slot] < looked_at]
        assert lost == [], "places lost since the last look are looked at in the next"
        assert len(own) >= 0.6 * len(slots)
        assert max(np.unique(own, return_counts=True)[1]) <= 2
        assert control.front.own.size == control.front.other.size > 0


# The baseline.


def test_the_plain_staff_attacks_what_is_weak_and_near_and_else_holds():
    from engine.files.drawn import drawn_scenario
    from engine.run.session import Session

    attack = {"side": "axis", "kind": "attack", "axis": [(1, 4), (-2, 4)]}
    kinds = {"A": "panzer", "R": {"kind": "rifle", "strength": 0.3}}
    scenario = drawn_scenario("::R::::R:\n..A......\n......A..", kinds, [attack], depth=3, days=3)
    session = Session(scenario, 1, commanders={"axis": Plain(), "soviet": Plain()})
    session.advance(2 * DAY)
    assert {reason for _, _, _, reason in orders_to(session, "a1")} == {Reason.NEAREST}
    assert orders_to(session, "r1") == []
