"""What a step from hex to hex takes: whole minutes by mobility, state of the ground and daylight.

A number is a sum of named terms (road, terrain, weather, night, crossing), each rounded to minutes; the tables that
marches and paths use and the terms that ``why`` shows come from the same function. Paces: sustained kilometres a day
with rests, after published march tables; see the sources of the group movement in rules.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, Floats, rounded
from engine.core.calendar import HOUR
from engine.core.jit import jit
from engine.model.codes import Ground, Mobility, Terrain
from engine.model.theatre import BRIDGE_RAIL, BRIDGE_ROAD, WATER_TERRAIN, Road, Strait
from engine.model.world import Statics, World
from engine.rules.derived import derived
from engine.rules.ground import passable
from engine.rules.ice import bearing, walkable
from engine.rules.power import on

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
Steps = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

BY_DAY, BY_NIGHT, MEAN = 0, 1, 2
"""Daylight of a step: by day, by night, or the mean over a day that paths are planned with."""
_NAMES: Final = ("foot", "horse", "motor", "track")
_BEARS_MEN, _BEARS_ALL = 1, 2


_ICE: Final = 8
"""More than there are states of the ground."""


_LEVELS: Final = 3
"""Whom the ice on rivers bears: nobody, men and horses, everybody."""


def going(statics: Statics, ground: int, ice_mm: int, strait_ice: int = 0) -> int:
    """One number for the state of the ground, whom the ice on rivers bears, and which straits bear whom."""
    if not ice_mm and not strait_ice:
        return ground
    rules = statics.rules
    bears = (ice_mm >= 10.0 * rules["weather.ice_foot_cm"]) + (ice_mm >= 10.0 * rules["weather.ice_tank_cm"])
    return ground + _ICE * (int(bears) + _LEVELS * strait_ice)


def going_now(world: World) -> int:
    """:func:`going` of the present weather."""
    return going(world.statics, int(world.weather.ground[0]), int(world.weather.ice_mm[0]), int(world.weather.strait_ice[0]))


@dataclass(frozen=True)
class Term:
    """One part of a march time: minutes for each step asked about, and the parameter it comes from."""

    key: str
    minutes: Ints
    address: str


def step_terms(
    statics: Statics, mobility: int, ground: int, light: int, cells: Any, directions: Any, blown: Mask | None = None
) -> list[Term]:
    """Terms of the steps from ``cells`` over their sides ``directions``; ``blown`` where the bridge is down.

    ``ground`` is a :func:`going`: the state of the ground, and the ice on rivers.
    Whether a step can be made at all is not asked here (see :func:`steps`).
    """
    rules, theatre, name = statics.rules, statics.theatre, _NAMES[mobility]
    ice, ground = divmod(ground, _ICE)
    there = statics.grid.neighbours[cells, directions]
    road = theatre.road[cells, directions]
    kilometres = statics.grid.spacing_m / 1000.0
    mean = DAY * kilometres / rules[f"movement.{name}_km_day"]
    # By day and by night together a column makes its sustained kilometres on a day with a night of night_h.
    night_h = rules["movement.night_h"] if on(statics.rules, "night_marches") else 0.0
    by_day = (24.0 - night_h + night_h * rules["movement.night"]) / 24.0
    base = np.full(np.shape(there), mean if light == MEAN else mean * by_day)
    offroad = (_terrain(statics, mobility, ground, cells) + _terrain(statics, mobility, ground, there)) / 2.0
    hills = (_rugged(statics, cells) + _rugged(statics, there)) / 2.0 * (rules["movement.hills"] - 1.0) + 1.0
    over = np.where(road > 0, hills, offroad) if on(statics.rules, "terrain_costs") else np.ones(np.shape(there))
    terms = [Term("road", rounded(base), f"movement.{name}_km_day")]
    terms.append(Term("terrain", rounded(base * (over - 1.0)), "movement.hills"))
    if mobility in (Mobility.MOTOR, Mobility.TRACK):
        main = np.where(road == Road.HIGHWAY, 1.0 / rules["movement.highway"], 1.0)
        terms.append(Term("highway", rounded(base * over * (main - 1.0)), "movement.highway"))
    sofar = _total(terms)
    pace, address = _pace(statics, mobility, ground, road)
    terms.append(Term("weather", rounded(sofar * (1.0 / pace - 1.0)), address))
    sofar = _total(terms)
    slow = 1.0 / rules["movement.night"] - 1.0 if light == BY_NIGHT and night_h else 0.0
    terms.append(Term("night", rounded(sofar * slow), "movement.night"))
    wait, address = _crossing(statics, mobility, cells, directions, blown, ice)
    terms.append(Term("crossing", wait, address))
    return terms


def _total(terms: list[Term]) -> Ints:
    total: Ints = np.sum([term.minutes for term in terms], axis=0, dtype=np.int64)
    return total


def _terrain(statics: Statics, mobility: int, ground: int, cells: Any) -> Floats:
    """Time without a road, as a multiple of the road's; frost makes swamp passable ground."""
    specs = statics.scenario.terrain
    table = np.ones(256)
    for spec in specs:
        table[spec.code] = getattr(spec, f"move_{_NAMES[mobility]}")
    if ground == Ground.FROZEN:
        table[Terrain.SWAMP] = table[Terrain.MIXED]
    table[WATER_TERRAIN] = statics.rules["movement.ice"]
    found: Floats = table[statics.theatre.terrain[cells]]
    return found


def _rugged(statics: Statics, cells: Any) -> Floats:
    theatre = statics.theatre
    rolling = theatre.relief_dm[cells] > 10.0 * statics.rules["combat.rolling_relief_m"]
    return np.where((theatre.terrain[cells] == Terrain.RUGGED) | rolling, 1.0, 0.0)


def _pace(statics: Statics, mobility: int, ground: int, road: Any) -> tuple[Floats, str]:
    """Pace as a share of the dry one; a main road in mud is no worse than wet."""
    rules, name = statics.rules, _NAMES[mobility]
    dry = np.ones(np.shape(road))
    if not on(statics.rules, "weather_marches"):
        return dry, ""
    if ground == Ground.WET:
        return dry * rules["movement.wet"], "movement.wet"
    if ground == Ground.MUD:
        mud = rules[f"movement.mud_{name}"]
        return np.where(road == Road.HIGHWAY, np.maximum(mud, rules["movement.wet"]), mud), f"movement.mud_{name}"
    if ground == Ground.SNOW:
        return dry * rules[f"movement.snow_{name}"], f"movement.snow_{name}"
    return dry, ""


def _crossing(
    statics: Statics, mobility: int, cells: Any, directions: Any, blown: Mask | None, ice: int
) -> tuple[Ints, str]:
    """Minutes lost at a river without a usable bridge or ice, or at a ferry that is not frozen in.

    Men on foot also take a railway bridge.
    """
    rules, theatre = statics.rules, statics.theatre
    hours = np.array([0.0, rules["movement.stream_h"], rules["movement.river_h"], rules["movement.major_h"]])
    heavy = rules["movement.crossing_mech"] if mobility in (Mobility.MOTOR, Mobility.TRACK) else 1.0
    river = theatre.river[cells, directions]
    usable = BRIDGE_ROAD if heavy > 1.0 else BRIDGE_ROAD | BRIDGE_RAIL
    bridged = (theatre.bridge[cells, directions] & usable) > 0
    if blown is not None:
        bridged &= ~blown
    straits, ice = divmod(ice, _LEVELS)
    frozen = ice >= (_BEARS_ALL if heavy > 1.0 else _BEARS_MEN)
    wait = np.where(bridged | frozen, 0.0, hours[river] * heavy)
    wait = np.where(theatre.strait[cells, directions] == Strait.FERRY, rules["movement.ferry_h"], wait)
    walked = bearing(statics, straits, mobility)
    if walked is not None:
        wait = np.where(walked[cells, directions], 0.0, wait)
    if not on(statics.rules, "crossings"):
        wait = np.zeros(np.shape(river))
    return rounded(wait * HOUR), "movement.river_h"


# Tables.


def blown_sides(world: World) -> npt.NDArray[np.int32]:
    """Shape (k, 2): (hex, direction) of each hexside whose bridge is down, once for each side."""

    def make() -> npt.NDArray[np.int32]:
        sides = world.hexsides
        down = np.flatnonzero(sides.bridge_down == 1)
        return np.stack([sides.hex[down], sides.direction[down].astype(np.int32)], axis=1)

    return derived(world, "steps.blown", world.hexsides.version("bridge_down"), make)


def fallen(world: World) -> Mask:
    """Shape (hexes, 6): hexsides whose bridge is down, seen from either side."""

    def make() -> Mask:
        down = np.zeros((world.statics.grid.size, 6), bool)
        _both_sides(blown_sides(world), world.statics.grid.neighbours, down)
        return down

    return derived(world, "steps.fallen", world.hexsides.version("bridge_down"), make)


@jit
def _both_sides(sides: Any, near: Any, marked: Any) -> None:
    for i in range(len(sides)):
        cell, direction = sides[i, 0], sides[i, 1]
        marked[cell, direction] = True
        if near[cell, direction] >= 0:
            marked[near[cell, direction], (direction + 3) % 6] = True


StepTables = tuple[Steps, Steps, Mask, Steps, Steps]
"""What :func:`steps_ahead` looks up: shape (hexes, 6) but for the last, (bridges,)."""


def step_tables(world: World, mobility: int, ground: int, light: int) -> StepTables:
    """Minutes of steps with all bridges standing, what of them is lost at rivers and ferries; sides whose bridge is

    down, numbers of bridges, and minutes of the steps over them if they were down.
    """
    statics, key = world.statics, (mobility, ground, light)
    known = statics.shared.setdefault("steps.tables", {})
    found: tuple[Steps, Steps, Steps, Steps] | None = known.get(key)
    if found is None:
        found = known[key] = (
            bridged_steps(statics, mobility, ground, light), crossings(statics, mobility, ground),
            bridge_numbers(statics), unbridged_steps(statics, mobility, ground, light),
        )  # fmt: skip
    table, wait, number, dear = found
    return table, wait, fallen(world), number, dear


@jit
def steps_ahead(
    kind: int, mobility: Any, near: Any, cells: Any, to: Any, table: Any, wait: Any, down: Any, number: Any, dear: Any,
    directions: Any, minutes: Any, water: Any,
) -> None:  # fmt: skip
    """For all of one ``kind`` of mobility: the direction of ``to``, minutes of the step with the bridges as they are (0

    where none can be made), and what of it is lost at a river whose bridges stand, or at a ferry. Tables as
    :func:`step_tables` gives them.
    """
    for i in range(len(cells)):
        if mobility[i] != kind:
            continue
        cell, direction = cells[i], 0
        for d in range(5, -1, -1):
            if near[cell, d] == to[i]:
                direction = d
        directions[i], minutes[i], water[i] = direction, table[cell, direction], wait[cell, direction]
        if down[cell, direction] and number[cell, direction] >= 0 and minutes[i] > 0:
            minutes[i] = dear[number[cell, direction]]


def crossings(statics: Statics, mobility: int, ground: int) -> Steps:
    """Shape (hexes, 6): minutes of each step that are lost at a river whose bridges stand, or at a ferry.

    ``ground`` is a :func:`going`.
    """
    ice = ground // _ICE
    key = f"steps.crossings.{mobility}.{ice}"
    found: Steps | None = statics.shared.get(key)
    if found is None:
        theatre, found = statics.theatre, np.zeros((statics.grid.size, 6), np.int32)
        cells, directions = np.nonzero((theatre.river > 0) | (theatre.strait > 0))
        found[cells, directions] = _crossing(statics, mobility, cells, directions, None, ice)[0]
        found.flags.writeable = False
        statics.shared[key] = found
    return found


def bridge_numbers(statics: Statics) -> Steps:
    """Shape (hexes, 6): hexsides with a bridge, numbered from 0; -1 elsewhere."""
    found: Steps | None = statics.shared.get("steps.bridges")
    if found is None:
        bridged = statics.theatre.bridge > 0
        found = np.full((statics.grid.size, 6), -1, np.int32)
        found[bridged] = np.arange(int(bridged.sum()))
        found.flags.writeable = False
        statics.shared["steps.bridges"] = found
    return found


def unbridged_steps(statics: Statics, mobility: int, ground: int, light: int) -> Steps:
    """Shape (bridges,): minutes of the steps over all bridges (:func:`bridge_numbers`) if they were down."""
    key = f"steps.unbridged.{mobility}.{ground}.{light}"
    found: Steps | None = statics.shared.get(key)
    if found is None:
        cells, directions = np.nonzero(bridge_numbers(statics) >= 0)
        found = np.zeros(len(cells), np.int32)
        if mobility != Mobility.STATIC and len(cells):
            down = np.ones(len(cells), bool)
            total = _total(step_terms(statics, mobility, ground, light, cells, directions, down))
            found[:] = np.maximum(total, 1)
        found.flags.writeable = False
        statics.shared[key] = found
    return found


def bridged_steps(statics: Statics, mobility: int, ground: int, light: int) -> Steps:
    """Shape (hexes, 6): minutes of each step with all bridges standing, 0 where none can be made."""
    key = f"steps.{mobility}.{ground}.{light}"
    found: Steps | None = statics.shared.get(key)
    if found is None:
        n = statics.grid.size
        found = np.zeros((n, 6), np.int32)
        if mobility != Mobility.STATIC:
            open_ground, near = passable(statics), statics.grid.neighbours
            dry = statics.theatre.strait != Strait.STRAIT
            walked = bearing(statics, ground // _ICE // _LEVELS, mobility)
            dry = dry if walked is None else dry | walked
            frozen = walkable(statics, ground // _ICE // _LEVELS, mobility)
            if frozen is not None:
                open_ground = open_ground | np.append(frozen, False)
            can = open_ground[:n, None] & open_ground[near] & dry
            cells, directions = np.nonzero(can)
            total = _total(step_terms(statics, mobility, ground, light, cells, directions))
            found[cells, directions] = np.maximum(total, 1)
        found.flags.writeable = False
        statics.shared[key] = found
    return found


def steps_without(statics: Statics, mobility: int, ground: int, light: int, blown: npt.NDArray[np.int32]) -> Steps:
    """:func:`bridged_steps` with the bridges of hexsides ``blown`` (k, 2) down."""
    table = bridged_steps(statics, mobility, ground, light).copy()
    dear = unbridged_steps(statics, mobility, ground, light)
    _take_down(blown, statics.grid.neighbours, bridge_numbers(statics), dear, table)
    table.flags.writeable = False
    return table


@jit
def _take_down(blown: Any, near: Any, number: Any, dear: Any, table: Any) -> None:
    for i in range(len(blown)):
        cell, direction = blown[i, 0], blown[i, 1]
        for _ in range(2):
            if cell >= 0 and number[cell, direction] >= 0 and table[cell, direction] > 0:
                table[cell, direction] = dear[number[cell, direction]]
            cell, direction = near[cell, direction], (direction + 3) % 6


def dearest(statics: Statics, mobility: int, ground: int, light: int) -> int:
    """The longest step of a table, bridges up or down."""
    key = f"steps.top.{mobility}.{ground}.{light}"
    found: int | None = statics.shared.get(key)
    if found is None:
        longest = int(bridged_steps(statics, mobility, ground, light).max())
        rules: Mapping[str, float] = statics.rules
        hours = max(rules["movement.major_h"], rules["movement.ferry_h"]) * rules["movement.crossing_mech"]
        found = statics.shared[key] = longest + round(hours * HOUR) + 1
    return found


def cheapest(statics: Statics, mobility: int, ground: int, light: int) -> int:
    """The shortest step of a table, 0 if none can be made; bridges that are down only lengthen steps."""
    key = f"steps.least.{mobility}.{ground}.{light}"
    found: int | None = statics.shared.get(key)
    if found is None:
        table = bridged_steps(statics, mobility, ground, light)
        found = statics.shared[key] = int(table[table > 0].min(initial=1 << 20)) if table.any() else 0
    return found
