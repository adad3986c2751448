"""The layers of a printed map that the window does not show: values of hexes as tints, and lines along or between hexes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pygame

from engine.model.theatre import Line, Theatre
from ui.map.camera import Frame
from ui.map.ground.chains import chaikin, corners
from ui.theme.palette import Rgb, rgb

LAND, SEA = 1, 0
BORDER, FERRY, STRAIT, CAUSEWAY, LANE, WORKS = (
    rgb("#7A3E78"), rgb("#1E5F8A"), rgb("#B03A2E"), rgb("#6B4A1E"), rgb("#2E6E8E"), rgb("#7A2A18"),
)  # fmt: skip
_CYCLE = tuple(rgb(c) for c in ("#B7C9A8", "#D9C58B", "#C9A7A0", "#D3B99C", "#CDB6D6", "#E0B58A", "#9FC4B7", "#D6D2A0",
                                "#B9B4D4", "#E3C7B0", "#A6C28E", "#C7C7C7", "#D4A9C0", "#93B0A4"))  # fmt: skip
_GROUND = ("#EFE9D2", "#D2DDAF", "#9CBB7F", "#93C2C4", "#C9A577", "#B0584A")
_DEPTHS = ("#FFFFFF", "#DCEBF0", "#AFCDDD", "#7BA6C2")
_GAUGES = {1: ("1435 mm", rgb("#2B2B2B")), 2: ("1524 mm", rgb("#B03A2E")), 3: ("narrow", rgb("#2E6E8E"))}


@dataclass(frozen=True)
class Tint:
    """A value of each hex as a colour: the code of each hex (-1 none) and name and colour of each code."""

    code: np.ndarray
    classes: tuple[tuple[str, Rgb], ...]


def _bands(values: np.ndarray, where: np.ndarray, cuts: Sequence[int], colours: Sequence[str], unit: str) -> Tint:
    """Values of the hexes of `where` in bands between the cuts, both in the unit that the legend names."""
    code = np.where(where, np.searchsorted(cuts, values, side="right"), -1)
    names = [f"under {cuts[0]} {unit}", *(f"{a} to {b} {unit}" for a, b in pairwise(cuts)), f"over {cuts[-1]} {unit}"]
    return Tint(code, tuple((n, rgb(c)) for n, c in zip(names, colours, strict=True)))


def _named(values: np.ndarray, names: Sequence[str], where: np.ndarray, colours: Sequence[str] = ()) -> Tint:
    """Values as classes that have names; without colours of their own they get those of the cycle."""
    used = [k for k in range(len(names)) if (values[where] == k).any()]
    code = np.full(len(values), -1)
    for number, k in enumerate(used):
        code[where & (values == k)] = number
    own = [rgb(colours[k]) for k in used] if colours else [_CYCLE[i % len(_CYCLE)] for i in range(len(used))]
    return Tint(code, tuple((names[k], colour) for k, colour in zip(used, own, strict=True)))


def _ice(t: Theatre) -> Tint:
    water = t.kind != LAND
    order = sorted(range(len(t.ice_months)), key=lambda k: len(t.ice_months[k]))
    rank = np.array([order.index(k) for k in range(len(order))])
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

    def name(k: int) -> str:
        found = t.ice_months[k]
        return "no ice" if not found else f"{months[found[0] - 1]} to {months[found[-1] - 1]}"

    blues = ("#8FB3C8", "#A9C6D6", "#C3D8E2", "#D7E5EB", "#E9F1F4", "#F7FBFC", "#FFFFFF")
    return Tint(np.where(water, rank[t.ice], -1), tuple((name(k), rgb(blues[i % 7])) for i, k in enumerate(order)))


TINTS: dict[str, Callable[[Theatre], Tint]] = {
    "elevation": lambda t: _bands(t.elevation_m, t.kind == LAND, (20, 50, 100, 150, 200, 250),
                                  ("#A8C79A", "#C9D9A6", "#E8E2B0", "#E5CD94", "#D3AC78", "#B98B60", "#96694A"), "m"),
    "relief": lambda t: _bands(t.relief_dm / 10, t.kind == LAND, (3, 6, 9, 12, 20),
                               ("#EFEBDD", "#E2D8BC", "#D0BE96", "#B99C70", "#9A7850", "#704F33"), "m"),
    "forest": lambda t: _bands(t.forest_pct, t.kind == LAND, (10, 20, 35, 50, 75),
                               ("#F0EDDC", "#DDE2C2", "#C2D1A4", "#A2BB86", "#7E9F68", "#567C4B"), "%"),
    "marsh": lambda t: _bands(t.marsh_pct, t.kind == LAND, (1, 25, 50, 75),
                              ("#F0EDDC", "#D8E3DF", "#B4CFCF", "#86B0BA", "#5E8AA0"), "%"),
    "terrain": lambda t: _named(t.terrain, ("open", "mixed", "forest", "swamp", "rugged", "urban"), t.kind == LAND,
                                _GROUND),
    "country": lambda t: _named(t.country, t.countries, t.kind == LAND),
    "zone": lambda t: _named(t.zone, t.zones, np.ones(len(t.zone), bool)),
    "depth": lambda t: _named(t.depth, ("", "under 5 m: boats", "5 to 12 m: light ships", "over 12 m: all ships"),
                              t.kind == SEA, _DEPTHS),
    "ice": _ice,
}  # fmt: skip


@dataclass
class Sheet:
    """A surface with the map on it, and where a projected point lies on it."""

    theatre: Theatre
    frame: Frame
    surface: pygame.Surface
    pitch: int

    def xy(self, points: np.ndarray) -> np.ndarray:
        px, py = self.frame.pixels(points[:, 0], points[:, 1], self.pitch)
        return np.stack([px, py], axis=1)

    def line(self, points: np.ndarray, colour: Rgb, width: int, dash: tuple[float, float] | None = None) -> None:
        """A line over projected points, broken if `dash` gives lengths on and off in pixels."""
        p = self.xy(points)
        if len(p) < 2:
            return
        if dash is None:
            pygame.draw.lines(self.surface, colour, False, p.tolist(), width)
            return
        way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(p, axis=0).T))])
        for start in np.arange(0.0, way[-1], sum(dash)):
            ends = np.linspace(start, min(start + dash[0], way[-1]), 4)
            piece = np.stack([np.interp(ends, way, p[:, k]) for k in (0, 1)], axis=1)
            pygame.draw.lines(self.surface, colour, False, piece.tolist(), width)

    def thick(self, logical: float) -> int:
        return max(1, round(logical * max(1.0, self.pitch / 14)))


def tint(sheet: Sheet, layer: Tint, share: float = 0.62) -> None:
    """Fill each hex with its class's colour, the ground showing through."""
    veil = pygame.Surface(sheet.surface.get_size(), pygame.SRCALPHA)
    grid = sheet.theatre.grid
    around = corners(grid) * (1, -1) * sheet.pitch / grid.spacing_m
    centres = sheet.xy(grid.centres_m)
    alpha = round(255 * share)
    for cell in np.flatnonzero(layer.code >= 0):
        colour = layer.classes[layer.code[cell]][1]
        pygame.draw.polygon(veil, (*colour, alpha), (centres[cell] + around).tolist())
    sheet.surface.blit(veil, (0, 0))


def hexsides(sheet: Sheet, mask: np.ndarray, colour: Rgb, width: int) -> None:
    """Draw the hexsides of a mask (n, 6); each side once."""
    grid = sheet.theatre.grid
    around = corners(grid) * (1, -1) * sheet.pitch / grid.spacing_m
    centres = sheet.xy(grid.centres_m)
    # Corners run clockwise from the north-west one, so side d lies between corners d and d + 1.
    for cell, d in zip(*np.nonzero(mask[:, :3]), strict=True):
        a, b = centres[cell] + around[d % 6], centres[cell] + around[(d + 1) % 6]
        pygame.draw.line(sheet.surface, colour, a.tolist(), b.tolist(), width)


def borders(sheet: Sheet) -> None:
    hexsides(sheet, sheet.theatre.border > 0, BORDER, sheet.thick(1.2))


def smooth(theatre: Theatre, cells: Sequence[int]) -> np.ndarray:
    """A curve through hex centres, its corners cut."""
    points = theatre.grid.centres_m[list(cells)]
    return chaikin(points, 2) if len(points) > 2 else points


def lanes(sheet: Sheet) -> None:
    for lane in sheet.theatre.lanes:
        sheet.line(smooth(sheet.theatre, lane.cells), LANE, sheet.thick(1), (6.0, 5.0))


def crossings(sheet: Sheet) -> None:
    """Straits as sides, causeways and ferries as the way they take."""
    grid = sheet.theatre.grid
    for line in sheet.theatre.ferries:
        if line.kind == "strait":
            mask = np.zeros((grid.size, 6), bool)
            for c, d in _north_facing(sheet.theatre, line):
                mask[c, d] = True
            hexsides(sheet, mask, STRAIT, sheet.thick(1.6))
            continue
        ends = [*line.cells, int(grid.neighbours[line.cells[-1], line.sides[-1]])]
        ferry = line.kind == "ferry"
        sheet.line(grid.centres_m[ends], FERRY if ferry else CAUSEWAY, sheet.thick(1.6), (4.0, 3.0) if ferry else None)


def _north_facing(theatre: Theatre, line: Line) -> list[tuple[int, int]]:
    """The sides of a line as seen from the hex that has them among its first three directions."""
    out = []
    for c, d in zip(line.cells, line.sides, strict=True):
        out.append((c, d) if d < 3 else (int(theatre.grid.neighbours[c, d]), d - 3))
    return out


def works(sheet: Sheet) -> None:
    """Fortified lines as toothed curves; thicker where stronger."""
    for line in sheet.theatre.lines:
        for part in _unbroken(sheet.theatre, line.cells):
            if len(part) < 2:
                continue
            points = smooth(sheet.theatre, part)
            width = sheet.thick(0.8 + 0.4 * line.strength)
            sheet.line(points, WORKS, width)
            p = sheet.xy(points)
            way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(p, axis=0).T))])
            for at in np.arange(3.0, way[-1], max(6.0, sheet.pitch * 0.5)):
                a, b = (np.array([np.interp(at + g, way, p[:, k]) for k in (0, 1)]) for g in (-1, 1))
                along = (b - a) / max(float(np.hypot(*(b - a))), 1e-6)
                tip = (a + b) / 2 + np.array([along[1], -along[0]]) * sheet.thick(3)
                pygame.draw.line(sheet.surface, WORKS, ((a + b) / 2).tolist(), tip.tolist(), max(1, width - 1))


def _unbroken(theatre: Theatre, cells: Sequence[int]) -> list[list[int]]:
    parts: list[list[int]] = [[]]
    for cell in cells:
        if parts[-1] and int(theatre.grid.distance(parts[-1][-1], cell)) > 2:
            parts.append([])
        parts[-1].append(cell)
    return parts


def gauges(sheet: Sheet) -> None:
    """Railways coloured by gauge instead of by pattern."""
    for line in sheet.theatre.railways:
        code = {1435: 1, 1524: 2}.get(line.gauge, 3)
        sheet.line(
            smooth(sheet.theatre, line.cells),
            _GAUGES[code][1],
            sheet.thick(1.0 if code == 3 else 1.0 + 0.6 * line.grade),
        )


def ring_of(sheet: Sheet, port_t: int) -> int:
    """Radius in pixels of a port's ring: its area grows with the tons a day, and it shows around the town's sign."""
    return sheet.thick(6 + round(math.sqrt(port_t) / 16))


def bases(sheet: Sheet) -> None:
    """Ports as rings by capacity, airfields as crosses beside the place's sign, bold where they are bases."""
    arm, aside = sheet.thick(4), sheet.thick(9)
    for place in sheet.theatre.places:
        if not place.port_t and not place.airfield:
            continue
        x, y = sheet.xy(np.array([sheet.theatre.project(place.lat, place.lon)]))[0]
        if place.port_t:
            pygame.draw.circle(sheet.surface, FERRY, (x, y), ring_of(sheet, place.port_t), max(2, sheet.thick(2)))
        if place.airfield:
            at = (x - aside, y - aside)
            for dx, dy in ((arm, 0), (0, arm)):
                ends = (at[0] - dx, at[1] - dy), (at[0] + dx, at[1] + dy)
                pygame.draw.line(sheet.surface, WORKS, *ends, 1 + place.airfield)


MARKS: dict[str, tuple[Callable[[Sheet], None], tuple[tuple[str, Rgb], ...]]] = {
    "borders": (borders, (("frontier of June 1941", BORDER),)),
    "lanes": (lanes, (("sea lane", LANE),)),
    "crossings": (crossings, (("ferry", FERRY), ("causeway", CAUSEWAY), ("strait between hexes", STRAIT))),
    "lines": (works, (("fortified line", WORKS),)),
    "gauge": (gauges, tuple(_GAUGES.values())),
    "bases": (bases, (("port, tons a day", FERRY), ("airfield", WORKS))),
}
"""Layers of lines and signs: how to draw each, and its lines in the legend."""
__all__ = ["FERRY", "MARKS", "TINTS", "WORKS", "Sheet", "Tint", "ring_of", "tint"]
