"""Phase 2, command: couriers arrive and orders are taken up; directives start and end; commanders change.

The delay of an order is lognormal about the median of its headquarters' level, shorter under a good staff, longer if
the headquarters moved today or lies out of wire and radio range. Orders of one minute are taken in order of
(arrival, row): a later one supersedes the earlier. A directive ends at its date, or at the full hour at which the
notes of its headquarters report that it is through.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, exp, round_up, rounded
from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import anywhere, rows_where
from engine.core.dice import Dice, Stream
from engine.core.jit import jit
from engine.model.codes import (
    IN_FORCE,
    ON_ITS_WAY,
    ON_MAP,
    PENDING,
    RUNNING,
    SIDES,
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
from engine.model.events.command import (
    ATTACHED,
    COMMANDER_CHANGED,
    DIRECTIVE_STARTED,
    ORDER_CLOSED,
    ORDER_TAKEN,
    SUBORDINATED,
    TOOK_COMMAND,
)
from engine.model.events.common import DIRECTIVE_ENDED, TICKED
from engine.model.world import Statics, World
from engine.rules import fortress
from engine.rules.derived import derived
from engine.rules.parameters import packed
from engine.rules.system import System, Trace

Rows = npt.NDArray[np.int64]

GRAIN_MIN: Final = 15
LEAST_DELAY_MIN: Final = 15
_AT = itemgetter(0)
_LEVELS = ("division", "corps", "army", "front")
# Wire and radio reach farther from higher headquarters (command.range_km is a corps').
_REACH = np.array([1.0, 1.0, 2.0, 4.0])
_DELAYS: Final = (
    "command.range_km", "command.delay_moved", "command.delay_out_of_range", "command.courier_kmh",
    "command.delay_continue",
)  # fmt: skip
_TERMS: Final = ("median_h", "staff", "luck", "goes_on", "moved", "km_beyond_reach", "out_of_action_h", "hours")
_DIVISION: Final = int(Echelon.DIVISION)
_TASK_OF = {
    OrderKind.MARCH: Task.MARCH,
    OrderKind.ATTACK: Task.ATTACK,
    OrderKind.HOLD: Task.HOLD,
    OrderKind.WITHDRAW: Task.WITHDRAW,
    OrderKind.ENTRENCH: Task.ENTRENCH,
    OrderKind.REST: Task.REST,
    OrderKind.SUPPORT: Task.SUPPORT,
    OrderKind.CANCEL: Task.HOLD,
    OrderKind.PROBE: Task.PROBE,
    OrderKind.BOMBARD: Task.BOMBARD,
    OrderKind.EXPLOIT: Task.EXPLOIT,
    OrderKind.FOLLOW: Task.FOLLOW,
    OrderKind.FORCED_MARCH: Task.MARCH,
    OrderKind.ENTRAIN: Task.ENTRAIN,
    OrderKind.EMBARK: Task.EMBARK,
    OrderKind.LAND: Task.LAND,
}
_TASKS = np.array([_TASK_OF.get(OrderKind(k), Task.HOLD) if k else Task.HOLD for k in range(max(OrderKind) + 1)], dtype=np.int8)
_POSTURE_OF = {
    Task.ATTACK: Posture.ATTACK, Task.PROBE: Posture.ATTACK, Task.EXPLOIT: Posture.ATTACK,
    Task.MARCH: Posture.MARCH, Task.FOLLOW: Posture.MARCH, Task.WITHDRAW: Posture.WITHDRAWAL,
}  # fmt: skip
_POSTURES = np.array([_POSTURE_OF.get(task, Posture.HASTY) for task in Task], dtype=np.int8)
_TARGETED = np.array([t in (Task.ATTACK, Task.PROBE, Task.BOMBARD, Task.SUPPORT) for t in Task])
_ATTACKS = np.array([t in (Task.ATTACK, Task.PROBE, Task.BOMBARD) for t in Task])
_ONWARD = np.array([t in (Task.ATTACK, Task.FOLLOW) for t in Task])
_ATTACH, _CANCEL, _MARCH = int(OrderKind.ATTACH), int(OrderKind.CANCEL), int(Task.MARCH)
_KEEP, _LET_GO = int(OrderKind.KEEP), int(OrderKind.LET_GO)
_STAND_FAST, _OVER = int(Permission.STAND_FAST), int(DirectiveState.DONE)
_AFTER, _TAKEN, _LOST, _EVENT = int(Trigger.AFTER), int(Trigger.TAKEN), int(Trigger.LOST), int(Trigger.EVENT)


# Couriers.


def courier_minutes(
    world: World, rows: npt.ArrayLike, minute: int, dice: Dice, trace: Trace | None = None,
    kinds: npt.ArrayLike | None = None,
) -> Rows:  # fmt: skip
    """Minutes until orders written now reach formations ``rows``; shape of ``rows``, at least a quarter of an hour.

    An order comes down from the formation's own headquarters, whoever is behind it. A formation asked about twice
    at one minute draws anew for the second order. ``kinds``: OrderKind of each order; to go on with an attack under way
    takes ``command.delay_continue`` of the time, for the order of the day has named the next task.
    """
    formation = np.atleast_1d(np.asarray(rows, dtype=np.int64))
    rules = world.statics.rules
    formations, headquarters = world.formations, world.headquarters
    luck = exp(rules["command.delay_spread"] * _luck(world, formation, minute, dice))
    on = goes_on(world, formation, kinds, minute)
    level, terms = np.empty(len(formation), np.int64), np.empty((len(_TERMS), len(formation)))
    _hours(
        formation, minute, formations.hq, formations.hex, formations.side, headquarters.echelon, headquarters.staff,
        headquarters.moved_at, headquarters.hex, world.statics.grid.axial_table, world.statics.grid.spacing_km,
        _medians(world.statics), _REACH, luck, on, packed(world.statics, _DELAYS), level, terms,
    )  # fmt: skip
    if trace is not None:
        for i, row in enumerate(formation.tolist()):
            side = SIDES[int(formations.side[row])]
            addresses = (
                f"command.delay_{side}_{_LEVELS[int(level[i])]}_h", "", "command.delay_spread",
                "command.delay_continue", "command.delay_moved", "command.range_km", "command.displaced_h", "",
            )  # fmt: skip
            for key, value, address in zip(_TERMS, terms[:, i].tolist(), addresses, strict=True):
                trace.record("formations", row, key, value, address)
    if not rules.get("switch.command_delay", 1.0):
        return np.full(len(formation), LEAST_DELAY_MIN, dtype=np.int64)
    return np.maximum(rounded(terms[-1] * HOUR), LEAST_DELAY_MIN)


@jit
def _hours(
    formation: Any, minute: int, of: Any, at: Any, side: Any, echelon: Any, quality: Any, moved_at: Any, place: Any,
    axial: Any, hex_km: float, medians: Any, reach: Any, luck: Any, on: Any, p: Any, level: Any, terms: Any,
) -> None:  # fmt: skip
    """Hours each order takes, and what they come from (``_TERMS``)."""
    for i in range(len(formation)):
        row = formation[i]
        hq, staff, away, moved, silent = of[row], 1.0, 0.0, False, 0.0
        level[i] = 1
        if hq >= 0:
            level[i] = min(max(int(echelon[hq]) - _DIVISION, 0), 3)
            staff = quality[hq] / PPM
            moved = minute - moved_at[hq] < DAY
            # A headquarters that was driven off gives no orders before it is in action again.
            silent = max(moved_at[hq] - minute, 0) / HOUR
            if at[row] >= 0 and place[hq] >= 0:
                dq = int(axial[0, at[row]]) - int(axial[0, place[hq]])
                dr = int(axial[1, at[row]]) - int(axial[1, place[hq]])
                away = ((abs(dq) + abs(dr) + abs(dq + dr)) // 2) * hex_km
        median, beyond = medians[side[row], level[i]], max(away - p[0] * reach[level[i]], 0.0)
        hours = median / staff * luck[i]
        if on[i]:
            hours = hours * p[4]
        if moved:
            hours = hours * (1.0 + p[1])
        if beyond > 0:
            hours = hours * p[2]
        hours = hours + beyond / p[3] + silent
        terms[0, i], terms[1, i], terms[2, i], terms[3, i] = median, staff, luck[i], 1.0 if on[i] else 0.0
        terms[4, i], terms[5, i], terms[6, i], terms[7, i] = 1.0 if moved else 0.0, beyond, silent, hours


def goes_on(world: World, formation: Rows, kinds: npt.ArrayLike | None, minute: int) -> npt.NDArray[np.bool_]:
    """Shape of ``formation``: whether an order of that kind only carries on the attack in which a formation is.

    It attacks or follows, or was in a battle within ``command.continue_h``, and is told to attack or follow. Exploiting
    mobile groups run ahead of the wire: their orders keep their time.
    """
    if kinds is None:
        return np.zeros(len(formation), dtype=bool)
    formations, lately = world.formations, minute - world.statics.rules["command.continue_h"] * HOUR
    busy = _ONWARD[formations.task[formation]] | (formations.last_fight_at[formation] >= lately)
    again: npt.NDArray[np.bool_] = _ONWARD[_TASKS[np.asarray(kinds, dtype=np.int64)]] & busy
    return again


def _luck(world: World, formation: Rows, minute: int, dice: Dice) -> npt.NDArray[np.float64]:
    """A standard normal number for each order; the n-th order to a formation in one minute is draw n."""
    orders = world.orders
    today = orders.formation[orders.issued_at == minute]
    earlier = np.bincount(today, minlength=len(world.formations)) if len(today) else None
    draw = np.zeros(len(formation), dtype=np.int64) if earlier is None else earlier[formation]
    if len(set(formation.tolist())) < len(formation):
        seen: dict[int, int] = {}
        for i, row in enumerate(formation.tolist()):
            draw[i] += seen.get(row, 0)
            seen[row] = seen.get(row, 0) + 1
    luck = np.empty(len(formation))
    for n in sorted(set(draw.tolist())):
        chosen = draw == n
        subjects = world.formations.subject[formation[chosen]]
        luck[chosen] = dice.normal(Stream.COURIER, subjects, minute, n)
    return luck


def _medians(statics: Statics) -> npt.NDArray[np.float64]:
    """Median delay in hours, shape (sides, levels)."""
    found: npt.NDArray[np.float64] | None = statics.memo.get("command.medians")
    if found is None:
        rules = statics.rules
        found = np.array([[rules[f"command.delay_{side}_{level}_h"] for level in _LEVELS] for side in SIDES])
        statics.memo["command.medians"] = found
    return found


def median_delay_h(statics: Statics, side: int, echelon: int) -> float:
    """Hours that an order of a headquarters of that echelon usually takes: known to its own staff, too."""
    return float(_medians(statics)[side, min(max(echelon - int(Echelon.DIVISION), 0), len(_LEVELS) - 1)])


def redundant(
    world: World, rows: npt.ArrayLike, kinds: npt.ArrayLike, goals: npt.ArrayLike, human: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Orders that say again what is already on its way, or in force with nothing on its way: they change nothing.

    A human's order that repeats a staff's is not redundant: it binds the staff.
    """
    asked = np.stack([np.atleast_1d(np.asarray(given, np.int64)) for given in (rows, kinds, goals, human)])
    orders, found = world.orders, np.zeros(asked.shape[1], bool)
    latest = world.formations.order.astype(np.int64)
    _repeats(asked, latest, orders.formation, orders.state, orders.kind, orders.goal, orders.by_human, found)
    return found


@jit
def _repeats(
    asked: Any, latest: Any, formation: Any, state: Any, kind: Any, goal: Any, by_human: Any, found: Any
) -> None:
    """``asked``: formation, kind, goal, human of each order; ``latest`` the order in force of each formation."""
    for row in range(len(state)):
        if state[row] == ON_ITS_WAY:
            latest[formation[row]] = row
    for i in range(asked.shape[1]):
        last = latest[asked[0, i]]
        belongs = asked[1, i] == _ATTACH or asked[1, i] == _KEEP or asked[1, i] == _LET_GO
        if last < 0 or belongs or (state[last] != ON_ITS_WAY and state[last] != IN_FORCE):
            continue
        binds = asked[3, i] != 0 and by_human[last] == 0
        found[i] = kind[last] == asked[1, i] and goal[last] == asked[2, i] and not binds


# The system.


def _next_due(world: World, now: int) -> int:
    key = (*world.staff_notes.version("directive", "end_reason"), *world.directives.version("state"))
    reported = derived(world, "command.reported", key, lambda: bool(_reported_over(world).any()))
    at = int(world.systems.next_at[Calendar.COMMAND])
    return min(at, round_up(now, HOUR)) if reported else at


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Orders that have arrived, directives whose time or condition has come, dated changes of command."""
    orders, directives = world.orders, world.directives
    arrived = np.empty(len(orders), np.int64)
    over, ready = np.empty((2, len(directives)), np.int64)
    counts = np.zeros(4, np.int64)
    _look(orders.state, orders.arrives_at, directives.state, directives.arrives_at, directives.start_at,
          directives.end_at, minute, arrived, over, ready, counts)  # fmt: skip
    events = [*_arrivals(world, minute, arrived[: counts[0]]), *_changes(world, minute)]
    ended, started = over[: counts[1]], ready[: counts[2]]
    if minute % HOUR == 0:
        reported = _reported_over(world)
        if anywhere(reported):
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
    next_at = min(int(counts[3]), _next(world, minute, begun), _next_change(world.statics, minute))
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
    rows = rows[np.argsort(orders.arrives_at[rows], kind="stable")]
    there = formations.status[orders.formation[rows]] == ON_MAP
    events: list[Event] = []
    if not there.all():
        events.append(ORDER_CLOSED(minute, order=rows[~there], state=OrderState.FAILED))
        rows = rows[there]
    attach = orders.kind[rows] == _ATTACH
    if anywhere(attach):
        events.append(ATTACHED(minute, formation=orders.formation[rows[attach]], hq=orders.detail[rows[attach], 0] - 1))
        events.append(ORDER_CLOSED(minute, order=rows[attach], state=OrderState.DONE))
        rows = rows[~attach]
    stay = (orders.kind[rows] == _KEEP) | (orders.kind[rows] == _LET_GO)
    if stay.any():
        kept = (orders.kind[rows[stay]] == _KEEP).astype(np.int8)
        events.append(KEPT(minute, formation=orders.formation[rows[stay]], kept=kept))
        events.append(ORDER_CLOSED(minute, order=rows[stay], state=OrderState.DONE))
        rows = rows[~stay]
    out = fortress.leads_out(world, orders.formation[rows], orders.kind[rows], orders.goal[rows])
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
    _meant(rows, formation, orders.kind, orders.goal, formations.hex, formations.side, world.hexes.owner, _TASKS,
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
    hq = directives.hq
    said = (notes.directive[hq] == np.arange(len(directives))) & (notes.end_reason[hq] > 0)
    over: npt.NDArray[np.bool_] = said & (hq >= 0) & (directives.state == RUNNING)
    return over


def _triggered(world: World, rows: Rows, ended: Rows) -> npt.NDArray[np.bool_]:
    """Whether what a directive waits for has happened."""
    directives = world.directives
    kind, ref = directives.trigger[rows], directives.trigger_ref[rows]
    over = directives.state >= _OVER
    over[ended] = True
    own = world.hexes.owner[ref] == world.headquarters.side[directives.hq[rows]]
    after, taken, lost, event = kind == _AFTER, kind == _TAKEN, kind == _LOST, kind == _EVENT
    met: npt.NDArray[np.bool_] = ~(after | taken | lost | event) | (taken & own) | (lost & ~own)
    met[after] = over[ref[after]]
    met[event] = world.happenings.happened_at[ref[event]] < NEVER
    return met


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
    directives, headquarters = world.directives, world.headquarters
    running, fast = directives.state == RUNNING, directives.permission == _STAND_FAST
    forbids = running & fast
    bound = np.zeros(len(headquarters) + 1, dtype=bool)
    bound[directives.hq[forbids]] = True
    hq = world.formations.hq[rows].astype(np.int64)
    result: npt.NDArray[np.bool_] = bound[hq]
    free = np.zeros(len(headquarters) + 1, dtype=bool)
    free[directives.hq[running & ~fast]] = True
    # A nearer headquarters that has leave to move outranks a farther one that forbids it.
    decided = result | free[hq]
    for _ in range(int(Echelon.FRONT) - int(Echelon.CORPS)):
        hq = np.where(hq >= 0, headquarters.parent[hq], -1)
        result = result | (bound[hq] & ~decided)
        decided = decided | bound[hq] | free[hq]
    return result


# Dated changes of command.


def _schedule(statics: Statics) -> list[tuple[int, str, int, int, int]]:
    """(minute, kind, row, other row, staff) of changes of commander and of subordination, by minute."""
    found: list[tuple[int, str, int, int, int]] | None = statics.memo.get("command.schedule")
    if found is None:
        found = []
        hqs, formations = statics.headquarters_rows, statics.formation_rows
        for change in statics.scenario.reinforcements:
            at, staff = max(change.at_min, 0), round(change.staff * PPM)
            if change.kind == "commander":
                name = statics.commanders.index(change.text) if change.text in statics.commanders else -1
                led = change.subject in formations
                kind, row = ("leader", formations[change.subject]) if led else ("commander", hqs[change.subject])
                found.append((at, kind, row, name, staff))
            elif change.kind == "attach" and change.hq in hqs and change.subject in hqs:
                found.append((at, "subordinate", hqs[change.subject], hqs[change.hq], 0))
            elif change.kind == "attach" and change.hq in hqs and change.subject in formations:
                found.append((at, "attach", formations[change.subject], hqs[change.hq], 0))
        found.sort(key=lambda c: c[0])
        statics.memo["command.schedule"] = found
    return found


def _next_change(statics: Statics, minute: int) -> int:
    changes = _schedule(statics)
    at = bisect_right(changes, minute, key=_AT)
    return changes[at][0] if at < len(changes) else NEVER


def _changes(world: World, minute: int) -> list[Event]:
    """Changes dated since the last quarter of an hour (the clock wakes command for each)."""
    changes = _schedule(world.statics)
    first, last = (bisect_right(changes, at, key=_AT) for at in (minute - GRAIN_MIN, minute))
    events: list[Event] = []
    for _, kind, row, other, staff in changes[first:last]:
        if kind == "commander":
            events.append(COMMANDER_CHANGED(minute, hq=row, commander=other, staff=staff))
        elif kind == "leader":
            events.append(TOOK_COMMAND(minute, formation=row, commander=other))
        elif kind == "subordinate":
            events.append(SUBORDINATED(minute, hq=row, parent=other))
        else:
            events.append(ATTACHED(minute, formation=row, hq=other))
    return events


SYSTEM = System("command", 2, GRAIN_MIN, _next_due, decide)
