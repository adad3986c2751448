"""From an author's words to a hex: names in any language, offsets from a place, degrees, polygons."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.hexes import OFF_GRID
from engine.files.faults import Report, shown
from engine.files.texts import Spot
from engine.model.directive import Waypoint
from engine.model.theatre import Theatre

_NUMBER = r"(\d+(?:\.\d+)?)"
_DEGREES = re.compile(rf"(-?{_NUMBER})[°\s,;]+(-?{_NUMBER})°?")
_COMPASS = re.compile(rf"(.+?)\s+{_NUMBER}\s*km\s+([NESW]{{1,3}})", re.IGNORECASE)
_BEARING = re.compile(rf"(.+?)\s+{_NUMBER}\s*/\s*{_NUMBER}")
_POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
KM_DEGREE = 111.195
"""Kilometres of a degree of latitude."""
MAX_OFFSET_KM = 300.0


def waypoint(text: str, theatre: Theatre, spot: Spot, report: Report) -> Waypoint | None:
    """The place that `text` means; None, with a fault, when it means none or lies off the theatre."""
    found = _parsed(text, theatre)
    if found is None:
        near = theatre.nearest_names(_name_in(text))
        hint = f"did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
        report.add(spot.fault(f"a place of theatre {theatre.id}", repr(text), hint, code="place/unknown"))
        return None
    lat, lon, cell = found
    if cell == OFF_GRID:
        report.add(
            spot.fault(
                f"a place on the map of theatre {theatre.id}",
                f"{text!r} at {lat:.3f} {lon:.3f}",
                code="place/off_map",
            )
        )
        return None
    return Waypoint(text, round(lat, 6), round(lon, 6), cell)


def placed(row: Any, theatre: Theatre, spots: dict[str, Spot], spot: Spot, report: Report) -> Waypoint | None:
    """Where a row with place, bearing_deg, distance_km, lat and lon stands; None when it says nothing."""
    degrees = (row.lat is None, row.lon is None)
    if degrees == (False, False):
        if row.bearing_deg is not None or row.distance_km is not None:
            given = spots.get("bearing_deg") or spots.get("distance_km") or spot
            report.add(given.fault("lat and lon alone, or place, bearing and distance", "both", code="place/twice"))
        cell = theatre.cell_at(row.lat, row.lon)
        if cell == OFF_GRID:
            found = f"{row.lat:g} {row.lon:g}"
            report.add(
                spots.get("lat", spot).fault(f"degrees on the map of theatre {theatre.id}", found, code="place/off_map")
            )
            return None
        return Waypoint(row.place, row.lat, row.lon, cell)
    if degrees != (True, True):
        report.add((spots.get("lat") or spots.get("lon") or spot).fault("both lat and lon", "one", code="place/half"))
        return None
    if not row.place:
        return None
    start = waypoint(row.place, theatre, spots.get("place", spot), report)
    if start is None or (row.bearing_deg is None and row.distance_km is None):
        return start
    if row.bearing_deg is None or row.distance_km is None:
        given = spots.get("bearing_deg") or spots.get("distance_km") or spot
        report.add(given.fault("both bearing_deg and distance_km", "one", code="place/half"))
        return None
    lat, lon = moved(start.lat, start.lon, row.bearing_deg, row.distance_km)
    cell = theatre.cell_at(lat, lon)
    if cell == OFF_GRID:
        found = f"{row.distance_km:g} km at {row.bearing_deg:g} degrees from {row.place}"
        report.add(
            spots.get("distance_km", spot).fault(
                f"a place on the map of theatre {theatre.id}", found, code="place/off_map"
            )
        )
        return None
    return Waypoint(f"{row.place} {row.bearing_deg:g}/{row.distance_km:g}", round(lat, 6), round(lon, 6), cell)


def moved(lat: float, lon: float, bearing_deg: float, km: float) -> tuple[float, float]:
    """The point `km` from (lat, lon) in true direction `bearing_deg`; good to 1 % for the distances authors
    write.
    """
    angle = math.radians(bearing_deg)
    north = km * math.cos(angle) / KM_DEGREE
    east = km * math.sin(angle) / (KM_DEGREE * max(0.01, math.cos(math.radians(lat + north / 2))))
    return lat + north, lon + east


def _parsed(text: str, theatre: Theatre) -> tuple[float, float, int] | None:
    words = text.strip()
    place = theatre.find_place(words) if words else None
    if place is not None:
        return place.lat, place.lon, place.cell
    match = _DEGREES.fullmatch(words)
    if match:
        lat, lon = float(match[1]), float(match[3])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            return None
        return lat, lon, theatre.cell_at(lat, lon)
    match = _COMPASS.fullmatch(words)
    if match and match[3].upper() in _POINTS:
        return _offset(match[1], _POINTS.index(match[3].upper()) * 22.5, float(match[2]), theatre)
    match = _BEARING.fullmatch(words)
    if match:
        return _offset(match[1], float(match[2]), float(match[3]), theatre)
    return None


def _offset(name: str, bearing: float, km: float, theatre: Theatre) -> tuple[float, float, int] | None:
    place = theatre.find_place(name)
    if place is None or km > MAX_OFFSET_KM or bearing > 360:
        return None
    lat, lon = moved(place.lat, place.lon, bearing, km)
    return lat, lon, theatre.cell_at(lat, lon)


def _name_in(text: str) -> str:
    for pattern in (_COMPASS, _BEARING):
        match = pattern.fullmatch(text.strip())
        if match:
            return match[1]
    return text


def inside(theatre: Theatre, polygon: Sequence[Sequence[float]]) -> npt.NDArray[np.bool_]:
    """Shape (hexes,): True where a hex's centre lies in a polygon of [lat, lon] corners (even-odd rule)."""
    lat, lon = theatre.lat_e6 / 1e6, theatre.lon_e6 / 1e6
    hit = np.zeros(len(lat), bool)
    for (lat_a, lon_a), (lat_b, lon_b) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        crosses = (lat_a > lat) != (lat_b > lat)
        if lat_a != lat_b:
            hit ^= crosses & (lon < (lon_b - lon_a) * (lat - lat_a) / (lat_b - lat_a) + lon_a)
    return hit


def boxed(theatre: Theatre, south: float, west: float, north: float, east: float) -> npt.NDArray[np.bool_]:
    """Shape (hexes,): True where a hex's centre lies in a box of degrees (edges included)."""
    lat, lon = theatre.lat_e6 / 1e6, theatre.lon_e6 / 1e6
    box: npt.NDArray[np.bool_] = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
    return box


__all__ = ["boxed", "inside", "moved", "placed", "shown", "waypoint"]
