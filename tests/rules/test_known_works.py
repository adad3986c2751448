"""What a side knows of the other's prepared lines: what its patrols reach, and what was known before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.core.calendar import DAY
from engine.files.drawn import drawn_scenario
from engine.model.scenario import Scenario
from engine.model.theatre import FortifiedLine
from engine.run.session import Session

LAND = """
    :::::::..........
    ::R::::......A...
    :::::::..........
    """


def line_behind(known: str = "", ready: str = "1944-08-01") -> tuple[Scenario, np.ndarray]:
    """An Axis line right across its ground, from the front to far behind it; and its cells."""
    made = drawn_scenario(LAND)
    columns = made.theatre.grid.columns
    own = np.flatnonzero(made.owner == 0)
    cells = own[own // columns == own[0] // columns]
    line = FortifiedLine("line", "Line", {}, tuple(cells.tolist()), 3, ready, "axis", "deep_battle", known=known)
    return replace(made, theatre=replace(made.theatre, lines=(line,))), cells


def seen(made: Scenario, side: str, cells: np.ndarray, minute: int = 0) -> list[int]:
    session = Session(made, 1, keep_frames=False)
    session.advance(minute)
    return (session.view(side).hexes.works[cells] > 0).tolist()


def test_the_builder_knows_his_line_and_the_enemy_what_lies_before_him() -> None:
    made, cells = line_behind()
    assert all(seen(made, "axis", cells))
    theirs = seen(made, "soviet", cells)
    assert any(theirs)
    assert not all(theirs)
    assert theirs == sorted(theirs, reverse=True), "from the front back to where patrols end"


def test_a_line_that_was_known_is_seen_whole_from_that_day() -> None:
    made, cells = line_behind(known="1944-08-17")
    assert not all(seen(made, "soviet", cells))
    assert all(seen(made, "soviet", cells, 2 * DAY))


def test_seen_by_tells_which_cells_a_side_may_be_shown() -> None:
    made, cells = line_behind(known="1944-08-17")
    (line,) = made.theatre.lines
    near = np.zeros(made.theatre.grid.size, bool)
    near[cells[0]] = True
    assert line.seen_by("axis", "1944-08-15", near).all()
    assert line.seen_by("soviet", "1944-08-15", near).sum() == 1
    assert line.seen_by("soviet", "1944-08-17", near).all()
    assert not line.seen_by("axis", "1944-07-31", near).any()
