"""Losses outside battles: who lies in fire, who pursues, who is pursued."""

from __future__ import annotations

import pytest

from engine.model.codes import Stage, Task
from engine.run.session import Session
from tests.rules.battlefield import battle, register, row

DAY = 1440
GAPS = """
:::::::::::::::::
:R.A...B.......C.
:::::::::::::::::
"""
"""Red R is two hexes from A, six from B, fourteen from C."""
FOLLOWS = {"task": Task.FOLLOW, "stage": Stage.MARCHING}
QUIET = {"switch.sickness": 0}


@pytest.fixture(autouse=True)
def _registered() -> None:
    register()


def _rate(session: Session, name: str) -> float:
    """Share of its men that a formation loses a day at present."""
    formations, who = session.world.formations, row(session, name)
    return float(formations.battle_rate[who] * DAY / formations.men_u[who])


def _field(orders: dict[str, dict[str, int]], **sets: float) -> Session:
    kinds = {"R": "tank_corps", "A": "panzer"}
    session = battle(GAPS, orders or {"c1": {"cohesion_n": 10**9}}, kinds, sets=QUIET | sets)
    session.advance(361)
    return session


def test_fire_along_a_quiet_front_reaches_formations_whose_screens_touch_and_no_others() -> None:
    session = _field({})
    rules = session.world.statics.rules
    quiet = rules["combat.intensity_quiet"] * rules["combat.intensity_east"] * rules["combat.attacker_loss_day"]
    assert _rate(session, "a1") == pytest.approx(quiet * rules["combat.lethality_soviet"], rel=1e-3)
    assert _rate(session, "r1") == pytest.approx(quiet * rules["combat.lethality_axis"], rel=1e-3)
    assert _rate(session, "b1") == _rate(session, "c1") == 0


def test_forward_detachments_of_who_follows_fight_rear_guards_within_reach() -> None:
    session = _field({"r1": FOLLOWS})
    rules = session.world.statics.rules
    pursuit = rules["combat.intensity_pursuit"] * rules["combat.intensity_east"]
    attacker = pursuit * rules["combat.attacker_loss_day"] * rules["combat.lethality_axis"]
    defender = pursuit * rules["combat.defender_loss_day"] * rules["combat.lethality_soviet"]
    assert _rate(session, "r1") == pytest.approx(attacker, rel=1e-3)
    assert _rate(session, "a1") == pytest.approx(defender, rel=1e-3)
    assert _rate(session, "b1") == 0


@pytest.mark.parametrize(("levels", "pursued"), [(0.0, True), (0.5, True), (1.1, False), (3.0, False)])
def test_who_stands_dug_in_before_columns_that_come_up_is_no_rear_guard(levels: float, pursued: bool) -> None:
    session = _field({"r1": FOLLOWS, "a1": {"works_n": round(levels * 1e9)}})
    rules = session.world.statics.rules
    fire = rules["combat.intensity_quiet"] * rules["combat.attacker_loss_day"]
    flight = rules["combat.intensity_pursuit"] * rules["combat.defender_loss_day"]
    expected = (flight if pursued else fire) * rules["combat.intensity_east"] * rules["combat.lethality_soviet"]
    assert _rate(session, "a1") == pytest.approx(expected, rel=1e-3)


def test_who_has_left_his_trenches_is_pursued() -> None:
    session = _field({"r1": FOLLOWS, "a1": {"works_n": 3 * 10**9, "leg_to": 0}})
    rules = session.world.statics.rules
    flight = rules["combat.intensity_pursuit"] * rules["combat.intensity_east"] * rules["combat.defender_loss_day"]
    assert _rate(session, "a1") == pytest.approx(flight * rules["combat.lethality_soviet"], rel=1e-3)


def test_who_follows_out_of_reach_of_the_enemy_loses_nothing() -> None:
    session = _field({"c1": FOLLOWS})
    assert _rate(session, "c1") == 0


def test_the_pursuit_costs_nothing_when_its_rule_is_switched_off() -> None:
    on, off = _field({"r1": FOLLOWS}), _field({"r1": FOLLOWS}, **{"switch.pursuit_fire": 0})
    assert _rate(off, "r1") < _rate(on, "r1") / 5
    assert _rate(off, "r1") > 0, "it still lies in the fire of the front"


def test_in_a_pursuit_vehicles_are_hit_and_who_goes_back_loses_most_of_them_for_good() -> None:
    session = _field({"r1": FOLLOWS})
    formations = session.world.formations
    for name, share in (("r1", "repair.final_kept"), ("a1", "repair.final_lost")):
        who = row(session, name)
        hit = int(formations.afv_shop_rate[who] + formations.afv_lost_rate[who])
        assert hit > 0
        assert formations.afv_lost_rate[who] / hit == pytest.approx(session.world.statics.rules[share], abs=0.01)
        assert formations.guns_rate[who] > 0


def test_fire_along_a_quiet_front_hits_no_vehicles() -> None:
    formations = _field({}).world.formations
    assert not formations.afv_shop_rate.any()
    assert not formations.guns_rate.any()


BESIDE = """
:::::::::::::::::::::
:R.A::::::TD.....R.B.
:::::::::::::::::::::
"""
"""T attacks D, six hexes from the second R and eight from B, who face each other."""


@pytest.mark.parametrize(("reach", "stirred"), [(5, False), (8, True)])
def test_no_front_is_quiet_beside_a_battle(reach: int, stirred: bool) -> None:
    sides = {"axis": "ABD", "soviet": "RT"}
    kinds = {name: {"kind": "rifle", "side": side} for side, names in sides.items() for name in names}
    orders = {"t1": {"attack": "d1"}}
    session = battle(BESIDE, orders, kinds, sets=QUIET | {"contact.active_hexes": reach})
    session.advance(361)
    assert len(session.world.participants), "somebody was meant to fight"
    rules = session.world.statics.rules
    day = rules["combat.intensity_east"] * rules["combat.attacker_loss_day"]
    intensity = rules["combat.intensity_hold" if stirred else "combat.intensity_quiet"]
    assert _rate(session, "b1") == pytest.approx(intensity * day * rules["combat.lethality_soviet"], rel=1e-3)
    assert _rate(session, "r2") == pytest.approx(intensity * day * rules["combat.lethality_axis"], rel=1e-3)
