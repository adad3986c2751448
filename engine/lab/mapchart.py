"""The map of a report: for every hex, in what share of the runs the Red Army held it at the end."""

from __future__ import annotations

import html
import itertools

import numpy as np
import numpy.typing as npt

from engine.core.hexes import Grid
from engine.lab.charts import INK, Chart
from engine.lab.outcome import watched_places
from engine.model.codes import HexKind
from engine.model.scenario import Scenario

STEPS = (
    "#2B5A8C",
    "#4674A8",
    "#7AA3C7",
    "#A9C4DA",
    "#D9E1E6",
    "#F2DEC5",
    "#F0BE92",
    "#DF9C64",
    "#D3803F",
    "#A9561C",
)
"""Ten flat steps of the probability ramp, so that a value can be read back."""
WATER, BOUNDARY, CASING = "#C2D4DE", "#1F1E1A", "#F6F3E6"
PX_PER_HEX = 11.0
Floats = npt.NDArray[np.float64]


def control_map(scenario: Scenario, share: Floats, runs: int) -> Chart:
    """``share``: for each hex of the window, in order of cell, the share of runs in which the Red Army held
    it.
    """
    grid = scenario.theatre.grid
    cells = np.flatnonzero(scenario.window)
    scale = PX_PER_HEX / grid.spacing_m
    x = grid.centres_m[cells, 0] * scale
    y = -grid.centres_m[cells, 1] * scale
    left, top = float(x.min()) - PX_PER_HEX, float(y.min()) - PX_PER_HEX
    x, y = x - left, y - top
    width, height = float(x.max()) + PX_PER_HEX, float(y.max()) + PX_PER_HEX
    land = scenario.theatre.kind[cells] == HexKind.LAND
    parts = [f'<path fill="{WATER}" d="{_hexes(x[~land], y[~land])}"/>']
    step = np.minimum((share * 10).astype(int), 9)
    for k, colour in enumerate(STEPS):
        rows = land & (step == k)
        if rows.any():
            path = _hexes(x[rows], y[rows])
            pattern = _pattern(k)
            parts.append(f'<path fill="{colour}" d="{path}"/>')
            if pattern:
                parts.append(f'<path fill="url(#{pattern})" d="{path}"/>')
    whole = np.full(grid.size, -1.0)
    whole[cells] = np.where(land, share, np.nan)
    at = {int(c): (float(px), float(py)) for c, px, py in zip(cells, x, y, strict=True)}
    start = scenario.owner.astype(np.float64)
    parts.append(_boundary(grid, at, start, "3 3", 1.2))
    parts.append(_boundary(grid, at, np.where(np.isnan(whole), np.nan, (whole >= 0.5) * 1.0), "", 2.0))
    parts += _names(scenario, at)
    title = "Who holds the ground at the end"
    words = (
        f"Share of {runs} runs in which the Red Army holds each hex at the end: blue never, brown always. "
        "Dashed: the front at the start; solid: where the chances are even."
    )
    head = f'<title id="map-t">{title}</title><desc id="map-d">{words}</desc>{_DEFINITIONS}'
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="map-t map-d">'
    return Chart("map", title, svg + head + "\n".join(parts) + "</svg>")


_DIAGONAL = 'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
_DEFINITIONS = (
    "<defs>"
    f'<pattern id="map-lines" width="6" height="6" {_DIAGONAL}>'
    '<line x1="0" y1="0" x2="0" y2="6" stroke="#1F3A57" stroke-opacity=".45"/></pattern>'
    f'<pattern id="map-lines2" width="3" height="3" {_DIAGONAL}>'
    '<line x1="0" y1="0" x2="0" y2="3" stroke="#1F3A57" stroke-opacity=".45"/></pattern>'
    '<pattern id="map-dots" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<circle cx="2" cy="2" r="1" fill="#7A2A18" fill-opacity=".55"/></pattern>'
    '<pattern id="map-dots2" width="3.5" height="3.5" patternUnits="userSpaceOnUse">'
    '<circle cx="1" cy="1" r=".9" fill="#7A2A18" fill-opacity=".55"/></pattern>'
    "</defs>"
)


def _pattern(step: int) -> str:
    """Lines where the Axis is likely, dots where the Red Army is: the map reads in grey too."""
    if step == 0:
        return "map-lines2"
    if step < 3:
        return "map-lines"
    if step == 9:
        return "map-dots2"
    return "map-dots" if step >= 7 else ""


def _corners() -> list[tuple[float, float]]:
    """Corners of a flat-top hex around its centre, clockwise from north-west."""
    half, side = PX_PER_HEX / 2, PX_PER_HEX / 3**0.5
    return [
        (-side / 2, -half),
        (side / 2, -half),
        (side, 0.0),
        (side / 2, half),
        (-side / 2, half),
        (-side, 0.0),
    ]


def _hexes(x: Floats, y: Floats) -> str:
    corner = _corners()
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(corner)]
    tail = "l" + " ".join(f"{dx:.1f},{dy:.1f}" for dx, dy in steps) + "z"
    first = corner[0]
    return "".join(f"M{px + first[0]:.1f},{py + first[1]:.1f}{tail}" for px, py in zip(x, y, strict=True))


def _boundary(grid: Grid, at: dict[int, tuple[float, float]], value: Floats, dash: str, width: float) -> str:
    """Hexsides between cells of different value (of those that have one, 0 or above)."""
    corner = _corners()
    segments = []
    for cell, (x, y) in at.items():
        for direction in range(3):
            other = int(grid.neighbours[cell, direction])
            if other not in at:
                continue
            mine, theirs = value[cell], value[other]
            if mine >= 0 and theirs >= 0 and mine != theirs:
                a, b = corner[direction], corner[(direction + 1) % 6]
                segments.append(f"M{x + a[0]:.1f},{y + a[1]:.1f}L{x + b[0]:.1f},{y + b[1]:.1f}")
    path = "".join(segments)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    casing = f'<path fill="none" stroke="{CASING}" stroke-width="{width + 2}" d="{path}"/>'
    look = f'stroke="{BOUNDARY}" stroke-width="{width}" stroke-linecap="round"{dashes}'
    line = f'<path fill="none" {look} d="{path}"/>'
    return casing + line


def _names(scenario: Scenario, at: dict[int, tuple[float, float]]) -> list[str]:
    watched = set(watched_places(scenario).values())
    parts = []
    for place in sorted(scenario.theatre.places, key=lambda p: p.id):
        if place.cell in at and (place.cell in watched or place.size >= 3):
            x, y = at[place.cell]
            name = html.escape(place.name)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{INK}"/>')
            parts.append(
                f'<text x="{x + 4:.1f}" y="{y - 3:.1f}" font-size="10" fill="{INK}" stroke="{CASING}" '
                f'stroke-width="2.5" paint-order="stroke">{name}</text>'
            )
    return parts
