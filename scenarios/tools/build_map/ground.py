"""Heights, relief, forest, marsh, countries and zones, and the terrain class that follows from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from .frame import Frame, read_toml
from .shores import LAND
from .sources import Sources

FOREST_CLASSES, LIGHT_WOOD, URBAN_CLASS = (1, 2, 3, 4, 5), 8, 13
RUGGED_DM = 120
FOREST_PCT, MIXED_PCT, MARSH_PCT = 50, 20, 50
URBAN_PEOPLE_K, URBAN_SHARE = 25.0, 0.45
BLEND, CLEARING, CLEARED_BESIDE, CLEARED_BY_LINE = 0.7, 0.35, 0.5, 0.4


def relief(frame: Frame, sources: Sources, land: np.ndarray, dry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean height in metres and its standard deviation in decimetres over the land pixels of each hex; `dry` hexes are land."""
    grid, west, south, east, north = sources.heights()
    lat, lon = _pixel_degrees(frame)
    row = np.clip(np.rint((north - lat) / (north - south) * (grid.shape[0] - 1)).astype(int), 0, grid.shape[0] - 1)
    column = np.clip(np.rint((lon - west) / (east - west) * (grid.shape[1] - 1)).astype(int), 0, grid.shape[1] - 1)
    z = grid[row, column]
    use = (frame.pixel_cell >= 0) & (z > -500) & land
    cell, z = frame.pixel_cell[use], z[use]
    pixels = np.bincount(cell, minlength=frame.grid.size)
    count = np.maximum(pixels, 1)
    mean = np.bincount(cell, z, frame.grid.size) / count
    spread = np.sqrt(np.maximum(0, np.bincount(cell, z * z, frame.grid.size) / count - mean**2))
    mean, spread = (_filled(frame, value, pixels > 0, dry) for value in (mean, spread))
    return np.rint(mean).astype(int), np.rint(spread * 10).astype(int)


def _filled(frame: Frame, value: np.ndarray, known: np.ndarray, dry: np.ndarray) -> np.ndarray:
    """Values of hexes; on land of which nothing was seen (a reservoir's bed, an islet) the mean of the neighbours'."""
    near = frame.grid.neighbours
    seen = (near >= 0) & known[near]
    around = np.where(seen, value[near], 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    return np.where(dry & ~known, around, value)


def _pixel_degrees(frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    x, y = frame.pixel_xy
    return frame.plane.inverse(x, y)


def cover(frame: Frame, sources: Sources, land: np.ndarray, dry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Modern forest share (light wood counts half) and built-up share of each hex's land."""
    classes = sources.land_cover()
    lat, lon = _pixel_degrees(frame)
    value = classes[np.floor((90 - lat) / 0.05).astype(int), np.floor((lon + 180) / 0.05).astype(int)]
    use = (frame.pixel_cell >= 0) & land & (value != 0)
    cell = frame.pixel_cell[use]
    pixels = np.bincount(cell, minlength=frame.grid.size)
    count = np.maximum(pixels, 1)
    wood = np.isin(value, FOREST_CLASSES) + 0.5 * (value == LIGHT_WOOD)
    forest = np.bincount(cell, wood[use], frame.grid.size) / count
    urban = np.bincount(cell, (value == URBAN_CLASS)[use], frame.grid.size) / count
    return _filled(frame, forest, pixels > 0, dry), urban


def settled(frame: Frame, cells: list[int], lines: list[list[int]]) -> np.ndarray:
    """How much clearing is to be expected: 1 at a place, less beside it and along railways and roads."""
    out = np.zeros(frame.grid.size)
    on_line = sorted({c for line in lines for c in line})
    out[on_line] = CLEARED_BY_LINE
    for cell in sorted(set(cells)):
        near = [c for c in frame.grid.neighbours[cell].tolist() if c >= 0]
        out[near] = np.maximum(out[near], CLEARED_BESIDE)
    out[sorted(set(cells))] = 1.0
    return out


def forest_of_the_time(frame: Frame, forest, clearing, country, letters: list[str], path: Path) -> np.ndarray:
    """Per cent of forest, bent so that each country's mean is that of cover.toml.

    The satellite sees whole regions as closed forest that were fields in 1940. So today's share is first blended
    with its surroundings and lessened where people lived, which gives it a slope; then a power brings the mean
    of each country down to its figure.
    """
    around = frame.grid.ring_table(2)
    wide = np.where(around >= 0, forest[around], np.nan)
    blended = BLEND * forest + (1 - BLEND) * np.nanmean(wide, axis=1)
    blended = np.clip(blended * (1 - CLEARING * clearing), 0.001, 0.999)
    bent = forest.copy()
    for area in read_toml(path)["area"]:
        here = country == letters.index(area["country"])
        if not here.any():
            continue
        low, high = 0.2, 60.0
        for _ in range(60):
            power = (low + high) / 2
            low, high = (power, high) if (blended[here] ** power).mean() > area["share"] else (low, power)
        bent[here] = blended[here] ** power
        print(
            f"  forest {area['country']}: {forest[here].mean():.2f} today, {bent[here].mean():.2f} used (power {power:.2f})"
        )
    return np.clip(np.rint(bent * 100), 0, 100).astype(int)


def ring_shares(frame: Frame, rings: list[dict], land: np.ndarray) -> np.ndarray:
    """Per cent of each hex's land under any of the rings."""
    shapes = [frame.project_shape(shapely.Polygon([(lon, lat) for lat, lon in ring["ring"]])) for ring in rings]
    mask = frame.burn(shapes).astype(bool)
    part, whole = frame.share(mask & land), frame.share(land)
    return np.rint(100 * part / np.maximum(whole, 1e-9)).astype(int).clip(0, 100)


def areas(frame: Frame, entries: list[dict], letters: list[str], default: int, key: str) -> np.ndarray:
    """Code of the last ring that holds each hex's centre."""
    out = np.full(frame.grid.size, default, int)
    c = frame.grid.centres_m
    for entry in entries:
        ring = shapely.Polygon(frame.project([(lon, lat) for lat, lon in entry["ring"]]))
        out[shapely.contains_xy(ring, c[:, 0], c[:, 1])] = letters.index(entry[key])
    return out


def terrain(kind, relief_dm, forest_pct, marsh_pct, urban) -> np.ndarray:
    """Codes 0 open, 1 mixed, 2 forest, 3 swamp, 4 rugged, 5 urban; water 255."""
    out = np.zeros(len(kind), int)
    out[forest_pct >= MIXED_PCT] = 1
    out[forest_pct >= FOREST_PCT] = 2
    out[relief_dm >= RUGGED_DM] = 4
    out[marsh_pct >= MARSH_PCT] = 3
    out[urban] = 5
    out[kind != LAND] = 255
    return out
