"""Each invariant catches a planted fault: a theatre changed in one place is no longer faultless."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import baltic_invariants as inv
import numpy as np
import pytest

from engine.core.hexes import opposite
from engine.model.theatre import Theatre


def _set(t: Theatre, name: str, cells, value) -> Theatre:
    array = getattr(t, name).copy()
    array[cells] = value
    return replace(t, **{name: array})


def _side(t: Theatre, name: str, c: int, d: int, value: int) -> Theatre:
    array = getattr(t, name).copy()
    array[c, d] = array[t.grid.neighbours[c, d], opposite(d)] = value
    return replace(t, **{name: array})


def _first_side(t: Theatre, river: str, near: str) -> tuple[int, int]:
    """The side of a river closest to a place."""
    line = next(x for x in t.rivers if x.name == river)
    return min(zip(line.cells, line.sides, strict=True), key=lambda s: int(t.grid.distance(s[0], inv.cell(t, near))))


def _bridge_of_land(t: Theatre) -> Theatre:
    """Irbe strait and the Suur strait filled in."""
    fill = [c for c in range(t.grid.size) if inv._within(t, c, (57.6, 21.8, 58.0, 22.7))]
    suur = t.grid.ring_table(2)[inv.cell(t, "Kuivastu")]
    return _set(_set(t, "kind", fill, inv.LAND), "kind", suur[suur >= 0], inv.LAND)


def _hole(t: Theatre) -> Theatre:
    c, d = _first_side(t, "Daugava", "Koknese")
    return _side(_side(t, "river_name", c, d, -1), "river", c, d, 0)


def _cut_river(t: Theatre) -> Theatre:
    lines = list(t.rivers)
    k = next(i for i, x in enumerate(lines) if x.name == "Gauja")
    line = lines[k]
    keep = [i for i in range(len(line.cells)) if i not in (40, 41, 42)]
    lines[k] = replace(line, cells=tuple(line.cells[i] for i in keep), sides=tuple(line.sides[i] for i in keep))
    return replace(t, rivers=tuple(lines))


def _moved(t: Theatre) -> Theatre:
    first = t.places[0]
    return replace(t, places=(replace(first, cell=first.cell + 1), *t.places[1:]))


PLANTED: dict[str, Callable[[Theatre], Theatre]] = {
    "wrong_grid": lambda t: _shifted(t),
    "lopsided_sides": lambda t: _set(t, "road", (inv.cell(t, "Riga"), 0), 1 - int(t.road[inv.cell(t, "Riga"), 0] > 0)),
    "wrong_islands": lambda t: _set(t, "strait", inv.cell(t, "Kuivastu"), 0),
    "causeway_is_broken": lambda t: _set(t, "strait", np.nonzero(t.strait == 2), 1),
    "closed_waters": _bridge_of_land,
    "towns_off_their_river": lambda t: _set(t, "river_name", inv.cell(t, "Tartu"), -1),
    "leaking_rivers": _hole,
    "wet_rivers": lambda t: _set(t, "kind", _first_side(t, "Venta", "Kuldīga")[0], inv.SEA),
    "stray_river_ends": _cut_river,
    "nameless_rivers": lambda t: replace(t, river_names=("nan", *t.river_names[1:])),
    "wrong_railways": lambda t: _set(t, "rail", inv.cell(t, "Krustpils"), 0),
    "wrong_bridges": lambda t: _set(t, "bridge", np.nonzero(t.bridge), 0),
    "roadless_places": lambda t: _set(t, "road", t.grid.ring_table(1)[inv.cell(t, "Dobele")], 0),
    "misplaced_places": _moved,
    "wrong_ground": lambda t: _set(t, "elevation_m", slice(None), 0),
    "wrong_lines": lambda t: replace(t, lines=t.lines[1:]),
}


def _shifted(t: Theatre) -> Theatre:
    """The same hexes on a plane with another centre: names of places no longer fall into their hexes."""
    other = replace(t, plane=replace(t.plane, lat=t.plane.lat + 0.5))
    other.__dict__["_centres_e6"] = (t.lat_e6, t.lon_e6)
    return other


@pytest.mark.parametrize("check", inv.ALL, ids=lambda check: check.__name__)
def test_a_planted_fault_is_caught_by(check, baltic: Theatre) -> None:
    assert check(baltic) == []
    assert check(PLANTED[check.__name__](baltic)) != []
