"""Maps drawn in text, so that a test of a rule or of a staff reads as the picture of its situation.

One character is one hex, one line one row of hexes (odd columns lie half a hex lower):

    .  own ground            :  enemy ground            ~  sea
    #  a goal (a town worth points, named goal, goal_2, ...)      1-9  a town of that name
    f s h u m  forest, swamp, rugged, urban, mixed ground
    A-Z  a formation; lower-case letters too when `formations` names them

A line of only `=`, `+` and blanks between two rows is a river on the hexsides between them, bridged at `+`.
Ground under letters, goals, towns and terrain belongs to the side of the nearest `.` or `:` of its row (the
left one when two are as near). The n-th `A` of the drawing becomes formation `a1`, `a2`, ...: left to right,
top down.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.files.build import TEST_SOURCE, build_scenario, formation_of, sample_kinds
from engine.files.drawing import TERRAIN, Drawing, read_drawing
from engine.files.plain import LAND, SEA, plain_theatre
from engine.model.citation import Value
from engine.model.codes import SIDES, Terrain
from engine.model.directive import Directive, Group, Waypoint
from engine.model.facts import WeatherDay
from engine.model.forces import AssetSpec, FormationSpec, HeadquartersSpec, KindSpec
from engine.model.scenario import Objective, Scenario, ShippingSpec, SupplySource
from engine.model.theatre import BRIDGE_RAIL, BRIDGE_ROAD, Place, River, Theatre

FIRST_KIND = {"axis": "infantry", "soviet": "rifle"}
Spot = str | tuple[int, int]
"""A place on a drawing: formation id, town or goal name, or (row, column) counted from 0 in the drawing
itself.
"""


def drawn_scenario(
    text: str,
    formations: Mapping[str, Mapping[str, Any] | str] | None = None,
    directives: Sequence[Mapping[str, Any]] = (),
    *,
    days: int = 10,
    own: str = "axis",
    depth: int = 0,
    headquarters: Mapping[str, Mapping[str, Any]] | None = None,
    names: Mapping[str, str] | None = None,
    sets: Mapping[str, Value] | None = None,
    weather: Sequence[WeatherDay] = (),
    assets: Sequence[Mapping[str, Any]] = (),
    sources: Sequence[Mapping[str, Any]] = (),
    shipping: Sequence[Mapping[str, Any]] = (),
    ports: Mapping[str, int] | None = None,
    supply: bool = True,
    roads: bool = True,
    points: int = 10,
    kinds: Mapping[str, KindSpec] | None = None,
    start: date = date(1944, 8, 15),
    id: str = "drawn",
    ground: Mapping[str, str] | None = None,
    spacing_m: int = 6000,
    **arrays: npt.ArrayLike,
) -> Scenario:
    """A scenario from a drawing.

    `formations` maps a letter (all its formations) or an id such as `a2` (one of them) to a kind or to
    options: kind, side, strength (1.0 = the kind's full strength), hq, and any column of FormationSpec (men,
    afv, cohesion, fort, ...). Letters left out get infantry (own ground) or rifle (enemy ground). `depth`
    adds so many rows of rear ground above and below. `headquarters` maps an id to options: side, formations
    ("AB" or a list of ids), parent, echelon, staff; without it each side has one corps headquarters, axis_hq
    and soviet_hq. `directives` are dicts of Directive's columns (id, hq, kind, ...), with places as Spots,
    groups as lists of ids or "strongest n", times in minutes or, as `start_day` and `end_day`, in days. Every
    side gets a supply source at its rear edge unless `supply` is False; `sources` are further ones, `shipping` what
    ships carry (dicts of their columns, `at` a Spot), `ports` tons a day by town. `ground` gives further characters to
    a side, such as {"g": "axis"}.
    """
    options = {
        key: {"kind": value} if isinstance(value, str) else dict(value) for key, value in (formations or {}).items()
    }
    drawing = read_drawing(
        text, own=own, depth=depth, letters=frozenset(k for k in options if len(k) == 1), ground=ground
    )
    theatre = _theatre(drawing, names or {}, ports or {}, roads, spacing_m, arrays)
    all_kinds = dict(kinds) if kinds is not None else dict(sample_kinds())
    units = _formations(drawing, options, all_kinds)
    staffs, units = _headquarters(drawing, theatre, units, headquarters)
    goals = [p for p in theatre.places if p.id.startswith("goal")]
    found = Finder(theatre, drawing, units)
    return build_scenario(
        theatre,
        drawing.owner,
        formations=units,
        headquarters=staffs,
        directives=[found.directive(d, staffs) for d in directives],
        assets=[found.asset(a, staffs) for a in assets],
        supply_sources=[*(_supply(drawing, theatre) if supply else ()), *(found.source(s) for s in sources)],
        shipping=[found.shipping(s) for s in shipping],
        objectives=[Objective(f"{s}_{p.id}", s, p.name, p.cell, points, src=TEST_SOURCE) for p in goals for s in SIDES],
        weather=weather,
        kinds=all_kinds,
        sets=sets,
        id=id,
        start=start,
        days=days,
        drawing=textwrap.dedent(text).strip("\n"),
    )


def drawn_cell(scenario: Scenario, row: int, column: int, depth: int = 0) -> int:
    """The hex at (row, column) of the drawing; give the `depth` the scenario was drawn with."""
    return scenario.theatre.grid.cell(column, row + depth)


def _theatre(
    drawing: Drawing, names: Mapping[str, str], ports: Mapping[str, int], roads: bool, spacing_m: int,
    arrays: Mapping[str, npt.ArrayLike],
) -> Theatre:
    marks = "".join(drawing.rows)
    columns, n = drawing.columns, len(marks)
    formations = set(drawing.marks)
    made: dict[str, npt.ArrayLike] = {
        "kind": [SEA if mark == "~" else LAND for mark in marks],
        "terrain": [TERRAIN[m] if m in TERRAIN and m not in formations else Terrain.OPEN for m in marks],
        "forest_pct": [80 if m == "f" and m not in formations else 0 for m in marks],
    }
    bare = plain_theatre(columns, n // columns, spacing_m=spacing_m)
    river, bridge = np.zeros((n, 6), np.uint8), np.zeros((n, 6), np.uint8)
    for row, line in drawing.rivers.items():
        for cell in range(row * columns, (row + 1) * columns):
            for d, there in enumerate(bare.grid.neighbours[cell]):
                if there >= 0 and there // columns > row:
                    here_mark, there_mark = _mark(line, cell % columns), _mark(line, there % columns)
                    if here_mark != " " and there_mark != " ":
                        river[cell, d] = River.RIVER
                        if here_mark == there_mark == "+":
                            bridge[cell, d] = BRIDGE_ROAD | BRIDGE_RAIL
    made |= {"river": river, "bridge": bridge, **({} if roads else {"road": np.zeros((n, 6))}), **arrays}
    places = []
    for key, cell in drawing.towns.items():
        lat, lon = bare.lat_lon(cell)
        mark = marks[cell]
        places.append(
            Place(
                id=key,
                name=names.get(key, names.get(mark, key)),
                names={},
                lat=lat,
                lon=lon,
                cell=cell,
                size=2,
                port_t=ports.get(key, 0),
            )
        )
    return plain_theatre(columns, n // columns, places=places, arrays=made, spacing_m=spacing_m)


def _mark(line: str, column: int) -> str:
    return line[column] if column < len(line) else " "


def _formations(
    drawing: Drawing, options: Mapping[str, dict[str, Any]], kinds: Mapping[str, KindSpec]
) -> list[FormationSpec]:
    units: list[FormationSpec] = []
    columns = {f.name for f in fields(FormationSpec)}
    for mark, cells in sorted(drawing.marks.items()):
        if mark.lower() != mark and mark.lower() in drawing.marks:
            raise ValueError(f"both {mark} and {mark.lower()} stand on the drawing: use another letter for one of them")
        for number, cell in enumerate(cells, start=1):
            key = f"{mark.lower()}{number}"
            chosen = {**options.get(mark, {}), **options.get(key, {})}
            side = chosen.pop("side", None) or SIDES[int(drawing.owner[cell])]
            kind = kinds[chosen.pop("kind", FIRST_KIND[side])]
            hq = chosen.pop("hq", f"{side}_hq")
            unknown = sorted(set(chosen) - columns - {"strength"})
            if unknown:
                raise ValueError(f"formation {key}: {', '.join(unknown)} is not a column of a formation")
            units.append(formation_of(kind, key, side, hq, chosen.pop("cell", cell), **chosen))
    return units


def _headquarters(
    drawing: Drawing,
    theatre: Theatre,
    units: list[FormationSpec],
    asked: Mapping[str, Mapping[str, Any]] | None,
) -> tuple[list[HeadquartersSpec], list[FormationSpec]]:
    if asked is None:
        asked = {f"{side}_hq": {"side": side} for side in SIDES if any(u.side == side for u in units)}
    staffs = []
    for key, given in asked.items():
        chosen = dict(given)
        side = chosen.pop("side")
        members = chosen.pop("formations", "")
        for i, unit in enumerate(units):
            if unit.id in members or unit.id.rstrip("0123456789") in {m.lower() for m in members}:
                units[i] = replace(unit, parent=key)
        own = [u.cell for u in units if u.side == side and u.parent == key] or [u.cell for u in units if u.side == side]
        cell = chosen.pop("cell", None)
        if cell is None:
            cell = _rear_cell(drawing, theatre, SIDES.index(side), own)
        lat, lon = theatre.lat_lon(cell)
        base: dict[str, Any] = {
            "name": key,
            "echelon": "corps",
            "parent": "",
            "src": TEST_SOURCE,
            "lat": lat,
            "lon": lon,
        }
        staffs.append(HeadquartersSpec(id=key, side=side, cell=cell, **(base | chosen)))
    return staffs, units


def _rear_cell(drawing: Drawing, theatre: Theatre, side: int, near: Sequence[int]) -> int:
    """The own hex farthest from enemy ground; of equals the nearest to `near`, then the lowest number."""
    mine = np.flatnonzero(drawing.owner == side).astype(np.int32)
    theirs = np.flatnonzero(drawing.owner == 1 - side).astype(np.int32)
    if not len(mine):
        raise ValueError(f"the drawing has no ground of {SIDES[side]}")
    away = theatre.grid.distance(mine[:, None], theirs[None, :]).min(axis=1) if len(theirs) else np.zeros(len(mine))
    to_near = (
        theatre.grid.distance(mine[:, None], np.array(near, np.int32)[None, :]).sum(axis=1) if len(near) else 0 * mine
    )
    return int(mine[np.lexsort((mine, to_near, -away))[0]])


def _supply(drawing: Drawing, theatre: Theatre) -> list[SupplySource]:
    found = []
    for number, side in enumerate(SIDES):
        if (drawing.owner == number).any():
            middle = np.flatnonzero(drawing.owner == number)
            cell = _rear_cell(drawing, theatre, number, middle.tolist())
            found.append(SupplySource(f"{side}_rear", side, "rear edge", cell, "edge", 20_000.0, src=TEST_SOURCE))
    return found


class Finder:
    """Turns the words of a drawn directive or asset (formation ids, towns, positions) into rows."""

    def __init__(self, theatre: Theatre, drawing: Drawing, units: Sequence[FormationSpec]) -> None:
        self.theatre = theatre
        self.drawing = drawing
        self.units = {unit.id: unit for unit in units}

    def cell(self, spot: Spot) -> int:
        """The hex a Spot means; ValueError when it means none."""
        if isinstance(spot, tuple):
            cell = self.theatre.grid.cell(spot[1], spot[0] + self.drawing.depth)
            if cell >= 0:
                return cell
        elif spot in self.units:
            return self.units[spot].cell
        else:
            place = self.theatre.find_place("goal" if spot == "#" else spot)
            if place is not None:
                return place.cell
        raise ValueError(f"{spot!r} is no formation, town or (row, column) of the drawing")

    def waypoint(self, spot: Spot) -> Waypoint:
        """The Spot as a point of an axis or line."""
        cell = self.cell(spot)
        lat, lon = self.theatre.lat_lon(cell)
        return Waypoint(str(spot), lat, lon, cell)

    def group(self, members: str | Sequence[str]) -> Group:
        """A list of ids, a letter for all its formations, or "strongest n"."""
        if isinstance(members, str) and members.startswith("strongest"):
            return Group(strongest=int(members.split()[1]))
        ids: list[str] = []
        for member in [members] if isinstance(members, str) else members:
            same = [key for key in self.units if key == member or key.rstrip("0123456789") == member.lower()]
            if not same:
                raise ValueError(f"{member!r} is no formation of the drawing")
            ids += same
        return Group(ids=tuple(sorted(set(ids))))

    def directive(self, given: Mapping[str, Any], staffs: Sequence[HeadquartersSpec]) -> Directive:
        """A Directive from a dict; hq defaults to the only headquarters of `side`."""
        chosen = dict(given)
        hq = chosen.pop("hq", None) or f"{chosen['side']}_hq"
        side = next((s.side for s in staffs if s.id == hq), None)
        if side is None:
            raise ValueError(f"directive {chosen.get('id')}: no headquarters {hq!r} on the drawing")
        chosen.pop("side", None)
        for name in ("axis", "line", "fall_back", "objective", "main_effort", "dummy"):
            if name in chosen:
                spots = [chosen[name]] if isinstance(chosen[name], str) else chosen[name]
                chosen[name] = tuple(self.waypoint(spot) for spot in spots)
        for name in ("assault", "mobile", "reserve"):
            if name in chosen:
                chosen[name] = self.group(chosen[name])
        if "reserve" in chosen and chosen["reserve"].strongest:
            raise ValueError("a reserve is named: expected ids of formations")
        for name in ("start", "end"):
            if f"{name}_day" in chosen:
                chosen[f"{name}_min"] = round(chosen.pop(f"{name}_day") * 1440)
        chosen.setdefault("id", f"{hq}_{chosen['kind']}")
        return Directive(side=side, hq=hq, **{"src": TEST_SOURCE, **chosen})

    def asset(self, given: Mapping[str, Any], staffs: Sequence[HeadquartersSpec]) -> AssetSpec:
        """An AssetSpec from a dict: hq, kind and any column; `at` is a Spot."""
        chosen = dict(given)
        side = next(s.side for s in staffs if s.id == chosen["hq"])
        if "at" in chosen:
            chosen["cell"] = self.cell(chosen.pop("at"))
        chosen.setdefault("id", f"{chosen['hq']}_{chosen['kind']}")
        chosen.setdefault("name", chosen["id"])
        return AssetSpec(side=side, **{"src": TEST_SOURCE, **chosen})

    def source(self, given: Mapping[str, Any]) -> SupplySource:
        """A supply source from a dict: side, kind, capacity_t; `at` is a Spot."""
        chosen = dict(given)
        spot = chosen.pop("at")
        chosen.setdefault("id", f"{chosen['side']}_{chosen['kind']}")
        return SupplySource(place=str(spot), cell=self.cell(spot), **{"src": TEST_SOURCE, **chosen})

    def shipping(self, given: Mapping[str, Any]) -> ShippingSpec:
        """What a side's ships carry from a dict: side, men_day, tons_day; `at` is a Spot, their home."""
        chosen = dict(given)
        spot = chosen.pop("at")
        chosen.setdefault("id", f"{chosen['side']}_ships")
        return ShippingSpec(place=str(spot), cell=self.cell(spot), **{"src": TEST_SOURCE, **chosen})
