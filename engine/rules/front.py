"""Where the ground of the two sides meets: control of hexes is public, so this tells nobody anything hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.jit import jit
from engine.model.world import Statics, World
from engine.rules.derived import derived
from engine.rules.ice import walked

Rows = npt.NDArray[np.int64]


def edge(world: World, side: int) -> Rows:
    """Hexes of ``side`` that touch ground of the other side, by number."""

    def make() -> tuple[Rows, Rows]:
        land = _land(world.statics)
        found, counts = np.empty((2, len(land)), np.int64), np.zeros(2, np.int64)
        _meets(land, world.statics.grid.neighbours, world.hexes.owner, found, counts)
        return found[0, : counts[0]].copy(), found[1, : counts[1]].copy()

    return derived(world, "front.edge", world.hexes.version("owner"), make)[side]


@jit
def _meets(land: Any, near: Any, owner: Any, found: Any, counts: Any) -> None:
    for cell in land:
        mine = owner[cell]
        if mine != 0 and mine != 1:
            continue
        for there in near[cell]:
            if there >= 0 and owner[there] == 1 - mine:
                found[mine, counts[mine]] = cell
                counts[mine] += 1
                break


def _land(statics: Statics) -> Rows:
    """Land inside the window, and water that may freeze, by number."""
    found: Rows | None = statics.memo.get("front.land")
    if found is None:
        found = statics.memo["front.land"] = np.flatnonzero(walked(statics)[:-1])
    return found
