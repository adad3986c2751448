"""What the ships of a side carry in a day, and what is lost of them: the scenario's rows of shipping."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats
from engine.core.calendar import NEVER
from engine.model.codes import SIDES
from engine.model.world import Statics, World
from engine.rules.air import Use, share, within_reach
from engine.rules.power import on

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lift:
    """Carrying capacity of a side at a minute."""

    men_day: int
    tons_day: int
    loss: float
    """Share of the ships lost in a sailing under the enemy's usual activity."""


def has_ships(statics: Statics, side: int) -> bool:
    """Whether a side has shipping at any time of the scenario."""
    return any(ships.side == SIDES[side] for ships in statics.scenario.shipping)


def has_craft(statics: Statics) -> bool:
    """Whether anybody has landing craft at any time of the scenario."""
    found: bool | None = statics.memo.get("shipping.craft")
    if found is None:
        found = any(a.kind == "landing_craft" for a in statics.scenario.assets)
        statics.memo["shipping.craft"] = found
    return found


def lift(statics: Statics, side: int, minute: int) -> Lift:
    """What is there now: rows that overlap add up; of their losses the mean by what they carry."""
    men = tons = 0
    weighted = 0.0
    for ships in statics.scenario.shipping:
        until = ships.until_min if ships.until_min >= 0 else NEVER
        if ships.side == SIDES[side] and ships.from_min <= minute < until:
            loss = ships.loss if ships.loss >= 0 else statics.rules["naval.sailing_loss"]
            men += ships.men_day
            tons += ships.tons_day
            weighted += loss * (ships.men_day + ships.tons_day)
    return Lift(men, tons, weighted / (men + tons) if men + tons else 0.0)


def sailing_loss(world: World, side: int, minute: int, ports: Ints) -> Floats:
    """Shape (ports,): chance that a ship which sails for or from each of ``ports`` (hexes) is lost.

    A part of the usual losses is the work of mines and submarines; the rest goes with the sorties that the enemy's
    aircraft in reach of the port fly against ships today, ``naval.loss_air_max`` times the usual at most.
    """
    statics, rules = world.statics, world.statics.rules
    if not on(rules, "sea_losses"):
        return np.zeros(len(ports))
    usual, by_air = lift(statics, side, minute).loss, rules["naval.loss_air"]
    against_ships = share(statics, 1 - side, Use.PORTS) * (int(world.weather.flyable[0]) / PPM)
    flown = within_reach(world, 1 - side, minute, ports) * against_ships
    times = np.minimum(flown / rules["naval.loss_sorties"], rules["naval.loss_air_max"])
    return np.minimum(usual * (1.0 - by_air + by_air * times), 1.0)
