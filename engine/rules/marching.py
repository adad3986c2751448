"""What formations do next: march on, wait beside their target, stop, or find that they cannot go on.

The way is planned with what the side knows (``ways``); what is true of the next hex is found out when setting out
for it: an enemy in it, or a screen over enemy ground, holds a march up. Only one attacker at a time walks into a
target that nobody holds or screens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import rounded
from engine.core.calendar import HOUR, NEVER
from engine.core.columns import FINE
from engine.core.jit import jit
from engine.model.codes import (
    FIGHTING,
    IDLE,
    ON_MAP,
    TO_BOMBARD,
    TO_EXPLOIT,
    WAITING,
    Mobility,
    Obstacle,
    Stage,
    Task,
)
from engine.model.events import Event
from engine.model.events.movement import ARRIVED, BLOCKED, DEPARTED, LOOKED, STOPPED
from engine.model.tables import ROUTE
from engine.model.world import Statics, World
from engine.rules import craft, ground, ways
from engine.rules.demand import needs
from engine.rules.entering import Scene
from engine.rules.leg_time import leg_minutes
from engine.rules.power import on
from engine.rules.system import Trace

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_STATIC: Final = int(Mobility.STATIC)
# How many hexes before its aim each task stops: 0 marches into its goal, 1 and 2 halt before their target.
_STOP: Final = np.full(len(Task), -1, np.int64)
_STOP[[Task.MARCH, Task.WITHDRAW, Task.FOLLOW, Task.EXPLOIT]] = 0
_STOP[[Task.ATTACK, Task.PROBE, Task.BOMBARD]] = 1
_STOP[Task.SUPPORT] = 2


@dataclass(eq=False)
class _Group:
    """Formations that are looked at in this minute, with what they want. All arrays have one entry each."""

    rows: Rows
    fresh: Mask
    """Has just entered a hex: the march goes on without a halt."""
    task: npt.NDArray[np.int8]
    side: Rows
    cell: Rows
    aim: Rows
    stop: Rows
    stage: npt.NDArray[np.int8]
    leg_to: npt.NDArray[np.int32]
    """The hex it is between, -1 if it stands."""

    def some(self, at: Rows) -> _Group:
        """Part of them."""
        return _Group(**{name: values[at] for name, values in self.__dict__.items()})


def look_grid(statics: Statics, minute: int) -> int:
    """When those who are held up look again: all together, on the calendar."""
    step = max(round(statics.rules["movement.look_h"] * HOUR), 15)
    return (minute // step + 1) * step


def decide(scene: Scene, looking: Rows, trace: Trace | None = None) -> list[Event]:
    """What those who have entered a hex, and those who ``look`` round, do next."""
    group = _group(scene, looking)
    if not len(group.rows):
        return []
    world, minute, events = scene.world, scene.minute, []
    distance = world.statics.grid.distance(group.cell, np.maximum(group.aim, 0))
    idle = (group.stop < 0) | (group.aim < 0)
    own = scene.owner[group.aim] == group.side
    done = ~idle & ((distance == 0) | ((group.stop >= 1) & own))
    # Between two hexes: past the middle one goes on into the next hex and decides there.
    formations = world.formations
    between = group.leg_to >= 0
    half = (formations.departed_at[group.rows] + formations.leg_at[group.rows]) // 2
    late = between & (minute >= half)
    fights = (group.stage == FIGHTING) & ~between & ~idle & ~done
    fights &= (group.stop == 1) | (group.task == TO_EXPLOIT)
    there = ~idle & ~done & ~late & (group.stop >= 1) & (distance <= group.stop)
    # A column fights for what bars its way until one of its side has it.
    target = formations.target[group.rows]
    fights &= there | ((group.task == TO_EXPLOIT) & (scene.owner[target] != group.side) & (target >= 0))
    going = ~(idle | done | late | there | fights)
    again = look_grid(world.statics, minute)
    if late.any():
        events.append(LOOKED(minute, formation=group.rows[late], look_at=NEVER))
    halted = idle & ~late
    if halted.any():
        events.append(STOPPED(minute, formation=group.rows[halted], stage=Stage.IDLE, look_at=NEVER))
    ended = done & ~late
    if ended.any():
        events.append(ARRIVED(minute, formation=group.rows[ended], hex=group.cell[ended]))
    enters = _walks_in(scene, group, there & (group.stop == 1) & (group.task != TO_BOMBARD))
    if there.any() or fights.any():
        events += _beside_target(scene, group, there & ~enters, fights, again)
    if going.any() or enters.any():
        events += _set_out(scene, group, going, enters, again, trace)
    return events


def _group(scene: Scene, looking: Rows) -> _Group:
    """Those who entered, those who look, and attackers of hexes that have just been left or taken."""
    world = scene.world
    formations = world.formations
    rows = np.concatenate([scene.entered, looking, _roused(scene, looking)])
    task = formations.task[rows]
    stop = _STOP[task]
    aim = np.where(stop >= 1, formations.target[rows], formations.goal[rows]).astype(np.int64)
    exploits = np.flatnonzero((task == TO_EXPLOIT) & (formations.order[rows] >= 0))
    if len(exploits):
        # A fight on the way has set another goal; the objective is in the order.
        aim[exploits] = world.orders.goal[formations.order[rows[exploits]]]
    fresh = np.arange(len(rows)) < len(scene.entered)
    leg_to = np.where(fresh, -1, formations.leg_to[rows]).astype(np.int32)
    return _Group(
        rows, fresh, task, formations.side[rows].astype(np.int64), scene.cell[rows].astype(np.int64), aim, stop,
        formations.stage[rows], leg_to,
    )  # fmt: skip


def _roused(scene: Scene, looking: Rows) -> Rows:
    """Attackers who stand before a hex that its defenders have just left, or that one of their side has entered.

    Columns that were held up beside such a hex go on, too.
    """
    world = scene.world
    formations = world.formations
    if not len(scene.entered):
        return scene.entered
    touched = np.zeros(world.statics.grid.size + 1, bool)
    touched[formations.hex[scene.entered]] = True
    touched[scene.taken] = True
    touched[-1] = False
    here = (formations.status == ON_MAP) & (formations.leg_to < 0) & (formations.pause_until <= scene.minute)
    waiting = here & touched[formations.target] & (_STOP[formations.task] == 1)
    columns = np.flatnonzero(here & (formations.task == TO_EXPLOIT) & (formations.stage != IDLE))
    beside = world.statics.grid.neighbours[formations.hex[columns]]
    waiting[columns] = touched[beside].any(axis=1)
    waiting[looking] = False
    waiting[scene.entered] = False
    waiting[scene.kept_out] = False
    return np.flatnonzero(waiting)


def _walks_in(scene: Scene, group: _Group, beside: Mask) -> Mask:
    """Who of those beside their target may simply enter it: the hex is free, and it is one formation's turn."""
    enters = np.zeros(len(group.rows), bool)
    at = np.flatnonzero(beside)
    if not len(at):
        return enters
    formations = scene.world.formations
    enemy, aim = 1 - group.side[at], group.aim[at]
    free = (scene.count[enemy, aim] == 0) & (formations.mobility[group.rows[at]] != _STATIC)
    for side in (0, 1):
        asks = free & (enemy == side)
        if asks.any():
            free &= ~(asks & scene.wall(side)[aim])
    at = at[free]
    if not len(at):
        return enters
    under_way = formations.leg_to[np.flatnonzero(formations.leg_to >= 0)]
    at = at[~np.isin(group.aim[at], under_way)]
    slow = ~ground.mechanised(formations.mobility[group.rows[at]])
    order = at[np.lexsort((group.rows[at], slow, group.aim[at]))]
    _, first = np.unique(group.aim[order], return_index=True)
    enters[order[first]] = True
    return enters


def _beside_target(scene: Scene, group: _Group, waits: Mask, fights: Mask, again: int) -> list[Event]:
    """Those in position: combat begins, goes on, or they support from where they stand."""
    events: list[Event] = []
    supports = waits & (group.stop == 2)
    if supports.any():
        events.append(STOPPED(scene.minute, formation=group.rows[supports], stage=Stage.IDLE, look_at=NEVER))
    in_battle = fights & (waits | (group.task == TO_EXPLOIT))
    if in_battle.any():
        # Combat wakes them: by a yield, a break-off, a battle that dissolves.
        events.append(LOOKED(scene.minute, formation=group.rows[in_battle], look_at=NEVER))
    ready = waits & ~supports & ~in_battle
    waiting = ready & (group.stage == WAITING) & (group.leg_to < 0) & ~group.fresh
    if waiting.any():
        events.append(LOOKED(scene.minute, formation=group.rows[waiting], look_at=again))
    ready &= ~waiting
    if ready.any():
        events.append(STOPPED(scene.minute, formation=group.rows[ready], stage=WAITING, look_at=again))
    return events


def _set_out(
    scene: Scene, group: _Group, going: Mask, enters: Mask, again: int, trace: Trace | None
) -> list[Event]:  # fmt: skip
    """Legs of those who march, and word of those who cannot."""
    world, minute = scene.world, scene.minute
    cause = np.zeros(len(group.rows), np.int8)
    cause[going | enters] = _unfit(world, group.rows[going | enters], minute)
    going, enters = going & (cause == 0), enters & (cause == 0)
    route, routed_at, following = _routes(scene, group, going, enters)
    cause[going & (following < 0)] = Obstacle.NO_WAY
    marches = (going & (following >= 0)) | enters
    at = np.flatnonzero(marches)
    enemy, to = 1 - group.side[at], following[at]
    barred = np.zeros(len(at), np.int8)
    hostile = scene.owner[to] == enemy
    for side in (0, 1):
        asks = hostile & (enemy == side)
        if asks.any():
            barred[asks & scene.wall(side)[to]] = Obstacle.SCREEN
    barred[scene.count[enemy, to] > 0] = Obstacle.ENEMY
    barred[hostile & _over_water(scene, group.cell[at], to, group.side[at])] = Obstacle.NO_CRAFT
    cause[at] = barred
    events: list[Event] = []
    held = np.flatnonzero(cause > 0)
    if len(held):
        events.append(_held_up(scene, group, held, cause[held], following[held], again))
    at = at[barred == 0]
    # Who is on the way to that hex already marches on.
    same = group.leg_to[at] == following[at]
    if same.any():
        events.append(LOOKED(minute, formation=group.rows[at[same]], look_at=NEVER))
    at = at[~same]
    if len(at):
        events.append(_departed(scene, group.some(at), route[at], routed_at[at], trace))
    return events


def _over_water(scene: Scene, cells: Rows, to: Rows, side: Rows) -> Mask:
    """Steps over a strait for which a side has no craft: an enemy shore has no ferry."""
    statics = scene.world.statics
    wet: Mask = ((statics.grid.neighbours[cells] == to[:, None]) & craft.narrow(statics)[cells]).any(axis=1)
    for i in np.flatnonzero(wet).tolist():
        wet[i] = not craft.can_force(scene.world, int(side[i]), int(to[i]), scene.minute)
    return wet


def _unfit(world: World, rows: Rows, minute: int) -> npt.NDArray[np.int8]:
    """Why formations cannot march at all: no means to, or no fuel to drive with; 0 for the fit."""
    formations, statics = world.formations, world.statics
    mobility, cause = formations.mobility[rows], np.zeros(len(rows), np.int8)
    drives = np.flatnonzero(ground.mechanised(mobility))
    if len(drives) and on(statics.rules, "supply"):
        who = rows[drives]
        now = formations.read_all(("men", "fuel"), minute, who)
        fill = needs(statics).fuel_100km[formations.kind[who]] * (now["men"] / FINE)
        # The ground covered since the last charge has been paid for in fuel that the column still shows.
        uncharged = (formations.moved_m[who] - formations.worn_m[who]) / 100_000.0
        least = rounded(fill * (statics.rules["movement.fuel_stop_days"] + uncharged))
        cause[drives[now["fuel"] < least]] = Obstacle.NO_FUEL
    cause[mobility == _STATIC] = Obstacle.IMMOBILE
    return cause


def _routes(
    scene: Scene, group: _Group, going: Mask, enters: Mask
) -> tuple[npt.NDArray[np.int32], Rows, Rows]:
    """The way ahead of each, when it was planned, and its next hex (-1 without a way)."""
    world, minute = scene.world, scene.minute
    formations, near = world.formations, world.statics.grid.neighbours
    route = np.empty((len(group.rows), ROUTE), np.int32)
    leads = np.empty(len(group.rows), bool)
    _ways_on(group.rows, group.fresh, group.cell, group.aim, formations.route, near, route, leads)
    routed_at = formations.routed_at[group.rows]
    old = minute - routed_at >= round(world.statics.rules["movement.replan_h"] * HOUR)
    under_way = going & group.fresh & leads
    kept = under_way & old
    if kept.any():
        # With nothing in the way there is no better one to look for.
        for one in (0, 1):
            its = np.flatnonzero(kept & (group.side == one))
            kept[its] = ways.clear(world, one, minute, route[its])
        routed_at[kept] = minute
    known: dict[int, ways.Known] = {}
    for i in np.flatnonzero(going & ~(under_way & ~old) & ~kept).tolist():
        side, row = int(group.side[i]), int(group.rows[i])
        if side not in known:
            known[side] = ways.known_to(world, side, minute)
        found = ways.plan(
            known[side], int(formations.mobility[row]), int(group.task[i]), int(group.cell[i]), int(group.aim[i]),
            int(group.stop[i] == 1),
        )  # fmt: skip
        route[i], routed_at[i] = -1, minute
        if found is not None and len(found):
            route[i, : min(len(found), ROUTE)] = found[:ROUTE]
    at = np.flatnonzero(enters)
    route[at], routed_at[at] = -1, minute
    route[at, 0] = group.aim[at]
    return route, routed_at, route[:, 0].astype(np.int64)


@jit
def _ways_on(rows: Any, fresh: Any, cell: Any, aim: Any, routes: Any, near: Any, route: Any, leads: Any) -> None:
    """The rest of each way, and whether it leads on from where one stands to the aim (or as far as it was planned).

    Entering a hex takes it off the way; the world's column still has it.
    """
    width = routes.shape[1]
    for i in range(len(rows)):
        shift, length = (1 if fresh[i] else 0), 0
        for k in range(width):
            route[i, k] = routes[rows[i], k + shift] if k + shift < width else -1
            if route[i, k] >= 0:
                length += 1
        begins = False
        for d in range(6):
            begins = begins or near[cell[i], d] == route[i, 0]
        ends = route[i, max(length - 1, 0)] == aim[i] or length == width - 1
        leads[i] = begins and ends and length > 0


def _held_up(
    scene: Scene, group: _Group, held: Rows, cause: npt.NDArray[np.int8], to: Rows, again: int
) -> Event:
    """Formations that stay where they are; an exploiting column attacks a thin screen in its way."""
    turns = (group.task[held] == TO_EXPLOIT) & (cause == Obstacle.SCREEN) & ~_won_already(scene, to)
    for_good = cause == Obstacle.IMMOBILE
    return BLOCKED(
        scene.minute,
        formation=group.rows[held],
        hex=np.where((cause <= Obstacle.CROWD) | (cause == Obstacle.NO_CRAFT), to, -1),
        cause=cause,
        target=np.where(turns, to, -1),
        look_at=np.where(for_good, NEVER, again),
    )


def _won_already(scene: Scene, cells: Rows) -> Mask:
    """Whether somebody is on his way into these hexes: nobody marches against a screen but who has beaten it."""
    formations = scene.world.formations
    legs = (formations.leg_to >= 0) & (formations.status == ON_MAP)
    legs[scene.entered] = False
    legs[scene.kept_out] = False
    won: Mask = np.isin(cells, formations.leg_to[legs])
    return won


def kept_out(scene: Scene) -> list[Event]:
    """Word of those whose leg has ended before a hex that they could not enter."""
    rows, cause, world = scene.kept_out, scene.cause, scene.world
    if not len(rows):
        return []
    to = world.formations.leg_to[rows]
    turns = (world.formations.task[rows] == TO_EXPLOIT) & (cause == Obstacle.SCREEN)
    return [
        BLOCKED(scene.minute, formation=rows, hex=to, cause=cause, target=np.where(turns, to, -1),
                look_at=look_grid(world.statics, scene.minute))
    ]  # fmt: skip


def _departed(
    scene: Scene, group: _Group, route: npt.NDArray[np.int32], routed_at: Rows, trace: Trace | None
) -> Event:
    """Formations set out for the next hex of their way."""
    world, minute, rows = scene.world, scene.minute, group.rows
    formations, rules = world.formations, world.statics.rules
    exploits = group.task == TO_EXPLOIT
    rested = (group.stage == IDLE) & ~group.fresh & (group.leg_to < 0)
    # Whoever was to look round at an earlier minute sets out from then: an order taken up, a rest that is over.
    called = np.maximum(formations.look_at[rows], np.where(group.leg_to >= 0, 0, formations.pause_until[rows]))
    start = np.where(group.fresh, formations.leg_at[rows], np.minimum(called, minute))
    back = np.where(group.leg_to >= 0, start - formations.departed_at[rows], 0)
    wait = np.where(rested, round(rules["movement.start_h"] * HOUR), 0) + back
    minutes = leg_minutes(scene, rows, group.cell, route[:, 0].astype(np.int64), exploits, wait, trace)
    return DEPARTED(
        minute,
        formation=rows,
        hex=group.cell,
        to=route[:, 0],
        departed_at=start,
        leg_at=np.maximum(start + minutes, minute + 1),
        goal=group.aim,
        route=route,
        routed_at=routed_at,
        exploiting=exploits,
    )
