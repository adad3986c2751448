"""Hex values blurred into fields on a 750-m raster: land, lakes, height, shade, forest, marsh, towns, way to the shore.

Everything the map shows of the ground comes from these fields, and they come from the hexes alone: texture inside a
hex is decoration seeded by the theatre and never suggests a hill or bend that decides anything. The finished fields
are packed as 8-bit channels of three small surfaces, which pygame scales quickly to any zoom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from ui.map.camera import Frame

if TYPE_CHECKING:
    from engine.model.theatre import Theatre

Floats = npt.NDArray[np.float32]
CELLS = 8
"""Raster cells for each hex spacing: 750 m."""
MARGIN = 2
"""Hex spacings of raster beyond the outermost centres."""
SHORE_FAR_KM = 20.0
TALLEST_M = 340.0
_KM = CELLS / 6
"""Raster cells for each kilometre."""


@dataclass(frozen=True)
class Fields:
    """Three packed surfaces of (wide * 8 + 1) x (high * 8 + 1) samples, and the hex of each sample.

    `a` holds land, lake, height; `b` shade, forest, marsh; `c` built-up ground, way to the shore, inside.
    """

    frame: Frame
    a: pygame.Surface
    b: pygame.Surface
    c: pygame.Surface
    hex_of: npt.NDArray[np.int32]
    """Shape (width, height): the hex of each sample, nearest at the edges."""


def frame_of(theatre: Theatre) -> Frame:
    """The raster's frame for a theatre."""
    grid = theatre.grid
    wide = int(np.ceil((grid.columns - 1) * 0.8660254037844386)) + 2 * MARGIN
    high = grid.rows + 2 * MARGIN
    spacing = grid.spacing_m
    return Frame(grid.x0_m - MARGIN * spacing, grid.y0_m + MARGIN * spacing, wide, high, spacing)


def make_fields(theatre: Theatre) -> Fields:
    """All fields of a theatre; some 400 ms for 24,000 hexes."""
    frame = frame_of(theatre)
    hex_of, inside = _nearest_hex(theatre, frame)
    seed = int.from_bytes(theatre.id.encode()[:4].ljust(4, b"\0"), "little")
    land = _land(theatre, hex_of, seed)
    lake = _blur((theatre.kind == 2).astype(np.float32)[hex_of], 1.3)
    shade, height = _shade(theatre, hex_of, seed)
    forest = _coarse(theatre.forest_pct.astype(np.float32) / 100, hex_of, 2.0)
    forest += 0.13 * _noise(hex_of.shape, 1.2, seed + 3) + 0.07 * _noise(hex_of.shape, 2.6, seed + 4)
    marsh = _coarse(np.maximum(theatre.marsh_pct.astype(np.float32) / 100, theatre.terrain == 3), hex_of, 2.2)
    marsh += 0.08 * _noise(hex_of.shape, 1.2, seed + 5)
    town = _blur((theatre.terrain == 5).astype(np.float32)[hex_of], 1.4)
    town += 0.06 * _noise(hex_of.shape, 1.2, seed + 6)
    shore = _shore(land, lake)
    return Fields(
        frame,
        _pack(land, lake, height / TALLEST_M),
        _pack(shade, forest, marsh),
        _pack(town, np.sqrt(shore / SHORE_FAR_KM), _blur(inside.astype(np.float32), 0.8)),
        hex_of,
    )


def _nearest_hex(theatre: Theatre, frame: Frame) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    grid = theatre.grid
    x = np.arange(frame.wide * CELLS + 1, dtype=np.float32) / CELLS - MARGIN
    y = np.arange(frame.high * CELLS + 1, dtype=np.float32) / CELLS - MARGIN
    q = np.broadcast_to((x / np.float32(0.8660254))[:, None], (len(x), len(y)))
    r = y[None, :] - q / 2
    s = -q - r
    rq, rr, rs = np.rint(q), np.rint(r), np.rint(s)
    dq, dr, ds = np.abs(rq - q), np.abs(rr - r), np.abs(rs - s)
    fix_q = (dq > dr) & (dq > ds)
    column = np.where(fix_q, -rr - rs, rq).astype(np.int32)
    row = np.where(~fix_q & (dr > ds), -rq - rs, rr).astype(np.int32) + column // 2
    inside = (column >= 0) & (column < grid.columns) & (row >= 0) & (row < grid.rows)
    return np.clip(row, 0, grid.rows - 1) * grid.columns + np.clip(column, 0, grid.columns - 1), inside


def _land(theatre: Theatre, hex_of: npt.NDArray[np.int32], seed: int) -> Floats:
    """Land share with a ragged shore; every hex centre lies on the right side of it."""
    wanted = theatre.kind == 1
    soft = _blur(np.where(wanted, np.float32(0.92), np.float32(0.08))[hex_of], 2.0)
    soft += 0.05 * _noise(hex_of.shape, 1.2, seed + 1) + 0.05 * _noise(hex_of.shape, 2.6, seed + 2)
    grid = theatre.grid
    px = np.rint(((grid.centres_m[:, 0] - grid.x0_m) / grid.spacing_m + MARGIN) * CELLS).astype(int)
    py = np.rint(((grid.y0_m - grid.centres_m[:, 1]) / grid.spacing_m + MARGIN) * CELLS).astype(int)
    at = soft[px, py]
    lift = np.where(wanted, np.maximum(0.58 - at, 0), np.minimum(0.42 - at, 0))
    for cell in np.flatnonzero(lift):
        _bump(soft, px[cell], py[cell], float(lift[cell]))
    return soft


def _bump(field: Floats, x: int, y: int, height: float) -> None:
    """A hill (or hollow) of 1.6 km deviation that brings one centre to its class."""
    reach = 5
    near = np.arange(-reach, reach + 1)
    hill = np.exp(-(near[:, None] ** 2 + near[None, :] ** 2) / (2 * (1.6 * _KM) ** 2)) * height
    x0, y0 = max(x - reach, 0), max(y - reach, 0)
    part = field[x0 : x + reach + 1, y0 : y + reach + 1]
    part += hill[x0 - x + reach :, y0 - y + reach :][: part.shape[0], : part.shape[1]].astype(np.float32)


def _shade(theatre: Theatre, hex_of: npt.NDArray[np.int32], seed: int) -> tuple[Floats, Floats]:
    """Relief shading 0..1 (0.82 dark to 1.06 bright) with light from the north-west, and the height in metres."""
    height = _coarse(theatre.elevation_m.astype(np.float32), hex_of, 3.2)
    rough = _coarse(theatre.relief_dm.astype(np.float32) / 10, hex_of, 3.0)
    texture = 0.55 * _noise(hex_of.shape, 2.6, seed + 7) + 0.35 * _noise(hex_of.shape, 1.2, seed + 8)
    texture += 0.45 * _noise(hex_of.shape, 6.0, seed + 9)
    ground = height + rough * texture * 1.5
    slope_x = np.zeros_like(ground)
    slope_y = np.zeros_like(ground)
    slope_x[1:-1] = (ground[2:] - ground[:-2]) / 2
    slope_y[:, 1:-1] = (ground[:, 2:] - ground[:, :-2]) / 2
    light = (slope_x + slope_y) * np.float32(-0.7071)  # positive where the slope faces away from the light
    light = np.where(light > 0, light * np.float32(0.006), light * np.float32(0.018))
    factor = np.clip(1 + light, 0.82, 1.06)
    return (factor - 0.82) / 0.24, np.clip(height, 0, TALLEST_M)


def _shore(land: Floats, lake: Floats) -> Floats:
    """Kilometres from the shore over the sea, by widening the land on a 1.5-km raster; 0 on land."""
    dry = (land[::2, ::2] + lake[::2, ::2]) > 0.5
    way = np.where(dry, 0, SHORE_FAR_KM).astype(np.float32)
    grown = dry
    for step in range(1, int(SHORE_FAR_KM / 1.5) + 1):
        wider = _widen(grown, diagonals=step % 2 == 0)
        way[wider & ~grown] = step * 1.5
        grown = wider
    return np.clip(_doubled(gauss(way, 1.2), land.shape), 0, SHORE_FAR_KM)


def _widen(mask: npt.NDArray[np.bool_], *, diagonals: bool) -> npt.NDArray[np.bool_]:
    """One sample wider; with the diagonals every second time the front stays close to a circle."""
    out = mask.copy()
    out[1:] |= mask[:-1]
    out[:-1] |= mask[1:]
    across = out.copy() if diagonals else mask
    out[:, 1:] |= across[:, :-1]
    out[:, :-1] |= across[:, 1:]
    return out


def _coarse(values: npt.NDArray[np.float32], hex_of: npt.NDArray[np.int32], deviation_km: float) -> Floats:
    """A wide blur, done on every second sample and interpolated: a quarter of the work, the same picture."""
    return _doubled(gauss(values[hex_of[::2, ::2]], deviation_km * _KM / 2), hex_of.shape)


def _blur(values: npt.NDArray[np.float32], deviation_km: float) -> Floats:
    return gauss(values, deviation_km * _KM)


def _doubled(half: Floats, shape: tuple[int, ...]) -> Floats:
    """Linear interpolation from every second sample to all of them."""
    wide = np.empty((shape[0], half.shape[1]), np.float32)
    wide[::2] = half
    wide[1::2] = (half[:-1] + half[1:]) / 2
    out = np.empty(shape, np.float32)
    out[:, ::2] = wide
    out[:, 1::2] = (wide[:, :-1] + wide[:, 1:]) / 2
    return out


def gauss(values: npt.NDArray[np.float32], deviation: float) -> Floats:
    """Gaussian blur of a deviation in samples, one axis after the other; the edge repeats."""
    reach = max(1, int(np.ceil(2.6 * deviation)))
    weights = np.exp(-(np.arange(reach + 1) ** 2) / (2 * deviation**2)).astype(np.float32)
    weights /= 2 * weights.sum() - weights[0]
    out = np.asarray(values, np.float32)
    for axis in (0, 1):
        padded = np.pad(out, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        length = out.shape[axis]
        part = [slice(None), slice(None)]

        def shifted(by: int, padded: Floats = padded, part: list[slice] = part, axis: int = axis,
                    length: int = length) -> Floats:  # fmt: skip
            part[axis] = slice(reach + by, reach + by + length)
            return padded[tuple(part)]

        out = shifted(0) * weights[0]
        for k in range(1, reach + 1):
            out += (shifted(k) + shifted(-k)) * weights[k]
    return out


def _noise(shape: tuple[int, ...], deviation_km: float, seed: int) -> Floats:
    """Smooth noise of unit deviation, always the same for a seed. Coarse noise is made on a coarser raster."""
    steps = deviation_km * _KM
    factor = 4 if steps > 5 else 2 if steps > 2.4 else 1
    small = tuple((n - 1) // factor + 2 for n in shape)
    rows = np.arange(small[0], dtype=np.uint32)[:, None] * np.uint32(0x9E3779B1)
    columns = np.arange(small[1], dtype=np.uint32)[None, :] * np.uint32(0x85EBCA77)
    bits = rows ^ columns ^ np.uint32(seed * 0xC2B2AE3D & 0xFFFFFFFF)
    for shift, factor_ in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        bits = (bits ^ (bits >> np.uint32(shift))) * np.uint32(factor_)
    bits ^= bits >> np.uint32(16)
    field = gauss(bits.astype(np.float32) / np.float32(2**32) - np.float32(0.5), steps / factor)
    field /= field.std()
    while factor > 1:
        field = _doubled(field, tuple(2 * n - 1 for n in field.shape))
        factor //= 2
    return field[: shape[0], : shape[1]]


def _pack(red: Floats, green: Floats, blue: Floats) -> pygame.Surface:
    surface = pygame.Surface(red.shape, depth=24)
    pixels = pygame.surfarray.pixels3d(surface)
    for channel, field in enumerate((red, green, blue)):
        pixels[:, :, channel] = np.clip(field * 255 + 0.5, 0, 255).astype(np.uint8)
    return surface
