"""Ways back along a distance field: from a cell to the source it was reached from.

A field made by ``paths.field`` (forward: costs of leaving a cell) says how far each cell is from the nearest source;
these kernels walk down it. Ties take the lowest direction.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.jit import jit
from engine.core.paths import FAR

Ints = npt.NDArray[np.int32]


@jit
def _step_back(neighbours: Any, costs: Any, out: Any, here: int) -> int:
    """The direction of a neighbour from which ``here`` was reached; -1 at a source."""
    for d in range(6):
        there = neighbours[here, d]
        if there >= 0 and out[there] < out[here]:
            step = costs[there, (d + 3) % 6]
            if step > 0 and out[there] + step == out[here]:
                return d
    return -1


@jit
def _roots(neighbours: Any, costs: Any, out: Any, cells: Any, roots: Any) -> None:
    far = 1 << 30
    for i in range(len(cells)):
        here = cells[i]
        if here < 0 or out[here] >= far:
            continue
        while True:
            d = _step_back(neighbours, costs, out, here)
            if d < 0:
                break
            here = neighbours[here, d]
        roots[i] = here


@jit
def trail_of(neighbours: Any, costs: Any, out: Any, start: int, cells: Any, directions: Any) -> int:
    """:func:`trail` for compiled rules: how many steps it has."""
    here, count = start, 0
    while count < len(cells):
        d = _step_back(neighbours, costs, out, here)
        if d < 0:
            break
        cells[count] = here
        directions[count] = d
        count += 1
        here = neighbours[here, d]
    return count


def roots(neighbours: Ints, costs: Ints, field: Ints, cells: npt.ArrayLike) -> Ints:
    """Shape of ``cells``: the source each cell was reached from, -1 where the field does not reach."""
    wanted = np.atleast_1d(np.asarray(cells, dtype=np.int32))
    found = np.full(len(wanted), -1, np.int32)
    if len(wanted):
        _roots(neighbours, costs, field, wanted, found)
    return found


def trail(neighbours: Ints, costs: Ints, field: Ints, start: int, most: int = 1024) -> tuple[Ints, Ints]:
    """The steps from ``start`` back to its source: the cells left, and the direction in which each is left."""
    cells, directions = np.empty(most, np.int32), np.empty(most, np.int32)
    count = trail_of(neighbours, costs, field, start, cells, directions) if field[start] < FAR else 0
    return cells[:count].copy(), directions[:count].copy()
