"""Who gets through to his own lines when a formation ceases to be.

A formation that lays down its arms or falls apart is not taken to the last man: trains and rear services stand outside
the ring, battle groups and single men slip through a front that is held by few. How many depends on whether a way back
was open and on how far off their own lines are over land.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats, rounded
from engine.core.columns import rows_where
from engine.core.paths import FAR, hops, spread
from engine.model.codes import DepotKind
from engine.model.world import World
from engine.rules import ice
from engine.rules.ground import standing
from engine.rules.power import on
from engine.rules.rail import working_sources
from engine.rules.supply import connected, passages

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
BY_EVENT: Final = 1
"""Hazard (1e-9 a minute) of who lays down his arms because he was told to: nobody slips away then."""


def escaped(
    world: World, rows: Ints, minute: int, tell: Callable[..., None] | None = None, *, barred: bool = False
) -> Ints:  # fmt: skip
    """Shape (rows,): men (1e-6) of formations that cease to be who come through; ``tell`` hears the share."""
    share = escape_share(world, rows, minute, barred=barred)
    if tell is not None:
        tell(rows, come_through=(share, "combat.escape_open"))
    return rounded(world.formations.read("men", minute, rows) * share)


def escape_share(world: World, rows: Ints, minute: int, *, barred: bool = False) -> Floats:
    """Shape (rows,): share of the men who come through; ``barred``: a way back was looked for and there is none.

    ``combat.escape_open`` where the formation was not cut off and own lines begin in its hex or beside it now; else
    ``escape_near`` within ``escape_km`` of own lines, ``escape_far`` beyond, nobody where no way leads to them over land.
    """
    rules, formations = world.statics.rules, world.formations
    share = np.zeros(len(rows))
    if not on(rules, "stragglers") or not len(rows):
        return share
    near_km, cells = rules["combat.escape_km"], formations.hex[rows]
    for side in (0, 1):
        mine = formations.side[rows] == side
        if not mine.any():
            continue
        lines = own_lines(world, side, rows)
        way = hops(passages(world), ice.walked(world.statics)[:-1], rows_where(lines))[cells]
        km = way * world.statics.grid.spacing_km
        through = np.where(km <= near_km, rules["combat.escape_near"], rules["combat.escape_far"])
        through = np.where(way < FAR, through, 0.0)
        if not barred:
            opens = (way <= 1) & (formations.cut_off_since[rows] > minute)
            through = np.where(opens, rules["combat.escape_open"], through)
        share = np.where(mine, through, share)
    return share


def own_lines(world: World, side: int, without: Ints) -> Mask:
    """Shape (hexes,): own ground in supply that hangs together over land with another formation of the side, or with
    a source other than a port: with nothing but ships behind him nobody comes home on foot. ``without``: rows that are
    ceasing to be."""
    there, depots = standing(world), world.depots
    others = (there.side == side) & ~np.isin(there.rows, without)
    sources = working_sources(world, side)
    inland = depots.hex[sources[depots.kind[sources] != DepotKind.PORT]]
    seeds = np.concatenate([there.cell[others], inland]).astype(np.int64)
    return spread(passages(world), world.hexes.owner, side, seeds) & connected(world, side)
