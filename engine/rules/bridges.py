"""What becomes of bridges: whoever loses a hex blows those on its sides; whoever holds both banks builds them again."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import DAY, NEVER
from engine.core.columns import anywhere, rows_where
from engine.core.dice import Dice, Stream
from engine.model.events import Event
from engine.model.events.movement import BRIDGE_BLOWN, BRIDGE_REBUILT, BRIDGE_WORK
from engine.model.theatre import River
from engine.model.world import World
from engine.rules import ground
from engine.rules.power import on
from engine.rules.steps import blown_sides
from engine.rules.system import Trace

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SIDES: Final = 8
"""Room for the six directions in the number of a hexside."""
SAFE_HEXES: Final = 2
"""Engineers build where no enemy formation stands this near."""


def _numbers(world: World, cells: Any, directions: Any) -> Rows:
    """One number for each hexside, the same from both of its hexes."""
    here = np.asarray(cells, np.int64)
    there = world.statics.grid.neighbours[here, directions].astype(np.int64)
    one_way = (here < there) | (there < 0)
    number: Rows = np.where(one_way, here * _SIDES + directions, there * _SIDES + (np.asarray(directions) + 3) % 6)
    return number


def blown_by_losers(
    world: World, minute: int, dice: Dice, taken: Rows, owner: npt.NDArray[np.int8], surprised: Mask,
    trace: Trace | None = None,
) -> list[Event]:  # fmt: skip
    """Bridges on the sides of hexes ``taken`` that their losers destroy.

    ``owner`` is who holds the ground now; ``surprised`` marks hexes that an exploiting column has taken. Each bridge
    is one die, whichever of its ends were lost.
    """
    rules, theatre = world.statics.rules, world.statics.theatre
    if not on(rules, "bridges"):
        return []
    at, directions = np.nonzero((theatre.bridge[taken] > 0) & (theatre.river[taken] >= River.RIVER))
    if not len(at):
        return []
    cells = taken[at]
    numbers, first = np.unique(_numbers(world, cells, directions), return_index=True)
    cells, directions, at = cells[first], directions[first], at[first]
    down = blown_sides(world)
    standing = ~np.isin(numbers, _numbers(world, down[:, 0], down[:, 1]))
    chance = rules["movement.bridge_blow"] * np.where(surprised[at], rules["movement.bridge_coup"], 1.0)
    luck = dice.uniform(Stream.BRIDGE, numbers.astype(np.uint32), minute)
    if trace is not None:
        for i in rows_where(standing).tolist():
            for key, value, address in (
                ("bridge.coup", float(surprised[at[i]]), "movement.bridge_coup"),
                ("bridge.chance", chance[i], "movement.bridge_blow"), ("bridge.die", luck[i], ""),
            ):  # fmt: skip
                trace.record("hexes", int(cells[i]), key, float(value), address)
    gone = standing & (luck < chance)
    if not anywhere(gone):
        return []
    return [BRIDGE_BLOWN(minute, hex=cells[gone], direction=directions[gone], by=1 - owner[cells[gone]])]


def work(world: World, minute: int) -> list[Event]:
    """Building of bridges that are down: begun or stopped, and finished where its time has come.

    Work goes on while one side holds both banks and no enemy formation stands within two hexes of them.
    """
    sides, statics = world.hexsides, world.statics
    down = rows_where(sides.bridge_down == 1)
    if not len(down):
        return []
    here = sides.hex[down].astype(np.int64)
    there = statics.grid.neighbours[here, sides.direction[down]].astype(np.int64)
    owner = world.hexes.owner[here]
    safe = (owner >= 0) & (owner == world.hexes.owner[there])
    for side in (0, 1):
        threat = ground.formations_near(world, 1 - side, SAFE_HEXES)
        safe &= ~((owner == side) & (threat[here] | threat[there]))
    ready = sides.bridge_ready_at[down]
    days = statics.rules["movement.bridge_repair_days"]
    events: list[Event] = []
    done = safe & (ready <= minute)
    begins, stops = safe & (ready >= NEVER), ~safe & (ready < NEVER)
    changes = begins | stops
    if anywhere(changes):
        at = np.where(begins, minute + round(days * DAY), NEVER)
        events.append(BRIDGE_WORK(minute, hexside=down[changes], ready_at=at[changes]))
    if anywhere(done):
        events.append(BRIDGE_REBUILT(minute, hexside=down[done], hex=here[done]))
    return events
