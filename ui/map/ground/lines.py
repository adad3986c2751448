"""Grid, graticule, rivers, roads and railways of one chunk, as one premultiplied surface (layers 4 to 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pygame

from ui.map.camera import ARMY, CLOSE, OPERATIONAL, THEATRE, Frame
from ui.map.ground import ink
from ui.map.ground.chains import Chain, Network, corners
from ui.map.ground.ink import OVERSAMPLE, Trace, faint, solid
from ui.map.ground.relief import CHUNK, MUD, Look
from ui.theme import palette

if TYPE_CHECKING:
    from engine.core.hexes import Grid
    from engine.model.theatre import Theatre

# Widths and lengths in logical pixels by tier: theatre, army, operational, close (0 = not drawn).
RIVER_WIDTH = {1: (0.0, 1.2, 1.6, 2.2), 2: (1.4, 1.8, 2.6, 3.6), 3: (2.2, 3.0, 4.6, 6.5)}
RAIL_1435, RAIL_1524, RAIL_NARROW = (1.5, 2.5, 3.0, 4.5), (1.0, 1.5, 2.0, 2.5), (0.0, 1.0, 1.0, 1.0)
RAIL_DASH = (0.0, 5.0, 6.0, 8.0)
TICK_EVERY, TICK_HALF = (6.0, 8.0, 10.0, 14.0), (1.5, 2.0, 2.5, 4.0)
MAIN_ROAD, MAIN_CASING, OTHER_ROAD = (1.0, 2.0, 2.0, 3.0), (1.0, 3.5, 4.0, 5.5), (0.0, 1.0, 1.0, 2.0)
STANDARD_1435, BROAD_1524, NARROW = 1, 2, 3
"""Gauges as the theatre numbers them."""
RAIL_ASIDE = (0.0, 1.2, 2.2, 2.2)
GRID_SHARE = {OPERATIONAL: 0.10, CLOSE: 0.34, ARMY: 0.06}
GRATICULE_STEP = (60, 30, 30, 15)
"""Minutes of arc between graticule lines by tier."""


@dataclass
class _Seen:
    """A chain at one pitch: its box for culling, and its curve once it has been wanted."""

    chain: Chain
    box: pygame.Rect
    frame: Frame
    pitch: int
    _trace: Trace | None = None

    @property
    def trace(self) -> Trace:
        """The curve in pixels of the enlarged map."""
        if self._trace is None:
            points = self.chain.points
            px, py = self.frame.pixels(points[:, 0], points[:, 1], self.pitch * OVERSAMPLE)
            self._trace = Trace.of(np.stack([px, py], axis=1))
        return self._trace


class LinePainter:
    """Draws the lines of any chunk of a theatre; keeps the curves of the pitches in use."""

    def __init__(self, theatre: Theatre, frame: Frame, network: Network) -> None:
        self.theatre, self.frame, self.network = theatre, frame, network
        self._kept: dict[int, dict[str, list[_Seen]]] = {}
        self._corners = corners(theatre.grid)

    def paint(self, i: int, j: int, look: Look) -> Iterator[pygame.Surface]:
        """Yields after each group of lines; the last surface is the finished one."""
        area = pygame.Rect(i * CHUNK * OVERSAMPLE, j * CHUNK * OVERSAMPLE, CHUNK * OVERSAMPLE, CHUNK * OVERSAMPLE)
        big = ink.blank(CHUNK)
        seen = self._at(look.pitch)
        self._grid(big, area, look)
        self._graticule(big, area, look)
        yield big
        pen = _Pen(big, area, look)
        for group, draw in (("rivers", pen.river), ("roads", pen.road), ("rails", pen.rail)):
            pen.offset = area.topleft
            if group == "rails":  # beside a road on the same link, not over it
                aside = round(RAIL_ASIDE[look.tier] * look.factor * OVERSAMPLE)
                pen.offset = (area.left - aside, area.top - aside)
            margin = area.inflate(40 * OVERSAMPLE, 40 * OVERSAMPLE)
            near = [s for s in seen[group] if s.box.colliderect(margin)]
            for step in (0, 1):
                for item in near:
                    draw(item, item.trace.spans(margin), step)
            yield big
        yield ink.smoothed(big)

    def _at(self, pitch: int) -> dict[str, list[_Seen]]:
        if pitch not in self._kept:
            if len(self._kept) >= 4:
                self._kept.pop(next(iter(self._kept)))
            groups = {"rivers": self.network.rivers, "roads": self.network.roads, "rails": self.network.rails}
            self._kept[pitch] = {
                name: [self._seen(c, pitch) for c in sorted(chains, key=lambda c: c.grade)]
                for name, chains in groups.items()
            }
        return self._kept[pitch]

    def _seen(self, chain: Chain, pitch: int) -> _Seen:
        west, south, east, north = chain.box
        k = pitch * OVERSAMPLE / self.frame.spacing_m
        box = pygame.Rect(int((west - self.frame.west_m) * k), int((self.frame.north_m - north) * k),
                          int((east - west) * k) + 3, int((north - south) * k) + 3)  # fmt: skip
        return _Seen(chain, box, self.frame, pitch)

    def _grid(self, big: pygame.Surface, area: pygame.Rect, look: Look) -> None:
        share = GRID_SHARE.get(look.tier, 0.0)
        if not share or look.pitch < 18 * look.factor:
            return
        cells = cells_in(self.theatre.grid, self.frame, area, look.pitch * OVERSAMPLE)
        grid = self.theatre.grid
        px, py = self.frame.pixels(grid.centres_m[cells, 0], grid.centres_m[cells, 1], look.pitch * OVERSAMPLE)
        centre = np.stack([px, py], axis=1) - area.topleft
        around = self._corners * (1, -1) * look.pitch * OVERSAMPLE / grid.spacing_m
        # Three sides a hex draw the whole grid: from the north-west corner over north to the east corner.
        shape = (centre[:, None, :] + around[None, :4, :]).tolist()
        colour = faint(palette.GRID, share)
        thick = max(1, round(look.factor * OVERSAMPLE))
        for points in shape:
            pygame.draw.lines(big, colour, False, points, thick)

    def _graticule(self, big: pygame.Surface, area: pygame.Rect, look: Look) -> None:
        colour = faint(palette.GRATICULE, 0.37)
        thick = max(1, round(look.factor * OVERSAMPLE))
        for points in graticule(self.theatre, self.frame, area, look.pitch * OVERSAMPLE, GRATICULE_STEP[look.tier]):
            pygame.draw.lines(big, colour, False, (points[2] - area.topleft).tolist(), thick)


def cells_in(grid: Grid, frame: Frame, area: pygame.Rect, pitch: float) -> np.ndarray:
    """Hexes whose drawing may touch an area of map pixels."""
    west, north = frame.metres(area.left, area.top, pitch)
    east, south = frame.metres(area.right, area.bottom, pitch)
    step = grid.spacing_m * 0.8660254037844386
    q0, q1 = int((west - grid.x0_m) // step) - 1, int((east - grid.x0_m) // step) + 2
    r0, r1 = int((grid.y0_m - north) // grid.spacing_m) - 1, int((grid.y0_m - south) // grid.spacing_m) + 2
    q = np.arange(max(q0, 0), min(q1 + 1, grid.columns))
    r = np.arange(max(r0, 0), min(r1 + 1, grid.rows))
    return (r[:, None] * grid.columns + q[None, :]).ravel()


def graticule(theatre: Theatre, frame: Frame, area: pygame.Rect, pitch: float, minutes: int) -> list:
    """Lines of latitude and longitude that cross an area: (is_meridian, degrees, points in map pixels)."""
    corners_px = [(area.left, area.top), (area.right, area.top), (area.left, area.bottom), (area.right, area.bottom)]
    x, y = zip(*(frame.metres(px, py, pitch) for px, py in corners_px), strict=True)
    lat, lon = theatre.plane.inverse(np.array(x), np.array(y))
    step = minutes / 60
    lat0, lat1 = float(lat.min()) - 0.15, float(lat.max()) + 0.15
    lon0, lon1 = float(lon.min()) - 0.15, float(lon.max()) + 0.15
    out = []
    for meridian, low, high in ((True, lon0, lon1), (False, lat0, lat1)):
        for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1):
            along = np.linspace(lat0, lat1, 9) if meridian else np.linspace(lon0, lon1, 13)
            fixed = np.full(len(along), k * step)
            px, py = frame.pixels(*theatre.plane.forward(*((along, fixed) if meridian else (fixed, along))), pitch)
            out.append((meridian, k * step, np.stack([px, py], axis=1)))
    return out


class _Pen:
    """Line styles at one look, on the enlarged chunk. `step` 0 draws what lies beneath, 1 what lies on top."""

    def __init__(self, big: pygame.Surface, area: pygame.Rect, look: Look) -> None:
        self.big, self.offset, self.look = big, area.topleft, look
        self.unit = look.factor * OVERSAMPLE

    def river(self, item: _Seen, spans: ink.Spans, step: int) -> None:
        tier, unit = self.look.tier, self.unit
        width = RIVER_WIDTH[max(1, item.chain.grade)][tier]
        if not width or not spans:
            return
        major = item.chain.grade >= 2
        if step == 0 and major and tier >= ARMY:
            ink.stroke(self.big, item.trace, spans, self.offset, solid(palette.RIVER_CASING), (width + 2) * unit)
        elif step == 1:
            ink.stroke(self.big, item.trace, spans, self.offset, solid(palette.RIVER), width * unit)
            if item.chain.grade == 3 and tier >= OPERATIONAL:
                core = solid(palette.RIVER_CORE)
                ink.stroke(self.big, item.trace, spans, self.offset, core, (width - 2) * unit)

    def road(self, item: _Seen, spans: ink.Spans, step: int) -> None:
        tier, unit = self.look.tier, self.unit
        if not spans:
            return
        if item.chain.grade >= 2:
            if step == 0 and tier > THEATRE:
                casing = solid(palette.ROAD_CASING)
                ink.stroke(self.big, item.trace, spans, self.offset, casing, MAIN_CASING[tier] * unit)
            elif step == 1:
                colour = solid(palette.MAIN_ROAD)
                ink.stroke(self.big, item.trace, spans, self.offset, colour, MAIN_ROAD[tier] * unit)
        elif step == 0 and OTHER_ROAD[tier]:
            if self.look.ground == MUD:
                colour = solid(palette.MUD)
                ink.dashes(self.big, item.trace, spans, self.offset, colour, 1.5 * unit, 3 * unit, 4 * unit)
                return
            share = 0.86 if tier == CLOSE else 0.59
            colour = faint(palette.OTHER_ROAD, share)
            ink.stroke(self.big, item.trace, spans, self.offset, colour, OTHER_ROAD[tier] * unit)

    def rail(self, item: _Seen, spans: ink.Spans, step: int) -> None:
        tier, unit = self.look.tier, self.unit
        if not spans or step == 0:
            return
        dark = solid(palette.RAILWAY)
        gauge = item.chain.gauge
        if tier == THEATRE:
            if gauge != NARROW:
                ink.stroke(self.big, item.trace, spans, self.offset, dark, 1.2 * unit)
        elif gauge == BROAD_1524:
            ink.stroke(self.big, item.trace, spans, self.offset, dark, RAIL_1524[tier] * unit)
            half = TICK_HALF[tier] * unit
            ink.ticks(self.big, item.trace, spans, self.offset, dark, unit, TICK_EVERY[tier] * unit, half, half)
        elif gauge == NARROW:
            ink.stroke(self.big, item.trace, spans, self.offset, dark, RAIL_NARROW[tier] * unit)
            ink.ticks(self.big, item.trace, spans, self.offset, dark, unit, 15 * unit, 3 * unit, 0)
        else:
            width = RAIL_1435[tier] * unit
            ink.stroke(self.big, item.trace, spans, self.offset, dark, width)
            gap, length = solid(palette.RAIL_GAP), RAIL_DASH[tier] * unit
            ink.dashes(self.big, item.trace, spans, self.offset, gap, max(1.0, width - 1.4 * unit), length, length)
