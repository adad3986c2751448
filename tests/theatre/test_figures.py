"""What is told of the theatre's speed (`bench` holds it against its budgets), and road distances."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from engine.lab.bench import figures
from engine.lab.bench_parts import theatre_speed
from engine.model.theatre import Theatre

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scenarios" / "tools"))
from road_spread import sample


def test_bench_times_the_theatre_and_fields_over_its_land(baltic: Theatre) -> None:
    """A field over all land reaches most of it, and a day on foot a few hundred hexes."""
    found = theatre_speed(baltic, tries=3)
    assert found["cells"] > 15_000
    assert 200 < found["day_cells"] < 1000
    lines = figures({"theatre": found})
    assert [line.budget for line in lines] == [100.0, 1.0, 0.05]
    assert all(line.value > 0 and line.timed for line in lines)


def test_roads_are_longer_than_great_circles_by_a_plausible_share(baltic: Theatre) -> None:
    rows = sample(baltic)
    ratios = np.array([road / direct for _, _, direct, road in rows])
    assert len(rows) == 60
    assert 1.15 <= np.median(ratios) <= 1.35
    assert np.percentile(ratios, 90) <= 1.5
    assert ratios.min() >= 0.95, "no road is shorter than the great circle, but for the half hex at either end"
