"""Rivers, railways and roads as smooth curves on the projected plane, from hexsides and links between hexes.

Rivers run on hexsides: midpoints of the sides, corners cut three times, with a small bend seeded by the river that
keeps to its own bank. Railways and roads run between centres: relaxed three times with ends, junctions and places
held, so that they do not snake and towns lie on their line.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from engine.core.hexes import Grid
    from engine.model.theatre import Line, Theatre


Points = npt.NDArray[np.float64]
Edge = tuple[int, int]
RIVER, RAIL, ROAD, LANE = "river", "rail", "road", "lane"


@dataclass(frozen=True)
class Chain:
    """One curve of one class. ``grade``: river class 1-3, tracks 1-2, road class 1-2; ``gauge`` as in the theatre."""

    kind: str
    name: str
    grade: int
    points: Points
    """Shape (n, 2), metres."""
    gauge: int = 0

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


@dataclass(frozen=True)
class Network:
    """All curves of a theatre, and where each hex's roads meet (the place's own point, if it has one)."""

    rivers: tuple[Chain, ...]
    courses: tuple[Chain, ...]
    """Whole rivers, one curve each, for their names."""
    rails: tuple[Chain, ...]
    roads: tuple[Chain, ...]
    lanes: tuple[Chain, ...]
    node: npt.NDArray[np.float64]
    """Shape (hexes, 2), metres."""


def make_network(theatre: Theatre) -> Network:
    """The curves of a theatre."""
    node = theatre.grid.centres_m.copy()
    held: set[int] = set()
    for cell, place in theatre.place_at.items():
        x, y = theatre.project(place.lat, place.lon)
        away = np.array([x, y]) - node[cell]
        reach = float(np.hypot(*away))
        node[cell] += away * min(1.0, 2400.0 / reach) if reach else 0  # stay well inside the hex
        if place.size >= 1:
            held.add(cell)
    rivers, courses = _rivers(theatre)
    return Network(
        rivers, courses,
        tuple(_links(theatre, RAIL, theatre.railways, theatre.rail, theatre.gauge, node, held)),
        tuple(_links(theatre, ROAD, theatre.roads, theatre.road, None, node, held)),
        tuple(Chain(LANE, line.name, 0, chaikin(relax(node[list(line.cells)], set()), 2)) for line in theatre.lanes),
        node,
    )  # fmt: skip


def corners(grid: Grid) -> Points:
    """Shape (6, 2): from a hex's centre to its corners; the side in direction d lies between corners d and d + 1."""
    # Side N runs from the corner at north-west (120 degrees) to north-east (60); then clockwise.
    angle = np.radians([120 - 60 * k for k in range(6)])
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * grid.spacing_m / 1.7320508075688772


def side_middle(grid: Grid, cell: int, direction: int) -> Points:
    """The middle of a hexside in metres."""
    around = corners(grid)
    return np.asarray(grid.centres_m[cell] + (around[direction] + around[(direction + 1) % 6]) / 2)


def chaikin(points: Points, times: int) -> Points:
    """Corner cutting with the ends kept."""
    for _ in range(times):
        if len(points) < 3:
            return points
        first, second = points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75
        cut = np.empty((2 * len(first), 2))
        cut[0::2], cut[1::2] = first, second
        points = np.concatenate([points[:1], cut[1:-1], points[-1:]])
    return points


def relax(points: Points, held: Iterable[int], times: int = 3) -> Points:
    """(1 2 1)/4 along the chain; ends and the positions in `held` stay."""
    points = points.copy()
    fixed = {0, len(points) - 1, *held}
    move = np.array([i not in fixed for i in range(len(points))])
    for _ in range(times):
        smooth = points.copy()
        smooth[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
        points[move] = smooth[move]
    return points


def _rivers(theatre: Theatre) -> tuple[tuple[Chain, ...], tuple[Chain, ...]]:
    grid, around = theatre.grid, corners(theatre.grid)
    chains: list[Chain] = []
    courses: list[Chain] = []
    drawn: list[tuple[Points, tuple[float, ...]]] = []
    for line in sorted(theatre.rivers, key=lambda r: (-r.grade, -len(r.cells), r.name)):
        cells, sides = np.array(line.cells), np.array(line.sides)
        middles = grid.centres_m[cells] + (around[sides] + around[(sides + 1) % 6]) / 2
        grade = theatre.river[cells, sides]
        gaps = np.flatnonzero(np.hypot(*np.diff(middles, axis=0).T) > grid.spacing_m * 0.6) + 1
        for part in np.split(np.arange(len(cells)), gaps):
            if len(part) < 2:
                continue
            ends = _to_the_shore(theatre, _mouth(middles[part], drawn))
            course = _meander(chaikin(ends, 3), line.name)
            courses.append(Chain(RIVER, line.name, line.grade, course))
            chains += _by_grade(course, middles[part], grade[part], line)
            drawn.append((course, (*course.min(axis=0).tolist(), *course.max(axis=0).tolist())))
    return tuple(chains), tuple(courses)


def _mouth(points: Points, drawn: Sequence[tuple[Points, tuple[float, ...]]]) -> Points:
    """A tributary's last point moved onto the river it joins, if one is near; rivers come with their boxes."""
    for end in (0, -1):
        best, reach = None, 3600.0
        x, y = points[end].tolist()
        for other, (west, south, east, north) in drawn:
            if not (west - reach < x < east + reach and south - reach < y < north + reach):
                continue
            away = np.hypot(*(other - points[end]).T)
            k = int(away.argmin())
            if away[k] < reach:
                best, reach = other[k], float(away[k])
        if best is not None:
            points = np.concatenate([best[None], points] if end == 0 else [points, best[None]])
    return points


def _to_the_shore(theatre: Theatre, points: Points) -> Points:
    """A last point nearer the water for a river that ends beside it."""
    grid = theatre.grid
    for end in (0, -1):
        cell = grid.cell_at(*points[end])
        if cell < 0:
            continue
        near = [c for c in (cell, *grid.neighbours[cell].tolist()) if c >= 0 and theatre.kind[c] != 1]
        if near:
            away = np.hypot(*(grid.centres_m[near] - points[end]).T)
            k = int(away.argmin())
            if away[k] < grid.spacing_m * 1.1:
                reach = max(0.0, (away[k] - 2600.0) / away[k])
                last = points[end] + (grid.centres_m[near[k]] - points[end]) * reach
                points = np.concatenate([last[None], points] if end == 0 else [points, last[None]])
    return points


def _meander(points: Points, name: str) -> Points:
    """A sideways bend of 0.3 km deviation, seeded by the name, none at the ends."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    way = np.concatenate([[0.0], np.cumsum(steps)])
    if way[-1] < 4000:
        return points
    seed = zlib.crc32(name.encode())
    wave = np.zeros(len(points))
    for k, length in enumerate((9200.0, 5300.0, 3700.0)):
        phase = ((seed >> (8 * k)) & 255) / 255 * 6.28318
        wave += np.sin(way / length * 6.28318 + phase) * (0.6, 0.55, 0.45)[k]
    ease = np.clip(np.minimum(way, way[-1] - way) / 4000, 0, 1)
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    bent: Points = points + across * (wave * ease * 320.0)[:, None]
    return bent


def _by_grade(course: Points, middles: Points, grade: npt.NDArray[np.uint8], line: Line) -> list[Chain]:
    """The course cut where the river's class changes."""
    away = course[:, None, :] - middles[None, :, :]
    classes = grade[(away * away).sum(axis=2).argmin(axis=1)]
    cuts = np.flatnonzero(np.diff(classes.astype(int))) + 1
    out, start = [], 0
    for stop in [*cuts.tolist(), len(course)]:
        part = course[start : min(stop + 1, len(course))]
        if len(part) > 1:
            out.append(Chain(RIVER, line.name, int(classes[start]), part))
        start = stop
    return out


def _links(
    theatre: Theatre, kind: str, lines: Sequence[Line], values: npt.NDArray[np.uint8],
    gauge: npt.NDArray[np.uint8] | None, node: Points, held: set[int],
) -> list[Chain]:  # fmt: skip
    """Chains between ends, junctions and changes of class; every link is drawn once, whatever lines share it."""
    grid = theatre.grid
    names: dict[Edge, str] = {}
    for line in lines:
        for a, b in pairwise(line.cells):
            names.setdefault((min(a, b), max(a, b)), line.name)
    classes: dict[Edge, tuple[int, int]] = {}
    for cell, direction in zip(*np.nonzero(values), strict=True):
        other = int(grid.neighbours[cell, direction])
        if other > cell:
            track = int(gauge[cell, direction]) if gauge is not None else 0
            classes[(int(cell), other)] = (int(values[cell, direction]), track)
    beside: dict[int, list[int]] = defaultdict(list)
    for a, b in classes:
        beside[a].append(b)
        beside[b].append(a)
    junctions = {c for c, others in beside.items() if len(others) != 2}
    paths = _walk(beside, junctions, classes)
    node = _eased(node, beside, junctions - held, classes)
    out: list[Chain] = []
    for cells in paths:
        points = node[cells]
        fixed = {i for i, c in enumerate(cells) if c in held or c in junctions}
        edge = (min(cells[0], cells[1]), max(cells[0], cells[1]))
        grade, track = classes[edge]
        out.append(Chain(kind, names.get(edge, ""), grade, chaikin(relax(points, fixed), 2), track))
    return out


def _eased(node: Points, beside: dict[int, list[int]], free: set[int], classes: dict[Edge, tuple[int, int]]) -> Points:
    """Junctions without a town moved towards the straight way of their best line, so that it runs through smoothly."""
    node = node.copy()
    ways: dict[int, list[int]] = {}
    for cell in sorted(free):
        grade = {c: classes[(min(cell, c), max(cell, c))][0] for c in beside[cell]}
        best = [c for c, g in grade.items() if g == max(grade.values())]
        ways[cell] = best if len(best) == 2 else list(grade)
    for _ in range(2):
        moved = {c: node[c] * 0.5 + node[others].mean(axis=0) * 0.5 for c, others in ways.items() if len(others) > 1}
        for cell, point in moved.items():
            node[cell] = point
    return node


def _walk(beside: dict[int, list[int]], junctions: set[int], classes: dict[Edge, tuple[int, int]]) -> list[list[int]]:
    """Longest chains of equal class from junction to junction; closed rings too."""
    done: set[Edge] = set()
    paths: list[list[int]] = []

    def edge(a: int, b: int) -> Edge:
        return (a, b) if a < b else (b, a)

    def follow(start: int, second: int) -> list[int]:
        path = [start, second]
        done.add(edge(start, second))
        while path[-1] not in junctions:
            here, back = path[-1], path[-2]
            ahead = [c for c in beside[here] if c != back]
            if not ahead or edge(here, ahead[0]) in done:
                break
            if classes[edge(here, ahead[0])] != classes[edge(back, here)]:
                break
            done.add(edge(here, ahead[0]))
            path.append(ahead[0])
        return path

    starts = sorted(junctions) + sorted(set(beside) - junctions)
    for start in starts:
        for second in beside[start]:
            if edge(start, second) not in done:
                paths.append(follow(start, second))
    return paths
