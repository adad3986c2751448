"""Who is told that ground has changed hands: the headquarters whose sector it lies in, on both sides."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.jit import jit
from engine.model.events import Event
from engine.model.events.command import ALARMED
from engine.model.world import World
from engine.rules import ground

Rows = npt.NDArray[np.int64]

SECTOR_HEXES: Final = 2
"""A formation answers for the ground so many hexes around it: as far as it screens."""


def alarms(world: World, minute: int, taken: Rows) -> list[Event]:
    """Headquarters with a formation near one of the hexes ``taken``; if a side has none there, its nearest one's."""
    formations, told = world.formations, np.zeros(len(world.headquarters) + 1, bool)
    _answer(ground.standing(world).rows, formations.side, formations.hq, formations.hex, world.statics.grid.axial_table,
            taken, SECTOR_HEXES, told)  # fmt: skip
    found = told[:-1].nonzero()[0]
    return [ALARMED(minute, hq=found)] if len(found) else []


@jit
def _answer(rows: Any, side: Any, hq: Any, at: Any, axial: Any, taken: Any, sector: int, told: Any) -> None:
    apart = np.empty(len(rows), np.int64)
    for cell in taken:
        nearest = np.full(2, 1 << 30, np.int64)
        for i in range(len(rows)):
            row = rows[i]
            if hq[row] < 0:
                continue
            dq = int(axial[0, at[row]]) - int(axial[0, cell])
            dr = int(axial[1, at[row]]) - int(axial[1, cell])
            apart[i] = (abs(dq) + abs(dr) + abs(dq + dr)) // 2
            nearest[side[row]] = min(nearest[side[row]], apart[i])
        for i in range(len(rows)):
            row = rows[i]
            if hq[row] >= 0 and (apart[i] <= sector or apart[i] == nearest[side[row]]):
                told[hq[row]] = True
