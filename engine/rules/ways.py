"""Which way a march takes: the quickest by what its side knows, never by what is hidden from it.

A march keeps to own ground where that is not much longer, does not enter hexes with a known enemy or enemy ground
that one covers, and pays for zones of control. An exploiting column goes through enemy ground, round known
resistance. The same plan serves execution, previews and staffs: make the ``Known`` from the world or from a view.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, rounded
from engine.core.calendar import HOUR
from engine.core.jit import jit
from engine.core.paths import FAR, Pathfinder
from engine.core.paths import field as distance_field
from engine.model.codes import Task
from engine.model.view import SideView
from engine.model.world import Statics, World
from engine.rules import ground
from engine.rules.derived import derived
from engine.rules.ground import beside
from engine.rules.power import on
from engine.rules.sight import half_lives, memory_min, remnant, usual_strength
from engine.rules.steps import (
    MEAN,
    blown_sides,
    bridged_steps,
    cheapest,
    dearest,
    going,
    going_now,
    steps_without,
)

Mask = npt.NDArray[np.bool_]
Tolls = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]

BARRED: Final = -1
_SCREENS: Final = 2
SURE: Final = PPM // 3
"""A report counts as an enemy in the way from this certainty on (millionths)."""
# Half-lives after which a report of level 0..4 falls below that certainty: log2 of level / (2/3), in thousandths.
_LASTING = np.array([0, 585, 1585, 2170, 2585], np.int64)


@dataclass(frozen=True, eq=False)
class Known:
    """What a side knows that matters to a march. Masks have shape (hexes + 1,), the last entry False."""

    statics: Statics
    side: int
    ground: int
    owner: npt.NDArray[np.int8]
    enemy: Mask
    """Hexes with an enemy formation."""
    held: Mask
    """Those where more than a remnant is reported."""
    zone: Mask
    """Hexes in or beside these."""
    covered: Mask
    """Hexes they may screen."""
    places: npt.NDArray[np.int16]
    """Half stacking places taken by own formations, shape (hexes + 1,)."""
    blown: npt.NDArray[np.int32]
    """(hex, direction) of hexsides whose bridge is down."""
    cache: dict[Any, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, eq=False)
class Way:
    """A planned march: the hexes entered in order, and minutes from the start until each is reached."""

    cells: npt.NDArray[np.int32]
    minutes: npt.NDArray[np.int64]


def known_to(world: World, side: int, minute: int) -> Known:
    """What ``side`` knows now."""
    key = (*_stamp(world, minute), *world.hexsides.version("bridge_down"))
    return derived(world, f"ways.known.{side}", key, lambda: _known_to(world, side, minute))


def _stamp(world: World, minute: int) -> tuple[int, ...]:
    """Changes with all that a side can know of its enemies."""
    return (
        minute,
        *world.formations.version("status", "hex", "leg_to"),
        *world.sightings.version("hex", "seen_at", "level", "half_life", "power"),
        *world.hexes.version("owner"),
        *world.weather.version("ground", "ice_mm", "strait_ice"),
    )


def _known_to(world: World, side: int, minute: int) -> Known:
    cells, moving, power = _enemies(world, side, minute)
    return _known(
        world.statics, side, going_now(world), world.hexes.owner, cells, moving, power,
        ground.standing(world).places[side], blown_sides(world),
    )  # fmt: skip


def clear(world: World, side: int, minute: int, route: npt.NDArray[np.int32]) -> Mask:
    """Shape (k,): whether nothing is known to ``side`` on or beside the rest of ways ``route`` (k, steps; -1 ends)."""
    cells, _, _ = _enemies(world, side, minute)
    free = np.empty(len(route), bool)
    _clear(world.statics.grid.ring_table(_SCREENS), cells, world.hexes.owner, 1 - side, route, free)
    return free


@jit
def _clear(discs: Any, enemies: Any, owner: Any, hostile: int, route: Any, free: Any) -> None:
    watched = np.zeros(len(discs), np.bool_)
    for cell in enemies:
        for there in discs[cell]:
            if there >= 0:
                watched[there] = True
    for i in range(len(route)):
        free[i] = True
        for there in route[i]:
            if there >= 0 and (watched[there] or owner[there] == hostile):
                free[i] = False
                break


def known_near(world: World, side: int, minute: int, radius: int) -> Mask:
    """Shape (hexes + 1,): hexes within ``radius`` of an enemy that ``side`` knows of."""

    def make() -> Mask:
        return ground.near(world, _enemies(world, side, minute)[0], radius)

    return derived(world, f"ways.near.{side}.{radius}", _stamp(world, minute), make)


def _enemies(world: World, side: int, minute: int) -> tuple[npt.NDArray[np.int32], Mask, Rows]:
    """Where enemies are known to be, which of them move, and their points as reported."""
    key = _stamp(world, minute)
    return derived(world, f"ways.enemies.{side}", key, lambda: _find_enemies(world, side, minute))


def _find_enemies(world: World, side: int, minute: int) -> tuple[npt.NDArray[np.int32], Mask, Rows]:
    formations, sightings, now = world.formations, world.sightings, ground.standing(world)
    most = len(now.rows) + len(sightings)
    cells, moving, power = np.empty(most, np.int32), np.empty(most, bool), np.empty(most, np.int64)
    count = _known_enemies(
        now.rows, formations.side, formations.hex, formations.leg_to, now.count[side], world.statics.grid.neighbours, side,
        minute, sightings.observer, sightings.hex, sightings.seen_at, sightings.level, sightings.half_life,
        sightings.formation, sightings.power, formations.kind, usual_strength(world)[2], world.hexes.owner, _LASTING,
        memory_min(world.statics), half_lives(world.statics)[1], cells, moving, power,
    )  # fmt: skip
    return cells[:count], moving[:count], power[:count]


@jit
def _known_enemies(
    rows: Any, of: Any, at: Any, leg_to: Any, own: Any, near: Any, side: int, minute: int, observer: Any, seen_in: Any,
    seen_at: Any, level: Any, half_life: Any, formation: Any, reported: Any, kind: Any, usual: Any, owner: Any,
    lasting: Any, memory: int, marching: int, cells: Any, moving: Any, power: Any,
) -> int:  # fmt: skip
    """Enemies in contact, then reports of others that still count; returns how many.

    Of whom there is no report yet one expects what is usual for his kind. A report counts while its certainty lasts
    (``lasting`` half-lives in thousandths by level) and the ground it speaks of is not one's own or under one's eyes:
    ``own`` are formations of one's side in each hex.
    """
    count = 0
    place = np.full(len(of), -1, np.int64)
    for row in rows:
        if of[row] != side and beside(own, near, at[row]):
            place[row] = count
            cells[count], moving[count], power[count] = at[row], leg_to[row] >= 0, usual[kind[row]]
            count += 1
    for i in range(len(observer)):
        cell, who = seen_in[i], formation[i]
        if observer[i] != side:
            continue
        if who >= 0 and place[who] >= 0:
            power[place[who]] = reported[i]
            continue
        if cell < 0 or owner[cell] == side or beside(own, near, cell):
            continue
        counts = lasting[min(max(level[i] // 1000000, 0), 4)] * half_life[i] // 1000
        if minute - seen_at[i] <= min(counts, memory):
            cells[count], moving[count], power[count] = cell, half_life[i] == marching, reported[i]
            count += 1
    return count


def known_of(view: SideView) -> Known:
    """What the side of a view knows."""
    enemies, own, size = view.enemies, view.own, view.statics.grid.size
    sure = enemies.certainty > SURE
    places = np.zeros(size + 1, np.int16)
    np.add.at(places, own.hex, own.stack)
    return _known(
        view.statics, view.side, going(view.statics, view.weather.ground, view.weather.ice_mm, view.weather.strait_ice),
        view.hexes.owner,
        enemies.hex[sure], enemies.moving[sure] == 1, enemies.power[sure], places, view.hexes.blown,
    )  # fmt: skip


def _known(
    statics: Statics, side: int, state: int, owner: Any, cells: Any, moving: Any, power: Any, places: Any, blown: Any
) -> Known:
    enemy, held, zone, covered = marks = np.zeros((4, statics.grid.size + 1), bool)
    counts = np.asarray(power) >= remnant(statics)
    _mark(statics.grid.ring_table(2), np.asarray(cells, np.int32), np.asarray(moving, bool), counts, marks)
    return Known(statics, side, state, owner, enemy, held, zone, covered, places, blown)


@jit
def _mark(discs: Any, cells: Any, moving: Any, counts: Any, marks: Any) -> None:
    """Hexes with enemies; of those who are more than a remnant also hexes in or beside them, and those they may screen:

    farther where they stand still.
    """
    for i in range(len(cells)):
        marks[0, cells[i]] = True
        if not counts[i]:
            continue
        marks[1, cells[i]] = True
        for k in range(7 if moving[i] else discs.shape[1]):
            there = discs[cells[i], k]
            if there >= 0:
                marks[3, there] = True
                if k < 7:
                    marks[2, there] = True


def tolls(known: Known, task: int, drives: bool) -> tuple[Tolls, int]:
    """Minutes added for entering each hex, BARRED where a march must not go, and the largest of them."""
    key = (task == Task.EXPLOIT, drives)
    found: tuple[Tolls, int] | None = known.cache.get(key)
    if found is None:
        rules, toll = known.statics.rules, np.empty(known.statics.grid.size, np.int32)
        if task == Task.EXPLOIT:
            far, near, held = (round(rules[f"staff.exploit_{x}_h"] * HOUR) for x in ("hostile", "zoc", "occupied"))
            # A screen must be fought for, too; farther off it is the weaker.
            weaker = rules["contact.screen_far"] / rules["contact.screen_near"]
            _exploiters_tolls(known.owner, 1 - known.side, known.held, known.zone, known.covered, far, near,
                              round(near * min(weaker, 1.0)), held, toll)  # fmt: skip
            most = far + near + held
        else:
            far = round(rules["movement.avoid_hostile_h"] * HOUR)
            near = zone_minutes(known.statics, drives)
            _tolls(known.owner, 1 - known.side, known.enemy, known.zone, known.covered, known.places, far, near, toll)
            most = far + near
        found = known.cache[key] = (toll, most)
    return found


@jit
def _tolls(
    owner: Any, hostile: int, enemy: Any, zone: Any, covered: Any, places: Any, far: int, near: int, toll: Any
) -> None:  # fmt: skip
    for cell in range(len(toll)):  # without branches, so that many hexes are done at once
        theirs = owner[cell] == hostile
        # A zone of control is cancelled by an own formation in the hex.
        slow = far * theirs + near * (zone[cell] & (places[cell] == 0))
        toll[cell] = -1 if enemy[cell] | (covered[cell] & theirs) else slow


@jit
def _exploiters_tolls(
    owner: Any, hostile: int, garrison: Any, zone: Any, covered: Any, far: int, near: int, screen: int, held: int,
    toll: Any,
) -> None:  # fmt: skip
    for cell in range(len(toll)):
        theirs = owner[cell] == hostile
        toll[cell] = (far if theirs else 0) + (held if garrison[cell] else 0)
        if zone[cell]:
            toll[cell] += near
        elif covered[cell] and theirs:
            toll[cell] += screen


def zone_minutes(statics: Statics, drives: bool) -> int:
    """Minutes that a full zone of control costs to enter."""
    if not on(statics.rules, "zones"):
        return 0
    return round(statics.rules["contact.zoc_mech_h" if drives else "contact.zoc_leg_h"] * HOUR)


def table(known: Known, mobility: int, light: int = MEAN) -> Tolls:
    """Step costs by what the side knows of bridges; shape (hexes, 6)."""
    if not len(known.blown):
        return bridged_steps(known.statics, mobility, known.ground, light)
    key = ("table", mobility, light)
    if key not in known.cache:
        # The bridges that are down change rarely: one table serves until they do.
        memo, name = known.statics.memo, f"ways.table.{mobility}.{known.ground}.{light}"
        last = memo.get(name)
        down = known.blown.tobytes()
        if last is None or last[0] != down:
            last = memo[name] = (down, steps_without(known.statics, mobility, known.ground, light, known.blown))
        known.cache[key] = last[1]
    found: Tolls = known.cache[key]
    return found


def _finder(statics: Statics) -> Pathfinder:
    finder: Pathfinder | None = statics.memo.get("ways.finder")
    if finder is None:
        finder = statics.memo["ways.finder"] = Pathfinder(statics.grid.neighbours, statics.grid.axial_table)
    return finder


def plan(known: Known, mobility: int, task: int, start: int, goal: int, stop: int = 0) -> Tolls | None:
    """The hexes of the quickest way from ``start`` to ``goal``, next first; None if there is none.

    With ``stop`` 1 it leads to a hex beside the goal that has room, and then into the goal, whoever holds it.
    """
    statics = known.statics
    drives = bool(ground.mechanised(mobility))
    costs, (toll, most) = table(known, mobility), tolls(known, task, drives)
    if stop == 1:
        toll, most = _without_full(known, toll, most, start, goal)
    top = dearest(statics, mobility, known.ground, MEAN) + most + 1
    least = cheapest(statics, mobility, known.ground, MEAN)
    return _finder(statics).path(costs, start, goal, top=top, least=least, toll=toll)


def plan_all(known: Known, mobility: int, task: int, starts: Rows, goals: Rows, stops: Mask, most: int) -> Tolls:
    """Shape (k, most): the beginnings of :func:`plan` for several formations of one mobility and task; -1 fills them up.

    ``stops``: who halts beside his goal.
    """
    statics = known.statics
    toll, dearer = tolls(known, task, bool(ground.mechanised(mobility)))
    return _finder(statics).ways(
        table(known, mobility), toll, starts, goals, beside=stops, taken=known.places,
        room=round(2 * statics.rules["contact.stack_limit"]),
        top=dearest(statics, mobility, known.ground, MEAN) + dearer + 1,
        least=cheapest(statics, mobility, known.ground, MEAN), most=most,
    )  # fmt: skip


def _without_full(known: Known, toll: Tolls, most: int, start: int, goal: int) -> tuple[Tolls, int]:
    """Hexes beside the goal that have no room are no place to attack from."""
    limit = round(2 * known.statics.rules["contact.stack_limit"])
    beside = [cell for cell in known.statics.grid.neighbours[goal].tolist() if cell >= 0 and cell != start]
    full = [cell for cell, taken in zip(beside, known.places[beside].tolist(), strict=True) if taken >= limit]
    if not full:
        return toll, most
    toll = toll.copy()
    toll[full] = BARRED
    return toll, most


# Previews for people and staffs.


def way(known: Known, mobility: int, task: int, start: int, goal: int) -> Way | None:
    """A march as it would be planned now, with the time it would take by what is known; None without a way."""
    cells = plan(known, mobility, task, start, goal)
    if cells is None:
        return None
    grid, rules = known.statics.grid, known.statics.rules
    before = np.concatenate([[start], cells[:-1]]).astype(np.int64)
    direction = (grid.neighbours[before] == cells[:, None]).argmax(axis=1)
    minutes = table(known, mobility)[before, direction].astype(np.int64)
    slow = np.full(len(cells), rules["contact.entry_slowdown"])
    if task == Task.EXPLOIT:
        slow[:] = 1.0 / rules["movement.exploit"]
    elif task == Task.FOLLOW:
        slow[~_within(known, round(rules["contact.pursuit_hexes"]))[cells]] = rules["contact.pursuit_slowdown"]
    hostile = known.owner[cells] == 1 - known.side
    minutes = np.where(hostile, minutes * rounded(slow * 1000) // 1000, minutes)
    near = known.zone[cells] & (known.places[cells] == 0)
    minutes = minutes + near * zone_minutes(known.statics, bool(ground.mechanised(mobility)))
    start_min = round(rules["movement.start_h"] * HOUR)
    return Way(cells, start_min + np.cumsum(minutes))


def _within(known: Known, radius: int) -> Mask:
    """Shape (hexes + 1,): hexes within ``radius`` of a known enemy."""
    grid = known.statics.grid
    mask = np.zeros(grid.size + 1, bool)
    mask[grid.ring_table(radius)[np.flatnonzero(known.enemy[:-1])]] = True
    mask[-1] = False
    return mask


def reach(known: Known, mobility: int, task: int, start: int, minutes: int) -> npt.NDArray[np.int32]:
    """Shape (hexes,): minutes of march to every hex within ``minutes``, FAR beyond."""
    grid = known.statics.grid
    toll, most = tolls(known, task, bool(ground.mechanised(mobility)))
    costs, entry = table(known, mobility), np.append(toll, BARRED)[grid.neighbours]
    merged = np.where((costs > 0) & (entry >= 0), costs + entry, 0).astype(np.int32)
    top = dearest(known.statics, mobility, known.ground, MEAN) + most + 1
    limit = min(max(minutes - round(known.statics.rules["movement.start_h"] * HOUR), 0), FAR - 1)
    return distance_field(grid.neighbours, merged, [start], limit=limit, top=top)

