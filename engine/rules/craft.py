"""Landing craft: which of them serve a crossing, what they lift, and whether the sea lets them.

Craft serve the coast within their range of their station. A narrow strait between two land hexes is crossed against
resistance only with craft; an own ferry needs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY, HOUR
from engine.core.columns import anywhere, rows_where
from engine.core.dice import Dice, Stream, subject_of
from engine.model.theatre import Strait
from engine.model.world import Statics, World
from engine.rules.ice import water

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SEA: Final = subject_of("sea state")
_SEA_DRAW: Final = 64
"""Draw of the naval stream for the state of the sea: those below are ships of a convoy."""


def serving(world: World, side: int, cells: Sequence[int], minute: int) -> Ints:
    """Rows of a side's craft that are there now and reach all of ``cells``."""
    craft, grid = world.craft, world.statics.grid
    if not len(craft):
        return np.zeros(0, np.int64)
    usual = round(world.statics.rules["naval.craft_km"] * 1000)
    reach = np.where(craft.range_m > 0, craft.range_m, usual)
    fit = (craft.side == side) & (craft.from_at <= minute) & (minute < craft.until_at) & (craft.left > 0)
    for cell in cells:
        apart = grid.distance(np.maximum(craft.hex, 0), int(cell)) * grid.spacing_m
        fit &= (craft.hex < 0) | (apart <= reach)
    found: Ints = rows_where(fit)
    return found


def lift_men(world: World, rows: Ints) -> int:
    """Men whom craft ``rows`` carry in one lift."""
    return int((world.craft.men[rows].astype(np.int64) * world.craft.left[rows] // PPM).sum())


def day_men(world: World, rows: Ints) -> int:
    """Men whom craft ``rows`` carry in a day."""
    lifts = DAY // interval(world, rows)
    return int((world.craft.men[rows].astype(np.int64) * world.craft.left[rows] // PPM * lifts).sum())


def interval(world: World, rows: Ints) -> Ints:
    """Minutes between two lifts of each of ``rows``."""
    usual = round(world.statics.rules["naval.wave_h"] * HOUR)
    lifts = world.craft.lifts_day[rows].astype(np.int64)
    return np.where(lifts > 0, DAY // np.maximum(lifts, 1), usual)


def rested(world: World, rows: Ints, minute: int) -> Ints:
    """Those of ``rows`` that are back for another lift."""
    return rows[world.craft.used_at[rows] + interval(world, rows) <= minute]


def sea_state(world: World, minute: int, dice: Dice) -> float:
    """Beaufort of these six hours: the day's, a little more or less. Asked once a minute."""
    luck = float(dice.normal(Stream.NAVAL, [_SEA], minute, _SEA_DRAW)[0])
    return float(world.weather.sea[0]) + world.statics.rules["naval.sea_spread"] * luck


# Narrow straits.


def narrow(statics: Statics) -> Mask:
    """Shape (hexes, 6): hexsides over a strait or ferry."""
    found: Mask | None = statics.shared.get("craft.narrow")
    if found is None:
        found = statics.shared["craft.narrow"] = np.isin(statics.theatre.strait, (Strait.STRAIT, Strait.FERRY))
    return found


def shores(statics: Statics) -> Mask:
    """Shape (hexes,): beside a strait or ferry."""
    if "craft.shores" not in statics.shared:
        statics.shared["craft.shores"] = narrow(statics).any(axis=1)
    found: Mask = statics.shared["craft.shores"]
    return found


def over_straits(world: World, cells: Ints, targets: Ints, side: Ints, minute: int) -> Mask:
    """Shape of ``cells``: steps or attacks over a strait without ice that no craft of the side can make now."""
    statics = world.statics
    if not anywhere(shores(statics)[cells]):
        return np.zeros(len(cells), bool)
    frozen = world.weather.strait_ice[0] > 0
    afloat = np.isin(water(world)[cells], (Strait.STRAIT, Strait.FERRY)) if frozen else narrow(statics)[cells]
    wet: Mask = ((statics.grid.neighbours[cells] == targets[:, None]) & afloat).any(axis=1)
    for i in rows_where(wet).tolist():
        wet[i] = not can_force(world, int(side[i]), int(targets[i]), minute)
    return wet


def can_force(world: World, side: int, cell: int, minute: int) -> bool:
    """Whether a side can attack a hex over a strait: craft in reach, and a sea that lets them cross today."""
    if int(world.weather.sea[0]) > world.statics.rules["weather.sea_landing"]:
        return False
    return len(serving(world, side, [cell], minute)) > 0
