"""Ice on open water: lakes, lagoons and gulfs are walked over in hard winters, and break under who stays too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from engine.files.drawn import drawn_scenario
from engine.lab.commanders import commanders
from engine.model.codes import HexKind, Mobility, OrderKind
from engine.model.events import Event
from engine.model.facts import WeatherDay
from engine.model.orders import Order
from engine.rules import ice, ways
from engine.rules.combat_retreat import WayBack
from engine.rules.ground import passable
from engine.rules.steps import bridged_steps
from engine.rules.supply import connected
from engine.rules.systems import SYSTEMS
from engine.run.session import Session
from tests.rules.marches import AT_ONCE, DAY, HOUR, at, hex_of, march, of_kind, row

LAKE = """
:::::::
:::::::
~~~~~~~
~~~~~~~
A......
..B....
.......
"""
WINTER = (12, 1, 2, 3)
SHORE, ON_THE_ICE, ACROSS = (4, 0), (3, 2), (1, 3)


def lake(
    cm: float | list[float] = 60.0, formations: dict[str, Any] | None = None, *, text: str = LAKE,
    kind: HexKind = HexKind.LAKE, start: date = date(1945, 1, 10), staffs: bool = False,
    sets: dict[str, Any] | None = None, **more: Any,
) -> Session:  # fmt: skip
    """A lake (or a gulf) of two rows of hexes between two shores, and a record of the ice."""
    thick = cm if isinstance(cm, list) else [cm] * 20
    record = [WeatherDay(d, "all", "clear", "frozen", temp_c=-5.0, sea=1, ice_cm=c) for d, c in enumerate(thick)]
    scenario = drawn_scenario(
        text, formations or {"A": "infantry", "B": "infantry"}, days=20, start=start, weather=record,
        sets={**({} if staffs else AT_ONCE), "switch.weather": 1, **(sets or {})}, **more,
    )  # fmt: skip
    wet = scenario.theatre.kind != HexKind.LAND
    theatre = replace(
        scenario.theatre, ice=wet.astype(np.uint8), ice_months=((), WINTER),
        kind=np.where(wet, kind, scenario.theatre.kind).astype(scenario.theatre.kind.dtype),
    )  # fmt: skip
    leaders = commanders({"axis": "staff", "soviet": "staff"}) if staffs else {}
    s = Session(replace(scenario, theatre=theatre), 1, leaders, systems=SYSTEMS, ledger=True)
    s.advance(1)
    return s


def the_one(s: Session, kind: str) -> Event:
    (found,) = of_kind(s, kind)
    return found


# Walking.


@pytest.mark.parametrize(("kind", "cm", "unit", "goes"), [
    (HexKind.LAKE, 19, "infantry", False), (HexKind.LAKE, 20, "infantry", True), (HexKind.LAKE, 49, "panzer", False),
    (HexKind.LAKE, 50, "panzer", True), (HexKind.SEA, 28, "infantry", False), (HexKind.SEA, 30, "infantry", True),
    (HexKind.SEA, 70, "panzer", False), (HexKind.SEA, 75, "panzer", True),
])  # fmt: skip
def test_lakes_bear_men_from_20_cm_and_tanks_from_50_and_gulfs_later(kind: HexKind, cm: float, unit: str, goes: bool) -> None:
    s = lake(cm, {"A": unit, "B": "infantry"}, kind=kind)
    refused = s.submit("axis", Order(OrderKind.MARCH, "a1", at(s, *ON_THE_ICE)))[0]
    assert (refused is None) is goes
    assert refused is None or refused.code == "water"
    s.advance(3 * DAY)
    assert (hex_of(s, "a1") == at(s, *ON_THE_ICE)) is goes
    assert (int(s.world.hexes.owner[at(s, *ON_THE_ICE)]) == 0) is goes


def test_only_in_the_months_in_which_ice_closes_the_water() -> None:
    assert ice.walkable(lake(80, start=date(1945, 3, 10)).world.statics, 3) is not None
    s = lake(80, start=date(1945, 4, 10))
    assert int(s.world.weather.strait_ice[0]) == 0
    assert s.submit("axis", Order(OrderKind.MARCH, "a1", at(s, *ON_THE_ICE)))[0] is not None


def test_in_summer_water_costs_nothing_and_is_no_ground() -> None:
    statics = lake(80, start=date(1945, 7, 10)).world.statics
    assert ice.walked(statics) is passable(statics), "not even a copy is made"
    winter = lake(80).world.statics
    assert ice.walked(winter).sum() == passable(winter).sum() + 14


def test_switched_off_nobody_walks_there() -> None:
    s = lake(150, sets={"switch.open_ice": 0})
    assert ice.walked(s.world.statics) is passable(s.world.statics)
    assert s.submit("axis", Order(OrderKind.MARCH, "a1", at(s, *ON_THE_ICE)))[0] is not None


def test_ways_and_steps_lead_over_the_ice_and_not_over_water() -> None:
    for cm, leads in ((10.0, False), (30.0, True)):
        s = lake(cm)
        known = ways.known_of(s.view("axis"))
        assert (ways.way(known, int(Mobility.FOOT), row(s, "a1"), at(s, *SHORE), at(s, *ACROSS)) is not None) is leads
    s = lake(30.0)
    open_ice = int(s.world.weather.strait_ice[0])
    foot, track = (ice.walkable(s.world.statics, open_ice, m) for m in (Mobility.FOOT, Mobility.TRACK))
    assert foot is not None
    assert track is None


def test_open_ice_takes_longer_than_a_road() -> None:
    from engine.rules.steps import MEAN, going_now

    s = lake(60)
    table = bridged_steps(s.world.statics, int(Mobility.FOOT), going_now(s.world), MEAN)
    here, ashore = at(s, 3, 3), at(s, 5, 3)
    assert table[here].max() > table[ashore].max() > 0


def test_who_has_crossed_takes_the_other_shore_and_is_supplied_over_the_ice() -> None:
    s = lake(60, {"A": "infantry", "B": "infantry"})
    march(s, "a1", at(s, *ACROSS))
    s.advance(4 * DAY)
    assert hex_of(s, "a1") == at(s, *ACROSS)
    assert int(s.world.hexes.owner[at(s, *ACROSS)]) == 0
    assert connected(s.world, 0)[at(s, *ACROSS)], "over the ice, that is its side's now"
    front = {int(c) for e in of_kind(s, "Captured") for c in e["hex"]}
    assert any(s.scenario.theatre.kind[c] != HexKind.LAND for c in front)


# When it breaks.

THAW = [60.0] * 6 + [10.0] * 14


def test_who_stands_on_ice_that_breaks_comes_off_with_losses_for_every_hex() -> None:
    s = lake(THAW, {"A": {"kind": "infantry", "afv": 10}, "B": "infantry"})
    march(s, "a1", at(s, *ON_THE_ICE))
    s.advance(6 * DAY - 1)
    before = {n: int(s.world.formations.read(n, s.now, [row(s, "a1")])[0]) for n in ("men", "afv", "guns")}
    s.advance(6 * DAY + 1)
    told, i = the_one(s, "BrokeIn"), row(s, "a1")
    rules, formations = s.world.statics.rules, s.world.formations
    assert s.scenario.theatre.kind[hex_of(s, "a1")] == HexKind.LAND
    assert s.world.hexes.owner[hex_of(s, "a1")] == 0
    away = int(s.scenario.theatre.grid.distance(int(told["came_from"][0]), int(told["hex"][0])))
    assert away == 1
    assert int(told["drowned_u"][0]) == pytest.approx(before["men"] * rules["weather.ice_drowned"], rel=0.001)
    assert int(told["guns_u"][0]) == pytest.approx(before["guns"] * rules["weather.ice_sunk"], rel=0.001)
    assert int(formations.drowned_u[i]) == int(told["drowned_u"][0])
    men = sum(int(formations.read(n, s.now, [i])[0]) for n in ("men", "battle", "sick")) + int(formations.drowned_u[i])
    start = next(f for f in s.scenario.formations if f.id == "a1")
    assert men - int(formations.read("gain", s.now, [i])[0]) == start.men * 10**6


def test_the_water_is_nobodys_again_and_who_was_across_is_cut_off() -> None:
    s = lake(THAW)
    march(s, "a1", at(s, *ACROSS))
    s.advance(6 * DAY - 1)
    wet = s.scenario.theatre.kind != HexKind.LAND
    assert (s.world.hexes.owner[wet] == 0).any()
    s.advance(6 * DAY + 1)
    assert (s.world.hexes.owner[wet] == -1).all()
    assert not of_kind(s, "BrokeIn")
    assert not connected(s.world, 0)[at(s, *ACROSS)]
    s.advance(9 * DAY)
    assert all(e.minute == 6 * DAY for e in of_kind(s, "IceBroke"))


def test_who_was_on_his_way_onto_it_stops_on_the_shore() -> None:
    s = lake([60.0, 10.0, 10.0, 10.0, 10.0])
    march(s, "b1", at(s, 0, 3))
    s.advance(DAY + 1)
    leg = int(s.world.formations.leg_to[row(s, "b1")])
    assert leg < 0 or s.scenario.theatre.kind[leg] == HexKind.LAND
    s.advance(4 * DAY)
    assert s.scenario.theatre.kind[hex_of(s, "b1")] == HexKind.LAND


def test_vehicles_break_in_where_men_still_walk() -> None:
    s = lake([60.0] * 6 + [30.0] * 14, {"A": "panzer", "B": "infantry"})
    march(s, "a1", at(s, *ON_THE_ICE))
    march(s, "b1", at(s, 3, 3))
    s.advance(6 * DAY + 1)
    told = the_one(s, "BrokeIn")
    assert told["formation"].tolist() == [row(s, "a1")]
    assert hex_of(s, "b1") == at(s, 3, 3)
    assert not of_kind(s, "IceBroke")


# A fight on it, and the laws.

SHORES = """
::R::R::
:R::R::R
~~~~~~~~
~~~~~~~~
.A..A..A
...B....
...#....
"""


def winter_war(cm: float | list[float] = 60.0) -> Session:
    """Two divisions are sent over the ice by hand; the staffs lead all others."""
    kinds = {"R": "rifle", "A": {"kind": "infantry", "strength": 0.3}, "B": {"kind": "infantry", "strength": 0.3}}
    s = lake(cm, kinds, text=SHORES, staffs=True)
    for name, column in (("r1", 3), ("r3", 4)):
        assert s.submit("soviet", Order(OrderKind.MARCH, name, at(s, 3, column), by_human=True)) == [None]
    return s


def test_staffs_on_both_shores_live_with_the_ice_and_with_its_breaking() -> None:
    s = winter_war([60.0] * 9 + [5.0] * 11)
    s.advance(3 * DAY)
    for name in ("r1", "r3"):
        s.submit("soviet", Order(OrderKind.ATTACK, name, hex_of(s, "a2"), by_human=True))
    s.advance(14 * DAY)
    kinds = s.scenario.theatre.kind
    assert any((kinds[e["hex"]] != HexKind.LAND).any() for e in of_kind(s, "Entered"))
    assert of_kind(s, "Engaged")
    assert of_kind(s, "IceBroke")
    there = s.world.formations.hex[s.world.formations.hex >= 0]
    assert (kinds[there] == HexKind.LAND).all()
    assert (s.world.hexes.owner[kinds != HexKind.LAND] == -1).all()


def test_a_winter_war_is_the_same_in_slices_and_after_a_rewind() -> None:
    whole, sliced = winter_war(), winter_war()
    whole.advance(4 * DAY)
    for until in range(7 * 60, 4 * DAY, 7 * 60):
        sliced.advance(until)
    sliced.advance(4 * DAY)
    assert sliced.digest() == whole.digest()
    whole.rewind(2 * DAY)
    whole.advance(4 * DAY)
    assert sliced.digest() == whole.digest()


@pytest.mark.parametrize(("cm", "unit", "goes"), [(30, "infantry", True), (30, "panzer", False), (60, "panzer", True)])
def test_the_beaten_go_back_over_ice_that_bears_them(cm: float, unit: str, goes: bool) -> None:
    s = lake(cm, {"A": unit, "B": unit})
    ice_behind = at(s, 3, 3)
    s._pen["hexes"]["owner"][:] = 1
    s._pen["hexes"]["owner"][[hex_of(s, "b1"), ice_behind, hex_of(s, "a1")]] = 0
    s._pen["formations"]["hex"][row(s, "b1")] = here = at(s, 4, 3)
    s._pen["hexes"]["owner"][here] = 0
    mobility = int(s.world.formations.mobility[row(s, "b1")])
    to, _ = WayBack(s.world, s.now).find(0, here, mobility)
    assert to == ice_behind if goes else to != ice_behind


def test_the_enemy_on_the_ice_is_attacked_and_goes_back_or_comes_over() -> None:
    s = lake(60, {"A": {"kind": "infantry", "strength": 0.4}, "R": "rifle"}, text=LAKE.replace("..B....", ".......").replace(
        ":::::::\n~", "::R.R::\n~", 1).replace("R.R", "R:R"))  # fmt: skip
    march(s, "a1", at(s, *ON_THE_ICE))
    s.advance(2 * DAY)
    assert hex_of(s, "a1") == at(s, *ON_THE_ICE)
    for name in ("r1", "r2"):
        march(s, name, at(s, 2, 2 if name == "r1" else 3))
    s.advance(4 * DAY)
    goal = hex_of(s, "a1")
    for name in ("r1", "r2"):
        s.submit("soviet", Order(OrderKind.ATTACK, name, goal, by_human=True))
    s.advance(10 * DAY)
    assert of_kind(s, "Engaged")
    assert int(s.world.formations.read("battle", s.now, [row(s, "a1")])[0]) > 0


@pytest.mark.parametrize(
    ("after", "unit"), [(10.0, "infantry"), (30.0, "panzer")], ids=["nobody's water, no ice", "ice that bears men only"]
)  # fmt: skip
def test_nobody_marches_onto_ice_that_has_ceased_to_bear_him_meanwhile(after: float, unit: str) -> None:
    s = lake([60.0] * 6 + [after] * 14, {"A": unit, "B": "infantry"})
    s.advance(6 * DAY - 4 * HOUR)
    march(s, "a1", at(s, *ON_THE_ICE))
    s.advance(6 * DAY - 1)
    leg = int(s.world.formations.leg_to[row(s, "a1")])
    assert s.scenario.theatre.kind[leg] != HexKind.LAND, "it is on its way onto the ice"
    s.advance(9 * DAY)
    assert s.scenario.theatre.kind[hex_of(s, "a1")] == HexKind.LAND
    wet = s.scenario.theatre.kind != HexKind.LAND
    assert (s.world.hexes.owner[wet] != 0).all()
