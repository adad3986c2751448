"""What must be true of the Baltic theatre, as functions from a theatre to the list of what is wrong with it.

They read committed data only. `test_alarms.py` shows each of them a theatre with a planted fault.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
from baltic_expected import (
    BARRIERS,
    COUNTRIES,
    DROPPED,
    DRY,
    HEIGHTS,
    ISLANDS,
    LAKES,
    MARSHES,
    RAIL_KM,
    RIVER_TOWNS,
    ROADLESS,
)

from engine.core.hexes import opposite
from engine.model.theatre import NO_NAME, Strait, Theatre, fold

SEA, LAND, LAKE = 0, 1, 2


def cell(t: Theatre, name: str) -> int:
    place = t.find_place(name)
    assert place is not None, f"no place {name!r}"
    return place.cell


def reach(t: Theatre, start: int, open_step: Callable[[int, int, int], bool]) -> set[int]:
    """Cells reached from a start over steps (cell, direction, neighbour) that are open."""
    seen, stack = {start}, [start]
    while stack:
        here = stack.pop()
        for d, there in enumerate(t.grid.neighbours[here].tolist()):
            if there >= 0 and there not in seen and open_step(here, d, there):
                seen.add(there)
                stack.append(there)
    return seen


def island(t: Theatre, start: int) -> set[int]:
    """Land hexes that hang together without straits, causeways and ferries."""
    return reach(t, start, lambda a, d, b: t.kind[a] == LAND and t.kind[b] == LAND and t.strait[a, d] == 0)


def waters(t: Theatre, start: int, kinds: Iterable[int] = (SEA,), closed: Iterable[tuple[int, int]] = ()) -> set[int]:
    """Water reached by ship: from hex to hex, and along straits from corner to corner; `closed` straits are shut."""
    allowed = set(kinds)
    shut = {frozenset({c, int(t.grid.neighbours[c, d])}) for c, d in closed}
    along: dict[frozenset[int], set[frozenset[int]]] = {}
    for c, d in zip(*np.nonzero((t.strait == Strait.STRAIT) | (t.strait == Strait.FERRY)), strict=True):
        one, other = int(c), int(t.grid.neighbours[c, d])
        if t.kind[one] == LAND == t.kind[other] and frozenset({one, other}) not in shut:
            a, b = corners(t, one, int(d))
            along.setdefault(a, set()).add(b)
            along.setdefault(b, set()).add(a)
    mouths: dict[int, list[frozenset[int]]] = {}
    for corner in along:
        for c in corner:
            mouths.setdefault(c, []).append(corner)
    seen: set[int] = {start}
    passed: set[frozenset[int]] = set()
    stack = [start]
    while stack:
        here = stack.pop()
        nexts = [c for c in t.grid.neighbours[here].tolist() if c >= 0]
        ways = [corner for corner in mouths.get(here, ()) if corner not in passed]
        while ways:
            corner = ways.pop()
            passed.add(corner)
            nexts += [c for c in corner if c >= 0]
            ways += [far for far in along[corner] if far not in passed]
        for there in nexts:
            if there not in seen and t.kind[there] in allowed:
                seen.add(there)
                stack.append(there)
    return seen


def wrong_grid(t: Theatre) -> list[str]:
    faults = []
    for c in range(0, t.grid.size, 7):
        lat, lon = t.lat_lon(c)
        if t.cell_at(lat, lon) != c:
            faults.append(f"the centre of {t.grid.text(c)} falls into another hex")
    return faults


def lopsided_sides(t: Theatre) -> list[str]:
    """Hexside values that the two hexes of a side do not share."""
    faults = []
    near = t.grid.neighbours
    for name in ("river", "river_name", "bridge", "strait", "road", "rail", "gauge", "lane", "border"):
        values = getattr(t, name)
        for d in range(6):
            there = near[:, d]
            inside = there >= 0
            if (values[inside, d] != values[there[inside], opposite(d)]).any():
                faults.append(f"{name} differs across direction {d}")
    return faults


def wrong_islands(t: Theatre) -> list[str]:
    faults = []
    mainland = island(t, cell(t, "Riga"))
    for name, (places, size, tolerance) in ISLANDS.items():
        found = island(t, cell(t, places[0]))
        faults += [f"{p} is not on {name}" for p in places if cell(t, p) not in found]
        if abs(len(found) - size) > tolerance:
            faults.append(f"{name} has {len(found)} hexes, {size} expected")
        if found & mainland:
            faults.append(f"{name} hangs on the mainland")
    for name in (
        "Virtsu",
        "Haapsalu",
        "Tallinn",
        "Königsberg",
        "Leningrad",
        "Ventspils",
        "Nidden",
        "Sandkrug",
        "Cranz",
    ):
        if cell(t, name) not in mainland:
            faults.append(f"{name} is not on the mainland")
    return faults


def causeway_is_broken(t: Theatre) -> list[str]:
    """Muhu hangs on Saaremaa by its causeway, and on the mainland by nothing but a ferry."""
    passable = (t.strait == Strait.NONE) | (t.strait == Strait.CAUSEWAY)
    dry = reach(t, cell(t, "Kuivastu"), lambda a, d, b: t.kind[b] == LAND and bool(passable[a, d]))
    faults = [] if cell(t, "Orissaare") in dry else ["no causeway from Muhu to Orissaare"]
    return faults + (["Muhu is reached dry-shod from the mainland"] if cell(t, "Virtsu") in dry else [])


def closed_waters(t: Theatre) -> list[str]:
    faults = []
    baltic = t.cell_at(56.6, 20.0)
    sea = waters(t, baltic)
    for name, lat, lon in (("Gulf of Riga", 57.6, 23.6), ("water off Kronstadt", 60.03, 29.55), ("Väinameri", 58.8, 23.2),
                           ("Curonian lagoon", 55.15, 21.0), ("Vistula lagoon", 54.6, 20.05), ("Pärnu bay", 58.3, 24.4),
                           ("Narva bay", 59.6, 27.8), ("Soela strait", 58.66, 22.55)):  # fmt: skip
        if t.cell_at(lat, lon) not in sea:
            faults.append(f"{name} is cut off from the Baltic")
    memel, pillau = strait_of(t, "Memel strait"), strait_of(t, "Strait of Pillau")
    if t.cell_at(55.15, 21.0) in waters(t, baltic, closed=memel):
        faults.append("the Curonian lagoon reaches the sea otherwise than by Memel")
    if t.cell_at(54.6, 20.05) in waters(t, baltic, closed=pillau):
        faults.append("the Vistula lagoon reaches the sea otherwise than by Pillau")
    irbe = sum(t.kind[c] == SEA for c in range(t.grid.size) if _within(t, c, (57.70, 21.9, 57.95, 22.5)))
    if irbe < 5:
        faults.append(f"Irbe strait has only {irbe} hexes of water")
    lake = waters(t, t.cell_at(58.7, 27.5), (LAKE,))
    if t.cell_at(58.0, 27.95) not in lake:
        faults.append("Lake Peipus does not reach Lake Pskov")
    return faults


def strait_of(t: Theatre, name: str) -> list[tuple[int, int]]:
    for line in t.ferries:
        if line.name == name:
            return list(zip(line.cells, line.sides, strict=True))
    return []


def _within(t: Theatre, c: int, box: tuple[float, float, float, float]) -> bool:
    south, west, north, east = box
    return south * 1e6 <= t.lat_e6[c] <= north * 1e6 and west * 1e6 <= t.lon_e6[c] <= east * 1e6


def towns_off_their_river(t: Theatre) -> list[str]:
    faults = []
    for town, river in RIVER_TOWNS.items():
        number = t.river_names.index(river)
        c = cell(t, town)
        near = [c, *[x for x in t.grid.neighbours[c].tolist() if x >= 0]]
        own = (t.river_name[c] == number).any()
        # A town on the far side of its hex may see the river on a neighbour's side only where a lake lies between.
        if not own and not any((t.river_name[x] == number).any() for x in near if t.kind[x] != LAND):
            faults.append(f"{town} does not touch the {river}")
    return faults


def leaking_rivers(t: Theatre) -> list[str]:
    """Ways over land from bank to bank that cross no hexside of any river, inside a window."""
    faults = []
    for river, (box, one, other) in BARRIERS.items():
        inside = np.array([_within(t, c, box) for c in range(t.grid.size)])
        number = t.river_names.index(river)
        dry = inside & (t.kind == LAND)
        other_side = t.river_name != number
        bank = reach(t, cell(t, one), lambda a, d, b, dry=dry, free=other_side: bool(dry[b]) and bool(free[a, d]))
        if cell(t, other) in bank:
            faults.append(f"the {river} leaks between {one} and {other}")
        if not (t.bridge[inside] & (t.river_name[inside] == number)).any():
            faults.append(f"no bridge over the {river}")
    return faults


def wet_rivers(t: Theatre) -> list[str]:
    cells, sides = np.nonzero(t.river)
    there = t.grid.neighbours[cells, sides]
    wet = (t.kind[cells] != LAND) | (t.kind[there] != LAND)
    faults = [f"river beside water at {t.grid.text(int(c))}" for c in cells[wet]]
    both = np.flatnonzero(((t.river > 0) & (t.strait > 0)).any(axis=1))
    return faults + [f"a strait that is a river too at {t.grid.text(int(c))}" for c in both]


def corners(t: Theatre, c: int, d: int) -> list[frozenset[int]]:
    """The two corners of a hexside, each as the set of hexes that meet there (fewer than three at the border)."""
    near = t.grid.neighbours[c]
    return [frozenset({c, int(near[d]), int(near[(d + turn) % 6])}) for turn in (1, 5)]


def stray_river_ends(t: Theatre) -> list[str]:
    """Rivers with more than one end that touches neither water, border nor another river."""
    ends_of: dict[str, list[frozenset[int]]] = {}
    owners: dict[frozenset[int], set[str]] = {}
    for line in t.rivers:
        count: dict[frozenset[int], int] = {}
        for c, d in zip(line.cells, line.sides, strict=True):
            for corner in corners(t, c, d):
                count[corner] = count.get(corner, 0) + 1
                owners.setdefault(corner, set()).add(line.name)
        ends_of[line.name] = [corner for corner, n in count.items() if n == 1]
    faults = []
    for name, ends in ends_of.items():
        free = [e for e in ends if -1 not in e and all(t.kind[c] == LAND for c in e) and owners[e] == {name}]
        if len(free) > 1:
            faults.append(f"{name} has {len(free)} free ends: {[t.grid.text(min(e)) for e in free]}")
    return faults


def nameless_rivers(t: Theatre) -> list[str]:
    faults = ["a river side without a name"] if (t.river_name[t.river > 0] == NO_NAME).any() else []
    faults += ["a named side without a river"] if (t.river[t.river_name != NO_NAME] == 0).any() else []
    return faults + [f"a river is called {n!r}" for n in t.river_names if not n.strip() or n.lower() == "nan"]


def rail_km(t: Theatre, start: str, end: str) -> float:
    """Kilometres over railway links of full gauge between two stations; infinite if there is no way."""
    best = {cell(t, start): 0}
    queue = [(0, cell(t, start))]
    while queue:
        cost, here = heapq.heappop(queue)
        if here == cell(t, end):
            return cost * t.grid.spacing_m / 1000
        for d, there in enumerate(t.grid.neighbours[here].tolist()):
            if t.rail[here, d] and t.gauge[here, d] in (1, 2) and cost + 1 < best.get(there, 1 << 30):
                best[there] = cost + 1
                heapq.heappush(queue, (cost + 1, there))
    return float("inf")


def wrong_railways(t: Theatre) -> list[str]:
    faults = []
    for (start, end), km in RAIL_KM.items():
        found = rail_km(t, start, end)
        if not 0.8 * km <= found <= 1.2 * km:
            faults.append(f"{start} - {end}: {found:.0f} km by rail, {km} expected")
    for town, least in (("Riga", 4), ("Daugavpils", 4), ("Pskov", 4), ("Šiauliai", 2), ("Jelgava", 4)):
        if (t.rail[cell(t, town)] > 0).sum() < least:
            faults.append(f"{town} has fewer than {least} railway links")
    for line in t.railways:
        for a, b in pairwise(line.cells):
            if b not in t.grid.neighbours[a].tolist():
                faults.append(f"{line.name} jumps from {t.grid.text(a)} to {t.grid.text(b)}")
        if any(t.kind[c] != LAND for c in line.cells):
            faults.append(f"{line.name} runs into water")
        if line.gauge not in (1435, 1524, 1000, 750, 600) or line.grade not in (1, 2):
            faults.append(f"{line.name} has gauge {line.gauge}, tracks {line.grade}")
    return faults


def wrong_bridges(t: Theatre) -> list[str]:
    road, rail = (t.road > 0) & (t.river > 0), (t.rail > 0) & (t.river > 0)
    same = ((t.bridge & 1) > 0) == road
    return ([] if same.all() and (((t.bridge & 2) > 0) == rail).all() else ["bridges and links over rivers differ"]) + (
        ["a railway without gauge"] if ((t.rail > 0) != (t.gauge > 0)).any() else []
    )


def roadless_places(t: Theatre) -> list[str]:
    """Places of the mainland and the large islands that no road, causeway or ferry joins to Riga."""
    linked = (t.road > 0) | (t.strait == Strait.CAUSEWAY) | (t.strait == Strait.FERRY)
    joined = reach(t, cell(t, "Riga"), lambda a, d, b: bool(linked[a, d]))
    return [f"{p.name} has no road" for p in t.places if p.cell not in joined and p.name not in ROADLESS]


def misplaced_places(t: Theatre) -> list[str]:
    faults = [f"{p.name} lies in water" for p in t.places if t.kind[p.cell] != LAND]
    faults += [f"{p.name} is not in the hex of its position" for p in t.places if t.cell_at(p.lat, p.lon) != p.cell]
    faults += [f"{p.name} has no source" for p in t.places if not p.source]
    for name, country in COUNTRIES.items():
        if t.countries[t.country[cell(t, name)]] != country:
            faults.append(f"{name} lies in {t.countries[t.country[cell(t, name)]]}, not in {country}")
    return faults


def wrong_ground(t: Theatre) -> list[str]:
    faults = []
    for name, (lat, lon, low, high) in HEIGHTS.items():
        if not low <= t.elevation_m[t.cell_at(lat, lon)] <= high:
            faults.append(f"{name} is {t.elevation_m[t.cell_at(lat, lon)]} m high")
    if t.relief_dm[t.cell_at(56.5, 23.8)] >= 50:
        faults.append("Zemgale is not flat")
    faults += [f"{n} is no marsh" for n, (lat, lon) in MARSHES.items() if t.marsh_pct[t.cell_at(lat, lon)] < 50]
    faults += [f"{n} is marsh" for n, (lat, lon) in DRY.items() if t.marsh_pct[t.cell_at(lat, lon)] > 0]
    faults += [f"{n} is still there" for n, (lat, lon) in DROPPED.items() if t.kind[t.cell_at(lat, lon)] == LAKE]
    for name, (lat, lon, size) in LAKES.items():
        found = len(waters(t, t.cell_at(lat, lon), (LAKE,)))
        if abs(found - size) > max(2, size // 10):
            faults.append(f"{name} has {found} hexes, {size} expected")
    water = t.kind != LAND
    if (t.terrain[water] != 255).any() or (t.terrain[~water] > 5).any():
        faults.append("terrain and kind differ")
    return faults


def wrong_lines(t: Theatre) -> list[str]:
    faults = []
    for line in t.lines:
        if any(t.kind[c] != LAND for c in line.cells):
            faults.append(f"{line.name} lies in water")
        if not 1 <= line.strength <= 4 or not line.source or not line.ready.startswith("194"):
            faults.append(f"{line.name} lacks strength, date or source")
    wanted = ("Panther", "Marienburg", "Valga", "Cēsis", "Sigulda", "Riga contour", "Tukums", "Emajõgi", "Narva", "Tannenberg",
              "East Prussian", "Memel perimeter", "Salme", "Ariste", "Mitau-Ost", "Estland-West")  # fmt: skip
    return faults + [f"no line {w}" for w in wanted if not any(fold(w) in fold(x.name) for x in t.lines)]


ALL = (wrong_grid, lopsided_sides, wrong_islands, causeway_is_broken, closed_waters, towns_off_their_river, leaking_rivers,
       wet_rivers, stray_river_ends, nameless_rivers, wrong_railways, wrong_bridges, roadless_places, misplaced_places,
       wrong_ground, wrong_lines)  # fmt: skip
