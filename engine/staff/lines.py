"""Broken lines of directives on the grid: how far each hex lies from one, and the hexes along it.

Geography only, so each line is worked out once for all runs of a scenario.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np

from engine.core.columns import Array
from engine.core.jit import jit
from engine.model.world import Statics
from engine.staff.control import Ints, land_of

REACH_M = 120_000
"""Distances beyond this (along either axis of the map) are not worked out."""
AWAY_M = 1_000_000
KEPT = 512
"""Lines whose distances are kept at a time: a break-out draws its own."""

Points = tuple[int, ...]


def points_of(cells: Array) -> Points:
    """The cells of a directive's axis or line without the padding."""
    return tuple(int(c) for c in cells if c >= 0)


def line_distance(statics: Statics, points: Points) -> Array:
    """Metres from every hex centre to the broken line through ``points``, AWAY_M where that is far. Shape (hexes,)."""
    held: dict[Points, Array] = statics.private.setdefault("staff.distances", {})
    found = held.get(points)
    if found is None:
        if len(held) >= KEPT:
            held.clear()
        found = held[points] = _distance(statics, points)
    return found


def near_line(statics: Statics, points: Points, metres: int) -> bytes:
    """For every hex 1 if its centre lies within some metres of a broken line, else 0: to look at a few. Length (hexes,)."""
    held: dict[tuple[Points, int], bytes] = statics.private.setdefault("staff.near", {})
    found = held.get((points, metres))
    if found is None:
        if len(held) >= KEPT:
            held.clear()
        found = held[points, metres] = (line_distance(statics, points) <= metres).tobytes()
    return found


def _distance(statics: Statics, points: Points) -> Array:
    grid = statics.grid
    corners = grid.centres_m[np.array(points)]
    x, y = grid.centres_m[:, 0], grid.centres_m[:, 1]
    near = (x >= corners[:, 0].min() - REACH_M) & (x <= corners[:, 0].max() + REACH_M)
    near &= (y >= corners[:, 1].min() - REACH_M) & (y <= corners[:, 1].max() + REACH_M)
    metres = np.full(grid.size, AWAY_M, np.int32)
    ends = corners if len(corners) > 1 else np.repeat(corners, 2, axis=0)
    _measure(grid.centres_m, np.flatnonzero(near), ends, metres)
    return metres


@jit
def _measure(centres: Any, cells: Any, corners: Any, metres: Any) -> None:
    """Fill in whole metres from the centres of ``cells`` to the broken line through ``corners`` (k, 2)."""
    for i in range(len(cells)):
        px, py = centres[cells[i], 0], centres[cells[i], 1]
        best = 1e18
        for k in range(len(corners) - 1):
            ax, ay = corners[k, 0], corners[k, 1]
            sx, sy = corners[k + 1, 0] - ax, corners[k + 1, 1] - ay
            along = ((px - ax) * sx + (py - ay) * sy) / max(sx * sx + sy * sy, 1.0)
            along = min(max(along, 0.0), 1.0)
            dx, dy = px - ax - along * sx, py - ay - along * sy
            best = min(best, dx * dx + dy * dy)
        metres[cells[i]] = math.floor(math.sqrt(best))


def line_cells(statics: Statics, points: Points) -> Ints:
    """Land hexes that the broken line runs through, in order from its first point."""
    held: dict[Points, Ints] = statics.private.setdefault("staff.cells", {})
    found = held.get(points)
    if found is None:
        if len(held) >= KEPT:
            held.clear()
        found = held[points] = np.array(list(_walk(statics, points)), np.int64)
    return found


def _walk(statics: Statics, points: Points) -> Iterable[int]:
    grid, land, seen = statics.grid, land_of(statics), set[int]()
    for a, b in pairwise(points if len(points) > 1 else points * 2):
        (ax, ay), (bx, by) = grid.centre_m(a), grid.centre_m(b)
        steps = max(2 * int(grid.distance(a, b)), 1)
        for k in range(steps + 1):
            cell = grid.cell_at(ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps)
            if cell >= 0 and land[cell] and cell not in seen:
                seen.add(cell)
                yield cell
