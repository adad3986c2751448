"""Fortress places: ground that a side has declared a fortress, whose garrison stands fast until it is lifted.

A fortress is a place and some rings of hexes about it (``hexes.fortress``, the side that declared it). Whoever of that
side stands in it is its garrison. It takes no order that leads out (no break-out, no embarkation), gives way only
within the fortress, yields less easily (``combat.phi_fortress``), lays down its arms less easily
(``combat.surrender_fortress``), and is supplied before others. It is declared and lifted by events and by directives;
what the enemy has taken of it binds nobody, and counts again when it is retaken.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.columns import anywhere
from engine.model.codes import DirectiveKind, OrderKind
from engine.model.events import Event
from engine.model.events.fortress import FORTRESS_DECLARED, FORTRESS_LIFTED
from engine.model.world import World
from engine.rules.derived import derived
from engine.rules.ground import passable
from engine.rules.power import on

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

MOST_RINGS: Final = 3
DECREES: Final = (DirectiveKind.FORTRESS, DirectiveKind.LIFT_FORTRESS)
"""Directives that are carried out by being said: they supersede nothing, and no staff works on them."""
_LIFT: Final = int(DirectiveKind.LIFT_FORTRESS)
_EMBARK: Final = int(OrderKind.EMBARK)
_STAYS: Final = np.isin(
    np.arange(max(OrderKind) + 1),
    [OrderKind.SUPPORT, OrderKind.CANCEL, OrderKind.PROBE, OrderKind.BOMBARD, OrderKind.ATTACH,
     OrderKind.KEEP, OrderKind.LET_GO],
)
"""Kinds of order by which nobody leaves his hex."""


def any_declared(world: World) -> bool:
    """Whether there is a fortress at all: what costs nothing where there is none."""
    key = world.hexes.version("fortress")
    return derived(world, "fortress.any", key, lambda: bool((world.hexes.fortress >= 0).any())) and on(
        world.statics.rules, "fortress"
    )


def garrison(world: World, rows: Any) -> Mask:
    """Whether each of the formations ``rows`` stands in a fortress of its own side."""
    formations = world.formations
    if not any_declared(world):
        return np.zeros(formations.side[rows].shape, bool)
    cells = formations.hex[rows]
    found: Mask = (cells >= 0) & (world.hexes.fortress[cells] == formations.side[rows])
    return found


def leads_out(world: World, rows: Any, kinds: Any, goals: Any) -> Mask:
    """Whether orders would lead a garrison out of its fortress; a goal of -1 is where the formation stands."""
    formations = world.formations
    if not any_declared(world):
        return np.zeros(len(rows), bool)
    stands = garrison(world, rows)
    if not anywhere(stands):
        return stands
    kinds, goals = np.asarray(kinds), np.asarray(goals)
    inside = (goals < 0) | (world.hexes.fortress[goals] == formations.side[rows])
    inside &= kinds != _EMBARK
    found: Mask = stands & ~_STAYS[kinds] & ~inside
    return found


def cells_about(world: World, place: int, rings: int) -> Ints:
    """Hexes of a fortress: land within so many rings of a place, in the order of their numbers."""
    cells = world.statics.grid.ring_table(rings)[place].astype(np.int64) if rings else np.array([place], np.int64)
    found: Ints = np.unique(cells[(cells >= 0) & passable(world.statics)[cells]])
    return found


def decreed(world: World, side: int, cells: Ints, minute: int, *, lifted: bool) -> list[Event]:
    """The event by which own hexes become a fortress of a side, or cease to be its fortress; none if nothing changes."""
    its = world.hexes.fortress[cells] == side
    cells = cells[its if lifted else ~its & (world.hexes.owner[cells] == side)]
    if not len(cells):
        return []
    kind = FORTRESS_LIFTED if lifted else FORTRESS_DECLARED
    return [kind(minute, hex=cells, side=side)]


def all_about(world: World, side: int, place: int) -> Ints:
    """All hexes of the fortress that a place belongs to or lies beside: what hangs together with it."""
    near = world.statics.grid.neighbours
    mine = world.hexes.fortress == side
    open_ = [cell for cell in (place, *near[place].tolist()) if cell >= 0 and mine[cell]]
    seen = set(open_)
    while open_:
        for there in near[open_.pop()].tolist():
            if there >= 0 and mine[there] and there not in seen:
                seen.add(there)
                open_.append(there)
    return np.array(sorted(seen), np.int64)


def by_directives(world: World, rows: Ints, minute: int) -> list[Event]:
    """What directives of kind fortress and lift_fortress come to; a fortress is lifted whole."""
    directives, events = world.directives, list[Event]()
    for row in rows.tolist():
        side, place = int(world.headquarters.side[directives.hq[row]]), int(directives.objective[row])
        lifted = int(directives.kind[row]) == _LIFT
        cells = all_about(world, side, place) if lifted else cells_about(world, place, int(directives.ring[row]))
        events += decreed(world, side, cells, minute, lifted=lifted)
    return events
