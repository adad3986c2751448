"""The frame of a map: grid, projection, and the raster of small pixels that hexes are measured with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from rasterio import features
from rasterio.transform import Affine, from_origin

from engine.core.hexes import Grid
from engine.model.projection import Laea

PIXEL_M = 400
MARGIN_DEG = 1.2


def read_toml(path: Path) -> dict:
    with path.open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True)
class Frame:
    """Grid, plane and pixel raster of one theatre."""

    grid: Grid
    plane: Laea

    @classmethod
    def read(cls, folder: Path) -> Frame:
        spec = read_toml(folder / "theatre.toml")
        g = spec["grid"]
        spacing = g["spacing_m"]
        grid = Grid(g["columns"], g["rows"], spacing, -g["half_width_m"] + spacing / 3**0.5,
                    g["half_height_m"] - spacing, spec["letter"])  # fmt: skip
        return cls(grid, Laea(g["centre_lat"], g["centre_lon"]))

    def project(self, points) -> np.ndarray:
        """(k, 2) of lon, lat -> (k, 2) of x, y in metres."""
        p = np.asarray(points, float).reshape(-1, 2)
        return np.stack(self.plane.forward(p[:, 1], p[:, 0]), axis=1)

    def project_shape(self, shape):
        return shapely.transform(shape, self.project)

    def cell(self, lon: float, lat: float) -> int:
        x, y = self.plane.forward(lat, lon)
        return self.grid.cell_at(float(x), float(y))

    def cells_of(self, x, y) -> np.ndarray:
        """The hex of each projected point; off the grid -1."""
        g = self.grid
        q = (np.asarray(x) - g.x0_m) / (g.spacing_m * 0.8660254037844386)
        r = (g.y0_m - np.asarray(y)) / g.spacing_m - q / 2
        s = -q - r
        rq, rr, rs = np.rint(q), np.rint(r), np.rint(s)
        dq, dr, ds = abs(rq - q), abs(rr - r), abs(rs - s)
        first = (dq > dr) & (dq > ds)
        rq = np.where(first, -rr - rs, rq)
        rr = np.where(~first & (dr > ds), -rq - rs, rr)
        rq, rr = rq.astype(int), rr.astype(int)
        row = rr + rq // 2
        inside = (rq >= 0) & (rq < g.columns) & (row >= 0) & (row < g.rows)
        return np.where(inside, row * g.columns + rq, -1)

    @cached_property
    def bounds_m(self) -> tuple[float, float, float, float]:
        c = self.grid.centres_m
        pad = 2 * self.grid.spacing_m
        low, high = c.min(axis=0) - pad, c.max(axis=0) + pad
        return (*(np.floor(low / PIXEL_M) * PIXEL_M), *(np.ceil(high / PIXEL_M) * PIXEL_M))

    @cached_property
    def shape(self) -> tuple[int, int]:
        x0, y0, x1, y1 = self.bounds_m
        return round((y1 - y0) / PIXEL_M), round((x1 - x0) / PIXEL_M)

    @cached_property
    def affine(self) -> Affine:
        x0, _, _, y1 = self.bounds_m
        return from_origin(x0, y1, PIXEL_M, PIXEL_M)

    @cached_property
    def pixel_xy(self) -> tuple[np.ndarray, np.ndarray]:
        rows, columns = self.shape
        x0, _, _, y1 = self.bounds_m
        return np.meshgrid(x0 + (np.arange(columns) + 0.5) * PIXEL_M, y1 - (np.arange(rows) + 0.5) * PIXEL_M)

    @cached_property
    def pixel_cell(self) -> np.ndarray:
        """The hex of every pixel, -1 outside the grid."""
        return self.cells_of(*self.pixel_xy)

    @cached_property
    def pixels_per_cell(self) -> np.ndarray:
        inside = self.pixel_cell[self.pixel_cell >= 0]
        return np.bincount(inside, minlength=self.grid.size)

    def burn(self, shapes, into=None, value: int = 1) -> np.ndarray:
        """Rasterise projected shapes over `into` (a new uint8 raster of zeros if none)."""
        out = np.zeros(self.shape, np.uint8) if into is None else into
        shapes = [s for s in shapes if not s.is_empty]
        if shapes:
            features.rasterize(((s, value) for s in shapes), out=out, transform=self.affine)
        return out

    def share(self, mask: np.ndarray) -> np.ndarray:
        """Fraction of each hex's pixels under a mask."""
        hits = self.pixel_cell[mask & (self.pixel_cell >= 0)]
        return np.bincount(hits, minlength=self.grid.size) / np.maximum(self.pixels_per_cell, 1)

    @cached_property
    def clip_box(self):
        """The grid's box in lon, lat with a margin, for clipping sources."""
        c = self.grid.centres_m
        lat, lon = self.plane.inverse(c[:, 0], c[:, 1])
        return shapely.box(
            lon.min() - MARGIN_DEG, lat.min() - MARGIN_DEG, lon.max() + MARGIN_DEG, lat.max() + MARGIN_DEG
        )
