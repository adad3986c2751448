"""Compiled passes by which the front is cut among headquarters: how far its hexes lie from each, and whose they are."""

from __future__ import annotations

from typing import Any

from engine.core.hexes import steps_between
from engine.core.jit import jit


@jit
def metres_from_places(axial: Any, rim: Any, places: Any, ends: Any, rows: Any, spacing: int, metres: Any) -> None:
    """Fill rows ``rows`` of ``metres`` (claimants, rim) with the way to the nearest of ``places[ends[i] : ends[i + 1]]``."""
    for i in range(len(rows)):
        for j in range(len(rim)):
            here, best = rim[j], -1
            for k in range(ends[i], ends[i + 1]):
                apart = steps_between(axial, here, places[k])
                if best < 0 or apart < best:
                    best = apart
            metres[rows[i], j] = best * spacing


@jit
def claim(metres: Any, home: Any, claimants: Any, part: Any, rim: Any, never: int, owner: Any, least: Any) -> None:
    """Give each hex of the rim to the claimant on its piece of land that is nearest, the first of equals; -1 to nobody."""
    for j in range(len(rim)):
        here, best, at = part[rim[j]], never, -1
        for k in range(len(claimants)):
            if home[k] == here and metres[k, j] < best:
                best, at = metres[k, j], k
        owner[j], least[j] = claimants[at] if at >= 0 else -1, best
