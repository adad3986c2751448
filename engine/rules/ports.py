"""What ships bring to each port, once a day: lanes, ice, capacity, losses.

A supply source of kind port lives on ships if its side has any: it is open while the place is in own hands and ships
can come from home. The side's tons of the day go to its open ports in proportion to what they can pass on, and no port
gets more than that. They come in ships of so many tons; each is sunk by its own die.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats
from engine.core.dice import Dice, Stream
from engine.core.paths import FAR
from engine.model.events import Event
from engine.model.events.sea import PORTS_SERVED
from engine.model.world import Statics, World
from engine.rules import sea_ways, shipping
from engine.rules.power import on
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """The day's convoys of both sides."""
    events = []
    for side in (0, 1):
        if shipping.has_ships(world.statics, side) and on(world.statics.rules, "sea_lanes"):
            rows = sea_ways.port_sources(world, side)
            if len(rows):
                events.append(_served(world, side, rows, minute, dice, trace))
    return events


def _served(world: World, side: int, rows: Ints, minute: int, dice: Dice, trace: Trace | None) -> Event:
    depots, statics = world.depots, world.statics
    cells, carried = depots.hex[rows], shipping.lift(statics, side, minute)
    way = sea_ways.from_home(world, side, minute)
    away = np.array([sea_ways.to_roads(statics, way, cell) for cell in cells.tolist()], np.int64)
    reached = (world.hexes.owner[cells] == side) & (away < FAR) & (carried.tons_day > 0)
    capacity = depots.capacity_t[rows].astype(np.int64) * 1000
    wanted = np.where(reached, capacity, 0)
    total = max(int(wanted.sum()), 1)
    sent = np.minimum(wanted, wanted * (carried.tons_day * 1000) // total)
    sunk, ships, loss = _sunk(world, side, rows, sent, minute, dice)
    if trace is not None:
        for i, row in enumerate(rows.tolist()):
            for key, value, address in (
                ("capacity_t", capacity[i] / 1000, ""), ("way_km", _km(world.statics, int(away[i])), "naval.off_lane"),
                ("ships_carry_t", float(carried.tons_day), ""), ("sent_t", sent[i] / 1000, ""),
                ("ships", float(ships[i]), "naval.cargo_ship_t"), ("loss_a_ship", loss[i], "naval.sailing_loss"),
                ("sunk_t", sunk[i] / 1000, "naval.loss_air"), ("brought_t", (sent[i] - sunk[i]) / 1000, ""),
            ):  # fmt: skip
                trace.record("depots", row, key, value, address)
    return PORTS_SERVED(minute, depot=rows, open=reached, sea_kg=sent - sunk, sunk_kg=sunk)


def _km(statics: Statics, cost: int) -> float:
    """Kilometres of lane; -1 where no way leads."""
    return sea_ways.kilometres(statics, cost) if cost < FAR else -1.0


def _sunk(world: World, side: int, rows: Ints, sent: Ints, minute: int, dice: Dice) -> tuple[Ints, Ints, Floats]:
    """Kilograms lost on the way, ships that sailed, and the chance of each to be lost."""
    load = round(world.statics.rules["naval.cargo_ship_t"] * 1000.0)
    ships: Ints = -(-sent // load)
    cells = world.depots.hex[rows].astype(np.int64)
    loss, subjects = shipping.sailing_loss(world, side, minute, cells), world.depots.subject[rows]
    lost = np.zeros(len(rows), np.int64)
    for n in range(int(ships.max(initial=0))):
        luck = dice.uniform(Stream.NAVAL, subjects, minute, n)
        lost += (luck < loss) & (n < ships)
    sunk: Ints = sent * lost // np.maximum(ships, 1)
    return sunk, ships, loss
