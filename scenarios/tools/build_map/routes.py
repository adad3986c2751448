"""Railways and roads: the cheapest way over land hexes between consecutive stations or towns."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from .frame import Frame
from .shores import LAND

RELIEF_TERM, MARSH_TERM, RIVER_TERM, STRAY_TERM = 0.02, 0.5, 0.6, 0.2
"""Cost of a step: spacing x (1 + terms) + 0.2 x distance of the new centre from the straight line."""


@dataclass(frozen=True)
class Router:
    """What routes are searched over: kinds, relief (dm), marsh (per cent), and closed or river hexsides."""

    frame: Frame
    kind: np.ndarray
    relief_dm: np.ndarray
    marsh_pct: np.ndarray
    river: np.ndarray
    closed: np.ndarray
    sharing: float = 0.6
    """Cost of a step that an earlier line has made already, as a share of its cost."""

    def way(self, start: int, end: int, liked: set[tuple[int, int]] | None = None) -> list[int]:
        """Cells from start to end; ties go to the lower cell number. `liked` steps (existing links) cost less."""
        grid = self.frame.grid
        centre = grid.centres_m
        a, b = centre[start], centre[end]
        along = b - a
        length = max(float(np.hypot(*along)), 1.0)
        best = {start: 0.0}
        back: dict[int, int] = {}
        queue = [(0.0, start)]
        while queue:
            cost, cell = heapq.heappop(queue)
            if cell == end:
                way = [end]
                while way[-1] != start:
                    way.append(back[way[-1]])
                return way[::-1]
            if cost > best[cell]:
                continue
            for d, other in enumerate(grid.neighbours[cell].tolist()):
                if other < 0 or self.closed[cell, d] or self.kind[other] != LAND:
                    continue
                terms = 1 + RELIEF_TERM * self.relief_dm[other] / 10 + MARSH_TERM * self.marsh_pct[other] / 100
                terms += RIVER_TERM * (self.river[cell, d] > 0)
                off = centre[other] - a
                stray = abs(float(along[0] * off[1] - along[1] * off[0])) / length
                step = grid.spacing_m * terms + STRAY_TERM * stray
                if liked and (cell, other) in liked:
                    step *= self.sharing
                if cost + step < best.get(other, 1e18):
                    best[other] = cost + step
                    back[other] = cell
                    heapq.heappush(queue, (cost + step, other))
        raise ValueError(f"no way over land from {grid.text(start)} to {grid.text(end)}")


def straighten(frame: Frame, cells: list[int], fixed: set[int], blocked=None) -> list[int]:
    """Drop a hex whose two neighbours on the line touch each other, unless it is fixed (a station)."""
    out: list[int] = []
    for cell in cells:
        if out and out[-1] == cell:
            continue
        while len(out) >= 2 and out[-1] not in fixed and cell in frame.grid.neighbours[out[-2]].tolist():
            d = frame.grid.neighbours[out[-2]].tolist().index(cell)
            if blocked is not None and blocked(out[-2], d):
                break
            out.pop()
        out.append(cell)
    return out
