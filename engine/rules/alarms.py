"""Who is told that ground has changed hands: the headquarters whose sector it lies in, on both sides."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.model.events import Event
from engine.model.events.command import ALARMED
from engine.model.world import World
from engine.rules import ground

Rows = npt.NDArray[np.int64]

SECTOR_HEXES: Final = 2
"""A formation answers for the ground so many hexes around it: as far as it screens."""


def alarms(world: World, minute: int, taken: Rows) -> list[Event]:
    """Headquarters with a formation near one of the hexes ``taken``; if a side has none there, its nearest one's."""
    formations, now = world.formations, ground.standing(world)
    chosen = []
    for side in (0, 1):
        own = now.rows[now.side == side]
        own = own[formations.hq[own] >= 0]
        if not len(own):
            continue
        apart = world.statics.grid.distance(formations.hex[own][:, None], taken[None, :])
        answers = (apart <= SECTOR_HEXES) | (apart == apart.min(axis=0))
        chosen.append(formations.hq[own[answers.any(axis=1)]])
    told = np.unique(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)
    return [ALARMED(minute, hq=told)] if len(told) else []
