"""Phase 9, headquarters: they follow their formations, keep a distance from the front, and flee when the enemy comes.

On the six-hour grid a headquarters that has fallen far behind, or stands too near the enemy's ground, shifts by one
bound to the best own hex in reach: as far behind the front as its level keeps, and near the middle of its
formations. When an enemy formation comes beside it, or its hex falls, it flees at once and is out of action for a
time: ``moved_at`` then lies in the future. Orders given meanwhile wait until then, and for a day after a move they
take longer (``command.courier_minutes``). A headquarters whose side has no ground left has no place (-1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import HOUR, NEVER
from engine.core.columns import anywhere, rows_where
from engine.core.dice import Dice
from engine.core.jit import jit
from engine.core.nearest import nearest_in_group
from engine.model.codes import Calendar, Echelon
from engine.model.events import Event
from engine.model.events.command import ALARMED, HEADQUARTERS_MOVED
from engine.model.events.common import TICKED
from engine.model.world import Statics, World
from engine.rules import ground
from engine.rules.derived import derived
from engine.rules.front import edge
from engine.rules.hierarchy import LEVELS, chains
from engine.rules.power import on
from engine.rules.system import System, Trace

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

GRAIN_MIN: Final = 15
PERIOD_MIN: Final = 6 * HOUR
MOVED, DRIVEN, OVERRUN = 0, 1, 2
"""How a headquarters came to its new place: by itself, before the enemy, out of the enemy's hands."""
_REACH: Final = (1, 2, 4)
"""Wire and radio range of corps, army and front in those of a corps."""
_WORTH_IT: Final = 2
"""Hexes that a place must be better than the present one to be worth the trouble of a move."""


@dataclass(frozen=True, eq=False)
class Middle:
    """Where the formations under each headquarters are: cell of their middle, -1 if it has none on the map."""

    cell: Rows
    count: Rows


def middles(world: World) -> Middle:
    """The middle of the formations at or below each headquarters, shape (headquarters,)."""

    def make() -> Middle:
        formations, grid = world.formations, world.statics.grid
        count, east, south = sums = np.zeros((3, len(world.headquarters)), np.int64)
        _add_up(ground.standing(world).rows, formations.hq, formations.hex, chains(world), grid.axial_table, sums)
        most = np.maximum(count, 1)
        column, south = _nearest(east, most), _nearest(south, most)
        line = np.clip(south + column // 2, 0, grid.rows - 1)
        return Middle(np.where(count > 0, line * grid.columns + column, -1), count)

    key = (*world.formations.version("status", "hex", "hq"), *world.headquarters.version("parent"))
    return derived(world, "headquarters.middles", key, make)


@jit
def _add_up(rows: Any, hq: Any, at: Any, chains: Any, axial: Any, sums: Any) -> None:
    """Formations under each headquarters, and the sums of their coordinates."""
    for row in rows:
        for level in range(LEVELS):
            above = chains[hq[row], level]
            if above >= 0:
                sums[0, above] += 1
                sums[1, above] += axial[0, at[row]]
                sums[2, above] += axial[1, at[row]]


def _nearest(total: Rows, count: Rows) -> Rows:
    return (2 * total + count) // (2 * count)


# Danger.


def endangered(world: World) -> Mask:
    """Shape (headquarters,): its hex is the enemy's, or an enemy is beside it and no own formation stands with it."""

    def make() -> Mask:
        hqs, radius = world.headquarters, round(world.statics.rules["command.danger_hexes"])
        threatened = np.zeros(len(hqs), dtype=bool)
        discs = world.statics.grid.ring_table(radius)
        _endangered(discs, hqs.side, hqs.hex, world.hexes.owner, ground.standing(world).count, threatened)
        return threatened

    key = (*world.formations.version("status", "hex"), *world.hexes.version("owner"), *world.headquarters.version("hex"))
    return derived(world, "headquarters.endangered", key, make)


@jit
def _endangered(discs: Any, side: Any, at: Any, owner: Any, count: Any, threatened: Any) -> None:
    for hq in range(len(at)):
        here, enemy = at[hq], 1 - side[hq]
        if here < 0:
            continue
        threatened[hq] = owner[here] == enemy
        if count[side[hq], here] == 0:
            for there in discs[here]:
                threatened[hq] = threatened[hq] or (there >= 0 and count[enemy, there] > 0)


def _safe(world: World, side: int) -> Mask:
    """Shape (hexes + 1,): own hexes where a headquarters would not be in danger."""
    own = np.append(world.hexes.owner == side, False) & ground.passable(world.statics)
    safe: Mask = own & ~_exposed(world, side, slice(None))
    return safe


def _exposed(world: World, side: int, cells: Any) -> Mask:
    """Which of ``cells`` have an enemy formation near and no own one to guard them."""
    radius = round(world.statics.rules["command.danger_hexes"])
    free = ground.standing(world).count[side][cells] == 0
    exposed: Mask = ground.formations_near(world, 1 - side, radius)[cells] & free
    return exposed


def _next_due(world: World, now: int) -> int:
    if not on(world.statics.rules, "headquarters"):
        return NEVER
    on_the_grid = int(world.systems.next_at[Calendar.HEADQUARTERS])
    return now if on_the_grid > now and anywhere(endangered(world)) else on_the_grid


# Moves.


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Flights at any time; moves after the formations on the six-hour grid. Switched off, they stay where they are."""
    hqs, threatened = world.headquarters, endangered(world)
    moves: list[tuple[int, int, int]] = []
    for row in rows_where(threatened).tolist():
        moves.append((row, _refuge(world, row), _how(world, row)))
    next_at = int(world.systems.next_at[Calendar.HEADQUARTERS])
    events: list[Event] = []
    if minute >= next_at:
        if minute:  # at the start they are where the scenario puts them
            moves += [(row, cell, MOVED) for row, cell in _shifts(world, ~threatened, trace)]
        next_at = (minute // PERIOD_MIN + 1) * PERIOD_MIN
        events.append(TICKED(minute, system=Calendar.HEADQUARTERS, next_at=next_at))
    if not moves:
        return events
    hq, cell, how = (np.array(column, dtype=np.int64) for column in zip(*sorted(moves), strict=True))
    pause = round(world.statics.rules["command.displaced_h"] * HOUR) * how
    events.append(HEADQUARTERS_MOVED(minute, hq=hq, hex=cell, driven=how, moved_at=minute + pause))
    if (how > MOVED).any():
        events.append(ALARMED(minute, hq=hq[how > MOVED]))
    if trace is not None:
        for i, row in enumerate(hq.tolist()):
            trace.record("headquarters", row, "hexes_moved", float(_apart(world, int(hqs.hex[row]), int(cell[i]))))
            trace.record("headquarters", row, "out_of_action_h", pause[i] / HOUR, "command.displaced_h")
    return events


def _how(world: World, row: int) -> int:
    """Overrun if the enemy stands in its very hex."""
    side, cell = int(world.headquarters.side[row]), int(world.headquarters.hex[row])
    return OVERRUN if ground.standing(world).count[1 - side, cell] else DRIVEN


def _apart(world: World, here: int, there: int) -> int:
    return int(world.statics.grid.distance(here, there)) if here >= 0 and there >= 0 else 0


def _refuge(world: World, row: int) -> int:
    """The best safe own hex within a bound, else the nearest anywhere, else none (-1)."""
    hqs, statics = world.headquarters, world.statics
    side, here = int(hqs.side[row]), int(hqs.hex[row])
    safe = rows_where(_safe(world, side)[:-1])
    if not len(safe):
        return -1
    apart = statics.grid.distance(safe, here)
    near = apart <= max(_bound(statics), int(apart.min()))
    return _best(world, row, safe[near])[0]


def _shifts(world: World, free: Mask, trace: Trace | None) -> list[tuple[int, int]]:
    """Headquarters that move after their formations, and where to."""
    hqs, statics, middle = world.headquarters, world.statics, middles(world)
    chosen = []
    for side in (0, 1):
        rows = rows_where(free & (hqs.side == side) & (middle.cell >= 0))
        here = hqs.hex[rows].astype(np.int64)
        clear = _clearance(world, side, here)
        away = statics.grid.distance(here, middle.cell[rows])
        wanted, most = (each[rows] for each in _places(world))
        restless = (here < 0) | (2 * clear <= wanted) | (away > most)
        if trace is not None:
            for i, row in enumerate(rows.tolist()):
                trace.record("headquarters", row, "hexes_behind_front", float(clear[i]), "command.behind_hexes_corps")
                trace.record("headquarters", row, "hexes_from_formations", float(away[i]), "command.range_km")
        if not anywhere(restless):
            continue
        safe = rows_where(_safe(world, side)[:-1])
        for row in rows[restless].tolist():
            cell = int(hqs.hex[row])
            reach = safe if cell < 0 else _within(statics, safe, cell)
            if not len(reach):
                continue
            best, cost = _best(world, row, reach)
            if cell < 0 or cost + _WORTH_IT <= _cost(world, row, np.array([cell]))[0]:
                chosen.append((row, best))
    return chosen


def _within(statics: Statics, cells: Rows, here: int) -> Rows:
    """Those of ``cells`` that lie within a headquarters' bound of ``here``."""
    found = np.empty(len(cells), np.int64)
    return found[: _pick_near(statics.grid.axial_table, cells, here, _bound(statics), found)]


@jit
def _pick_near(axial: Any, cells: Any, here: int, most: int, found: Any) -> int:
    count = 0
    for cell in cells:
        dq, dr = int(axial[0, cell]) - int(axial[0, here]), int(axial[1, cell]) - int(axial[1, here])
        if (abs(dq) + abs(dr) + abs(dq + dr)) // 2 <= most:
            found[count] = cell
            count += 1
    return count


def _best(world: World, row: int, cells: Rows) -> tuple[int, int]:
    """The cheapest of ``cells`` (a town of equals, then the lowest number) and its cost."""
    cost = _cost(world, row, cells)
    first = np.lexsort((cells, -_town_size(world.statics)[cells], cost))[0]
    return int(cells[first]), int(cost[first])


def _cost(world: World, row: int, cells: Rows) -> Rows:
    """Hexes from the middle of its formations, and two for each hex too near the front."""
    hqs, middle = world.headquarters, int(middles(world).cell[row])
    goal = middle if middle >= 0 else int(hqs.hex[row])
    away = world.statics.grid.distance(cells, goal).astype(np.int64)
    lacking = np.maximum(_places(world)[0][row] - _clearance(world, int(hqs.side[row]), cells), 0)
    cost: Rows = away + 2 * lacking
    return cost


def _clearance(world: World, side: int, cells: Rows) -> Rows:
    """Hexes from each cell to the nearest enemy ground of the front; far if there is no front."""
    rim = edge(world, 1 - side)
    cells = np.asarray(cells, np.int64)
    which, steps = nearest_in_group(world.statics.grid, cells, np.zeros_like(cells), rim, np.array([0, len(rim)]))
    return np.where(which >= 0, steps, 1 << 20)


def _places(world: World) -> tuple[Rows, Rows]:
    """By headquarters: hexes that it keeps behind the front, and hexes from the middle of its formations beyond which it

    follows. Its echelon never changes.
    """
    found: tuple[Rows, Rows] | None = world.statics.memo.get("headquarters.places")
    if found is None:
        rules = world.statics.rules
        # 0 corps, 1 army, 2 front or army group.
        level = np.clip(world.headquarters.echelon.astype(np.int64) - int(Echelon.CORPS), 0, 2)
        behind = np.array([round(rules[f"command.behind_hexes_{name}"]) for name in ("corps", "army", "front")])
        hexes = rules["command.range_km"] * 1000.0 * rules["command.range_kept"] / world.statics.grid.spacing_m
        most = np.array([int(hexes * reach) for reach in _REACH])
        found = world.statics.memo["headquarters.places"] = (behind[level], most[level])
    return found


def _bound(statics: Statics) -> int:
    """Hexes that a headquarters shifts at a time."""
    return int(statics.rules["command.bound_km"] * 1000.0 / statics.grid.spacing_m)


def _town_size(statics: Statics) -> Rows:
    found: Rows | None = statics.memo.get("headquarters.towns")
    if found is None:
        found = np.zeros(statics.grid.size, np.int64)
        for place in statics.theatre.places:
            if place.cell >= 0:
                found[place.cell] = max(int(found[place.cell]), place.size)
        statics.memo["headquarters.towns"] = found
    return found


SYSTEM = System("headquarters", 9, GRAIN_MIN, _next_due, decide)
