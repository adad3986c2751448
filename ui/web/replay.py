"""A session as a single HTML file: map, counters, control and losses over time, watched without a server or a network.

The page carries samples of the run (every few hours: where each formation stands, its strength, who holds each hex),
packed as delta-coded int16, gzip and base64; the browser unpacks them itself.
"""

from __future__ import annotations

import base64
import gzip
import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from engine import Session

STEP_MIN = 180
"""Minutes between two samples."""
FINE = 1_000_000
ON_MAP = 1


def write(session: Session, path: Path) -> None:
    """Write the page for all of a session up to now; the session is left as it was."""
    page = resources.files("ui.web").joinpath("replay.html").read_text(encoding="utf-8")
    data = json.dumps(contents(session), ensure_ascii=False, separators=(",", ":"))
    path.write_text(page.replace("/*DATA*/null", data.replace("</", "<\\/")), encoding="utf-8")


def contents(session: Session) -> dict[str, Any]:
    """All that the page shows, as plain JSON."""
    scenario, theatre = session.scenario, session.scenario.theatre
    cells = np.flatnonzero(scenario.window)
    index = np.full(theatre.grid.size + 1, -1, np.int64)
    index[cells] = np.arange(len(cells))
    frames = _frames(session, cells, index)
    sides = {s.id: s.name for s in scenario.sides}
    return {
        "title": scenario.title,
        "start": scenario.start.isoformat(),
        "step": STEP_MIN,
        "hexes": _hexes(theatre, cells, index),
        "places": [[p.name, int(index[p.cell]), p.size] for p in theatre.places if p.cell >= 0 and index[p.cell] >= 0],
        "formations": [_formation(f) for f in scenario.formations],
        "sides": [s.name for s in scenario.sides],
        "facts": sorted(_fact(f, sides, theatre) for f in scenario.history if f.kind in ("event", "control")),
        "sources": {s.id: s.title for s in scenario.sources.values()},
        "attribution": theatre.attribution,
        **frames,
    }


def _hexes(theatre: Any, cells: Any, index: Any) -> dict[str, Any]:
    """Centres in tenths of a kilometre, ground, and the sides with rivers, roads and rails (lower hex first)."""
    centre = theatre.grid.centres_m[cells] / 100
    ground = np.where(theatre.kind[cells] == 1, theatre.terrain[cells], 6 + theatre.kind[cells])
    sides: dict[str, list[int]] = {"river": [], "road": [], "rail": []}
    for i, cell in enumerate(cells.tolist()):
        for d in (1, 2, 3):
            other = int(index[theatre.grid.neighbours[cell, d]])
            if other < 0:
                continue
            if theatre.river[cell, d] >= 2:
                sides["river"] += [i, d, int(theatre.river[cell, d])]
            if theatre.road[cell, d]:
                sides["road"] += [i, other, int(theatre.road[cell, d])]
            if theatre.rail[cell, d]:
                sides["rail"] += [i, other, int(theatre.rail[cell, d])]
    return {
        "x": np.round(centre[:, 0]).astype(int).tolist(),
        "y": np.round(-centre[:, 1]).astype(int).tolist(),
        "ground": ground.astype(int).tolist(),
        **sides,
    }


def _formation(formation: Any) -> list[Any]:
    return [formation.name, 0 if formation.side == "axis" else 1, formation.kind, formation.echelon, formation.parent]


def _fact(fact: Any, sides: dict[str, str], theatre: Any) -> list[Any]:
    found = [(theatre.find_place(point.text), point.text) for point in fact.places]
    where = ", ".join(place.name if place is not None else text for place, text in found)
    text = fact.title or f"{where}: {sides.get(fact.side, fact.side)}"
    return [fact.from_min, text, fact.src, fact.grade]


def _frames(session: Session, cells: Any, index: Any) -> dict[str, Any]:
    """Samples from the beginning to now."""
    twin = session.branch()
    end = session.now
    twin.rewind(0)
    places, men, afv, owners, losses, moments = [], [], [], [], [], []
    for minute in range(0, end + 1, STEP_MIN):
        twin.advance(minute)
        formations = twin.world.formations
        standing = formations.status == ON_MAP
        places.append(np.where(standing, index[formations.hex], -1))
        men.append(formations.read("men", twin.now) // FINE // 10)
        afv.append(formations.read("afv", twin.now) // FINE)
        owners.append(twin.world.hexes.owner[cells])
        losses.append(_losses(formations, twin.now))
        moments.append(minute)
    return {
        "minutes": moments,
        "losses": losses,
        "cells": _packed(np.array(places)),
        "men": _packed(np.array(men)),
        "afv": _packed(np.array(afv)),
        "owner": _packed(np.array(owners)),
    }


def _losses(formations: Any, minute: int) -> list[int]:
    """Men, armoured vehicles and guns lost so far, the Axis's first."""
    men = formations.read("battle", minute) + formations.captured_u
    lost = (men, formations.read("afv_lost", minute), formations.read("guns_lost", minute))
    return [int(flow[formations.side == side].sum()) // FINE for side in (0, 1) for flow in lost]


def _packed(table: Any) -> str:
    """Rows as differences from the row before, int16 little-endian, gzip, base64."""
    rows = table.astype(np.int32)
    delta = np.vstack([rows[:1], np.diff(rows, axis=0)]) if len(rows) > 1 else rows
    return base64.b64encode(gzip.compress(delta.astype("<i2").tobytes(), 6, mtime=0)).decode()
