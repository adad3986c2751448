"""Where the ground of the two sides meets: control of hexes is public, so this tells nobody anything hidden."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.model.world import Statics, World
from engine.rules.derived import derived
from engine.rules.ground import passable

Rows = npt.NDArray[np.int64]


def edge(world: World, side: int) -> Rows:
    """Hexes of ``side`` that touch ground of the other side, by number."""

    def make() -> tuple[Rows, Rows]:
        cells, owner = _land(world.statics), world.hexes.owner
        near = world.statics.grid.neighbours[cells]
        theirs = np.where(near >= 0, owner[near], -1)
        mine = owner[cells]
        meets = (theirs == (1 - mine)[:, None]).any(axis=1)
        return cells[meets & (mine == 0)], cells[meets & (mine == 1)]

    return derived(world, "front.edge", world.hexes.version("owner"), make)[side]


def _land(statics: Statics) -> Rows:
    """Land inside the window, by number."""
    found: Rows | None = statics.memo.get("front.land")
    if found is None:
        found = statics.memo["front.land"] = np.flatnonzero(passable(statics)[:-1])
    return found
