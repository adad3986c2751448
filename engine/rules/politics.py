"""Phase 15, politics: events outside the troops' hands happen when what they wait for has come true.

Conditions are looked at every six hours; dates and delays are kept to the quarter of an hour. An event happens once.
Those of one look are settled in the order of their ids, again and again until no further one follows from them, so
that an event may wait for another of the same hour. What an event does is in ``effects``; other rules take it from
there. Without events the system never runs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import FINE
from engine.core.dice import Dice
from engine.model.codes import SIDES, Calendar, Status
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.politics import HAPPENED, HAPPENED_IN_SECRET, RIPENED
from engine.model.politics import Condition, PoliticalEvent
from engine.model.world import World
from engine.rules.effects import effects
from engine.rules.system import System, Trace, on_calendar

GRAIN_MIN: Final = 15
LOOK_MIN: Final = 6 * HOUR
_GONE = (int(Status.DESTROYED), int(Status.SURRENDERED))


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Events whose conditions have come true, and those that happen, with what they do."""
    scenario = world.statics.scenario
    events: list[Event] = []
    happened_at, met_at = world.happenings.happened_at.copy(), world.happenings.met_at.copy()
    again = True
    while again:
        again = False
        for row, told in enumerate(scenario.events):
            if happened_at[row] < NEVER or not _in_time(told, minute, int(met_at[row])):
                continue
            if met_at[row] >= NEVER and not _met(world, told, row, minute, happened_at < NEVER, trace):
                continue
            ripe_at = min(int(met_at[row]), minute)
            if minute >= ripe_at + delay_min(told):
                happened_at[row] = met_at[row] = minute
                events += [_told(told, row, minute), *effects(world, told, minute)]
                again = True
            elif met_at[row] >= NEVER:
                met_at[row] = minute
                events.append(RIPENED(minute, happening=row))
            if trace is not None:
                trace.record("happenings", row, "delay_days", told.after_days, f"events.{told.id}.after_days")
    next_at = _next_look(world, minute, happened_at < NEVER, met_at)
    return [*events, TICKED(minute, system=Calendar.POLITICS, next_at=next_at)]


def delay_min(told: PoliticalEvent) -> int:
    """Minutes from the trigger to the event, on the grain."""
    return round(told.after_days * DAY / GRAIN_MIN) * GRAIN_MIN


def _in_time(told: PoliticalEvent, minute: int, met_at: int) -> bool:
    """Whether an event can come true now, or has come true before."""
    return met_at < NEVER or (told.at_min <= minute and (told.until_min < 0 or minute < told.until_min))


def _told(told: PoliticalEvent, row: int, minute: int) -> Event:
    if told.secret:
        return HAPPENED_IN_SECRET(minute, happening=row, side=SIDES.index(told.side))
    return HAPPENED(minute, happening=row)


def _next_look(world: World, minute: int, happened: np.ndarray, met_at: np.ndarray) -> int:
    """When an event may happen again: its date, the end of its delay, or the next look at conditions."""
    times = [NEVER]
    for row, told in enumerate(world.statics.scenario.events):
        if happened[row]:
            continue
        if met_at[row] < NEVER:
            times.append(int(met_at[row]) + delay_min(told))
        elif told.at_min > minute:
            times.append(told.at_min)
        elif told.conditions and (told.until_min < 0 or minute < told.until_min):
            times.append((minute // LOOK_MIN + 1) * LOOK_MIN)
    return max(min(times), minute + 1)


# Conditions.


def _met(
    world: World, told: PoliticalEvent, row: int, minute: int, happened: np.ndarray, trace: Trace | None
) -> bool:
    """Whether all conditions of an event hold, or one if that is enough; without any its date alone counts."""
    answers = [_holds(world, condition, minute, happened) for condition in told.conditions]
    if trace is not None:
        for condition, (value, wanted) in zip(told.conditions, answers, strict=True):
            trace.record("happenings", row, condition.text, value, "")
            trace.record("happenings", row, f"{condition.text}: wanted", wanted, f"events.{told.id}")
    met = [value < wanted if c.kind == "objectives_below" else value >= wanted
           for c, (value, wanted) in zip(told.conditions, answers, strict=True)]  # fmt: skip
    return not met or (any(met) if told.any else all(met))


def _holds(world: World, condition: Condition, minute: int, happened: np.ndarray) -> tuple[float, float]:
    """What is the case and what is wanted, as numbers to be compared."""
    statics, formations = world.statics, world.formations
    side = SIDES.index(condition.side) if condition.side else -1
    if condition.kind == "held":
        return float(world.hexes.owner[condition.cell] == side), 1.0
    if condition.kind == "fallen":
        status = int(formations.status[statics.formation_rows[condition.subject]])
        return float(status in _GONE), 1.0
    if condition.kind == "event":
        rows = {told.id: row for row, told in enumerate(statics.scenario.events)}
        return float(happened[rows[condition.subject]]), 1.0
    mine = formations.side == side
    if condition.kind == "lost_formations":
        return float((mine & np.isin(formations.status, _GONE)).sum()), condition.number
    if condition.kind == "lost_men":
        return lost_share(world, side, minute), condition.number
    return objectives_share(world, side), condition.number


def lost_share(world: World, side: int, minute: int) -> float:
    """Men of a side lost in battle and captured, of all it has had."""
    formations = world.formations
    mine = np.flatnonzero(formations.side == side)
    flows = formations.read_all(("battle", "gain"), minute, mine)
    lost = int(flows["battle"].sum()) + int(formations.captured_u[mine].sum())
    had = int(formations.men_full[mine].astype(np.int64).sum()) * FINE + int(flows["gain"].sum())
    return lost / max(had, 1)


def objectives_share(world: World, side: int) -> float:
    """Points of a side's objectives that it holds now, of all their points."""
    goals = [g for g in world.statics.scenario.objectives if SIDES.index(g.side) == side]
    held = sum(g.points for g in goals if int(world.hexes.owner[g.cell]) == side)
    return held / max(sum(g.points for g in goals), 1)


SYSTEM = System("politics", 15, GRAIN_MIN, on_calendar(Calendar.POLITICS), decide, Calendar.POLITICS)
