"""Attacks with little time to prepare, and rivers under ice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.files.drawn import drawn_scenario
from engine.model.codes import DirectiveKind, Mobility
from engine.model.facts import WeatherDay
from engine.model.instruction import Instruction
from engine.rules import preparation, weather
from engine.rules.steps import BY_DAY, going, step_terms
from engine.run.session import Session
from tests.rules.marches import DAY, HOUR, at, field, rows_of

FIELD = """
:::::::::
:::R:::::
.........
.A...B...
.........
"""


def told_late(start_day: float, known_day: float, **sets: float) -> Session:
    """A corps whose attack begins at ``start_day`` and was known from ``known_day``."""
    plan = {"id": "go", "hq": "axis_hq", "kind": "defend", "start_day": start_day}
    s = field(FIELD, directives=[plan], days=30, sets=sets)
    late = tuple(replace(d, known_min=round(known_day * DAY)) for d in s.scenario.directives)
    run = Session(replace(s.scenario, directives=late), 1, keep_frames=False)
    run.advance(round(start_day * DAY) + HOUR)
    return run


@pytest.mark.parametrize(("known", "share"), [(0.0, 1.0), (4.0, 1.0), (9.5, 12 / 20), (10.0, 0.0)])
def test_an_attack_is_as_well_prepared_as_its_directive_left_time(known, share):
    run = told_late(10, known, **{"command.prepare_axis_corps_h": 20})
    shares = preparation.shares(run.world)
    assert (1.0 if shares is None else shares[run.world.statics.headquarters_rows["axis_hq"]]) == pytest.approx(share)


def test_a_front_needs_weeks_where_a_division_needs_days():
    world = field(FIELD).world
    rules = world.statics.rules
    hq = world.statics.headquarters_rows
    assert preparation.needed_min(world, hq["soviet_hq"]) == rules["command.prepare_soviet_corps_h"] * HOUR
    assert rules["command.prepare_soviet_front_h"] > 2 * rules["command.prepare_soviet_corps_h"]


def test_a_directive_given_in_play_is_prepared_from_its_arrival_on():
    run = field(FIELD, days=20)
    run.advance(2 * DAY)
    there = at(run, 1, 3)
    said = Instruction("axis_hq", DirectiveKind.ATTACK, axis=(at(run, 3, 3), there), objective=there)
    assert run.submit("axis", said) == [None]
    run.advance(4 * DAY)
    shares = preparation.shares(run.world)
    assert shares is not None
    assert shares[run.world.statics.headquarters_rows["axis_hq"]] == 0.0
    assert shares[-1] == 1.0


# Ice.

RIVER = """
::::
::::
====
....
.A..
"""


def winter(temp_c: float, days: int = 40, start: date = date(1944, 12, 1)) -> Session:
    record = [WeatherDay(day, "all", "clear", "frozen", temp_c=temp_c) for day in range(days)]
    scenario = drawn_scenario(RIVER, weather=record, days=days, start=start, sets={"switch.command_delay": 0})
    return Session(scenario, 1, keep_frames=False)


def ice_cm(session: Session) -> float:
    return int(session.world.weather.ice_mm[0]) / 10


def test_ice_grows_with_the_root_of_the_frost_and_melts():
    s = winter(-7.5)
    s.advance(1)
    first = ice_cm(s)
    grown = []
    for day in (10, 40):
        s.advance(day * DAY)
        grown.append(ice_cm(s))
    rules = s.world.statics.rules
    frost = 10.0 * np.array([10, 40])
    expected = np.sqrt(first**2 + rules["weather.ice_growth_cm"] ** 2 * (frost - 10))
    assert grown == pytest.approx(expected, abs=0.5)
    warm = winter(12.5)
    warm.advance(1)
    before = ice_cm(warm)
    warm.advance(3 * DAY)
    assert ice_cm(warm) == pytest.approx(max(before - 2 * rules["weather.ice_melt_cm"] * 10, 0), abs=0.2)


def test_summer_has_no_ice_and_a_start_in_winter_has_that_of_the_winter_so_far():
    summer = winter(20, 3, date(1944, 8, 15))
    summer.advance(2 * DAY)
    assert ice_cm(summer) == 0
    assert not [r for r in rows_of(summer, "WeatherChanged") if r["ice_mm"]]
    late = winter(-2, 3, date(1945, 2, 15))
    late.advance(1)
    early = winter(-2, 3, date(1944, 12, 1))
    early.advance(1)
    assert ice_cm(late) > ice_cm(early)
    assert weather._ice_before(summer.world.statics) == 0


def test_ice_bears_men_before_tanks():
    statics = winter(0).world.statics
    river = np.argwhere(statics.theatre.river > 0)
    cell, direction = river[[0], 0], river[[0], 1]
    rules = statics.rules

    def waits(mobility: int, ice_mm: float) -> int:
        terms = step_terms(statics, mobility, going(statics, 3, round(ice_mm)), BY_DAY, cell, direction)
        return int(next(t.minutes[0] for t in terms if t.key == "crossing"))

    thin, men, tanks = 50, 10 * rules["weather.ice_foot_cm"], 10 * rules["weather.ice_tank_cm"]
    assert [waits(Mobility.FOOT, ice) > 0 for ice in (0, thin, men, tanks)] == [True, True, False, False]
    assert [waits(Mobility.TRACK, ice) > 0 for ice in (0, thin, men, tanks)] == [True, True, True, False]
