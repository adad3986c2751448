"""Second echelons, reserves with a place, an army's own troops; pursuit in columns; an axis beyond the front."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.files.build import sample_kinds
from engine.model.codes import StaffRole
from engine.staff.reasons import Reason
from tests.staff.drawn_war import DAY, cell_at, events, orders_to, place, row, seeds, war

DEEP = 14
BREACH = "\n".join([":::::r:::::", "....AAA....", *["..........."] * 9, ".....B....."])
THRUST = {"side": "axis", "kind": "attack", "axis": [(1, 5), (-DEEP + 2, 5)], "assault": "A", "start_min": 0}
KINDS = {"B": {"kind": "infantry", "role": "reserve"}, "r": {"kind": "rifle", "side": "soviet", "strength": 0.35}}


def _breach(seed, **more):
    directive = THRUST | more
    return war(BREACH, days=8, depth=DEEP, seed=seed, led=["axis"], formations=KINDS, directives=[directive])


@pytest.mark.parametrize("seed", seeds(4))
def test_a_second_echelon_comes_up_behind_its_attack_and_is_put_in(seed):
    session = _breach(seed)
    session.advance(6 * DAY)
    told = {reason for _, _, _, reason in orders_to(session, "b1")}
    assert Reason.BEHIND_THE_ATTACK in told
    assert told & {Reason.ASSAULT, Reason.ATTACK, Reason.PURSUE, Reason.FEED}, "put in"
    front = min(place(session, f"a{i}", DEEP)[0] for i in (1, 2, 3))
    assert place(session, "b1", DEEP)[0] - front <= 8, "not left where it stood"


@pytest.mark.parametrize("seed", seeds(3))
def test_a_reserve_that_the_directive_names_is_kept_in_hand(seed):
    session = _breach(seed, reserve=["b1"])
    session.advance(4 * DAY)
    assert session.world.formation_notes.role[row(session, "b1")] == StaffRole.RESERVE


def test_a_reserve_stands_at_the_place_it_was_told():
    text = "\n".join([":R:::R:::R:::R:::", ".A...A...A...A...", *["................."] * 9, ".B..............."])
    told = {"side": "axis", "hq": "rear", "kind": "reserve", "objective": [(8, 15)], "start_min": 0}
    hqs = {"rear": {"side": "axis", "formations": "B"}, "line": {"side": "axis", "formations": "A"}}
    session = war(text, days=6, depth=3, led=["axis"], formations={"B": "infantry"}, headquarters=hqs, directives=[told])
    session.advance(6 * DAY)
    grid = session.world.statics.grid
    gap = grid.distance(int(session.world.formations.hex[row(session, "b1")]), cell_at(session, (8, 15), 3))
    assert gap <= 4
    assert {reason for _, _, _, reason in orders_to(session, "b1")} == {Reason.RESERVE_AT}


@pytest.mark.parametrize("seed", seeds(4))
def test_columns_that_meet_nobody_march_down_lanes_of_their_own(seed):
    """A goal some hexes ahead, few orders, and a pace that a march on foot allows."""
    text = ":::::::::::\n..A..A..A..\n..........."
    session = war(text, days=4, depth=20, seed=seed, led=["axis"], directives=[THRUST | {"axis": [(1, 5), (-18, 5)]}])
    session.advance(4 * DAY)
    for name in ("a1", "a2", "a3"):
        told = [order for order in orders_to(session, name) if order[3] is Reason.PURSUE]
        assert 1 <= len(told) <= 10
        assert {kind for _, kind, _, _ in told} == {"FOLLOW"}
        assert place(session, name, 20)[0] <= -7, "eight hexes and more in four days"
    assert len({int(session.world.formations.hex[row(session, f"a{i}")]) for i in (1, 2, 3)}) == 3
    assert events(session, "Engaged") == []


def test_an_attack_whose_axis_lies_beyond_the_front_fights_its_way_to_it():
    text = "\n".join([":::::::::", ".A..A..A.", "........."])
    ahead = THRUST | {"axis": [(-12, 4), (-16, 4)], "corridor_km": 8}
    session = war(text, days=6, depth=20, led=["axis"], directives=[ahead])
    session.advance(6 * DAY)
    assert Reason.NO_TARGET not in {reason for i in (1, 2, 3) for _, _, _, reason in orders_to(session, f"a{i}")}
    assert min(place(session, f"a{i}", 20)[0] for i in (1, 2, 3)) <= -8


@pytest.mark.parametrize("holds", [False, True])
def test_services_stay_where_they_serve_and_a_division_takes_its_part_of_the_line(holds):
    text = "\n".join([":R:::R:::R:::R:::", ".A...A...........", *["................."] * 9, "...............B."])
    line = {"side": "axis", "kind": "defend", "line": [(1, 1), (1, 15)], "start_min": 0}
    plain = sample_kinds()
    kinds = {**plain, "services": replace(plain["infantry"], kind="services", holds_ground=holds)}
    session = war(text, days=6, depth=3, led=["axis"], kinds=kinds, formations={"B": "services"}, directives=[line])
    before = place(session, "b1", 3)
    session.advance(6 * DAY)
    went = before[0] - place(session, "b1", 3)[0]
    assert went >= 5 if holds else went == 0
