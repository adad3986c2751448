"""How long it takes to be in a hex that nobody holds any more, after a battle for it or on the march before the enemy."""

from __future__ import annotations

from typing import Final

from engine.core.arithmetic import Floats
from engine.model.world import World

STATED_FOR_M: Final = 6000
"""``contact.occupy_low_h`` and ``contact.occupy_high_h`` are hours for so many metres."""


def occupation_h(world: World, luck: Floats) -> Floats:
    """Hours until somebody beside the hex is in it; ``luck`` from 0 to 1 is the bad part of it. Shape of ``luck``."""
    rules = world.statics.rules
    low, high = rules["contact.occupy_low_h"], rules["contact.occupy_high_h"]
    hours: Floats = (low + (high - low) * luck) * (world.statics.grid.spacing_m / STATED_FOR_M)
    return hours
