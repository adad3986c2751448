"""Phase 12, score: at the end of each day a side gains the points of those of its objectives that it holds."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.calendar import DAY
from engine.core.dice import Dice
from engine.model.codes import SIDES, Calendar
from engine.model.events import Event
from engine.model.events.arrivals import SCORED
from engine.model.events.common import TICKED
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
    events = [TICKED(minute, system=Calendar.SCORE, next_at=minute + DAY)]
    scored = np.flatnonzero(points)
    return [*events, SCORED(minute, side=scored, points=points[scored])] if len(scored) else events


SYSTEM = System("score", 12, GRAIN_MIN, _next_due, decide)
