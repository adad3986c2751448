"""Generated scenarios: any number of formations on any number of hexes, for measuring speed.

Two sides face each other along a winding front; a quarter of the headquarters of each side attacks, the
others defend. Everything is drawn by key from the seed, so the same numbers give the same scenario
everywhere. With equal hexes per formation, scenarios of different size are equally dense.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.dice import Dice, Stream, subject_of
from engine.core.hexes import Grid
from engine.files.build import TEST_SOURCE, build_scenario, formation_of, sample_kinds
from engine.files.plain import plain_theatre
from engine.model.codes import SIDES, Terrain
from engine.model.directive import Directive, Group, Waypoint
from engine.model.forces import FormationSpec, HeadquartersSpec
from engine.model.scenario import Objective, Scenario, SupplySource
from engine.model.theatre import Place, River, Theatre

LINE_SHARE, SECOND_SHARE = 0.6, 0.25
"""Parts of a side that stand in the line and close behind it; the rest is farther back."""
KINDS = {
    "axis": ("infantry", "infantry", "infantry", "panzer"),
    "soviet": ("rifle", "rifle", "guards_rifle", "tank_corps"),
}
"""Kinds by turns: every fourth formation is armoured."""
AHEAD = 10
"""How many hexes ahead of its front an attacking headquarters has its objective."""


@dataclass(frozen=True)
class Size:
    """What is asked for: formations of both sides together, and the grid."""

    formations: int = 400
    columns: int = 200
    rows: int = 100
    per_headquarters: int = 8
    attacking: float = 0.25
    days: int = 30

    @staticmethod
    def of(formations: int, *, days: int = 30) -> Size:
        """A size with 50 hexes for each formation and a front as long for each."""
        rows = max(10, formations // 4)
        return Size(formations, max(20, -(-formations * 50 // rows)), rows, days=days)


def generated_scenario(size: Size | None = None, seed: int = 1) -> Scenario:
    """The scenario of a size and seed."""
    return _Maker(size or Size(), seed).scenario()


class _Maker:
    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self.grid = Grid(size.columns, size.rows, letter="G")
        self.dice = Dice(seed)
        self.front = self._front()
        column = np.arange(self.grid.size) % size.columns
        row = np.arange(self.grid.size) // size.columns
        self.owner = np.where(column < self.front[row], 0, 1).astype(np.int8)

    def _draw(self, name: str, count: int) -> npt.NDArray[np.float64]:
        subjects = (subject_of(name) + np.arange(count, dtype=np.int64)) & 0xFFFFFFFF
        return self.dice.uniform(Stream.SAMPLE, subjects, 0)

    def _front(self) -> npt.NDArray[np.int64]:
        """Column of the front by row: a walk that is drawn back to the middle."""
        steps = self._draw("front", self.size.rows)
        place, found = self.size.columns // 2, []
        for u in steps:
            pull = (self.size.columns // 2 - place) / 12
            place += int(u * 3 + pull) - 1 if u * 3 + pull >= 0 else -1
            place = max(self.size.columns // 3, min(2 * self.size.columns // 3, place))
            found.append(place)
        return np.array(found, dtype=np.int64)

    def scenario(self) -> Scenario:
        staffs = self._headquarters()
        theatre = self._theatre()
        units = self._formations(staffs)
        directives = self._directives(theatre, staffs)
        goals = [(d, d.objective[0]) for d in directives if d.objective]
        objectives = [
            Objective(f"{d.side}_{d.id}", d.side, goal.text, goal.cell, 10, src=TEST_SOURCE) for d, goal in goals
        ]
        return build_scenario(
            theatre,
            self.owner,
            formations=units,
            headquarters=staffs,
            directives=directives,
            objectives=objectives,
            supply_sources=self._supply(theatre),
            id=f"generated_{self.size.formations}",
            title=f"{self.size.formations} formations on {self.grid.size} hexes",
            days=self.size.days,
        )

    # The ground.

    def _theatre(self) -> Theatre:
        terrain = self._patches()
        river = np.zeros((self.grid.size, 6), np.uint8)
        for name, at in (("west", 0.35), ("east", 0.65)):
            # A river from top to bottom, on the eastern sides of one column.
            column = int(self.size.columns * at + self._draw(f"river {name}", 1)[0] * 6)
            cells = np.arange(self.size.rows) * self.size.columns + column
            river[cells, 1] = river[cells, 2] = River.RIVER
        bare = plain_theatre(self.size.columns, self.size.rows, letter="G")
        places = []
        for number, cell in enumerate(self._towns()):
            lat, lon = bare.lat_lon(cell)
            places.append(Place(f"town_{number}", f"Town {number}", {}, lat, lon, cell, 1 + number % 3))
        return plain_theatre(
            self.size.columns, self.size.rows, letter="G", places=places,
            arrays={"terrain": terrain, "river": river, "bridge": (river > 0) * 3},
        )  # fmt: skip

    def _patches(self) -> npt.NDArray[np.uint8]:
        """Ground in patches of about five hexes: half open, the rest mixed, forest, swamp."""
        across, down = -(-self.size.columns // 5), -(-self.size.rows // 5)
        draws = self._draw("ground", across * down).reshape(down, across)
        kinds = np.select(
            [draws < 0.5, draws < 0.75, draws < 0.93],
            [Terrain.OPEN, Terrain.MIXED, Terrain.FOREST],
            Terrain.SWAMP,
        ).astype(np.uint8)
        wide = kinds.repeat(5, axis=0).repeat(5, axis=1)[: self.size.rows, : self.size.columns]
        return wide.reshape(-1).astype(np.uint8)

    def _towns(self) -> list[int]:
        """One town for every 100 hexes, and one ahead of each headquarters' sector on either side."""
        count = max(4, self.grid.size // 100)
        cells = set((self._draw("towns", count) * self.grid.size).astype(int).tolist())
        for side in (0, 1):
            for row in self._sector_rows(side):
                cells.add(self._ahead(side, row))
        return sorted(int(c) for c in cells)

    def _supply(self, theatre: Theatre) -> list[SupplySource]:
        found = []
        for row in range(5, self.size.rows, 10):
            for number, side in enumerate(SIDES):
                cell = self.grid.cell(0 if number == 0 else self.size.columns - 1, row)
                found.append(SupplySource(f"{side}_{row:03d}", side, "edge", cell, "edge", 4000.0, src=TEST_SOURCE))
        return found

    # The forces.

    def _count(self, side: int) -> int:
        return self.size.formations // 2 + (self.size.formations % 2 if side == 0 else 0)

    def _sectors(self, side: int) -> int:
        return max(1, round(self._count(side) / self.size.per_headquarters))

    def _sector_rows(self, side: int) -> list[int]:
        """Middle row of each headquarters' sector."""
        sectors = self._sectors(side)
        return [int((i + 0.5) * self.size.rows / sectors) for i in range(sectors)]

    def _behind(self, side: int, row: int, hexes: int) -> int:
        """The cell so many hexes behind a side's front in a row (negative: ahead of it)."""
        row = max(0, min(self.size.rows - 1, row))
        column = int(self.front[row]) - 1 - hexes if side == 0 else int(self.front[row]) + hexes
        return self.grid.cell(max(0, min(self.size.columns - 1, column)), row)

    def _ahead(self, side: int, row: int) -> int:
        return self._behind(side, row, -AHEAD)

    def _headquarters(self) -> list[HeadquartersSpec]:
        bare = plain_theatre(self.size.columns, self.size.rows, letter="G")
        found = []
        for side, name in enumerate(SIDES):
            top = f"{name}_front"
            sites = [(top, "front", "", self._behind(side, self.size.rows // 2, 20))]
            sites += [(f"{name}_hq_{i:02d}", "corps", top, self._behind(side, row, 4))
                      for i, row in enumerate(self._sector_rows(side))]  # fmt: skip
            for key, echelon, parent, cell in sites:
                lat, lon = bare.lat_lon(cell)
                found.append(HeadquartersSpec(key, key.replace("_", " "), name, echelon, parent, cell, lat=lat, lon=lon,
                                              src=TEST_SOURCE))  # fmt: skip
        return found

    def _formations(self, staffs: list[HeadquartersSpec]) -> list[FormationSpec]:
        kinds = sample_kinds()
        found = []
        for side, name in enumerate(SIDES):
            count, sectors = self._count(side), self._sectors(side)
            for i in range(count):
                share = (i // sectors) / max(1, -(-count // sectors))
                sector = i % sectors
                depth, role = (0, "line") if share < LINE_SHARE else (2, "second_echelon")
                if share >= LINE_SHARE + SECOND_SHARE:
                    depth, role = 5, "reserve"
                height = self.size.rows / sectors
                place = (i // sectors + 0.5) / max(1.0, LINE_SHARE * count / sectors) % 1
                row = int((sector + place) * height)
                kind = kinds[KINDS[name][(i // sectors + sector) % 4]]
                hq, cell = f"{name}_hq_{sector:02d}", self._behind(side, row, depth)
                made = formation_of(kind, f"{name}_{i:03d}", name, hq, cell)
                found.append(replace(made, role=role, fort=1 if role == "line" else 0))
        return found

    def _directives(self, theatre: Theatre, staffs: list[HeadquartersSpec]) -> list[Directive]:
        found = []
        for side, name in enumerate(SIDES):
            rows = self._sector_rows(side)
            attackers = max(1, round(self.size.attacking * len(rows))) if self.size.attacking else 0
            # Attackers are spread along the front; those of the two sides do not face each other.
            first = 0 if side == 0 else len(rows) // (2 * max(attackers, 1))
            chosen = {(first + i * len(rows) // attackers) % len(rows) for i in range(attackers)}
            for i, row in enumerate(rows):
                key = f"{name}_hq_{i:02d}"
                half = self.size.rows // (2 * len(rows))
                if i in chosen:
                    goal = self._waypoint(theatre, self._ahead(side, row))
                    start = self._waypoint(theatre, self._behind(side, row, 0))
                    more: dict[str, Any] = {"axis": (start, goal), "objective": (goal,), "corridor_km": 30.0,
                                            "assault": Group(strongest=4), "mobile": Group(strongest=2),
                                            "start_min": 360}  # fmt: skip
                    found.append(Directive(f"{key}_attack", name, key, "attack", src=TEST_SOURCE, **more))
                else:
                    line = tuple(self._waypoint(theatre, self._behind(side, r, 0)) for r in (row - half, row + half))
                    found.append(Directive(f"{key}_defend", name, key, "defend", line=line, src=TEST_SOURCE))
        return found

    def _waypoint(self, theatre: Theatre, cell: int) -> Waypoint:
        lat, lon = theatre.lat_lon(cell)
        place = theatre.place_at.get(cell)
        return Waypoint(place.name if place else self.grid.text(cell), lat, lon, cell)
