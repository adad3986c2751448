"""Road distance against great circle for 60 pairs of towns: `python scenarios/tools/road_spread.py [THEATRE]`."""

from __future__ import annotations

import heapq
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from engine.files.theatre import load_theatre
from engine.model.theatre import Place, Theatre

PAIRS, LEAST_KM, MOST_KM = 60, 40.0, 350.0


def great_circle_km(a: Place, b: Place) -> float:
    """On a sphere of 6371 km."""
    lat1, lon1, lat2, lon2 = np.radians([a.lat, a.lon, b.lat, b.lon])
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return float(2 * 6371 * np.arcsin(np.sqrt(half)))


def road_steps(theatre: Theatre, start: int) -> dict[int, int]:
    """Links from a hex to every hex that roads (and causeways, not ferries) lead to."""
    best, queue = {start: 0}, [(0, start)]
    while queue:
        cost, cell = heapq.heappop(queue)
        if cost > best[cell]:
            continue
        for d, other in enumerate(theatre.grid.neighbours[cell].tolist()):
            if other >= 0 and theatre.road[cell, d] and cost + 1 < best.get(other, 1 << 30):
                best[other] = cost + 1
                heapq.heappush(queue, (cost + 1, other))
    return best


def sample(theatre: Theatre) -> list[tuple[str, str, float, float]]:
    """(town, town, great circle km, road km) of pairs that are spread over the list by a fixed stride."""
    towns = [p for p in theatre.places if p.size >= 1 and theatre.road[p.cell].any()]
    near = [(a, b) for i, a in enumerate(towns) for b in towns[i + 1 :] if LEAST_KM <= great_circle_km(a, b) <= MOST_KM]
    rows = []
    for a, b in near[:: max(1, len(near) // (PAIRS + 12))]:
        steps = road_steps(theatre, a.cell).get(b.cell)
        if steps is not None and len(rows) < PAIRS:
            rows.append((a.name, b.name, great_circle_km(a, b), steps * theatre.grid.spacing_m / 1000))
    return rows


def main() -> None:
    rows = sample(load_theatre(sys.argv[1] if len(sys.argv) > 1 else "baltic"))
    for a, b, direct, road in rows:
        print(f"{a:24} {b:24} {direct:6.0f} km {road:6.0f} km  {road / direct:.2f}")
    ratio = np.sort([road / direct for _, _, direct, road in rows])
    shares = {p: float(np.percentile(ratio, p)) for p in (0, 10, 50, 90, 100)}
    print(f"{len(rows)} pairs; road / great circle:", ", ".join(f"{p} % {v:.2f}" for p, v in shares.items()))


if __name__ == "__main__":
    main()
