"""Where ships can go: lanes, open water, shoals, straits, ice, and the guns of an enemy on the shore.

Ships keep to the swept lanes; off them they are slower, and over shoals only coasters go. Through a strait between two
land hexes they pass along the hexside. Ice closes water by the month. Water beside an enemy formation is closed by
his guns, but for the roads of a port in own hands. Windows of scenarios do not bound the sea.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.paths import FAR, field
from engine.model.codes import DepotKind, HexKind
from engine.model.theatre import Depth, Strait
from engine.model.world import Statics, World
from engine.rules.derived import derived
from engine.rules.ground import formations_near, near

Ints = npt.NDArray[np.int64]
Field = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

LANE: Final = 10
"""Cost of a hex along a lane; others are multiples of it."""
UP_RIVER: Final = 3
"""A port may lie so many hexes from the sea."""


def at_sea(statics: Statics) -> Mask:
    """Shape (hexes,): sea."""
    found: Mask | None = statics.shared.get("sea.water")
    if found is None:
        found = statics.shared["sea.water"] = statics.theatre.kind == HexKind.SEA
    return found


def roads(statics: Statics, cell: int) -> Ints:
    """Hexes of the sea beside a hex, where ships anchor: the roads of a port.

    A port up a river, such as Riga, has the nearest water within ``UP_RIVER`` hexes.
    """
    known: dict[int, Ints] = statics.shared.setdefault("sea.roads", {})
    if cell not in known:
        around = statics.grid.ring_table(UP_RIVER)[cell].astype(np.int64)
        around = around[around >= 0]
        water = around[at_sea(statics)[around]]
        apart = statics.grid.distance(water, cell)
        nearest = int(apart.min(initial=UP_RIVER))
        if nearest > 1 and cell not in _named_ports(statics):
            nearest = 0
        known[cell] = np.sort(water[apart == nearest])
    return known[cell]


def _named_ports(statics: Statics) -> frozenset[int]:
    """Hexes of places with a port, and of sources of kind port."""
    found: frozenset[int] | None = statics.shared.get("sea.named")
    if found is None:
        cells = {place.cell for place in statics.theatre.places if place.port_t > 0}
        cells |= {source.cell for source in statics.scenario.supply_sources if source.kind == "port"}
        found = statics.shared["sea.named"] = frozenset(cells)
    return found


def ports(statics: Statics) -> dict[int, int]:
    """Tons a day that the quays of each port take, by hex: places of the theatre, and sources of kind port."""
    found: dict[int, int] | None = statics.shared.get("sea.ports")
    if found is None:
        found = {}
        for place in statics.theatre.places:
            if place.port_t > 0 and len(roads(statics, place.cell)):
                found[place.cell] = found.get(place.cell, 0) + place.port_t
        for source in statics.scenario.supply_sources:
            if source.kind == "port" and len(roads(statics, source.cell)):
                found[source.cell] = max(found.get(source.cell, 0), round(source.capacity_t))
        statics.shared["sea.ports"] = found
    return found


def own_ports(world: World, side: int) -> Ints:
    """Hexes with a port in a side's hands, in order."""
    cells = np.array(sorted(ports(world.statics)), np.int64)
    found: Ints = cells[world.hexes.owner[cells] == side] if len(cells) else cells
    return found


def lanes(statics: Statics) -> Field:
    """Shape (hexes, 6): cost of a ship's step in tenths of a hex of lane; 0 where ships cannot go."""
    found: Field | None = statics.shared.get("sea.lanes")
    if found is None:
        theatre, rules, grid = statics.theatre, statics.rules, statics.grid
        water, there = at_sea(statics), grid.neighbours
        both = water[:, None] & (there >= 0) & water[there]
        shoal = theatre.depth == Depth.SHOAL
        off, slow = round(LANE * rules["naval.off_lane"]), round(LANE * rules["naval.shoal"])
        step = np.where(theatre.lane > 0, LANE, off)
        step = np.where((shoal[:, None] | shoal[there]) & (theatre.lane == 0), np.maximum(step, slow), step)
        found = np.where(both, step, 0).astype(np.int32)
        _through_straits(statics, found)
        statics.shared["sea.lanes"] = found
    return found


def _through_straits(statics: Statics, costs: Field) -> None:
    """Where two land hexes face one another over a strait, ships pass from the water on one side to the other."""
    theatre, there, water = statics.theatre, statics.grid.neighbours, at_sea(statics)
    land = theatre.kind == HexKind.LAND
    narrow = np.isin(theatre.strait, (Strait.STRAIT, Strait.FERRY)) & (there >= 0)
    cells, directions = np.nonzero(narrow & land[:, None] & land[there])
    for cell, direction in zip(cells.tolist(), directions.tolist(), strict=True):
        for turn in (1, -1):
            side = (direction + turn) % 6
            wet = int(there[cell, side])
            if wet >= 0 and water[wet]:
                costs[cell, side] = costs[wet, (side + 3) % 6] = LANE


def frozen(world: World, minute: int) -> Mask:
    """Shape (hexes,): water that ice closes in this month."""
    statics = world.statics
    month = statics.scenario.date_of(minute).month
    name = f"sea.ice.{month}"
    found: Mask | None = statics.shared.get(name)
    if found is None:
        theatre = statics.theatre
        closed = [k for k, months in enumerate(theatre.ice_months) if month in months]
        found = statics.shared[name] = np.isin(theatre.ice, closed)
    return found


def costs(world: World, side: int, minute: int, *, guns: bool = True) -> Field:
    """:func:`lanes` without what is frozen and, with ``guns``, without water under the enemy's guns."""
    statics = world.statics
    month = statics.scenario.date_of(minute).month
    key: tuple[Any, ...] = (month, guns)
    if guns:
        key = (*key, *world.formations.version("status", "hex"), *world.hexes.version("owner"))

    def make() -> Field:
        shut = frozen(world, minute)
        if guns:
            shut = shut | _under_fire(world, side)
        there = statics.grid.neighbours
        base = lanes(statics)
        if not (shut & at_sea(statics)).any():
            return base
        return np.where(shut[:, None] | shut[there], 0, base).astype(np.int32)

    return derived(world, f"sea.costs.{side}.{guns}", key, make)


def _under_fire(world: World, side: int) -> Mask:
    """Water beside an enemy formation; the roads of own ports are swept and covered from the land."""
    fire = formations_near(world, 1 - side, 1)[:-1]
    harbours = near(world, own_ports(world, side), 1)[:-1]
    found: Mask = fire & ~harbours & at_sea(world.statics)
    return found


def homes(world: World, side: int, minute: int) -> Ints:
    """Water at the homes of a side's shipping; a home port must be in its hands."""
    statics, found = world.statics, []
    for ships in statics.scenario.shipping:
        until = ships.until_min if ships.until_min >= 0 else minute + 1
        if statics.scenario.side_number(ships.side) != side or not ships.from_min <= minute < until:
            continue
        if at_sea(statics)[ships.cell]:
            found.append(np.array([ships.cell], np.int64))
        elif world.hexes.owner[ships.cell] == side or not statics.scenario.window[ships.cell]:
            found.append(roads(statics, ships.cell))
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def goes_home(world: World, side: int, minute: int) -> bool:
    """Whether a home of a side's shipping lies off the map: at sea, or outside the window."""
    statics = world.statics
    inside = statics.scenario.window & ~at_sea(statics)
    return any(
        statics.scenario.side_number(ships.side) == side and not inside[ships.cell] and ships.from_min <= minute
        for ships in statics.scenario.shipping
    )


def from_home(world: World, side: int, minute: int, *, guns: bool = True) -> Field:
    """Shape (hexes,): cost of a ship's way from home to every hex of water."""
    return _field(world, side, minute, homes(world, side, minute), guns)


def from_port(world: World, side: int, minute: int, cell: int, *, guns: bool = True) -> Field:
    """The same from the roads of a port or coast."""
    return _field(world, side, minute, roads(world.statics, cell), guns)


def _field(world: World, side: int, minute: int, sources: Ints, guns: bool) -> Field:
    # Ships can leave water that is itself shut only if it is not frozen: the roads of a port under fire.
    table = costs(world, side, minute, guns=guns)
    top = max(int(table.max(initial=1)), 1)
    return field(world.statics.grid.neighbours, table, sources[~frozen(world, minute)[sources]], top=top)


def to_roads(statics: Statics, way: Field, cell: int) -> int:
    """Cost of a way (:func:`from_home`, :func:`from_port`) to the roads of a hex; FAR if ships cannot come there."""
    return int(way[roads(statics, cell)].min(initial=FAR))


def kilometres(statics: Statics, cost: int) -> float:
    """A cost as kilometres of lane."""
    return cost * statics.grid.spacing_km / LANE


def port_sources(world: World, side: int) -> Ints:
    """Rows of a side's supply sources of kind port that ships can come to at all."""
    depots = world.depots
    rows = np.flatnonzero((depots.kind == int(DepotKind.PORT)) & (depots.side == side))
    found: Ints = rows[[len(roads(world.statics, cell)) > 0 for cell in depots.hex[rows].tolist()]] if len(rows) else rows
    return found
