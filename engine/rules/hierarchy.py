"""The tree of headquarters: who stands above whom."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.model.world import World
from engine.rules.derived import derived

Rows = npt.NDArray[np.int64]

LEVELS: Final = 6
"""Headquarters above one another at most."""


def chains(world: World) -> Rows:
    """Shape (headquarters + 1, LEVELS): each headquarters and those above it, -1 beyond the top; last row all -1.

    So ``chains(world)[formations.hq]`` also answers for formations that obey nobody (hq -1).
    """

    def make() -> Rows:
        parent = np.append(world.headquarters.parent.astype(np.int64), -1)
        chain = np.full((len(parent), LEVELS), -1, dtype=np.int64)
        chain[:-1, 0] = np.arange(len(parent) - 1)
        for level in range(1, LEVELS):
            chain[:, level] = parent[chain[:, level - 1]]
        return chain

    return derived(world, "hierarchy.chains", world.headquarters.version("parent"), make)


def under(world: World, headquarters: Rows) -> npt.NDArray[np.bool_]:
    """Shape (formations,): formations that obey one of ``headquarters`` or one below it."""
    wanted = np.zeros(len(world.headquarters) + 1, dtype=bool)
    wanted[headquarters] = True
    wanted[-1] = False
    above = wanted[chains(world)[world.formations.hq]]
    below: npt.NDArray[np.bool_] = np.logical_or.reduce(above, axis=1)
    return below
