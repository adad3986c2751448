"""How long the march into the next hex takes: the step itself, resistance, crowding, the start from rest."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, rounded, whole
from engine.core.calendar import DAY, HOUR
from engine.core.jit import jit
from engine.model.codes import Echelon, Mobility, Task, Terrain
from engine.model.places import F_ECHELON, F_HEX, F_HQ, F_LEG_TO, F_MARCHED_UNTIL, F_ORDER, F_SIDE, F_STACK, F_TASK
from engine.model.world import Statics, World
from engine.rules import air, ground
from engine.rules.derived import derived
from engine.rules.entering import Scene
from engine.rules.forced_march import FORCED, MOST_HALVINGS, first_day
from engine.rules.ground import add_zones, beside
from engine.rules.hierarchy import chains
from engine.rules.interdiction import day_pace
from engine.rules.march_day import quicken
from engine.rules.occupation import occupation_h
from engine.rules.parameters import packed
from engine.rules.power import FLOWS, on
from engine.rules.steps import BY_DAY, BY_NIGHT, going_now, step_tables, step_terms, steps_ahead
from engine.rules.system import Trace
from engine.rules.ways import known_near

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_FOLLOW, _EXPLOIT, _BRIGADE = int(Task.FOLLOW), int(Task.EXPLOIT), int(Echelon.BRIGADE)
_FOREST, _MOTOR, _TRACK = int(Terrain.FOREST), int(Mobility.MOTOR), int(Mobility.TRACK)
PARAMETERS: Final = (
    "movement.exploit", "contact.entry_slowdown", "contact.pursuit_slowdown", "contact.forward_slowdown",
    "contact.fresh_slowdown", "movement.road_crowding", "movement.bridging_factor", "movement.column_pace",
    "contact.zoc_mech_h", "contact.zoc_leg_h", "contact.zoc_to_zoc_h", "contact.zoc_night_forest", "switch.zones",
)  # fmt: skip
(
    _OWN_PACE, _ENTRY, _PURSUIT, _FORWARD, _FRESH, _CROWDING, _BRIDGING, _COLUMN, _ZONE_MECH, _ZONE_LEG,
    _ZONE_TO_ZONE, _NIGHT_FOREST, _ZONES,
) = range(len(PARAMETERS))  # fmt: skip
_LATELY, _SLOWEST, _SOON, _BURST, _FADE, _CAPACITY, _ZONE_FULL = range(7)
"""Entries of :func:`_whole_numbers`."""
TERMS: Final = (
    ("bridging", "movement.bridging_factor"), ("forced_march", "movement.forced_foot"),
    ("rested", "movement.burst_h"), ("deployed", "contact.occupy_high_h"),
    ("enemy_ground", "contact.entry_slowdown"), ("zone_of_control", "contact.zoc_leg_h"),
    ("crowded_road", "movement.road_crowding"), ("enemy_aircraft", "movement.air_delay_100"),
    ("start", "movement.start_h"),
)  # fmt: skip
"""What is added to a step or taken off it (the first four), and the parameter behind it."""
_BRIDGED, _HURRIED, _RESTED, _DEPLOYED, _RESISTED, _ZONE, _CROWDED, _HARRIED, _WAIT = range(len(TERMS))


def light_of(world: World) -> int:
    """Daylight as steps count it: twilight is day."""
    return BY_DAY if int(world.weather.daylight[0]) > 0 else BY_NIGHT


def leg_minutes(
    scene: Scene, rows: Rows, cell: Rows, to: Rows, deployed: Mask, start: Rows, wait: Rows, trace: Trace | None = None
) -> tuple[Rows, Rows]:  # fmt: skip
    """Minutes of the legs of ``rows`` from ``cell`` to neighbouring hexes ``to``, begun at ``start``, ``wait`` included;

    and the minute up to which each has then marched at the sustained pace (``march_day``).

    Free enemy ground takes ``contact.entry_slowdown`` times as long, but no more than it takes to occupy a hex after a
    fight (the mean of ``contact.occupy_low_h`` and ``contact.occupy_high_h``). Where their side knows of no enemy near
    exploiting brigades are slowed by ``contact.forward_slowdown`` and pursuing columns by ``contact.pursuit_slowdown``;
    where it knows of one the pace of exploiting columns is ``movement.exploit`` of a march, but not below
    ``movement.exploit_km_day``: rear guards do not hold them up longer because night and ground do so, too. Own ground
    that changed hands within ``contact.fresh_h``
    takes ``contact.fresh_slowdown`` times as long at most; an exploiting column keeps its pace there only where enemy
    ground lies beside it, since farther back others have opened the way. An enemy zone of control and a crowded road add
    to it, by day the enemy's aircraft too; a forced march takes off. Who stands ``deployed`` before a target that turns out
    to be free marches in no longer than one who had to fight for it does afterwards; crossings, zones of control, crowds
    and aircraft come on top.
    """
    world, many, minute = scene.world, len(rows), scene.minute
    statics, formations, now = world.statics, world.formations, ground.standing(world)
    mobility, light = formations.mobility[rows], light_of(world)
    direction, base, water, until, minutes = np.empty((5, many), np.int64)
    going = going_now(world)
    for kind in set(mobility.tolist()):
        steps = step_tables(world, kind, going, light)
        steps_ahead(kind, mobility, statics.grid.neighbours, cell, to, *steps, direction, base, water)
    terms = np.zeros((len(TERMS), many), np.int64)
    terms[_WAIT] = wait
    blocks = ground.blocks_of(formations)
    asking = _asking(rows, blocks[0])
    radius = round(statics.rules["contact.pursuit_hexes"])
    first, second = (known_near(world, side, minute, radius) if asking & 1 << side else _NOWHERE for side in (0, 1))
    _legs(
        minute, light == BY_NIGHT, rows, mobility, cell, to, direction, base, water, deployed, start, *blocks,
        formations.kind, scene.owner, world.hexes.owner_since, scene.taken, scene.entered, scene.kept_out, now.rows,
        now.count, scene.count, first, second, world.orders.kind, world.orders.arrives_at, chains(world),
        _bridging(statics, minute), _day_paces(world, minute, light), terms, until, minutes, *_given(world),
    )  # fmt: skip
    if trace is not None:
        _explain(scene, trace, rows, cell, direction, light, terms)
    return minutes, until


def _given(world: World) -> tuple[Any, ...]:
    """What :func:`_legs` is given of the theatre and the parameters, gathered once for a run."""
    statics = world.statics
    found: tuple[Any, ...] | None = statics.memo.get("leg_time.given")
    if found is None:
        theatre = statics.theatre
        found = statics.memo["leg_time.given"] = (
            statics.grid.neighbours, theatre.river, theatre.terrain, first_day(statics), ground.zone_factor(statics),
            world.formations.plan(*FLOWS), packed(statics, ground.CONTACT), _whole_numbers(world),
            packed(statics, PARAMETERS),
        )  # fmt: skip
    return found


def _whole_numbers(world: World) -> Rows:
    """Parameters as whole numbers: minutes, half stacking places, men."""
    rules, spacing_km = world.statics.rules, world.statics.grid.spacing_km
    return np.array([
        round(rules["contact.fresh_h"] * HOUR),
        round(spacing_km * DAY / rules["movement.exploit_km_day"]),
        _soon(world),
        round(rules["movement.burst_h"] * HOUR) if on(rules, "short_marches") else -1,
        round(rules["movement.forced_fade_h"] * HOUR),
        round(2 * rules["movement.road_capacity"]) if on(rules, "road_capacity") else _ENDLESS,
        max(round(rules["contact.zoc_men_full"]), 1),
    ])  # fmt: skip


def _soon(world: World) -> int:
    """Minutes that it takes on the average to occupy a hex after a fight."""
    return int(rounded(occupation_h(world, np.full(1, 0.5)) * HOUR)[0])


_ENDLESS: Final = 1 << 40
_NOWHERE: Final = np.zeros(1, bool)


_EMPTY_SKY: Final = np.ones(2)


def _day_paces(world: World, minute: int, light: int) -> Floats:
    """Pace of columns by day under the enemy's aircraft, by side."""
    statics = world.statics
    if light != BY_DAY or not on(statics.rules, "air"):
        return _EMPTY_SKY
    able = (air.sorties_day(statics, 0, minute), air.sorties_day(statics, 1, minute))
    key = (*able, *world.headquarters.version("side", "echelon"), *world.weather.version("flyable"))
    return derived(
        world, "leg_time.day_paces", key, lambda: np.array([day_pace(world, side, minute) for side in (0, 1)])
    )


@jit
def _asks(f8: Any, row: int) -> bool:
    """Whether it matters to a column that nobody is about: to pursuers, and to brigades that exploit.

    The tail of a corps or division, its guns and its fuel, keeps its pace down where a brigade runs on.
    """
    task = f8[F_TASK, row]
    return bool(task == _FOLLOW or (task == _EXPLOIT and f8[F_ECHELON, row] <= _BRIGADE))


@jit
def _asking(rows: Any, f8: Any) -> int:
    """Sides with a column to which it matters: 1 for the first, 2 for the second, 3 for both."""
    found = 0
    for row in rows:
        if _asks(f8, row):
            found |= 1 << int(f8[F_SIDE, row])
    return found


@jit
def _legs(
    minute: int, dark: bool, rows: Any, mobility: Any, cell: Any, to: Any, direction: Any, base: Any, water: Any,
    deployed: Any, start: Any, f8: Any, f32: Any, f64: Any, kind: Any, owner: Any, owner_since: Any, taken: Any,
    entered: Any, kept_out: Any, standing: Any, before: Any, count: Any, known_to_first: Any, known_to_second: Any,
    order_kind: Any, order_at: Any, above: Any, bridging: Any, by_day: Any, terms: Any, until: Any, minutes: Any,
    near: Any, river: Any, terrain: Any, first_paces: Any, factor: Any, plan: Any, contact: Any, w: Any, p: Any,
) -> None:  # fmt: skip
    """All terms of legs, their sum, and the minute up to which each has then marched.

    ``before``: formations of each side in each hex before this minute's entries, ``count`` after them.
    """
    touched = np.zeros(len(rows), np.bool_)
    aside = np.zeros(f8.shape[1], np.bool_)
    for row in rows:
        aside[row] = True
    for row in entered:
        aside[row] = True
    for row in kept_out:
        aside[row] = True
    for i in range(len(rows)):
        row, there, side = rows[i], to[i], int(f8[F_SIDE, rows[i]])
        order = f32[F_ORDER, row]
        if order >= 0 and order_kind[order] == FORCED and owner[there] != 1 - side:
            pace = _forced_pace(minute - order_at[order], first_paces[mobility[i]], w[_FADE])
            terms[_HURRIED, i] = whole((base[i] - water[i]) * (1.0 - 1.0 / pace))
        if river[cell[i], direction[i]] > 0 and _bridged(above, bridging, f32[F_HQ, row]):
            terms[_BRIDGED, i] = whole(water[i] * (1.0 - p[_BRIDGING]))
        known = known_to_first if side == 0 else known_to_second
        unopposed = _asks(f8, row) and not known[there]
        fresh = _lately(there, taken, owner_since, minute - w[_LATELY])
        foremost = _resist(i, row, there, side, unopposed, fresh, f8, near, owner, base, water, w, p, terms)
        march = base[i] - terms[_BRIDGED, i]
        if _load(i, rows, cell, to, f8, f32, aside) > w[_CAPACITY]:
            terms[_CROWDED, i] = math.floor(march * (1.0 / p[_CROWDING] - 1.0) + 0.5)
        terms[_HARRIED, i] = math.floor((march - terms[_HURRIED, i]) * (1.0 / by_day[side] - 1.0) + 0.5)
        touched[i] = beside(before[1 - side], near, cell[i]) or beside(before[1 - side], near, there)
        sustained = max(base[i] - terms[_HURRIED, i] + terms[_RESISTED, i] - water[i], 0)
        # Nobody is ferried faster because he is rested.
        saved, until[i] = quicken(sustained, f64[F_MARCHED_UNTIL, row], start[i], w[_BURST], p[_COLUMN])
        # Through the enemy's rear nobody drives as on a road of his own.
        terms[_RESTED, i] = 0 if foremost and f8[F_TASK, row] == _EXPLOIT else saved
        if deployed[i]:
            terms[_DEPLOYED, i] = max(sustained - terms[_RESTED, i] - w[_SOON], 0)
    if p[_ZONES] != 0.0:
        for side in range(2):
            _hinder(
                side, minute, dark, touched, rows, mobility, cell, to, f8, f32, f64, kind, near, owner, standing, count,
                terrain, factor, plan, contact, w, p, terms,
            )  # fmt: skip
    for i in range(len(rows)):
        minutes[i] = base[i]
        for term in range(len(terms)):
            minutes[i] += terms[term, i] if term >= _RESISTED else -terms[term, i]
        minutes[i] = max(minutes[i], 1)


@jit
def _forced_pace(since: int, first: float, fade: int) -> float:
    """Pace of a forced march, ``since`` minutes after the order came, as a multiple of the sustained one."""
    return 1.0 + (first - 1.0) / (1 << min(max(since, 0) // fade, MOST_HALVINGS))


@jit
def _bridged(above: Any, bridging: Any, hq: int) -> bool:
    """Whether a headquarters or one above it has bridging columns."""
    if len(bridging) and hq >= 0:
        for level in above[hq]:
            if level >= 0 and bridging[level]:
                return True
    return False


@jit
def _lately(there: int, taken: Any, owner_since: Any, lately: int) -> bool:
    """Whether a hex has changed hands not long ago, or does so now."""
    if owner_since[there] > 0 and owner_since[there] > lately:
        return True
    found = False
    for cell in taken:
        found = found or cell == there
    return found


@jit
def _resist(
    i: int, row: int, there: int, side: int, unopposed: bool, fresh: bool, f8: Any, near: Any, owner: Any, base: Any,
    water: Any, w: Any, p: Any, terms: Any,
) -> bool:  # fmt: skip
    """What enemy ground, and ground that changed hands lately, adds; returns whether nobody of his own has gone before.

    Where the enemy's ground begins behind the hex nobody has gone before: a breakthrough widens by itself.
    """
    breaks_through = f8[F_TASK, row] == _EXPLOIT and not unopposed
    slow = 1.0 / p[_OWN_PACE] if breaks_through else p[_ENTRY]
    if unopposed:
        slow = p[_PURSUIT] if f8[F_TASK, row] == _FOLLOW else p[_FORWARD]
    most = max(w[_SLOWEST] - (base[i] - water[i]), 0) if breaks_through else w[_SOON]
    march = base[i] - terms[_BRIDGED, i]
    theirs, rim = owner[there] == 1 - side, False
    for d in range(6):
        beyond = near[there, d]
        rim = rim or (beyond >= 0 and owner[beyond] == 1 - side)
    if theirs or (fresh and rim and breaks_through):
        terms[_RESISTED, i] = min(math.floor(march * (slow - 1.0) + 0.5), most)
    elif fresh:
        terms[_RESISTED, i] = math.floor(march * (min(slow, p[_FRESH]) - 1.0) + 0.5)
    return bool(theirs or (fresh and rim))


@jit
def _load(i: int, rows: Any, cell: Any, to: Any, f8: Any, f32: Any, aside: Any) -> int:
    """Half stacking places on the way of leg ``i``: those who left earlier, then lower rows, go before."""
    load = int(f8[F_STACK, rows[i]])
    for j in range(len(rows)):
        if cell[j] == cell[i] and to[j] == to[i] and rows[j] < rows[i]:
            load += int(f8[F_STACK, rows[j]])
    for row in range(f8.shape[1]):
        if f32[F_LEG_TO, row] == to[i] and f32[F_HEX, row] == cell[i] and not aside[row]:
            load += int(f8[F_STACK, row])
    return load


@jit
def _hinder(
    side: int, minute: int, dark: bool, touched: Any, rows: Any, mobility: Any, cell: Any, to: Any, f8: Any, f32: Any,
    f64: Any, kind: Any, near: Any, owner: Any, standing: Any, count: Any, terrain: Any, factor: Any, plan: Any,
    contact: Any, w: Any, p: Any, terms: Any,
) -> None:  # fmt: skip
    """Minutes an enemy zone of control costs: more from zone to zone through enemy ground, at night in forest."""
    legs = np.empty(len(rows), np.int64)
    many = 0
    for i in range(len(rows)):
        if touched[i] and f8[F_SIDE, rows[i]] == side:
            legs[many] = i
            many += 1
    if many == 0:
        return
    cells, zone = np.empty(2 * many, np.int64), np.zeros(2 * many, np.int64)
    for k in range(many):
        cells[k], cells[many + k] = to[legs[k]], cell[legs[k]]
    add_zones(
        near, cells, standing, f8[F_SIDE], 1 - side, f32[F_HEX], kind, factor, f8, f32, f64, plan, minute, w[_ZONE_FULL],
        contact, zone,
    )  # fmt: skip
    for k in range(many):
        i, there = legs[k], to[legs[k]]
        # An own formation in the hex keeps the enemy at a distance.
        if count[side, there] > 0:
            continue
        hours = p[_ZONE_MECH] if mobility[i] == _MOTOR or mobility[i] == _TRACK else p[_ZONE_LEG]
        if owner[there] == 1 - side and zone[many + k] > 0:
            hours = p[_ZONE_TO_ZONE]
        if dark and terrain[there] == _FOREST:
            hours = hours * p[_NIGHT_FOREST]
        terms[_ZONE, i] = whole(hours * HOUR * (zone[k] / PPM))


def _bridging(statics: Statics, minute: int) -> Mask:
    """Shape (headquarters,): which have bridging columns at a minute; empty if nobody ever has."""
    dates, equipped = _bridging_columns(statics)
    return equipped[bisect_right(dates, minute)]


def _bridging_columns(statics: Statics) -> tuple[list[int], list[Mask]]:
    """Minutes at which bridging columns come or go, and who has some before the first and from each on."""
    found: tuple[list[int], list[Mask]] | None = statics.memo.get("leg_time.bridging")
    if found is None:
        known = statics.headquarters_rows
        assets = [a for a in statics.scenario.assets if a.kind == "bridging" and a.hq in known]
        dates = sorted({at for asset in assets for at in (asset.from_min, asset.until_min)})
        equipped = [np.zeros(len(known) if assets else 0, bool) for _ in (-1, *dates)]
        for at, has in zip(dates, equipped[1:], strict=True):
            has[[known[asset.hq] for asset in assets if air.there(asset, at)]] = True
        found = statics.memo["leg_time.bridging"] = (dates, equipped)
    return found


def _explain(
    scene: Scene, trace: Trace, rows: Rows, cell: Rows, direction: Rows, light: int, terms: Rows
) -> None:  # fmt: skip
    """Record the terms of each leg, in minutes."""
    world = scene.world
    for i, row in enumerate(rows.tolist()):
        mobility, state = int(world.formations.mobility[row]), going_now(world)
        for term in step_terms(world.statics, mobility, state, light, cell[[i]], direction[[i]]):
            trace.record("formations", row, f"march.{term.key}", float(term.minutes[0]), term.address)
        for place, ((key, address), minutes) in enumerate(zip(TERMS, terms[:, i].tolist(), strict=True)):
            sign = 1.0 if place >= _RESISTED else -1.0
            trace.record("formations", row, f"march.{key}", sign * minutes, address)
