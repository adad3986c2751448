"""Nearest hexes: for each of some cells the first of others that is fewest steps away, and how many.

``q`` and ``r`` are axial coordinates by cell (``Grid.axial``).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.hexes import Grid, steps_between
from engine.core.jit import jit

Ints = npt.NDArray[np.int64]
NOWHERE: Final = 9999
"""Steps to the nearest of nobody."""


@jit
def _nearest(q: Any, r: Any, cells: Any, group: Any, others: Any, first: Any, which: Any, steps: Any) -> None:
    for i in range(len(cells)):
        here, best, at = cells[i], 9999, -1
        for k in range(first[group[i]], first[group[i] + 1]):
            dq, dr = q[here] - q[others[k]], r[here] - r[others[k]]
            apart = (abs(dq) + abs(dr) + abs(dq + dr)) // 2
            if apart < best:
                best, at = apart, k
        which[i], steps[i] = at, best


def nearest_in_group(grid: Grid, cells: Ints, group: Ints, others: Ints, first: Ints) -> tuple[Ints, Ints]:
    """For each cell the index of the nearest of its group's others (-1 of nobody), and the steps to it.

    The others of group g are ``others[first[g] : first[g + 1]]``. Shapes (cells,), whole numbers of 64 bits.
    """
    which, steps = np.empty(len(cells), np.int64), np.empty(len(cells), np.int64)
    _nearest(*grid.axial, cells, group, others, first, which, steps)
    return which, steps


def steps_to_nearest(grid: Grid, cells: Ints, others: Ints) -> Ints:
    """Steps from each cell to the nearest of the others, NOWHERE if there are none."""
    steps = np.empty(len(cells), np.int64)
    _steps(grid.axial_table, cells, others, steps)
    return steps


@jit
def _steps(axial: Any, cells: Any, others: Any, steps: Any) -> None:
    for i in range(len(cells)):
        steps[i] = NOWHERE
        for k in range(len(others)):
            steps[i] = min(steps[i], steps_between(axial, cells[i], others[k]))
