"""The front of a side as its staffs use it: ordered hexsides with the hexes on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.chains import border_chains
from engine.core.columns import Array
from engine.model.codes import HexKind
from engine.model.view import SideView


@dataclass(frozen=True, eq=False)
class FrontTrace:
    """Sides of the front in order, chain after chain. Shapes (sides,)."""

    own: Array
    """Own hex of each side."""
    direction: Array
    other: Array
    """Enemy hex across it."""
    chain: Array
    closed: Array
    """For each chain 1 if it is a ring (a pocket or a bridgehead)."""
    river: Array
    """1 where a river runs along the side."""

    def __len__(self) -> int:
        return len(self.own)


def trace_front(view: SideView) -> FrontTrace:
    """The front of the view's side; every land hex of the window has an owner."""
    theatre, grid = view.statics.theatre, view.statics.grid
    ground = (theatre.kind == HexKind.LAND) & (view.hexes.inside == 1)
    colours = np.where(ground, view.hexes.owner, -1).astype(np.int8)
    own, direction, chain, closed = border_chains(grid.neighbours, colours, view.side)
    return FrontTrace(
        own,
        direction,
        grid.neighbours[own, direction],
        chain,
        closed,
        (theatre.river[own, direction] >= 2).astype(np.int8),
    )
