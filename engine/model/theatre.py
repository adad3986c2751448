"""The theatre: real geography on hexes, the same for every scenario that is fought on it.

Built by `scenarios/tools/build_map` and read by `engine.files.theatre`. A scenario's window is a mask over a
theatre and never renumbers it. All arrays are read-only. Values on hexsides are symmetric: what (hex, direction)
says, the neighbour's opposite direction says too.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.core.hexes import OFF_GRID, Grid
from engine.model.codes import HexKind, plain
from engine.model.projection import Laea

Bytes = npt.NDArray[np.uint8]
Shorts = npt.NDArray[np.int16]
Ints = npt.NDArray[np.int32]

WATER_TERRAIN = 255
"""Terrain code of hexes that are sea or lake."""
BRIDGE_ROAD, BRIDGE_RAIL = 1, 2
NO_NAME = -1
_SEA, _LAND = int(HexKind.SEA), int(HexKind.LAND)


@plain
class River(IntEnum):
    """Class of a river on a hexside, by the basin above it: under 2,000, under 15,000, over 15,000 km2."""

    NONE = 0
    STREAM = 1
    RIVER = 2
    MAJOR = 3


@plain
class Strait(IntEnum):
    """Narrow water on a hexside: ships pass along a strait, troops pass a causeway or take the ferry."""

    NONE = 0
    STRAIT = 1
    CAUSEWAY = 2
    FERRY = 3


@plain
class Road(IntEnum):
    NONE = 0
    ROAD = 1
    HIGHWAY = 2


@plain
class Gauge(IntEnum):
    """Railway gauge of a hexside at the scenario's start; conversion changes it in the world, not here."""

    NONE = 0
    STANDARD_1435 = 1
    BROAD_1524 = 2
    NARROW = 3


@plain
class Depth(IntEnum):
    """Least depth that matters to ships: boats only, light ships to destroyers, cruisers and larger."""

    LAND = 0
    SHOAL = 1
    SHALLOW = 2
    DEEP = 3


@dataclass(frozen=True)
class Place:
    """A named place. `size` 0 is a village or farm, 1 a small town, ... 4 a capital or a city above 150,000.

    `names` holds other names by language (de, ru, et, lv, lt, local); `port_t` is the port's capacity in tonnes a
    day; `airfield` is 0 none, 1 field strip, 2 air base; `victory` are points for scenarios that name none.
    """

    id: str
    name: str
    names: Mapping[str, str]
    lat: float
    lon: float
    cell: int
    size: int
    port_t: int = 0
    airfield: int = 0
    victory: int = 0
    source: str = ""


@dataclass(frozen=True)
class FortifiedLine:
    """A prepared position: hexes from end to end, strength 1..4 (field works ... permanent), and when it was ready.

    `ready` is an ISO date; `side` built it. `known` is the date from which the other side knows its course; blank: it
    learns of it by standing before it.
    """

    id: str
    name: str
    names: Mapping[str, str]
    cells: tuple[int, ...]
    strength: int
    ready: str
    side: str
    source: str
    grade: str = "estimate"
    note: str = ""
    known: str = ""

    def seen_by(self, side: str, date: str, near_own: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which of its cells a side knows on an ISO date.

        Shape (cells,). ``near_own``: the hexes of its own ground and those that its patrols reach from there.
        """
        cells = np.asarray(self.cells, dtype=np.int64)
        if date < self.ready:
            return np.zeros(len(cells), bool)
        if side == self.side or (self.known and date >= self.known):
            return np.ones(len(cells), bool)
        found: npt.NDArray[np.bool_] = near_own[cells]
        return found


@dataclass(frozen=True)
class Line:
    """A railway, road, river or sea lane as it runs: cells in order, for drawing, routing and tooltips.

    For a river `cells` and `sides` give its hexsides from source to mouth; for the rest `sides` is empty.
    `grade` holds tracks (railway) or class (road, river; the highest).
    """

    name: str
    kind: str
    cells: tuple[int, ...]
    sides: tuple[int, ...] = ()
    grade: int = 0
    gauge: int = 0
    source: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """Other names by language, as of a place; `/` between several of one language."""


@dataclass(frozen=True)
class Theatre:
    """Everything that is known of the ground. Arrays are indexed by cell, or by (cell, direction).

    Units: elevation in metres, relief (standard deviation of heights in the hex) in decimetres, forest in per cent.
    """

    id: str
    title: str
    letter: str
    grid: Grid
    plane: Laea
    kind: Bytes
    terrain: Bytes
    elevation_m: Shorts
    relief_dm: Shorts
    forest_pct: Bytes
    marsh_pct: Bytes
    country: Bytes
    zone: Bytes
    depth: Bytes
    ice: Bytes
    coast: npt.NDArray[np.bool_]
    river: Bytes
    river_name: Shorts
    bridge: Bytes
    strait: Bytes
    road: Bytes
    rail: Bytes
    gauge: Bytes
    lane: Bytes
    border: Bytes
    places: tuple[Place, ...]
    lines: tuple[FortifiedLine, ...]
    river_names: tuple[str, ...]
    countries: tuple[str, ...]
    zones: tuple[str, ...]
    rivers: tuple[Line, ...]
    railways: tuple[Line, ...]
    roads: tuple[Line, ...]
    lanes: tuple[Line, ...]
    waters: tuple[Place, ...]
    """Seas, straits, lagoons and lakes that have a name."""
    attribution: str
    digest: str = field(default="", compare=True)
    ferries: tuple[Line, ...] = ()
    ice_months: tuple[tuple[int, ...], ...] = ((),)
    """Months (1-12) in which ice closes the water of each ice class; `ice` holds the class of each hex."""
    regions: tuple[Place, ...] = ()
    """Islands, spits, marshes and regions that have a name; for labels and for people."""

    @property
    def projection(self) -> str:
        """The projection as a PROJ string."""
        return self.plane.describe()

    def project(self, lat: float, lon: float) -> tuple[float, float]:
        """Degrees -> metres on the theatre's plane."""
        x, y = self.plane.forward(lat, lon)
        return float(x), float(y)

    def cell_at(self, lat: float, lon: float) -> int:
        """The hex of a position in degrees, or OFF_GRID."""
        return self.grid.cell_at(*self.project(lat, lon))

    def lat_lon(self, cell: int) -> tuple[float, float]:
        """The centre of a hex in degrees."""
        return float(self.lat_e6[cell]) / 1e6, float(self.lon_e6[cell]) / 1e6

    @cached_property
    def _centres_e6(self) -> tuple[Ints, Ints]:
        lat, lon = self.plane.inverse(self.grid.centres_m[:, 0], self.grid.centres_m[:, 1])
        both = tuple(np.rint(v * 1e6).astype(np.int32) for v in (lat, lon))
        for values in both:
            values.flags.writeable = False
        return both[0], both[1]

    @property
    def lat_e6(self) -> Ints:
        """Latitude of each centre in millionths of a degree, shape (n,)."""
        return self._centres_e6[0]

    @property
    def lon_e6(self) -> Ints:
        """Longitude of each centre in millionths of a degree, shape (n,)."""
        return self._centres_e6[1]

    @cached_property
    def sea_coast(self) -> npt.NDArray[np.bool_]:
        """Shape (hexes,): land on the sea; a lake does not count."""
        near = self.grid.neighbours
        found: npt.NDArray[np.bool_] = (self.kind == _LAND) & ((near >= 0) & (self.kind[near] == _SEA)).any(axis=1)
        found.flags.writeable = False
        return found

    @cached_property
    def _by_name(self) -> dict[str, Place]:
        table: dict[str, Place] = {}
        # Larger places win a name that two share; period names win over other names.
        ranked = sorted(self.places, key=lambda p: (-p.size, -p.victory, p.id))
        for place in ranked:
            for text in (place.id, place.name):
                table.setdefault(fold(text), place)
        for place in ranked:
            for text in place.names.values():
                for part in text.split("/"):
                    table.setdefault(fold(part), place)
        return table

    def find_place(self, text: str) -> Place | None:
        """The place of that id or name in any language; case and diacritics do not matter."""
        return self._by_name.get(fold(text))

    @cached_property
    def _features(self) -> dict[str, Place | Line | FortifiedLine]:
        table: dict[str, Place | Line | FortifiedLine] = {}
        named: list[Place | Line | FortifiedLine] = [*self.waters, *self.regions, *self.rivers, *self.lines]
        for feature in named:
            for text in (feature.name, *(n for key, n in feature.names.items() if key != "kind")):
                for part in text.split("/"):
                    table.setdefault(fold(part), feature)
        return table

    def find_feature(self, text: str) -> Place | Line | FortifiedLine | None:
        """Whatever bears that name in any language: a place, else a water, island or region, a river, a fortified line."""
        return self.find_place(text) or self._features.get(fold(text))

    def nearest_names(self, text: str, count: int = 3) -> tuple[str, ...]:
        """Names that look like `text`, best first: what a message about an unknown place offers."""
        hits = difflib.get_close_matches(fold(text), list(self._by_name), n=4 * count, cutoff=0.6)
        names: list[str] = []
        for hit in hits:
            name = self._by_name[hit].name
            if name not in names:
                names.append(name)
        return tuple(names[:count])

    @cached_property
    def place_at(self) -> dict[int, Place]:
        """The leading place of each hex that has one."""
        table: dict[int, Place] = {}
        for place in sorted(self.places, key=lambda p: (-p.size, -p.victory, p.id)):
            if place.cell != OFF_GRID:
                table.setdefault(place.cell, place)
        return table


_SPECIAL = str.maketrans({"ß": "ss", "ł": "l", "Ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ё": "е", "-": " ",
                          "'": "", "’": "", ".": " ", "(": " ", ")": " "})  # fmt: skip


def fold(text: str) -> str:
    """A name without case, diacritics, hyphens and doubled spaces: `Dünaburg` and `dunaburg` are one."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
