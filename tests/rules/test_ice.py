"""Ice on straits and narrow lakes: whom it bears and when, and what then no longer crosses by water."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from engine.core.calendar import NEVER
from engine.core.dice import Dice
from engine.core.hexes import Grid
from engine.files.drawn import drawn_scenario
from engine.files.theatre import load_theatre
from engine.model.codes import Mobility, OrderKind
from engine.model.facts import WeatherDay
from engine.model.orders import Order
from engine.model.theatre import Strait
from engine.rules import ice, landing, ways, weather
from engine.rules.combat_retreat import WayBack
from engine.rules.steps import BY_DAY, bridged_steps, crossings, going, going_now
from engine.rules.system import Trace
from engine.rules.systems import SYSTEMS
from engine.run.session import Session
from tests.rules.marches import AT_ONCE, DAY, HOUR, at, hex_of, march, of_kind, row

SOUND = """
~~~~~
.....
A....
.....
"""
WIDE, HIGH = 5, 4
WINTER = (12, 1, 2, 3)
NORTH, SOUTH = (1, 0), (2, 0)


def frozen(
    cm: float | None = 30.0, text: str = SOUND, formations: dict[str, Any] | None = None, *, kind: Strait = Strait.STRAIT,
    months: tuple[int, ...] = WINTER, start: date = date(1945, 1, 10), sets: dict[str, Any] | None = None, **more: Any,
) -> Session:  # fmt: skip
    """A strait between rows 1 and 2, water beyond, and a record of the ice (None: none on record)."""
    near, strait = Grid(WIDE, HIGH, 0.0, 0.0, "D").neighbours, np.zeros((WIDE * HIGH, 6), np.uint8)
    for cell in range(WIDE * HIGH):
        for d in range(6):
            there = int(near[cell, d])
            if there >= 0 and {cell // WIDE, there // WIDE} == {1, 2}:
                strait[cell, d] = kind
    thick = {} if cm is None else {"ice_cm": cm}
    record = more.pop("record", [WeatherDay(day, "all", "clear", "frozen", temp_c=-5.0, sea=1, **thick) for day in range(20)])
    scenario = drawn_scenario(
        text, formations or {"A": "infantry"}, days=20, start=start, weather=record, strait=strait,
        sets={**AT_ONCE, "switch.weather": 1, **(sets or {})}, **more,
    )  # fmt: skip
    water = np.where(scenario.theatre.kind != 1, 1, 0).astype(np.uint8)
    theatre = replace(scenario.theatre, ice=water, ice_months=((), months))
    s = Session(replace(scenario, theatre=theatre), 1, systems=SYSTEMS, ledger=True, keep_frames=False)
    s.advance(1)
    return s


def bears(s: Session) -> int:
    """The column without what the sea bears."""
    return int(s.world.weather.strait_ice[0]) % ice.OPEN


# When, and whom.


@pytest.mark.parametrize(("cm", "found"), [(0, 0), (19, 0), (20, 1), (49, 1), (50, 13)])
def test_it_bears_men_first_and_tanks_later(cm: float, found: int) -> None:
    assert bears(frozen(cm)) == found


@pytest.mark.parametrize(("month", "found"), [(1, 1), (2, 2), (12, 12), (4, 0), (11, 0)])
def test_only_in_the_months_in_which_ice_closes_the_water_beside_it(month: int, found: int) -> None:
    assert bears(frozen(30, start=date(1945, month, 10))) == found


def test_without_a_record_it_has_a_share_of_the_frost_of_the_winter() -> None:
    s = frozen(None, sets={"weather.ice_strait": 0.5})
    river = int(s.world.weather.ice_mm[0])
    assert river > 0
    for share, wanted in ((0.99 * 200 / river, 0), (1.01 * 200 / river, 1)):
        assert bears(frozen(None, sets={"weather.ice_strait": share})) == wanted


def test_the_record_of_a_day_counts_for_that_day() -> None:
    record = [WeatherDay(d, "all", "clear", "frozen", temp_c=-5.0, ice_cm=10.0 * d) for d in range(6)]
    s = frozen(record=record)
    found = []
    for day in range(6):
        s.advance(day * DAY + 1)
        found.append(bears(s))
    assert found == [0, 0, 1, 1, 1, 13]


def test_switched_off_it_is_water_in_every_winter() -> None:
    off = frozen(60, sets={"switch.strait_ice": 0, "switch.open_ice": 0})
    assert int(off.world.weather.strait_ice[0]) == 0
    open_only = frozen(60, sets={"switch.strait_ice": 0})
    assert ice.bearing(open_only.world.statics, int(open_only.world.weather.strait_ice[0])) is None


def test_the_weather_says_by_what() -> None:
    s, trace = frozen(30), Trace()
    weather.decide(s.world, DAY, Dice(1), trace)
    assert ("weather", 0, "straits_bear", 1.0, "weather.ice_strait") in trace.terms


# Walking.


def test_nobody_walks_over_open_water_and_men_walk_over_ice() -> None:
    for cm, crosses in ((10, False), (30, True)):
        s = frozen(cm)
        march(s, "a1", at(s, *NORTH))
        s.advance(2 * DAY)
        assert (hex_of(s, "a1") == at(s, *NORTH)) is crosses


def test_tanks_wait_for_thicker_ice() -> None:
    for cm, crosses in ((30, False), (60, True)):
        s = frozen(cm, formations={"A": "panzer"})
        march(s, "a1", at(s, *NORTH))
        s.advance(2 * DAY)
        assert (hex_of(s, "a1") == at(s, *NORTH)) is crosses


def test_ways_are_planned_with_what_the_view_says_of_the_ice() -> None:
    for cm, leads in ((10, False), (30, True)):
        s = frozen(cm)
        view = s.view("axis")
        assert view.weather.strait_ice % ice.OPEN == bears(s)
        way = ways.way(ways.known_of(view), int(Mobility.FOOT), 1, at(s, *SOUTH), at(s, *NORTH))
        assert (way is not None) is leads


def test_a_frozen_ferry_costs_no_time_and_one_in_open_water_does() -> None:
    waits = []
    for cm in (0, 30):
        s = frozen(cm, kind=Strait.FERRY)
        table = crossings(s.world.statics, int(Mobility.FOOT), going_now(s.world))
        waits.append(int(table[at(s, *SOUTH)].max()))
    assert waits[0] > 0
    assert waits[1] == 0


def test_the_ferry_goes_on_in_its_channel_for_those_whom_the_ice_does_not_bear() -> None:
    s = frozen(30, kind=Strait.FERRY)
    table = bridged_steps(s.world.statics, int(Mobility.TRACK), going_now(s.world), BY_DAY)
    wait = crossings(s.world.statics, int(Mobility.TRACK), going_now(s.world))
    over = wait[at(s, *SOUTH)] > 0
    assert over.any()
    assert (table[at(s, *SOUTH)][over] > 0).all()


def test_one_number_tells_ground_rivers_and_straits_apart() -> None:
    statics = frozen(30).world.statics
    seen = {going(statics, ground, mm, straits) for ground in range(5) for mm in (0, 250, 600) for straits in range(25)}
    assert len(seen) == 5 * 3 * 25


# Fighting.


HELD = """
~~~~~
X::::
A....
.....
"""


def test_a_held_shore_is_attacked_over_the_ice_without_craft_and_at_full_power() -> None:
    x: dict[str, Any] = {"kind": "rifle", "strength": 0.2}
    odds = {}
    for cm in (0, 30):
        s = frozen(cm, HELD, {"A": "infantry", "X": x})
        s.submit("axis", Order(OrderKind.ATTACK, "a1", at(s, *NORTH), by_human=True))
        s.advance(DAY)
        assert bool(of_kind(s, "Engaged")) is (cm > 0)
        odds[cm] = s.world.battles.x.tolist()
    (x_ice,) = odds[30]
    assert x_ice > 0


def test_a_defender_goes_back_over_the_ice_and_not_over_water() -> None:
    for cm, away in ((0, False), (30, True)):
        s = frozen(cm, "~~~~~\n.::::\nA::::\n:::::", {"A": "infantry"})
        to, _ = WayBack(s.world, HOUR).find(0, at(s, *SOUTH))
        assert (to == at(s, *NORTH)) is away


# What floats.


def test_craft_do_not_cross_a_frozen_strait() -> None:
    for cm, cause in ((0, None), (30, "frozen")):
        s = frozen(cm)
        cost = landing._crossing(s.world, 0, at(s, *SOUTH), at(s, *NORTH), 1)
        assert (cost > 1_000_000) is (cause is not None)


def test_water_is_the_theatres_again_when_the_ice_has_gone() -> None:
    s = frozen(0)
    assert ice.water(s.world) is s.world.statics.theatre.strait
    assert not ice.water(frozen(30).world).any()


# Supply.


def test_who_stands_beyond_the_strait_lives_over_the_ice() -> None:
    text = "~~~~~\nA....\n.::::\n....."
    for cm, cut_off in ((0, True), (30, False)):
        s = frozen(cm, text, supply=False, sources=[{"side": "axis", "kind": "edge", "at": (3, 0), "capacity_t": 500}])
        s.advance(DAY)
        assert (int(s.world.formations.cut_off_since[row(s, "a1")]) < NEVER) is cut_off


# The theatre.


def test_of_the_baltic_the_narrows_of_lake_peipus_and_the_sounds_of_the_islands_freeze_and_the_causeway_does_not() -> None:
    theatre = load_theatre("baltic")
    statics = type("S", (), {"theatre": theatre, "grid": theatre.grid, "shared": {}})()
    grid = theatre.grid

    def side(a: str, b: str) -> tuple[int, int]:
        cell, there = grid.parse(a), grid.parse(b)
        return cell, int(np.flatnonzero(grid.neighbours[cell] == there)[0])

    february, october = ice._freezing(statics, 2), ice._freezing(statics, 10)
    for a, b in (("B098.049", "B099.049"), ("B052.042", "B053.042"), ("B053.034", "B052.035"), ("B021.094", "B022.094")):
        assert february[side(a, b)], (a, b)
    assert not february[side("B049.042", "B050.042")], "the causeway of Orissaare is a road in any weather"
    assert not february[side("B005.112", "B004.113")], "Pillau is open in all winters"
    assert not october.any()
    cells, directions = np.nonzero(february)
    back = grid.neighbours[cells, directions]
    assert february[back, (directions + 3) % 6].all(), "both banks agree"
