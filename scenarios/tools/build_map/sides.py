"""Hexsides and corners of the whole grid, and which sides a line crosses an odd number of times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from .frame import Frame


@dataclass(frozen=True)
class Sides:
    """Every inner hexside once, with its two corners; corners are numbered over the whole grid."""

    frame: Frame

    @cached_property
    def _tables(self):
        grid = self.frame.grid
        cell = np.repeat(np.arange(grid.size), 3)
        direction = np.tile([1, 2, 3], grid.size)
        other = grid.neighbours[cell, direction]
        keep = other >= 0
        cell, direction, other = cell[keep], direction[keep], other[keep]
        radius = grid.spacing_m / 3**0.5
        centre = grid.centres_m[cell]
        corners = []
        for turn in (120, 60):
            angle = np.radians(turn - 60 * direction)
            corners.append(centre + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1))
        keys = np.rint(np.concatenate(corners) / 100).astype(np.int64)
        unique, number = np.unique(keys, axis=0, return_inverse=True)
        number = number.ravel()
        return cell, direction, other, number[: len(cell)], number[len(cell) :], unique * 100.0

    @property
    def cell(self):
        return self._tables[0]

    @property
    def direction(self):
        return self._tables[1]

    @property
    def other(self):
        return self._tables[2]

    @property
    def corner(self):
        """(k, 2) corner numbers."""
        return np.stack(self._tables[3:5], axis=1)

    @property
    def corner_xy(self):
        return self._tables[5]

    @cached_property
    def tree(self):
        c = self.frame.grid.centres_m
        return shapely.STRtree(shapely.linestrings(np.stack([c[self.cell], c[self.other]], axis=1)))

    @cached_property
    def middle(self):
        return self.frame.grid.centres_m[[self.cell, self.other]].mean(axis=0)

    @cached_property
    def at_corner(self) -> list[list[int]]:
        """Sides that meet at each corner."""
        table: list[list[int]] = [[] for _ in range(len(self.corner_xy))]
        for side, (a, b) in enumerate(self.corner):
            table[a].append(side)
            table[b].append(side)
        return table

    def far_corner(self, side: int, corner: int) -> int:
        a, b = self.corner[side]
        return int(b if a == corner else a)

    def crossed(self, line: np.ndarray) -> np.ndarray:
        """Sides whose centre-to-centre segment the projected line crosses an odd number of times."""
        c = self.frame.grid.centres_m
        pieces = shapely.linestrings(np.stack([line[:-1], line[1:]], axis=1))
        piece, side = self.tree.query(pieces, predicate="intersects")
        a, b = line[:-1][piece], line[1:][piece]
        p, q = c[self.cell[side]], c[self.other[side]]
        hit = (_turn(a, b, p) != _turn(a, b, q)) & (_turn(p, q, a) != _turn(p, q, b))
        return np.flatnonzero(np.bincount(side[hit], minlength=len(self.cell)) % 2)


def _turn(a, b, c):
    """True where c lies left of (or on) the line from a to b."""
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]) >= 0
