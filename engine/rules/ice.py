"""Ice on straits and narrow lakes: who may walk over a hexside of water, when, and what then no longer floats there.

A strait or ferry freezes in the months in which ice closes the water beside it (theatre), and bears when the ice is
thick enough: as the scenario's record of the day says, else a share of what the frost of the winter has made on rivers
(``weather.ice_strait``). From ``weather.ice_foot_cm`` it bears men and horses, from ``weather.ice_tank_cm`` everybody.
The column ``weather.strait_ice`` holds the month whose straits bear men, 12 more if they bear everybody, 0 if none does.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.model.codes import HexKind, Mobility
from engine.model.theatre import Strait
from engine.model.world import Statics, World
from engine.rules.power import on

Mask = npt.NDArray[np.bool_]

MONTHS: Final = 12


def strait_ice(statics: Statics, month: int, thick_mm: int) -> int:
    """The column for ice of this thickness on straits in a month (1 to 12)."""
    rules = statics.rules
    if not on(rules, "strait_ice") or thick_mm < 10.0 * rules["weather.ice_foot_cm"] or not _freezing(statics, month).any():
        return 0
    return month + (MONTHS if thick_mm >= 10.0 * rules["weather.ice_tank_cm"] else 0)


def bearing(statics: Statics, ice: int, mobility: int = int(Mobility.FOOT)) -> Mask | None:
    """Shape (hexes, 6): straits and ferries whose ice bears troops of a mobility; None if there are none."""
    heavy = mobility in (Mobility.MOTOR, Mobility.TRACK)
    if ice <= 0 or (heavy and ice <= MONTHS):
        return None
    return _freezing(statics, (ice - 1) % MONTHS + 1)


def water(world: World) -> Any:
    """Shape (hexes, 6): the theatre's straits, without those that can be walked over now."""
    ice, strait = int(world.weather.strait_ice[0]), world.statics.theatre.strait
    if not ice:
        return strait
    month = (ice - 1) % MONTHS + 1
    key = f"ice.water.{month}"
    found = world.statics.shared.get(key)
    if found is None:
        found = world.statics.shared[key] = np.where(_freezing(world.statics, month), 0, strait).astype(strait.dtype)
    return found


def _freezing(statics: Statics, month: int) -> Mask:
    """Shape (hexes, 6): straits and ferries beside water that ice closes in a month."""
    key = f"ice.freezing.{month}"
    found: Mask | None = statics.shared.get(key)
    if found is None:
        theatre, near = statics.theatre, statics.grid.neighbours
        closed = np.isin(theatre.ice, [k for k, months in enumerate(theatre.ice_months) if month in months])
        wet = (theatre.kind == HexKind.SEA) | (theatre.kind == HexKind.LAKE)
        found = np.zeros((statics.grid.size, 6), bool)
        sides = np.argwhere(np.isin(theatre.strait, (Strait.STRAIT, Strait.FERRY)) & (near >= 0))
        for cell, direction in sides.tolist():
            beside = [int(near[cell, (direction + turn) % 6]) for turn in (1, -1)]
            beside = [c for c in beside if c >= 0 and wet[c]] or [c for c in _about(near, cell, direction) if wet[c]]
            found[cell, direction] = bool(beside) and all(closed[c] for c in beside)
        statics.shared[key] = found
    return found


def _about(near: Any, cell: int, direction: int) -> list[int]:
    """All hexes beside the two of a hexside: where the water lies of a strait between capes."""
    both = {*near[cell].tolist(), *near[near[cell, direction]].tolist()}
    return sorted(c for c in both if c >= 0)
