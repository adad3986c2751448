"""Phase 16, the sea: every six hours troops go aboard and ashore; at midnight ships serve the ports.

Sleeps for good in a scenario without ships and craft.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.calendar import DAY, NEVER
from engine.core.dice import Dice
from engine.model.codes import Calendar
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.world import World
from engine.rules import embarking, landing, ports, shipping
from engine.rules.ground import standing
from engine.rules.system import System, Trace, on_calendar

GRAIN_MIN: Final = 15


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Ports, troops by ship, landings."""
    statics = world.statics
    idle = not statics.scenario.shipping and not shipping.has_craft(statics)
    events = [TICKED(minute, system=Calendar.SEA, next_at=NEVER if idle else minute + embarking.TICK_MIN)]
    if idle:
        return events
    if minute % DAY == 0:
        events += ports.decide(world, minute, dice, trace)
    places = standing(world).places.astype(np.int64)
    events += embarking.decide(world, minute, dice, places, trace)
    return [*events, *landing.decide(world, minute, dice, places, trace)]


SYSTEM = System("sea", 16, GRAIN_MIN, on_calendar(Calendar.SEA), decide, Calendar.SEA)
