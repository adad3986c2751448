"""Counter-attacks at the base of a penetration, salients pinched, pockets that break out or are reduced."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engine.core.arithmetic import PPM
from engine.model.codes import OrderKind
from engine.staff.control import control_of
from engine.staff.reasons import Reason
from tests.staff.drawn_war import (
    DAY,
    HOUR,
    captures,
    cell_of,
    men,
    of_side,
    orders_to,
    owner,
    place,
    row,
    seeds,
    tell,
    war,
)

BULGE = """
    :R::TTT::R::R:
    .A.A.A.A.A..A.
    ..............
    ..............
    .......PP.....
    """
PUSH = {"side": "soviet", "kind": "attack", "axis": [(0, 5), (8, 5)], "assault": "T", "start_min": 0}
WEAK_LINE = {"A": {"strength": 0.5}, "T": "tank_corps", "R": "rifle"}


def _bulge(reserve, seed=1, days=7.0):
    kinds = WEAK_LINE | {"P": {"kind": "panzer", "role": "reserve", **reserve}}
    return war(BULGE, days=days, depth=5, seed=seed, formations=kinds, directives=[PUSH])


def test_a_strong_reserve_strikes_at_the_base_of_a_penetration():
    struck = 0
    for seed in seeds(3):
        session = _bulge({}, seed)
        for hour in range(6, 7 * 24, 6):
            session.advance(hour * HOUR)
            goals = {
                goal for name in ("p1", "p2") for at, kind, goal, reason in orders_to(session, name)
                if reason is Reason.COUNTER_BASE and kind == "ATTACK" and at >= session.now - 6 * HOUR
            }  # fmt: skip
            for goal in goals:
                share = int(control_of(session.view("axis")).own_share(np.array([goal]))[0]) / PPM
                struck += 1
                assert share >= 0.4, "a hex half surrounded by own ground, not the tip"
    assert struck >= 2


def test_a_weak_reserve_blocks_ahead_and_strikes_at_nobody_who_stands_at_the_base():
    session, reasons = _bulge({"strength": 0.1}), set()
    while session.now < 4 * DAY:
        session.advance(session.now + 3 * HOUR)
        for name in ("p1", "p2"):
            for at, _, goal, reason in orders_to(session, name):
                reasons.add(reason)
                if reason is Reason.COUNTER_BASE and at == session.now:
                    assert not _stands(session, "soviet", goal), "a hex that somebody holds"
    assert Reason.PLUG in reasons


def _stands(session, side, cell):
    formations = session.world.formations
    there = [row(session, name) for name in of_side(session, side)]
    return bool((formations.hex[there] == cell).any())


SALIENT = """
    ...........
    .....A.....
    ..A.:R..A..
    ....:..B...
    ....:......
    ::::R::::R:
    """


def _salient(seed, **more):
    return war(SALIENT, days=6, depth=3, led=["axis"], seed=seed, formations={"r1": {"strength": 0.4}, "B": "panzer"}, **more)


def _struck_at(session):
    reasons = {reason for name in of_side(session, "axis") for _, _, _, reason in orders_to(session, name)}
    return reasons & {Reason.COUNTER_SALIENT, Reason.COUNTER_BASE}


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_salient_that_lies_still_is_left_alone(seed):
    session = _salient(seed)
    session.advance(6 * DAY)
    assert not _struck_at(session)
    assert captures(session) == []


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_salient_from_which_the_enemy_attacks_is_pinched(seed):
    session = _salient(seed)
    session.advance(HOUR)
    tell(session, "soviet", OrderKind.ATTACK, ["r1"], cell_of(session, "a1"))
    session.advance(3 * DAY)
    assert Reason.COUNTER_SALIENT in _struck_at(session)


POCKET = """
    ..............
    ..A...A...A...
    .....::::.....
    ..A.::G:G:.A..
    .....::G::....
    ..A...::...A..
    ......A.......
    ..............
    :::R:::R:::R::
    ::::::::::::::
    """
RING = {"A": "infantry", "G": {"kind": "rifle", "side": "soviet"}}


def _pocket(permission, seed):
    hold = {"side": "soviet", "kind": "defend", "permission": permission}
    return war(POCKET, days=9, depth=4, seed=seed, formations=RING, directives=[hold])


def _left(session):
    return sum(owner(session, (r, c), 4) == "soviet" for r in range(1, 7) for c in range(3, 11))


def test_a_ringed_group_breaks_out_and_some_of_it_gets_through():
    got_out, tried = 0, 0
    for seed in seeds(3):
        session = _pocket("free", seed)
        session.advance(9 * DAY - 1)
        names = ("g1", "g2", "g3")
        tried += any(reason is Reason.BREAK_OUT for n in names for _, _, _, reason in orders_to(session, n))
        control = control_of(session.view("soviet"))
        there = [cell_of(session, n) for n in names if cell_of(session, n) >= 0]
        got_out += sum(int(control.part[cell]) not in control.own_pockets for cell in there)
    assert tried == 3
    assert got_out > 0


def test_a_group_that_must_stand_fast_holds_and_is_reduced_day_by_day():
    for seed in seeds(2):
        session = _pocket("stand_fast", seed)
        sizes = [_left(session)]
        for day in range(1, 9):
            session.advance(day * DAY)
            sizes.append(_left(session))
        assert not any(kind == "ATTACK" for n in ("g1", "g2", "g3") for _, kind, _, _ in orders_to(session, n))
        assert sizes[-1] <= sizes[0] - 3
        assert all(b <= a + 1 for a, b in pairwise(sizes)), sizes
        assert any(r is Reason.REDUCE for n in of_side(session, "axis") for _, _, _, r in orders_to(session, n))
        pockets = control_of(session.view("axis")).enemy_pockets
        assert pockets, "the ring stays closed"
        assert men(session, of_side(session, "soviet")) > 0


def test_an_enemy_pocket_in_hand_is_not_a_reason_to_leave_the_front():
    session = _pocket("stand_fast", 1)
    session.advance(6 * DAY)
    rows = [place(session, n, 4)[0] for n in of_side(session, "axis")]
    assert any(r >= 6 for r in rows), "somebody holds the front to the south"
    assert captures(session)


def test_a_group_told_to_stand_fast_on_a_line_that_it_no_longer_has_breaks_out():
    line = {"side": "soviet", "kind": "defend", "permission": "stand_fast", "line": [(6, 3), (6, 10)]}
    session = war(POCKET, days=4, depth=4, formations=RING, directives=[line])
    session.advance(4 * DAY - 1)
    tried = {reason for n in ("g1", "g2", "g3") for _, _, _, reason in orders_to(session, n)}
    assert Reason.BREAK_OUT in tried


COAST = """
    ~~~~~~~~~~~~~~
    ~~:::A........
    ~~:G:A........
    ~~:::A........
    ~~AAA.........
    ~~............
    ~~............
    ~~............
    ~~A..A..A..A..
    ::R:::::::::R:
    ::::::::::::::
    """


@pytest.mark.parametrize("days", [2, 5])
def test_who_is_long_cut_off_with_the_sea_behind_him_breaks_out(days):
    hold = {"side": "soviet", "kind": "defend", "permission": "free"}
    session = war(COAST, days=days, depth=4, formations=RING, directives=[hold])
    session.advance(days * DAY - 1)
    breaks_out = any(reason is Reason.BREAK_OUT for _, _, _, reason in orders_to(session, "g1"))
    assert session.world.formations.cut_off_since[row(session, "g1")] == 0
    assert breaks_out == (days > 2)


SHUT_IN = COAST.replace(":A........", ".A........")
ISLAND = SHUT_IN.replace("~~AAA.........", "~~~~~~~.......").replace(".A........", "~A........")
PORT = {"side": "soviet", "kind": "port", "at": (2, 2), "capacity_t": 2000.0}
BEYOND, HERE, BOTH = [(9, 2), (9, 12)], [(1, 2), (3, 3)], [(1, 3), (3, 3), (9, 3), (9, 12)]
HOLD = {"hq": "soviet_hq", "side": "soviet", "kind": "defend", "permission": "stand_fast", "start_min": 0}


def _told_in(text, *directives, days=3):
    """Reasons of the orders to the three who are shut in on a piece of land with a port."""
    given = [{**HOLD, "id": f"d{i}", **one} for i, one in enumerate(directives)]
    session = war(text, days=days, depth=4, formations=RING, directives=given, sources=[PORT])
    assert set(of_side(session, "axis")) == {name for name in session.world.statics.formation_rows if name.startswith("a")}
    session.advance(days * DAY - 1)
    return {reason for name in of_side(session, "soviet") for _, _, _, reason in orders_to(session, name)}


@pytest.mark.parametrize("permission", ["free", "stand_fast"])
def test_who_is_to_stand_beyond_the_enemy_opens_a_way_even_if_a_port_supplies_him(permission):
    assert Reason.BREAK_OUT in _told_in(SHUT_IN, {"line": BEYOND, "permission": permission})


@pytest.mark.parametrize("line", [HERE, BOTH, []])
def test_who_stands_on_a_part_of_his_line_or_has_none_stays(line):
    assert Reason.BREAK_OUT not in _told_in(SHUT_IN, {"line": line})


def test_what_was_ordered_after_the_line_comes_first():
    assert Reason.BREAK_OUT not in _told_in(SHUT_IN, {"line": BEYOND}, {"permission": "free"})
    assault = {"kind": "attack", "axis": [(2, 4), (2, 9)], "start_day": 1.5}
    assert Reason.BREAK_OUT not in _told_in(SHUT_IN, {"line": BEYOND}, assault)


def test_nobody_breaks_out_over_water():
    assert Reason.BREAK_OUT not in _told_in(ISLAND, {"line": BEYOND})


TWO_STAFFS = {
    "one": {"side": "soviet", "formations": ["g1", "g2"]},
    "two": {"side": "soviet", "formations": ["g3", "r1", "r2"]},
    "axis_hq": {"side": "axis"},
}


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("supplied", [True, False])
def test_two_headquarters_shut_in_together_do_not_call_each_other_back(seed, supplied):
    text = SHUT_IN.replace("~~::.A", "~~G:.A", 1).replace("~~::.A", "~~:G.A", 1)
    given = [{**HOLD, "id": hq, "hq": hq, "line": BEYOND} for hq in ("one", "two")]
    kinds = RING | {"A": {"kind": "infantry", "strength": 1.3}}
    session = war(
        text, days=6, depth=4, seed=seed, formations=kinds, headquarters=TWO_STAFFS, directives=given,
        sources=[PORT] if supplied else [],
    )  # fmt: skip
    session.advance(6 * DAY - 1)
    told = [reason for name in ("g1", "g2", "g3") for _, _, _, reason in orders_to(session, name)]
    assert Reason.BREAK_OUT in told
    back = [reason.name for reason in told if reason in (Reason.HOLD, Reason.KEEP, Reason.CALLED_OFF)]
    assert len(back) <= 3, "a battle that is over, but not one look in two"
