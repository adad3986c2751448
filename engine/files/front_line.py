"""Formations of the line stand in the front: those whose place falls into the second row of hexes go to the hex before it.

A division holds some three hexes of front and is one counter. Its place, a point along a known line, may fall into a hex that
no longer touches the enemy's ground although its trenches are those of the front. Left there it would march forward in the
first hours, out of the works in which the scenario says it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.model.codes import SIDES
from engine.model.forces import FormationSpec
from engine.model.scenario import NOBODY
from engine.model.theatre import Theatre


def in_the_front(
    theatre: Theatre, owner: npt.NDArray[np.int8], formations: tuple[FormationSpec, ...]
) -> tuple[FormationSpec, ...]:
    """``formations`` with those of role ``line`` that stand a hex behind the front moved into it.

    Each takes, of the own hexes beside it that touch enemy ground and hold nobody, the one nearest to its coordinates.
    ``owner``, shape (hexes,), says who holds each hex.
    """
    taken = {row.cell for row in formations if row.arrives_min == 0}
    placed = []
    for row in formations:
        if row.role == "line" and row.arrives_min == 0 and row.cell >= 0 and not _touches(theatre, owner, row.side, row.cell):
            beside = [cell for cell in _beside(theatre, row.cell) if _free(theatre, owner, row.side, cell, taken)]
            if beside:
                row = replace(row, cell=min(beside, key=lambda cell: (_far(theatre, row, cell), cell)))
                taken.add(row.cell)
        placed.append(row)
    return tuple(placed)


def _beside(theatre: Theatre, cell: int) -> Iterator[int]:
    return (int(other) for other in theatre.grid.ring_table(1)[cell, 1:] if other >= 0)


def _touches(theatre: Theatre, owner: npt.NDArray[np.int8], side: str, cell: int) -> bool:
    """Whether a hex lies beside ground of the other side."""
    return any(owner[other] not in (SIDES.index(side), NOBODY) for other in _beside(theatre, cell))


def _free(theatre: Theatre, owner: npt.NDArray[np.int8], side: str, cell: int, taken: set[int]) -> bool:
    return bool(owner[cell] == SIDES.index(side)) and cell not in taken and _touches(theatre, owner, side, cell)


def _far(theatre: Theatre, row: FormationSpec, cell: int) -> float:
    """Square of the distance from a formation's coordinates, for comparing."""
    lat, lon = theatre.lat_lon(cell)
    return float((lat - row.lat) ** 2 + ((lon - row.lon) * np.cos(np.radians(row.lat))) ** 2)
