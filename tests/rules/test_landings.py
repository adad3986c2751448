"""Landings on drawn coasts: waves, the sea, resistance, what follows, narrow straits, and what forbids a landing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engine.core.calendar import NEVER
from engine.core.dice import Dice
from engine.core.hexes import Grid
from engine.model.codes import Afloat, Obstacle, OrderKind, OrderState, Task
from engine.model.theatre import Strait
from engine.rules import craft, landing
from engine.run import why
from engine.run.session import Session
from tests.rules.marches import DAY, HOUR, at, field, hex_of, of_kind, row, rows_of, told
from tests.rules.sea import calm, conserved, men, refused

SOUND = """
:::::::::
:::::::::
~~~~~~~~~
~~~~~~~~~
AB.......
.........
"""
"""Two rows of water between an enemy coast and the axis coast."""
BEACH = (1, 1)
LIFT = 2000
FORCE = {"A": "infantry", "B": "infantry"}


def boats(**columns: Any) -> dict[str, Any]:
    return {"hq": "axis_hq", "kind": "landing_craft", "men": LIFT, "lifts_day": 2, "range_km": 60.0, "at": (4, 2), **columns}


def sound(text: str = SOUND, formations: dict[str, Any] | None = None, **options: Any) -> Session:
    options.setdefault("assets", [boats()])
    options.setdefault("weather", calm())
    steady = {"switch.sickness": 0, "switch.replacements": 0, "switch.weather": 1, "naval.sea_spread": 0}
    return field(text, formations or FORCE, sets={**steady, **options.pop("sets", {})}, **options)


def land(session: Session, name: str = "a1", beach: tuple[int, int] = BEACH) -> None:
    told(session, name, OrderKind.LAND, at(session, *beach))


def test_the_first_wave_is_what_the_craft_carry_and_takes_the_beach():
    s = sound()
    land(s)
    s.advance(7 * HOUR)
    (wave,) = rows_of(s, "Landed")
    assert (wave["men_u"], wave["hex"], wave["came_from"]) == (LIFT * 10**6, at(s, *BEACH), at(s, 4, 0))
    a, f = row(s, "a1"), s.world.formations
    assert hex_of(s, "a1") == at(s, *BEACH)
    assert s.world.hexes.owner[at(s, *BEACH)] == 0
    assert f.men_u[a] == (LIFT - 10) * 10**6, "one in two hundred is lost on a beach that nobody defends"
    assert (f.guns_u[a], f.afv_u[a]) == (0, 0)
    assert f.afloat[a] == Afloat.BY_CRAFT
    assert (f.task[a], s.world.orders.state.tolist()) == (Task.HOLD, [OrderState.DONE])
    conserved(s, "a1")


def test_the_rest_follows_lift_by_lift_men_first():
    s = sound()
    land(s)
    a, f = row(s, "a1"), s.world.formations
    start = {name: int(f[name][a]) for name in ("men_u", "guns_u", "afv_u")}
    seen = []
    for half in range(1, 14):
        s.advance(half * 12 * HOUR)
        seen.append((men(s, "a1")["present"], int(f.guns_u[a])))
        conserved(s, "a1")
    ashore = [present for present, _ in seen]
    assert ashore == sorted(ashore)
    assert all(b - a_ <= LIFT * 10**6 for a_, b in pairwise(ashore))
    assert seen[2][1] == 0 < seen[-1][1], "guns come when the men are ashore"
    assert int(f.guns_u[a] + f.guns_lost_u[a]) == start["guns_u"]
    assert f.afloat[a] == Afloat.ASHORE


def test_more_craft_or_more_lifts_bring_a_division_over_sooner():
    def ashore(**columns: Any) -> int:
        s = sound(assets=[boats(**columns)])
        land(s)
        s.advance(2 * DAY)
        return men(s, "a1")["present"]

    assert ashore(men=1000) < ashore(men=2000) < ashore(men=4000)
    assert ashore(lifts_day=1) < ashore(lifts_day=4)


def test_a_rough_sea_holds_the_craft_in_port():
    s = sound(weather=calm(sea=5))
    land(s)
    s.advance(3 * DAY)
    assert not of_kind(s, "Landed", "CraftCrossed")
    assert s.world.orders.state.tolist() == [OrderState.IN_FORCE]
    s = sound(weather=calm(3, sea=6) + calm()[3:])
    land(s)
    s.advance(4 * DAY)
    assert [r["minute"] for r in rows_of(s, "Landed")] == [3 * DAY]


def test_in_autumn_craft_lie_idle_for_a_third_of_the_time():
    s = sound(sets={"naval.sea_spread": 1.0}, weather=calm(sea=4))
    s.advance(1)
    states = [craft.sea_state(s.world, 360 * n, Dice(7)) for n in range(2000)]
    idle = sum(state > 4.5 for state in states) / len(states)
    assert 0.25 < idle < 0.40


DEFENDED = SOUND.replace(":::::::::\n~", "X::::::::\n~", 1)


def test_nobody_lands_where_an_enemy_formation_stands():
    s = sound(DEFENDED, {**FORCE, "X": "rifle"})
    land(s, beach=(1, 0))
    s.advance(DAY)
    (said,) = rows_of(s, "NotLanded")
    assert said["cause"] == Obstacle.ENEMY
    assert hex_of(s, "a1") == at(s, 4, 0)
    assert s.world.orders.state.tolist() == [OrderState.FAILED]


def outcomes(strength: float, lift: int = LIFT, runs: int = 60) -> tuple[int, float]:
    """How many of so many landings beside a defender are beaten off, and the mean loss of the first wave."""
    beaten, lost = 0, 0
    for seed in range(runs):
        s = sound(DEFENDED, {**FORCE, "X": {"kind": "rifle", "strength": strength}}, seed=seed, assets=[boats(men=lift)])
        land(s)
        s.advance(7 * HOUR)
        beaten += len(rows_of(s, "BeatenOff"))
        lost += sum(r["battle_u"] for kind in ("BeatenOff", "Landed") for r in rows_of(s, kind))
    return beaten, lost / runs / 10**6


def test_a_stronger_defence_beats_more_landings_off_and_a_stronger_wave_is_beaten_off_less():
    weak, strong = outcomes(0.3), outcomes(1.5)
    assert weak[0] < strong[0]
    assert weak[1] < strong[1]
    assert outcomes(1.0, lift=6000, runs=30)[0] < outcomes(1.0, lift=500, runs=30)[0]


def test_who_is_beaten_off_stays_where_he_was_with_his_losses():
    s = sound(DEFENDED, {**FORCE, "X": {"kind": "rifle", "strength": 1.5}}, sets={"naval.landing_slope": 3})
    land(s)
    s.advance(7 * HOUR)
    (said,) = rows_of(s, "BeatenOff")
    assert hex_of(s, "a1") == at(s, 4, 0)
    assert said["battle_u"] == LIFT * 10**6 // 4
    assert int(s.world.craft.left[0]) == 950_000
    assert s.world.hexes.owner[at(s, *BEACH)] == 1
    conserved(s, "a1")


def test_a_landing_force_is_weak_on_its_first_day():
    s = sound()
    land(s)
    s.advance(7 * HOUR)
    who = np.array([row(s, "a1"), row(s, "b1")])
    begun = rows_of(s, "Landed")[0]["minute"]
    factors = [landing.weakness(s.world, who, begun + h * HOUR) for h in (0, 7, 23)]
    assert [f.tolist() for f in factors if f is not None] == [[0.5, 1.0], [0.75, 1.0], [0.75, 1.0]]
    assert landing.weakness(s.world, who, begun + DAY) is None
    strong = sound(sets={"switch.landing_weak": 0})
    land(strong)
    strong.advance(7 * HOUR)
    assert landing.weakness(strong.world, who, begun) is None


def test_craft_make_one_lift_at_a_time_and_serve_those_ashore_first():
    s = sound()
    land(s, "a1")
    land(s, "b1", (1, 4))
    s.advance(2 * DAY)
    assert [r["formation"] for r in rows_of(s, "Landed")] == [row(s, "a1")]
    crossed = [r["minute"] for r in rows_of(s, "CraftCrossed")]
    assert all(b - a >= 12 * HOUR for a, b in pairwise(crossed))


def test_two_groups_of_craft_land_two_divisions():
    s = sound(assets=[boats(range_km=20.0, at=(3, 1)), boats(id="east", range_km=30.0, at=(3, 6))],
              formations={"A": "infantry", "B": {"kind": "infantry", "cell": 4 * 9 + 6}})  # fmt: skip
    land(s, "a1")
    land(s, "b1", (1, 6))
    s.advance(7 * HOUR)
    assert len(rows_of(s, "Landed")) == 2


def test_those_ashore_live_over_the_beach_and_starve_without_it():
    s = sound(sets={"supply.airlift_axis": 0})
    land(s)
    a = row(s, "a1")
    s.advance(6 * DAY)
    assert s.world.formations.cut_off_since[a] == NEVER
    assert s.world.formations.supplied[a] > 500_000
    lone = sound(sets={"supply.airlift_axis": 0}, assets=[boats(until_min=3 * DAY)])
    land(lone)
    lone.advance(6 * DAY)
    assert lone.world.formations.supplied[a] == 0


@pytest.mark.parametrize(
    ("name", "beach", "options", "code"),
    [
        ("a1", BEACH, {"assets": []}, "no_craft"),
        ("a1", BEACH, {"assets": [boats(range_km=10.0, at=(4, 8))]}, "no_craft"),
        ("a1", BEACH, {"assets": [boats(from_min=2 * DAY)]}, "no_craft"),
        ("a1", (0, 1), {}, "no_beach"),
        ("a1", (2, 1), {}, "water"),
        ("b1", BEACH, {"formations": {"A": "infantry", "B": {"kind": "infantry", "cell": 5 * 9 + 2}}}, "not_on_the_coast"),
    ],
)
def test_landings_that_cannot_be_ordered_are_refused(name: str, beach: tuple[int, int], options: dict[str, Any], code: str):
    s = sound(**options)
    assert refused(s, name, OrderKind.LAND, at(s, *beach)) == code


def test_a_landing_can_be_explained_by_its_terms():
    s = sound(DEFENDED, {**FORCE, "X": "rifle"}, frames=True)
    land(s)
    s.advance(7 * HOUR)
    terms = {term.key: term.value for term in why.why_landing(s, row(s, "a1")).terms}
    assert terms["landing.wave_men"] == LIFT
    assert terms["landing.opposed"] == 1.0
    assert terms["landing.x"] != 0.0
    assert terms["landing.sea_beaufort"] == 1.0


def narrows(craft_there: bool, held: bool) -> Session:
    """Division A on the south bank of a strait between two land hexes."""
    text = """
:::::
X::::
A....
.....
"""
    near, strait = Grid(5, 4, 0.0, 0.0, "D").neighbours, np.zeros((20, 6), np.uint8)
    for cell in range(5, 10):
        strait[cell, near[cell] >= 10] = Strait.FERRY
    x: dict[str, Any] = {"kind": "rifle", "strength": 0.2}
    text = text if held else text.replace("X", ":")
    return sound(text, {"A": "infantry", **({"X": x} if held else {})}, strait=strait,
                 assets=[boats(at=(2, 0))] if craft_there else [])  # fmt: skip


def test_a_held_shore_is_attacked_across_a_strait_only_with_craft():
    for there in (False, True):
        s = narrows(there, held=True)
        told(s, "a1", OrderKind.ATTACK, at(s, 1, 0))
        s.advance(DAY)
        assert bool(of_kind(s, "Engaged")) is there


def test_an_enemy_shore_has_no_ferry():
    for there in (False, True):
        s = narrows(there, held=False)
        told(s, "a1", OrderKind.MARCH, at(s, 1, 0))
        s.advance(2 * DAY)
        assert (hex_of(s, "a1") == at(s, 1, 0)) is there


def guns_at_noon(hour: int = 12, sea: int = 1, **sets: float) -> float:
    """Shift of x by a cruiser that lies off the beach, at an hour of the run."""
    cruiser = {"hq": "axis_hq", "kind": "naval", "guns": 24, "range_km": 60.0, "at": (3, 2)}
    s = sound(assets=[boats(), cruiser], weather=calm(sea=sea), sets=sets)
    s.advance(hour * HOUR)
    return landing._ships_guns(s.world, 0, at(s, *BEACH), s.now)


def test_ships_fire_at_a_beach_on_their_days_on_station_by_day_in_a_fair_sea() -> None:
    firing = guns_at_noon()
    assert firing > 0
    turn = sound().world.statics.rules
    away = round(24 * turn["naval.days_on"]) + 12
    back = away + round(24 * turn["naval.days_off"])
    assert [guns_at_noon(away), guns_at_noon(back)] == [0.0, firing]
    assert guns_at_noon(1) == 0.0, "by night"
    assert guns_at_noon(sea=round(turn["weather.sea_gunfire"]) + 1) == 0.0
    assert guns_at_noon(**{"switch.naval": 0}) == 0.0
