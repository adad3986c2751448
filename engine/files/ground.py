"""Simple questions about the ground at the start of a scenario, for the checks of authors' files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.files.faults import Fault, Severity
from engine.model.directive import Waypoint
from engine.model.scenario import Scenario
from engine.model.theatre import Strait


def flood(scenario: Scenario, open_to: npt.NDArray[np.bool_], starts: Iterable[int]) -> npt.NDArray[np.bool_]:
    """Shape (hexes,): what can be reached from `starts` over hexes where `open_to` is True.

    A start counts even where `open_to` is False; a bare strait stops the flood, a causeway or ferry does not.
    """
    near, strait = scenario.theatre.grid.neighbours, scenario.theatre.strait
    reached = np.zeros(len(open_to), bool)
    front = np.unique(np.array(list(starts), np.int32))
    reached[front] = True
    while len(front):
        there = near[front]
        passable = (there >= 0) & (strait[front] != Strait.STRAIT)
        cells = np.unique(there[passable])
        front = cells[open_to[cells] & ~reached[cells]]
        reached[front] = True
    return reached


def length_km(scenario: Scenario, points: Sequence[Waypoint]) -> float:
    """Length of a line through places, on the theatre's plane."""
    return float(sum(np.hypot(*(b - a)) for a, b in _segments(scenario, points)))


def nearest_km(scenario: Scenario, one: Sequence[Waypoint], other: Sequence[Waypoint]) -> float:
    """Shortest distance between two lines through places, sampled every 3 km or so."""
    a, b = _sampled(scenario, one), _sampled(scenario, other)
    if not len(a) or not len(b):
        return float("inf")
    return float(np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1]).min())


def _centre(scenario: Scenario, point: Waypoint) -> npt.NDArray[np.float64]:
    return np.array(scenario.theatre.project(point.lat, point.lon)) / 1000.0


def _segments(scenario: Scenario, points: Sequence[Waypoint]) -> list[tuple[npt.NDArray[np.float64], ...]]:
    centres = [_centre(scenario, point) for point in points]
    return list(pairwise(centres))


def _sampled(scenario: Scenario, points: Sequence[Waypoint]) -> npt.NDArray[np.float64]:
    parts = []
    for a, b in _segments(scenario, points):
        steps = max(2, int(np.hypot(*(b - a)) / 3.0) + 1)
        parts.append(a + (b - a) * np.linspace(0.0, 1.0, steps)[:, None])
    if not parts and len(points):
        parts = [_centre(scenario, points[0])[None, :]]
    return np.concatenate(parts) if parts else np.zeros((0, 2))


def fault_at(
    where: str, expected: str, found: str, hint: str = "", severity: Severity = "error", code: str = ""
) -> Fault:
    """A fault at a row's `file:line`."""
    file, _, line = where.rpartition(":")
    if not line.isdigit():
        file, line = where, "0"
    return Fault(file or "scenario", int(line), 1 if int(line) else 0, expected, found, hint, severity, code)
