"""Depth classes, ice classes and sea lanes."""

from __future__ import annotations

import heapq
import itertools
from pathlib import Path

import numpy as np
import shapely

from .frame import Frame, read_toml
from .shores import LAKE, LAND, SEA

DEEP, SHALLOW = 3, 2


def depth_and_ice(frame: Frame, kind: np.ndarray, path: Path) -> tuple[np.ndarray, np.ndarray, list[list[int]]]:
    """Depth class of sea hexes, ice class of all water, and the months of each ice class."""
    spec = read_toml(path)
    near = frame.grid.neighbours
    beside_land = ((near >= 0) & (kind[near] == LAND)).any(axis=1)
    depth = np.where(kind == SEA, np.where(beside_land, SHALLOW, DEEP), 0)
    c = frame.grid.centres_m
    for entry in spec["depth"]:
        ring = shapely.Polygon(frame.project([(lon, lat) for lat, lon in entry["ring"]]))
        depth[(kind == SEA) & shapely.contains_xy(ring, c[:, 0], c[:, 1])] = entry["depth"]
    ice = np.zeros(frame.grid.size, int)
    classes: list[list[int]] = []
    for entry in spec["ice"]:
        ring = shapely.Polygon(frame.project([(lon, lat) for lat, lon in entry["ring"]]))
        if entry["months"] not in classes:
            classes.append(entry["months"])
        waters = kind == LAKE if entry.get("water") == "lake" else kind != LAND
        ice[waters & shapely.contains_xy(ring, c[:, 0], c[:, 1])] = classes.index(entry["months"])
    return depth, ice, classes


def sea_lanes(frame: Frame, kind: np.ndarray, strait: np.ndarray, path: Path) -> list[dict]:
    """The shortest way over sea hexes between consecutive points of each lane; points on land move to the sea."""
    made = []
    for lane in read_toml(path)["lane"]:
        stops = [_to_sea(frame, kind, frame.cell(lon, lat)) for lat, lon in lane["points"]]
        cells = stops[:1]
        for a, b in itertools.pairwise(stops):
            cells += _sea_way(frame, kind, a, b)[1:]
        made.append({**lane, "cells": cells})
    return made


def _to_sea(frame: Frame, kind: np.ndarray, cell: int) -> int:
    for candidate in frame.grid.ring_table(3)[cell].tolist():
        if candidate >= 0 and kind[candidate] == SEA:
            return candidate
    raise SystemExit(f"no sea near {frame.grid.text(cell)}")


def _sea_way(frame: Frame, kind: np.ndarray, start: int, end: int) -> list[int]:
    grid = frame.grid
    best, back, queue = {start: 0.0}, {}, [(0.0, start)]
    a, b = grid.centres_m[start], grid.centres_m[end]
    length = max(float(np.hypot(*(b - a))), 1.0)
    while queue:
        cost, cell = heapq.heappop(queue)
        if cell == end:
            way = [end]
            while way[-1] != start:
                way.append(back[way[-1]])
            return way[::-1]
        for other in grid.neighbours[cell].tolist():
            if other < 0 or kind[other] != SEA:
                continue
            off = grid.centres_m[other] - a
            stray = abs(float((b - a)[0] * off[1] - (b - a)[1] * off[0])) / length
            new = cost + grid.spacing_m + 0.2 * stray
            if new < best.get(other, 1e18):
                best[other], back[other] = new, cell
                heapq.heappush(queue, (new, other))
    raise SystemExit(f"no way by sea from {grid.text(start)} to {grid.text(end)}")
