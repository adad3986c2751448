"""The hex grid: flat-top hexes in odd-q offset, numbered row by row.

After Red Blob Games' guide to hexagonal grids. Odd columns lie half a hex lower; a cell's number is
``row * columns + column``. Directions count clockwise from north: N, NE, SE, S, SW, NW.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.jit import jit

Cells = npt.NDArray[np.int32]
Index = int | npt.NDArray[np.integer[Any]]

N, NE, SE, S, SW, NW = range(6)
DIRECTIONS = ("N", "NE", "SE", "S", "SW", "NW")
OFF_GRID = -1
_TEXT = re.compile(r"([A-Z])(\d{3})\.(\d{3})")
# Axial steps (dq, dr) of the six directions.
_STEPS = ((0, -1), (1, -1), (1, 0), (0, 1), (-1, 1), (-1, 0))


def opposite(direction: int) -> int:
    """The direction that leads back: 0..5 -> 0..5."""
    return (direction + 3) % 6


@dataclass(frozen=True)
class Grid:
    """A rectangle of hexes on a projected plane.

    ``spacing_m`` is the distance between neighbouring centres; ``x0_m, y0_m`` is the centre of cell 0 in
    projected metres (x to the east, y to the north). Rows count southwards.
    """

    columns: int
    rows: int
    spacing_m: int = 6000
    x0_m: float = 0.0
    y0_m: float = 0.0
    letter: str = "X"

    @property
    def spacing_km(self) -> float:
        """Kilometres between neighbouring centres."""
        return self.spacing_m / 1000.0

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.columns * self.rows

    def cell(self, column: int, row: int) -> int:
        """The cell at an offset position, or OFF_GRID."""
        if 0 <= column < self.columns and 0 <= row < self.rows:
            return row * self.columns + column
        return OFF_GRID

    @cached_property
    def axial(self) -> tuple[Cells, Cells]:
        """Axial coordinates (q, r) of every cell, each of shape (size,)."""
        number = np.arange(self.size, dtype=np.int32)
        row, q = number // self.columns, number % self.columns
        return q.astype(np.int32), (row - q // 2).astype(np.int32)

    @cached_property
    def axial_table(self) -> Cells:
        """The same as one array of shape (2, size)."""
        table = np.stack(self.axial)
        table.flags.writeable = False
        return table

    def _cells_at(self, q: Cells, r: Cells) -> Cells:
        row = r + q // 2
        inside = (q >= 0) & (q < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + q, OFF_GRID).astype(np.int32)

    @cached_property
    def neighbours(self) -> Cells:
        """Shape (size, 6): the neighbour in each direction, OFF_GRID beyond the edge."""
        q, r = self.axial
        table = np.stack([self._cells_at(q + dq, r + dr) for dq, dr in _STEPS], axis=1)
        table = np.ascontiguousarray(table, dtype=np.int32)
        table.flags.writeable = False
        return table

    def ring_table(self, radius: int) -> Cells:
        """Shape (size, 1 + 3 radius (radius + 1)): all cells within ``radius``, nearest rings first.

        Column 0 is the cell itself; OFF_GRID fills what lies beyond the edge.
        """
        found = self._rings.get(radius)
        if found is None:
            found = self._rings[radius] = self._ring_table(radius)
        return found

    @cached_property
    def _rings(self) -> dict[int, Cells]:
        return {}

    def _ring_table(self, radius: int) -> Cells:
        table = np.empty((self.size, 1 + 3 * radius * (radius + 1)), np.int32)
        _fill_rings(self.axial_table, np.array(disc(radius), np.int32), self.columns, self.rows, table)
        table.flags.writeable = False
        return table

    def ring(self, radius: int, cell: int) -> Cells:
        """The row of :meth:`ring_table` for one cell, without the table: for wide discs round a few cells."""
        offset_q, offset_r = _disc_table(radius)
        q, r = self.axial
        return self._cells_at(q[cell] + offset_q, r[cell] + offset_r)

    def framed(self, radius: int) -> tuple[npt.NDArray[np.int64], int]:
        """Steps to all cells within ``radius``, nearest first, on a map with a frame of as many empty cells around it, from
        even and from odd columns, shape (2, cells); and how many cells such a map has.

        A small map of one's own is looked at without the large table of discs: see :func:`in_frame`.
        """
        offset_q, offset_r = _disc_table(radius).astype(np.int64)
        wide, odd = self.columns + 2 * radius, np.array([[0], [1]])
        return (offset_r + (odd + offset_q) // 2) * wide + offset_q, wide * (self.rows + 2 * radius)

    def distance(self, a: Index, b: Index) -> Cells:
        """Steps between cells (arrays broadcast)."""
        q, r = self.axial
        a, b = _by_word(a), _by_word(b)
        dq, dr = q[a] - q[b], r[a] - r[b]
        steps: Cells = (np.abs(dq) + np.abs(dr) + np.abs(dq + dr)) // 2
        return steps

    def direction(self, origin: int, neighbour: int) -> int:
        """Which of the six directions leads from ``origin`` to a neighbouring cell; ValueError if none."""
        hits = np.flatnonzero(self.neighbours[origin] == neighbour)
        if not len(hits):
            raise ValueError(f"{self.text(neighbour)} does not touch {self.text(origin)}")
        return int(hits[0])

    @cached_property
    def centres_m(self) -> npt.NDArray[np.float64]:
        """Shape (size, 2): projected x, y of each centre in metres."""
        number = np.arange(self.size)
        column, row = number % self.columns, number // self.columns
        pitch = self.spacing_m * _SQRT3_HALF
        x = self.x0_m + column * pitch
        y = self.y0_m - (row + (column % 2) / 2) * self.spacing_m
        return np.stack([x, y], axis=1)

    def centre_m(self, cell: int) -> tuple[float, float]:
        """Projected x, y of one centre in metres."""
        x, y = self.centres_m[cell]
        return float(x), float(y)

    def cell_at(self, x_m: float, y_m: float) -> int:
        """The cell that holds a projected point, or OFF_GRID."""
        q = (x_m - self.x0_m) / (self.spacing_m * _SQRT3_HALF)
        r = (self.y0_m - y_m) / self.spacing_m - q / 2
        s = -q - r
        rq, rr, rs = round(q), round(r), round(s)
        dq, dr, ds = abs(rq - q), abs(rr - r), abs(rs - s)
        if dq > dr and dq > ds:
            rq = -rr - rs
        elif dr > ds:
            rr = -rq - rs
        return self.cell(rq, rr + rq // 2)

    def text(self, cell: int) -> str:
        """Text form of a cell, such as B087.064 (theatre letter, column, row)."""
        if not 0 <= cell < self.size:
            return f"{self.letter}---.---"
        return f"{self.letter}{cell % self.columns:03d}.{cell // self.columns:03d}"

    def parse(self, text: str) -> int:
        """The cell of a text form; ValueError names what was expected."""
        match = _TEXT.fullmatch(text.strip().upper())
        if match is None or match[1] != self.letter:
            raise ValueError(f"expected a hex such as {self.letter}087.064, found {text!r}")
        cell = self.cell(int(match[2]), int(match[3]))
        if cell == OFF_GRID:
            raise ValueError(f"{text!r} lies off the map of {self.columns} x {self.rows} hexes")
        return cell


_SQRT3_HALF = 0.8660254037844386


@jit
def _fill_rings(axial: Cells, offsets: Cells, columns: int, rows: int, table: Cells) -> None:
    """Cells at axial ``offsets`` (k, 2) from each cell into ``table`` (size, k), OFF_GRID beyond the edge."""
    for cell in range(len(table)):
        q0, r0 = int(axial[0, cell]), int(axial[1, cell])
        for k in range(len(offsets)):
            q = q0 + offsets[k, 0]
            row = r0 + offsets[k, 1] + (q >> 1)
            inside = (q >= 0) & (q < columns) & (row >= 0) & (row < rows)
            table[cell, k] = row * columns + q if inside else OFF_GRID


@jit
def steps_between(axial: Cells, a: int, b: int) -> int:
    """:meth:`Grid.distance` of two cells, for compiled rules; ``axial`` of shape (2, size) as in Grid.axial_table."""
    dq = int(axial[0, a]) - int(axial[0, b])
    dr = int(axial[1, a]) - int(axial[1, b])
    return (abs(dq) + abs(dr) + abs(dq + dr)) // 2


@jit
def in_frame(cell: int, columns: int, radius: int) -> int:
    """The place of a cell on a map that is framed (:meth:`Grid.framed`)."""
    return (cell // columns + radius) * (columns + 2 * radius) + cell % columns + radius


def disc(radius: int) -> list[tuple[int, int]]:
    """Axial offsets within ``radius``: by ring, then clockwise from north; a stable order."""
    offsets = [(0, 0)]
    for ring in range(1, radius + 1):
        q, r = 0, -ring
        for dq, dr in ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)):
            for _ in range(ring):
                offsets.append((q, r))
                q, r = q + dq, r + dr
    return offsets


@cache
def _disc_table(radius: int) -> Cells:
    """The same as an array of shape (2, cells)."""
    return np.ascontiguousarray(np.array(disc(radius), np.int32).T)


def _by_word(cells: Index) -> Index:
    """Numbers of cells as the machine's own integers: arrays are indexed by them several times as quickly."""
    return cells.astype(np.int64) if type(cells) is np.ndarray and cells.dtype != np.int64 else cells
