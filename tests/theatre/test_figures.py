"""Speed of the theatre in processor time (other work on the machine must not fail it), and road distances."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import pytest

from engine.core.jit import ENABLED
from engine.core.paths import FAR, field
from engine.files.theatre import THEATRES, _Reader
from engine.model.theatre import Theatre
from ui.map_picture import draw_theatre

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scenarios" / "tools"))
from road_spread import sample

LAND = 1


def quickest(work: Callable[[], object], tries: int) -> float:
    """Seconds of this thread in the quickest of several tries."""
    best = float("inf")
    for _ in range(tries):
        began = time.thread_time()
        work()
        best = min(best, time.thread_time() - began)
    return best


@pytest.fixture(scope="module")
def minutes_on_foot(baltic: Theatre) -> np.ndarray:
    """Minutes of a step between land hexes: quicker on a road, slow over a river without a bridge."""
    near = baltic.grid.neighbours
    dry = (near >= 0) & (baltic.kind[near] == LAND) & (baltic.kind == LAND)[:, None]
    cost = np.where(baltic.road > 0, 90, 150) + 240 * ((baltic.river > 0) & (baltic.bridge == 0))
    return np.where(dry, cost, 0).astype(np.int32)


def test_the_theatre_is_loaded_in_a_moment() -> None:
    """A tenth of a second on a machine at rest; the bound is twice what a slow one takes with all tests beside it."""
    assert quickest(lambda: _Reader(THEATRES / "baltic").theatre(), 7) < 0.3


@pytest.mark.parametrize(("limit", "cells", "seconds"), [(FAR - 1, 15_000, 0.001), (1440, 200, 0.00005)])
def test_fields_over_the_land_are_quick(
    limit: int, cells: int, seconds: float, baltic: Theatre, minutes_on_foot: np.ndarray
) -> None:
    """A distance field over all land, and how far one formation gets on foot in a day."""
    assert ENABLED
    riga = baltic.find_place("Riga").cell
    top = int(minutes_on_foot.max())
    reached = field(baltic.grid.neighbours, minutes_on_foot, [riga], limit=limit, top=top) < FAR
    assert reached.sum() > cells

    def once() -> None:
        field(baltic.grid.neighbours, minutes_on_foot, [riga], limit=limit, top=top)

    assert quickest(once, 200) < seconds


def test_the_whole_map_is_drawn_at_first_zoom_within_two_seconds(baltic: Theatre) -> None:
    layers = ("ground", "rivers", "roads", "rails")
    assert quickest(lambda: draw_theatre(baltic, layers, 1000), 4) < 2.0


def test_roads_are_longer_than_great_circles_by_a_plausible_share(baltic: Theatre) -> None:
    rows = sample(baltic)
    ratios = np.array([road / direct for _, _, direct, road in rows])
    assert len(rows) == 60
    assert 1.15 <= np.median(ratios) <= 1.35
    assert np.percentile(ratios, 90) <= 1.5
    assert ratios.min() >= 0.95, "no road is shorter than the great circle, but for the half hex at either end"
