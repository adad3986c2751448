"""Build a theatre: `python -m build_map THEATRE_FOLDER PACKAGES_FOLDER` (see scenarios/theatres/README.md)."""

from __future__ import annotations

import argparse
import hashlib
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from . import writing
from .crossings import crossings
from .frame import Frame, read_toml
from .ground import URBAN_PEOPLE_K, URBAN_SHARE, areas, cover, forest_of_the_time, relief, ring_shares, settled, terrain
from .lines import trace_lines
from .places import Gazetteer
from .rivers import Course, read_rivers
from .routes import Router
from .shores import LAND, SEA, apply_patches, shores
from .sides import Sides
from .sources import PACKAGES, Sources
from .tracks import lay_railways, lay_roads
from .waters import depth_and_ice, sea_lanes

TONGUES = ("de", "ru", "et", "lv", "lt", "pl")


def main() -> None:
    parser = argparse.ArgumentParser(prog="build_map", description=__doc__)
    parser.add_argument("theatre", type=Path, help="folder with theatre.toml and the hand-written files")
    parser.add_argument("packages", type=Path, help="folder with the downloaded source packages")
    parser.add_argument("--out", type=Path, help="where to write (default: derived/ in the theatre's folder)")
    options = parser.parse_args()
    started = time.time()
    build(options.theatre, Sources(options.packages), options.out or options.theatre / "derived")
    print(f"done in {time.time() - started:.1f} s")


def build(folder: Path, sources: Sources, out: Path) -> None:
    frame = Frame.read(folder)
    grid = frame.grid
    spec = read_toml(folder / "theatre.toml")
    alphabet = {name: "".join(letter for letter, _ in rows) for name, rows in spec["letters"].items()}
    book = Gazetteer.read(frame, folder)

    print("shores")
    kind, raster = shores(frame, sources)
    print("places on land")
    for row in book.places:
        cell = book.cell_of(row)
        if cell < 0:
            raise SystemExit(f"{row['name']} lies off the map")
        if kind[cell] != LAND:
            print(f"  {row['name']} makes {grid.text(cell)} land")
            kind[cell] = LAND
    print("patches")
    apply_patches(frame, kind, folder / "patch.toml")
    print("rivers")
    courses, sides = read_rivers(frame, sources, kind, folder / "rivers.toml", book.cell)
    river = river_sides(grid, sides, courses)
    print("straits")
    strait, crossing_list = crossings(frame, sides, kind, folder / "patch.toml")

    print("ground")
    land_pixels = raster == LAND
    land = kind == LAND
    height_m, relief_dm = relief(frame, sources, land_pixels, land)
    wooded, built = cover(frame, sources, land_pixels, land)
    borders = read_toml(folder / "borders.toml")
    country_letters = list(alphabet["country"])
    country = areas(frame, borders["country"], country_letters, 0, "country")
    country[kind == SEA] = 0
    zone = areas(frame, borders["zone"], list(alphabet["zone"]), 0, "zone")
    marsh_pct = ring_shares(frame, read_toml(folder / "marshes.toml")["marsh"], land_pixels)
    urban = urban_cells(frame, book, built)
    height_m, relief_dm, marsh_pct = (np.where(land, v, 0) for v in (height_m, relief_dm, marsh_pct))

    print("railways and roads")
    router = Router(frame, kind, relief_dm, marsh_pct, river, closed=(strait == 1) | (strait == 3))
    railways = lay_railways(replace(router, sharing=0.85), book, folder / "railways.toml")
    roads = lay_roads(router, book, folder / "roads.csv")

    print("forest and terrain")
    clearing = settled(frame, [book.cell_of(r) for r in book.places], [line["cells"] for line in railways + roads])
    country_on_land = np.where(land, country, 0)
    forest_pct = forest_of_the_time(frame, wooded, clearing, country_on_land, country_letters, folder / "cover.toml")
    forest_pct = np.where(land, forest_pct, 0)
    ground = terrain(kind, relief_dm, forest_pct, marsh_pct, urban)

    print("water")
    depth, ice, ice_classes = depth_and_ice(frame, kind, folder / "sea.toml")
    lanes = sea_lanes(frame, kind, strait, folder / "sea.toml")
    fortified = trace_lines(frame, kind, folder / "lines.toml")

    letter_code = np.where(kind == SEA, 0, np.where(kind == LAND, ground + 2, 1))
    writing.letters(out / "terrain.txt", grid, letter_code, alphabet["terrain"])
    writing.letters(out / "country.txt", grid, country, alphabet["country"])
    writing.letters(out / "zone.txt", grid, zone, alphabet["zone"])
    writing.letters(out / "depth.txt", grid, depth, alphabet["depth"])
    writing.letters(out / "ice.txt", grid, ice, "0123456789abcdefghij")
    writing.numbers(out / "elevation_m.txt", grid, height_m, 3)
    writing.numbers(out / "relief_dm.txt", grid, relief_dm, 3)
    writing.numbers(out / "forest_pct.txt", grid, forest_pct, 3)
    writing.numbers(out / "marsh_pct.txt", grid, marsh_pct, 3)
    write_chains(out, grid, sides, courses, railways, roads, lanes, crossing_list, fortified)
    write_places(out, grid, book)
    write_head(out, folder, sources, ice_classes)


def river_sides(grid, sides: Sides, courses: list[Course]) -> np.ndarray:
    """River class of each (hex, direction)."""
    river = np.zeros((grid.size, 6), np.uint8)
    for course in courses:
        for side, size in zip(course.sides, course.classes, strict=True):
            river[sides.cell[side], sides.direction[side]] = size
            river[sides.other[side], (sides.direction[side] + 3) % 6] = size
    return river


def urban_cells(frame: Frame, book: Gazetteer, built: np.ndarray) -> np.ndarray:
    """Hexes of towns with 25,000 people, and built-up hexes next to the largest cities."""
    urban = np.zeros(frame.grid.size, bool)
    for row in book.places:
        people = float(row["people_k"] or 0)
        cell = book.cell_of(row)
        if people >= URBAN_PEOPLE_K:
            urban[cell] = True
        if int(row["size"]) == 4:
            near = [c for c in frame.grid.neighbours[cell].tolist() if c >= 0]
            urban[[c for c in near if built[c] > URBAN_SHARE]] = True
    return urban


def other_names(entry: dict) -> str:
    """Names in other languages as `de=Düna; ru=Западная Двина`; several of one language have a slash between them."""
    return "; ".join(f"{tongue}={entry[tongue]}" for tongue in TONGUES if tongue in entry)


def write_chains(out, grid, sides, courses, railways, roads, lanes, crossing_list, fortified) -> None:
    side = writing.side_text
    rivers = []
    for course in courses:
        at = 0
        while at < len(course.sides):
            end = at
            while end < len(course.sides) and course.classes[end] == course.classes[at]:
                end += 1
            tokens = [side(grid, int(sides.cell[s]), int(sides.direction[s])) for s in course.sides[at:end]]
            rivers.append(((course.entry["name"], str(course.classes[at]), other_names(course.entry)), tokens))
            at = end
    writing.chains(out / "rivers.txt", "name | class | other names; hexsides from source to mouth", rivers)
    cells = lambda chain: [grid.text(c) for c in chain]  # noqa: E731
    writing.chains(out / "rails.txt", "name | gauge mm | tracks | sources; hexes in order",
                   [((r["name"], str(r["gauge"]), str(r["tracks"]), r["src"]), cells(r["cells"]))
                    for r in railways])  # fmt: skip
    writing.chains(out / "roads.txt", "towns | class 1 road, 2 highway; hexes in order",
                   [((r["name"], str(r["grade"])), cells(r["cells"])) for r in roads])  # fmt: skip
    writing.chains(out / "lanes.txt", "sea lane; hexes in order", [((r["name"],), cells(r["cells"])) for r in lanes])
    writing.chains(out / "crossings.txt", "name | strait, causeway or ferry; hexsides",
                   [((c["name"], c["kind"]), [side(grid, a, d) for a, d in c["chain"]]) for c in crossing_list])  # fmt: skip
    writing.chains(
        out / "lines.txt", "fortified line; hexes in order", [((r["id"],), cells(r["cells"])) for r in fortified]
    )


def write_places(out: Path, grid, book: Gazetteer) -> None:
    rows = sorted(book.places, key=lambda r: r["id"])
    lines = ["# place | hex", *(f"{r['id']} | {grid.text(book.cell_of(r))}" for r in rows)]
    (out / "places.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_head(out: Path, folder: Path, sources: Sources, ice_classes) -> None:
    """Where it came from: package versions and hashes, digests of the hand-written files, ice classes."""
    hand = sorted(p for p in folder.iterdir() if p.suffix in (".toml", ".csv"))
    lines = ["# Written by scenarios/tools/build_map; do not edit.", "format = 1", "", "[ice]"]
    lines += [f"months_{k} = {months}" for k, months in enumerate(ice_classes)]
    lines += ["", "[packages]"]
    lines += [f'"{n}" = {{ version = "{PACKAGES[n][0]}", sha256 = "{h}" }}' for n, h in sources.hashes().items()]
    lines += ["", "[hand_written]  # sha256 of the files that this was built from"]
    lines += [f'"{p.name}" = "{hashlib.sha256(p.read_bytes()).hexdigest()}"' for p in hand]
    (out / "build.toml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
