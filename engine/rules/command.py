"""Phase 2, command: couriers arrive and orders are taken up; directives start and end; commanders change.

Orders of one minute are taken in order of (arrival, row): a later one supersedes the earlier. A directive ends at its
date, or at the full hour at which the notes of its headquarters report that it is through.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import round_up
from engine.core.calendar import HOUR, NEVER
from engine.core.columns import anywhere, rows_where
from engine.core.dice import Dice
from engine.core.jit import jit
from engine.model.codes import (
    ON_ITS_WAY,
    ON_MAP,
    PENDING,
    RUNNING,
    Calendar,
    DirectiveState,
    Echelon,
    OrderKind,
    OrderState,
    Permission,
    Posture,
    Task,
    Trigger,
)
from engine.model.events import Event
from engine.model.events.arrivals import KEPT
from engine.model.events.command import ATTACHED, DIRECTIVE_STARTED, ORDER_CLOSED, ORDER_TAKEN
from engine.model.events.common import DIRECTIVE_ENDED, TICKED
from engine.model.world import World
from engine.rules import command_changes, fortress
from engine.rules.couriers import TASKS
from engine.rules.derived import derived
from engine.rules.system import System, Trace

Rows = npt.NDArray[np.int64]

GRAIN_MIN: Final = 15
_POSTURE_OF = {
    Task.ATTACK: Posture.ATTACK, Task.PROBE: Posture.ATTACK, Task.EXPLOIT: Posture.ATTACK,
    Task.MARCH: Posture.MARCH, Task.FOLLOW: Posture.MARCH, Task.WITHDRAW: Posture.WITHDRAWAL,
}  # fmt: skip
_POSTURES = np.array([_POSTURE_OF.get(task, Posture.HASTY) for task in Task], dtype=np.int8)
_TARGETED = np.array([t in (Task.ATTACK, Task.PROBE, Task.BOMBARD, Task.SUPPORT) for t in Task])
_ATTACKS = np.array([t in (Task.ATTACK, Task.PROBE, Task.BOMBARD) for t in Task])
_ATTACH, _CANCEL, _MARCH = int(OrderKind.ATTACH), int(OrderKind.CANCEL), int(Task.MARCH)
_KEEP, _LET_GO = int(OrderKind.KEEP), int(OrderKind.LET_GO)
_STAND_FAST, _OVER = int(Permission.STAND_FAST), int(DirectiveState.DONE)
_ABOVE: Final = int(Echelon.FRONT) - int(Echelon.CORPS)
"""Headquarters above a formation's own that may forbid it to retreat."""
_AFTER, _TAKEN, _LOST, _EVENT = int(Trigger.AFTER), int(Trigger.TAKEN), int(Trigger.LOST), int(Trigger.EVENT)


def _next_due(world: World, now: int) -> int:
    at = int(world.systems.next_at[Calendar.COMMAND])
    return min(at, round_up(now, HOUR)) if anywhere(_reported_over(world)) else at


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Orders that have arrived, directives whose time or condition has come, dated changes of command."""
    orders, directives = world.orders, world.directives
    arrived = np.empty(len(orders), np.int64)
    over, ready = np.empty((2, len(directives)), np.int64)
    counts = np.zeros(4, np.int64)
    _look(orders.state, orders.arrives_at, directives.state, directives.arrives_at, directives.start_at,
          directives.end_at, minute, arrived, over, ready, counts)  # fmt: skip
    events = [*_arrivals(world, minute, arrived[: counts[0]]), *command_changes.changes(world, minute, GRAIN_MIN)]
    ended, started = over[: counts[1]], ready[: counts[2]]
    if minute % HOUR == 0:
        reported = _reported_over(world)
        if anywhere(reported):
            reported = reported.copy()
            reported[ended] = True
            ended = rows_where(reported)
    if len(started):
        started = started[_triggered(world, started, ended)]
    begun = started
    if len(started):
        decrees = np.isin(world.directives.kind[started], fortress.DECREES)
        if anywhere(decrees):
            events += fortress.by_directives(world, started[decrees], minute)
            events.append(DIRECTIVE_ENDED(minute, directive=started[decrees], state=DirectiveState.DONE))
            started = started[~decrees]
    if len(ended):
        events.append(DIRECTIVE_ENDED(minute, directive=ended, state=DirectiveState.DONE))
    if len(started):
        events.append(DIRECTIVE_STARTED(minute, directive=started, start_at=minute))
    next_at = min(int(counts[3]), _next(world, minute, begun), command_changes.next_change(world.statics, minute))
    return [*events, TICKED(minute, system=Calendar.COMMAND, next_at=max(next_at, minute + 1))]


@jit
def _look(
    state: Any, arrives_at: Any, of: Any, given_at: Any, start_at: Any, end_at: Any, minute: int, arrived: Any,
    over: Any, ready: Any, counts: Any,
) -> None:  # fmt: skip
    """Orders that have arrived; running directives that are over, pending ones that are due.

    ``counts``: how many of each there are, then when the next courier arrives.
    """
    counts[3] = NEVER
    for row in range(len(state)):
        if state[row] == ON_ITS_WAY:
            if arrives_at[row] <= minute:
                arrived[counts[0]] = row
                counts[0] += 1
            else:
                counts[3] = min(counts[3], arrives_at[row])
    for row in range(len(of)):
        if of[row] == RUNNING and end_at[row] <= minute:
            over[counts[1]] = row
            counts[1] += 1
        elif of[row] == PENDING and given_at[row] <= minute and start_at[row] <= minute < end_at[row]:
            ready[counts[2]] = row
            counts[2] += 1


def _arrivals(world: World, minute: int, rows: Rows) -> list[Event]:
    """Orders ``rows``, whose courier has arrived by ``minute``."""
    if not len(rows):
        return []
    orders, formations = world.orders, world.formations
    if len(rows) > 1:
        rows = rows[np.argsort(orders.arrives_at[rows], kind="stable")]
    there = formations.status[orders.formation[rows].astype(np.int64)] == ON_MAP
    events: list[Event] = []
    if anywhere(~there):
        events.append(ORDER_CLOSED(minute, order=rows[~there], state=OrderState.FAILED))
        rows = rows[there]
    kinds = set(orders.kind[rows].tolist())
    if _ATTACH in kinds:
        attach = orders.kind[rows] == _ATTACH
        events.append(ATTACHED(minute, formation=orders.formation[rows[attach]], hq=orders.detail[rows[attach], 0] - 1))
        events.append(ORDER_CLOSED(minute, order=rows[attach], state=OrderState.DONE))
        rows = rows[~attach]
    if _KEEP in kinds or _LET_GO in kinds:
        stay = (orders.kind[rows] == _KEEP) | (orders.kind[rows] == _LET_GO)
        kept = (orders.kind[rows[stay]] == _KEEP).astype(np.int8)
        events.append(KEPT(minute, formation=orders.formation[rows[stay]], kept=kept))
        events.append(ORDER_CLOSED(minute, order=rows[stay], state=OrderState.DONE))
        rows = rows[~stay]
    out = fortress.leads_out(world, orders.formation[rows].astype(np.int64), orders.kind[rows], orders.goal[rows])
    if anywhere(out):
        events.append(ORDER_CLOSED(minute, order=rows[out], state=OrderState.FAILED))
        rows = rows[~out]
    # Of several orders to one formation only the last is taken up.
    last = {int(f): i for i, f in enumerate(orders.formation[rows].tolist())}
    if len(last) < len(rows):
        keep = np.zeros(len(rows), dtype=bool)
        keep[list(last.values())] = True
        events.append(ORDER_CLOSED(minute, order=rows[~keep], state=OrderState.SUPERSEDED))
        rows = rows[keep]
    if len(rows):
        events.append(_taken(world, rows, minute))
    return events


def _taken(world: World, rows: Rows, minute: int) -> Event:
    orders, formations = world.orders, world.formations
    formation = orders.formation[rows]
    task, goal, target, posture = found = np.empty((4, len(rows)), np.int64)
    _meant(rows, formation, orders.kind, orders.goal, formations.hex, formations.side, world.hexes.owner, TASKS,
           _ATTACKS, _TARGETED, _POSTURES, found)  # fmt: skip
    return ORDER_TAKEN(
        minute, order=rows, formation=formation, task=task, goal=goal, target=target, posture=posture
    )  # fmt: skip


@jit
def _meant(
    rows: Any, formation: Any, kind: Any, goals: Any, at: Any, side: Any, owner: Any, tasks: Any, attacks: Any,
    targeted: Any, postures: Any, found: Any,
) -> None:  # fmt: skip
    """Task, goal, target (-1 without) and posture of who takes up orders ``rows``."""
    for i in range(len(rows)):
        row, who = rows[i], formation[i]
        task, goal = int(tasks[kind[row]]), int(goals[row])
        if goal < 0 or kind[row] == _CANCEL:
            goal = int(at[who])
        # What was to be taken has become own ground meanwhile: then simply go there.
        if attacks[task] and owner[goal] == side[who]:
            task = _MARCH
        found[0, i], found[1, i], found[3, i] = task, goal, postures[task]
        found[2, i] = goal if targeted[task] else -1


# Directives.


def _reported_over(world: World) -> npt.NDArray[np.bool_]:
    """Running directives whose headquarters has reported that it is through: done, culminated, linked up."""
    directives, notes = world.directives, world.staff_notes

    def make() -> npt.NDArray[np.bool_]:
        hq = directives.hq.astype(np.int64)
        said = (notes.directive[hq] == np.arange(len(directives))) & (notes.end_reason[hq] > 0)
        over: npt.NDArray[np.bool_] = said & (hq >= 0) & (directives.state == RUNNING)
        return over

    key = (*notes.version("directive", "end_reason"), *directives.version("state"))
    return derived(world, "command.reported", key, make)


def _triggered(world: World, rows: Rows, ended: Rows) -> npt.NDArray[np.bool_]:
    """Whether what a directive waits for has happened."""
    directives, met = world.directives, np.empty(len(rows), bool)
    _meet(
        rows, ended, directives.state, directives.trigger, directives.trigger_ref, directives.hq, world.headquarters.side,
        world.hexes.owner, world.happenings.happened_at, met,
    )  # fmt: skip
    return met


@jit
def _meet(
    rows: Any, ended: Any, state: Any, trigger: Any, trigger_ref: Any, hq: Any, side: Any, owner: Any, happened_at: Any,
    met: Any,
) -> None:  # fmt: skip
    for i in range(len(rows)):
        kind, ref = trigger[rows[i]], trigger_ref[rows[i]]
        met[i] = True
        if kind == _AFTER:
            met[i] = state[ref] >= _OVER
            for row in ended:
                met[i] = met[i] or row == ref
        elif kind == _TAKEN:
            met[i] = owner[ref] == side[hq[rows[i]]]
        elif kind == _LOST:
            met[i] = owner[ref] != side[hq[rows[i]]]
        elif kind == _EVENT:
            met[i] = happened_at[ref] < NEVER


def _next(world: World, minute: int, started: Rows) -> int:
    """When a directive begins or ends next; conditions are looked at once an hour."""
    directives = world.directives
    return int(_next_of(directives.state, directives.arrives_at, directives.start_at, directives.end_at, started, minute))


@jit
def _next_of(state: Any, given_at: Any, start_at: Any, end_at: Any, started: Any, minute: int) -> int:
    starts, ends = NEVER, NEVER
    begun = np.zeros(len(state), np.bool_)
    for row in started:
        begun[row] = True
    for row in range(len(state)):
        if end_at[row] <= minute:
            continue
        if state[row] == RUNNING or begun[row]:
            ends = min(ends, end_at[row])
        elif state[row] == PENDING:
            starts = min(starts, max(start_at[row], given_at[row]))
    if starts < NEVER:
        ends = min(ends, max(starts, (minute // HOUR + 1) * HOUR))
    return ends


def stand_fast(world: World, rows: Any) -> npt.NDArray[np.bool_]:
    """Whether formations are forbidden to retreat: by the running directive of their headquarters or one above it."""
    directives, hqs = world.directives, world.formations.hq[rows]
    found = np.zeros(len(hqs), bool)
    _stand_fast(directives.state, directives.permission, directives.hq, world.headquarters.parent, hqs, found)
    return found


@jit
def _stand_fast(state: Any, permission: Any, hq: Any, parent: Any, hqs: Any, found: Any) -> None:
    """A nearer headquarters that has leave to move outranks a farther one that forbids it."""
    bound, free = np.zeros(len(parent), np.bool_), np.zeros(len(parent), np.bool_)
    for row in range(len(state)):
        if state[row] == RUNNING and hq[row] >= 0:
            if permission[row] == _STAND_FAST:
                bound[hq[row]] = True
            else:
                free[hq[row]] = True
    for i in range(len(hqs)):
        level = int(hqs[i])
        for _ in range(_ABOVE):
            if level < 0 or bound[level] or free[level]:
                break
            level = int(parent[level])
        found[i] = level >= 0 and bound[level]


SYSTEM = System("command", 2, GRAIN_MIN, _next_due, decide)
