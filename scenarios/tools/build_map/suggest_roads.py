"""Suggest local roads: `python -m build_map.suggest_roads THEATRE >> roads.csv`, to be read and edited by hand.

Neighbours of the relative-neighbour graph of all places are joined, unless the roads that are there already lead
from one to the other with little detour.
"""

from __future__ import annotations

import heapq
import itertools
import sys
from pathlib import Path

import numpy as np

from engine.files.theatre import load_theatre

LONGEST_M, DETOUR = 45_000, 1.35


def main() -> None:
    theatre = load_theatre(Path(sys.argv[1]))
    grid = theatre.grid
    leaders = sorted(theatre.place_at.values(), key=lambda p: p.id)
    xy = np.array([theatre.project(p.lat, p.lon) for p in leaders])
    gap = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    step: dict[int, set[int]] = {}
    for road in theatre.roads:
        for a, b in zip(road.cells, road.cells[1:], strict=False):
            step.setdefault(a, set()).add(b)
            step.setdefault(b, set()).add(a)
    pairs = []
    for i in range(len(leaders)):
        for j in range(i + 1, len(leaders)):
            if gap[i, j] < LONGEST_M and not (np.maximum(gap[i], gap[j]) < gap[i, j]).any():
                pairs.append((gap[i, j], i, j))
    for length, i, j in sorted(pairs):
        a, b = leaders[i], leaders[j]
        if a.cell == b.cell or _by_road(step, a.cell, b.cell) * grid.spacing_m <= DETOUR * max(length, grid.spacing_m):
            continue
        steps = _over_land(theatre, a.cell, b.cell)
        if steps is None or len(steps) * grid.spacing_m > 1.6 * length + grid.spacing_m:
            continue
        for p, q in itertools.pairwise(steps):
            step.setdefault(p, set()).add(q)
            step.setdefault(q, set()).add(p)
        print(f"road,{a.name};{b.name},R")


def _by_road(step: dict[int, set[int]], start: int, end: int) -> float:
    """Links from one hex to another over roads; infinite beyond 20."""
    seen, ring = {start}, [start]
    for far in range(21):
        if end in ring:
            return far
        ring = sorted({c for cell in ring for c in step.get(cell, ()) if c not in seen})
        seen |= set(ring)
    return float("inf")


def _over_land(theatre, start: int, end: int) -> list[int] | None:
    """A shortest way over land that uses no strait, river sides counting half a hex more."""
    best, back, queue = {start: 0.0}, {}, [(0.0, start)]
    while queue:
        cost, cell = heapq.heappop(queue)
        if cell == end:
            way = [end]
            while way[-1] != start:
                way.append(back[way[-1]])
            return way[::-1]
        if cost > 20:
            return None
        for d, other in enumerate(theatre.grid.neighbours[cell].tolist()):
            if other < 0 or theatre.kind[other] != 1 or theatre.strait[cell, d] in (1, 3):
                continue
            new = cost + 1 + 0.5 * (theatre.river[cell, d] > 0)
            if new < best.get(other, 1e9):
                best[other], back[other] = new, cell
                heapq.heappush(queue, (new, other))
    return None


if __name__ == "__main__":
    main()
