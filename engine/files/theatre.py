"""Reads a theatre's committed text: a folder with theatre.toml, hand-written lists and derived/ hex data.

numpy only; nothing is measured or projected here but the hexes' own centres. A fault in these files is a
mistake of the repository, not of a user's scenario, so it raises ValueError with file and line.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.hexes import DIRECTIONS, Grid, opposite
from engine.model.projection import Laea
from engine.model.theatre import (
    BRIDGE_RAIL,
    BRIDGE_ROAD,
    NO_NAME,
    WATER_TERRAIN,
    FortifiedLine,
    Gauge,
    Line,
    Place,
    Strait,
    Theatre,
)

FORMAT = 1
THEATRES = Path(__file__).resolve().parents[2] / "scenarios" / "theatres"
_GAUGES = {1435: Gauge.STANDARD_1435, 1524: Gauge.BROAD_1524}
_STRAITS = {"strait": Strait.STRAIT, "causeway": Strait.CAUSEWAY, "ferry": Strait.FERRY}
_WATER = ("sea", "strait", "lagoon", "lake")
_LANGUAGES = ("de", "ru", "et", "lv", "lt")
_loaded: dict[Path, Theatre] = {}

Array = npt.NDArray[Any]


def load_theatre(folder: str | Path) -> Theatre:
    """The theatre of a folder, or of a name below scenarios/theatres; loaded once per process."""
    path = _folder(folder)
    if path not in _loaded:
        _loaded[path] = read_theatre(path)
    return _loaded[path]


def read_theatre(folder: str | Path) -> Theatre:
    """The same, read anew."""
    return _Reader(_folder(folder)).theatre()


def _folder(folder: str | Path) -> Path:
    path = Path(folder)
    return (path if path.is_dir() else THEATRES / str(folder)).resolve()


def theatre_names() -> tuple[str, ...]:
    """Names of the theatres that are there."""
    return tuple(sorted(p.parent.name for p in THEATRES.glob("*/theatre.toml")))


def _other_names(text: str) -> dict[str, str]:
    """`de=Düna; ru=Западная Двина` by language."""
    return dict(part.split("=", 1) for part in text.split("; ") if part)


class _Reader:
    """One pass over a theatre's folder; every file read goes into the digest, in the order of reading."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = hashlib.blake2b(digest_size=16)
        spec = self.toml("theatre.toml")
        if spec.get("format") != FORMAT:
            raise ValueError(f"{folder / 'theatre.toml'}: expected format = {FORMAT}")
        self.spec = spec
        g = spec["grid"]
        spacing = int(g["spacing_m"])
        self.grid = Grid(g["columns"], g["rows"], spacing, -g["half_width_m"] + spacing / _SQRT3,
                         float(g["half_height_m"] - spacing), spec["letter"])  # fmt: skip
        self.cells = {self.grid.text(c): c for c in range(self.grid.size)}
        self.sides = {name: d for d, name in enumerate(DIRECTIONS)}

    def text(self, name: str) -> str:
        raw = (self.folder / name).read_bytes()
        self.state.update(name.encode() + b"\0" + raw)
        return raw.decode("utf-8")

    def toml(self, name: str) -> dict[str, Any]:
        return tomllib.loads(self.text(name))

    def letters(self, name: str, key: str) -> npt.NDArray[np.uint8]:
        """Codes of a letter grid: positions in the alphabet of theatre.toml."""
        raw = np.frombuffer(self.text(f"derived/{name}.txt").encode("ascii"), np.uint8)
        rows = raw.reshape(self.grid.rows, self.grid.columns + 1)[:, :-1]
        table = np.full(256, 255, np.uint8)
        for code, row in enumerate(self.spec["letters"][key]):
            table[ord(row[0])] = code
        codes = table[rows].ravel()
        if (codes == 255).any():
            bad = int(np.flatnonzero(codes == 255)[0])
            raise ValueError(f"derived/{name}.txt:{bad // self.grid.columns + 1}: a letter that theatre.toml lacks")
        return codes

    def numbers(self, name: str, kind: type[np.generic]) -> Array:
        values = np.array(self.text(f"derived/{name}.txt").split(), np.int64)
        if values.size != self.grid.size:
            raise ValueError(f"derived/{name}.txt: expected {self.grid.size} numbers, found {values.size}")
        return values.astype(kind)

    def chains(self, name: str) -> Iterator[tuple[list[str], list[str]]]:
        """(fields, tokens) of each entry: a heading, then indented lines of tokens."""
        fields: list[str] = []
        tokens: list[str] = []
        for line in self.text(f"derived/{name}.txt").split("\n"):
            if line.startswith("  "):
                tokens += line.split()
            elif line and not line.startswith("#"):
                if fields:
                    yield fields, tokens
                fields, tokens = line.split(" | "), []
        if fields:
            yield fields, tokens

    def side(self, token: str) -> tuple[int, int]:
        cell, _, direction = token.partition("/")
        return self.cells[cell], self.sides[direction]

    def both(self, sides: Array, cell: int, direction: int, value: int) -> None:
        """Raise a hexside to a value, seen from both its hexes."""
        there = int(self.grid.neighbours[cell, direction])
        if value > sides[cell, direction]:
            sides[cell, direction] = value
            sides[there, opposite(direction)] = value

    def step(self, a: int, b: int) -> int:
        row: list[int] = self.grid.neighbours[a].tolist()
        return row.index(b)

    def theatre(self) -> Theatre:
        spec = self.spec
        look = self.letters("terrain", "terrain")
        kind = np.array([0, 2, *([1] * 6)], np.uint8)[look]
        terrain = np.where(kind == 1, look - 2, WATER_TERRAIN).astype(np.uint8)
        country = self.letters("country", "country")
        rivers, names, river, river_name = self.rivers()
        railways, rail, gauge = self.railways()
        roads, road = self.roads()
        strait, ferries = self.crossings()
        lanes, lane = self.lanes()
        bridge = np.where(river > 0, BRIDGE_ROAD * (road > 0) + BRIDGE_RAIL * (rail > 0), 0).astype(np.uint8)
        near = self.grid.neighbours
        coast = (kind == 1) & ((near >= 0) & (kind[near] != 1)).any(axis=1)
        border = ((near >= 0) & (country[near] != country[:, None]) & (kind[near] == 1) & (kind == 1)[:, None]).astype(
            np.uint8
        )
        arrays: dict[str, Array] = {
            "kind": kind, "terrain": terrain, "country": country, "zone": self.letters("zone", "zone"),
            "depth": self.letters("depth", "depth"), "ice": self.ice(),
            "elevation_m": self.numbers("elevation_m", np.int16), "relief_dm": self.numbers("relief_dm", np.int16),
            "forest_pct": self.numbers("forest_pct", np.uint8), "marsh_pct": self.numbers("marsh_pct", np.uint8),
            "coast": coast, "river": river, "river_name": river_name, "bridge": bridge, "strait": strait,
            "road": road, "rail": rail, "gauge": gauge, "lane": lane, "border": border,
        }  # fmt: skip
        for array in arrays.values():
            array.flags.writeable = False
        months = self.toml("derived/build.toml")["ice"]
        places, named, lines = self.places(), self.named_areas(), self.lines()
        return Theatre(
            id=spec["id"], title=spec["title"], letter=spec["letter"], grid=self.grid,
            plane=Laea(spec["grid"]["centre_lat"], spec["grid"]["centre_lon"]),
            places=places, lines=lines, river_names=names,
            countries=tuple(row[1] for row in spec["letters"]["country"]),
            zones=tuple(row[1] for row in spec["letters"]["zone"]),
            rivers=rivers, railways=railways, roads=roads, lanes=lanes, ferries=ferries,
            waters=tuple(w for w in named if w.names["kind"] in _WATER),
            regions=tuple(w for w in named if w.names["kind"] not in _WATER),
            attribution=spec["attribution"],
            ice_months=tuple(tuple(months[f"months_{k}"]) for k in range(len(months))),
            digest=self.state.hexdigest(), **arrays,
        )  # fmt: skip

    def ice(self) -> npt.NDArray[np.uint8]:
        raw = np.frombuffer(self.text("derived/ice.txt").encode("ascii"), np.uint8)
        codes: npt.NDArray[np.uint8] = raw.reshape(self.grid.rows, -1)[:, :-1].ravel() - ord("0")
        return codes

    def rivers(self) -> tuple[tuple[Line, ...], tuple[str, ...], Array, Array]:
        river = np.zeros((self.grid.size, 6), np.uint8)
        name_of = np.full((self.grid.size, 6), NO_NAME, np.int16)
        names: list[str] = []
        found: dict[str, list[tuple[int, int]]] = {}
        top: dict[str, int] = {}
        others: dict[str, Mapping[str, str]] = {}
        for (name, size, other), tokens in self.chains("rivers"):
            if name not in found:
                names.append(name)
                others[name] = _other_names(other)
            chain = found.setdefault(name, [])
            top[name] = max(top.get(name, 0), int(size))
            number = names.index(name)
            for token in tokens:
                cell, d = self.side(token)
                chain.append((cell, d))
                self.both(river, cell, d, int(size))
                name_of[cell, d] = name_of[self.grid.neighbours[cell, d], opposite(d)] = number
        lines = tuple(Line(name, "river", tuple(c for c, _ in chain), tuple(d for _, d in chain), top[name],
                           names=others[name]) for name, chain in found.items())  # fmt: skip
        return lines, tuple(names), river, name_of

    def railways(self) -> tuple[tuple[Line, ...], Array, Array]:
        rail = np.zeros((self.grid.size, 6), np.uint8)
        gauge = np.zeros((self.grid.size, 6), np.uint8)
        lines = []
        for (name, width, tracks, source), tokens in self.chains("rails"):
            cells = [self.cells[t] for t in tokens]
            code = int(_GAUGES.get(int(width), Gauge.NARROW))
            for a, b in itertools.pairwise(cells):
                d = self.step(a, b)
                # A side that two lines share keeps the wider line: full gauge before narrow, then more
                # tracks.
                if gauge[a, d] == 0 or (gauge[a, d] == Gauge.NARROW and code != Gauge.NARROW):
                    gauge[a, d] = gauge[b, opposite(d)] = code
                self.both(rail, a, d, int(tracks))
            lines.append(Line(name, "railway", tuple(cells), (), int(tracks), int(width), source))
        return tuple(lines), rail, gauge

    def roads(self) -> tuple[tuple[Line, ...], Array]:
        road = np.zeros((self.grid.size, 6), np.uint8)
        lines = []
        for (name, grade), tokens in self.chains("roads"):
            cells = [self.cells[t] for t in tokens]
            for a, b in itertools.pairwise(cells):
                self.both(road, a, self.step(a, b), int(grade))
            lines.append(Line(name, "road", tuple(cells), (), int(grade)))
        return tuple(lines), road

    def lanes(self) -> tuple[tuple[Line, ...], Array]:
        lane = np.zeros((self.grid.size, 6), np.uint8)
        lines = []
        for (name,), tokens in self.chains("lanes"):
            cells = [self.cells[t] for t in tokens]
            for a, b in itertools.pairwise(cells):
                self.both(lane, a, self.step(a, b), 1)
            lines.append(Line(name, "lane", tuple(cells)))
        return tuple(lines), lane

    def crossings(self) -> tuple[Array, tuple[Line, ...]]:
        strait = np.zeros((self.grid.size, 6), np.uint8)
        lines = []
        for (name, kind), tokens in self.chains("crossings"):
            chain = [self.side(t) for t in tokens]
            for cell, d in chain:
                self.both(strait, cell, d, int(_STRAITS[kind]))
            lines.append(Line(name, kind, tuple(c for c, _ in chain), tuple(d for _, d in chain)))
        return strait, tuple(lines)

    def places(self) -> tuple[Place, ...]:
        where = {}
        for line in self.text("derived/places.txt").split("\n"):
            if line and not line.startswith("#"):
                id, hex_text = line.split(" | ")
                where[id] = self.cells[hex_text]
        places = []
        for number, row in enumerate(csv.DictReader(self.text("places.csv").splitlines()), 2):
            if row["id"] not in where:
                raise ValueError(
                    f"places.csv:{number}: {row['id']!r} is not in derived/places.txt; build the map again"
                )
            names = {key: row[key] for key in _LANGUAGES if row[key]}
            if row["other"]:
                names["local"] = row["other"]
            places.append(Place(
                row["id"], row["name"], names, float(row["lat"]), float(row["lon"]), where[row["id"]], int(row["size"]),
                int(row["port_t"] or 0), int(row["airfield"] or 0), int(row["victory"] or 0), row["source"],
            ))  # fmt: skip
        return tuple(places)

    def named_areas(self) -> tuple[Place, ...]:
        """Names of seas, lakes, islands and regions, for labels."""
        plane = Laea(self.spec["grid"]["centre_lat"], self.spec["grid"]["centre_lon"])
        found = []
        for row in csv.DictReader(self.text("waters.csv").splitlines()):
            lat, lon = float(row["lat"]), float(row["lon"])
            x, y = plane.forward(lat, lon)
            names = {"de": row["de"], "ru": row["ru"], "local": row["other"], "kind": row["kind"]}
            found.append(Place(row["id"], row["name"], names, lat, lon, self.grid.cell_at(float(x), float(y)), 0))
        return tuple(found)

    def lines(self) -> tuple[FortifiedLine, ...]:
        cells = {fields[0]: tuple(self.cells[t] for t in tokens) for fields, tokens in self.chains("lines")}
        return tuple(
            FortifiedLine(row["id"], row["name"], row.get("names", {}), cells[row["id"]], row["strength"], row["ready"],
                          row["side"], row["src"], row.get("grade", "estimate"), row.get("note", ""), row.get("known", ""))
            for row in self.toml("lines.toml")["line"]
        )  # fmt: skip


_SQRT3 = float(np.sqrt(3.0))
