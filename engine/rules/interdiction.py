"""The enemy's aircraft over the roads: what they cost trucks and columns.

The part of a side's sorties that goes against roads (``air.interdiction_share``) is spread evenly over the enemy's
corps and flies as the weather lets it.
"""

from __future__ import annotations

from typing import Final

from engine.core.arithmetic import PPM
from engine.model.codes import SIDES, Echelon
from engine.model.world import World
from engine.rules.derived import derived

_SLOWEST: Final = 0.25
"""A column that marches by day keeps this share of its pace whatever flies: it uses gaps, woods and dusk."""


def sorties(world: World, side: int) -> float:
    """Enemy sorties a day against the roads behind one corps of ``side``."""
    key = (*world.headquarters.version("side", "echelon"), *world.weather.version("flyable"))
    return derived(world, f"interdiction.sorties.{side}", key, lambda: _sorties(world, side))


def _sorties(world: World, side: int) -> float:
    statics = world.statics
    totals = statics.memo.get("interdiction.sorties")
    if totals is None:
        assets = statics.scenario.assets
        totals = [sum(a.sorties_day for a in assets if a.side == name and a.kind == "air") for name in SIDES]
        statics.memo["interdiction.sorties"] = totals
    corps = int(((world.headquarters.side == side) & (world.headquarters.echelon == Echelon.CORPS)).sum())
    flown = totals[1 - side] * statics.rules["air.interdiction_share"] * (int(world.weather.flyable[0]) / PPM)
    return float(flown / max(corps, 1))


def day_pace(world: World, side: int) -> float:
    """Pace of a march by day as a share of that under an empty sky."""
    lost = world.statics.rules["movement.air_delay_100"] * sorties(world, side) / 100.0
    return max(1.0 - lost, _SLOWEST)
