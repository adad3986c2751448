"""Theatres without geography: a plane of hexes for drawings, generated scenarios and tests.

The real theatres are built from real geography and loaded by `engine.files.theatre`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.hexes import Grid, opposite
from engine.model.projection import Laea
from engine.model.theatre import WATER_TERRAIN, FortifiedLine, Place, Theatre

SEA, LAND = 0, 1
PLAIN_ID = "drawn"
"""Id of every theatre made here; a recording embeds such a theatre whole."""

_PER_HEX = (
    "kind",
    "terrain",
    "elevation_m",
    "relief_dm",
    "forest_pct",
    "marsh_pct",
    "country",
    "zone",
    "depth",
    "ice",
    "coast",
)
_PER_SIDE = ("river", "river_name", "bridge", "strait", "road", "rail", "gauge", "lane", "border")
_DTYPES: Mapping[str, Any] = {
    "elevation_m": np.int16,
    "relief_dm": np.int16,
    "river_name": np.int16,
    "coast": np.bool_,
}


def plain_theatre(
    columns: int,
    rows: int,
    *,
    title: str = "drawn map",
    letter: str = "D",
    places: Sequence[Place] = (),
    lines: Sequence[FortifiedLine] = (),
    countries: Sequence[str] = ("nowhere",),
    zones: Sequence[str] = ("all",),
    arrays: Mapping[str, npt.ArrayLike] | None = None,
    spacing_m: int = 6000,
) -> Theatre:
    """A theatre of `columns` x `rows` hexes: open flat land with a road over every hexside unless told
    otherwise.

    `arrays` are any of Theatre's arrays: shape (n,) for hexes, (n, 6) for hexsides. Hexside arrays need to
    say a side only once: the larger of the two directions' values wins.
    """
    arrays = arrays or {}
    grid = Grid(columns, rows, spacing_m, 0.0, 0.0, letter)
    n = grid.size
    unknown = sorted(set(arrays) - set(_PER_HEX) - set(_PER_SIDE))
    if unknown:
        raise ValueError(f"expected arrays of a theatre, found {', '.join(unknown)}")
    made: dict[str, Any] = {}
    kind = np.full(n, LAND, np.uint8) if "kind" not in arrays else np.array(arrays["kind"], np.uint8)
    land = kind == LAND
    for name in _PER_HEX:
        made[name] = np.array(arrays.get(name, np.zeros(n)), _DTYPES.get(name, np.uint8))
    made["kind"] = kind
    made["terrain"] = np.where(land, made["terrain"], WATER_TERRAIN).astype(np.uint8)
    near = grid.neighbours
    touches = (near >= 0) & land[near] & land[:, None]
    if "coast" not in arrays:
        made["coast"] = land & ((near >= 0) & ~land[near]).any(axis=1)
    for name in _PER_SIDE:
        default = touches.astype(np.uint8) if name == "road" else np.full((n, 6), -1 if name == "river_name" else 0)
        side = np.array(arrays.get(name, default), _DTYPES.get(name, np.uint8)).reshape(n, 6)
        made[name] = _symmetric(grid, side)
    for array in made.values():
        array.flags.writeable = False
    theatre = Theatre(
        id=PLAIN_ID,
        title=title,
        letter=letter,
        grid=grid,
        plane=Laea(57.25, 26.5),
        places=tuple(places),
        lines=tuple(lines),
        river_names=("river",),
        countries=tuple(countries),
        zones=tuple(zones),
        rivers=(),
        railways=(),
        roads=(),
        lanes=(),
        waters=(),
        attribution="",
        **made,
    )
    return replace(theatre, digest=theatre_digest(theatre))


def theatre_digest(theatre: Theatre) -> str:
    """Hex digest of a plain theatre's arrays and places."""
    state = hashlib.blake2b(digest_size=16)
    grid = theatre.grid
    head = [
        grid.columns,
        grid.rows,
        grid.spacing_m,
        theatre.letter,
        [(p.id, p.cell, p.size) for p in theatre.places],
        [(line.id, line.cells, line.strength, line.ready) for line in theatre.lines],
    ]
    state.update(json.dumps(head).encode())
    for field in fields(theatre):
        value = getattr(theatre, field.name)
        if isinstance(value, np.ndarray):
            state.update(field.name.encode() + value.astype(np.int32).tobytes())
    return state.hexdigest()


def _symmetric(grid: Grid, sides: npt.NDArray[Any]) -> npt.NDArray[Any]:
    out = sides.copy()
    near = grid.neighbours
    for d in range(6):
        there = near[:, d]
        other = np.where(there >= 0, sides[there, opposite(d)], sides[:, d])
        out[:, d] = np.maximum(sides[:, d], other)
    return out
