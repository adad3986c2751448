"""Weather: dated records, the chain where there are none, what the sky makes of the ground, and light."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

from engine.files.drawn import drawn_scenario
from engine.model.codes import Ground, Sky
from engine.model.facts import WeatherDay
from engine.model.scenario import Scenario
from engine.rules import weather
from engine.run.session import Session
from tests.rules.marches import DAY, HOUR

FIELD = "::R:\n....\n.A..\n"


def sky_over(record: list[WeatherDay], start: date = date(1944, 8, 15), seed: int = 1, **sets: float) -> Session:
    """Thirty days in which nothing runs but the weather; days without a record are drawn."""
    last = WeatherDay(29, "all", "clear", "dry")  # a scenario without any row has fine weather
    scenario = _scenario((*record, last), start, tuple(sets.items()))
    return Session(scenario, seed, systems=(weather.SYSTEM,), keep_frames=False)


@cache
def _scenario(record: tuple[WeatherDay, ...], start: date, sets: tuple[tuple[str, float], ...]) -> Scenario:
    return drawn_scenario(FIELD, weather=record, days=30, start=start, sets=dict(sets))


def grounds(session: Session, days: int) -> list[str]:
    """State of the ground on each day, at six."""
    found = []
    for day in range(days):
        session.advance(day * DAY + 6 * HOUR)
        found.append(Ground(int(session.world.weather.ground[0])).name.lower())
    return found


def test_a_day_on_record_is_as_recorded_and_the_others_are_drawn() -> None:
    record = [WeatherDay(day, "all", "fog", "wet", temp_c=9.0, wind=7, sea=6) for day in (0, 2)]
    s = sky_over(record)
    for day in (0, 2):
        s.advance(day * DAY + HOUR)
        now = s.world.weather
        assert (int(now.sky[0]), int(now.ground[0]), int(now.wind[0]), int(now.sea[0])) == (Sky.FOG, Ground.WET, 7, 6)
    others = set()
    for seed in range(1, 9):
        s = sky_over(record, seed=seed)
        s.advance(DAY + HOUR)
        others.add(int(s.world.weather.sky[0]))
    assert len(others) > 1


def test_skies_without_a_record_are_those_of_the_months_climate() -> None:
    s = sky_over([])
    climate = weather._almanac(s.world.statics).climate
    seen, expected, n = np.zeros(len(Sky)), np.zeros(len(Sky)), 0
    for seed in range(1, 31):
        s = sky_over([], seed=seed)
        for day in range(1, 15):
            s.advance(day * DAY + HOUR)
            seen[int(s.world.weather.sky[0])] += 1
            expected += climate.skies[7]
            n += 1
    assert np.abs(seen / n - expected / n).max() < 0.08


@pytest.mark.parametrize(("skies", "temp", "before", "after"), [
    (("clear", "rain"), 15.0, "dry", "wet"), (("snow", "snow"), -8.0, "frozen", "snow"),
    (("clear", "clear"), -8.0, "dry", "frozen"), (("fog", "cloud"), 15.0, "dry", "dry"),
    (("clear", "rain"), 15.0, "mud", "mud"),
])  # fmt: skip
def test_the_sky_makes_the_ground(skies: tuple[str, str], temp: float, before: str, after: str) -> None:
    record = [WeatherDay(0, "all", skies[0], before, temp_c=temp), WeatherDay(1, "all", skies[1], "", temp_c=temp)]
    assert grounds(sky_over(record, start=date(1944, 11, 1)), 2) == [before, after]


@pytest.mark.parametrize(("skies", "temp", "begins", "ends", "parameter"), [
    ("rain", 15.0, "wet", "mud", "weather.rain_to_mud_days"), ("clear", 20.0, "wet", "dry", "weather.dry_days"),
    ("clear", 20.0, "mud", "wet", "weather.mud_dry_days"), ("clear", -8.0, "mud", "frozen", "weather.frost_days"),
    ("clear", 8.0, "frozen", "mud", "weather.frost_days"),
])  # fmt: skip
def test_the_ground_changes_after_so_many_days_on_the_average(
    skies: str, temp: float, begins: str, ends: str, parameter: str
) -> None:
    waits = []
    for seed in range(1, 41):
        record = [WeatherDay(d, "all", skies, begins if d == 0 else "", temp_c=temp) for d in range(25)]
        s = sky_over(record, seed=seed)
        waits.append(grounds(s, 25).index(ends))
    assert np.mean(waits) == pytest.approx(s.world.statics.rules[parameter], rel=0.4)


def test_aircraft_fly_as_the_sky_lets_them() -> None:
    for sky in ("clear", "cloud", "rain", "fog", "snow"):
        s = sky_over([WeatherDay(0, "all", sky, "dry")])
        s.advance(HOUR)
        assert int(s.world.weather.flyable[0]) == round(s.world.statics.rules[f"weather.fly_{sky}"] * 1e6)


def test_days_are_long_in_june_and_short_in_december() -> None:
    light = {}
    for month in (6, 12):
        s, day = sky_over([], start=date(1944, month, 15)), [0, 0, 0]
        for quarter in range(96):
            s.advance(quarter * 15 + 1)
            day[int(s.world.weather.daylight[0])] += 1
        light[month] = [q / 4 for q in day]
    night, twilight, bright = (np.array([light[m][k] for m in (6, 12)]) for k in range(3))
    assert 16 < bright[0] < 18.5
    assert 6 < bright[1] < 8
    assert night[0] < 4 < 12 < night[1]
    assert (twilight > 0.9).all()


def test_switched_off_it_is_clear_and_dry_and_always_day() -> None:
    s = sky_over([WeatherDay(0, "all", "rain", "mud")], **{"switch.weather": 0, "switch.daylight": 0})
    s.advance(HOUR)
    now = s.world.weather
    assert (int(now.sky[0]), int(now.ground[0]), int(now.daylight[0])) == (Sky.CLEAR, Ground.DRY, weather.DAYLIGHT)
