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
ONE_RUN = ("#7F9BB8", "#D89A7C")
"""For a single run the tints of the two sides say all there is to say."""
WIDTH_PX = 940.0
Floats = npt.NDArray[np.float64]


def control_map(scenario: Scenario, share: Floats, runs: int) -> Chart:
    """``share``: for each hex of the window, in order of cell, the share of runs in which the Red Army held
    it.
    """
    grid = scenario.theatre.grid
    cells = np.flatnonzero(scenario.window)
    across = float(np.ptp(grid.centres_m[cells, 0])) / grid.spacing_m
    px = WIDTH_PX / (across + 2.5)
    scale = px / grid.spacing_m
    x = grid.centres_m[cells, 0] * scale
    y = -grid.centres_m[cells, 1] * scale
    left, top = float(x.min()) - px, float(y.min()) - px
    x, y = x - left, y - top
    width, height = float(x.max()) + px, float(y.max()) + px
    land = scenario.theatre.kind[cells] == HexKind.LAND
    parts = [f'<path fill="{WATER}" d="{_hexes(x[~land], y[~land], px)}"/>']
    step = np.minimum((share * 10).astype(int), 9)
    colours = STEPS if runs > 1 else [ONE_RUN[k // 5] for k in range(10)]
    for k, colour in enumerate(colours):
        rows = land & (step == k)
        if rows.any():
            path = _hexes(x[rows], y[rows], px)
            pattern = _pattern(k) if runs > 1 else _pattern((1, 7)[k // 5])
            parts.append(f'<path fill="{colour}" d="{path}"/>')
            if pattern:
                parts.append(f'<path fill="url(#{pattern})" d="{path}"/>')
    whole = np.full(grid.size, -1.0)
    whole[cells] = np.where(land, share, np.nan)
    at = {int(c): (float(cx), float(cy)) for c, cx, cy in zip(cells, x, y, strict=True)}
    start = scenario.owner.astype(np.float64)
    parts.append(_boundary(grid, at, px, start, "3 3", 1.2))
    parts.append(_boundary(grid, at, px, np.where(np.isnan(whole), np.nan, (whole >= 0.5) * 1.0), "", 2.0))
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


def _corners(px: float) -> list[tuple[float, float]]:
    """Corners of a flat-top hex around its centre, clockwise from north-west."""
    half, side = px / 2, px / 3**0.5
    return [
        (-side / 2, -half),
        (side / 2, -half),
        (side, 0.0),
        (side / 2, half),
        (-side / 2, half),
        (-side, 0.0),
    ]


def _hexes(x: Floats, y: Floats, px: float) -> str:
    corner = _corners(px)
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(corner)]
    tail = "l" + " ".join(f"{dx:.1f},{dy:.1f}" for dx, dy in steps) + "z"
    first = corner[0]
    return "".join(f"M{cx + first[0]:.1f},{cy + first[1]:.1f}{tail}" for cx, cy in zip(x, y, strict=True))


def _boundary(grid: Grid, at: dict[int, tuple[float, float]], px: float, value: Floats, dash: str, width: float) -> str:
    """Hexsides between cells of different value (of those that have one, 0 or above)."""
    corner = _corners(px)
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


Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


def _names(scenario: Scenario, at: dict[int, tuple[float, float]]) -> list[str]:
    """Watched places and larger towns, one name a hex, none over another."""
    names = {cell: (0, name) for name, cell in watched_places(scenario).items()}
    for place in sorted(scenario.theatre.places, key=lambda p: (-p.size, p.id)):
        if place.size >= 3:
            names.setdefault(place.cell, (4 - place.size, place.name))
    dots = [at[cell] for cell in names if cell in at]
    taken: list[Box] = [(x - 3, y - 3, x + 3, y + 3) for x, y in dots]
    parts = []
    for cell, (_, name) in sorted(names.items(), key=lambda item: (item[1][0], item[0])):
        if cell in at:
            x, y = at[cell]
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{INK}"/>')
            spot = _free_spot(x, y, 6.0 * len(name), taken)
            if spot is not None:
                taken.append(spot)
                parts.append(
                    f'<text x="{spot[0]:.1f}" y="{spot[3] - 3:.1f}" font-size="12" fill="{INK}" '
                    f'stroke="{CASING}" stroke-width="3" paint-order="stroke">{html.escape(name)}</text>'
                )
    return parts


def _free_spot(x: float, y: float, width: float, taken: list[Box]) -> Box | None:
    """Where a name of that width fits beside its dot: right, left, below, above; None if nowhere."""
    for left, top in ((x + 5, y - 8), (x - 5 - width, y - 8), (x - width / 2, y + 4), (x - width / 2, y - 19)):
        box = (left, top, left + width, top + 15)
        if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            return box
    return None
