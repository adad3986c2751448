"""Formations of the line stand in the front: those whose place falls into the second row of hexes go to the hex before it.

A division holds some three hexes of front and is one counter. Its place, a point along a known line, may fall into a hex that
no longer touches the enemy's ground although its trenches are those of the front. Left there it would march forward in the
first hours, out of the works in which the scenario says it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.model.codes import SIDES
from engine.model.forces import FormationSpec, KindSpec
from engine.model.scenario import NOBODY
from engine.model.theatre import Theatre

BROAD: Final = 2
"""Class of rivers that part a position from what lies behind it."""
TOWN: Final = 1
"""Places of this size or more are towns, as by ``contact.town_size``."""


def in_the_front(
    theatre: Theatre, owner: npt.NDArray[np.int8], formations: tuple[FormationSpec, ...], kinds: Mapping[str, KindSpec]
) -> tuple[FormationSpec, ...]:
    """``formations`` with those of role ``line`` that stand a hex behind the front moved into it.

    Each takes, of the own hexes beside it on its bank that touch enemy ground and hold nobody, the one nearest to its
    coordinates. Who holds a town stays in it, and so does who has no transport. ``owner``, shape (hexes,), says who holds
    each hex.
    """
    taken = {row.cell for row in formations if row.arrives_min == 0}
    placed = []
    for row in formations:
        if _may_move(theatre, row, kinds) and not _touches(theatre, owner, row.side, row.cell):
            beside = [cell for cell in _on_its_bank(theatre, row.cell) if _free(theatre, owner, row.side, cell, taken)]
            if beside:
                row = replace(row, cell=min(beside, key=lambda cell: (_far(theatre, row, cell), cell)))
                taken.add(row.cell)
        placed.append(row)
    return tuple(placed)


def _may_move(theatre: Theatre, row: FormationSpec, kinds: Mapping[str, KindSpec]) -> bool:
    if row.role != "line" or row.arrives_min > 0 or row.cell < 0 or kinds[row.kind].mobility == "static":
        return False
    place = theatre.place_at.get(row.cell)
    return place is None or place.size < TOWN


def _on_its_bank(theatre: Theatre, cell: int) -> Iterator[int]:
    """The hexes beside one, but for those over a strait or a river of class ``BROAD`` or more."""
    for direction, other in enumerate(theatre.grid.neighbours[cell].tolist()):
        if other >= 0 and theatre.river[cell, direction] < BROAD and not theatre.strait[cell, direction]:
            yield other


def _beside(theatre: Theatre, cell: int) -> Iterator[int]:
    return (other for other in theatre.grid.neighbours[cell].tolist() if other >= 0)


def _touches(theatre: Theatre, owner: npt.NDArray[np.int8], side: str, cell: int) -> bool:
    """Whether a hex lies beside ground of the other side."""
    return any(owner[other] not in (SIDES.index(side), NOBODY) for other in _beside(theatre, cell))


def _free(theatre: Theatre, owner: npt.NDArray[np.int8], side: str, cell: int, taken: set[int]) -> bool:
    return bool(owner[cell] == SIDES.index(side)) and cell not in taken and _touches(theatre, owner, side, cell)


def _far(theatre: Theatre, row: FormationSpec, cell: int) -> float:
    """Square of the distance from a formation's coordinates, for comparing."""
    lat, lon = theatre.lat_lon(cell)
    return float((lat - row.lat) ** 2 + ((lon - row.lon) * np.cos(np.radians(row.lat))) ** 2)
