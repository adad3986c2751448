"""How long the march into the next hex takes: the step itself, resistance, crowding, the start from rest."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, rounded
from engine.core.calendar import DAY, HOUR
from engine.core.columns import anywhere, rows_where
from engine.core.jit import jit
from engine.model.codes import Echelon, Task, Terrain
from engine.model.world import Statics, World
from engine.rules import ground
from engine.rules.entering import Scene
from engine.rules.forced_march import forced, pace
from engine.rules.hierarchy import chains
from engine.rules.interdiction import day_pace
from engine.rules.march_day import quickened
from engine.rules.occupation import occupation_h
from engine.rules.power import on
from engine.rules.steps import BY_DAY, BY_NIGHT, going_now, step_minutes, step_terms
from engine.rules.system import Trace
from engine.rules.ways import known_near

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
TO_FOLLOW: Final = int(Task.FOLLOW)


def light_of(world: World) -> int:
    """Daylight as steps count it: twilight is day."""
    return BY_DAY if int(world.weather.daylight[0]) > 0 else BY_NIGHT


def leg_minutes(
    scene: Scene, rows: Rows, cell: Rows, to: Rows, exploits: Mask, deployed: Mask, start: Rows, wait: Rows,
    trace: Trace | None = None,
) -> tuple[Rows, Rows]:  # fmt: skip
    """Minutes of the legs of ``rows`` from ``cell`` to neighbouring hexes ``to``, begun at ``start``, ``wait`` included;

    and the minute up to which each has then marched at the sustained pace (``march_day``).

    Free enemy ground takes ``contact.entry_slowdown`` times as long, but no more than it takes to occupy a hex after a
    fight (the mean of ``contact.occupy_low_h`` and ``contact.occupy_high_h``). Where their side knows of no enemy near
    exploiting brigades are slowed as all are and pursuing columns by ``contact.pursuit_slowdown``; where it knows of one the
    pace of exploiting columns is ``movement.exploit`` of a march, but not below ``movement.exploit_km_day``: rear guards do
    not hold them up longer because night and ground do so, too. Own ground that changed hands within ``contact.fresh_h``
    takes ``contact.fresh_slowdown`` times as long at most; an exploiting column keeps its pace there only where enemy
    ground lies beside it, since farther back others have opened the way. An enemy zone of control and a crowded road add
    to it, by day the enemy's aircraft too; a forced march takes off. Who stands ``deployed`` before a target that turns out
    to be free marches in no longer than one who had to fight for it does afterwards; crossings, zones of control, crowds
    and aircraft come on top.
    """
    world = scene.world
    rules, formations = world.statics.rules, world.formations
    grid, owners = world.statics.grid, world.hexes
    direction = (grid.neighbours[cell] == to[:, None]).argmax(axis=1)
    mobility, side = formations.mobility[rows], formations.side[rows].astype(np.int64)
    light = light_of(world)
    base, water = np.empty((2, len(rows)), np.int64)
    kinds = set(mobility.tolist())
    for kind in sorted(kinds):
        its = (mobility == kind).nonzero()[0] if len(kinds) > 1 else slice(None)
        base[its], water[its] = step_minutes(world, kind, going_now(world), light, cell[its], direction[its])
    spared = _bridging(scene, rows, water, cell, direction)
    hurried = _hurried(scene, rows, base - water, to)
    harried = _day_paces(world, scene.minute) if light == BY_DAY and on(rules, "air") else _OPEN_SKY
    capacity = round(2 * rules["movement.road_capacity"]) if on(rules, "road_capacity") else _ENDLESS
    follows = formations.task[rows] == TO_FOLLOW
    # The tail of a corps or division, its guns and its fuel, keeps its pace down where a brigade runs on.
    light_columns = exploits & (formations.echelon[rows] <= Echelon.BRIGADE)
    unopposed = _unopposed(scene, rows, to, light_columns | follows)
    breaks_through = exploits & ~unopposed
    slow = np.where(breaks_through, 1.0 / rules["movement.exploit"], rules["contact.entry_slowdown"])
    slow[follows & unopposed] = rules["contact.pursuit_slowdown"]
    resisted, jam, delayed, touched, foremost = parts = np.empty((5, len(rows)), np.int64)
    soon = _soon(world)
    slowest = round(grid.spacing_km * DAY / rules["movement.exploit_km_day"])
    most = np.where(breaks_through, np.maximum(slowest - (base - water), 0), soon)
    _parts(
        rows, cell, to, slow, most, breaks_through, base, spared, hurried, side, grid.neighbours, scene.owner,
        owners.owner_since, scene.taken, scene.minute - round(rules["contact.fresh_h"] * HOUR),
        ground.standing(world).count, formations.hex, formations.leg_to, formations.stack, scene.entered,
        scene.kept_out, capacity,
        np.array([1.0 / rules["movement.road_crowding"], *harried, rules["contact.fresh_slowdown"]]), parts,
    )  # fmt: skip
    zone = np.zeros(len(rows), np.int64)
    at = touched.nonzero()[0]
    if len(at) and on(rules, "zones"):
        hostile = scene.owner[to[at]] == 1 - side[at]
        zone[at] = _zone(scene, mobility[at], side[at], cell[at], to[at], hostile, light)
    # Nobody is ferried faster because he is rested.
    march = np.maximum(base - hurried + resisted - water, 0)
    rested, until = quickened(rules, march, formations.marched_until[rows], start)
    if anywhere(exploits):  # through the enemy's rear nobody drives as on a road of his own
        rested[exploits & (foremost > 0)] = 0
    spared_too = np.zeros(len(rows), np.int64)
    if anywhere(deployed):
        spared_too[deployed] = np.maximum(march - rested - soon, 0)[deployed]
    if trace is not None:
        terms = (spared, hurried, rested, spared_too, resisted, zone, jam, delayed, wait)
        _explain(scene, trace, rows, cell, direction, light, terms)
    saved = spared + hurried + rested + spared_too
    minutes: Rows = np.maximum(base - saved + resisted + zone + jam + delayed + wait, 1)
    return minutes, until


def _soon(world: World) -> int:
    """Minutes that it takes on the average to occupy a hex after a fight."""
    memo = world.statics.memo
    if "leg_time.soon" not in memo:
        memo["leg_time.soon"] = int(rounded(occupation_h(world, np.full(1, 0.5)) * HOUR)[0])
    found: int = memo["leg_time.soon"]
    return found


_ENDLESS = 1 << 40
_OPEN_SKY = (1.0, 1.0)


def _day_paces(world: World, minute: int) -> tuple[float, float]:
    """Pace of columns by day under the enemy's aircraft, by side."""
    return day_pace(world, 0, minute), day_pace(world, 1, minute)


@jit
def _parts(
    rows: Any, cell: Any, to: Any, slow: Any, most: Any, breaks_through: Any, base: Any, spared: Any, hurried: Any,
    side: Any, neighbours: Any, owner: Any, owner_since: Any, taken: Any, lately: int, count: Any, at: Any, leg_to: Any,
    stack: Any, entered: Any, kept_out: Any, capacity: int, paces: Any, out: Any,
) -> None:  # fmt: skip
    """Terms of legs that depend on who else is about, into ``out`` (5, legs).

    Resistance of enemy ground and of ground that changed hands after ``lately``; a crowded road: those who left
    earlier, then lower rows, go before; the enemy's aircraft; whether an enemy stands beside either hex; and whether
    nobody of one's own has gone before.
    ``slow`` says how many times as long each takes on enemy ground, ``most`` how many minutes longer at most; ``paces``
    on a full road, the share of the pace that is left by day to each side, and how many times as long ground lately
    taken takes.
    """
    aside = np.zeros(len(at), np.bool_)
    for row in rows:
        aside[row] = True
    for row in entered:
        aside[row] = True
    for row in kept_out:
        aside[row] = True
    for i in range(len(rows)):
        here, there, mine = cell[i], to[i], side[i]
        march = base[i] - spared[i]
        fresh = owner_since[there] > 0 and owner_since[there] > lately
        for k in range(len(taken)):
            fresh = fresh or taken[k] == there
        # Where the enemy's ground begins behind it nobody has gone before: a breakthrough widens by itself.
        theirs, rim = owner[there] == 1 - mine, False
        for d in range(6):
            near = neighbours[there, d]
            rim = rim or (near >= 0 and owner[near] == 1 - mine)
        out[0, i], out[4, i] = 0, theirs or (fresh and rim)
        if theirs or (fresh and rim and breaks_through[i]):
            out[0, i] = min(math.floor(march * (slow[i] - 1.0) + 0.5), most[i])
        elif fresh:
            out[0, i] = math.floor(march * (min(slow[i], paces[3]) - 1.0) + 0.5)
        load = int(stack[rows[i]])
        for j in range(len(rows)):
            if cell[j] == here and to[j] == there and rows[j] < rows[i]:
                load += stack[rows[j]]
        for row in range(len(at)):
            if leg_to[row] == there and at[row] == here and not aside[row]:
                load += stack[row]
        out[1, i] = math.floor(march * (paces[0] - 1.0) + 0.5) if load > capacity else 0
        out[2, i] = math.floor((march - hurried[i]) * (1.0 / paces[1 + mine] - 1.0) + 0.5)
        out[3, i] = 0
        for d in range(6):
            for near in (neighbours[here, d], neighbours[there, d]):
                if near >= 0 and count[1 - mine, near] > 0:
                    out[3, i] = 1
        if count[1 - mine, here] > 0 or count[1 - mine, there] > 0:
            out[3, i] = 1


def _hurried(scene: Scene, rows: Rows, march: Rows, to: Rows) -> Rows:
    """Minutes that a forced march saves on own ground, crossings apart (``march`` is without them)."""
    world, saved = scene.world, np.zeros(len(rows), np.int64)
    hastens = forced(world, rows)
    if anywhere(hastens):
        at = rows_where(hastens & (scene.owner[to] != 1 - world.formations.side[rows]))
        saved[at] = rounded(march[at] * (1.0 - 1.0 / pace(world, rows[at], scene.minute)))
    return saved


def _unopposed(scene: Scene, rows: Rows, to: Rows, asks: Mask) -> Mask:
    """Of those who ``ask``, columns that meet nobody: their side knows of no enemy near the hex they enter."""
    world, unopposed = scene.world, asks.copy()
    if anywhere(asks):
        radius = round(world.statics.rules["contact.pursuit_hexes"])
        sides = world.formations.side[rows]
        for side in set(sides[asks].tolist()):
            its = asks & (sides == side)
            unopposed[its] = ~known_near(world, side, scene.minute, radius)[to[its]]
    return unopposed


def _zone(
    scene: Scene, mobility: Any, side: Rows, cell: Rows, to: Rows, hostile: Mask, light: int
) -> Rows:  # fmt: skip
    """Minutes an enemy zone of control costs: more from zone to zone through enemy ground, at night in forest."""
    world, minute = scene.world, scene.minute
    rules = world.statics.rules
    near, from_zone = np.zeros(len(to), np.int64), np.zeros(len(to), bool)
    for one in (0, 1):
        its = rows_where(side == one)
        if len(its):
            both = ground.zone_at(world, 1 - one, np.concatenate([to[its], cell[its]]), minute)
            near[its], from_zone[its] = both[: len(its)], both[len(its) :] > 0
    if not near.any():
        return near
    # An own formation in the hex keeps the enemy at a distance.
    near[scene.count[side, to] > 0] = 0
    hours = np.where(ground.mechanised(mobility), rules["contact.zoc_mech_h"], rules["contact.zoc_leg_h"])
    hours = np.where(hostile & from_zone, rules["contact.zoc_to_zoc_h"], hours)
    if light == BY_NIGHT:
        forest = world.statics.theatre.terrain[to] == Terrain.FOREST
        hours = np.where(forest, hours * rules["contact.zoc_night_forest"], hours)
    return rounded(hours * HOUR * (near / PPM))


def _bridging(scene: Scene, rows: Rows, water: Rows, cell: Rows, direction: Rows) -> Rows:
    """Minutes that bridging columns of their headquarters save formations at a crossing."""
    world = scene.world
    statics, saved = world.statics, np.zeros(len(rows), np.int64)
    equipped = _bridging_columns(statics)
    at = rows_where(statics.theatre.river[cell, direction] > 0)
    if not equipped or not len(at):
        return saved
    has = np.zeros(len(world.headquarters) + 1, bool)
    has[[hq for hq, begin, end in equipped if begin <= scene.minute < end]] = True
    above = chains(world)[world.formations.hq[rows[at]]]
    at = at[has[above].any(axis=1)]
    part = 1.0 - statics.rules["movement.bridging_factor"]
    saved[at] = rounded(water[at] * part)
    return saved


def _bridging_columns(statics: Statics) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] | None = statics.memo.get("leg_time.bridging")
    if found is None:
        known = statics.headquarters_rows
        assets = [a for a in statics.scenario.assets if a.kind == "bridging" and a.hq in known]
        found = [(known[a.hq], a.from_min, a.until_min if a.until_min >= 0 else 1 << 40) for a in assets]
        statics.memo["leg_time.bridging"] = found
    return found


def _explain(
    scene: Scene, trace: Trace, rows: Rows, cell: Rows, direction: Rows, light: int, parts: tuple[Rows, ...]
) -> None:  # fmt: skip
    """Record the terms of each leg, in minutes."""
    world = scene.world
    keys = (
        ("bridging", "movement.bridging_factor"), ("forced_march", "movement.forced_foot"),
        ("rested", "movement.burst_h"), ("deployed", "contact.occupy_high_h"),
        ("enemy_ground", "contact.entry_slowdown"),
        ("zone_of_control", "contact.zoc_leg_h"), ("crowded_road", "movement.road_crowding"),
        ("enemy_aircraft", "movement.air_delay_100"), ("start", "movement.start_h"),
    )  # fmt: skip
    for i, row in enumerate(rows.tolist()):
        mobility, state = int(world.formations.mobility[row]), going_now(world)
        for term in step_terms(world.statics, mobility, state, light, cell[[i]], direction[[i]]):
            trace.record("formations", row, f"march.{term.key}", float(term.minutes[0]), term.address)
        for (key, address), minutes in zip(keys, parts, strict=True):
            sign = -1.0 if key in ("bridging", "forced_march", "rested", "deployed") else 1.0
            trace.record("formations", row, f"march.{key}", sign * float(minutes[i]), address)


