"""Paints relief, cover and water of one chunk from the packed fields (layers 1 and 2 of the map).

A chunk is a square of the map at one pitch. The fields' cut-out is scaled by pygame, the rest is table look-ups and
thresholds in numpy, done in strips so that a frame never waits long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

import numpy as np
import numpy.typing as npt
import pygame

from ui.map.camera import CLOSE, OPERATIONAL
from ui.map.ground.fields import CELLS, SHORE_FAR_KM, TALLEST_M, Fields
from ui.theme import palette
from ui.theme.palette import Rgb

CHUNK = 512
STRIPS = 4
Plane = npt.NDArray[np.float32]
DRY, MUD, SNOW = "dry", "mud", "snow"


@dataclass(frozen=True)
class Look:
    """What a painting depends on besides the ground: pitch, tier, interface scale, state of the ground, ice."""

    pitch: int
    tier: int
    factor: float
    ground: str = DRY
    ice: bool = False


def _ramp(stops: tuple[float, ...], colours: tuple[Rgb, ...], at: Plane) -> Plane:
    """Shape (3, n): colour at each position, linear between stops."""
    return np.stack([np.interp(at, stops, [c[i] for c in colours]).astype(np.float32) for i in range(3)])


_BYTES = np.arange(256, dtype=np.float32)
_HEIGHT = _ramp(palette.HEIGHT_STOPS_M, palette.HEIGHT_TINTS, _BYTES / 255 * TALLEST_M)
_SEA = _ramp((0.0, 3.5, SHORE_FAR_KM), (palette.SEA_SHORE, palette.SEA_NEAR, palette.SEA_FAR),
             (_BYTES / 255) ** 2 * SHORE_FAR_KM)  # fmt: skip
_SHADE = (0.82 + _BYTES / 255 * 0.24).astype(np.float32)


class Painter:
    """Paints chunks of a theatre's ground."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def paint(self, i: int, j: int, look: Look) -> Iterator[pygame.Surface]:
        """Yields the unfinished surface after each strip; the last one is the chunk of column i, row j."""
        chunk = pygame.Surface((CHUNK, CHUNK), depth=32)
        scaled = [self.cut(s, i, j, look.pitch) for s in (self.fields.a, self.fields.b, self.fields.c)]
        yield chunk
        height = CHUNK // STRIPS
        for strip in range(STRIPS):
            top = strip * height
            area = (0, max(top - 1, 0), CHUNK, height + (2 if 0 < strip < STRIPS - 1 else 1))
            fields = [planes(s.subsurface(area)) for s in scaled]
            picture = _Strip(fields, look, i * CHUNK, j * CHUNK + area[1]).paint()
            first = top - area[1]
            target = pygame.surfarray.pixels3d(chunk)
            target[:, top : top + height, :] = picture[:, first : first + height, :]
            del target
            yield chunk

    def cut(self, surface: pygame.Surface, i: int, j: int, pitch: int) -> pygame.Surface:
        """The samples below the chunk, scaled to CHUNK x CHUNK pixels (edges repeat beyond the raster)."""
        step = gcd(pitch, CELLS)
        cells, pixels = CELLS // step, pitch // step
        x0, y0 = i * CHUNK // pixels, j * CHUNK // pixels
        x1, y1 = -(-(i + 1) * CHUNK // pixels), -(-(j + 1) * CHUNK // pixels)
        part = clamped(surface, x0 * cells, y0 * cells, x1 * cells + 1, y1 * cells + 1)
        wide = pygame.transform.smoothscale(part, ((x1 - x0) * pixels, (y1 - y0) * pixels))
        return wide.subsurface((i * CHUNK - x0 * pixels, j * CHUNK - y0 * pixels, CHUNK, CHUNK))


def clamped(surface: pygame.Surface, x0: int, y0: int, x1: int, y1: int) -> pygame.Surface:
    width, height = surface.get_size()
    if x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height:
        return surface.subsurface((x0, y0, x1 - x0, y1 - y0))
    pixels = pygame.surfarray.pixels3d(surface)
    columns = np.clip(np.arange(x0, x1), 0, width - 1)
    rows = np.clip(np.arange(y0, y1), 0, height - 1)
    out = pygame.Surface((x1 - x0, y1 - y0), depth=24)
    pygame.surfarray.blit_array(out, pixels[columns[:, None], rows[None, :]])
    # Beyond the raster there is no theatre: the third channel of the third surface says so.
    return out


def planes(surface: pygame.Surface) -> list[npt.NDArray[np.uint8]]:
    pixels = pygame.surfarray.pixels3d(surface)
    return [np.ascontiguousarray(pixels[:, :, c]) for c in range(3)]


class _Strip:
    """A strip of a chunk in the making: colour planes of shape (3, width, height), 0..255."""

    def __init__(self, planes: list[list[npt.NDArray[np.uint8]]], look: Look, left: int, top: int) -> None:
        (self.land, self.lake, self.height), (self.shade, self.forest, self.marsh), rest = planes
        self.town, self.shore, self.inside = rest
        self.look = look
        self.x = np.arange(left, left + self.land.shape[0])[:, None]
        self.y = np.arange(top, top + self.land.shape[1])[None, :]
        self.colour = np.empty((3, *self.land.shape), np.float32)
        # How many of a field's 256 steps one pixel spans at a clean edge (deviation 1.5 km: 0.27 a km).
        self.edge = max(3.0, 0.27 * 255 * 6 / look.pitch)

    def paint(self) -> npt.NDArray[np.uint8]:
        land = self._soft(self.land, 0.5)
        wet = 1 - land
        self.colour[:] = _HEIGHT[:, self.height]
        if land.any():
            self._cover(land)
            self._season()
            self.colour *= _SHADE[self.shade]
        if wet.any():
            self._water(wet)
        if (self.inside < 250).any():
            self._beyond()
        return np.clip(self.colour, 0, 255).astype(np.uint8).transpose(1, 2, 0)

    def _soft(self, field: npt.NDArray[np.uint8], at: float, width: float = 1.0) -> Plane:
        """1 where a field exceeds a threshold, with an edge of about one pixel."""
        table = np.clip((_BYTES - at * 255) / (self.edge * width) + 0.5, 0, 1).astype(np.float32)
        return table[field]

    def _blend(self, colour: Rgb | Plane, alpha: Plane) -> None:
        for c in range(3):
            plane = self.colour[c]
            plane += (colour[c] - plane) * alpha

    def _cover(self, land: Plane) -> None:
        look = self.look
        woods = self._soft(self.forest, 0.62)
        if woods.any():
            self._blend(palette.FOREST, woods * np.float32(0.82))
            dense = self._soft(self.forest, 0.92)
            self._blend(palette.DENSE_FOREST, dense * np.float32(0.28))
            if look.tier >= OPERATIONAL:
                step = max(1, round(look.factor))
                dots = ((self.x // step) % 6 == (self.y // step // 5 % 2) * 3) & ((self.y // step) % 5 == 0)
                self.colour *= np.where(dots & (woods > 0.9), np.float32(0.86), np.float32(1))
        wet = self._soft(self.marsh, 0.5, 2.0)
        if wet.any():
            self._blend(palette.MARSH, wet * np.float32(0.75))
            if look.tier >= OPERATIONAL:
                strokes = _strokes(self.x, self.y, look.factor)
                self._blend(palette.MARSH_STROKE, np.where(strokes & (wet > 0.7), np.float32(0.65), np.float32(0)))
        town = self._soft(self.town, 0.45, 1.5)
        if town.any():
            self._blend(palette.BUILT_UP, town * np.float32(0.6))

    def _season(self) -> None:
        look = self.look
        if look.ground == MUD:
            open_land = 1 - self._soft(self.forest, 0.62)
            self._blend(palette.MUD, open_land * np.float32(0.1))
            if look.tier >= OPERATIONAL:
                step = max(1, round(look.factor))
                row = self.y // step
                short = (row % 9 == 0) & ((self.x // step + row // 9 * 7) % 17 < 6)
                self._blend(palette.MUD, np.where(short, open_land * np.float32(0.14), np.float32(0)))
        elif look.ground == SNOW:
            woods = self._soft(self.forest, 0.62)
            self._blend(palette.SNOW, 0.75 - 0.30 * woods)

    def _water(self, wet: Plane) -> None:
        look = self.look
        sea = _SEA[:, self.shore]
        if look.ice:
            sea = sea + (np.array(palette.ICE, np.float32)[:, None, None] - sea) * np.float32(0.75)
        lake = self._soft(self.lake, 0.3, 3.0)
        for c in range(3):
            sea[c] += (palette.LAKE[c] - sea[c]) * lake
        self._blend(sea, wet)
        # The coast and three lines of water lining, in pixels from the shore.
        way = self._pixels_from_shore()
        self._blend(palette.COAST, np.clip(1.15 * look.factor - np.abs(way), 0, 1) * np.float32(0.75))
        if look.tier >= 1:
            near_shore = np.clip((4.0 - (_BYTES / 255) ** 2 * SHORE_FAR_KM) / 1.5, 0, 1)[self.shore]
            for distance, alpha in ((4.5, 0.30), (9.0, 0.18), (14.5, 0.10)):
                line = np.clip(1 - np.abs(way + distance * look.factor), 0, 1)
                self._blend(palette.COAST, line * (near_shore * np.float32(alpha)))

    def _pixels_from_shore(self) -> Plane:
        """Roughly how far a pixel lies from the drawn shore, positive on land: field over its own slope."""
        field = self.land.astype(np.float32) - 127.5
        gx = np.empty_like(field)
        gy = np.empty_like(field)
        gx[1:-1] = field[2:] - field[:-2]
        gx[0], gx[-1] = 2 * (field[1] - field[0]), 2 * (field[-1] - field[-2])
        gy[:, 1:-1] = field[:, 2:] - field[:, :-2]
        gy[:, 0], gy[:, -1] = 2 * (field[:, 1] - field[:, 0]), 2 * (field[:, -1] - field[:, -2])
        slope = np.sqrt(gx * gx + gy * gy) * np.float32(0.5)
        # The slope of the blurred step falls away from the shore; measure with the slope it had at the edge.
        reach = np.clip(np.abs(field) / 127.5, 0, 0.999)
        steep = slope / np.maximum(1 - reach * reach, 0.06)
        distance = field / np.maximum(steep, self.edge * 0.12)
        out: Plane = distance.astype(np.float32)
        return out

    def _beyond(self) -> None:
        out = 1 - np.clip((self.inside.astype(np.float32) - 120) / 16, 0, 1)
        step = max(1, round(self.look.factor))
        line = ((self.x + self.y) // step) % 8 == 0
        for c in range(3):
            ground = np.where(line, palette.OUTSIDE_LINE[c], palette.OUTSIDE[c]).astype(np.float32)
            self.colour[c] += (ground - self.colour[c]) * out


def _strokes(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], factor: float) -> npt.NDArray[np.bool_]:
    """Marsh strokes: rows 6 px apart, 9 on and 5 off, three rows staggered."""
    pitch = max(1, round(6 * factor))
    row = y // pitch
    on = ((x + (row % 3) * round(5 * factor)) % round(14 * factor)) < round(9 * factor)
    out: npt.NDArray[np.bool_] = on & (y % pitch < max(1, round(factor)))
    return out


def paint_now(painter: Painter, i: int, j: int, look: Look) -> pygame.Surface:
    """The finished chunk at once."""
    return list(painter.paint(i, j, look))[-1]


__all__ = ["CHUNK", "CLOSE", "DRY", "MUD", "SNOW", "Look", "Painter", "paint_now"]
