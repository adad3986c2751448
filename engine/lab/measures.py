"""Measures of the map: how far the front runs from a place, how wide a corridor is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.core.hexes import opposite
from engine.model.world import World


def front_hexes(world: World, side: int) -> npt.NDArray[np.int64]:
    """Cells of a side that touch land of the other."""
    owner = world.hexes.owner
    near = world.statics.grid.neighbours
    other = np.where(near >= 0, owner[near], -1)
    hostile = ((other >= 0) & (other != side)).any(axis=1)
    return np.flatnonzero((owner == side) & hostile)


def distance_to_front_km(world: World, side: int, cells: Sequence[int]) -> float | None:
    """Mean distance of points of a line from the front of a side, in km; None without a front."""
    front = front_hexes(world, side)
    if not len(front):
        return None
    grid = world.statics.grid
    nearest = [int(grid.distance(int(cell), front.astype(np.int32)).min()) for cell in cells]
    return sum(nearest) / len(nearest) * grid.spacing_m / 1000


def corridor_km(world: World, side: int, cells: Sequence[int]) -> float:
    """Width of a side's ground, in km; 0 where it is cut.

    Two or more points: the fewest hexes that would have to fall to part the first from the last. One point:
    the shortest run of own hexes through it, along the three axes of the grid, ended by the enemy or by
    water.
    """
    grid = world.statics.grid
    width = _across(world, side, cells[0]) if len(cells) == 1 else _cut(world, side, cells[0], cells[-1])
    return width * grid.spacing_m / 1000


def _across(world: World, side: int, cell: int) -> int:
    owner, near = world.hexes.owner, world.statics.grid.neighbours
    if owner[cell] != side:
        return 0
    return min(1 + _run(owner, near, side, cell, d) + _run(owner, near, side, cell, opposite(d)) for d in range(3))


def _run(owner: npt.NDArray[np.int8], near: npt.NDArray[np.int32], side: int, cell: int, direction: int) -> int:
    length = 0
    while True:
        cell = int(near[cell, direction])
        if cell < 0 or owner[cell] != side:
            return length
        length += 1


def _cut(world: World, side: int, start: int, end: int) -> int:
    """Smallest number of own hexes between two own hexes (Menger): a maximum flow with one unit per hex."""
    owner, near = world.hexes.owner, world.statics.grid.neighbours
    if owner[start] != side or owner[end] != side:
        return 0
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    own = np.flatnonzero(owner == side)
    node = np.full(len(owner), -1, dtype=np.int32)
    node[own] = np.arange(len(own), dtype=np.int32)
    count = len(own)
    # Each hex is an arc from its entry (i) to its exit (i + count), worth 1; the ends are worth as much as
    # wanted.
    capacity = np.ones(count, dtype=np.int32)
    capacity[[node[start], node[end]]] = count
    rows, columns, worth = [np.arange(count)], [np.arange(count) + count], [capacity]
    for d in range(6):
        there = near[own, d]
        joined = (there >= 0) & (owner[there] == side)
        rows.append(node[own[joined]] + count)
        columns.append(node[there[joined]])
        worth.append(np.full(int(joined.sum()), count, dtype=np.int32))
    shape = (2 * count, 2 * count)
    graph = csr_array((np.concatenate(worth), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    flow = maximum_flow(graph, int(node[start]), int(node[end]) + count).flow_value
    return min(int(flow), count)
