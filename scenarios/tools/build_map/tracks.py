"""Railway lines by station and roads by town, laid over the hexes."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

from .frame import read_toml
from .places import Gazetteer
from .routes import Router, straighten


def _route(router: Router, stops: list[int], liked) -> list[int]:
    cells = [stops[0]]
    for a, b in itertools.pairwise(stops):
        if a != b:
            cells += router.way(a, b, liked)[1:]
    barred = lambda c, d: bool(router.closed[c, d]) or bool(router.river[c, d])  # noqa: E731
    return straighten(router.frame, cells, set(stops), barred)


def lay_railways(router: Router, book: Gazetteer, path: Path) -> list[dict]:
    """Each line of railways.toml with its cells; later lines like to share the track of earlier ones."""
    liked: set[tuple[int, int]] = set()
    faults: list[str] = []
    made = []
    for line in read_toml(path)["line"]:
        stops = []
        for name in line["stations"]:
            stops.append(book.cell(name))
            for lat, lon in line.get("via", {}).get(name, []):
                stops.append(router.frame.cell(lon, lat))
        try:
            cells = _route(router, stops, liked)
        except ValueError as why:
            faults.append(f"railway {line['name']}: {why}")
            continue
        for a, b in itertools.pairwise(cells):
            liked |= {(a, b), (b, a)}
        made.append({**line, "cells": cells})
    if faults:
        raise SystemExit("\n".join(faults))
    return made


def lay_roads(router: Router, book: Gazetteer, path: Path) -> list[dict]:
    """Each road of roads.csv, highways first so that the others can share their course."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    liked: set[tuple[int, int]] = set()
    faults: list[str] = []
    made = []
    for row in sorted(rows, key=lambda r: r["class"] != "highway"):
        towns = row["places"].split(";")
        stops = [book.cell(t) for t in towns]
        try:
            cells = _route(router, stops, liked)
        except ValueError as why:
            faults.append(f"road {row['places']}: {why}")
            continue
        for a, b in itertools.pairwise(cells):
            liked |= {(a, b), (b, a)}
        made.append(
            {"name": f"{towns[0]} - {towns[-1]}", "grade": 2 if row["class"] == "highway" else 1, "cells": cells}
        )
    if faults:
        raise SystemExit("\n".join(faults))
    return made
