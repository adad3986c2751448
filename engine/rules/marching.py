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

from engine.core.arithmetic import whole
from engine.core.calendar import HOUR, NEVER
from engine.core.columns import FINE, among, anywhere, rows_where
from engine.core.flows import read_flow
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
from engine.rules import craft, ways
from engine.rules.demand import needs
from engine.rules.entering import Scene
from engine.rules.leg_time import leg_minutes
from engine.rules.power import on
from engine.rules.system import Trace

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_STATIC: Final = int(Mobility.STATIC)
_MOTOR: Final = int(Mobility.MOTOR)
_TRACK: Final = int(Mobility.TRACK)
_IMMOBILE, _NO_FUEL = int(Obstacle.IMMOBILE), int(Obstacle.NO_FUEL)
_NO_WAY, _ENEMY, _SCREEN = int(Obstacle.NO_WAY), int(Obstacle.ENEMY), int(Obstacle.SCREEN)
_CROWD, _NO_CRAFT = int(Obstacle.CROWD), int(Obstacle.NO_CRAFT)
_NO_WALL: Final = np.zeros(0, bool)
# How many hexes before its aim each task stops: 0 marches into its goal, 1 and 2 halt before their target.
_STOP: Final = np.full(len(Task), -1, np.int64)
_STOP[[Task.MARCH, Task.WITHDRAW, Task.FOLLOW, Task.EXPLOIT]] = 0
_STOP[[Task.ATTACK, Task.PROBE, Task.BOMBARD]] = 1
_STOP[Task.SUPPORT] = 2


# What is to become of those who are looked at.
_LATE, _HALTS, _ARRIVES, _SUPPORTS, _FIGHTS, _WAITS, _READY, _GOES, _ENTERS = range(9)
# And of their ways.
_AS_IT_IS, _OLD, _TO_PLAN = range(3)


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
    what: npt.NDArray[np.int8]
    """What is to become of it."""
    free: Mask
    """Stands beside a target in which no enemy stands, and could walk in."""

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
    if anywhere(group.free):
        group.what[_walks_in(scene, group)] = _ENTERS
    found = set(group.what.tolist())
    minute, again = scene.minute, look_grid(scene.world.statics, scene.minute)
    events = []
    for what in sorted(found - {_GOES, _ENTERS}):
        its = group.what == what
        rows = group.rows[its]
        if what == _ARRIVES:
            events.append(ARRIVED(minute, formation=rows, hex=group.cell[its]))
        elif what in (_LATE, _FIGHTS, _WAITS):  # combat wakes those who fight: a yield, a break-off, a battle's end
            events.append(LOOKED(minute, formation=rows, look_at=again if what == _WAITS else NEVER))
        else:
            ready = what == _READY
            stage, look_at = (WAITING, again) if ready else (int(Stage.IDLE), NEVER)
            events.append(STOPPED(minute, formation=rows, stage=stage, look_at=look_at))
    if not found.isdisjoint((_GOES, _ENTERS)):
        marching = group if found <= {_GOES, _ENTERS} else group.some(rows_where(group.what >= _GOES))
        events += _set_out(scene, marching, again, trace)
    return events


def _group(scene: Scene, looking: Rows) -> _Group:
    """Those who entered, those who look, and attackers of hexes that have just been left or taken."""
    world = scene.world
    formations, grid = world.formations, world.statics.grid
    most = len(formations)
    side, cell, aim, stop, rows = numbers = np.empty((5, most), np.int64)
    what, leg_to, (fresh, free) = np.empty(most, np.int8), np.empty(most, np.int32), np.empty((2, most), bool)
    count = _sort_out(
        scene.entered, looking, scene.kept_out, scene.taken, formations.hex, formations.status, formations.leg_to,
        formations.pause_until, formations.departed_at, formations.leg_at, formations.target, formations.goal,
        formations.task, formations.stage, formations.order, formations.side, formations.mobility, formations.route,
        world.orders.goal,
        scene.cell, scene.owner, scene.count, grid.neighbours, *grid.axial, _STOP, scene.minute,
        numbers, what, leg_to, fresh, free,
    )  # fmt: skip
    who = rows[:count]
    return _Group(
        who, fresh[:count], formations.task[who], side[:count], cell[:count], aim[:count], stop[:count],
        formations.stage[who], leg_to[:count], what[:count], free[:count],
    )  # fmt: skip


@jit
def _sort_out(
    entered: Any, looking: Any, kept_out: Any, taken: Any, stood: Any, status: Any, leg_to: Any, pause_until: Any,
    departed_at: Any, leg_at: Any, target: Any, goal: Any, task: Any, stage: Any, order: Any, side: Any, mobility: Any,
    route: Any, order_goal: Any, cell: Any, owner: Any, count: Any, near: Any, q: Any, r: Any, stops: Any, minute: int,
    numbers: Any, what: Any, between: Any, fresh: Any, free: Any,
) -> int:  # fmt: skip
    """Who is looked at and what is to become of each; returns how many there are.

    ``numbers``: side, hex, aim, hexes before the aim at which it stops, row.
    """
    found = 0
    for row in entered:
        numbers[4, found], fresh[found] = row, True
        found += 1
    for row in looking:
        numbers[4, found], fresh[found] = row, False
        found += 1
    if len(entered):
        for row in _roused(
            entered, looking, kept_out, taken, stood, status, leg_to, pause_until, target, task, stage, near, stops, minute
        ):
            numbers[4, found], fresh[found] = row, False
            found += 1
    for i in range(found):
        row = numbers[4, i]
        here, mine, stop = cell[row], int(side[row]), stops[task[row]]
        aim = target[row] if stop >= 1 else goal[row]
        if task[row] == TO_EXPLOIT and order[row] >= 0:
            # A fight on the way has set another goal; the objective is in the order.
            aim = order_goal[order[row]]
        numbers[0, i], numbers[1, i], numbers[2, i], numbers[3, i] = mine, here, aim, stop
        between[i] = -1 if fresh[i] else leg_to[row]
        free[i] = False
        # Between two hexes: past the middle one goes on into the next hex and decides there; and so does who has
        # fought his way in (he has no way planned), whatever he is told meanwhile.
        won = between[i] >= 0 and route[row, 0] != between[i]
        if won or (between[i] >= 0 and minute >= (departed_at[row] + leg_at[row]) // 2):
            what[i] = _LATE
            continue
        if stop < 0 or aim < 0:
            what[i] = _HALTS
            continue
        dq, dr = q[here] - q[aim], r[here] - r[aim]
        distance = (abs(dq) + abs(dr) + abs(dq + dr)) // 2
        if distance == 0 or (stop >= 1 and owner[aim] == mine):
            what[i] = _ARRIVES
            continue
        exploits = task[row] == TO_EXPLOIT
        there = stop >= 1 and distance <= stop
        fights = stage[row] == FIGHTING and between[i] < 0 and (stop == 1 or exploits)
        if not there:
            # A column fights for what bars its way until one of its side has it.
            barred = target[row] >= 0 and owner[target[row]] != mine
            what[i] = _FIGHTS if fights and exploits and barred else _GOES
            continue
        if stop == 2:
            what[i] = _SUPPORTS
        elif fights:
            what[i] = _FIGHTS
        elif stage[row] == WAITING and between[i] < 0 and not fresh[i]:
            what[i] = _WAITS
        else:
            what[i] = _READY
        if stop == 1 and task[row] != TO_BOMBARD:
            free[i] = count[1 - mine, aim] == 0 and mobility[row] != _STATIC
    return found


@jit
def _roused(
    entered: Any, looking: Any, kept_out: Any, taken: Any, stood: Any, status: Any, leg_to: Any, pause_until: Any,
    target: Any, task: Any, stage: Any, near: Any, stops: Any, minute: int,
) -> Any:  # fmt: skip
    """Attackers who stand before a hex that its defenders have just left, or that one of their side has entered.

    Columns that were held up beside such a hex go on, too.
    """
    touched = np.zeros(len(near), np.bool_)
    for row in entered:
        touched[stood[row]] = True
    for cell in taken:
        touched[cell] = True
    waiting = np.zeros(len(status), np.bool_)
    for row in range(len(status)):
        if status[row] != ON_MAP or leg_to[row] >= 0 or pause_until[row] > minute:
            continue
        if stops[task[row]] == 1 and target[row] >= 0:
            waiting[row] = touched[target[row]]
        if task[row] == TO_EXPLOIT and stage[row] != IDLE:
            waiting[row] = False
            for there in near[stood[row]]:
                waiting[row] = waiting[row] or (there >= 0 and touched[there])
    for row in looking:
        waiting[row] = False
    for row in entered:
        waiting[row] = False
    for row in kept_out:
        waiting[row] = False
    return np.flatnonzero(waiting)


def _walks_in(scene: Scene, group: _Group) -> Rows:
    """Who of those beside their target may simply enter it: nobody screens it either, and it is one formation's turn."""
    at, formations = rows_where(group.free), scene.world.formations
    enemies = set((1 - group.side[at]).tolist())
    walls = [scene.wall(side) if side in enemies else _NO_WALL for side in (0, 1)]
    chosen = np.zeros(len(at), bool)
    _take_turns(at, group.aim, group.side, group.rows, walls[0], walls[1], formations.leg_to, formations.mobility, chosen)
    return at[chosen]


@jit
def _take_turns(
    at: Any, aim: Any, side: Any, rows: Any, of_first: Any, of_second: Any, leg_to: Any, mobility: Any, chosen: Any
) -> None:
    """Of those ``at`` before a free hex to which nobody is on his way, who drives goes first, then the lower row."""
    for i in range(len(at)):
        cell = aim[at[i]]
        free = not (of_first[cell] if side[at[i]] == 1 else of_second[cell])
        for row in range(len(leg_to)):
            free = free and leg_to[row] != cell
        if not free:
            continue
        row = rows[at[i]]
        slow = mobility[row] != _MOTOR and mobility[row] != _TRACK
        chosen[i] = True
        for j in range(i):
            if chosen[j] and aim[at[j]] == cell:
                other = rows[at[j]]
                calm = mobility[other] != _MOTOR and mobility[other] != _TRACK
                if (slow, row) < (calm, other):
                    chosen[j] = False
                else:
                    chosen[i] = False


def _set_out(scene: Scene, group: _Group, again: int, trace: Trace | None) -> list[Event]:
    """Legs of those who march (``group``: who goes on or enters his target), and word of those who cannot."""
    world, minute = scene.world, scene.minute
    cause = _unfit(world, group.rows, minute)
    route, routed_at = _routes(scene, group, cause)
    following = route[:, 0].astype(np.int64)
    hostile = np.empty(len(cause), bool)
    if _look_ahead(group.side, following, scene.owner, scene.count, cause, hostile):
        _at_the_border(scene, group, rows_where(hostile), following, cause)
    at, events = rows_where(cause == 0), []
    if len(at) < len(cause):
        held = rows_where(cause > 0)
        events.append(_held_up(scene, group, held, cause[held], following[held], again))
    # Who is on the way to that hex already marches on.
    same = group.leg_to[at] == following[at]
    if anywhere(same):
        events.append(LOOKED(minute, formation=group.rows[at[same]], look_at=NEVER))
        at = at[~same]
    if len(at):
        of = group if len(at) == len(group.rows) else group.some(at)
        events.append(_departed(scene, of, route[at], routed_at[at], trace))
    return events


@jit
def _look_ahead(side: Any, following: Any, owner: Any, count: Any, cause: Any, hostile: Any) -> bool:
    """What bars the next hex of those who are fit: no way, or an enemy in it; whether some step onto enemy ground."""
    some = False
    for i in range(len(cause)):
        hostile[i] = False
        if cause[i] == 0 and following[i] < 0:
            cause[i] = _NO_WAY
        if cause[i] > 0:
            continue
        enemy = 1 - side[i]
        hostile[i] = owner[following[i]] == enemy
        some = some or hostile[i]
        if count[enemy, following[i]] > 0:
            cause[i] = _ENEMY
    return some


def _at_the_border(scene: Scene, group: _Group, at: Rows, to: Rows, cause: npt.NDArray[np.int8]) -> None:
    """What bars enemy ground besides an enemy in it: a screen over it, and a strait, as an enemy shore has no ferry."""
    to, enemy = to[at], 1 - group.side[at]
    for side in (0, 1):
        asks = enemy == side
        if anywhere(asks):
            cause[at[asks & scene.wall(side)[to] & (cause[at] == 0)]] = _SCREEN
    cause[at[craft.over_straits(scene.world, group.cell[at], to, group.side[at], scene.minute)]] = _NO_CRAFT


def _unfit(world: World, rows: Rows, minute: int) -> npt.NDArray[np.int8]:
    """Why formations cannot march at all: no means to, or no fuel to drive with; 0 for the fit."""
    formations, statics, cause = world.formations, world.statics, np.zeros(len(rows), np.int8)
    _find_unfit(
        rows, formations.mobility, formations.kind, formations.moved_m, formations.worn_m, formations.blocks["int64"],
        formations.plan("men", "fuel"), needs(statics).fuel_100km, minute, statics.rules["movement.fuel_stop_days"],
        on(statics.rules, "supply"), cause,
    )  # fmt: skip
    return cause


@jit
def _find_unfit(
    rows: Any, mobility: Any, kind: Any, moved_m: Any, worn_m: Any, f64: Any, plan: Any, fuel_100km: Any, minute: int,
    stop_days: float, fuelled: bool, cause: Any,
) -> None:  # fmt: skip
    for i in range(len(rows)):
        row = rows[i]
        if mobility[row] == _STATIC:
            cause[i] = _IMMOBILE
        elif fuelled and (mobility[row] == _MOTOR or mobility[row] == _TRACK):
            fill = fuel_100km[kind[row]] * (read_flow(f64, plan, 0, row, minute) / FINE)
            # The ground covered since the last charge has been paid for in fuel that the column still shows.
            uncharged = (moved_m[row] - worn_m[row]) / 100_000.0
            if read_flow(f64, plan, 1, row, minute) < whole(fill * (stop_days + uncharged)):
                cause[i] = _NO_FUEL


def _routes(
    scene: Scene, group: _Group, cause: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.int32], Rows]:
    """The way ahead of each (its first entry is -1 without one), and when it was planned."""
    world, minute, many = scene.world, scene.minute, len(group.rows)
    formations, rules = world.formations, world.statics.rules
    route, routed_at, state = np.empty((many, ROUTE), np.int32), np.empty(many, np.int64), np.empty(many, np.int8)
    old = _ways_on(
        group.rows, group.fresh, group.cell, group.aim, group.side, group.what, cause, formations.route,
        formations.routed_at, world.statics.grid.neighbours, minute, round(rules["movement.replan_h"] * HOUR), route,
        routed_at, state,
    )  # fmt: skip
    for one in (0, 1):
        if old & 1 << one:
            # With nothing in the way there is no better one to look for.
            its = rows_where((state == _OLD) & (group.side == one))
            clear = ways.clear(world, one, minute, route[its])
            routed_at[its[clear]] = minute
            state[its[~clear]] = _TO_PLAN
    _plan(scene, group, rows_where(state == _TO_PLAN), route, routed_at)
    return route, routed_at


def _plan(scene: Scene, group: _Group, at: Rows, route: npt.NDArray[np.int32], routed_at: Rows) -> None:
    """New ways for those ``at``: all of one side, mobility and kind of march together."""
    routed_at[at] = scene.minute
    side, mobility = group.side[at], scene.world.formations.mobility[group.rows[at]]
    exploits = group.task[at] == TO_EXPLOIT
    alike = side * 64 + mobility * 2 + exploits
    known: dict[int, ways.Known] = {}
    for key in sorted(set(alike.tolist())):
        its, one = at[alike == key], key // 64
        if one not in known:
            known[one] = ways.known_to(scene.world, one, scene.minute)
        route[its] = ways.plan_all(
            known[one], key % 64 // 2, int(group.task[its[0]]), group.cell[its], group.aim[its], group.stop[its] == 1, ROUTE
        )


@jit
def _ways_on(
    rows: Any, fresh: Any, cell: Any, aim: Any, side: Any, what: Any, cause: Any, routes: Any, planned_at: Any, near: Any,
    minute: int, replan: int, route: Any, routed_at: Any, state: Any,
) -> int:  # fmt: skip
    """The rest of each way, when it was planned, and what is to be done with it; sides with ways that have grown old.

    Entering a hex takes it off the way; the world's column still has it. A way is kept by who has just entered a hex if it
    leads on from there to the aim (or as far as it was planned). Who walks into his target has no way but that.
    """
    width, old = routes.shape[1], 0
    for i in range(len(rows)):
        state[i] = _AS_IT_IS
        if cause[i] == 0 and what[i] == _ENTERS:
            route[i] = -1
            route[i, 0], routed_at[i] = aim[i], minute
            continue
        shift, length = (1 if fresh[i] else 0), 0
        for k in range(width):
            route[i, k] = routes[rows[i], k + shift] if k + shift < width else -1
            if route[i, k] >= 0:
                length += 1
        routed_at[i] = planned_at[rows[i]]
        if cause[i] > 0:
            continue
        begins = False
        for d in range(6):
            begins = begins or near[cell[i], d] == route[i, 0]
        ends = route[i, max(length - 1, 0)] == aim[i] or length == width - 1
        if not (fresh[i] and begins and ends and length > 0):
            state[i] = _TO_PLAN
        elif minute - routed_at[i] >= replan:
            state[i] = _OLD
            old |= 1 << side[i]
    return old


def _held_up(
    scene: Scene, group: _Group, held: Rows, cause: npt.NDArray[np.int8], to: Rows, again: int
) -> Event:
    """Formations that stay where they are; an exploiting column attacks a thin screen in its way, or who holds its goal."""
    barred = (cause == _SCREEN) | ((cause == _ENEMY) & (to == group.aim[held]))
    turns = (group.task[held] == TO_EXPLOIT) & barred & ~_won_already(scene, to)
    for_good = cause == _IMMOBILE
    return BLOCKED(
        scene.minute,
        formation=group.rows[held],
        hex=np.where((cause <= _CROWD) | (cause == _NO_CRAFT), to, -1),
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
    won: Mask = among(cells, formations.leg_to[legs], scene.world.statics.grid.size)
    return won


def kept_out(scene: Scene) -> list[Event]:
    """Word of those whose leg has ended before a hex that they could not enter."""
    rows, cause, world = scene.kept_out, scene.cause, scene.world
    if not len(rows):
        return []
    to = world.formations.leg_to[rows]
    barred = (cause == _SCREEN) | ((cause == _ENEMY) & (to == world.formations.goal[rows]))
    turns = (world.formations.task[rows] == TO_EXPLOIT) & barred
    return [
        BLOCKED(scene.minute, formation=rows, hex=to, cause=cause, target=np.where(turns, to, -1),
                look_at=look_grid(world.statics, scene.minute))
    ]  # fmt: skip


def _departed(
    scene: Scene, group: _Group, route: npt.NDArray[np.int32], routed_at: Rows, trace: Trace | None
) -> Event:
    """Formations set out for the next hex of their way."""
    world, minute, rows = scene.world, scene.minute, group.rows
    start, wait = np.empty((2, len(rows)), np.int64)
    deployed = np.empty(len(rows), bool)
    formations, at_rest = world.formations, round(world.statics.rules["movement.start_h"] * HOUR)
    _begin(
        rows, group.what, group.fresh, group.task, group.stop, group.stage, group.leg_to, formations.look_at,
        formations.pause_until, formations.leg_at, formations.departed_at, minute, at_rest, start, wait, deployed,
    )  # fmt: skip
    to = route[:, 0].astype(np.int64)
    minutes, until = leg_minutes(scene, rows, group.cell, to, deployed, start + wait, wait, trace)
    return DEPARTED(
        minute,
        formation=rows,
        hex=group.cell,
        to=route[:, 0],
        departed_at=start,
        leg_at=np.maximum(start + minutes, minute + 1),
        marched_until=until,
        goal=group.aim,
        route=route,
        routed_at=routed_at,
        exploiting=group.task == TO_EXPLOIT,
    )


@jit
def _begin(
    rows: Any, what: Any, fresh: Any, task: Any, stop: Any, stage: Any, leg_to: Any, look_at: Any, pause_until: Any,
    leg_at: Any, departed_at: Any, minute: int, at_rest: int, start: Any, wait: Any, deployed: Any,
) -> None:  # fmt: skip
    """When each sets out, what he waits before or walks back, and who is drawn up before the target he enters.

    Whoever was to look round at an earlier minute sets out from then: an order taken up, a rest that is over.
    """
    for i in range(len(rows)):
        row, between = rows[i], leg_to[i] >= 0
        called = look_at[row] if between else max(look_at[row], pause_until[row])
        start[i] = leg_at[row] if fresh[i] else min(called, minute)
        wait[i] = start[i] - departed_at[row] if between else 0
        if stage[i] == IDLE and not fresh[i] and not between:
            wait[i] += at_rest
        # Drawn up, that is, not just coming up in column.
        stands = not fresh[i] and not between
        deployed[i] = what[i] == _ENTERS and stop[i] == 1 and stands and task[i] != TO_EXPLOIT
