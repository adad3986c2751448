"""Phase 1, weather: sky of the day, state of the ground, daylight.

Days with a dated record in the scenario have it; others follow a daily Markov chain on the month's climate.
The ground follows the sky unless the record says otherwise: one day's rain wets it, rain on wet
ground brings mud after some days, frost hardens it and covers rivers with ice. The chain has no memory but the
world's weather row, so chances of a change a day are one over the mean time in days.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, round_up, rounded
from engine.core.calendar import DAY
from engine.core.dice import Dice, Stream, subject_of
from engine.model.climate import Almanac
from engine.model.codes import Calendar, Ground, HexKind, Sky
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.weather import WEATHER_CHANGED
from engine.model.facts import WeatherDay
from engine.model.world import Statics, World
from engine.rules.ice import OPEN, broken, strait_ice
from engine.rules.system import System, Trace, on_calendar

GRAIN_MIN: Final = 15
NIGHT, TWILIGHT, DAYLIGHT = 0, 1, 2
_SUBJECT = subject_of("weather")
_FLY = ("clear", "cloud", "rain", "fog", "snow")
_WINTER_DAYS: Final = 150
"""Days before the start in which there may have been frost."""
_TWO_DICE: Final = 2.45
"""Standard deviations in the whole span of a sum of two uniform numbers: root of six."""


def daylight(statics: Statics, minute: int) -> int:
    """0 night, 1 twilight, 2 day in the middle of the scenario's objectives."""
    if not statics.rules.get("switch.daylight", 1.0):
        return DAYLIGHT
    at = minute % DAY
    dawn, rise, down, dusk = _sun(statics, minute // DAY)
    if rise <= at < down:
        return DAYLIGHT
    return TWILIGHT if dawn <= at < dusk else NIGHT


def _sun(statics: Statics, day: int) -> tuple[int, int, int, int]:
    """Dawn, sunrise, sunset and dusk of a day, each rounded up to the grain."""
    table: dict[int, tuple[int, int, int, int]] = statics.memo.setdefault("weather.sun", {})
    if day not in table:
        if "weather.middle" not in statics.memo:
            heart = _heart(statics)
            lat, lon = (
                int(e6[heart].astype(np.int64).sum()) // len(heart)
                for e6 in (statics.theatre.lat_e6, statics.theatre.lon_e6)
            )
            statics.memo["weather.middle"] = (lat, lon)
        date = statics.scenario.date_of(day * DAY)
        dawn, rise, down, dusk = _almanac(statics).sun.on(date, *statics.memo["weather.middle"])
        table[day] = tuple(round_up(t, GRAIN_MIN) for t in (dawn, rise, down, dusk))  # type: ignore[assignment]
    return table[day]


def _heart(statics: Statics) -> npt.NDArray[np.int64]:
    """The hexes whose sky counts for all: the objectives, else the theatre's land. Never the window, so that
    widening it changes nothing.
    """
    goals = sorted({o.cell for o in statics.scenario.objectives if o.cell >= 0})
    return np.array(goals, np.int64) if goals else np.flatnonzero(statics.theatre.kind == HexKind.LAND)


def _almanac(statics: Statics) -> Almanac:
    if statics.almanac is None:
        raise ValueError("a world with weather needs the tables of daylight and climate")
    return statics.almanac


def _next(statics: Statics, minute: int) -> int:
    """The next change of light, or midnight."""
    day = minute // DAY
    changes = [day * DAY + at for at in _sun(statics, day)] if statics.rules.get("switch.daylight", 1.0) else []
    return min([at for at in changes if at > minute] + [(day + 1) * DAY])


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """The weather from ``minute`` on."""
    statics, now = world.statics, world.weather
    sky, ground, wind, sea, ice = (int(now[name][0]) for name in ("sky", "ground", "wind", "sea", "ice_mm"))
    flyable, straits = int(now.flyable[0]), int(now.strait_ice[0])
    if minute % DAY == 0:
        sky, ground, wind, sea, temp = _day(world, minute, dice)
        ice = _ice(statics, ice if minute else _ice_before(statics), temp)
        straits = _straits(statics, minute, ice)
        flyable = rounded(statics.rules[f"weather.fly_{_FLY[sky]}"] * PPM).item()
    if not statics.rules.get("switch.weather", 1.0):
        sky, ground, flyable, ice, straits = Sky.CLEAR, Ground.DRY, PPM, 0, 0
    light = daylight(statics, minute)
    if trace is not None:
        trace.record("weather", 0, "sky", sky)
        trace.record("weather", 0, "ground", ground, "weather.rain_to_mud_days")
        trace.record("weather", 0, "flyable", flyable / PPM, f"weather.fly_{_FLY[sky]}")
        trace.record("weather", 0, "daylight", light)
        trace.record("weather", 0, "ice_cm", ice / 10, "weather.ice_growth_cm")
        trace.record("weather", 0, "straits_bear", straits % OPEN, "weather.ice_strait")
        trace.record("weather", 0, "sea_bears", straits // OPEN, "weather.ice_open")
    events = [TICKED(minute, system=Calendar.WEATHER, next_at=_next(statics, minute))]
    was = tuple(int(now[name][0]) for name in ("sky", "ground", "wind", "sea", "flyable", "daylight", "ice_mm",
                                                  "strait_ice"))  # fmt: skip
    if (sky, ground, wind, sea, flyable, light, ice, straits) != was:
        events.append(
            WEATHER_CHANGED(
                minute, sky=sky, ground=ground, wind=wind, sea=sea, flyable=flyable, daylight=light, ice_mm=ice,
                strait_ice=straits,
            )
        )
    return events + broken(world, minute, straits)


def _ice(statics: Statics, ice_mm: int, temp_c: float) -> int:
    """Millimetres of ice after a day: it grows with the root of the frost so far (Stefan), and melts with warmth."""
    rules = statics.rules
    mean = temp_c - rules["weather.noon_over_mean_c"]
    if mean >= 0.0:
        return max(ice_mm - round(10.0 * rules["weather.ice_melt_cm"] * mean), 0)
    grown = 10.0 * rules["weather.ice_growth_cm"]
    return round(float(np.sqrt(float(ice_mm * ice_mm) - grown * grown * mean)))


def _straits(statics: Statics, minute: int, ice_mm: int) -> int:
    """Which straits bear whom from midnight on: by the record's thickness of ice, else by the frost."""
    record = _record(statics, minute // DAY)
    thick = 10.0 * record.ice_cm if record is not None and record.ice_cm >= 0 else statics.rules["weather.ice_strait"] * ice_mm
    return strait_ice(statics, statics.scenario.date_of(minute).month, round(thick))


def _ice_before(statics: Statics) -> int:
    """Ice at the start of a scenario: of the winter so far, by the climate of its months."""
    found: int | None = statics.shared.get("weather.ice_before")
    if found is None:
        climate, start = _almanac(statics).climate, statics.scenario.start
        found, day = 0, start - timedelta(days=_WINTER_DAYS)
        while day < start:
            found = _ice(statics, found, float(climate.temp_c[day.month - 1]))
            day += timedelta(days=1)
        statics.shared["weather.ice_before"] = found
    return found


def _day(world: World, minute: int, dice: Dice) -> tuple[int, int, int, int, float]:
    """Sky, ground, wind, sea and temperature at noon of the day that begins."""
    statics = world.statics
    record = _record(statics, minute // DAY)
    climate = _almanac(statics).climate
    month = statics.scenario.date_of(minute).month - 1
    sky_luck, ground_luck, temp_luck, other_luck = (
        float(dice.uniform(Stream.WEATHER, [_SUBJECT], minute, draw)[0]) for draw in range(4)
    )
    if record is not None:
        sky, wind, sea, temp = int(Sky[record.sky.upper()]), record.wind, record.sea, record.temp_c
    else:
        sky = _next_sky(world, climate.skies[month], sky_luck, first=minute == 0)
        wind, sea, spread = int(climate.wind[month]), int(climate.sea[month]), statics.rules["weather.day_spread_c"]
        temp = float(climate.temp_c[month]) + spread * _TWO_DICE * (temp_luck + other_luck - 1.0)
    if record is not None and record.ground:
        return sky, int(Ground[record.ground.upper()]), wind, sea, temp
    return sky, _next_ground(world, sky, temp, ground_luck), wind, sea, temp


def _record(statics: Statics, day: int) -> WeatherDay | None:
    """The dated record of a day: of all zones, else of the zone with most of the objectives."""
    table: dict[int, WeatherDay] | None = statics.memo.get("weather.record")
    if table is None:
        counts = np.bincount(statics.theatre.zone[_heart(statics)], minlength=len(statics.theatre.zones))
        home = statics.theatre.zones[int(counts.argmax())]
        table = {}
        for wanted in (None, "all", home):  # the later overrides
            for row in statics.scenario.weather:
                if wanted is None or row.zone == wanted:
                    table[row.day] = row
        statics.memo["weather.record"] = table
    return table.get(day)


def _next_sky(world: World, chances: np.ndarray[tuple[int], np.dtype[np.float64]], luck: float, *, first: bool) -> int:
    """Tomorrow is like today with chance ``weather.persistence``, else as the month has it."""
    keep = 0.0 if first else world.statics.rules["weather.persistence"]
    today = int(world.weather.sky[0])
    reach = 0.0
    for sky in range(len(chances)):
        reach += float(chances[sky]) * (1.0 - keep) + (keep if sky == today else 0.0)
        if luck < reach:
            return sky
    return int(Sky.CLOUD)


def _next_ground(world: World, sky: int, temp_c: float, luck: float) -> int:
    """What today's sky makes of yesterday's ground."""
    rules, ground = world.statics.rules, int(world.weather.ground[0])
    frost = temp_c < rules["weather.frost_c"]
    if sky == Sky.SNOW:
        return int(Ground.SNOW if frost or ground == Ground.FROZEN else Ground.WET)
    if frost:
        hard = ground in (Ground.DRY, Ground.FROZEN, Ground.SNOW) or luck < 1.0 / rules["weather.frost_days"]
        if ground == Ground.SNOW:
            return int(Ground.SNOW)
        return int(Ground.FROZEN) if hard else ground
    if ground in (Ground.FROZEN, Ground.SNOW):
        thaws = luck < 1.0 / rules["weather.frost_days"]
        return int(Ground.MUD) if thaws else ground
    if sky == Sky.RAIN:
        if ground == Ground.WET:
            return int(Ground.MUD) if luck < 1.0 / rules["weather.rain_to_mud_days"] else ground
        return int(Ground.WET) if ground == Ground.DRY else ground
    if ground == Ground.MUD:
        return int(Ground.WET) if luck < 1.0 / rules["weather.mud_dry_days"] else ground
    if ground == Ground.WET:
        return int(Ground.DRY) if luck < 1.0 / rules["weather.dry_days"] else ground
    return ground


SYSTEM = System("weather", 1, GRAIN_MIN, on_calendar(Calendar.WEATHER), decide, Calendar.WEATHER)
