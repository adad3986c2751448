"""Land, lake and sea by majority of pixels; thin land kept; hand patches applied in file order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from scipy import ndimage

from .frame import PIXEL_M, Frame, read_toml
from .sources import Sources

SEA, LAND, LAKE = 0, 1, 2
OPENING = 6  # iterations at 400 m: land narrower than about 5 km counts as thin
THIN_LENGTH_M, THIN_AREA_M2, THIN_SHARE = 8000, 5e6, 0.15


def shores(frame: Frame, sources: Sources) -> tuple[np.ndarray, np.ndarray]:
    """Kind of each hex before patches, and the pixel raster (0 sea, 1 land, 2 lake)."""
    raster = np.zeros(frame.shape, np.uint8)
    lines = sources.shorelines(frame.clip_box)
    for level, value in ((1, LAND), (2, LAKE), (3, LAND), (4, LAKE)):
        frame.burn([frame.project_shape(s) for at, s in lines if at == level], raster, value)
    land, lake, sea = (frame.share(raster == value) for value in (LAND, LAKE, SEA))
    kind = np.where(land >= 0.5, LAND, np.where(lake > sea, LAKE, SEA)).astype(np.uint8)
    kind[(kind != LAND) & (frame.share(thin_land(raster == LAND)) > THIN_SHARE) & (sea > 0)] = LAND
    return kind, raster


def thin_land(land: np.ndarray) -> np.ndarray:
    """Pixels of spits and isthmuses: what a morphological opening removes, in groups of some length and area."""
    padded = np.pad(land, OPENING + 1, mode="edge")
    opened = ndimage.binary_opening(padded, iterations=OPENING)
    thin = (padded & ~opened)[OPENING + 1 : -OPENING - 1, OPENING + 1 : -OPENING - 1]
    groups, _ = ndimage.label(thin, structure=np.ones((3, 3)))
    sizes = np.bincount(groups.ravel())
    keep = np.zeros(len(sizes), bool)
    for number, window in enumerate(ndimage.find_objects(groups), 1):
        if window is None:
            continue
        length = max(s.stop - s.start for s in window) * PIXEL_M
        keep[number] = length >= THIN_LENGTH_M and sizes[number] * PIXEL_M**2 > THIN_AREA_M2
    return keep[groups]


def patch_cells(frame: Frame, patch: dict) -> list[int]:
    """Hexes of a patch given by points, a line (every hex it touches) or a ring (hexes whose centre is inside)."""
    if "points" in patch:
        return sorted({frame.cell(lon, lat) for lat, lon in patch["points"]} - {-1})
    if "line" in patch:
        return sorted(set(trace_cells(frame, patch["line"])))
    ring = shapely.Polygon(frame.project([(lon, lat) for lat, lon in patch["ring"]]))
    c = frame.grid.centres_m
    return np.flatnonzero(shapely.contains_xy(ring, c[:, 0], c[:, 1])).tolist()


def trace_cells(frame: Frame, line) -> list[int]:
    """Hexes under a line of [lat, lon] points, in order, sampled every 200 m."""
    xy = frame.project([(lon, lat) for lat, lon in line])
    path = shapely.LineString(xy)
    steps = shapely.line_interpolate_point(path, np.arange(0, path.length + 200, 200))
    cells = frame.cells_of(shapely.get_x(steps), shapely.get_y(steps))
    return [int(c) for k, c in enumerate(cells) if c >= 0 and (k == 0 or c != cells[k - 1])]


def apply_patches(frame: Frame, kind: np.ndarray, path: Path) -> list[str]:
    """Change kinds by the hand-written patches; returns one line per patch that changed nothing."""
    idle = []
    values = {"land": LAND, "water": SEA, "lake": LAKE, "drop-reservoir": LAND}
    for patch in read_toml(path)["patch"]:
        if patch["kind"] not in values:
            continue
        cells = patch_cells(frame, patch)
        if patch["kind"] == "drop-reservoir":
            cells = [c for c in cells if kind[c] == LAKE]
        if patch.get("only") == "sea":
            cells = [c for c in cells if kind[c] == SEA]
        changed = [c for c in cells if kind[c] != values[patch["kind"]]]
        if not changed:
            idle.append(f"{patch['name']}: changes nothing")
        kind[changed] = values[patch["kind"]]
        print(f"  patch {patch['name']}: {len(changed)} hexes")
    return idle
