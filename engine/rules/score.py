"""Phase 12, score: at the end of each day a side gains the points of those of its objectives that it holds.

Objectives with a date are settled on the evening before it: their side holds them then, and long enough, or not.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.calendar import DAY, NEVER
from engine.core.dice import Dice
from engine.model.codes import SIDES, Calendar
from engine.model.events import Event
from engine.model.events.arrivals import SCORED
from engine.model.events.common import TICKED
from engine.model.events.politics import SETTLED
from engine.model.scenario import Objective
from engine.model.world import World
from engine.rules.system import System, Trace

GRAIN_MIN: Final = 15
_EVENING: Final = DAY - GRAIN_MIN
"""The last quarter of an hour of a day."""


def _next_due(world: World, now: int) -> int:
    return max(int(world.systems.next_at[Calendar.SCORE]), _EVENING)


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Points of the day."""
    points = np.zeros(len(SIDES), np.int64)
    for goal in world.statics.scenario.objectives:
        side = SIDES.index(goal.side)
        held = int(world.hexes.owner[goal.cell]) == side
        points[side] += goal.points * held
        if trace is not None:
            trace.record("sides", side, goal.id, float(goal.points * held), f"objectives.{goal.id}.points")
    events = [TICKED(minute, system=Calendar.SCORE, next_at=minute + DAY), *_settled(world, minute, trace)]
    scored = np.flatnonzero(points)
    return [*events, SCORED(minute, side=scored, points=points[scored])] if len(scored) else events


def _settled(world: World, minute: int, trace: Trace | None) -> list[Event]:
    """Objectives whose date comes tonight."""
    rows, met = [], []
    for row, goal in enumerate(world.statics.scenario.objectives):
        if 0 <= goal.by_min <= minute + GRAIN_MIN and world.goals.settled_at[row] == NEVER:
            rows.append(row)
            met.append(held(world, goal, minute))
            if trace is not None:
                days = (minute - int(world.hexes.owner_since[goal.cell])) / DAY
                trace.record("goals", row, "held_days", days, f"objectives.{goal.id}.held_days")
                trace.record("goals", row, "met", float(met[-1]), f"objectives.{goal.id}.points")
    return [SETTLED(minute, goal=rows, met=met)] if rows else []


def held(world: World, goal: Objective, minute: int) -> bool:
    """Whether an objective's side holds it at a minute, and has held it long enough; ground held from the start counts."""
    if int(world.hexes.owner[goal.cell]) != SIDES.index(goal.side):
        return False
    since = int(world.hexes.owner_since[goal.cell])
    return since <= 0 or minute + GRAIN_MIN - since >= goal.held_days * DAY


SYSTEM = System("score", 12, GRAIN_MIN, _next_due, decide)
