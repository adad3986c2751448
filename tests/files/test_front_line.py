"""Formations of the line stand in the front, wherever in the second row of hexes their coordinates fall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.files.drawn import drawn_cell, drawn_scenario
from engine.files.front_line import in_the_front
from engine.model.scenario import Scenario

FRONT = """
:::::::
..B....
...A.C.
.......
...D...
"""
"""A, C and D behind the front; B in it."""


def _where(scenario: Scenario, **roles: str) -> dict[str, int]:
    """Cell of each formation after those of the line were put into the front."""
    rows = []
    for row in scenario.formations:
        lat, lon = scenario.theatre.lat_lon(row.cell)
        rows.append(replace(row, role=roles.get(row.id, "line"), lat=lat, lon=lon))
    return {row.id: row.cell for row in in_the_front(scenario.theatre, scenario.owner, tuple(rows), scenario.kinds)}


def test_who_is_of_the_line_and_a_hex_behind_the_front_stands_in_it() -> None:
    scenario = drawn_scenario(FRONT)
    before = {row.id: row.cell for row in scenario.formations}
    found = _where(scenario)
    front = {drawn_cell(scenario, 1, column) for column in range(7)}
    assert {found["a1"], found["b1"], found["c1"]} <= front
    assert len({found["a1"], found["b1"], found["c1"]}) == 3, "each has a hex of its own"
    assert found["b1"] == before["b1"]


def test_who_is_farther_back_or_of_another_role_stays_where_he_was_put() -> None:
    scenario = drawn_scenario(FRONT)
    before = {row.id: row.cell for row in scenario.formations}
    found = _where(scenario, a1="reserve", c1="second_echelon")
    assert (found["a1"], found["c1"], found["d1"]) == (before["a1"], before["c1"], before["d1"])


def test_nobody_is_put_over_a_broad_river_or_out_of_a_town() -> None:
    river = np.zeros((7 * 5, 6), np.int8)
    river[2 * 7 + 3] = river[2 * 7 + 5] = 3
    scenario = drawn_scenario(FRONT, river=river)
    before = {row.id: row.cell for row in scenario.formations}
    found = _where(scenario)
    assert (found["a1"], found["c1"]) == (before["a1"], before["c1"])
    held = drawn_scenario(FRONT.replace("...A.C.", ".#.A.C."))
    (town,) = held.theatre.place_at
    garrison = tuple(replace(row, cell=town) for row in held.formations if row.id == "a1")
    assert in_the_front(held.theatre, held.owner, garrison, held.kinds) == garrison


def test_who_comes_later_is_not_moved() -> None:
    scenario = drawn_scenario(FRONT)
    later = tuple(replace(row, arrives_min=1440) for row in scenario.formations)
    assert in_the_front(scenario.theatre, scenario.owner, later, scenario.kinds) == later
