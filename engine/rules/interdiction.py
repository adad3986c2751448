"""The enemy's aircraft over the roads: what they cost trucks and columns.

The part of a side's sorties that goes against roads (``air.interdiction_share``) is spread evenly over the enemy's
corps and flies as the weather lets it.
"""

from __future__ import annotations

from engine.core.arithmetic import PPM
from engine.model.codes import Echelon
from engine.model.world import World
from engine.rules.air import Use, share, sorties_day
from engine.rules.derived import derived


def sorties(world: World, side: int, minute: int) -> float:
    """Enemy sorties a day against the roads behind one corps of ``side``, of the aircraft that are there at a minute."""
    able = sorties_day(world.statics, 1 - side, minute)
    key = (able, *world.headquarters.version("side", "echelon"), *world.weather.version("flyable"))
    return derived(world, f"interdiction.sorties.{side}", key, lambda: _sorties(world, side, able))


def _sorties(world: World, side: int, able: int) -> float:
    corps = int(((world.headquarters.side == side) & (world.headquarters.echelon == Echelon.CORPS)).sum())
    flown = able * share(world.statics, 1 - side, Use.INTERDICTION) * (int(world.weather.flyable[0]) / PPM)
    return float(flown / max(corps, 1))


def day_pace(world: World, side: int, minute: int) -> float:
    """Pace of a march by day as a share of that under an empty sky."""
    rules = world.statics.rules
    lost = rules["movement.air_delay_100"] * sorties(world, side, minute) / 100.0
    return max(1.0 - lost, rules["movement.air_pace_least"])
