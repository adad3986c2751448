"""The list of places and stations: read, put on hexes, found by any name."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from engine.model.theatre import fold

from .frame import Frame

NAMES = ("de", "ru", "et", "lv", "lt", "other")


@dataclass(frozen=True)
class Gazetteer:
    frame: Frame
    places: list[dict[str, str]]
    stations: list[dict[str, str]]

    @classmethod
    def read(cls, frame: Frame, folder: Path) -> Gazetteer:
        return cls(frame, _rows(folder / "places.csv"), _rows(folder / "stations.csv"))

    def cell_of(self, row: dict[str, str]) -> int:
        return self.frame.cell(float(row["lon"]), float(row["lat"]))

    def find(self, name: str) -> dict[str, str]:
        """The place or station of a name; places win, larger ones first."""
        wanted = fold(name)
        for row in sorted(self.places, key=lambda r: (-int(r["size"]), r["id"])):
            if wanted in (fold(row["id"]), fold(row["name"])):
                return row
        for row in self.stations:
            if wanted == fold(row["name"]):
                return row
        for row in sorted(self.places, key=lambda r: (-int(r["size"]), r["id"])):
            if any(wanted == fold(part) for key in NAMES for part in row[key].split("/") if part):
                return row
        raise SystemExit(f"no place or station is called {name!r}")

    def cell(self, name: str) -> int:
        return self.cell_of(self.find(name))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
