"""Rivers as unbroken chains of hexsides.

A hexside is river if the segment between its two hex centres crosses the river's line an odd number of times; so
every centre lies on one bank or the other and the chain has no holes. Each chain is then a path over hex corners,
its lower end tied to water or to the river it joins.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from scipy.spatial import cKDTree

from .drainage import Drainage
from .frame import Frame, read_toml
from .shores import LAND
from .sides import Sides
from .sources import Sources

PICK_M, NEAR_M = 8000, 3000
SMALLEST_KM2 = 500.0
CLASS_KM2 = (2000.0, 15000.0)
TIE_STEPS = 8


@dataclass
class Course:
    """One river on the hexsides: sides from source to mouth with their class."""

    entry: dict
    line: np.ndarray
    sides: list[int] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)
    corners: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def read_rivers(
    frame: Frame, sources: Sources, kind: np.ndarray, path: Path, cell_of: Callable[[str], int]
) -> tuple[list[Course], Sides]:
    """Every river of the gazetteer in file order; an earlier river keeps a side that a later one would share.

    `cell_of` finds the hex of a place, for the towns whose bank the gazetteer names.
    """
    sides, tree = Sides(frame), Drainage(frame, sources)
    natural = sources.natural_earth_rivers()
    land = (kind[sides.cell] == LAND) & (kind[sides.other] == LAND)
    wet = _wet_corners(sides, kind)
    courses: list[Course] = []
    taken: set[int] = set()
    by_name: dict[str, Course] = {}
    for entry in read_toml(path)["river"]:
        line, areas, note = _line(frame, tree, natural, entry)
        course = Course(entry, line)
        if note:
            course.notes.append(note)
        crossed = _on_their_banks(course, sides, cell_of)
        _lay(course, sides, crossed, land, wet, taken, by_name)
        course.classes = _classes(course, sides, tree, areas)
        taken.update(course.sides)
        if entry["name"] in by_name:
            course.corners |= by_name[entry["name"]].corners
        by_name[entry["name"]] = course
        courses.append(course)
        for text in course.notes:
            print(f"  river {entry['name']}: {text}")
    return courses, sides


def _wet_corners(sides: Sides, kind: np.ndarray) -> set[int]:
    """Corners that touch a sea or lake hex, or the map's border."""
    wet = (kind[sides.cell] != LAND) | (kind[sides.other] != LAND)
    border = np.flatnonzero(np.bincount(sides.corner.ravel()) < 3)
    return set(sides.corner[wet].ravel().tolist()) | set(border.tolist())


def _line(frame: Frame, tree: Drainage, natural, entry: dict):
    """The projected line from source to mouth, upstream areas along it (or None), and a complaint or ''."""
    note = ""
    areas = None
    if "line" in entry:
        line = frame.project([(lon, lat) for lat, lon in entry["line"]])
    elif "ne" in entry:
        line = _natural_line(frame, natural, entry)
    else:
        lat, lon = entry["trace"]
        expected = entry["area_here"] if "area_here" in entry else entry["area_km2"]
        line, areas, found = tree.trace(frame.project([(lon, lat)])[0], expected, entry.get("smallest", SMALLEST_KM2),
                                        entry.get("growth", 1.5), entry.get("pick_m", PICK_M))  # fmt: skip
        if not 0.75 <= found / expected <= 1.25:
            note = f"picked {found:.0f} km2 where {expected} was expected"
    for key in ("source", "mouth"):
        if key in entry:
            lat, lon = entry[key]
            line, areas = _cut(line, areas, frame.project([(lon, lat)])[0], key)
    for key, at in (("head", 0), ("tail", len(line))):
        if key in entry:
            more = frame.project([(lon, lat) for lat, lon in entry[key]])
            line = np.insert(line, at if at == 0 else len(line), more, axis=0)
            if areas is not None:
                fill = areas[0] if key == "head" else areas[-1]
                areas = np.insert(areas, 0 if key == "head" else len(areas), np.full(len(more), fill))
    return line, areas, note


def _natural_line(frame: Frame, natural, entry: dict) -> np.ndarray:
    """Parts of Natural Earth's river joined end to end and turned so that it ends at `mouth`."""
    lat, lon = entry["mouth"]
    mouth = frame.project([(lon, lat)])[0]
    parts = [frame.project(p) for name, all_parts in natural if name == entry["ne"] for p in all_parts]
    if "box" in entry:
        (south, west), (north, east) = entry["box"]
        low, high = np.sort(frame.project([(west, south), (east, north)]), axis=0)
        parts = [p for p in parts if (p >= low).all() and (p <= high).all()]
    if not parts:
        raise SystemExit(f"Natural Earth has no river {entry['ne']!r}")
    # Walk upstream from the mouth, each time taking the part with an end nearest to where we are.
    chain: list[np.ndarray] = []
    at = mouth
    while parts:
        gaps = [(min(np.hypot(*(p[0] - at)), np.hypot(*(p[-1] - at))), k) for k, p in enumerate(parts)]
        gap, k = min(gaps)
        if chain and gap > entry.get("bridge_m", 30000):
            break
        part = parts.pop(k)
        if np.hypot(*(part[0] - at)) < np.hypot(*(part[-1] - at)):
            part = part[::-1]
        chain.insert(0, part)
        at = part[0]
    return np.concatenate(chain)


def _cut(line, areas, point, key):
    """Drop what lies above a source or below a mouth."""
    path = shapely.LineString(line)
    at = path.project(shapely.Point(point))
    run = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    spot = np.asarray(path.interpolate(at).coords[0])
    if key == "source":
        keep = run > at
        line = np.concatenate([[spot], line[keep]])
        if areas is not None:
            areas = np.concatenate([areas[keep][:1], areas[keep]])
    else:
        keep = run < at
        line = np.concatenate([line[keep], [spot]])
        if areas is not None:
            areas = np.concatenate([areas[keep], areas[keep][-1:]])
    return line, areas


def _on_their_banks(course: Course, sides: Sides, cell_of: Callable[[str], int]) -> np.ndarray:
    """The sides that the line crosses, mended where a town's hex centre lies on the other bank than the town.

    Turning over all six sides of a hex leads the chain round its other half, and stays free of holes.
    """
    crossed = set(sides.crossed(course.line).tolist())
    path = shapely.LineString(course.line)
    for key, wanted in (("left", 1.0), ("right", -1.0)):
        for name in course.entry.get(key, ()):
            cell = cell_of(name)
            centre = sides.frame.grid.centres_m[cell]
            at = path.project(shapely.Point(centre))
            here, ahead = (np.array(path.interpolate(at + gap).coords[0]) for gap in (-300, 300))
            turn = (ahead - here)[0] * (centre - here)[1] - (ahead - here)[1] * (centre - here)[0]
            if turn * wanted >= 0:
                continue
            own = set(np.flatnonzero((sides.cell == cell) | (sides.other == cell)).tolist())
            if not own & crossed:
                course.notes.append(f"{name} is on the wrong bank, but not beside the river")
                continue
            course.notes.append(f"led round {name}")
            crossed ^= own
    return np.array(sorted(crossed), int)


def _lay(
    course: Course, sides: Sides, crossed: np.ndarray, land, wet: set[int], taken: set[int], by_name: dict[str, Course]
) -> None:
    """Fill in the course's sides: paths of the crossed set in order, cut where the bigger river is met, ends tied."""
    path = shapely.LineString(course.line)
    into = course.entry["into"]
    target = by_name[into].corners if into in by_name else wet
    if into not in by_name and into not in ("sea", "lake", "border"):
        raise SystemExit(f"river {course.entry['name']} joins {into!r}, which does not stand before it")
    corners: list[int] = []
    pieces = _paths(sides, crossed, path)
    flow: list[int] = []
    for piece in pieces:
        for side, corner in piece:
            flow.append(side)
            corners.append(corner)
    if not flow:
        course.notes.append("crosses no hexside")
        return
    # The corner before the first side is the source's.
    if into in by_name:
        start = sides.far_corner(flow[0], corners[0])
        for step, corner in enumerate([start, *corners]):
            if corner in target and step >= course.entry.get("from_step", 0):
                flow, corners = flow[:step], corners[:step]
                break
    dry = [(s, c) for s, c in zip(flow, corners, strict=True) if land[s]]
    if not dry:
        course.notes.append("no side with land on both banks")
        return
    end = dry[-1][1]
    tail = _tie(sides, land, end, target) if end not in target else []
    if tail is None:
        course.notes.append("its mouth reaches neither water nor the river it joins")
        tail = []
    head: list[int] = []
    first = sides.far_corner(dry[0][0], dry[0][1])
    if course.entry.get("from") == "lake" and first not in wet:
        found = _tie(sides, land, first, wet)
        if found is None:
            course.notes.append("its source does not reach the lake")
        head = (found or [])[::-1]
    course.sides = [s for s in [*head, *(s for s, _ in dry), *tail] if s not in taken]
    if len(tail) + len(head) > 3:
        course.notes.append(f"ends tied over {len(head)} + {len(tail)} sides")
    shared = sum(s in taken for s, _ in dry)
    if shared:
        course.notes.append(f"{shared} sides already belong to another river")
    for side in course.sides:
        course.corners.update(sides.corner[side].tolist())


def _paths(sides: Sides, crossed: np.ndarray, line) -> list[list[tuple[int, int]]]:
    """The open paths of a crossed set, each as (side, corner reached) downstream; closed loops are dropped."""
    inside = set(crossed.tolist())
    ends: dict[int, list[int]] = {}
    for side in inside:
        for corner in sides.corner[side].tolist():
            ends.setdefault(corner, []).append(side)
    starts = sorted(c for c, s in ends.items() if len(s) == 1)
    found = []
    used: set[int] = set()
    for start in starts:
        if ends[start][0] in used:
            continue
        piece, corner = [], start
        while True:
            nexts = [s for s in ends[corner] if s not in used]
            if not nexts:
                break
            used.add(nexts[0])
            corner = sides.far_corner(nexts[0], corner)
            piece.append((nexts[0], corner))
        run = [line.project(shapely.Point(sides.middle[s])) for s, _ in (piece[0], piece[-1])]
        first = sides.corner_xy[[start, corner]]
        ends_run = [line.project(shapely.Point(p)) for p in first] if len(piece) == 1 else run
        if ends_run[0] > ends_run[1]:
            back = [start, *[c for _, c in piece]][::-1]
            piece = list(zip([s for s, _ in piece][::-1], back[1:], strict=True))
        found.append((min(ends_run), piece))
    return [piece for _, piece in sorted(found, key=lambda item: item[0])]


def _tie(sides: Sides, land, start: int, target: set[int]) -> list[int] | None:
    """The shortest way over hexsides with land on both banks from a corner to a set of corners."""
    back: dict[int, tuple[int, int]] = {start: (-1, -1)}
    queue = deque([(start, 0)])
    while queue:
        corner, steps = queue.popleft()
        if corner in target:
            way = []
            while corner != start:
                side, corner = back[corner]
                way.append(side)
            return way[::-1]
        if steps >= TIE_STEPS:
            continue
        for side in sides.at_corner[corner]:
            following = sides.far_corner(side, corner)
            if land[side] and following not in back:
                back[following] = (side, corner)
                queue.append((following, steps + 1))
    return None


def _classes(course: Course, sides: Sides, tree: Drainage, areas) -> list[int]:
    """Class of each side by the basin above it; never falling downstream, never above the basin at the mouth."""
    if "class" in course.entry:
        return [course.entry["class"]] * len(course.sides)
    if not course.sides:
        return []
    cap = course.entry["area_km2"]
    middle = sides.middle[course.sides]
    if areas is not None:
        nearest = cKDTree(course.line).query(middle)[1]
        size = np.minimum(areas[nearest], cap)
    else:
        near = tree.middle_tree.query_ball_point(middle, NEAR_M)
        size = np.array([max((tree.area[s] for s in found), default=0) for found in near])
        size = np.minimum(size, cap)
    size = np.maximum.accumulate(size)
    return [1 + int(a >= CLASS_KM2[0]) + int(a >= CLASS_KM2[1]) for a in size]
