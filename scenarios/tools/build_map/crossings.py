"""Straits, causeways and ferries: narrow water as a property of hexsides, not of hexes."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from .frame import Frame, read_toml
from .shores import LAND, trace_cells
from .sides import Sides

STRAIT, CAUSEWAY, FERRY = 1, 2, 3


def crossings(frame: Frame, sides: Sides, kind: np.ndarray, path: Path) -> tuple[np.ndarray, list[dict]]:
    """Strait code of each (hex, direction), and what was written where.

    A strait's line crosses the segments between hex centres like a river's; only sides with land on both banks
    count. A causeway or ferry opens the steps of its own line: for a causeway that is one side between two land
    hexes, for a ferry a chain of sides from land over water to land.
    """
    grid = frame.grid
    code = np.zeros((grid.size, 6), np.uint8)
    made = []
    for patch in read_toml(path)["patch"]:
        chain: list[tuple[int, int]] = []
        if patch["kind"] == "strait":
            for side in sides.crossed(frame.project([(lon, lat) for lat, lon in patch["line"]])).tolist():
                cell, direction, other = int(sides.cell[side]), int(sides.direction[side]), int(sides.other[side])
                if kind[cell] == LAND and kind[other] == LAND:
                    chain.append((cell, direction))
            value = STRAIT
        elif patch["kind"] in ("causeway", "ferry"):
            cells = trace_cells(frame, patch["line"])
            value = CAUSEWAY if patch["kind"] == "causeway" else FERRY
            for a, b in itertools.pairwise(cells):
                d = grid.neighbours[a].tolist().index(b)
                dry = kind[a] == LAND and kind[b] == LAND
                if not dry or code[a, d] == STRAIT or value == FERRY:
                    chain.append((a, d))
        else:
            continue
        if not chain:
            print(f"  {patch['kind']} {patch['name']}: changes nothing")
        for cell, direction in chain:
            code[cell, direction] = value
            code[grid.neighbours[cell, direction], (direction + 3) % 6] = value
        made.append({"name": patch["name"], "kind": patch["kind"], "chain": chain})
        print(f"  {patch['kind']} {patch['name']}: {len(chain)} hexsides")
    return code, made
