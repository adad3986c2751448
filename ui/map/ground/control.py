"""Who holds the ground: tint and texture by distance from the front, and the front as a curve (layers 3 and 12).

The front runs along hexsides between land hexes of different owners, smoothed like a river; the Axis lies to its
left. Tint is strongest at the front and fades with depth, so that the country behind stays plain map.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from ui.map.camera import OPERATIONAL, THEATRE, Frame
from ui.map.ground import ink
from ui.map.ground.chains import chaikin, corners
from ui.map.ground.fields import CELLS, Fields, gauss
from ui.map.ground.ink import OVERSAMPLE, Trace, solid
from ui.map.ground.relief import CHUNK, Look, Painter, clamped, planes
from ui.theme import palette
from ui.theme.palette import SideSet

if TYPE_CHECKING:
    from engine.core.hexes import Grid
    from engine.model.theatre import Theatre

Owners = npt.NDArray[np.int8]
RASTER = 2
"""Samples of the fields for each sample of the control raster: 1.5 km."""
FADE_KM = (34.0, 20.0, 20.0, 20.0)
TEXTURE_KM = 16.0
AT_FRONT, IN_DEPTH = 0.30, 0.09
FAR_KM = 42.0
FRONT_WIDTH = (0.8, 0.9, 1.0, 1.35)


@dataclass(frozen=True)
class Control:
    """Ownership of one version: raster for the tint, curves of the front."""

    version: int
    owner: Owners
    raster: pygame.Surface
    """Side (0 Axis, 255 Soviet), kilometres from the front, inside the scenario's window."""
    front: tuple[npt.NDArray[np.float64], ...]


class ControlMap:
    """Follows ownership from version to version and remakes only what lies near a changed hex."""

    def __init__(self, theatre: Theatre, fields: Fields, window: npt.NDArray[np.bool_] | None = None) -> None:
        self.theatre, self.frame, self.fields = theatre, fields.frame, fields
        self.window = np.ones(theatre.grid.size, bool) if window is None else window
        self._hex_of = fields.hex_of[::RASTER, ::RASTER]
        self._blank = np.full(theatre.grid.size, -1, np.int8)
        inside = pygame.surfarray.pixels3d(fields.c)[::RASTER, ::RASTER, 2].astype(np.float32) / 255
        self._window_plane = gauss(self.window.astype(np.float32)[self._hex_of], 0.8) * inside
        self._around = corners(theatre.grid)
        self.current = self._make(0, self._blank)

    def update(self, owner: Owners) -> npt.NDArray[np.int64]:
        """Take new owners over; returns the hexes whose picture may have changed (empty: the same owners)."""
        changed = np.flatnonzero(owner != self.current.owner)
        if len(changed):
            self.current = self._make(self.current.version + 1, owner.copy())
        return changed

    def _make(self, version: int, owner: Owners) -> Control:
        grid = self.theatre.grid
        side = spread(grid, owner)
        away = distance_from_front(grid, owner)
        plane = gauss((side == 1).astype(np.float32)[self._hex_of], 1.0)
        depth = gauss(np.minimum(away, FAR_KM)[self._hex_of], 1.6)
        surface = pygame.Surface(plane.shape, depth=24)
        pixels = pygame.surfarray.pixels3d(surface)
        pixels[:, :, 0] = np.clip(plane * 255 + 0.5, 0, 255).astype(np.uint8)
        pixels[:, :, 1] = np.clip(depth / FAR_KM * 255 + 0.5, 0, 255).astype(np.uint8)
        pixels[:, :, 2] = np.clip(self._window_plane * 255 + 0.5, 0, 255).astype(np.uint8)
        del pixels
        return Control(version, owner, surface, tuple(front_lines(grid, owner, self._around)))


def spread(grid: Grid, owner: Owners) -> Owners:
    """Owners with unowned hexes (water, beyond the window) given to the nearest side, some hexes deep."""
    side = owner.copy()
    near = grid.neighbours
    for _ in range(4):
        free = np.flatnonzero(side < 0)
        around = np.where(near[free] >= 0, side[near[free]], -1)
        ones, zeros = (around == 1).sum(axis=1), (around == 0).sum(axis=1)
        side[free] = np.where(ones + zeros == 0, -1, (ones > zeros).astype(np.int8))
    return side


def distance_from_front(grid: Grid, owner: Owners) -> npt.NDArray[np.float32]:
    """Kilometres from each hex to the nearest front hexside, by rings of hexes; FAR_KM at most."""
    near = grid.neighbours
    beside = np.where(near >= 0, owner[near], -1)
    contact = ((beside >= 0) & (beside != owner[:, None])).any(axis=1) & (owner >= 0)
    away = np.full(grid.size, FAR_KM, np.float32)
    away[contact] = 1.5
    reached = contact
    for ring in range(1, int(FAR_KM / 6)):
        wider = reached.copy()
        around = near[np.flatnonzero(reached)].ravel()
        wider[around[around >= 0]] = True
        away[wider & ~reached] = 1.5 + 6 * ring
        reached = wider
    return away


def front_sides(grid: Grid, owner: Owners) -> npt.NDArray[np.int64]:
    """Shape (n, 2): (hex, direction) of each front hexside, seen from the Axis hex."""
    near = grid.neighbours
    other = np.where(near >= 0, owner[near], -1)
    return np.argwhere((owner == 0)[:, None] & (other == 1))


def front_lines(grid: Grid, owner: Owners, around: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """The front as smooth curves in metres; the Axis lies on the left of the way they run."""
    sides = front_sides(grid, owner)
    if not len(sides):
        return []
    # Going clockwise round the Axis hex along its side keeps the hex on the right; run the other way.
    start = grid.centres_m[sides[:, 0]] + around[(sides[:, 1] + 1) % 6]
    stop = grid.centres_m[sides[:, 0]] + around[sides[:, 1]]
    middle = (start + stop) / 2

    def key(p: npt.NDArray[np.float64]) -> tuple[int, int]:
        return round(float(p[0]) / 200), round(float(p[1]) / 200)

    begins: dict[tuple[int, int], list[int]] = {}
    ends: dict[tuple[int, int], int] = {}
    for k in range(len(sides)):
        begins.setdefault(key(start[k]), []).append(k)
        ends[key(stop[k])] = k
    used: set[int] = set()

    def chain(first: int) -> list[int]:
        run = [first]
        used.add(first)
        while True:
            ahead = [k for k in begins.get(key(stop[run[-1]]), []) if k not in used]
            if not ahead:
                return run
            run.append(ahead[0])
            used.add(ahead[0])

    lines = []
    order = [k for k in range(len(sides)) if key(start[k]) not in ends] + list(range(len(sides)))
    for first in order:
        if first in used:
            continue
        run = chain(first)
        points = middle[run]
        if key(stop[run[-1]]) == key(start[run[0]]):
            points = np.concatenate([points, points[:1]])
        else:
            points = np.concatenate([start[run[0]][None], points, stop[run[-1]][None]])
        lines.append(chaikin(points, 3))
    return lines


def tint(chunk: pygame.Surface, painter: Painter, control: Control, i: int, j: int, look: Look,
         sides: SideSet) -> None:  # fmt: skip
    """Lay tint and texture of both sides over a chunk's ground, on land only; veil what lies outside the window."""
    side, depth, window = planes(_cut(control.raster, i, j, look.pitch))
    if window.min() < 250:
        _veil(chunk, window)
    if not (control.owner >= 0).any():
        return
    land = planes(painter.cut(painter.fields.a, i, j, look.pitch))[0]
    lines, dots = _weaves(look.factor)
    soviet = side > 127
    weave = np.where(soviet, _part(dots, i, j), _part(lines, i, j))
    # One table holds every mixture of side, texture and depth as premultiplied colour: one look-up, one blit.
    index = depth.astype(np.uint16)
    index |= weave.astype(np.uint16) << 8
    index |= soviet.astype(np.uint16) << 9
    index[(land < 128) | (window < 100)] = 1024
    layer = pygame.Surface((CHUNK, CHUNK), pygame.SRCALPHA)
    pygame.surfarray.pixels2d(layer)[:] = _mixtures(look.tier, sides, layer.get_masks())[index]
    chunk.blit(layer, (0, 0), special_flags=pygame.BLEND_PREMULTIPLIED)


def _veil(chunk: pygame.Surface, window: npt.NDArray[np.uint8]) -> None:
    layer = pygame.Surface((CHUNK, CHUNK), pygame.SRCALPHA)
    layer.fill((*palette.OUTSIDE, 255))
    pygame.surfarray.pixels_alpha(layer)[:] = _VEIL[window]
    chunk.blit(layer, (0, 0))


_VEIL = (np.clip((170 - np.arange(256)) / 100, 0, 1) * 0.55 * 255).astype(np.uint8)
"""Opacity of the veil over what lies outside the scenario's window, by the window's field."""


@lru_cache(maxsize=16)
def _mixtures(tier: int, sides: SideSet, masks: tuple[int, int, int, int]) -> npt.NDArray[np.uint32]:
    """Premultiplied pixels by depth (0..255), plus 256 for texture, plus 512 for the Soviet side; 1024 is nothing."""
    steps = np.arange(256) / 255 * FAR_KM
    near = np.clip(1 - steps / FADE_KM[tier], 0, 1)
    alpha = np.where(steps > FAR_KM - 1, IN_DEPTH, IN_DEPTH + (AT_FRONT - IN_DEPTH) * near)
    grain = np.clip(1 - steps / TEXTURE_KM, 0, 1) * 0.42
    shifts = [(mask & -mask).bit_length() - 1 for mask in masks]
    table = np.zeros(1025, np.uint32)
    for side in (0, 1):
        for weave in (0, 1):
            cover = alpha + (1 - alpha) * grain * weave  # the texture lies over the tint
            pixel = np.rint(cover * 255).astype(np.uint32) << shifts[3]
            for c in range(3):
                value = sides.tints[side][c] * alpha * (1 - grain * weave) + sides.lines[side][c] * grain * weave
                pixel |= np.rint(value).astype(np.uint32) << shifts[c]
            table[side * 512 + weave * 256 :][:256] = pixel
    return table


@lru_cache(maxsize=8)
def _weaves(factor: float) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Axis lines at 45 degrees and Soviet dots, some periods wider than a chunk; see `_part`."""
    every, dot, thick = max(5, round(9 * factor)), max(4, round(7 * factor)), max(1, round(factor))
    x, y = np.arange(CHUNK + every)[:, None], np.arange(CHUNK + every)[None, :]
    lines = (x + y) % every < thick
    x, y = np.arange(CHUNK + 2 * dot)[:, None], np.arange(CHUNK + 2 * dot)[None, :]
    dots = ((x + (y // dot % 2) * (dot // 2)) % dot < max(2, round(2 * factor))) & (y % dot < thick)
    return lines, dots


def _part(weave: npt.NDArray[np.bool_], i: int, j: int) -> npt.NDArray[np.bool_]:
    """The piece of a texture that continues the neighbouring chunks'."""
    period = weave.shape[0] - CHUNK
    x, y = i * CHUNK % period, j * CHUNK % period
    return weave[x : x + CHUNK, y : y + CHUNK]


def _cut(raster: pygame.Surface, i: int, j: int, pitch: int) -> pygame.Surface:
    """The control raster below a chunk, scaled to its pixels."""
    per = CELLS // RASTER
    x0, y0 = i * CHUNK // pitch, j * CHUNK // pitch
    x1, y1 = -(-(i + 1) * CHUNK // pitch), -(-(j + 1) * CHUNK // pitch)
    part = clamped(raster, x0 * per, y0 * per, x1 * per + 1, y1 * per + 1)
    wide = pygame.transform.smoothscale(part, ((x1 - x0) * pitch, (y1 - y0) * pitch))
    return wide.subsurface((i * CHUNK - x0 * pitch, j * CHUNK - y0 * pitch, CHUNK, CHUNK))


class FrontPainter:
    """Draws the front on chunks: a casing, two traces, ticks into the Axis rear, triangles into the Soviet rear."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._kept: dict[tuple[int, int], list[tuple[Trace, pygame.Rect]]] = {}

    def paint(self, chunk: pygame.Surface, control: Control, i: int, j: int, look: Look, sides: SideSet) -> None:
        """Draw what lies in the chunk, if anything does."""
        area = pygame.Rect(i * CHUNK * OVERSAMPLE, j * CHUNK * OVERSAMPLE, CHUNK * OVERSAMPLE, CHUNK * OVERSAMPLE)
        margin = area.inflate(60 * OVERSAMPLE, 60 * OVERSAMPLE)
        near = [t for t, box in self._traces(control, look.pitch) if box.colliderect(margin)]
        runs = [(t, spans) for t in near if (spans := t.spans(margin))]
        if not runs:
            return
        big = ink.blank(CHUNK)
        draw_front(big, runs, area.topleft, look.factor * OVERSAMPLE * FRONT_WIDTH[look.tier], sides,
                   marks=look.tier > THEATRE or look.pitch >= 8)  # fmt: skip
        chunk.blit(ink.smoothed(big), (0, 0), special_flags=pygame.BLEND_PREMULTIPLIED)

    def _traces(self, control: Control, pitch: int) -> list[tuple[Trace, pygame.Rect]]:
        key = (control.version, pitch)
        if key not in self._kept:
            while len(self._kept) >= 3:
                self._kept.pop(next(iter(self._kept)))
            out = []
            for points in control.front:
                px, py = self.frame.pixels(points[:, 0], points[:, 1], pitch * OVERSAMPLE)
                trace = Trace.of(np.stack([px, py], axis=1))
                low, high = trace.points.min(axis=0), trace.points.max(axis=0)
                box = pygame.Rect(int(low[0]), int(low[1]), int(high[0] - low[0]) + 2, int(high[1] - low[1]) + 2)
                out.append((trace, box))
            self._kept[key] = out
        return self._kept[key]


def draw_front(surface: pygame.Surface, runs: list[tuple[Trace, ink.Spans]], offset: tuple[int, int], unit: float,
               sides: SideSet, *, marks: bool = True) -> None:  # fmt: skip
    """The front in the style of the map; `unit` is the pixels of one logical pixel times the tier's width."""
    axis, soviet = solid(sides.lines[0]), solid(sides.lines[1])
    for trace, spans in runs:
        ink.stroke(surface, trace, spans, offset, ink.faint(palette.PLACE_HALO, 0.84), 7 * unit)
    for trace, spans in runs:
        if marks:
            left = trace.shifted(1.3 * unit)
            ink.ticks(surface, left, spans, offset, axis, 1.3 * unit, 9 * unit, 5.2 * unit, 0)
            right = trace.shifted(-1.3 * unit)
            ink.triangles(surface, right, spans, offset, soviet, 12 * unit, 6 * unit, -5.2 * unit)
        ink.stroke(surface, trace.shifted(1.2 * unit), spans, offset, axis, 2 * unit)
        ink.stroke(surface, trace.shifted(-1.2 * unit), spans, offset, soviet, 2 * unit)


__all__ = ["OPERATIONAL", "Control", "ControlMap", "FrontPainter", "draw_front", "front_lines", "tint"]
