"""Where a formation can march, by what its side knows: minutes to every hex, and where contact is likely.

Uses the side's view alone: known enemies bar their hexes, their neighbours count as contact, enemy ground takes twice
the time. What the side cannot know is met on the march.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.core.paths import FAR, field
from engine.rules.steps import MEAN, bridged_steps
from ui.map.scene import NEVER, Reach

if TYPE_CHECKING:
    from engine import SideView

LIMIT_MIN = 3 * 1440
STATIC = 4


def march_reach(view: SideView, unit: int) -> Reach | None:
    """The reach of an own formation; None if it is not on the map or cannot move."""
    at = view.own.at(unit)
    if at < 0 or int(view.own.mobility[at]) == STATIC:
        return None
    start = int(view.own.hex[at])
    grid = view.statics.grid
    near = grid.neighbours
    costs = bridged_steps(view.statics, int(view.own.mobility[at]), view.weather.ground, MEAN).copy()
    enemy = np.zeros(grid.size + 1, bool)
    enemy[view.enemies.hex[view.enemies.hex >= 0]] = True
    hostile = np.append(view.hexes.owner == 1 - view.side, False)
    costs[hostile[near]] *= 2
    costs[enemy[near]] = 0
    minutes = field(near, costs, start, limit=LIMIT_MIN).astype(np.int64)
    reached = minutes < FAR
    minutes[~reached] = NEVER
    came_from = _descent(near, costs, minutes)
    came_from[start] = -1
    contact = enemy[near].any(axis=1) & reached
    return Reach(unit, minutes, came_from, contact)


def _descent(near: np.ndarray, costs: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    """For each hex the neighbour a shortest march comes from (lowest direction on a tie); -1 where none does."""
    came_from = np.full(len(minutes), -1, np.int64)
    padded = np.append(minutes, NEVER)
    for d in range(5, -1, -1):
        other = near[:, d]
        step = np.where(other >= 0, costs[other, (d + 3) % 6], 0)
        good = (step > 0) & (padded[other] + step == minutes) & (minutes < NEVER)
        came_from[good] = other[good]
    return came_from
