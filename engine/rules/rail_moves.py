"""Phase 13, moves by rail: who has been told to entrain boards its trains where it stands.

A formation needs the trains of its kind, in proportion to its men. They leave one after the other: T = loading + way /
speed + (trains - 1) / rate, where the rate is the smaller of what the ramps load and what the line takes each way; a
line is as wide as its narrowest hexside, and those who use it at one time share it. Until its last train is unloaded
the formation is off the map, with all it has; then ``arrivals`` lets it enter at its station, or at the last station
before the cut if the line has been cut meanwhile. Trains use what ``rail.network`` says trains of a side can use: its
own ground, its gauge, lines in repair. Nobody entrains beside the enemy, in battle, or off the railway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import FINE
from engine.core.dice import Dice
from engine.core.jit import jit
from engine.core.paths import FAR, Pathfinder, field
from engine.model.codes import ON_MAP, Calendar, Obstacle, Status, Task
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.movement import ENTRAINED, NOT_ENTRAINED
from engine.model.tables import ROUTE
from engine.model.world import Statics, World
from engine.rules.combat_lineup import fighting
from engine.rules.derived import derived
from engine.rules.ground import contacts
from engine.rules.rail import network
from engine.rules.system import System, Trace

Ints = npt.NDArray[np.int64]

GRAIN_MIN: Final = 15
_ENTRAIN: Final = int(Task.ENTRAIN)
_TOLD: Final = bytes([_ENTRAIN])
"""The order as it stands in its column of bytes."""
_WAITING: Final = int(Status.WAITING)
_DOUBLE: Final = 2


@dataclass(frozen=True)
class Journey:
    """A way by rail: the hexes from station to station, and the tracks of its narrowest hexside."""

    cells: Ints
    tracks: int

    @property
    def stations(self) -> Ints:
        """As many hexes of the way as a route holds, first and last among them; the rest -1. Shape (ROUTE,)."""
        at = np.unique(np.arange(ROUTE) * (len(self.cells) - 1) // (ROUTE - 1))
        found = np.full(ROUTE, -1, np.int64)
        found[: len(at)] = self.cells[at]
        return found


def journey(world: World, side: int, start: int, goal: int) -> Journey | None:
    """The shortest way that trains of a side can take now; None without one. A station is any hex on the railway."""
    return way_by_rail(world.statics, network(world, side).costs, start, goal)


def way_by_rail(statics: Statics, costs: npt.NDArray[Any], start: int, goal: int) -> Journey | None:
    """The shortest way on hexsides that trains can take, ``costs`` of shape (hexes, 6); None without one."""
    if start == goal or not (costs[start] > 0).any():
        return None
    near = statics.grid.neighbours
    steps = Pathfinder(near).path(costs, start, goal, top=1)
    if steps is None:
        return None
    cells = np.concatenate([[start], steps]).astype(np.int64)
    direction = (near[cells[:-1]] == cells[1:, None]).argmax(axis=1)
    return Journey(cells, int(statics.theatre.rail[cells[:-1], direction].min()))


def trains(world: World, row: int, minute: int) -> int:
    """Trains a formation needs: those of its kind at full strength, in proportion to its men, at least one."""
    statics, formations = world.statics, world.formations
    kind = statics.scenario.kinds[statics.kinds[int(formations.kind[row])]]
    men = int(formations.read("men", minute, [row])[0])
    full = max(kind.men, 1) * FINE
    return max(min(-(-kind.trains * men // full), kind.trains), 1)


def duration(statics: Statics, way: Journey, count: int, sharing: int, trace: tuple[Trace, int] | None = None) -> int:
    """Minutes from the beginning of loading until the last of ``count`` trains is unloaded, with ``sharing`` others."""
    rules = statics.rules
    slots = rules["movement.rail_double_trains" if way.tracks >= _DOUBLE else "movement.rail_single_trains"] / (1 + sharing)
    ramps = rules["movement.rail_ramps"] * 24.0 / rules["movement.rail_load_h"]
    loading = rules["movement.rail_load_h"] * HOUR
    running = (len(way.cells) - 1) * statics.grid.spacing_m / 1000.0 / rules["movement.rail_km_day"] * DAY
    following = (count - 1) / min(slots, ramps) * DAY
    if trace is not None:
        for key, value, address in (
            ("rail.loading", loading, "movement.rail_load_h"), ("rail.way", running, "movement.rail_km_day"),
            ("rail.trains", float(count), ""), ("rail.slots_day", slots, "movement.rail_single_trains"),
            ("rail.loaded_day", ramps, "movement.rail_ramps"), ("rail.following", following, ""),
        ):  # fmt: skip
            trace[0].record("formations", trace[1], key, value, address)
    return int(np.ceil(loading + running + following))


def under_way(world: World) -> Ints:
    """Formations that are on their trains."""
    formations = world.formations
    return np.flatnonzero((formations.status == _WAITING) & (formations.route[:, 0] >= 0))


def detrains_at(world: World, row: int) -> int:
    """The station where a formation on its trains can detrain: its goal, or the last before the line is cut."""
    formations = world.formations
    route = formations.route[row].astype(np.int64)
    stations, side = route[route >= 0], int(formations.side[row])
    costs = network(world, side).costs
    reach = field(world.statics.grid.neighbours, costs, [int(stations[0])], top=1)
    good = (world.hexes.owner[stations] == side) & (reach[stations] < FAR)
    if good[-1]:
        return int(stations[-1])
    return int(stations[max(int(np.argmin(good)) - 1, 0)])


def obstacle(world: World, row: int, goal: int) -> Obstacle | None:
    """Why a formation cannot entrain for ``goal`` where it stands, by what its side knows; None if it can."""
    if contacts(world)[row] or fighting(world)[row]:
        return Obstacle.ENEMY
    way = journey(world, int(world.formations.side[row]), int(world.formations.hex[row]), goal)
    return Obstacle.NO_WAY if way is None else None


# The system.


def _ready(world: World) -> Ints:
    """Formations that stand and have been told to entrain."""
    formations = world.formations
    return np.flatnonzero((formations.task == _ENTRAIN) & (formations.status == ON_MAP) & (formations.leg_to < 0))


@jit
def _first(task: Any, status: Any, leg_to: Any, pause_until: Any) -> int:
    first = NEVER
    for row in range(len(task)):
        if task[row] == _ENTRAIN and status[row] == ON_MAP and leg_to[row] < 0:
            first = min(first, pause_until[row])
    return first


def _next_due(world: World, now: int) -> int:
    if _TOLD not in world.formations.task.tobytes():  # nobody, as nearly always
        return NEVER
    key = world.formations.version("task", "status", "leg_to", "pause_until")

    def make() -> int:
        formations = world.formations
        return int(_first(formations.task, formations.status, formations.leg_to, formations.pause_until))

    return derived(world, "rail_moves.due", key, make)


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Formations that board now, and those that cannot."""
    formations = world.formations
    rows = _ready(world)
    rows = rows[formations.pause_until[rows] <= minute]
    ways: dict[int, Journey] = {}
    kept: list[tuple[int, Obstacle]] = []
    for row in rows.tolist():
        goal, side = int(formations.goal[row]), int(formations.side[row])
        cause = obstacle(world, row, goal)
        way = journey(world, side, int(formations.hex[row]), goal) if cause is None else None
        if way is None:
            kept.append((row, cause or Obstacle.NO_WAY))
        else:
            ways[row] = way
    events: list[Event] = []
    if kept:
        stay = [row for row, _ in kept]
        events.append(NOT_ENTRAINED(minute, formation=stay, hex=formations.goal[stay], cause=[why for _, why in kept]))
    if ways:
        events += _board(world, minute, ways, trace)
    return events


def _board(world: World, minute: int, ways: dict[int, Journey], trace: Trace | None) -> list[Event]:
    formations, rows = world.formations, list(ways)
    count = [trains(world, row, minute) for row in rows]
    appears_at = [
        minute + duration(world.statics, ways[row], n, _sharing(world, row, ways), (trace, row) if trace is not None else None)
        for row, n in zip(rows, count, strict=True)
    ]
    boards = ENTRAINED(
        minute, formation=rows, hex=formations.hex[rows], to=[int(ways[row].cells[-1]) for row in rows],
        route=np.stack([ways[row].stations for row in rows]), trains=count, appears_at=appears_at,
    )  # fmt: skip
    first = min(int(world.systems.next_at[Calendar.ARRIVALS]), *appears_at)
    return [boards, TICKED(minute, system=Calendar.ARRIVALS, next_at=first)]


def _sharing(world: World, row: int, ways: dict[int, Journey]) -> int:
    """Own formations that use a part of the same line: those on their trains, and those that board with this one."""
    side, mine = world.formations.side, ways[row].cells
    others = under_way(world)
    others = others[side[others] == side[row]]
    shared = int(np.isin(world.formations.route[others], mine).any(axis=1).sum())
    beside = [o for o, way in ways.items() if o != row and side[o] == side[row] and np.isin(way.cells, mine).any()]
    return shared + len(beside)


SYSTEM = System("rail_moves", 13, GRAIN_MIN, _next_due, decide)
