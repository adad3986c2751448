"""Lambert's azimuthal equal-area projection on the WGS84 ellipsoid, in both directions.

Formulas of J. P. Snyder, "Map Projections: A Working Manual" (USGS Professional Paper 1395, 1987), equations
3-11 to 3-18 and 24-17 to 24-26. Used when places are put on hexes and when positions are shown to people; no
rule of a running campaign calls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_A = 6378137.0
_F = 1 / 298.257223563
_E2 = _F * (2 - _F)
_E = float(np.sqrt(_E2))


@dataclass(frozen=True)
class Laea:
    """The plane that touches the ellipsoid at (lat, lon) degrees; x runs east and y north, in metres."""

    lat: float
    lon: float

    def describe(self) -> str:
        """The projection as a PROJ string."""
        return f"+proj=laea +lat_0={self.lat:g} +lon_0={self.lon:g} +datum=WGS84 +units=m"

    @cached_property
    def _terms(self) -> tuple[float, float, float, float, float]:
        qp = float(_q(np.asarray(np.pi / 2)))
        rq = _A * float(np.sqrt(qp / 2))
        phi1 = np.radians(self.lat)
        beta1 = float(np.arcsin(_q(np.asarray(phi1)) / qp))
        m1 = float(np.cos(phi1) / np.sqrt(1 - _E2 * np.sin(phi1) ** 2))
        d = _A * m1 / (rq * float(np.cos(beta1)))
        return qp, rq, float(np.sin(beta1)), float(np.cos(beta1)), d

    def forward(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Degrees -> metres east and north of the centre; arrays broadcast."""
        qp, rq, sin1, cos1, d = self._terms
        phi, lam = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float) - self.lon)
        sin_b = np.clip(_q(phi) / qp, -1, 1)
        cos_b = np.sqrt(1 - sin_b**2)
        b = rq * np.sqrt(2 / (1 + sin1 * sin_b + cos1 * cos_b * np.cos(lam)))
        x: Floats = b * d * cos_b * np.sin(lam)
        y: Floats = (b / d) * (cos1 * sin_b - sin1 * cos_b * np.cos(lam))
        return x, y

    def inverse(self, x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Metres east and north of the centre -> degrees (lat, lon); within 1e-9 degrees of `forward`."""
        _, rq, sin1, cos1, d = self._terms
        x, y = np.asarray(x_m, float), np.asarray(y_m, float)
        rho = np.hypot(x / d, d * y)
        ce = 2 * np.arcsin(np.clip(rho / (2 * rq), -1, 1))
        safe = np.where(rho == 0, 1.0, rho)
        sin_b = np.cos(ce) * sin1 + np.where(rho == 0, 0.0, d * y * np.sin(ce) * cos1 / safe)
        beta = np.arcsin(np.clip(sin_b, -1, 1))
        lam = np.arctan2(x * np.sin(ce), d * rho * cos1 * np.cos(ce) - d * d * y * sin1 * np.sin(ce))
        e2, e4, e6 = _E2, _E2**2, _E2**3
        phi = (
            beta
            + (e2 / 3 + 31 * e4 / 180 + 517 * e6 / 5040) * np.sin(2 * beta)
            + (23 * e4 / 360 + 251 * e6 / 3780) * np.sin(4 * beta)
            + (761 * e6 / 45360) * np.sin(6 * beta)
        )
        lat: Floats = np.degrees(phi)
        lon: Floats = np.degrees(np.where(rho == 0, 0.0, lam)) + self.lon
        return lat, lon


def _q(phi: Floats) -> Floats:
    """Snyder's q (3-12): the authalic function of the latitude in radians."""
    s = np.sin(phi)
    value: Floats = (1 - _E2) * (s / (1 - _E2 * s * s) - np.log((1 - _E * s) / (1 + _E * s)) / (2 * _E))
    return value
