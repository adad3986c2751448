"""How well an attack is prepared: the time between a directive's arrival and its H-hour, of what its level needs.

A directive that was known when the scenario began, or in the first hours of a run, counts as prepared: nobody says how
long it had been in hand.
One that came later has the share of ``command.prepare_*`` that lay between its arrival and its H-hour. A headquarters
without a directive of its own works on that of the nearest above it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.arithmetic import Floats
from engine.core.calendar import HOUR
from engine.model.codes import RUNNING, SIDES, Echelon
from engine.model.world import World
from engine.rules.derived import derived
from engine.rules.directing import PRELUDE
from engine.rules.hierarchy import LEVELS, chains

_LEVELS: Final = ("division", "corps", "army", "front")


def shares(world: World) -> Floats | None:
    """Shape (headquarters + 1,): preparation of the plan each works on, 0 to 1; None if all are fully prepared.

    The last entry is that of formations without a headquarters.
    """
    directives = world.directives
    key = (*directives.version("state", "known_at", "start_at"), *world.headquarters.version("parent"))

    def make() -> Floats | None:
        late = (directives.state == RUNNING) & (directives.known_at > PRELUDE)
        return _shares(world) if late.any() else None

    return derived(world, "preparation.shares", key, make)


def _shares(world: World) -> Floats:
    directives, headquarters = world.directives, world.headquarters
    own = np.full(len(headquarters) + 1, -1.0)
    running = np.flatnonzero(directives.state == RUNNING)
    hq = directives.hq[running].astype(np.int64)
    needed = np.array([needed_min(world, int(row)) for row in hq])
    had = np.maximum(directives.start_at[running] - directives.known_at[running], 0)
    own[hq] = np.where(directives.known_at[running] > PRELUDE, np.minimum(had / needed, 1.0), 1.0)
    found = own.copy()
    chain = chains(world)
    for level in range(1, LEVELS):
        found = np.where(found < 0, own[chain[:, level]], found)
    return np.where(found < 0, 1.0, found)


def needed_min(world: World, hq: int) -> int:
    """Minutes that a headquarters needs to prepare an attack deliberately."""
    side = SIDES[int(world.headquarters.side[hq])]
    level = _LEVELS[min(max(int(world.headquarters.echelon[hq]) - int(Echelon.DIVISION), 0), len(_LEVELS) - 1)]
    return max(round(world.statics.rules[f"command.prepare_{side}_{level}_h"] * HOUR), 1)
