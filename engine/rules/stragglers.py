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
from engine.core.paths import FAR, hops
from engine.model.world import World
from engine.rules import ice
from engine.rules.derived import derived
from engine.rules.power import on
from engine.rules.supply import connected, passages

Ints = npt.NDArray[np.int64]
BY_EVENT: Final = 1
"""Hazard (1e-9 a minute) of who lays down his arms because he was told to: nobody slips away then."""


def escaped(world: World, rows: Ints, minute: int, tell: Callable[..., None] | None = None) -> Ints:
    """Shape (rows,): men (1e-6) of formations that cease to be who come through; ``tell`` hears the share."""
    share = escape_share(world, rows, minute)
    if tell is not None:
        tell(rows, come_through=(share, "combat.escape_open"))
    return rounded(world.formations.read("men", minute, rows) * share)


def escape_share(world: World, rows: Ints, minute: int) -> Floats:
    """Shape (rows,): share of the men who come through.

    ``combat.escape_open`` where the formation was not cut off; else ``escape_near`` within ``escape_km`` of own ground
    that hangs together with a source of supply, ``escape_far`` beyond it, nobody where no way leads over land.
    """
    rules, formations = world.statics.rules, world.formations
    if not on(rules, "stragglers") or not len(rows):
        return np.zeros(len(rows))
    open_way = formations.cut_off_since[rows] > minute
    way = np.array([
        _to_own_lines(world, side)[cell] if shut else 0
        for side, cell, shut in zip(formations.side[rows].tolist(), formations.hex[rows].tolist(), ~open_way, strict=True)
    ])  # fmt: skip
    km = np.where(way < FAR, way, 0) * world.statics.grid.spacing_km
    share = np.where(km <= rules["combat.escape_km"], rules["combat.escape_near"], rules["combat.escape_far"])
    share = np.where(way < FAR, share, 0.0)
    return np.where(open_way, rules["combat.escape_open"], share)


def _to_own_lines(world: World, side: int) -> npt.NDArray[np.int32]:
    """Shape (hexes,): steps over land, whoever holds it, to own ground that is supplied; FAR where none lead."""

    def make() -> npt.NDArray[np.int32]:
        sources = np.flatnonzero(connected(world, side)).astype(np.int64)
        return hops(passages(world), ice.walked(world.statics)[:-1], sources)

    depots = (*world.depots.version("hex", "capacity_t", "open"), int(world.weather.strait_ice[0]))
    key = (*world.hexes.version("owner"), *depots, *world.formations.version("beach"))
    return derived(world, f"stragglers.way.{side}", key, make)
